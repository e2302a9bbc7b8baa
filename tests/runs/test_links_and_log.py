"""Read-only links that end by themselves, a workspace under another token, and the log of what was done."""

from __future__ import annotations

import dataclasses
import time

import pytest
from sqlalchemy import func, select, update

from forecasting.errors import StoreError
from forecasting.panel import Panel
from forecasting.runs import Store, Workspace, audit, schema
from forecasting.runs.housekeeping import sweep
from tests.runs.test_housekeeping import MakePanel, age, noise
from tests.runs.working import finish

DAY = 86_400.0


def whats(store: Store, workspace: Workspace) -> list[str]:
    return [event.what for event in store.events(workspace)[0]]


def let_pass(store: Store, days: float) -> None:
    """Let links and entries of the log be so much older."""
    with store.database.write() as connection:
        connection.execute(update(schema.shares).values(ends=schema.shares.c.ends - days * DAY))
        connection.execute(update(schema.events).values(at=schema.events.c.at - days * DAY))


def test_a_link_offers_files_unless_its_owner_said_no(store: Store) -> None:
    workspace = store.new_workspace()
    run = store.submit(workspace, "counting", {}, None, "n")
    open_, closed = store.share(workspace, run), store.share(workspace, run, exports=False)
    assert [store.shared_exports(link) for link in (open_, closed)] == [True, False]
    with store.database.write() as connection:  # as an older version made them
        connection.execute(update(schema.shares).values(exports=None))
    assert store.shared_exports(closed)
    store.end_shares(workspace, run)
    with pytest.raises(StoreError, match="shows no run here"):
        store.shared_exports(open_)


def test_a_link_with_an_end_shows_nothing_after_it(store: Store) -> None:
    workspace = store.new_workspace()
    run = store.submit(workspace, "counting", {}, None, "n")
    week, always = store.share(workspace, run, 7), store.share(workspace, run)
    first, last = store.share_ends(workspace, run)
    assert first == store.shared_until(week) == pytest.approx(time.time() + 7 * DAY, abs=600)
    assert last is store.shared_until(always) is None
    assert store.run(workspace, run).shares == 2
    let_pass(store, 6.9)
    assert store.shared_run(week).id == run
    let_pass(store, 0.2)
    for ask in (store.shared_run, store.shared_until, store.shared_panel, store.note_opened):
        with pytest.raises(StoreError, match="shows no run here"):
            ask(week)
    assert not store.opens(week)
    assert store.opens(always)
    assert store.opened([week, always, workspace, Workspace("x")]) == {always, workspace}
    assert store.run(workspace, run).shares == 1
    assert store.share_ends(workspace, run) == [None]
    sweep(store.database, store.settings)
    assert whats(store, workspace)[0] == "ended"
    assert store.shared_run(always).id == run


@pytest.mark.slow
def test_the_log_tells_what_was_done_by_whom_nothing_and_of_what_the_name(store: Store, make_panel: MakePanel) -> None:
    mine, other = store.new_workspace(), store.new_workspace()
    data = store.put_dataset(mine, b"a secret line", "sales.csv", {"source": "upload"}, None, {})
    store.put_dataset(mine, None, "sample", {}, make_panel(), {})  # nobody has brought it
    run = store.submit(mine, "counting", {}, None, "forecast of sales")
    link = store.share(mine, run)
    for _ in range(3):
        store.note_opened(link)
    store.end_shares(mine, run)
    store.end_shares(mine, run)  # there are none
    gone = store.submit(mine, "counting", {"seed": 5}, None, "gone")
    store.unlink(mine, gone)
    entries, total = store.events(mine)
    assert total == len(entries) == 7
    assert [(entry.what, entry.name) for entry in entries] == [
        ("delete", None),
        ("run", None),
        ("ended", "forecast of sales"),
        ("opened", "forecast of sales"),
        ("link", "forecast of sales"),
        ("run", "forecast of sales"),
        ("upload", "sales.csv"),
    ]
    assert [entry.at for entry in entries] == sorted((entry.at for entry in entries), reverse=True)
    assert store.events(mine, 1, 2)[0] == entries[1:3]
    assert store.events(other) == ([], 0)
    with store.database.read() as connection:
        kept = str(connection.execute(select(schema.events)).all())
    assert "sales" not in kept
    assert data in kept
    for whose in (Workspace("x"), Workspace(link.token)):
        with pytest.raises(StoreError):
            store.events(whose)


@pytest.mark.slow
def test_the_log_is_kept_as_long_as_its_data(store: Store, make_panel: MakePanel) -> None:
    store.settings = dataclasses.replace(store.settings, keep_days=30)
    mine, other = store.new_workspace(), store.new_workspace()
    kept = store.submit(mine, "counting", {"seed": 1}, None, "kept")
    gone = store.submit(mine, "counting", {"seed": 2}, None, "gone")
    store.submit(other, "counting", {"seed": 3}, None, "other")
    finish(store)
    store.pin(mine, kept)
    age(store, 31)
    let_pass(store, 31)
    sweep(store.database, store.settings)
    assert [run.id for run in store.runs(mine)] == [kept]
    assert gone not in {run.id for run in store.runs(mine)}
    assert whats(store, mine) == ["evicted", "run"]
    store.delete_workspace(mine)
    with store.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(schema.events)).scalar_one() == 0


@pytest.mark.slow
def test_what_the_server_removes_for_room_is_said(file_store: Store, make_panel: MakePanel) -> None:
    store = file_store
    store.settings = dataclasses.replace(store.settings, budget_mb=1)
    mine = store.new_workspace()
    for seed in range(3):
        store.put_dataset(mine, noise(seed, 500_000), f"{seed}.csv", {}, make_panel(seed), {})
    sweep(store.database, store.settings)
    assert whats(store, mine) == ["evicted", "upload", "upload", "upload"]


def test_a_log_does_not_grow_without_end(file_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "KEPT", 3)
    mine, other = file_store.new_workspace(), file_store.new_workspace()
    runs = [file_store.submit(mine, "counting", {"seed": seed}, None, str(seed)) for seed in range(5)]
    file_store.submit(other, "counting", {"seed": 9}, None, "n")
    sweep(file_store.database, file_store.settings)
    assert [event.name for event in file_store.events(mine)[0]] == ["4", "3", "2"]
    assert len(runs) == len(file_store.runs(mine))
    assert file_store.events(other)[1] == 1


def test_a_workspace_under_another_token_has_all_that_it_had(store: Store, make_panel: MakePanel) -> None:
    old, other = store.new_workspace(), store.new_workspace()
    panel: Panel = make_panel()
    data = store.put_dataset(old, b"1", "a.csv", {}, panel, {"note": 1})
    run = store.submit(old, "counting", {}, data, "n")
    store.put_state(old, {"window": 60})
    link = store.share(old, run)
    new = store.renew_workspace(old)
    for whose in (old, other):
        with pytest.raises(StoreError):
            store.run(whose, run)
    assert not store.has_workspace(old)
    with pytest.raises(StoreError, match="no workspace"):
        store.renew_workspace(old)
    assert store.state(new) == {"window": 60}
    assert store.dataset(new, data).report == {"note": 1}
    assert store.panel(new, data).id == panel.id
    assert store.shared_run(link).id == run
    assert store.usage(new).active == 1
    assert whats(store, new) == ["renewed", "link", "run", "upload"]
    assert store.run(new, run).state == "queued"
