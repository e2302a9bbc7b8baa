"""Workers that compute and cannot say so are left alone; those that stand still are ended, and the reason is true."""

from __future__ import annotations

import dataclasses
import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from forecasting.runs import Store, Supervisor, leases
from forecasting.runs.workers import deaths, heart
from forecasting.runs.workers import supervisor as supervisor_module
from forecasting.runs.workers.heart import Heart, clock_seconds, processor_seconds
from tests.runs import counting
from tests.runs.test_leases import age
from tests.runs.working import claimed, wait_until


@pytest.fixture
def lease(monkeypatch: pytest.MonkeyPatch) -> float:
    """A lease of a few seconds, so that a test need not wait for the real one."""
    seconds = 4.0
    monkeypatch.setattr(leases, "LEASE_SECONDS", seconds)
    monkeypatch.setattr(supervisor_module, "WATCH_SECONDS", 0.5)
    monkeypatch.setattr(supervisor_module, "QUIET_SECONDS", seconds / 2)
    monkeypatch.setattr(supervisor_module, "STILL_SECONDS", 1.5)
    return seconds


@pytest.mark.slow
def test_a_worker_that_computes_without_a_heartbeat_keeps_its_run(supervisor: Supervisor, lease: float) -> None:
    """One call into C that holds the interpreter for longer than a lease, as a long training on a busy machine does."""
    store = supervisor.store
    workspace = store.new_workspace()
    run = store.submit(workspace, "counting", {"grip": 2 * lease}, None, "n")
    seen = wait_until(store, workspace, run, "done", "failed", seconds=20 * lease)
    assert (seen.state, seen.attempts) == ("done", 1)
    assert store.artifact(workspace, run, "result") == counting.expected(0, 5)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGSTOP to send")
def test_a_worker_that_stands_still_is_ended_and_the_message_says_so(supervisor: Supervisor, lease: float) -> None:
    store = supervisor.store
    store.settings = dataclasses.replace(store.settings, workers=1)
    workspace = store.new_workspace()
    run = store.submit(workspace, "counting", {"steps": 1000, "pause": 0.5}, None, "n")
    stopped: set[str] = set()
    deadline = time.monotonic() + 30 * lease
    while len(stopped) < leases.ATTEMPTS and time.monotonic() < deadline:
        held = store.run(workspace, run)
        for name, worker in list(supervisor._workers.items()):
            if held.state == "running" and held.attempts == len(stopped) + 1 and name not in stopped:
                worker.process.send_signal(signal.SIGSTOP)
                if _writable(store):
                    stopped.add(name)
                else:  # it was stopped in a transaction, whose lock it holds
                    worker.process.send_signal(signal.SIGCONT)
        time.sleep(0.05)
    seen = wait_until(store, workspace, run, "failed", seconds=10 * lease)
    assert "stood still" in str(seen.error)
    assert "memory" not in str(seen.error)


def _writable(store: Store) -> bool:
    other = sqlite3.connect(str(store.database.file), timeout=0.3)
    try:
        other.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return False
    finally:
        other.close()
    return True


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_worker_that_is_killed_is_said_to_be_killed(supervisor: Supervisor) -> None:
    store = supervisor.store
    workspace = store.new_workspace()
    run = store.submit(workspace, "counting", {"steps": 1000, "pause": 0.05}, None, "n")
    killed: set[int] = set()
    while len(killed) < leases.ATTEMPTS:
        if store.run(workspace, run).state == "running":
            for worker in list(supervisor._workers.values()):
                if worker.process.pid not in killed and worker.process.poll() is None:
                    killed.add(worker.process.pid)
                    worker.process.kill()
        time.sleep(0.02)
    error = str(wait_until(store, workspace, run, "failed").error)
    assert "SIGKILL" in error
    assert "memory" not in error


@pytest.mark.parametrize(
    ("status", "out_of_memory", "key"),
    [
        (-9, True, "runs.died.memory"),
        (-9, False, "runs.died.signal"),
        (-11, True, "runs.died.signal"),
        (1, True, "runs.died.status"),
    ],
)
def test_memory_is_blamed_only_where_the_system_ended_a_process_for_it(
    status: int, out_of_memory: bool, key: str
) -> None:
    assert deaths.cause(status, out_of_memory=out_of_memory).key == key


@pytest.mark.slow
def test_the_heart_of_a_worker_without_a_supervisor_renews_while_it_computes_and_only_then(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heart, "LOOK_SECONDS", 1.0)
    store.submit(store.new_workspace(), "counting", {}, None, "n")
    held = claimed(store)
    with Heart(store.database) as beating, beating.holding(held, 60):
        age(store, 19)
        deadline = time.monotonic() + 3 * heart.LOOK_SECONDS
        while time.monotonic() < deadline:
            pass  # computes
        age(store, 15)
        assert leases.reclaim(store.database) == []
        assert leases.beat(store.database, held) == "mine"
        time.sleep(2 * heart.LOOK_SECONDS + 3)  # does nothing: its own thread would beat, this has none
        age(store, 18)
        assert leases.reclaim(store.database) == [held.run_id]


@pytest.mark.slow
def test_processor_time_is_that_of_the_process_asked_for() -> None:
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        time.sleep(0.2)
        before, mine = processor_seconds(sleeper.pid), processor_seconds(os.getpid())
        deadline = time.monotonic() + 0.2
        while time.monotonic() < deadline:
            pass
        after, mine_after = processor_seconds(sleeper.pid), processor_seconds(os.getpid())
        assert before is not None
        assert after is not None
        assert after - before < 0.1
        assert mine is not None
        assert mine_after is not None
        assert mine_after > mine
    finally:
        sleeper.kill()
        sleeper.wait()
    assert processor_seconds(sleeper.pid) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0:00.52", 0.52), ("01:02", 62.0), ("03:01:02", 10_862.0), ("1-02:03:04", 93_784.0)],
)
def test_what_ps_prints_is_understood(text: str, seconds: float) -> None:
    assert clock_seconds(text) == pytest.approx(seconds)
