from __future__ import annotations

import threading
import time
import weakref

import pytest
from sqlalchemy import update

from forecasting.errors import StoreError
from forecasting.runs import Store, clock, database, leases, schema
from forecasting.runs.blobs import put_blob
from tests.runs.working import claimed


def age(store: Store, seconds: float) -> None:
    """Let time pass for every heartbeat."""
    with store.database.write() as connection:
        connection.execute(update(schema.runs).values(heartbeat=schema.runs.c.heartbeat - seconds))


@pytest.mark.slow
def test_a_run_is_claimed_once(store: Store) -> None:
    workspace = store.new_workspace()
    expected = {store.submit(workspace, "counting", {"seed": seed}, None, "n") for seed in range(15)}
    taken: list[str] = []

    def take(name: str) -> None:
        while (held := leases.claim(store.database, name)) is not None:
            taken.append(held.run_id)

    threads = [threading.Thread(target=take, args=(str(i),)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(expected)


@pytest.mark.slow
def test_progress_and_loss_are_in_the_row(store: Store) -> None:
    workspace = store.new_workspace()
    run = store.submit(workspace, "counting", {}, None, "n")
    held = claimed(store)
    assert leases.beat(store.database, held, {"fraction": 0.5}, [["final", 1, 0.3, None]]) == "mine"
    seen = store.run(workspace, run)
    assert (seen.state, seen.attempts, seen.progress, seen.curve) == (
        "running",
        1,
        {"fraction": 0.5},
        [["final", 1, 0.3, None]],
    )


@pytest.mark.slow
def test_a_heartbeat_that_is_young_enough_keeps_the_run(store: Store) -> None:
    store.submit(store.new_workspace(), "counting", {}, None, "n")
    held = claimed(store)
    age(store, 19)
    assert leases.claim(store.database, "other") is None
    assert leases.beat(store.database, held) == "mine"
    age(store, 19)
    assert leases.reclaim(store.database) == []


@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_that_jumps_takes_no_run_from_a_worker_that_lives_and_returns_those_of_a_dead_one(
    file_store: Store, monkeypatch: pytest.MonkeyPatch, hours: float
) -> None:
    store = file_store
    monkeypatch.setattr(leases, "_clocks", weakref.WeakKeyDictionary())
    workspace = store.new_workspace()
    for seed in (1, 2):
        store.submit(workspace, "counting", {"seed": seed}, None, "n")
    alive, dead = claimed(store), claimed(store)
    assert leases.reclaim(store.database) == []
    wall, here = time.time, time.monotonic
    monkeypatch.setattr(database.time, "time", lambda: wall() + 3600 * hours)
    assert leases.reclaim(store.database) == []  # who lives has not beaten by the new clock yet
    assert leases.beat(store.database, alive) == "mine"
    monkeypatch.setattr(clock.time, "monotonic", lambda: here() + clock.GRACE_SECONDS + 1)
    monkeypatch.setattr(database.time, "time", lambda: wall() + 3600 * hours + clock.GRACE_SECONDS + 1)
    assert leases.reclaim(store.database) == [dead.run_id]
    assert leases.beat(store.database, alive) == "mine"


@pytest.mark.slow
def test_after_three_deaths_the_run_fails_with_the_reason(store: Store) -> None:
    workspace = store.new_workspace()
    run = store.submit(workspace, "counting", {}, None, "n")
    for attempt in (1, 2, 3):
        assert claimed(store, f"w{attempt}").attempt == attempt
        age(store, 21)
    assert leases.claim(store.database, "w4") is None
    seen = store.run(workspace, run)
    assert seen.state == "failed"
    assert seen.error is not None
    assert "3 times" in seen.error


@pytest.mark.slow
def test_a_late_worker_cannot_write_anything(store: Store) -> None:
    workspace = store.new_workspace()
    run = store.submit(workspace, "counting", {}, None, "n")
    late = claimed(store, "late")
    age(store, 21)
    new = claimed(store, "new")
    assert new.run_id == run
    assert leases.beat(store.database, late, {"fraction": 0.9}) == "lost"
    assert not leases.publish(store.database, late, {"result": put_blob(store.database, b"late")})
    assert not leases.fail(store.database, late, "late")
    assert not leases.end_cancelled(store.database, late)
    assert store.run(workspace, run).progress == {}
    assert leases.publish(store.database, new, {"result": put_blob(store.database, b"new")})
    assert not leases.publish(store.database, late, {"result": put_blob(store.database, b"late")})
    assert store.artifact(workspace, run, "result") == b"new"


@pytest.mark.slow
def test_nothing_is_published_with_an_artifact_that_is_not_stored(store: Store) -> None:
    workspace = store.new_workspace()
    run = store.submit(workspace, "counting", {}, None, "n")
    with pytest.raises(StoreError):
        leases.publish(store.database, claimed(store), {"result": "0" * 64})
    assert store.run(workspace, run).state == "running"


@pytest.mark.slow
def test_a_worker_that_has_to_leave_does_not_count_the_attempt(store: Store) -> None:
    workspace = store.new_workspace()
    run = store.submit(workspace, "counting", {}, None, "n")
    for _ in range(5):
        held = claimed(store, "leaving")
        leases.release(store.database, "leaving")
        assert leases.beat(store.database, held) == "lost"
    assert (store.run(workspace, run).state, store.run(workspace, run).attempts) == ("queued", 0)


@pytest.mark.slow
def test_a_worker_known_to_be_dead_is_not_waited_for(store: Store) -> None:
    workspace = store.new_workspace()
    run = store.submit(workspace, "counting", {}, None, "n")
    claimed(store, "dead")
    assert leases.abandon(store.database, "dead") == [run]
    assert (store.run(workspace, run).state, store.run(workspace, run).attempts) == ("queued", 1)


@pytest.mark.slow
def test_a_cancelled_run_whose_worker_died_is_cancelled(store: Store) -> None:
    workspace = store.new_workspace()
    run = store.submit(workspace, "counting", {}, None, "n")
    claimed(store, "dead")
    store.cancel(workspace, run)
    leases.abandon(store.database, "dead")
    assert store.run(workspace, run).state == "cancelled"
    assert leases.claim(store.database, "w") is None
