"""The page Lessons."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from forecasting.labs.lessons import LESSONS
from forecasting.runs import Store, Workspace
from tests.app.conftest import Open, address, alt, figure, words, work
from tests.labs.lessons.test_lessons import QUICK, few_epochs

PAGE = "pages/learn/lessons/page.py"

pytestmark = pytest.mark.slow


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    few_epochs(monkeypatch)


def at(open_app: Open, folder: Path, kind: str) -> dict[str, str]:
    """The address of a workspace whose page Lessons is open at `kind`, with settings that train in no time."""
    here = address(open_app())
    store = Store(f"sqlite:///{folder / 'tidecast.db'}")
    workspace = Workspace(here["workspace"])
    forms = {kind: QUICK[kind], "opened": {"kind": kind}}
    store.put_state(workspace, {**store.state(workspace), "forms": forms})
    store.close()
    return {"workspace": here["workspace"]}


def result(folder: Path, here: dict[str, str], kind: str) -> dict[str, Any]:
    store = Store(f"sqlite:///{folder / 'tidecast.db'}")
    workspace = Workspace(here["workspace"])
    (run,) = [run for run in store.runs(workspace) if run.kind == kind]
    found: dict[str, Any] = json.loads(store.artifact(workspace, run.id, "result"))
    store.close()
    return found


@pytest.mark.usefixtures("_quick")
@pytest.mark.parametrize("kind", LESSONS)
def test_each_lesson_says_what_it_found_draws_it_and_leads_on(open_app: Open, data_folder: Path, kind: str) -> None:
    here = at(open_app, data_folder, kind)
    app = open_app(PAGE, **here)
    assert app.session_state["lesson"] == kind
    work(data_folder)
    app.run()
    assert not app.exception, [e.message for e in app.exception]
    told = result(data_folder, here, kind)
    for panel in told["panels"]:
        drawn = figure(app, f"lesson_{kind}_{panel['name']}")["data"]
        assert len(drawn) == len(panel["lines"])
        names = [trace["name"] for trace in drawn]
        assert len(set(names)) == len(names)  # and each has a name in words
        assert not [name for name in names if name.startswith("lesson.")]
        assert all(name in alt(app, f"lesson_{kind}_{panel['name']}") for name in names)
    said = words(app)
    assert "Measured in this training" in said
    sentences = [line for line in said.splitlines() if line.startswith("- ")]
    assert len(sentences) >= len([one for one in told["found"] if one["ratio"] is not None])
    place = list(LESSONS).index(kind) + 1
    if place < len(LESSONS):
        app.button(key="lesson_next").click().run()
        assert not app.exception
        assert app.session_state["lesson"] == list(LESSONS)[place]


@pytest.mark.usefixtures("_quick")
def test_the_lesson_that_is_open_is_open_again_after_a_reload_and_in_chinese(open_app: Open, data_folder: Path) -> None:
    here = at(open_app, data_folder, "drift")
    app = open_app(PAGE, **here)
    app.slider(key="drift_period").set_value(30.0).run()
    again = open_app(PAGE, **here)
    again.selectbox(key="language").set_value("zh").run()
    assert again.session_state["lesson"] == "drift"
    assert again.slider(key="drift_period").value == 30.0
    assert "周期" in words(again)


@pytest.mark.usefixtures("_quick")
def test_a_training_that_ends_beyond_all_bounds_is_said_and_compared_with_nothing(
    open_app: Open, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from forecasting.labs.lessons import clipping

    monkeypatch.setattr(clipping, "RATE", 1e30)  # along gradients as they are
    here = at(open_app, data_folder, "clipping")
    app = open_app(PAGE, **here)
    work(data_folder)
    app.run()
    assert not app.exception
    assert "did not end in every training" in words(app)
    assert "none" in [metric.value for metric in app.metric]
