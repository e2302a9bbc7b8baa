from __future__ import annotations

import dataclasses
import importlib.util
import json
import logging
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from forecasting.errors import StoreError
from forecasting.panel import Panel
from forecasting.runs import Run, Store, Supervisor, Workspace, identity, leases
from forecasting.runs.claims import Claim
from forecasting.runs.workers.attempt import execute, perform
from forecasting.runs.workers.pulse import CURVE_POINTS, Pulse
from forecasting.runs.workers.worker import _Worker
from tests.runs import counting
from tests.runs.conftest import LAUNCHER

MakePanel = Callable[..., Panel]


pytestmark = pytest.mark.slow  # real processes


def claimed(store: Store) -> Claim:
    held = leases.claim(store.database, "test")
    assert held is not None
    return held


def wait_until(store: Store, workspace: Workspace, run: str, *states: str, seconds: float = 20) -> Run:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        seen = store.run(workspace, run)
        if seen.state in states:
            return seen
        time.sleep(0.02)
    raise AssertionError(f"still {seen.state} after {seconds} s")


def test_execute_does_one_run_by_its_id(store: Store, url: str, make_panel: MakePanel) -> None:
    workspace = store.new_workspace()
    panel = make_panel()
    data = store.put_dataset(workspace, b"1", "a.csv", {}, panel, {})
    first = store.submit(workspace, "counting", {"seed": 1}, data, "n")
    second = store.submit(workspace, "counting", {"seed": 2}, data, "n")
    assert execute(url, second)
    assert not execute(url, second)
    assert (store.run(workspace, first).state, store.run(workspace, second).state) == ("queued", "done")
    assert store.artifact(workspace, second, "result") == counting.expected(2, 5, panel.id)


def test_a_user_error_ends_the_run_with_its_sentence(file_store: Store) -> None:
    workspace = file_store.new_workspace()
    run = file_store.submit(workspace, "counting", {"fail": "sentence"}, None, "n")
    assert perform(file_store.database, claimed(file_store), file_store.settings) == "failed"
    seen = file_store.run(workspace, run)
    assert (seen.error, seen.error_field) == ("window is 5; it must be at least 6.", "window")


