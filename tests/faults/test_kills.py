"""Killed workers, killed servers, many writers: what must have been lost by that is nothing."""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import text

from forecasting.config import ForecastConfig
from forecasting.panel import Panel
from forecasting.runs import Store, Supervisor
from forecasting.runs.kinds import KINDS
from tests.faults import SCALE
from tests.runs import counting
from tests.runs.conftest import LAUNCHER

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="kills by signals that Windows does not have"),
]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setitem(KINDS, "counting", counting.Kind(counting.check, counting.compute))
    opened = Store(f"sqlite:///{tmp_path / 'tidecast.db'}")
    yield opened
    opened.close()


def wait_for_all(store: Store, workspace: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while any(run.active for run in store.runs(workspace)):
        assert time.monotonic() < deadline, [(run.state, run.attempts) for run in store.runs(workspace)]
        time.sleep(0.05)


def check_integrity(store: Store) -> None:
    with store.database.read() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []


def test_killed_workers_lose_nothing(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """Each run is killed at most twice, so that none may fail, at moments drawn by chance."""
    count = 12 * SCALE
    store.settings = dataclasses.replace(store.settings, queue=count)
    chance = random.Random(7)  # noqa: S311 - moments, not secrets
    supervisor = Supervisor(store, LAUNCHER)
    supervisor.start()
    workspace = store.new_workspace()
    runs = {}
    for seed in range(count):
        runs[store.submit(workspace, "counting", {"steps": 20, "pause": 0.02, "seed": seed}, None, "n")] = seed
    kills, killed = 0, dict.fromkeys(runs, 0)
    deadline = time.monotonic() + 60 * SCALE
    while kills < count and time.monotonic() < deadline and any(run.active for run in store.runs(workspace)):
        time.sleep(chance.uniform(0.05, 0.5))
        held = {row.worker: row.id for row in _running(store)}
        for name, worker in list(supervisor._workers.items()):
            if name in held and killed[held[name]] < 2:
                worker.process.kill()
                killed[held[name]] += 1
                kills += 1
                break
    wait_for_all(store, workspace, 60 * SCALE)
    supervisor.stop()
    wrong = [
        seed for run, seed in runs.items() if store.artifact(workspace, run, "result") != counting.expected(seed, 20)
    ]
    states = [run.state for run in store.runs(workspace)]
    with capsys.disabled():
        print(f"\n{kills} workers killed over {len(runs)} runs: {states.count('done')} done, {len(wrong)} wrong")  # noqa: T201
    assert kills >= count / 2
    assert states == ["done"] * count
    assert wrong == []
    check_integrity(store)


def test_a_real_training_that_was_killed_ends_with_the_same_bits(tmp_path: Path) -> None:
    ds = pd.date_range("2024-01-01", periods=300)
    y = np.sin(np.arange(300) / 3) + np.random.default_rng(0).normal(0, 0.3, 300)
    panel = Panel(pd.DataFrame({"unique_id": "a", "ds": ds, "y": y}), "D", (7,), "sales")
    config = ForecastConfig(horizon=7, window=28, hidden_size=32, epochs=20)
    unkilled = _trained(tmp_path / "unkilled", panel, config, kills=0)
    assert _trained(tmp_path / "killed", panel, config, kills=2) == unkilled


def _trained(folder: Path, panel: Panel, config: ForecastConfig, kills: int) -> list[bytes]:
    """The results of a real training whose worker is killed so many times."""
    supervisor = Supervisor(Store(f"sqlite:///{folder / 'tidecast.db'}"))
    supervisor.start()
    store = supervisor.store
    workspace = store.new_workspace()
    data = store.put_dataset(workspace, None, "sales", {}, panel, {})
    run = supervisor.submit(workspace, "forecast", config.to_dict(), data, "n")

    def begun(attempt: int) -> bool:
        seen = store.run(workspace, run)
        return seen.attempts == attempt and bool(seen.curve)

    for kill in range(1, kills + 1):
        _wait(functools.partial(begun, kill), 60)
        for worker in list(supervisor._workers.values()):
            worker.process.kill()
    wait_for_all(store, workspace, 60)
    supervisor.stop()
    seen = store.run(workspace, run)
    assert (seen.state, seen.attempts) == ("done", kills + 1)
    results = [store.artifact(workspace, run, name) for name in seen.artifacts]
    store.close()
    return results


SERVER = """
import sys, time
from forecasting.runs import Store, Supervisor
from forecasting.runs.log import log_to_stderr
from tests.runs.conftest import LAUNCHER
log_to_stderr()
supervisor = Supervisor(Store(sys.argv[1]), LAUNCHER)
supervisor.start()
time.sleep(600)
"""


def test_a_killed_server_leaves_no_worker_and_the_next_one_goes_on(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = str(store.database.url)
    workspace = store.new_workspace()
    runs = {}
    for seed in range(4):
        runs[store.submit(workspace, "counting", {"steps": 60 * SCALE, "pause": 0.05, "seed": seed}, None, "n")] = seed
    kills, longest = 4 * SCALE, 0.0
    for turn in range(kills):
        log = tmp_path / f"server{turn}.log"
        with log.open("wb") as stderr:
            server = subprocess.Popen([sys.executable, "-c", SERVER, url], stderr=stderr, stdin=subprocess.DEVNULL)
            _wait(lambda: bool(_running(store)), 15)
            time.sleep(0.2 * (turn % 8))
            server.send_signal(signal.SIGKILL)
            server.wait()
        workers = [json.loads(line) for line in log.read_text().splitlines()]
        pids = [line["worker_pid"] for line in workers if line["event"] == "worker started"]
        assert pids
        began = time.monotonic()
        _wait(functools.partial(_none_alive, pids), 5)
        longest = max(longest, time.monotonic() - began)
    supervisor = Supervisor(store, LAUNCHER)
    supervisor.start()
    wait_for_all(store, workspace, 60 * SCALE)
    supervisor.stop()
    for run, seed in runs.items():
        assert store.artifact(workspace, run, "result") == counting.expected(seed, 60 * SCALE)
    with capsys.disabled():
        print(f"\n{kills} servers killed: workers gone after {longest:.2f} s at most, {len(runs)} of {len(runs)} done")  # noqa: T201
    check_integrity(store)


WRITER = """
import sys
from forecasting.runs import Store
from forecasting.runs import leases
from tests.runs import counting
counting.register()
store = Store(sys.argv[1])
for seed in range(int(sys.argv[3])):
    store.submit(sys.argv[2], "counting", {"seed": seed, "writer": sys.argv[4]}, None, "n")
    held = leases.claim(store.database, sys.argv[4])
    if held is not None:
        leases.beat(store.database, held, {"fraction": 0.5}, [])
        leases.fail(store.database, held, "counted")
"""


def test_many_writers_lose_and_double_nothing(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    writers, each = 8, 10 * SCALE
    workspace = store.new_workspace()
    environment = {**os.environ, "TIDECAST_QUEUE": "100000"}
    command = [sys.executable, "-c", WRITER, str(store.database.url), workspace, str(each)]
    processes = [subprocess.Popen([*command, str(number)], env=environment) for number in range(writers)]
    assert [process.wait(120 * SCALE) for process in processes] == [0] * writers
    runs = store.runs(workspace)
    with capsys.disabled():
        print(f"\n{writers} writers: {len(runs)} of {writers * each} runs there")  # noqa: T201
    assert len(runs) == writers * each
    assert all(run.attempts <= 1 for run in runs)
    check_integrity(store)


def _running(store: Store) -> list[object]:
    with store.database.read() as connection:
        return list(connection.execute(text("SELECT id, worker FROM runs WHERE state = 'running'")).all())


def _wait(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)


def _none_alive(pids: list[int]) -> bool:
    return not any(_alive(pid) for pid in pids)


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
