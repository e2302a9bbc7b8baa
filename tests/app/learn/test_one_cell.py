"""The tabs One cell and Inside over time of the Sequence lab."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.app.conftest import Open, address, alt, figure, put_forms, values, words, work

PAGE = "pages/learn/sequence_lab/page.py"
FORMS = {"one_cell": {"hidden_size": 3, "steps": 20}, "cells": {"steps": 50, "lag": 5, "hidden_size": 4}}


@pytest.mark.slow
def test_a_cell_is_walked_through_step_by_step_and_its_inside_shown_over_time(
    open_app: Open, data_folder: Path
) -> None:
    here = address(open_app())

    def tab(kind: str) -> Any:
        put_forms(data_folder, here, {**FORMS, "opened": {"kind": kind}})
        return open_app(PAGE, workspace=here["workspace"])

    for kind in ("one_cell", "inside"):
        assert tab(kind).button(key="cancel")  # trained unasked
    work(data_folder)
    _look_at_one_cell(tab("one_cell"), data_folder)
    _look_inside(tab("inside"))


def _look_at_one_cell(app: Any, folder: Path) -> None:
    assert "The cell reads **l**. Right: **l**." in words(app)
    np.testing.assert_array_equal(values(figure(app, "one_cell_in")["data"][0]), [0, 0, 1, 0])  # e, h, l, o
    after = values(figure(app, "one_cell_state")["data"][1])
    app.button(key="one_cell_next").click().run()
    assert app.select_slider(key="one_cell_step_pair").value == 4
    assert "The cell reads **l**. Right: **o**." in words(app)
    before, now = (values(trace) for trace in figure(app, "one_cell_state")["data"])
    np.testing.assert_allclose(before, after)  # the state goes on where it was
    shares = values(figure(app, "one_cell_out")["data"][0])
    assert shares.sum() == pytest.approx(1)
    _part(app, "The two l's")
    twins = [values(trace) for trace in figure(app, "one_cell_twins")["data"]]
    np.testing.assert_allclose(twins, [before, now])
    _part(app, "Equations")
    for cell, formulas, rows in (("rnn", 2, 2), ("gru", 5, 5), ("lstm", 7, 8)):
        app.segmented_control(key="one_cell_cell").set_value(cell).run()
        assert not app.exception
        assert len(app.get("latex") or [one for one in app.markdown if "aligned" in one.value]) == formulas
        assert cell.upper() in alt(app, "one_cell_diagram")
        assert values(figure(app, "one_cell_map")["data"][0], "z").size == 3 * rows
    _part(app, "How far back")
    reach = {trace["name"]: values(trace) for trace in figure(app, "one_cell_reach")["data"]}
    assert {name: len(sizes) for name, sizes in reach.items()} == {"RNN": 4, "LSTM": 4, "GRU": 4}
    app.number_input(key="shapes_num_layers").set_value(2).run()
    app.toggle(key="shapes_bidirectional").set_value(True).run()
    shapes = next(one.value for one in app.dataframe if "batch_first=False" in one.value)
    assert list(shapes["batch_first=True"]) == [
        "(N, L, I) = (1, 5, 4)",
        "(N, L, D·H) = (1, 5, 6)",
        "(D·S, N, H) = (4, 1, 3)",
        "(D·S, N, H) = (4, 1, 3)",
    ]
    app.number_input(key="shapes_batch").set_value(0).run()
    assert "Batch N" in words(app)  # what is wrong with it is said
    app.segmented_control(key="one_cell_example").set_value("sine").run()
    work(folder)
    app.run()
    assert not app.exception
    assert "The two l's" not in [tab.label for tab in app.tabs]
    _part(app, "In and out")
    drawn = {trace["name"]: values(trace) for trace in figure(app, "one_cell_series")["data"]}
    np.testing.assert_allclose(drawn["read"], np.sin(0.3 * np.arange(24)), atol=1e-5)


def _part(app: Any, name: str) -> None:
    """Open one of the tabs below the drawing."""
    app.session_state["one_cell_parts"] = name
    app.run()
    assert not app.exception


def _look_inside(app: Any) -> None:
    spec = figure(app, "inside_time")
    assert spec["layout"]["shapes"][0]["x0"] == 0  # five steps before the end
    gradient = {trace["name"]: values(trace) for trace in spec["data"]}["RNN"]
    app.slider(key="inside_time_lag").set_value(2).run()
    assert figure(app, "inside_time")["layout"]["shapes"][0]["x0"] == 3
    assert f"is **{gradient[3]:.3g}** in the RNN" in words(app)
    app.segmented_control(key="inside_time_cell").set_value("rnn").run()
    app.segmented_control(key="inside_time_when").set_value("after").run()
    assert not app.exception
    assert not np.allclose(values(figure(app, "inside_time")["data"][-3]), gradient)