def test_a_defect_ends_the_run_and_tells_neither_user_nor_log_what_the_data_said(
    file_store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    workspace = file_store.new_workspace()
    run = file_store.submit(workspace, "counting", {"fail": "defect"}, None, "n")
    with caplog.at_level(logging.DEBUG):
        perform(file_store.database, claimed(file_store), file_store.settings)
    seen = file_store.run(workspace, run)
    assert seen.state == "failed"
    assert seen.error is not None
    assert "ValueError at counting.py" in seen.error
    said = seen.error + "".join(str(vars(record)) for record in caplog.records)
    assert "counting.py" in said
    assert "secret-cell-value" not in said


def test_data_that_was_damaged_ends_the_run_with_a_sentence(file_store: Store, make_panel: MakePanel) -> None:
    from sqlalchemy import update

    from forecasting.runs import schema

    workspace = file_store.new_workspace()
    data = file_store.put_dataset(workspace, None, "a", {}, make_panel(), {})
    run = file_store.submit(workspace, "counting", {}, data, "n")
    with file_store.database.write() as connection:
        connection.execute(update(schema.blobs).values(data=b"x"))
    perform(file_store.database, claimed(file_store), file_store.settings)
    assert "damaged" in str(file_store.run(workspace, run).error)


def test_a_database_that_is_busy_for_a_while_fails_no_run(
    file_store: Store, make_panel: MakePanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    from forecasting.runs import database
    from forecasting.runs.workers import attempt

    workspace = file_store.new_workspace()
    data = file_store.put_dataset(workspace, None, "a", {}, make_panel(), {})
    run = file_store.submit(workspace, "counting", {}, data, "n")
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    file_store.close()
    held = claimed(file_store)
    url = file_store.database.url.database
    other = sqlite3.connect(str(url), isolation_level=None)
    read = attempt.stored_input

    def while_others_write(*arguments: object) -> bytes:
        other.execute("BEGIN EXCLUSIVE")
        try:
            return read(*arguments)  # type: ignore[arg-type]
        finally:
            other.execute("ROLLBACK")

    monkeypatch.setattr(attempt, "stored_input", while_others_write)
    assert perform(file_store.database, held, file_store.settings) == "requeued"
    assert (file_store.run(workspace, run).state, file_store.run(workspace, run).attempts) == ("queued", 0)
    monkeypatch.setattr(attempt, "stored_input", read)
    other.close()
    assert perform(file_store.database, claimed(file_store), file_store.settings) == "done"


def test_a_run_over_its_time_or_memory_fails_with_the_limit(file_store: Store) -> None:
    workspace = file_store.new_workspace()
    for limit, word in (({"wall_seconds": 0.5}, "minutes"), ({"memory_mb": 1}, "1 MB")):
        run = file_store.submit(workspace, "counting", {"steps": 1000, "pause": 0.01}, None, "n")
        settings = dataclasses.replace(file_store.settings, **limit)
        perform(file_store.database, claimed(file_store), settings)
        seen = file_store.run(workspace, run)
        assert seen.state == "failed"
        assert word in str(seen.error)


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


def test_the_curve_in_the_row_is_bounded_and_keeps_its_ends(file_store: Store) -> None:
    workspace = file_store.new_workspace()
    file_store.submit(workspace, "counting", {}, None, "n")
    pulse = Pulse(file_store.database, claimed(file_store), file_store.settings)
    for step in range(1, 5001):
        pulse.report(counting.Progress("fold", 2, 3, step, 5000, float("nan") if step == 7 else 1.0, 0.5, step / 5000))
    points = [point[1] for point in pulse._curve]
    assert len(points) <= CURVE_POINTS
    assert points == sorted(points)
    assert points[-1] == 5000
    assert pulse._curve[0][0] == "fold 2"
    json.dumps(pulse._curve, allow_nan=False)


def test_once_empties_the_queue_and_leaves(file_store: Store) -> None:
    workspace = file_store.new_workspace()
    runs = [file_store.submit(workspace, "counting", {"seed": seed}, None, "n") for seed in range(3)]
    environment = {**os.environ, "TIDECAST_DATABASE": str(file_store.database.url)}
    for stdin in (subprocess.DEVNULL, subprocess.PIPE):
        done = subprocess.run(
            [*LAUNCHER, "--once"], stdin=stdin, env=environment, capture_output=True, text=True, timeout=30
        )
        assert done.returncode == 0
    assert [file_store.run(workspace, run).state for run in runs] == ["done"] * 3
    events = [json.loads(line)["event"] for line in done.stderr.splitlines()]
    assert "run ended" not in events  # the second had nothing to do
    assert workspace.token not in done.stderr


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
    began = time.monotonic()
    again = supervisor.store.submit(workspace, "counting", {"seed": 1}, None, "n")
    wait_until(store, workspace, again, "done")
    assert time.monotonic() - began < 1


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


def test_a_worker_whose_code_was_edited_leaves_and_does_nothing_with_the_old(
    file_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = file_store.new_workspace()
    monkeypatch.setattr(identity, "version", lambda: "old")
    worker = _Worker(str(file_store.database.url), file_store.settings, owned=True)
    monkeypatch.setattr(identity, "version", lambda: "new")
    run = file_store.submit(workspace, "counting", {}, None, "n")
    assert worker.work(once=False) == 0
    assert (file_store.run(workspace, run).state, file_store.run(workspace, run).attempts) == ("queued", 0)
    worker._database.close()


def test_what_was_asked_of_old_code_and_made_by_new_answers_no_question_of_the_old(
    file_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = file_store.new_workspace()
    monkeypatch.setattr(identity, "version", lambda: "old")
    run = file_store.submit(workspace, "counting", {}, None, "n")
    monkeypatch.setattr(identity, "version", lambda: "new")
    perform(file_store.database, claimed(file_store), file_store.settings)
    assert file_store.run(workspace, run).state == "done"  # whoever waited has an answer
    assert file_store.submit(workspace, "counting", {}, None, "n") != run
    monkeypatch.setattr(identity, "version", lambda: "old")
    assert file_store.submit(workspace, "counting", {}, None, "n") == run
    assert file_store.run(workspace, run).state == "queued"


def test_warm_starts_one_worker_and_no_second(supervisor: Supervisor) -> None:
    for _ in range(3):
        supervisor.warm()
    assert supervisor.health().workers == 1


def test_cancel_is_quick_and_the_worker_takes_the_next_run(supervisor: Supervisor) -> None:
    store = supervisor.store
    store.settings = dataclasses.replace(store.settings, workers=1)
    workspace = store.new_workspace()
    for seed in range(5):
        run = supervisor.store.submit(workspace, "counting", {"steps": 1000, "pause": 0.01, "seed": seed}, None, "n")
        after = supervisor.store.submit(workspace, "counting", {"seed": seed}, None, "n")
        wait_until(store, workspace, run, "running")
        time.sleep(0.1 * seed)
        began = time.monotonic()
        store.cancel(workspace, run)
        wait_until(store, workspace, after, "done")
        assert time.monotonic() - began < 2
        assert store.run(workspace, run).state == "cancelled"


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
    deadline = time.monotonic() + 2
    while leases_running(store) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not leases_running(store)
    wait_until(store, workspace, after, "done", seconds=15)


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
    deadline = time.monotonic() + 20
    while supervisor.health().trouble is None and time.monotonic() < deadline:
        supervisor._not_before = 0.0
        supervisor.ensure_worker()
        time.sleep(0.02)
    assert "No worker can be started" in str(supervisor.health().trouble)
    supervisor.stop()


def test_a_disk_that_is_nearly_full_is_said_before_it_is(file_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    file_store.new_workspace()
    supervisor = Supervisor(file_store, LAUNCHER)
    assert supervisor.health().trouble is None
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=9 * 2**20))
    assert "only 9 MB" in str(supervisor.health().trouble)


def test_a_closed_pipe_ends_the_worker_and_gives_its_run_back(file_store: Store) -> None:
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
    from forecasting.runs.workers import runtime as module

    store = supervisor.store
    store.settings = dataclasses.replace(store.settings, workers=1)
    workspace = store.new_workspace()
    run = supervisor.store.submit(workspace, "counting", {"steps": 20, "pause": 0.1}, None, "n")
    wait_until(store, workspace, run, "running")
    for worker in supervisor._workers.values():
        worker.process.send_signal(signal.SIGSTOP)
    assert wait_until(store, workspace, run, "done", seconds=40).attempts == 2
    # And one that hangs without a run.
    monkeypatch.setattr(module, "DEAF_SECONDS", 5.0)
    for worker in supervisor._workers.values():
        worker.process.send_signal(signal.SIGSTOP)
    after = supervisor.store.submit(workspace, "counting", {"seed": 5}, None, "n")
    wait_until(store, workspace, after, "done", seconds=40)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send")
def test_a_worker_told_to_stop_gives_its_run_back(file_store: Store) -> None:
    workspace = file_store.new_workspace()
    run = file_store.submit(workspace, "counting", {"steps": 1000, "pause": 0.05}, None, "n")
    environment = {**os.environ, "TIDECAST_DATABASE": str(file_store.database.url)}
    worker = subprocess.Popen(LAUNCHER, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    wait_until(file_store, workspace, run, "running")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(5) == 128 + signal.SIGTERM
    assert file_store.run(workspace, run).state == "queued"


@pytest.mark.slow
def test_an_idle_worker_leaves(file_store: Store) -> None:
    environment = {**os.environ, "TIDECAST_DATABASE": str(file_store.database.url), "TIDECAST_IDLE_SECONDS": "1"}
    worker = subprocess.Popen(LAUNCHER, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
    assert worker.wait(10) == 0
    assert worker.stdin is not None
    worker.stdin.close()


def test_a_database_that_cannot_be_opened_is_said_in_a_sentence(tmp_path: Path) -> None:
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
