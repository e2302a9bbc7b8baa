"""Core types -> Plotly figures. Pure functions, no Streamlit; each shows one thing.

All take `words`, the words of a language; the default is English.
"""

from forecasting.charts.cell_training import cell_loss_chart, gradient_chart, inside_chart, norm_chart
from forecasting.charts.cosine_frames import cosine_chart, cosine_loss_chart, position_chart
from forecasting.charts.decomposition import autocorrelation_chart, calendar_chart, has_trend, parts_chart
from forecasting.charts.explanations import forecast_parts_chart, lags_chart, window_attention_chart
from forecasting.charts.marker_errors import attention_chart, marker_chart
from forecasting.charts.method_scores import ranking_chart, shares_chart, stages_chart
from forecasting.charts.portfolio import skill_histogram, small_multiples, sums_chart, volume_chart
from forecasting.charts.results import (
    calendar_units,
    errors_by_calendar,
    errors_by_step,
    residual_histogram,
    true_vs_predicted,
)
from forecasting.charts.runs import differences_chart, losses_chart, runs_chart
from forecasting.charts.series import forecast_chart, levels_of, series_chart
from forecasting.charts.sine_wave import (
    phase_chart,
    recipe_loss_chart,
    recipe_name,
    recipes_chart,
    rollout_chart,
    sine_chart,
    wave_chart,
)
from forecasting.charts.sparkline import sparkline
from forecasting.charts.step_errors import growth_chart, path_chart
from forecasting.charts.style import BARE, PALETTE, QUIET, TOP, escape, in_theme, thin
from forecasting.charts.task import task_chart
from forecasting.charts.text_lab import (
    ACROSS,
    bits_bars,
    letter,
    next_bars,
    pair_loss,
    pair_map,
    surprise_map,
    text_curve,
)
from forecasting.charts.training_losses import learning_rate_chart, loss_chart
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
    "calendar_units",
    "cell_loss_chart",
    "cosine_chart",
    "cosine_loss_chart",
    "differences_chart",
    "errors_by_calendar",
    "errors_by_step",
    "escape",
    "forecast_chart",
    "forecast_parts_chart",
    "gradient_chart",
    "growth_chart",
    "has_trend",
    "in_theme",
    "inside_chart",
    "lags_chart",
    "learning_rate_chart",
    "letter",
    "levels_of",
    "loss_chart",
    "losses_chart",
    "marker_chart",
    "next_bars",
    "norm_chart",
    "pair_loss",
    "pair_map",
    "parts_chart",
    "path_chart",
    "phase_chart",
    "position_chart",
    "ranking_chart",
    "recipe_loss_chart",
    "recipe_name",
    "recipes_chart",
    "residual_histogram",
    "rollout_chart",
    "runs_chart",
    "series_chart",
    "shares_chart",
    "sine_chart",
    "skill_histogram",
    "small_multiples",
    "sparkline",
    "stages_chart",
    "sums_chart",
    "surprise_map",
    "task_chart",
    "text_curve",
    "thin",
    "true_vs_predicted",
    "volume_chart",
    "wave_chart",
    "window_attention_chart",
]
