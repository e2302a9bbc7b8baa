"""Figures of methods and of what a forecast rests on, against the numbers that they were made from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecasting import charts
from tests.charts import synthetic


def test_the_first_method_is_on_top_and_the_forecast_has_its_colour() -> None:
    rows = [("Best", 1.0, "forecast"), ("Anchor", 2.0, ""), ("Naive", 3.0, "")]
    bars = charts.ranking_chart(rows).data[0]
    assert list(bars.y) == ["Naive", "Anchor", "Best"]  # Plotly draws from the bottom
    assert list(bars.x) == [3.0, 2.0, 1.0]
    assert bars.marker.color[2] != bars.marker.color[0] == bars.marker.color[1]


def test_a_bar_far_longer_than_the_others_is_cut_and_says_so() -> None:
    rows = [("a", 1.0, ""), ("b", 1.5, ""), ("c", 2.0, ""), ("Textbook", 400.0, "textbook")]
    figure = charts.ranking_chart(rows)
    bars = figure.data[0]
    assert bars.x[0] < figure.layout.xaxis.range[1] < 4
    assert bars.text[0] == "400 →"
    assert bars.customdata[0] == 400.0  # what the pointer reads
    assert all("→" not in text for text in bars.text[1:])


def test_the_stages_of_a_network_stand_in_their_order() -> None:
    rows = [("Anchor", 2.0, "anchor"), ("Anchor + linear", 3.0, "anchor-linear"), ("Whole", 1.0, "recurrent")]
    bars = charts.stages_chart(rows).data[0]
    assert list(bars.x) == ["Anchor", "Anchor + linear", "Whole"]
    assert list(bars.y) == [2.0, 3.0, 1.0]


def test_two_inputs_of_the_same_name_are_two_bars() -> None:
    name = "x" * 80
    figure = charts.shares_chart([(name + "1", 0.25), (name + "2", 1.5), ("<b>z</b>", 0.0)], "Share")
    bars = figure.data[0]
    assert list(bars.x) == [0.0, 0.25, 1.5]
    assert len(set(bars.y)) == 3
    assert list(bars.text) == ["0%", "25%", "150%"]
    assert "<b>" not in "".join(figure.layout.yaxis.ticktext)


@pytest.mark.parametrize("dated", [True, False])
def test_the_parts_begin_at_the_last_value(dated: bool) -> None:
    history = synthetic.history(dated=dated)
    ds = list(synthetic.forecast(horizon=3)["ds"]) if dated else [201, 202, 203]
    parts = {"anchor": [1.0, 2.0, 3.0], "anchor-linear": [2.0, 3.0, 4.0], "recurrent": [5.0, 5.0, 5.0]}
    figure = charts.forecast_parts_chart(history, ds, {**parts, "forecast": [4.0, 4.0, 4.0]}, "y", tail=20)
    traces = {trace.name: trace for trace in figure.data}
    assert len(traces["True"].y) == 20
    for name, part in (("Anchor", "anchor"), ("Anchor + linear", "anchor-linear"), ("Whole network", "recurrent")):
        assert traces[name].y[0] == history["y"].iloc[-1]
        assert list(traces[name].y[1:]) == parts[part]
    assert list(traces["Forecast"].y[1:]) == [4.0, 4.0, 4.0]


def test_a_network_that_is_the_forecast_is_drawn_once() -> None:
    parts = {"recurrent": [5.0], "forecast": [5.0 + 1e-12]}
    figure = charts.forecast_parts_chart(synthetic.history(), [pd.Timestamp("2024-07-19")], parts, "y")
    assert [trace.name for trace in figure.data] == ["True", "Forecast"]


def test_attention_stands_below_the_values_that_it_is_about() -> None:
    history = synthetic.history()
    weights = [0.1, 0.2, 0.3, 0.4]
    figure = charts.window_attention_chart(history.tail(4), weights, "y")
    values, attention, even = figure.data
    np.testing.assert_array_equal(values.x, attention.x)
    np.testing.assert_array_equal(values.y, history["y"].tail(4))
    assert list(attention.y) == weights
    assert list(even.y) == [0.25, 0.25]
    assert attention.xaxis != values.xaxis


def test_attention_on_more_than_there_is_shows_what_there_is() -> None:
    figure = charts.window_attention_chart(synthetic.history().tail(3), [0.4, 0.3, 0.2, 0.1], "y")
    assert list(figure.data[1].y) == [0.3, 0.2, 0.1]


def test_a_long_window_is_thinned_and_keeps_where_attention_peaks() -> None:
    weights = np.full(20_000, 1e-5)
    weights[12_345] = 0.8
    figure = charts.window_attention_chart(synthetic.history(20_000, dated=False), list(weights), "y")
    assert len(figure.data[1].y) < 5_000
    assert max(figure.data[1].y) == 0.8


def test_lags_are_bars_with_the_seasons_marked() -> None:
    figure = charts.lags_chart([{"lag": 1, "weight": 0.5}, {"lag": 7, "weight": 1.0}], [7, 365])
    assert list(figure.data[0].x) == [1, 7]
    assert list(figure.data[0].y) == [0.5, 1.0]
    assert [shape.x0 for shape in figure.layout.shapes] == [7]
