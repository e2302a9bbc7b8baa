"""Figures of scenarios, against the numbers that they were made from."""

from __future__ import annotations

import pandas as pd

from forecasting import charts
from forecasting.scenarios import MOST

HISTORY = pd.DataFrame({"ds": range(10), "y": [float(value) for value in range(10)]})
FORECAST = pd.DataFrame({"ds": [10, 11], "forecast": [10.0, 11.0]}).assign(
    **{f"forecast-{end}-{level}": 9.0 for level in (50, 80) for end in ("lo", "hi")}
)


def test_a_line_a_scenario_stands_beside_the_base_with_one_band() -> None:
    lines = [("<b>Sale</b>", 0, [12.0, 13.0]), ("Fair", 5, [8.0, 9.0])]
    figure = charts.scenario_chart(HISTORY, FORECAST, lines, "sales", tail=5, adjusted=[10.0, 99.0])
    names = [trace.name for trace in figure.data]
    assert names == ["True", "80 % interval", "80 % interval", "Forecast", "&lt;b&gt;Sale&lt;/b&gt;", "Fair", names[-1]]
    assert [list(trace.y) for trace in figure.data[-3:]] == [[12, 13], [8, 9], [10, 99]]


def test_no_two_scenarios_have_the_same_colour_and_dash() -> None:
    lines = [(str(place), place, [1.0, 2.0]) for place in range(MOST)]
    figure = charts.scenario_chart(HISTORY, FORECAST, lines, "sales", tail=5)
    looks = {(trace.line.color, trace.line.dash) for trace in figure.data[-MOST:]}
    assert len(looks) == MOST


def test_differences_have_the_ends_of_their_intervals_the_first_on_top() -> None:
    figure = charts.scenario_differences([("Sale", 0, 5.0, 2.0, 9.0), ("Fair", 1, -1.0, -3.0, 0.0)])
    first, second = figure.data
    assert (list(first.x), list(first.error_x.array), list(first.error_x.arrayminus)) == ([5], [4], [3])
    assert (list(second.x), list(second.error_x.array), list(second.error_x.arrayminus)) == ([-1], [1], [2])
    low, high = figure.layout.yaxis.range
    assert low > high
