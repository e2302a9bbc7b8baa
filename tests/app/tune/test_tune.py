"""The page Tune: its question, its result, and the settings that it hands to the Forecast page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from forecasting.runs import Store
from forecasting.runs.leases import claim
from forecasting.runs.workers.attempt import perform
from forecasting.tuning import parts
from tests.app.conftest import Open, keyed, opener, store_in, words, work

pytestmark = [pytest.mark.slow, pytest.mark.together]

PAGE = "pages/tune/page.py"
SMALL = {"window": 10, "hidden_size": 4, "epochs": 4, "folds": 1, "horizon": 4, "method": "recurrent"}


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str, str]]:
    """A store with a done search of two trials: its folder, the address's workspace, the run."""
    folder = tmp_path_factory.mktemp("tune")
    with store_in(folder), pytest.MonkeyPatch.context() as patch:
        for name in ("SEEDS", "HELD_OUT"):
            patch.setattr(parts, name, 2)
        app = asked(opener())
        app.button(key=keyed(app, "tune")).click().run()
        assert not app.exception
        run = app.session_state["_session"].shown["tune"]
        work(folder)
        yield folder, app.session_state["_session"].workspace.token, run


def asked(open_app: Open) -> AppTest:
    """The page with a small question typed in."""
    app = open_app()
    session = app.session_state["_session"]
    for name, value in SMALL.items():
        session.change(f"sample:{session.sample}", name, value)
    app.switch_page(PAGE).run()
    assert not app.exception, [one.message for one in app.exception]
    dataset = session.dataset
    for name, low, high in (("hidden_size", 4, 6), ("num_layers", 1, 1), ("window", 8, 12)):
        app.number_input(key=f"tune_{name}_low_{dataset}").set_value(low)
        app.number_input(key=f"tune_{name}_high_{dataset}").set_value(high)
    app.multiselect(key=f"tune_cell_{dataset}").set_value(["rnn"])
    app.number_input(key="tune_trials").set_value(2)
    return app.run()


def test_the_usual_ranges_are_filled_in(open_app: Open) -> None:
    app = open_app(PAGE)
    dataset = app.session_state["_session"].dataset
    ends = [app.number_input(key=f"tune_hidden_size_{end}_{dataset}").value for end in ("low", "high")]
    assert ends == [64, 512]
    assert "40 trials" in words(app)


def test_a_reversed_range_and_a_budget_of_nothing_are_said_beside_a_button_that_is_off(open_app: Open) -> None:
    app = open_app(PAGE)
    dataset = app.session_state["_session"].dataset
    app.number_input(key=f"tune_hidden_size_low_{dataset}").set_value(900).run()
    assert "The range of Hidden size is reversed" in words(app)
    assert app.button(key=keyed(app, "tune")).disabled
    app.number_input(key=f"tune_hidden_size_low_{dataset}").set_value(64).run()
    assert not app.button(key=keyed(app, "tune")).disabled
    app.number_input(key="tune_trials").set_value(0).run()
    assert "budget of 0 trials" in words(app)
    assert app.button(key=keyed(app, "tune")).disabled


def test_what_ends_is_shown_while_the_search_goes_on(open_app: Open, data_folder: Path) -> None:
    app = asked(open_app)
    app.button(key=keyed(app, "tune")).click().run()
    store = Store(f"sqlite:///{data_folder / 'tidecast.db'}")
    for _ in range(7):  # the split, 5 seeds of the default, and the first trial
        claimed = claim(store.database, "w")
        assert claimed is not None
        perform(store.database, claimed, store.settings)
    store.close()
    app.run()
    assert "1 of 2 trials" in words(app)
    assert "over 5 seeds" in words(app)
    app.button(key="cancel").click().run()
    assert "cancelled" in words(app)


def result_of(folder: Path, run: str, token: str) -> dict[str, Any]:
    from forecasting.runs import Workspace

    store = Store(f"sqlite:///{folder / 'tidecast.db'}")
    found: dict[str, Any] = json.loads(store.artifact(Workspace(token), run, "result"))
    store.close()
    return found


def test_the_result_says_whether_anything_beats_the_default(searched: tuple[Path, str, str]) -> None:
    folder, token, run = searched
    app = opener()(PAGE, workspace=token, tune=run)
    shown, found = words(app), result_of(folder, run, token)
    assert ("Better than the default" if found["verdict"] == "better" else "othing beats the default") in shown
    assert "95 % interval" in shown


def test_the_settings_are_taken_to_the_forecast_page(searched: tuple[Path, str, str]) -> None:
    folder, token, run = searched
    app = opener()(PAGE, workspace=token, tune=run)
    app.button(key="tune_use").click().run()
    assert not app.exception
    best = result_of(folder, run, token)["best"]["settings"]
    session = app.session_state["_session"]
    kept = session.settings[f"sample:{session.sample}"]
    assert {name: kept.get(name, best[name]) for name in best} == best
    assert kept["window"] == best["window"]
    assert kept["epochs"] == SMALL["epochs"]


def test_the_runs_page_lists_it_and_opens_it_again(searched: tuple[Path, str, str]) -> None:
    _, token, run = searched
    app = opener()("pages/runs/page.py", workspace=token)
    assert "2 trials" in words(app)
    app.session_state[f"more_{run[:12]}"] = True
    app.run()
    app.button(key=f"open_{run[:12]}").click().run()
    assert not app.exception
    assert app.session_state["_session"].shown["tune"] == run
    assert app.session_state["_session"].run is None


def test_a_read_only_link_shows_the_result_without_the_button(searched: tuple[Path, str, str]) -> None:
    from forecasting.runs import Workspace

    folder, token, run = searched
    store = Store(f"sqlite:///{folder / 'tidecast.db'}")
    link = store.share(Workspace(token), run)
    store.close()
    app = opener()(link=link)
    assert "othing beats the default" in words(app) or "Better than the default" in words(app)
    assert [button.key for button in app.button if button.key == "tune_use"] == []
