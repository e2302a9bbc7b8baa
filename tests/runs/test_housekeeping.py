from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable

import pytest
from sqlalchemy import func, select, update

from forecasting.errors import LimitError, StoreError
from forecasting.panel import Panel
from forecasting.runs import Store, Workspace, leases, schema
from forecasting.runs.blobs import put_blob
from forecasting.runs.housekeeping import sweep
from forecasting.runs.workers.attempt import perform
from tests.runs.working import finish

MakePanel = Callable[..., Panel]
DAY = 86_400.0


def counts(store: Store) -> dict[str, int]:
    tables = (
        schema.workspaces,
        schema.workspace_data,
        schema.workspace_runs,
        schema.datasets,
        schema.runs,
        schema.blobs,
    )
    with store.database.read() as connection:
        return {t.name: connection.execute(select(func.count()).select_from(t)).scalar_one() for t in tables}


def age(store: Store, days: float, *run_ids: str) -> None:
    """Let everything (or only these runs) have been used `days` earlier."""
    with store.database.write() as connection:
        if run_ids:
            chosen = schema.runs.c.id.in_(run_ids)
            connection.execute(update(schema.runs).where(chosen).values(used=schema.runs.c.used - days * DAY))
            theirs = select(schema.workspace_runs.c.dataset_id).where(schema.workspace_runs.c.run_id.in_(run_ids))
            data = schema.workspace_data
            used = data.c.used - days * DAY
            connection.execute(update(data).where(data.c.dataset_id.in_(theirs)).values(used=used))
            return
        for table in (schema.runs, schema.workspace_data, schema.workspaces):
            connection.execute(update(table).values(used=table.c.used - days * DAY))
        connection.execute(update(schema.blobs).values(written=schema.blobs.c.written - days * DAY))


def noise(seed: int, length: int) -> bytes:
    return random.Random(seed).randbytes(length)  # noqa: S311 - bytes that no codec shortens


@pytest.mark.slow
def test_what_nobody_used_for_long_goes_and_what_is_pinned_or_new_stays(store: Store, make_panel: MakePanel) -> None:
    store.settings = dataclasses.replace(store.settings, keep_days=30)
    workspace, gone = store.new_workspace(), store.new_workspace()
    old = store.put_dataset(workspace, b"old", "a.csv", {}, make_panel(1), {})
    kept = store.put_dataset(workspace, b"kept", "b.csv", {}, make_panel(2), {})
    store.submit(workspace, "counting", {}, old, "old")
    pinned = store.submit(workspace, "counting", {}, kept, "pinned")
    store.pin(workspace, pinned)
    finish(store)
    assert sweep(store.database, store.settings) == 0
    age(store, 31)
    store.put_state(workspace, {})
    new = store.put_dataset(workspace, b"new", "c.csv", {}, make_panel(3), {})
    assert sweep(store.database, store.settings) > 0
    assert [run.id for run in store.runs(workspace)] == [pinned]
    assert store.artifact(workspace, pinned, "result")
    assert store.panel(workspace, kept).id == make_panel(2).id
    assert store.raw(workspace, new) == b"new"
    with pytest.raises(StoreError):
        store.dataset(workspace, old)
    assert not store.has_workspace(gone)
    assert counts(store) == {
        "workspaces": 1,
        "workspace_data": 2,
        "workspace_runs": 1,
        "datasets": 2,
        "runs": 1,
        "blobs": 5,
    }


@pytest.mark.slow
def test_a_queued_or_running_run_is_never_swept(store: Store, make_panel: MakePanel) -> None:
    store.settings = dataclasses.replace(store.settings, keep_days=1, budget_mb=1)
    workspace = store.new_workspace()
    data = store.put_dataset(workspace, noise(1, 3 * 2**20), "a.csv", {}, make_panel(), {})
    runs = [store.submit(workspace, "counting", {"seed": seed}, data, "n") for seed in (1, 2)]
    held = leases.claim(store.database, "w")
    age(store, 5)
    with store.database.write() as connection:  # the worker is alive
        connection.execute(update(schema.runs).where(schema.runs.c.state == "running").values(heartbeat=4e9))
    sweep(store.database, store.settings)
    assert held is not None
    perform(store.database, held, store.settings)
    finish(store)
    assert {store.run(workspace, run).state for run in runs} == {"done"}


