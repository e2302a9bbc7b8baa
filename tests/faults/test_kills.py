"""Killed workers, killed servers, cancelled work: what must have been lost by that is nothing."""

from __future__ import annotations

import dataclasses
import functools
import json
import random
import signal
import statistics
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting.config import ForecastConfig
from forecasting.panel import Panel
from forecasting.runs import Store, Supervisor, Workspace
from forecasting.runs.jobs import JOBS
from tests.faults import LONG, SCALE, Summarise
from tests.faults.watching import alive, check_whole, database_of, held, wait_for, wait_for_all
from tests.runs import counting
from tests.runs.conftest import LAUNCHER
from tests.runs.test_server import server
from tests.runs.working import finish

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="kills by signals that Windows does not have"),
]


def test_killed_workers_lose_nothing(store: Store, summarise: Summarise) -> None:
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
    deadline = time.monotonic() + 120 * SCALE
    while kills < count and time.monotonic() < deadline and any(run.active for run in store.runs(workspace)):
        time.sleep(chance.uniform(0.02, 0.3))
        holds = held(store)
        for name, worker in list(supervisor._workers.items()):
            if name in holds and killed[holds[name]] < 2:
                worker.process.kill()
                killed[holds[name]] += 1
                kills += 1
                break
    wait_for_all(store, workspace, 120 * SCALE)
    supervisor.stop()
    listed = store.runs(workspace)
    states = [run.state for run in listed]
    wrong = [
        seed for run, seed in runs.items() if store.artifact(workspace, run, "result") != counting.expected(seed, 20)
    ]
    met = sum(run.attempts - 1 for run in listed)  # a kill that came just after a run's end meets none
    summarise(
        f"{database_of(store)}: {kills} workers killed over {len(runs)} runs, {met} in the middle of one: "
        f"{states.count('done')} done, {len(wrong)} wrong"
    )
    assert kills >= count / 2
    assert all(run.attempts - 1 <= killed[run.id] for run in listed)
    assert states == ["done"] * count
    assert wrong == []
    check_whole(store)


@pytest.mark.slow(seconds=40)
def test_real_trainings_that_were_killed_end_with_the_same_bits(tmp_path: Path, summarise: Summarise) -> None:
    """All of what a run leaves, byte by byte, the saved network as well."""
    ds = pd.date_range("2024-01-01", periods=300)
    y = np.sin(np.arange(300) / 3) + np.random.default_rng(0).normal(0, 0.3, 300)
    panel = Panel(pd.DataFrame({"unique_id": "a", "ds": ds, "y": y}), "D", (7,), "sales")
    trainings = 5 if LONG else 1
    for seed in range(trainings):
        config = ForecastConfig(horizon=7, window=28, hidden_size=32, epochs=20, seed=seed)
        unkilled = _trained(tmp_path / f"unkilled{seed}", panel, config, kills=0)
        assert _trained(tmp_path / f"killed{seed}", panel, config, kills=2) == unkilled
        assert {"forecaster", "forecast", "backtest", "training"} <= set(unkilled)
    summarise(f"{trainings} real trainings killed twice each: all of their results equal to unkilled ones, bit for bit")


def _trained(folder: Path, panel: Panel, config: ForecastConfig, kills: int) -> dict[str, bytes]:
    """The results of a real training whose worker is killed so many times; if never, it is this process."""
    store = Store(f"sqlite:///{folder / 'tidecast.db'}")
    workspace = store.new_workspace()
    data = store.put_dataset(workspace, None, "sales", {}, panel, {})
    run = store.submit(workspace, "forecast", config.to_dict(), data, "n")

    def begun(attempt: int) -> bool:
        seen = store.run(workspace, run)
        return seen.attempts == attempt and bool(seen.curve)

    if kills:
        supervisor = Supervisor(store)
        supervisor.start()
        for kill in range(1, kills + 1):
            wait_for(functools.partial(begun, kill), 120)
            for worker in list(supervisor._workers.values()):
                worker.process.kill()
        wait_for_all(store, workspace, 120)
        supervisor.stop()
    else:
        finish(store)
    seen = store.run(workspace, run)
    assert (seen.state, seen.attempts) == ("done", kills + 1)
    results = {name: store.artifact(workspace, run, name) for name in seen.artifacts}
    store.close()
    return results


LARGE = {"epochs": 60 if LONG else 16, "points": 3000, "hidden_size": 64}


