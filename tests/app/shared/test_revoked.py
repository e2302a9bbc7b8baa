"""Ended, deleted and renewed by one server: what a tab that another one serves still shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from forecasting import load_sample
from forecasting.errors import StoreError
from forecasting.runs import Access, Store, Workspace
from forecasting.runs.identity import token_id
from pages.shared import entrance, services
from pages.shared.services import cache
from tests.app.conftest import Open, address, words, work

pytestmark = pytest.mark.slow

PAIR = {"epochs": 2, "seed": 1}


@pytest.fixture
def other(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The store of another server with the same database; what the database said is asked for again at once."""
    assert cache.TRUSTED_SECONDS <= 2
    monkeypatch.setattr(cache, "TRUSTED_SECONDS", 0.0)
    return Store()


def button(app: AppTest, key: str) -> bool:
    return any(one.key == key for one in app.button)


@pytest.mark.parametrize("end", [Store.end_shares, Store.unlink, lambda store, mine, _: store.delete_workspace(mine)])
def test_what_is_remembered_for_a_link_ends_with_it(
    data_folder: Path, other: Store, end: Callable[[Store, Workspace, str], object]
) -> None:
    mine = services.store().new_workspace()
    run = services.submit(mine, "pair", PAIR)
    work(data_folder)
    link = services.share(mine, run)
    assert services.record(link, run, "result") == services.record(link, run, "result")
    end(other, mine, run)
    with pytest.raises(StoreError) as caught:
        services.record(link, run, "result")
    assert caught.value.field == "link"
    assert link not in set(cache.remembered())


def test_what_is_remembered_of_a_run_or_dataset_ends_with_it(data_folder: Path, other: Store) -> None:
    mine = services.store().new_workspace()
    runs = [services.submit(mine, "pair", PAIR | {"seed": seed}) for seed in (1, 2)]
    work(data_folder)
    for run in runs:
        services.record(mine, run, "result")
        services.poll(mine, run)
    dataset = services.read_sample(mine, "nile")
    services.panel(mine, dataset)
    other.unlink(mine, runs[0])
    assert services.poll(mine, runs[0]) is None
    with pytest.raises(StoreError):
        services.record(mine, runs[0], "result")
    assert services.record(mine, runs[1], "result")
    other.delete_workspace(mine)
    for ask in (lambda: services.panel(mine, dataset), lambda: services.read_sample(mine, "nile")):
        with pytest.raises(StoreError):
            ask()


def test_a_sample_that_was_evicted_is_read_again(data_folder: Path, other: Store) -> None:
    from sqlalchemy import delete

    from forecasting.runs import schema

    mine = services.store().new_workspace()
    dataset = services.read_sample(mine, "nile")
    with other.database.write() as connection:
        connection.execute(delete(schema.workspace_data))
    assert services.read_sample(mine, "nile") == dataset
    assert services.panel(mine, dataset).id == load_sample("nile").id


def test_memory_of_what_others_ended_is_given_back_by_whoever_asks_next(
    data_folder: Path, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    accesses: list[Workspace] = [services.store().new_workspace() for _ in range(2)]
    for one in accesses:
        services.usage(one)
    other.delete_workspace(accesses[0])
    monkeypatch.setattr(cache, "SWEEP_SECONDS", 0.0)
    services.usage(accesses[1])
    remembered: set[Access] = set(cache.remembered())
    assert remembered == {accesses[1]}


def test_an_open_tab_of_a_deleted_workspace_shows_nothing_of_it_and_opens_no_other(
    open_app: Open, other: Store
) -> None:
    mine = services.store().new_workspace()
    other.put_dataset(mine, b"a,b\n1,2\n", "a-secret-name.csv", {"source": "upload"}, None, {})
    run = other.submit(mine, "pair", PAIR, None, "a-secret-run")
    app = open_app("pages/runs/page.py", workspace=mine)
    assert "a-secret-run" in words(app).replace("\\", "")
    other.delete_workspace(mine)
    app.run()
    assert "opens no workspace here" in words(app)
    assert "a-secret" not in words(app)
    assert run[:12] not in str(app.main)
    assert address(app)["workspace"] == mine.token
    app.button(key="fresh_workspace").click().run()
    assert address(app)["workspace"] != mine.token


def test_an_open_tab_of_an_ended_link_shows_nothing(open_app: Open, other: Store, data_folder: Path) -> None:
    mine = services.store().new_workspace()
    run = services.submit(mine, "pair", PAIR)
    work(data_folder)
    app = open_app(link=services.share(mine, run))
    assert app.get("plotly_chart")
    other.end_shares(mine, run)
    app.run()
    assert not app.get("plotly_chart")
    assert "shows no run here" in words(app)


def test_a_renewed_address_opens_the_same_workspace_and_the_old_one_nothing(open_app: Open, other: Store) -> None:
    mine = services.store().new_workspace()
    run = other.submit(mine, "pair", PAIR, None, "kept")
    link = other.share(mine, run)
    tab, second = (open_app("pages/runs/page.py", workspace=mine) for _ in range(2))
    assert tab.button(key="renew_address_now").disabled
    tab.checkbox(key="renew_address_sure").set_value(True).run()
    tab.button(key="renew_address_now").click().run()
    assert "has a new address" in words(tab)
    token = address(tab)["workspace"]
    assert token != mine.token
    assert [kept.id for kept in other.runs(Workspace(token))] == [run]
    assert other.shared_run(link).id == run
    assert not other.has_workspace(mine)
    second.run()
    assert "opens no workspace here" in words(second)
    assert "kept" in words(tab.run())
    other.cancel(Workspace(token), run)
    assert other.run(Workspace(token), run).state == "cancelled"


def test_a_browser_that_has_a_workspace_is_asked_before_it_enters_another(
    open_app: Open, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, theirs = services.store().new_workspace(), services.store().new_workspace()
    other.submit(theirs, "pair", PAIR, None, "bait")
    monkeypatch.setattr(entrance, "_last", lambda: token_id(mine.token))
    assert not button(open_app(workspace=mine), "enter_workspace")
    app = open_app(workspace=theirs)
    assert "another workspace than the one that this browser used last" in words(app)
    assert "bait" in words(app)
    assert not app.segmented_control  # nothing of a page is drawn
    app.button(key="enter_workspace").click().run()
    assert not button(app, "enter_workspace")
    assert app.segmented_control
    again = open_app(workspace=theirs)
    again.button(key="fresh_workspace").click().run()
    assert address(again)["workspace"] not in (mine.token, theirs.token)
    other.delete_workspace(mine)  # then there is none to mistake it for
    assert not button(open_app(workspace=theirs), "enter_workspace")


def test_a_tab_whose_address_changes_to_another_workspace_asks_too(open_app: Open, other: Store) -> None:
    mine, theirs = services.store().new_workspace(), services.store().new_workspace()
    app = open_app("pages/runs/page.py", workspace=mine)
    app.query_params["workspace"] = theirs.token
    app.run()
    assert button(app, "enter_workspace")
    app.button(key="stay_here").click().run()
    assert address(app)["workspace"] == mine.token
    assert not button(app, "enter_workspace")
    app.query_params["workspace"] = theirs.token
    app.run()
    app.button(key="enter_workspace").click().run()
    assert address(app)["workspace"] == theirs.token
    assert not button(app, "enter_workspace")
