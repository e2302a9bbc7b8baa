"""The Sequence lab."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forecasting.labs.sequences import SYSTEMS
from forecasting.runs import Store, Workspace
from tests.app.conftest import Open, address, alt, figure, put_forms, values, words, work

PAGE = "pages/learn/sequence_lab/page.py"
SETTINGS: dict[str, dict[str, Any]] = {
    "cosine": {},
    "cells": {"steps": 50, "lag": 5},
    "rollout": {"epochs": 1, "future": 5},
    "marker": {"steps": 50, "length": 5},
}
CHARTS = {
    "cosine": ("cosine_learns", "cosine_position", "cosine_loss"),
    "cells": ("cells_loss", "cells_gradient", "cells_norm", "cells_inside"),
    "rollout": ("rollout_growth", "rollout_path"),
    "marker": ("marker_errors", "marker_attention"),
}


@pytest.mark.slow
def test_the_first_tab_shows_its_settings_and_trains_unasked(open_app: Open) -> None:
    app = open_app(PAGE)
    assert app.slider(key="cosine_chunk").value == 10
    assert app.button(key="cancel")
    drawn = figure(app, "chart_task_cosine")["data"]  # before anything is trained
    assert [trace["name"] for trace in drawn] == ["read", "asked for"]
    np.testing.assert_allclose(values(drawn[0]), np.sin(values(drawn[0], "x")), atol=1e-5)
    np.testing.assert_allclose(values(drawn[1]), np.cos(values(drawn[1], "x")), atol=1e-5)
    app.button(key="cancel").click().run()
    app.slider(key="cosine_chunk").set_value(12).run()
    assert len(values(figure(app, "chart_task_cosine")["data"][0])) == 6 * 12
    assert not [button for button in app.button if button.key == "cancel"]  # not again by itself


@pytest.mark.slow
def test_a_choice_that_came_back_empty_is_the_one_before(open_app: Open, data_folder: Path) -> None:
    """As where a tab is clicked while its page is still being drawn: the browser then says that nothing is chosen."""
    here = address(open_app())
    store = Store(f"sqlite:///{data_folder / 'tidecast.db'}")
    state = store.state(Workspace(here["workspace"]))
    store.put_state(
        Workspace(here["workspace"]), {**state, "forms": {"cells": {"task": "sine"}, "opened": {"kind": "cells"}}}
    )
    store.close()
    app = open_app(PAGE, workspace=here["workspace"])
    app.session_state["cells_task"] = None
    app.run()
    assert not app.exception
    assert not app.error
    assert app.session_state["cells_task"] == "sine"


@pytest.mark.slow
def test_every_tab_trains_draws_says_what_was_measured_and_shows_lines_that_run(
    open_app: Open, data_folder: Path
) -> None:
    here = address(open_app())

    def tab(kind: str) -> Any:
        put_forms(data_folder, here, {**SETTINGS, "opened": {"kind": kind}})
        return open_app(PAGE, workspace=here["workspace"])

    for kind in SETTINGS:
        assert tab(kind).button(key="cancel")
    work(data_folder)
    for kind in SETTINGS:
        app = tab(kind)
        for key in CHARTS[kind]:
            layout = figure(app, key)["layout"]
            assert layout["xaxis"]["title"]["text"]
            assert layout["yaxis"]["title"]["text"]
            assert alt(app, key)
        assert "Measured in this training" in words(app)
        (code,) = app.get("code")
        namespace: dict[str, object] = {}
        exec(code.value, namespace)  # noqa: S102  # the page says that these lines do it
        assert namespace["config"] == SYSTEMS[kind].config.from_dict(SETTINGS[kind])
        {"cosine": _look_at_cosine, "cells": _look_at_cells, "rollout": _look_at_rollout}.get(kind, lambda _: None)(app)


def _look_at_cosine(app: Any) -> None:
    spec = figure(app, "cosine_learns")
    traces = {trace["name"]: trace for trace in spec["data"]}
    x = values(traces["cos x, the target"], "x")
    np.testing.assert_allclose(values(traces["cos x, the target"]), np.cos(x), atol=1e-9)
    assert np.sqrt(np.mean((values(traces["State carried on"]) - np.cos(x)) ** 2)) < 0.2
    assert not spec.get("frames")  # the training is in the player
    reset = values(traces["State reset"])
    assert np.abs(reset - np.cos(x))[::10] == pytest.approx(1.0, abs=0.1)  # the first point of each chunk
    bars = {trace["name"]: values(trace) for trace in figure(app, "cosine_position")["data"]}
    assert bars["State reset"][0] > 5 * bars["State carried on"][0]
    assert "up and down look the same" in words(app)


def _look_at_cells(app: Any) -> None:
    app.segmented_control(key="cells_against").set_value("seconds").run()
    at = values(figure(app, "cells_loss")["data"][0], "x")
    assert (len(at), at[-1] != 50) == (50, True)
    app.segmented_control(key="cells_inside_cell").set_value("gru").run()
    app.selectbox(key="cells_inside_gru").select("update").run()
    heat = values(figure(app, "cells_inside")["data"][0], "z")
    assert 0 <= heat.min() <= heat.max() <= 1


def _look_at_rollout(app: Any) -> None:
    before = values(figure(app, "rollout_path")["data"][1])
    app.slider(key="rollout_origin").set_value(2).run()
    assert not np.array_equal(values(figure(app, "rollout_path")["data"][1]), before)
