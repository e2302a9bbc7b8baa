"""What the figures show: the values in their traces, against the frames they were made from."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from forecasting import charts
from tests.charts import synthetic
from tests.conftest import ROOT


def trace(figure: go.Figure, name: str) -> go.Scatter:
    found = [t for t in figure.data if t.name == name]
    assert len(found) >= 1, [t.name for t in figure.data]
    return found[-1]


@pytest.mark.parametrize("step", [1, 3])
@pytest.mark.parametrize("dated", [True, False])
def test_true_vs_predicted_shows_what_was_predicted_that_many_steps_before(step: int, dated: bool) -> None:
    backtest = synthetic.backtest(dated=dated)
    figure = charts.true_vs_predicted(
        synthetic.history(dated=dated), backtest, step, "y", folds=synthetic.folds(dated=dated)
    )
    of_step = backtest[backtest["step"] == step]
    np.testing.assert_array_equal(trace(figure, "Predicted").y, of_step["y"] + step)
    np.testing.assert_array_equal(trace(figure, "Predicted").x, of_step["ds"].to_numpy())
    np.testing.assert_array_equal(trace(figure, "Naive").y, of_step["naive"])
    np.testing.assert_array_equal(trace(figure, "True").y, synthetic.history(dated=dated)["y"])


def test_naive_stands_thinner_than_the_forecast() -> None:
    figure = charts.true_vs_predicted(synthetic.history(), synthetic.backtest(), 1, "y")
    assert trace(figure, "Naive").line.width < trace(figure, "Predicted").line.width


def test_the_band_is_the_80_percent_interval() -> None:
    backtest = synthetic.backtest()
    figure = charts.true_vs_predicted(synthetic.history(), backtest, 2, "y")
    low, high = (t for t in figure.data if t.name == "80 % interval")
    of_step = backtest[backtest["step"] == 2]
    np.testing.assert_array_equal(low.y, of_step["forecast-lo-80"])
    np.testing.assert_array_equal(high.y, of_step["forecast-hi-80"])
    assert high.fill == "tonexty"


@pytest.mark.parametrize(("step", "end"), [(1, "2024-07-16"), (3, "2024-07-18")])
@pytest.mark.parametrize("dated", [True, False])
def test_a_test_is_shaded_as_far_as_that_step_is_predicted(step: int, end: str, dated: bool) -> None:
    backtest = synthetic.backtest(dated=dated)
    last = backtest.groupby("cutoff")["step"].max()
    backtest = backtest[backtest["cutoff"].isin(last[last == 3].index)]  # as in a real one: origins of whole horizons
    figure = charts.true_vs_predicted(
        synthetic.history(dated=dated), backtest, step, "y", folds=synthetic.folds(dated=dated)
    )
    (shade,) = figure.layout.shapes
    days = pd.date_range("2024-01-01", periods=200)
    if dated:
        assert pd.Timestamp(shade.x0) == pd.Timestamp("2024-05-20")
        assert pd.Timestamp(shade.x1) == pd.Timestamp(end)
    else:
        assert (shade.x0, shade.x1) == (141, 1 + days.get_loc(end))
    assert shade.x1 == trace(figure, "Predicted").x[-1]
    assert {a.text for a in figure.layout.annotations} == {"test", "training"}


def test_each_interval_of_the_fan_has_a_colour_of_its_own() -> None:
    figure = charts.forecast_chart(synthetic.history(), synthetic.forecast(), "y", tail=30)
    colours = [t.fillcolor for t in figure.data if t.name.endswith("interval") and t.showlegend]
    assert len(set(colours)) == 3
    depth = [float(colour.rsplit(",", 1)[1].rstrip(")")) for colour in colours]
    assert depth == sorted(depth)  # from 95 to 50: the narrower, the darker


def test_the_fan_starts_at_the_last_true_value_and_holds_every_level() -> None:
    history, forecast = synthetic.history(), synthetic.forecast()
    figure = charts.forecast_chart(history, forecast, "y", tail=30)
    assert len(trace(figure, "True").y) == 30
    future = trace(figure, "Forecast")
    assert future.y[0] == history["y"].iloc[-1]
    np.testing.assert_array_equal(future.y[1:], forecast["forecast"])
    for level in (50, 80, 95):
        low, high = (t for t in figure.data if t.name == f"{level} % interval")
        np.testing.assert_array_equal(low.y[1:], forecast[f"forecast-lo-{level}"])
        np.testing.assert_array_equal(high.y[1:], forecast[f"forecast-hi-{level}"])


def test_repairs_are_marked_where_they_are() -> None:
    history = synthetic.history()
    repairs = pd.DataFrame({"ds": history["ds"].iloc[[3, 9]], "y": [1.0, 2.0], "kind": ["missing", "duplicates"]})
    repairs["rows"] = ["4", ""]
    figure = charts.series_chart(history, "y", repairs=repairs)
    assert list(trace(figure, "filled gap").y) == [1.0]
    assert list(trace(figure, "filled gap").text) == ["line 4"]
    assert list(trace(figure, "merged").y) == [2.0]
    assert figure.layout.xaxis.rangeslider.visible


def test_a_long_series_is_thinned_and_keeps_its_extremes() -> None:
    rng = np.random.default_rng(0)
    history = synthetic.history(100_000, dated=False)
    history["y"] = rng.normal(size=len(history))
    history.loc[54_321, "y"] = 99.0
    shown = charts.series_chart(history, "y").data[0]
    assert len(shown.y) <= 2_000
    assert max(shown.y) == 99.0


def test_residuals_are_counted_once_each() -> None:
    backtest = synthetic.backtest()
    bars = charts.residual_histogram(backtest).data[0]
    assert sum(bars.y) == len(backtest)


def test_errors_by_slice_are_bars_in_the_order_given_with_names_as_text() -> None:
    figure = charts.errors_by_slice(["2", "<b>1</b>"], {"forecast": [1.0, 2.0], "naive": [3.0, 4.0]}, "<i>price</i>")
    bars = trace(figure, "Naive")
    assert list(bars.x) == ["2", "&lt;b&gt;1&lt;/b&gt;"]
    assert list(bars.y) == [3.0, 4.0]
    assert figure.layout.xaxis.type == "category"
    assert figure.layout.xaxis.title.text == "&lt;i&gt;price&lt;/i&gt;"


def test_marked_values_have_rings_at_their_times() -> None:
    backtest = synthetic.backtest()
    marked = backtest.iloc[[3]][["ds", "y"]]
    figure = charts.true_vs_predicted(backtest[["ds", "y"]].drop_duplicates(), backtest, 1, "y", marked=marked)
    rings = trace(figure, "Not to be expected")
    assert (list(rings.x), list(rings.y)) == ([marked["ds"].iloc[0]], [marked["y"].iloc[0]])
    assert len(charts.true_vs_predicted(backtest[["ds", "y"]], backtest, 1, "y").data) == len(figure.data) - 1


def test_loss_chart_leaves_out_what_was_not_measured() -> None:
    figure = charts.loss_chart([(1, 0.5, None), (2, 0.4, None)])
    assert [t.name for t in figure.data] == ["Training"]
    assert list(figure.data[0].y) == [0.5, 0.4]


@pytest.mark.parametrize(
    "name", ['<a href="https://x.example">x</a>', "<script>alert(1)</script>", "$\\frac{1}{2}$", "a\nb", "x" * 500]
)
def test_names_from_files_are_shown_as_text(name: str) -> None:
    figure = charts.series_chart(synthetic.history(), name)
    shown = figure.layout.yaxis.title.text
    assert "<" not in shown
    assert "$" not in shown
    assert "\n" not in shown
    assert len(shown) <= 100
    assert shown == figure.data[0].name


@pytest.mark.slow
def test_every_word_of_the_figures_is_used() -> None:
    sources = [path.read_text("utf-8") for part in ("forecasting", "pages") for path in (ROOT / part).rglob("*.py")]
    literals = {
        node.value for source in sources for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)
    }
    assert set(charts.ENGLISH) <= literals
    assert len(charts.ENGLISH) == len(set(charts.ENGLISH)) > 100


def test_words_replace_the_english_ones() -> None:
    words = {key: f"«{text}»" for key, text in charts.ENGLISH.items()}
    figure = charts.loss_chart([(1, 0.5, 0.4)], words=words)
    assert [t.name for t in figure.data] == ["«Training»", "«Validation»"]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_colours_are_those_of_the_theme_and_stand_out_from_both_backgrounds() -> None:
    theme = tomllib.loads(Path(".streamlit/config.toml").read_text())["theme"]
    assert tuple(theme["chartCategoricalColors"]) == charts.PALETTE
    for mode in ("light", "dark"):
        ground = luminance(theme[mode]["backgroundColor"])
        for colour in charts.PALETTE:
            lighter, darker = sorted((ground, luminance(colour)), reverse=True)
            assert (lighter + 0.05) / (darker + 0.05) >= 3.0, (mode, colour)  # WCAG 2.1, 1.4.11