@pytest.mark.slow
def test_above_the_budget_the_least_recently_used_goes_first(store: Store, make_panel: MakePanel) -> None:
    store.settings = dataclasses.replace(store.settings, budget_mb=1)
    workspace = store.new_workspace()
    runs = []
    for seed in range(5):
        data = store.put_dataset(workspace, noise(seed, 300_000), f"{seed}.csv", {}, make_panel(seed), {})
        runs.append(store.submit(workspace, "counting", {"seed": seed}, data, "n"))
    finish(store)
    store.pin(workspace, runs[3])
    for place, run in enumerate((runs[3], runs[2], runs[0], runs[4], runs[1])):
        age(store, 10 - place, run)
    sweep(store.database, store.settings)
    assert {run.id for run in store.runs(workspace)} == {runs[3], runs[4], runs[1]}
    assert store.usage().stored_mb <= 1
    finish(store)
    assert store.artifact(workspace, runs[1], "result")


@pytest.mark.slow
def test_the_file_shrinks_by_what_was_evicted(file_store: Store, make_panel: MakePanel) -> None:
    file_store.settings = dataclasses.replace(file_store.settings, budget_mb=1)
    workspace = file_store.new_workspace()
    for seed in range(4):
        file_store.put_dataset(workspace, noise(seed, 2**20), f"{seed}.csv", {}, make_panel(seed), {})
    file = file_store.database.file
    assert file is not None
    assert file.stat().st_size > 4 * 2**20
    sweep(file_store.database, file_store.settings)
    assert file.stat().st_size < 1.2 * 2**20


@pytest.mark.slow
def test_delete_my_data_takes_it_out_of_the_file_and_leaves_what_others_hold(
    file_store: Store, make_panel: MakePanel
) -> None:
    mine, other = file_store.new_workspace(), file_store.new_workspace()
    secret = noise(5, 5_000)
    only_mine = file_store.put_dataset(mine, secret, "my name.csv", {}, make_panel(1), {"note": "my report"})
    for workspace in (mine, other):
        shared = file_store.put_dataset(workspace, b"shared", "s.csv", {}, make_panel(2), {})
        both = file_store.submit(workspace, "counting", {"seed": 1}, shared, "n")
    alone = file_store.submit(mine, "counting", {"seed": 2}, only_mine, "my name")
    finish(file_store)
    waiting = file_store.submit(mine, "counting", {"seed": 3}, only_mine, "my name")
    link = file_store.share(mine, alone)
    file = file_store.database.file
    assert file is not None
    assert secret[:64] in file.read_bytes()
    file_store.delete_workspace(mine)
    content = file.read_bytes()
    assert secret[:64] not in content
    assert b"my name" not in content
    assert b"my report" not in content
    assert alone.encode() not in content
    assert waiting.encode() not in content
    assert not file_store.has_workspace(mine)
    with pytest.raises(StoreError):
        file_store.shared_run(link)
    assert file_store.artifact(other, both, "result")
    assert file_store.raw(other, shared) == b"shared"


@pytest.mark.slow
def test_deleting_a_workspace_ends_its_running_work(store: Store) -> None:
    workspace = store.new_workspace()
    store.submit(workspace, "counting", {}, None, "n")
    held = leases.claim(store.database, "w")
    assert held is not None
    store.delete_workspace(workspace)
    assert leases.beat(store.database, held) == "cancel"
    assert leases.end_cancelled(store.database, held)
    sweep(store.database, store.settings)
    assert counts(store)["runs"] == 0


@pytest.mark.slow
def test_bytes_that_are_about_to_be_linked_are_not_swept(store: Store) -> None:
    put_blob(store.database, b"on its way")
    sweep(store.database, store.settings)
    assert counts(store)["blobs"] == 1
    age(store, 1)
    sweep(store.database, store.settings)
    assert counts(store)["blobs"] == 0


def bring(store: Store, workspace: Workspace, make_panel: MakePanel, seed: int, size: int = 300_000) -> tuple[str, str]:
    """A dataset of `size` bytes and a run of it."""
    data = store.put_dataset(workspace, noise(seed, size), f"{seed}.csv", {}, make_panel(seed), {})
    return data, store.submit(workspace, "counting", {"seed": seed}, data, "n")


