"""The figures of Tune, through a store and local workers as the app has them.

python benchmarks/tune.py                      40 trials of the CO2 sample on two workers: seconds in all and of the
                                               parts, how long cancelling takes, what a killed worker loses
python benchmarks/tune.py --third 12           and how long a third user's training waits while two users tune,
                                               asked for so many times
python benchmarks/tune.py --third 20 --only third   that alone
python benchmarks/tune.py --trials 10          fewer trials
python benchmarks/tune.py --out tune.json      all figures
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import select  # noqa: E402 - after the thread counts

from forecasting import load_sample, suggest_config  # noqa: E402 - found by the line above
from forecasting.runs import Store, Supervisor, Workspace, schema  # noqa: E402 - found by the line above
from forecasting.tuning import TuneConfig, usual_space  # noqa: E402 - found by the line above


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=40)
    parser.add_argument("--third", type=int, default=0)
    parser.add_argument("--only", choices=("search", "cancel", "killed", "third"))
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/tidecast.db")
        supervisor = Supervisor(store)
        supervisor.start()
        try:
            for name, measured in {
                "search": lambda: search(store, args.trials),
                "cancel": lambda: cancel(store),
                "killed": lambda: kill(store),
                "third": lambda: third(store, args.third),
            }.items():
                if args.only not in (None, name) or (name == "third" and not args.third):
                    continue
                figures[name] = measured()
                print(name, json.dumps(figures[name]), flush=True)
        finally:
            supervisor.stop()
            store.close()
    if args.out is not None:
        args.out.write_text(json.dumps(figures, indent=2))


def ask(store: Store, trials: int, seed: int = 0) -> tuple[Workspace, str]:
    """A workspace of its own with a search of CO2 under way."""
    panel = load_sample("co2")
    workspace = store.new_workspace()
    data = store.put_dataset(workspace, None, "co2", {"source": "sample", "sample": "co2"}, panel, {})
    base = suggest_config(panel)[0].replace(seed=seed)
    config = TuneConfig(base=base, space=usual_space(panel, base), trials=trials, seed=seed)
    return workspace, store.submit(workspace, "tune", config.to_dict(), data, "co2")


def search(store: Store, trials: int) -> dict[str, Any]:
    """One search on all workers."""
    began = time.monotonic()
    workspace, run = ask(store, trials)
    follow(store, workspace, run)
    result = json.loads(store.artifact(workspace, run, "result"))
    clock = json.loads(store.artifact(workspace, run, "clock"))
    seconds = sorted(clock["trials"].values())
    return {
        "trials": trials,
        "seconds": round(time.monotonic() - began, 1),
        "seconds of all parts": round(clock["all"], 1),
        "longest trial": round(seconds[-1], 1),
        "median trial": round(statistics.median(seconds), 1),
        "pruned": sum(trial["state"] == "pruned" for trial in result["trials"]),
        "made smaller": sum("asked" in trial for trial in result["trials"]),
        "verdict": result["verdict"],
        "default": result["default"],
        "best": result["best"],
        "held out": result["held_out"],
        "importance": result["importance"],
    }


def cancel(store: Store) -> dict[str, float]:
    """Seconds from the click to the end, in the middle of trials: until no part is computed any more."""
    workspace, run = ask(store, 20, seed=101)
    while sum(state == "done" for state in parts(store, run)) < 7:
        time.sleep(0.2)
    began = time.monotonic()
    store.cancel(workspace, run)
    while any(state in ("running", "queued") for state in parts(store, run)):
        time.sleep(0.02)
    return {"seconds": round(time.monotonic() - began, 2)}


def kill(store: Store) -> dict[str, int]:
    """The parts that were done before a worker was killed, and those of them that are done right after it and later."""
    workspace, run = ask(store, 10, seed=102)
    while sum(state == "done" for state in parts(store, run)) < 8:
        time.sleep(0.2)
    before = sum(state == "done" for state in parts(store, run))
    with store.database.read() as connection:
        workers = (
            connection.execute(select(schema.runs.c.worker).where(schema.runs.c.state == "running")).scalars().all()
        )
    pids = {int(name.rpartition(":")[2]) for name in workers if name and name.rpartition(":")[2].isdigit()}
    pids &= children()
    for pid in sorted(pids or children())[:1]:
        os.kill(pid, signal.SIGKILL)
    after = sum(state == "done" for state in parts(store, run))
    follow(store, workspace, run)
    trials = len(json.loads(store.artifact(workspace, run, "result"))["trials"])
    return {"done before": before, "done right after": after, "trials in the result": trials}


def third(store: Store, times: int) -> dict[str, float]:
    """Seconds until a single training of a third user is begun, while two others tune."""
    tuning = [ask(store, 500, seed=201), ask(store, 500, seed=202)]
    panel = load_sample("sine")
    workspace = store.new_workspace()
    data = store.put_dataset(workspace, None, "sine", {"source": "sample", "sample": "sine"}, panel, {})
    time.sleep(20)
    waits = []
    for seed in range(times):
        config = suggest_config(panel)[0].replace(method="recurrent", folds=1, epochs=2, seed=1000 + seed)
        asked = time.monotonic()
        run = store.submit(workspace, "forecast", config.to_dict(), data, "sine")
        while store.run(workspace, run).state == "queued":
            time.sleep(0.02)
        waits.append(time.monotonic() - asked)
        print(f"waited {waits[-1]:.2f} s", flush=True)
        follow(store, workspace, run)
        time.sleep(2 + seed % 5)
    for owner, run in tuning:
        store.cancel(owner, run)
    return {
        "asked": times,
        "median": round(statistics.median(waits), 2),
        "p95": round(sorted(waits)[max(0, round(0.95 * times) - 1)], 2),
        "longest": round(max(waits), 2),
    }


def parts(store: Store, run: str) -> list[str]:
    """The states of the parts of a run."""
    with store.database.read() as connection:
        return list(connection.execute(select(schema.runs.c.state).where(schema.runs.c.parent == run)).scalars())


def children() -> set[int]:
    """The workers that this process has started."""
    found = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return {int(pid) for path in found for pid in path.read_text().split()}


def follow(store: Store, workspace: Workspace, run: str) -> None:
    """Wait until a run is done."""
    while (seen := store.run(workspace, run)).active:
        time.sleep(0.1)
    if seen.state != "done":
        raise SystemExit(f"{seen.state}: {seen.error}")


if __name__ == "__main__":
    main()
