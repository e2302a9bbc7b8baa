"""Charts of the teaching pages: bounded by the truth, what runs away is marked, one colour for one thing."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from forecasting import charts
from forecasting.charts import lab_colours
from forecasting.charts.lines import bounded, line
from forecasting.charts.words import ENGLISH
from tests.charts.test_style import LINES, THEMES, contrast


def _figure(*lines: list[float | None]) -> go.Figure:
    figure = go.Figure()
    for number, values in enumerate(lines):
        line(figure, range(len(values)), values, f"line {number}", "#123456")
    return figure


def test_lines_within_the_bounds_leave_the_axis_alone() -> None:
    figure = bounded(_figure([0.0, 1.0], [0.5, 0.7]), -1, 2, ENGLISH)
    assert figure.layout.yaxis.range is None
    assert len(figure.data) == 2


def test_a_line_that_runs_away_is_marked_where_it_leaves_and_the_axis_stays_with_the_others() -> None:
    figure = bounded(_figure([0.0, 1.0, 0.0], [0.5, 0.9, 1e12], [0.1, -50.0, 0.2]), -1, 2, ENGLISH)
    assert list(figure.layout.yaxis.range) == [-1, 2]
    up, down = figure.data[3:]
    assert (list(up.x), list(up.y), up.marker.symbol) == ([2.0], [2], "triangle-up")
    assert (list(down.x), list(down.y), down.marker.symbol) == ([1.0], [-1], "triangle-down")
    assert "line 1" in up.name
    assert up.marker.color == "#123456"


def test_a_line_that_ends_in_no_number_is_marked_and_one_that_begins_late_is_not() -> None:
    figure = bounded(_figure([0.5, None, None], [None, 0.1, 0.2]), 0, 1, ENGLISH)
    assert [trace.name for trace in figure.data[2:]] == [ENGLISH["runaway"].format(name="line 0")]


def test_where_there_is_nothing_to_measure_nothing_leaves() -> None:
    assert len(bounded(_figure([0.5, None], [None, None]), 0, 1, ENGLISH, gaps=True).data) == 2


def test_a_log_axis_is_bounded_above_only() -> None:
    figure = bounded(_figure([1e-6, 1e-3], [1.0, 1e30]), 0, 100, ENGLISH, log=True)
    low, high = figure.layout.yaxis.range
    assert high == pytest.approx(2)
    assert low < -6


def _path(one_step: float) -> dict[str, Any]:
    return {"paths": [{"history": [0.0, 1.0], "true": [0.0, -1.0], "one-step": [0.1, one_step], "direct": [0.0, -1.0]}]}


def test_a_path_that_runs_away_does_not_flatten_the_truth() -> None:
    near, far = charts.path_chart(_path(0.3)), charts.path_chart(_path(1e9))
    assert near.layout.yaxis.range is None
    assert list(far.layout.yaxis.range) == [-2, 2]


@pytest.mark.parametrize("colour", [lab_colours.CYAN, lab_colours.OLIVE])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_beyond_the_palette_stand_out_as_well(colour: str, theme: str) -> None:
    assert contrast(colour, THEMES[theme]["backgroundColor"]) >= LINES


def test_no_network_has_the_colour_of_the_truth_or_of_naive_and_none_shares_one_in_a_chart() -> None:
    groups = (lab_colours.RECIPES, lab_colours.WAYS, lab_colours.METHODS, lab_colours.CELLS, lab_colours.READERS)
    truth, naive = charts.PALETTE[0], charts.PALETTE[2]
    for group in groups:
        assert len(set(group.values())) == len(group)
        assert not {truth, naive} & set(group.values())
    assert lab_colours.CELLS["lstm"] == lab_colours.READERS["lstm"]


@pytest.mark.parametrize(("positions", "framed"), [([1, 4], 2), ([[0, 2], [1, 5]], 4)])
def test_marked_squares_are_framed_from_edge_to_edge_and_no_ring_lies_over_another(
    positions: list[Any], framed: int
) -> None:
    result = {"attention": {"weights": np.full((2, 6), 1 / 6).tolist(), "positions": positions}}
    figure = charts.attention_chart(result)
    frames = {(round((at.x0 + at.x1) / 2, 6), round((at.y0 + at.y1) / 2, 6)) for at in figure.layout.shapes}
    expected = {(place + 1, row + 1) for row, places in enumerate(positions) for place in np.atleast_1d(places)}
    assert frames == expected
    assert all(shape.x1 - shape.x0 < 1 and shape.y1 - shape.y0 < 1 for shape in figure.layout.shapes)
    assert len(figure.layout.shapes) == framed


def _phase(count: int, diverged: bool = False) -> dict[str, Any]:
    phase = {"steps": list(range(50, 50 + count)), "degrees": [1.0] * count}
    return {"phase": phase, "diverged": {"step": 1} if diverged else None}


def test_a_phase_of_few_values_is_no_line_of_its_own() -> None:
    result = {
        "rollout": {"x": list(range(200))},
        "recipes": {"classic": _phase(1), "tidecast": _phase(150), "batches": _phase(150, diverged=True)},
    }
    assert charts.with_phase(result) == ["tidecast"]
    assert [trace.name for trace in charts.phase_chart(result).data] == ["Tidecast"]
    result["recipes"] = {"classic": _phase(1), "offset": {"phase": None, "diverged": None}}
    assert charts.with_phase(result) == []


def test_arabic_letters_set_apart_keep_the_form_that_they_have_in_the_word() -> None:
    joiner = "\u200d"
    assert charts.joined(list("عرب")) == [f"ع{joiner}", f"{joiner}ر", "ب"]  # reh joins no letter after it
    assert charts.joined(list("ab ع")) == ["a", "b", " ", "ع"]
    assert charts.joined(["ب", " ", "ب"]) == ["ب", " ", "ب"]


def test_a_word_of_a_right_to_left_script_runs_from_right_to_left() -> None:
    for word, reversed_ in (("سلام", "reversed"), ("שלום", "reversed"), ("hello", True)):
        letters = sorted(set(word))
        shares = [[[0] * len(letters)] * len(word)]
        about = {"letters": letters, "source": list(word), "target": list(word), "probabilities": shares}
        assert charts.pair_map(about, 1).layout.xaxis.autorange == reversed_