@pytest.mark.slow
def test_a_small_workspace_loses_nothing_because_strangers_fill_the_store(store: Store, make_panel: MakePanel) -> None:
    store.settings = dataclasses.replace(store.settings, budget_mb=2)
    small = store.new_workspace()
    data, run = bring(store, small, make_panel, 0, 100_000)
    finish(store)
    age(store, 20)  # least recently used of all
    strangers = [store.new_workspace() for _ in range(3)]
    for seed in range(1, 13):
        bring(store, strangers[seed % 3], make_panel, seed)
    finish(store)
    sweep(store.database, store.settings)
    assert store.usage().stored_mb <= 2
    assert store.artifact(small, run, "result")
    assert store.raw(small, data) == noise(0, 100_000)
    assert all(store.runs(stranger) for stranger in strangers)  # each lost its oldest ones, and none all of them


@pytest.mark.slow
def test_what_a_stranger_holds_in_ten_workspaces_outlasts_nothing(file_store: Store, make_panel: MakePanel) -> None:
    store = file_store
    store.settings = dataclasses.replace(store.settings, budget_mb=1)
    mine = store.new_workspace()
    _, kept = bring(store, mine, make_panel, 0)
    for _ in range(10):
        stranger = store.new_workspace()
        for seed in range(1, 5):
            bring(store, stranger, make_panel, seed)
    finish(store)
    sweep(store.database, store.settings)
    assert store.usage().stored_mb <= 1
    assert [run.id for run in store.runs(mine)] == [kept]


@pytest.mark.slow
def test_what_somebody_has_let_go_of_goes_before_what_others_hold(file_store: Store, make_panel: MakePanel) -> None:
    store = file_store
    store.settings = dataclasses.replace(store.settings, budget_mb=1)
    mine, stranger = store.new_workspace(), store.new_workspace()
    _, kept = bring(store, mine, make_panel, 0, 600_000)
    put_blob(store.database, noise(1, 900_000))  # of a stranger, who has deleted the link to it
    store.put_state(stranger, {})
    finish(store)
    with store.database.write() as connection:
        connection.execute(update(schema.blobs).values(written=schema.blobs.c.written - 120))
    sweep(store.database, store.settings)
    assert [run.id for run in store.runs(mine)] == [kept]
    assert store.usage().stored_mb <= 1


@pytest.mark.slow
def test_pinned_data_count_against_their_workspace_and_never_exceed_the_total(
    store: Store, make_panel: MakePanel
) -> None:
    store.settings = dataclasses.replace(store.settings, budget_mb=3, pinned_mb=1)
    mine, other, third = (store.new_workspace() for _ in range(3))
    runs = [bring(store, mine, make_panel, seed, 400_000)[1] for seed in range(3)]
    finish(store)
    for run in runs[:2]:
        store.pin(mine, run)
    with pytest.raises(LimitError, match=r"would have 1\.2 MB, and it may keep 1 MB") as caught:
        store.pin(mine, runs[2])
    assert caught.value.field == "pin"
    assert [run.pinned for run in store.runs(mine)].count(True) == 2
    store.pin(mine, runs[1])  # is pinned already
    theirs = [bring(store, other, make_panel, 10 + seed, 400_000)[1] for seed in range(2)]
    finish(store)
    store.pin(other, theirs[0])
    with pytest.raises(LimitError, match=r"All workspaces of this server together may pin 1\.5 MB"):
        store.pin(other, theirs[1])
    same = store.put_dataset(third, noise(0, 400_000), "0.csv", {}, make_panel(0), {})
    shared = store.submit(third, "counting", {"seed": 0}, same, "n")
    store.pin(third, shared)  # what another has pinned already takes no room
    store.pin(third, shared, False)
    store.pin(mine, runs[0], False)
    store.pin(mine, runs[2])


@pytest.mark.slow
def test_pins_beyond_what_a_workspace_may_keep_protect_nothing(file_store: Store, make_panel: MakePanel) -> None:
    store = file_store
    store.settings = dataclasses.replace(store.settings, budget_mb=3, pinned_mb=3)
    mine, stranger = store.new_workspace(), store.new_workspace()
    _, small = bring(store, mine, make_panel, 0, 100_000)
    pinned = [bring(store, stranger, make_panel, seed, 400_000)[1] for seed in range(1, 4)]
    finish(store)
    for run in pinned:
        store.pin(stranger, run)
    age(store, 10)
    age(store, 5, pinned[2])
    store.settings = dataclasses.replace(store.settings, budget_mb=1, pinned_mb=1)  # as in a store of an older version
    sweep(store.database, store.settings)
    assert store.usage().stored_mb <= 1
    assert store.run(mine, small).state == "done"
    assert len(store.runs(stranger)) == 2
    assert pinned[2] not in {run.id for run in store.runs(stranger)}
