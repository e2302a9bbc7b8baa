"""The Runs page: what is listed, what can be done with a run, and that it touches nobody else's."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from forecasting import load_sample, suggest_config
from forecasting.config import TEXTBOOK
from forecasting.labs.sequences import RECIPES
from forecasting.runs import Store, Workspace
from forecasting.runs.leases import beat, claim
from pages.learn.sine_wave.recipe_comparison import REPEATS
from tests.app.conftest import Open, address, figure, keyed, words, work

pytestmark = pytest.mark.slow  # each opens the page, in a second or less

SINE = {"epochs": 3, "points": 200}


@pytest.fixture
def store(data_folder: Path) -> Store:
    """The store that the app of the test uses."""
    return Store()


def runs(open_app: Open, **query: str) -> AppTest:
    app = open_app("pages/runs/page.py", **query)
    assert not app.exception
    return app


def manage(app: AppTest, run: str) -> AppTest:
    """Open what stands behind `Manage`."""
    app.session_state[f"more_{run[:12]}"] = True
    return app.run()


def forecast(store: Store, workspace: Workspace, name: str = "nile", **settings: object) -> str:
    panel = load_sample("nile")
    dataset = store.put_dataset(workspace, None, name, {"source": "sample", "sample": "nile"}, panel, {})
    config = suggest_config(panel)[0].to_dict() | {"epochs": 2, "folds": 1, "hidden_size": 4} | settings
    return store.submit(workspace, "forecast", config, dataset, name)


def test_an_empty_list_shows_the_next_step(open_app: Open) -> None:
    app = runs(open_app)
    assert "No runs yet" in words(app)
    assert len(app.get("page_link")) == 2
    assert "Bookmark this page" in words(app)


def test_a_run_is_listed_with_state_settings_scores_and_place_in_the_queue(
    open_app: Open, store: Store, data_folder: Path
) -> None:
    workspace = store.new_workspace()
    forecast(store, workspace, window=10)
    work(data_folder)
    store.submit(workspace, "sine", SINE, None, "sine")
    store.submit(workspace, "sine", SINE | {"window": 7}, None, "sine")
    app = runs(open_app, workspace=workspace)
    said = words(app).replace("\\", "")
    assert re.search(r"MASE [\d.]+ · Skill -?\d+ %", said)
    assert "window 10" in said
    assert "horizon" in said
    progress = [bar.proto.text for bar in app.get("progress")]
    assert any("number 2 in the queue" in text for text in progress)
    assert [box.label for box in app.checkbox if box.key and box.key.startswith("tick_")] == ["Compare nile"]


def test_a_run_that_a_worker_has_taken_is_shown_while_it_trains(open_app: Open, store: Store) -> None:
    workspace = store.new_workspace()
    run = store.submit(workspace, "sine", SINE, None, "sine")
    held = claim(store.database, "somebody")
    assert held is not None
    beat(store.database, held, {"stage": "final", "epoch": 2, "epochs": 3, "fraction": 0.5, "eta": 4.0})
    app = runs(open_app, workspace=workspace)
    (bar,) = app.get("progress")
    assert "epoch 2 of 3" in bar.proto.text
    assert app.button(key=f"cancel_{run[:12]}")


def test_rename_pin_and_delete_touch_this_workspace_alone(open_app: Open, store: Store, data_folder: Path) -> None:
    mine, other = store.new_workspace(), store.new_workspace()
    run = forecast(store, mine)
    assert forecast(store, other, "theirs") == run
    work(data_folder)
    app = manage(runs(open_app, workspace=mine), run)
    app.text_input(key=f"name_{run[:12]}").set_value("  the   good one ").run()
    app.toggle(key=f"pin_{run[:12]}").set_value(True).run()
    assert (store.run(mine, run).name, store.run(mine, run).pinned) == ("the good one", True)
    assert (store.run(other, run).name, store.run(other, run).pinned) == ("theirs", False)
    assert app.button(key=f"delete_{run[:12]}").disabled
    app.checkbox(key=f"delete_sure_{run[:12]}").set_value(True).run()
    app.button(key=f"delete_{run[:12]}").click().run()
    assert store.runs(mine) == []
    assert store.run(other, run).state == "done"


def test_cancel_ends_a_waiting_run_and_train_again_queues_it_anew(open_app: Open, store: Store) -> None:
    workspace = store.new_workspace()
    run = store.submit(workspace, "sine", SINE, None, "sine")
    app = runs(open_app, workspace=workspace)
    app.button(key=f"cancel_{run[:12]}").click().run()
    assert store.run(workspace, run).state == "cancelled"
    app = manage(runs(open_app, workspace=workspace), run)
    app.button(key=f"retry_{run[:12]}").click().run()
    assert store.run(workspace, run).state == "queued"


def test_open_shows_a_run_on_its_page_with_its_settings(open_app: Open, store: Store, data_folder: Path) -> None:
    workspace = store.new_workspace()
    first = forecast(store, workspace, window=10)
    forecast(store, workspace, window=12)
    wave = store.submit(workspace, "sine", SINE | {"window": 7}, None, "sine")
    work(data_folder)
    app = runs(open_app, workspace=workspace)
    app.button(key=f"open_{first[:12]}").click().run()
    app.switch_page("pages/forecast/page.py").run()  # the tester does not follow by itself
    assert app.number_input(key=keyed(app, "set_window")).value == 10
    assert address(app)["run"] == first
    assert "results below are for other settings" not in words(app)
    app.switch_page("pages/runs/page.py").run()
    app.button(key=f"open_{wave[:12]}").click().run()
    app.switch_page("pages/learn/sine_wave/page.py").run()
    assert app.slider(key="sine_window").value == 7
    assert address(app)["sine"] == wave


def test_the_comparison_of_recipes_and_the_grid_open_below_a_training_of_the_same_wave(
    open_app: Open, store: Store, data_folder: Path
) -> None:
    workspace = store.new_workspace()
    small = {"epochs": 2, "points": 200, "hidden_size": 4, "period": 3.0}
    of_grid = {"windows": [5, 20], "noises": [0.0], "cells": ["gru"], "layers": [1], "recipe": "tidecast"}
    grid = store.submit(workspace, "sine_grid", {**small, **of_grid}, None, "sine_grid")
    every = {"recipes": list(RECIPES), "repeats": REPEATS, "rollout": 0}
    recipes = store.submit(workspace, "recipes", {**small, **every, "noise": 0.1}, None, "recipes")
    work(data_folder)
    for run, kind, drawn in ((grid, "sine_grid", "sine_grid"), (recipes, "recipes", "sine_recipes")):
        app = runs(open_app, workspace=workspace)
        app.button(key=f"open_{run[:12]}").click().run()
        app.switch_page("pages/learn/sine_wave/page.py").run()
        assert not app.exception
        assert app.slider(key="sine_period").value == 3.0
        assert address(app)[kind] == run
        work(data_folder)  # the page's own training, without which nothing stands below it
        app = open_app("pages/learn/sine_wave/page.py", **address(app))
        assert figure(app, drawn)
        assert "trained with other values or another wave" not in words(app)
    assert app.slider(key="sine_noise").value == 0.1
    assert app.multiselect(key="grid_windows").value == [5, 20]
    assert [one.key for one in app.button if one.key == "recipes_train"] == []


def test_ticked_runs_are_compared_by_what_differs(open_app: Open, store: Store, data_folder: Path) -> None:
    workspace = store.new_workspace()
    ids = [forecast(store, workspace, window=window) for window in (10, 12)]
    other = forecast(store, workspace, horizon=3)
    work(data_folder)
    app = runs(open_app, workspace=workspace)
    assert not app.get("plotly_chart")
    for run in [*ids, other]:
        app.checkbox(key=f"tick_{run[:12]}").set_value(True).run()
    app.button(key="compare").click().run()
    chart, difference = app.get("plotly_chart")
    spec = chart.proto.spec
    assert spec.count('"name"') == 3  # the truth and two runs
    assert difference.proto.spec.count('"name"') == 1  # the second above the first
    assert "Difference from" in words(app)
    assert "horizon 3, not" in words(app)
    (table,) = (frame.value for frame in app.dataframe)
    assert sum("window 10" in name for name in table.columns) == 1  # named by what tells them apart,
    assert not any("LSTM" in name for name in table.columns)  # and by nothing else
    rows = dict(zip(table.iloc[:, 0], table.iloc[:, 1:].to_numpy().tolist(), strict=True))
    assert {"10", "12"} <= set(rows["Window"])
    assert rows["MAE"].count("not comparable") == 1
    assert "Hidden size" not in rows  # the same in both
    assert {"MAE", "MASE", "Skill"} <= set(rows)


def test_rows_tell_runs_apart_by_preset_layers_and_every_setting_that_is_not_usual(
    open_app: Open, store: Store
) -> None:
    workspace = store.new_workspace()
    panel = load_sample("nile")
    dataset = store.put_dataset(workspace, None, "nile", {"source": "sample", "sample": "nile"}, panel, {})
    changes: list[dict[str, Any]] = [
        dict(TEXTBOOK),
        {"num_layers": 3},
        {"dropout": 0.25},
        {"dropout": 0.25, "epochs": 3},
        {"features": ["month-of-year"]},
    ]
    for change in changes:
        config = suggest_config(panel)[0].replace(**{"window": 10, **change}).to_dict()
        store.cancel(workspace, store.submit(workspace, "forecast", config, dataset, "nile"))
    app = runs(open_app, workspace=workspace)
    lines = [text.value.replace("\\", "") for text in app.markdown if "horizon" in text.value]
    assert len(set(lines)) == len(changes)
    assert sum("Textbook" in line for line in lines) == 1
    assert sum("LSTM 3 x 64" in line for line in lines) == 1
    assert sum("Dropout 0.25" in line for line in lines) == 2
    assert sum("Epochs 3" in line for line in lines) == 1
    assert sum("month" in line.lower() for line in lines) == 1


def test_a_cancelled_run_that_another_session_waits_for_is_said_to_go_on(open_app: Open, store: Store) -> None:
    mine, other = store.new_workspace(), store.new_workspace()
    run = forecast(store, mine)
    assert forecast(store, other, "theirs") == run
    store.cancel(mine, run)
    assert "still trained for another session" in words(runs(open_app, workspace=mine))
    store.cancel(other, run)
    assert "still trained for another session" not in words(runs(open_app, workspace=mine))


def test_a_link_shows_one_run_without_the_workspace_and_ends_when_told(
    open_app: Open, store: Store, data_folder: Path
) -> None:
    workspace = store.new_workspace()
    run = forecast(store, workspace, "secret-file.csv")
    work(data_folder)
    store.rename(workspace, run, "For the board")
    store.submit(workspace, "sine", SINE, None, "other run")
    app = manage(runs(open_app, workspace=workspace), run)
    app.button(key=f"copy_{run[:12]}").click().run()
    (link,) = (code.value for code in app.code)
    token = re.fullmatch(r".*/\?link=([\w-]{22})", link).group(1)  # type: ignore[union-attr]
    seen = open_app(link=token)
    assert seen.get("plotly_chart")
    assert "For the board" in seen.title[0].value.replace("\\", "")
    assert "one result of Tidecast" in words(seen)
    everything = str(seen.main) + str(seen.sidebar)
    assert "secret-file" not in everything
    assert "other run" not in everything
    assert workspace.token not in everything
    assert {button.key for button in seen.button} == {"shared_own"}
    assert not seen.number_input
    assert "workspace" not in address(seen)
    store.end_shares(workspace, run)
    ended = open_app(link=token)
    assert "shows no run here" in words(ended)
    assert not ended.get("plotly_chart")


def test_a_link_ends_by_its_button(open_app: Open, store: Store) -> None:
    workspace = store.new_workspace()
    run = store.submit(workspace, "sine", SINE, None, "sine")
    store.cancel(workspace, run)
    token = store.share(workspace, run)
    app = manage(runs(open_app, workspace=workspace), run)
    app.button(key=f"revoke_{run[:12]}").click().run()
    assert "shows no run here" in words(open_app(link=token))


def test_delete_my_data_asks_first_and_then_leaves_nothing_in_the_file(
    open_app: Open, store: Store, data_folder: Path
) -> None:
    workspace = store.new_workspace()
    forecast(store, workspace, "a-name-to-be-found")
    app = runs(open_app, workspace=workspace)
    assert app.button(key="delete_all_now").disabled
    assert store.has_workspace(workspace)
    file = data_folder / "tidecast.db"
    assert b"a-name-to-be-found" in file.read_bytes()
    app.checkbox(key="delete_all_sure").set_value(True).run()
    app.button(key="delete_all_now").click().run()
    assert not store.has_workspace(workspace)
    assert "Your data was deleted" in words(app)
    assert address(app)["workspace"] != workspace.token
    assert b"a-name-to-be-found" not in file.read_bytes()
    assert "opens no workspace" in words(open_app(workspace=workspace))


def test_a_run_of_a_kind_that_pages_do_not_know_is_listed(
    open_app: Open, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = store.new_workspace()
    run = store.submit(workspace, "sine", SINE, None, "")
    store.cancel(workspace, run)
    monkeypatch.setattr("pages.shared.jobs.VIEWS", {})
    app = manage(runs(open_app, workspace=workspace), run)
    assert not app.exception
    assert "points 200" in words(app) or "Points 200" in words(app) or "period" in words(app)
    assert not app.get("plotly_chart")


def test_a_name_from_a_file_is_never_markup(open_app: Open, store: Store) -> None:
    workspace = store.new_workspace()
    run = forecast(store, workspace, "[x](https://evil.example) $a$ :smile:")
    store.cancel(workspace, run)
    app = runs(open_app, workspace=workspace)
    assert not re.search(r"[\[\]():$]", app.checkbox(key=f"tick_{run[:12]}").label)
    assert "[x](" not in words(app)
    assert "\\[x\\]" in words(app)


def test_a_link_can_have_an_end_which_page_and_link_say(open_app: Open, store: Store) -> None:
    workspace = store.new_workspace()
    run = store.submit(workspace, "sine", SINE, None, "sine")
    store.cancel(workspace, run)
    app = manage(runs(open_app, workspace=workspace), run)
    app.selectbox(key=f"lasts_{run[:12]}").set_value("7").run()
    app.button(key=f"copy_{run[:12]}").click().run()
    (end,) = store.share_ends(workspace, run)
    assert end is not None
    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 7 * 86_400))
    assert f"1 link shows this run: {day}" in words(app)
    (link,) = (code.value for code in app.code)
    app.selectbox(key=f"lasts_{run[:12]}").set_value("always").run()
    assert not app.code  # the one made before has another end
    assert f"This link ends on {day}" in words(open_app(link=link.rpartition("=")[2]))
    (opened, *_) = store.events(workspace)[0]
    assert (opened.what, opened.name) == ("opened", "sine")


def test_the_log_says_what_was_done_and_is_read_only_while_it_is_open(
    open_app: Open, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = store.new_workspace()
    run = store.submit(workspace, "sine", SINE, None, "waves")
    store.cancel(workspace, run)
    for _ in range(20):
        store.share(workspace, run)
    app = runs(open_app, workspace=workspace)
    assert not app.dataframe
    app.session_state["log"] = True
    app.run()
    (table,) = (frame.value for frame in app.dataframe)
    assert len(table) == 20
    assert set(table.iloc[:, 1]) == {"Read-only link made"}
    assert set(table.iloc[:, 2]) == {"waves"}
    app.session_state["log_page"] = 2
    app.run()
    (table,) = (frame.value for frame in app.dataframe)
    assert table.iloc[:, 1].tolist() == ["Run asked for"]


def test_a_pin_beyond_what_may_be_kept_says_so_and_is_not_set(
    open_app: Open, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = store.new_workspace()
    run = forecast(store, workspace)
    store.cancel(workspace, run)
    monkeypatch.setattr("forecasting.runs.usage.PINNED_SHARE", 0.0)
    app = manage(runs(open_app, workspace=workspace), run)
    app.toggle(key=f"pin_{run[:12]}").set_value(True).run()
    assert "All workspaces of this server together may pin" in words(app)
    assert not app.toggle(key=f"pin_{run[:12]}").value
    assert not store.run(workspace, run).pinned
