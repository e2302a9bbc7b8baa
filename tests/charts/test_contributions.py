"""Figures of a forecast as a sum, against the numbers that they were made from."""

from __future__ import annotations

import re

import numpy as np
import pytest

from forecasting import charts
from forecasting.export import drawing

ROWS = [("Weekly season", 80.0), ("<b>price</b>", -20.0), ("Trend", 2.5)]


def test_a_waterfall_begins_at_the_base_and_ends_at_the_forecast() -> None:
    figure = charts.waterfall_chart(("Mean", 350.0), ROWS, ("Forecast", 412.5), "units")
    bars = figure.data[0]
    assert list(bars.x) == [350.0, 80.0, -20.0, 2.5, 412.5]
    assert list(bars.measure) == ["absolute", "relative", "relative", "relative", "total"]
    assert list(figure.layout.yaxis.ticktext)[2] == "&lt;b&gt;price&lt;/b&gt;"
    low, high = figure.layout.xaxis.range
    assert 0 < low < 350
    assert high > 430  # the highest end between, 430


def test_a_waterfall_across_zero_shows_zero() -> None:
    low, high = charts.waterfall_chart(("Mean", 1.0), [("a", -3.0)], ("Forecast", -2.0)).layout.xaxis.range
    assert low < -2 < 1 < high


def test_stacked_parts_sum_to_the_line_above_the_base() -> None:
    rows = [("a", "season", [3.0, -1.0]), ("b", "covariate", [1.0, -2.0]), ("c", "covariate", [-0.5, 0.0])]
    figure = charts.stacked_chart([1, 2], rows, [13.5, 7.0], 10.0)
    *bars, line = figure.data
    np.testing.assert_allclose(np.sum([bar.y for bar in bars], axis=0), line.y)
    assert list(line.customdata) == [13.5, 7.0]
    assert figure.layout.barmode == "relative"
    assert bars[1].marker.color != bars[2].marker.color  # two covariates are told apart
    assert "10" in figure.layout.yaxis.title.text


def test_a_curve_passes_through_no_change() -> None:
    curve = {"kind": "share", "at": [-0.1, 0.1], "change": [2.0, -2.1], "low": [1.0, -3.0], "high": [3.0, -1.0]}
    *band, line = charts.effect_chart(curve, "price").data
    assert list(line.x) == [-0.1, 0.0, 0.1]
    assert list(line.y) == [2.0, 0.0, -2.1]
    assert [list(end.y) for end in band] == [[1.0, 0.0, -3.0], [3.0, 0.0, -1.0]]


@pytest.mark.parametrize("relative", [True, False])
def test_holidays_stand_with_their_intervals_the_first_on_top(relative: bool) -> None:
    bars = charts.holiday_chart([("Christmas", -0.5, 0.1), ("Easter", 0.2, 0.3)], relative=relative).data[0]
    assert list(bars.x) == [0.2, -0.5]  # Plotly draws from the bottom
    assert list(bars.error_x.array) == [0.3, 0.1]


def test_a_drawn_waterfall_has_each_bar_where_the_one_before_ends() -> None:
    drawn = drawing.waterfall(("Mean", 350.0), ROWS, ("Forecast", 412.5))
    bars = [
        (float(x), float(x) + float(width))
        for x, width in re.findall(r'<rect x="([\d.]+)" y="\d+" width="([\d.]+)"', drawn)
    ]
    base, season, price, trend, total = bars
    assert season[0] == pytest.approx(base[1], abs=0.2)
    assert price[1] == pytest.approx(season[1], abs=0.2)
    assert trend[0] == pytest.approx(price[0], abs=0.2)
    assert total[1] == pytest.approx(trend[1], abs=0.2)
    assert (season[1] - season[0]) / (price[1] - price[0]) == pytest.approx(80 / 20, rel=0.02)
    assert "&lt;b&gt;price&lt;/b&gt;" in drawn
    assert "<b>" not in drawn
