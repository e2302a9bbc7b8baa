"""How true the estimates are: what the page says before a run, beside what the run then took.

    python benchmarks/estimates.py                 30 runs, one at a time and then two at once, through a store and
                                                   local workers as the app has them; about five minutes
    python benchmarks/estimates.py --runs 10       fewer
    python benchmarks/estimates.py --out est.json  all figures

For each run: the seconds expected when it is asked for, those from then to its end, and their ratio; besides, how far
off the time left was that a page showed while it trained, and the longest that its bar stood above 99 %. A store of its
own, so that the first run has nothing to learn from but what the worker measured while it warmed up.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np  # noqa: E402 - after the thread counts
import pandas as pd  # noqa: E402 - after the thread counts

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from forecasting import Panel, suggest_config  # noqa: E402 - found by the line above
from forecasting.runs import JOBS, Store, Supervisor, Workspace  # noqa: E402 - found by the line above

FACTOR = 1.5

SIZES: list[tuple[dict[str, Any], dict[str, Any]]] = [  # of the data, and settings that differ from the suggested ones
    ({"length": 400}, {}),
    ({"length": 120}, {}),
    ({"length": 1000}, {"method": "best"}),
    ({"length": 1500}, {"num_layers": 2}),
    ({"length": 3000}, {}),
    ({"length": 60, "season": 12}, {"method": "best"}),
    ({"length": 800}, {"folds": 1}),
    ({"length": 1500}, {"cell": "gru"}),
    ({"length": 150, "series": 6}, {}),
    ({"length": 2000}, {"hidden_size": 32, "epochs": 20}),
    ({"length": 6000, "season": 24}, {"folds": 1}),
    ({"length": 100, "series": 12}, {"method": "best", "folds": 1}),
    ({"length": 1000}, {"cell": "rnn"}),
    ({"length": 1500}, {"window": 90, "horizon": 28}),
    ({"length": 250}, {"method": "best"}),
]


@dataclasses.dataclass
class Asked:
    """One run of the benchmark."""

    size: str
    together: int  # how many were asked for at once
    expected: float
    run: str
    began: float
    took: float = 0.0
    left: list[tuple[float, float]] = dataclasses.field(default_factory=list)  # (seconds since asked, seconds left)
    full: float = 0.0  # seconds for which the bar stood above 99 %
    full_since: float | None = None

    @property
    def ratio(self) -> float:
        return self.expected / self.took


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/tidecast.db")
        supervisor = Supervisor(store)
        supervisor.start()
        try:
            supervisor.warm()
            _until_measured(supervisor)
            done = _all(store, supervisor, args.runs)
        finally:
            supervisor.stop()
    _report(done)
    if args.out:
        args.out.write_text(json.dumps([dataclasses.asdict(asked) for asked in done], indent=1))


def _all(store: Store, supervisor: Supervisor, count: int) -> list[Asked]:
    """The first half one at a time, the rest two at once."""
    workspace, done = store.new_workspace(), []
    plan = [SIZES[place % len(SIZES)] for place in range(count)]
    alone = count // 2
    for place, (data, change) in enumerate(plan[:alone]):
        done += _together(store, supervisor, workspace, [(place, data, change)])
    for place in range(alone, count, 2):
        pair = [(at, *plan[at]) for at in range(place, min(place + 2, count))]
        done += _together(store, supervisor, workspace, pair)
    return done


def _together(
    store: Store, supervisor: Supervisor, workspace: Workspace, some: list[tuple[int, dict[str, Any], dict[str, Any]]]
) -> list[Asked]:
    """Ask for `some` at once and wait for all of them, looking once a second as a page does."""
    asked = []
    for seed, data, change in some:
        panel = _panel(seed, **data)
        config = suggest_config(panel)[0].replace(**change).to_dict()
        dataset = store.put_dataset(workspace, None, "data", {"seed": seed}, panel, {})
        work = JOBS["forecast"].work
        assert work is not None
        parts = work(panel, config)
        expected = store.expected("forecast", config, parts, *supervisor.measured())
        began = time.monotonic()
        run = store.submit(workspace, "forecast", config, dataset, "run", sum(parts.values()))
        asked.append(Asked(f"{data} {change}", len(some), expected, run, began))
    while not all(one.took for one in asked):
        time.sleep(0.1)  # finer than the times that are printed
        for one in asked:
            if not one.took:
                _look(store, workspace, one)
    for one in asked:
        print(
            f"{one.expected:6.1f} s expected {one.took:6.1f} s taken  x{one.ratio:4.2f}  {one.together}  {one.size}",
            flush=True,
        )
    return asked


def _look(store: Store, workspace: Workspace, one: Asked) -> None:
    seen, since = store.run(workspace, one.run), time.monotonic() - one.began
    if not seen.active:
        if seen.state != "done":
            raise SystemExit(f"{one.size}: {seen.state}: {seen.error}")
        one.took = since
        return
    if seen.progress.get("eta") is not None:
        one.left.append((since, float(seen.progress["eta"])))
    if float(seen.progress.get("fraction") or 0.0) > 0.99:
        one.full_since = one.full_since or since
        one.full = since - one.full_since


def _report(done: list[Asked]) -> None:
    for name, some in (
        ("alone", [one for one in done if one.together == 1]),
        ("two at once", [one for one in done if one.together > 1]),
        ("all", done),
    ):
        if some:
            ratios = sorted(one.ratio for one in some)
            inside = sum(1 / FACTOR <= ratio <= FACTOR for ratio in ratios)
            marks = " ".join(f"{mark:.0%} {np.quantile(ratios, mark):.2f}" for mark in (0.1, 0.25, 0.5, 0.75, 0.9))
            print(f"{name}: {inside} of {len(some)} within a factor of {FACTOR}; expected / taken {marks}")
    left = [
        (eta + 1) / (one.took - since + 1) for one in done for since, eta in one.left if one.took - since > 1
    ]  # a second more on both sides: the last ones count for little
    if left:
        inside = sum(1 / FACTOR <= ratio <= FACTOR for ratio in left) / len(left)
        print(f"time left: {inside:.0%} of {len(left)} looks within {FACTOR}; median {statistics.median(left):.2f}")
    print(f"bar above 99 %: {max(one.full for one in done):.1f} s at most")


def _until_measured(supervisor: Supervisor) -> None:
    deadline = time.monotonic() + 60
    while supervisor.measured()[1] == 0 and time.monotonic() < deadline:
        time.sleep(0.1)  # for the idle worker's first measurement
    print("speed {:.2f}, stretch {:.2f}".format(*supervisor.measured()))


def _panel(seed: int, length: int, series: int = 1, season: int = 7) -> Panel:
    random, frames = np.random.default_rng(seed), []
    frequency = {7: "D", 12: "MS", 24: "h"}[season]
    for number in range(series):
        t = np.arange(length)
        y = 50 + 8 * np.sin(2 * np.pi * t / season + number) + 0.01 * t + random.normal(0, 2, length)
        ds = pd.date_range("2010-01-01", periods=length, freq=frequency)
        frames.append(pd.DataFrame({"unique_id": f"series {number:02}", "ds": ds, "y": y}))
    return Panel(pd.concat(frames, ignore_index=True), frequency, (season,))


if __name__ == "__main__":
    main()
