"""A large run in parts that train side by side: the same result, and nothing lost when a part is."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import func, select, text, update

from forecasting.config import ForecastConfig
from forecasting.panel import Panel
from forecasting.runs import Store, Supervisor, Workspace, identity, leases, schema, shards, turns
from forecasting.runs.blobs import put_blob
from forecasting.runs.housekeeping import sweep
from forecasting.runs.workers import pulse
from forecasting.runs.workers.attempt import perform
from tests.runs import counting
from tests.runs.conftest import LAUNCHER
from tests.runs.test_housekeeping import age
from tests.runs.working import claimed, finish

ASKED = {"shards": 3, "seed": 7}
RIGHT = counting.expected_of_shards(7, 5, 3)


def split(store: Store, **config: object) -> tuple[Workspace, str]:
    """A workspace and its run, which is split by now."""
    workspace = store.new_workspace()
    run = store.submit(workspace, "counting", {**ASKED, **config}, None, "n")
    assert perform(store.database, claimed(store), store.settings) == "split"
    return workspace, run


def rows(store: Store) -> dict[str | None, str]:
    """The states of all runs by the name of their shard."""
    with store.database.read() as connection:
        return dict(connection.execute(select(schema.runs.c.shard, schema.runs.c.state)).all())


@pytest.mark.slow
def test_a_run_in_parts_has_the_result_of_one_in_one_piece(store: Store) -> None:
    workspace, run = split(store)
    finish(store)
    seen = store.run(workspace, run)
    assert (seen.state, seen.attempts) == ("done", 1)
    assert store.artifact(workspace, run, "result") == RIGHT
    assert rows(store) == {None: "done"}  # the parts are gone

    store.settings = dataclasses.replace(store.settings, shard_seconds=1e9)
    whole = store.submit(workspace, "counting", {**ASKED, "steps": 6}, None, "n")
    assert perform(store.database, claimed(store), store.settings) == "done"
    assert store.artifact(workspace, whole, "result") == counting.expected_of_shards(7, 6, 3)


@pytest.mark.slow
def test_the_workspace_sees_one_running_run_with_the_progress_of_its_parts(store: Store) -> None:
    workspace, run = split(store)
    assert rows(store) == {None: "split", "part 1": "queued", "part 2": "queued", "part 3": "queued"}
    perform(store.database, claimed(store), store.settings)
    second = claimed(store)
    leases.beat(store.database, second, {"stage": "final", "epoch": 2, "fraction": 0.5}, [["final", 1, 0.3, None]])
    seen = store.run(workspace, run)
    assert (seen.state, seen.position, seen.active) == ("running", None, True)
    assert seen.progress["fraction"] == pytest.approx(0.95 * (1 + 1 / 2 + 0) / 3)  # and the merge
    assert seen.progress["epoch"] == 2
    assert [(one["name"], one["state"]) for one in seen.progress["shards"]] == [
        ("part 1", "done"),
        ("part 2", "running"),
        ("part 3", "queued"),
    ]
    assert seen.curve[-1] == ["final", 1, 0.3, None]
    assert [listed.id for listed in store.runs(workspace)] == [run]
    assert store.usage(workspace).active == 1


@pytest.mark.parametrize("parts", [2, 40])
def test_the_lock_that_all_writers_wait_for_is_not_held_longer_for_the_files_of_the_package(
    file_store: Store, monkeypatch: pytest.MonkeyPatch, parts: int
) -> None:
    """They were looked at once a part: a search of 500 trials kept others from writing for ten seconds."""
    looks = 0

    def version() -> str:
        nonlocal looks
        looks += 1
        return right

    right = identity.version()
    workspace = file_store.new_workspace()
    file_store.submit(workspace, "counting", {**ASKED, "shards": parts}, None, "n")
    taken = claimed(file_store)
    monkeypatch.setattr(identity, "version", version)
    names = [f"part {number}" for number in range(parts)]
    assert shards.split(file_store.database, taken, names, {})
    assert looks == 1
    assert len(rows(file_store)) == parts + 1


@pytest.mark.slow
def test_each_part_is_claimed_once_and_other_workspaces_have_their_turn(store: Store) -> None:
    _, run = split(store)
    other = store.new_workspace()
    small = store.submit(other, "counting", {}, None, "n")
    assert store.run(other, small).position == 2
    order = [claimed(store) for _ in range(4)]
    assert [held.shard for held in order] == ["part 1", None, "part 2", "part 3"]
    assert [held.parent for held in order] == [run, None, run, run]


@pytest.mark.slow
def test_parts_that_end_at_the_same_moment_are_merged_once(store: Store) -> None:
    for seed in range(5):
        workspace, run = split(store, seed=seed)
        parts = [claimed(store, f"w{number}") for number in range(3)]
        threads = [threading.Thread(target=perform, args=(store.database, held, store.settings)) for held in parts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert store.run(workspace, run).progress == {"stage": "merge", "fraction": 0.95, "eta": 1.0}
        merging = claimed(store)
        assert merging.run_id == run
        assert leases.claim(store.database, "late") is None
        perform(store.database, merging, store.settings)
        assert store.artifact(workspace, run, "result") == counting.expected_of_shards(seed, 5, 3)


@pytest.mark.slow
def test_a_part_that_fails_fails_the_run_with_its_message_and_ends_the_others(store: Store) -> None:
    workspace, run = split(store, fail="sentence", fail_in="part 2")
    first, second, third = (claimed(store) for _ in range(3))
    perform(store.database, first, store.settings)
    perform(store.database, second, store.settings)
    seen = store.run(workspace, run)
    assert (seen.state, seen.error_field) == ("failed", "window")
    assert "must be at least 6" in str(seen.error)
    assert leases.beat(store.database, third) == "cancel"
    assert leases.end_cancelled(store.database, third)
    assert leases.claim(store.database, "w") is None
    assert store.retry(workspace, run) == run
    assert perform(store.database, claimed(store), store.settings) == "split"
    assert rows(store) == {None: "split", "part 1": "done", "part 2": "queued", "part 3": "queued"}


@pytest.mark.slow
def test_a_part_whose_worker_died_is_done_again_and_after_three_deaths_the_run_fails(store: Store) -> None:
    workspace, run = split(store)
    leases.abandon(store.database, claimed(store, "dead").run_id)  # no worker of that name
    leases.abandon(store.database, "dead")
    finish(store)
    assert store.artifact(workspace, run, "result") == RIGHT
    workspace, run = split(store, seed=8)
    for number in range(3):
        claimed(store, f"dead {number}")
        leases.abandon(store.database, f"dead {number}")
    seen = store.run(workspace, run)
    assert seen.state == "failed"
    assert "3 times" in str(seen.error)
    assert set(rows(store).values()) <= {"failed", "cancelled", "done"}


@pytest.mark.slow
def test_a_part_that_ends_and_a_death_that_is_noticed_do_not_wait_for_each_other(postgres_store: Store) -> None:
    """On a file only one writes at a time; a server would end one of the two, so both lock the run first."""
    store = postgres_store
    workspace, run = split(store)
    held = claimed(store, "dead")
    taken: list[list[str]] = []
    with store.database.write() as connection:
        shards.lock(connection, [run])
        taking = threading.Thread(target=lambda: taken.append(leases.abandon(store.database, "dead")))
        taking.start()
        blocked = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        deadline = time.monotonic() + 60
        while not connection.execute(blocked).scalar_one():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        mine = schema.runs.c.id == held.run_id
        connection.execute(update(schema.runs).where(mine).values(heartbeat=schema.runs.c.heartbeat))
    taking.join(60)
    assert taken == [[held.run_id]]
    finish(store)
    assert store.artifact(workspace, run, "result") == RIGHT


@pytest.mark.slow
def test_a_cancelled_run_takes_its_parts_with_it_and_can_be_asked_again(store: Store) -> None:
    workspace, run = split(store)
    held = claimed(store)
    store.cancel(workspace, run)
    assert store.run(workspace, run).state == "cancelled"
    assert leases.beat(store.database, held) == "cancel"
    assert leases.claim(store.database, "w") is None
    store.submit(workspace, "counting", ASKED, None, "n")
    assert perform(store.database, claimed(store), store.settings) == "split"
    assert leases.beat(store.database, held) == "lost"  # the part is asked anew, under another lease
    finish(store)
    assert store.artifact(workspace, run, "result") == RIGHT


@pytest.mark.slow
def test_a_run_that_others_wait_for_goes_on_in_its_parts(store: Store) -> None:
    workspace, run = split(store)
    other = store.new_workspace()
    assert store.submit(other, "counting", ASKED, None, "n") == run
    store.cancel(workspace, run)
    finish(store)
    assert store.artifact(other, run, "result") == RIGHT


@pytest.mark.slow
def test_a_damaged_result_of_a_part_is_computed_again(store: Store) -> None:
    workspace, run = split(store)
    perform(store.database, claimed(store), store.settings)
    with store.database.write() as connection:
        connection.execute(update(schema.blobs).values(data=b"something else", codec="plain"))
    for _ in range(2):
        perform(store.database, claimed(store), store.settings)
    assert perform(store.database, claimed(store), store.settings) == "split"
    assert list(rows(store).values()).count("queued") == 1
    finish(store)
    assert store.artifact(workspace, run, "result") == RIGHT


@pytest.mark.slow
def test_a_late_worker_publishes_no_part(store: Store) -> None:
    workspace, run = split(store)
    late = claimed(store, "late")
    with store.database.write() as connection:
        connection.execute(update(schema.runs).values(heartbeat=schema.runs.c.heartbeat - 21))
    while (held := leases.claim(store.database, "new")) is not None:
        assert not leases.publish(store.database, late, {"result": put_blob(store.database, b"late")})
        perform(store.database, held, store.settings)
    assert store.artifact(workspace, run, "result") == RIGHT


@pytest.mark.slow
def test_parts_are_swept_with_the_run_that_no_longer_needs_them(store: Store) -> None:
    workspace, run = split(store)
    perform(store.database, claimed(store), store.settings)
    age(store, 100)
    sweep(store.database, store.settings)
    assert len(rows(store)) == 4
    finish(store)
    assert store.artifact(workspace, run, "result") == RIGHT
    workspace, _ = split(store, seed=9)
    perform(store.database, claimed(store), store.settings)
    store.delete_workspace(workspace)
    sweep(store.database, store.settings)
    with store.database.read() as connection:
        left = select(func.count()).where(schema.runs.c.parent.is_not(None))
        assert connection.execute(left).scalar_one() == 0


def wait_until_done(store: Store, workspace: Workspace, run: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while store.run(workspace, run).active:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert store.run(workspace, run).state == "done", store.run(workspace, run).error


@pytest.mark.slow
def test_two_workers_share_one_run_and_one_of_them_may_be_killed(store: Store) -> None:
    store.settings = dataclasses.replace(store.settings, workers=2)
    supervisor = Supervisor(store, LAUNCHER)
    supervisor.start()
    workspace = store.new_workspace()
    long = [store.submit(workspace, "counting", {"steps": 10_000, "pause": 0.01, "seed": n}, None, "n") for n in (1, 2)]
    deadline = time.monotonic() + 120
    while [run.state for run in store.runs(workspace)] != ["running"] * 2:  # now both workers have started
        assert time.monotonic() < deadline
        time.sleep(0.02)
    for other in long:
        store.cancel(workspace, other)
    run = store.submit(workspace, "counting", {**ASKED, "steps": 40, "pause": 0.05}, None, "n")
    while list(rows(store).values()).count("running") < 2:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    next(iter(supervisor._workers.values())).process.kill()
    wait_until_done(store, workspace, run, 120)
    supervisor.stop()
    assert store.artifact(workspace, run, "result") == counting.expected_of_shards(7, 40, 3)


def several() -> Panel:
    """Series of different lengths."""
    noise = np.random.default_rng(1)
    frames = []
    for number, length in enumerate((200, 200, 180, 60)):
        ds = pd.date_range("2024-01-01", periods=length)
        y = 10 * number + np.sin(np.arange(length) / 3) + noise.normal(0, 0.2, length)
        frames.append(pd.DataFrame({"unique_id": f"s{number}", "ds": ds, "y": y}))
    return Panel(pd.concat(frames, ignore_index=True), "D", (7,), "many")


@pytest.mark.slow
def test_a_part_that_gave_way_goes_on_where_it_was_and_has_the_same_bits(
    file_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulse, "TURN_SECONDS", 0.0)
    monkeypatch.setattr(pulse, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(pulse, "WRITE_SECONDS", 0.01)
    monkeypatch.setattr(turns, "WAITED", 0.0)
    file_store.settings = dataclasses.replace(file_store.settings, shard_seconds=0.0)
    panel, config = several(), ForecastConfig(horizon=5, window=14, hidden_size=32, epochs=20, folds=1)
    artifacts, ends = {}, []
    for others in (0, 2):
        workspace, somebody = file_store.new_workspace(), file_store.new_workspace()
        asked = config.replace(seed=7)
        data = file_store.put_dataset(workspace, None, "several", {}, panel, {})
        run = file_store.submit(workspace, "forecast", asked.to_dict(), data, "n")
        assert perform(file_store.database, claimed(file_store), file_store.settings) == "split"
        for number in range(others):
            theirs = file_store.submit(somebody, "counting", {"seed": number}, None, "n")
            taken = claimed(file_store)
            if taken.run_id != theirs:  # a part that has waited longer: it is begun, and left
                ends.append(perform(file_store.database, taken, file_store.settings))
                taken = claimed(file_store)
            assert taken.run_id == theirs
            assert perform(file_store.database, taken, file_store.settings) == "done"
        finish(file_store)
        seen = file_store.run(workspace, run)
        assert (seen.state, seen.attempts) == ("done", 1)
        artifacts[others] = {name: file_store.artifact(workspace, run, name) for name in seen.artifacts}
        file_store.unlink(workspace, run)
        sweep(file_store.database, file_store.settings)
    assert ends == ["gave way", "gave way"]
    assert artifacts[2] == artifacts[0]


@pytest.mark.slow
def test_a_real_forecast_of_many_series_has_the_same_bits_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_panel: Callable[..., Panel]
) -> None:
    panel = several()
    config = ForecastConfig(horizon=5, window=14, hidden_size=8, epochs=3, folds=2)
    results = {}
    for seconds in ("1e9", "0"):
        monkeypatch.setenv("TIDECAST_SHARD_SECONDS", seconds)
        store = Store(f"sqlite:///{tmp_path / seconds / 'tidecast.db'}")
        workspace = store.new_workspace()
        data = store.put_dataset(workspace, None, "many", {}, panel, {})
        run = store.submit(workspace, "forecast", config.to_dict(), data, "n")
        if seconds == "0":
            supervisor = Supervisor(store)
            supervisor.start()
            wait_until_done(store, workspace, run, 120)
            supervisor.stop()
        else:  # in one piece, in this process
            finish(store)
        seen = store.run(workspace, run)
        stages = list(dict.fromkeys(point[0] for point in seen.curve))
        results[seconds] = stages, {name: store.artifact(workspace, run, name) for name in seen.artifacts}
        store.close()
    assert set(results["0"][1]) == {
        "backtest",
        "explain",
        "forecast",
        "forecaster",
        "scores",
        "series",
        "slices",
        "training",
    }
    assert results["0"] == results["1e9"]
