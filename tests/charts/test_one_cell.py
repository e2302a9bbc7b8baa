"""Figures of one cell and of its inside over time: values where they belong."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from forecasting import charts

NOW = {
    "rnn": {"hidden": 0.11, "from_input": 0.12, "from_state": 0.13},
    "lstm": {"input": 0.21, "forget": 0.31, "candidate": -0.41, "output": 0.51, "cell": 0.61, "hidden": 0.71},
    "gru": {"reset": 0.21, "update": 0.31, "candidate": -0.41, "hidden": 0.71},
}


@pytest.mark.parametrize("cell", NOW)
def test_a_diagram_shows_every_gate_and_state_inside_its_frame(cell: str) -> None:
    now = {**NOW[cell], "hidden_before": 0.81, "cell_before": 0.91}
    figure = charts.cell_diagram(cell, now, "l")
    (texts,) = [trace.text for trace in figure.data if trace.mode == "text"]
    for name in {*NOW[cell], "hidden_before", *(["cell_before"] if cell == "lstm" else [])}:
        assert any(f"{now[name]:.2f}" in text for text in texts), name
    for trace in figure.data:
        x, y = np.array(trace.x, dtype=float), np.array(trace.y, dtype=float)
        assert 0 <= np.nanmin(x) <= np.nanmax(x) <= figure.layout.xaxis.range[1]
        assert 0 <= np.nanmin(y) <= np.nanmax(y) <= figure.layout.yaxis.range[1]


def test_the_products_in_an_lstm_are_what_is_kept_and_what_enters() -> None:
    figure = charts.cell_diagram("lstm", {**NOW["lstm"], "hidden_before": 0.0, "cell_before": -2.0}, "l")
    texts = " ".join(text for trace in figure.data if trace.mode == "text" for text in trace.text)
    assert f"<b>{0.31 * -2.0:.2f}</b>" in texts
    assert f"<b>{0.21 * -0.41:.2f}</b>" in texts


def test_boxes_of_a_diagram_do_not_overlap() -> None:
    for cell in NOW:
        figure = charts.cell_diagram(cell, {**NOW[cell], "hidden_before": 0.8, "cell_before": 0.9}, "l")
        for one, other in itertools.combinations(figure.layout.shapes, 2):
            beside = one.x1 <= other.x0 or other.x1 <= one.x0
            assert beside or one.y1 <= other.y0 or other.y1 <= one.y0


def test_the_map_has_exact_numbers_where_colours_are_full_and_frames_the_unit() -> None:
    figure = charts.unit_map({"c": [2.5, -0.25], "h": [0.5, -1.0]}, 1)
    np.testing.assert_allclose(figure.data[0].z, [[1, -0.25], [0.5, -1]])
    assert figure.data[0].text[0][0] == "2.50"
    (frame,) = figure.layout.shapes
    assert (frame.x0, frame.x1) == (1.5, 2.5)


def cells(steps: int = 4, hidden: int = 2) -> dict[str, Any]:
    inside = {"rnn": ("hidden",), "lstm": ("hidden", "cell", "input", "forget", "candidate", "output"),
              "gru": ("hidden", "reset", "update", "candidate")}  # fmt: skip
    numbers = np.linspace(-0.9, 0.9, steps * hidden).reshape(steps, hidden).round(3).tolist()
    gradient = {"before": [0.0, 1e-9, 1e-3, 1.0], "after": [0.5, 0.5, 0.5, 1.0]}
    return {
        "example": {"value": [0.1, 0.2, 0.3, 0.4], "marked": [1, 0, 0, 0]},
        "cells": {cell: {"inside": dict.fromkeys(names, numbers), "gradient": gradient}
                  for cell, names in inside.items()},
    }  # fmt: skip


@pytest.mark.parametrize(("cell", "rows"), [("rnn", 3), ("lstm", 5), ("gru", 4)])
def test_everything_inside_stands_on_one_time_axis_and_is_hovered_together(cell: str, rows: int) -> None:
    figure = charts.inside_time_chart(cells(), cell, 1, 2, "before")
    assert {trace.xaxis or "x" for trace in figure.data} == {"x"}
    assert len({trace.yaxis for trace in figure.data}) == rows
    assert (figure.layout.hovermode, figure.layout.hoversubplots) == ("x unified", "axis")
    domains = sorted(tuple(axis["domain"]) for name, axis in figure.to_dict()["layout"].items() if "yaxis" in name)
    assert all(below[1] < above[0] for below, above in itertools.pairwise(domains))
    (line,) = figure.layout.shapes
    assert line.x0 == line.x1 == 1  # two steps before the last, 3


def test_the_gradient_is_that_of_the_moment_asked_for_and_vanished_ones_are_drawn_at_the_bottom() -> None:
    for moment, wanted in (("before", [1e-16, 1e-9, 1e-3, 1.0]), ("after", [0.5, 0.5, 0.5, 1.0])):
        figure = charts.inside_time_chart(cells(), "lstm", 0, 0, moment)
        drawn = {trace.name: trace for trace in figure.data}
        np.testing.assert_allclose(drawn["RNN"].y, wanted)
        assert drawn["LSTM"].line.width > drawn["RNN"].line.width


def test_the_chosen_unit_is_drawn_and_the_others_are_not_hovered() -> None:
    figure = charts.inside_time_chart(cells(hidden=3), "gru", 2, 0)
    states = [trace for trace in figure.data if trace.yaxis == "y3"]
    assert [trace.hoverinfo for trace in states] == ["skip", "skip", None]
    np.testing.assert_allclose(states[-1].y, np.array(cells(hidden=3)["cells"]["gru"]["inside"]["hidden"])[:, 2])