@pytest.mark.slow(seconds=80)
def test_a_killed_or_stopped_server_leaves_no_worker_and_the_next_one_goes_on(
    tmp_path: Path, summarise: Summarise
) -> None:
    """`streamlit run app.py`, without a visitor. Two large trainings, and a small one before each end."""
    signals = [signal.SIGKILL] * (30 if LONG else 2) + [signal.SIGTERM] * (20 if LONG else 1)
    chance = random.Random(8)  # noqa: S311 - moments, not secrets
    chance.shuffle(signals)
    store = Store(f"sqlite:///{tmp_path / 'tidecast.db'}")
    store.settings = dataclasses.replace(store.settings, queue=1000)
    workspace = store.new_workspace()
    asked = [{**LARGE, "seed": seed} for seed in (1, 2)]
    runs = {store.submit(workspace, "sine", config, None, "n"): config for config in asked}
    longest = slowest_stop = 0.0
    for turn, number in enumerate(signals):
        small = {"epochs": 3, "seed": 100 + turn}
        runs[store.submit(workspace, "sine", small, None, "n")] = small
        with server(tmp_path) as (process, _):
            wait_for(lambda: bool(held(store)), 60)
            time.sleep(chance.uniform(0, 1.5))
            began = time.monotonic()
            process.send_signal(number)
            process.wait(20)
            if number == signal.SIGTERM:
                slowest_stop = max(slowest_stop, time.monotonic() - began)
        lines = [line for line in (tmp_path / "server.log").read_text().splitlines() if line.startswith("{")]
        pids = [json.loads(line)["worker_pid"] for line in lines if json.loads(line)["event"] == "worker started"]
        assert pids
        longest = max(longest, wait_for(lambda: not any(map(alive, pids)), 5))  # noqa: B023 - called here
    with server(tmp_path):
        wait_for_all(store, workspace, 300)
    listed = store.runs(workspace)
    right = sum(_is_right(store, workspace, run, config) for run, config in runs.items())
    summarise(
        f"{signals.count(signal.SIGKILL)} servers killed and {signals.count(signal.SIGTERM)} stopped: workers gone "
        f"after {longest:.2f} s at most, stopped within {slowest_stop:.1f} s, {right} of {len(runs)} runs done, right"
    )
    assert {run.state for run in listed} == {"done"}
    assert right == len(runs) == len(listed)
    check_whole(store)
    store.close()


def _is_right(store: Store, workspace: Workspace, run: str, config: dict[str, int]) -> bool:
    """Whether the result is that of the same training in this process."""
    if config["epochs"] > 10 and not LONG:
        return store.run(workspace, run).state == "done"
    job = JOBS["sine"]
    return store.artifact(workspace, run, "result") == job.compute(None, job.complete(config), lambda _: None)["result"]


def test_cancelled_runs_end_soon_and_their_worker_takes_the_next(store: Store, summarise: Summarise) -> None:
    store.settings = dataclasses.replace(store.settings, workers=1)
    supervisor = Supervisor(store, LAUNCHER)
    supervisor.start()
    chance = random.Random(9)  # noqa: S311 - moments, not secrets
    workspace = store.new_workspace()
    ended, taken = [], []
    for seed in range(6 * SCALE):
        run = supervisor.store.submit(workspace, "counting", {"steps": 1000, "pause": 0.01, "seed": seed}, None, "n")
        after = supervisor.store.submit(workspace, "counting", {"steps": 1, "seed": seed}, None, "n")
        wait_for(lambda: run in held(store).values(), 30)  # noqa: B023 - called here
        time.sleep(chance.uniform(0, 0.6))
        began = time.monotonic()
        store.cancel(workspace, run)
        wait_for(lambda: run not in held(store).values(), 30)  # noqa: B023
        ended.append(time.monotonic() - began)
        wait_for(lambda: store.run(workspace, after).state == "done", 30)  # noqa: B023
        taken.append(time.monotonic() - began)
        assert store.run(workspace, run).state == "cancelled"
    supervisor.stop()
    summarise(
        f"{database_of(store)}: {len(ended)} runs cancelled: ended after {statistics.median(ended):.2f} s (median), "
        f"{_p99(ended):.2f} s (p99); the next one was done after {_p99(taken):.2f} s (p99)"
    )


def _p99(values: list[float]) -> float:
    return sorted(values)[max(0, int(np.ceil(0.99 * len(values))) - 1)]
