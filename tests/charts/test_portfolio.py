"""Figures of many series against counts and sums made by hand."""

from __future__ import annotations

import re
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest

from forecasting import charts

NAMES = {"better": "Better", "same": "No better", "worse": "Worse"}


def lines(picture: str) -> list[list[tuple[float, float]]]:
    """The points of each line of a small picture."""
    svg = unquote(picture.removeprefix("data:image/svg+xml,"))
    found = re.findall(r'<polyline points="([^"]*)"', svg)
    return [[tuple(map(float, point.split(","))) for point in line.split()] for line in found]  # type: ignore[misc]


def test_a_small_picture_has_the_series_and_then_its_forecast() -> None:
    history, ahead = lines(charts.sparkline(np.array([0.0, 10.0, 5.0]), np.array([10.0, 0.0])))
    assert [y for _, y in history] == [26.0, 2.0, 14.0]  # from the bottom edge to the top one, which is up
    assert [x for x, _ in history] == pytest.approx([2.0, 38.5, 75.0])
    assert ahead[0] == history[-1]  # the forecast goes on from the last value
    assert [y for _, y in ahead] == [14.0, 2.0, 26.0]
    assert ahead[-1][0] == pytest.approx(148.0)


def test_a_small_picture_of_a_constant_or_of_nothing_is_a_line_or_nothing() -> None:
    (line,) = lines(charts.sparkline(np.full(5, 7.0)))
    assert {y for _, y in line} == {14.0}
    assert lines(charts.sparkline(np.empty(0))) == [[]]


def test_an_interval_far_wider_than_the_series_does_not_press_it_flat() -> None:
    wide = charts.sparkline(np.array([0.0, 10.0]), np.array([5.0]), np.array([-1e6]), np.array([1e6]))
    ups = [y for _, y in lines(wide)[0]]
    assert abs(ups[0] - ups[1]) == pytest.approx(8.0, abs=0.1)  # a third of the height of the picture


def test_the_histogram_counts_each_series_once_and_those_beyond_at_the_edge() -> None:
    skill = np.array([0.21, 0.22, -3.0, np.nan, 0.0])
    figure = charts.skill_histogram(skill, ["better", "better", "worse", "same", "same"], NAMES)
    counts = {trace.name: int(sum(trace.y)) for trace in figure.data}
    assert counts == {"Better": 2, "No better": 1, "Worse": 1}
    worst = figure.data[-1]
    assert worst.y[0] == 1  # in the first bin


def test_points_of_volume_lead_back_to_their_rows() -> None:
    table = pd.DataFrame(
        {
            "unique_id": ["a", "<b>", "c"],
            "volume": [1.0, 2.0, 0.0],
            "skill": [0.5, -0.5, 0.1],
            "verdict": ["better", "worse", "same"],
        }
    )
    figure = charts.volume_chart(table, NAMES)
    points = {
        int(data[0]): text for trace in figure.data for data, text in zip(trace.customdata, trace.text, strict=True)
    }
    assert points == {0: "a", 1: "&lt;b&gt;"}  # without volume there is no place on the axis


def test_sums_add_up_from_the_outside_to_the_middle() -> None:
    keys = pd.DataFrame({"region": ["N", "N", "S"], "shop": ["1", "2", "1"]})
    figure = charts.sums_chart(keys, np.array([1.0, 2.0, 4.0]), np.array([1.0, 1.0, 8.0]))
    piece = dict(zip(figure.data[0].ids, figure.data[0]["values"], strict=True))
    assert piece == {"N": 3.0, "S": 4.0, "N\x1f1": 1.0, "N\x1f2": 2.0, "S\x1f1": 4.0}
    assert dict(zip(figure.data[0].ids, figure.data[0].customdata, strict=True))["S"] == -0.5


def test_keys_that_make_too_many_pieces_are_left_out() -> None:
    keys = pd.DataFrame({"region": ["N", "S"] * 1000, "article": [str(i) for i in range(2000)]})
    figure = charts.sums_chart(keys, np.ones(2000), np.ones(2000))
    assert sorted(figure.data[0].ids) == ["N", "S"]
