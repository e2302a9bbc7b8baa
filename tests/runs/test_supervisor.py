"""The supervisor and its workers: started by need, replaced when they die or hang, ended with it."""

from __future__ import annotations

import dataclasses
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from forecasting.errors import StoreError
from forecasting.panel import Panel
from forecasting.runs import Run, Store, Supervisor
from tests.runs import counting
from tests.runs.conftest import LAUNCHER
from tests.runs.working import wait_until

MakePanel = Callable[..., Panel]


pytestmark = pytest.mark.slow  # real processes


def test_a_worker_over_a_limit_ends_with_its_run_and_the_next_one_is_done(
    file_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Real processes: one takes too much memory, one too long without listening."""
    monkeypatch.setenv("TIDECAST_MEMORY_MB", "256")
    monkeypatch.setenv("TIDECAST_WALL_SECONDS", "8")
    file_store.settings = dataclasses.replace(file_store.settings, workers=1)
    supervisor = Supervisor(file_store, LAUNCHER)
    supervisor.start()
    workspace = file_store.new_workspace()
    large = supervisor.store.submit(workspace, "counting", {"steps": 50, "pause": 0.1, "ballast": 400}, None, "n")
    deaf = supervisor.store.submit(workspace, "counting", {"steps": 1, "pause": 60, "stubborn": True}, None, "n")
    small = supervisor.store.submit(workspace, "counting", {}, None, "n")
    assert "256 MB" in str(wait_until(file_store, workspace, large, "failed", "done").error)
    assert "minutes that are allowed" in str(wait_until(file_store, workspace, deaf, "failed", "done").error)
    assert wait_until(file_store, workspace, small, "failed", "done").state == "done"
    supervisor.stop()


def test_a_submitted_run_is_done_by_a_worker_that_starts_by_itself(supervisor: Supervisor) -> None:
    store = supervisor.store
    workspace = store.new_workspace()
    run = supervisor.store.submit(workspace, "counting", {"steps": 20, "pause": 0.05}, None, "n")
    seen = wait_until(store, workspace, run, "running")
    while not seen.curve:
        seen = store.run(workspace, run)
    assert seen.curve[0] == ["final", 1, 1.0, None]
    assert seen.progress["eta"] > 0
    wait_until(store, workspace, run, "done")
    assert store.artifact(workspace, run, "result") == counting.expected(0, 20)
    assert supervisor.health().workers == 1
    # The worker is still there: what comes next begins at once.
    workers = set(supervisor._workers)
    again = supervisor.store.submit(workspace, "counting", {"seed": 1}, None, "n")
    wait_until(store, workspace, again, "done")
    assert set(supervisor._workers) == workers


def test_on_postgresql_as_well(postgres_store: Store) -> None:
    supervisor = Supervisor(postgres_store, LAUNCHER)
    supervisor.start()
    workspace = postgres_store.new_workspace()
    runs = [supervisor.store.submit(workspace, "counting", {"seed": seed}, None, "n") for seed in range(4)]
    for seed, run in enumerate(runs):
        wait_until(postgres_store, workspace, run, "done")
        assert postgres_store.artifact(workspace, run, "result") == counting.expected(seed, 5)
    supervisor.stop()


def test_an_edited_module_replaces_the_runtime_and_another_database_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from forecasting.runs import runtime, stop_runtime
    from forecasting.runs.workers import runtime as module
    from forecasting.runs.workers import supervisor

    monkeypatch.setenv("TIDECAST_DATABASE", f"sqlite:///{tmp_path / 'a.db'}")
    first = runtime()
    assert runtime() is first
    monkeypatch.setenv("TIDECAST_DATABASE", f"sqlite:///{tmp_path / 'b.db'}")
    second = runtime()
    assert second is not first
    assert not first.is_alive()
    edited = importlib.util.module_from_spec(supervisor.__spec__)  # what an import after an eviction makes
    supervisor.__spec__.loader.exec_module(edited)
    monkeypatch.setattr(module, "Supervisor", edited.Supervisor)
    third = runtime()
    assert type(third) is not type(second)
    assert not second.is_alive()
    stop_runtime()
    assert not third.is_alive()


def test_warm_starts_one_worker_and_no_second(supervisor: Supervisor) -> None:
    for _ in range(3):
        supervisor.warm()
    assert supervisor.health().workers == 1


def test_cancel_ends_a_run_in_its_middle_and_the_worker_takes_the_next_one(supervisor: Supervisor) -> None:
    store = supervisor.store
    store.settings = dataclasses.replace(store.settings, workers=1)
    workspace = store.new_workspace()
    for seed in range(5):
        run = supervisor.store.submit(workspace, "counting", {"steps": 1000, "pause": 0.01, "seed": seed}, None, "n")
        after = supervisor.store.submit(workspace, "counting", {"seed": seed}, None, "n")
        wait_until(store, workspace, run, "running")
        time.sleep(0.1 * seed)
        workers = set(supervisor._workers)
        store.cancel(workspace, run)
        wait_until(store, workspace, after, "done")
        assert store.run(workspace, run).state == "cancelled"
        assert set(supervisor._workers) == workers


@pytest.mark.slow
def test_a_computation_that_does_not_listen_is_cancelled_all_the_same(supervisor: Supervisor) -> None:
    store = supervisor.store
    store.settings = dataclasses.replace(store.settings, workers=1)
    workspace = store.new_workspace()
    run = supervisor.store.submit(workspace, "counting", {"steps": 1, "pause": 60, "stubborn": True}, None, "n")
    after = supervisor.store.submit(workspace, "counting", {}, None, "n")
    wait_until(store, workspace, run, "running")
    held = [row for row in store.runs(workspace) if row.state == "running"]
    assert [row.id for row in held] == [run]
    store.cancel(workspace, run)
    deadline = time.monotonic() + 50  # its pause would be 60
    while leases_running(store) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not leases_running(store)
    wait_until(store, workspace, after, "done")


def leases_running(store: Store) -> int:
    from sqlalchemy import func, select

    from forecasting.runs import schema

    with store.database.read() as connection:
        query = select(func.count()).select_from(schema.runs).where(schema.runs.c.state == "running")
        return connection.execute(query).scalar_one()


def test_a_worker_that_cannot_even_begin_is_not_started_all_the_time(file_store: Store) -> None:
    supervisor = Supervisor(file_store, (sys.executable, "-c", "raise SystemExit(1)"))
    workspace = file_store.new_workspace()
    file_store.submit(workspace, "counting", {}, None, "n")
    started = set()
    deadline = time.monotonic() + 2.5
    while time.monotonic() < deadline:
        supervisor.ensure_worker()
        started |= set(supervisor._workers)
        time.sleep(0.02)
    assert 1 <= len(started) <= 3
    supervisor._not_before = 0.0
    deadline = time.monotonic() + 120
    while supervisor.health().trouble is None and time.monotonic() < deadline:
        supervisor._not_before = 0.0
        supervisor.ensure_worker()
        time.sleep(0.02)
    assert "No worker can be started" in str(supervisor.health().trouble)
    supervisor.stop()


def test_a_nearly_full_disk_is_reported_in_time(file_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    file_store.new_workspace()
    supervisor = Supervisor(file_store, LAUNCHER)
    assert supervisor.health().trouble is None
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=9 * 2**20))
    assert "only 9 MB" in str(supervisor.health().trouble)


def test_a_closed_pipe_ends_the_worker_and_releases_its_run(file_store: Store) -> None:
    workspace = file_store.new_workspace()
    run = file_store.submit(workspace, "counting", {"steps": 1000, "pause": 0.05}, None, "n")
    environment = {**os.environ, "TIDECAST_DATABASE": str(file_store.database.url)}
    worker = subprocess.Popen(LAUNCHER, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
    assert worker.stdin is not None
    wait_until(file_store, workspace, run, "running")
    worker.stdin.close()
    assert worker.wait(5) == 0
    seen = file_store.run(workspace, run)
    assert (seen.state, seen.attempts) == ("queued", 0)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGSTOP to send")
def test_a_worker_that_hangs_is_replaced(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    from forecasting.runs.workers import supervisor as module

    monkeypatch.setattr(module, "QUIET_SECONDS", 4.0)
    monkeypatch.setattr(module, "STILL_SECONDS", 2.5)
    store = supervisor.store
    store.settings = dataclasses.replace(store.settings, workers=1)
    workspace = store.new_workspace()

    def ended(run: str) -> Run:
        while True:
            try:
                return wait_until(store, workspace, run, "done")
            except StoreError:  # it was stopped in a transaction, whose lock it holds until it is replaced
                continue

    run = supervisor.store.submit(workspace, "counting", {"steps": 20, "pause": 0.1}, None, "n")
    wait_until(store, workspace, run, "running")
    for worker in supervisor._workers.values():
        worker.process.send_signal(signal.SIGSTOP)
    assert ended(run).attempts == 2
    # And one that hangs without a run.
    monkeypatch.setattr(module, "DEAF_SECONDS", 5.0)
    after = None
    while after is None:
        for worker in supervisor._workers.values():
            worker.process.send_signal(signal.SIGSTOP)
        try:
            after = store.submit(workspace, "counting", {"seed": 5}, None, "n")
        except StoreError:  # it was stopped in a transaction, whose lock it holds
            for worker in supervisor._workers.values():
                worker.process.send_signal(signal.SIGCONT)
    ended(after)


def test_a_database_that_cannot_be_opened_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    (tmp_path / "text.db").write_text("This is not a database. " * 100)
    urls = (
        f"sqlite:///{tmp_path / 'file' / 'x.db'}",
        f"sqlite:///{tmp_path / 'text.db'}",
        "postgresql://tidecast:hidden@127.0.0.1:1/none",
    )
    for url in urls:
        supervisor = Supervisor(Store(url), LAUNCHER)
        with pytest.raises(StoreError) as caught:
            supervisor.store.new_workspace()
        assert "database" in caught.value.message.lower()
        assert "hidden" not in caught.value.message
        assert supervisor.health().database == caught.value.message
    assert (tmp_path / "text.db").read_text().startswith("This is not a database")
    for url in ("mysql://x/y", "nonsense", "sqlite://"):
        with pytest.raises(StoreError, match="cannot be opened"):
            Store(url)
