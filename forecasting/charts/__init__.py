"""Core types -> Plotly figures. Pure functions, no Streamlit; each shows one thing.

All take `words`, the words of a language; the default is English.
"""

from forecasting.charts.cell_diagram import cell_diagram
from forecasting.charts.cell_training import cell_loss_chart, gradient_chart, inside_chart, norm_chart
from forecasting.charts.contributions import effect_chart, holiday_chart, stacked_chart, waterfall_chart
from forecasting.charts.decomposition import autocorrelation_chart, calendar_chart, has_trend, parts_chart
from forecasting.charts.explanations import forecast_parts_chart, lags_chart, window_attention_chart
from forecasting.charts.film_lines import film_given, film_tracks
from forecasting.charts.inside_time import inside_time_chart, liveliest_unit
from forecasting.charts.lessons import lesson_chart, lesson_colours
from forecasting.charts.marker_errors import attention_chart, marker_chart
from forecasting.charts.method_scores import ranking_chart, shares_chart, stages_chart
from forecasting.charts.one_cell import letter_bars, reach_chart, same_letter_bars, state_bars, unit_map, walk_chart
from forecasting.charts.portfolio import skill_histogram, small_multiples, sums_chart, volume_chart
from forecasting.charts.results import (
    errors_by_slice,
    errors_by_step,
    residual_histogram,
    true_vs_predicted,
)
from forecasting.charts.runs import differences_chart, losses_chart, runs_chart
from forecasting.charts.scenarios import scenario_chart, scenario_differences
from forecasting.charts.series import forecast_chart, levels_of, series_chart
from forecasting.charts.sine_grid import sine_grid_chart
from forecasting.charts.sine_to_cosine import cosine_chart, cosine_loss_chart, position_chart
from forecasting.charts.sine_wave import (
    phase_chart,
    recipe_loss_chart,
    recipe_name,
    recipes_chart,
    rollout_chart,
    sine_chart,
    wave_chart,
    with_phase,
)
from forecasting.charts.sparkline import sparkline
from forecasting.charts.step_errors import growth_chart, path_chart
from forecasting.charts.still import still
from forecasting.charts.style import BARE, PALETTE, QUIET, TOP, escape, in_theme, thin
from forecasting.charts.task import task_chart
from forecasting.charts.text_block import ACROSS, joined, letter, surprise_map, unit_text
from forecasting.charts.text_lab import bits_bars, choice_bars, next_bars, pair_loss, pair_map, text_curve
from forecasting.charts.training_losses import learning_rate_chart, loss_chart
from forecasting.charts.tuning import parallel_chart, trials_chart
from forecasting.charts.words import ENGLISH, ChartWords, Words

__all__ = [
    "ACROSS",
    "BARE",
    "ENGLISH",
    "PALETTE",
    "QUIET",
    "TOP",
    "ChartWords",
    "Words",
    "attention_chart",
    "autocorrelation_chart",
    "bits_bars",
    "calendar_chart",
    "cell_diagram",
    "cell_loss_chart",
    "choice_bars",
    "cosine_chart",
    "cosine_loss_chart",
    "differences_chart",
    "effect_chart",
    "errors_by_slice",
    "errors_by_step",
    "escape",
    "film_given",
    "film_tracks",
    "forecast_chart",
    "forecast_parts_chart",
    "gradient_chart",
    "growth_chart",
    "has_trend",
    "holiday_chart",
    "in_theme",
    "inside_chart",
    "inside_time_chart",
    "joined",
    "lags_chart",
    "learning_rate_chart",
    "lesson_chart",
    "lesson_colours",
    "letter",
    "letter_bars",
    "levels_of",
    "liveliest_unit",
    "loss_chart",
    "losses_chart",
    "marker_chart",
    "next_bars",
    "norm_chart",
    "pair_loss",
    "pair_map",
    "parallel_chart",
    "parts_chart",
    "path_chart",
    "phase_chart",
    "position_chart",
    "ranking_chart",
    "reach_chart",
    "recipe_loss_chart",
    "recipe_name",
    "recipes_chart",
    "residual_histogram",
    "rollout_chart",
    "runs_chart",
    "same_letter_bars",
    "scenario_chart",
    "scenario_differences",
    "series_chart",
    "shares_chart",
    "sine_chart",
    "sine_grid_chart",
    "skill_histogram",
    "small_multiples",
    "sparkline",
    "stacked_chart",
    "stages_chart",
    "state_bars",
    "still",
    "sums_chart",
    "surprise_map",
    "task_chart",
    "text_curve",
    "thin",
    "trials_chart",
    "true_vs_predicted",
    "unit_map",
    "unit_text",
    "volume_chart",
    "walk_chart",
    "waterfall_chart",
    "wave_chart",
    "window_attention_chart",
    "with_phase",
]
