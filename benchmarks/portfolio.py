"""Seconds of each figure of the page of many series, on made-up series of four kinds.

    python benchmarks/portfolio.py [--series 10000] [--length 200] [--horizon 14] [--repeats 3]

Weekly seasons, trends, random walks and counts in units of their own; the forecasts of the backtest are the mean of the
two naive ones, from as many origins as a backtest of these series keeps. Seconds are the lowest to the highest of the
repeats, without the first call, which imports libraries; of the processor the lowest, which other work on the machine
makes little longer; memory is the peak of the process.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # so that it runs from a checkout, whatever the working folder

from benchmarks.speed import peak_mb, timed  # noqa: E402  # found by the line above
from forecasting import Panel  # noqa: E402  # found by the line above
from forecasting.evaluation.backtests import backtest  # noqa: E402  # found by the line above
from forecasting.evaluation.backtests.backtest import MOST_ROWS, Backtest  # noqa: E402  # found by the line above
from forecasting.panel import Values  # noqa: E402  # found by the line above
from forecasting.portfolio import (  # noqa: E402  # found by the line above
    group_by_shape,
    needs_attention,
    series_table,
    stored_table,
    summarise,
    table_bytes,
)

SEASON = 7


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=10_000)
    parser.add_argument("--length", type=int, default=200)
    parser.add_argument("--horizon", type=int, default=14)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    values = made_up(arguments.series, arguments.length)
    panel = panel_of(values)
    tested = backtest_of(values, panel, arguments.horizon)
    forecast = panel.future(arguments.horizon).assign(
        forecast=np.repeat(values[:, -SEASON:].mean(axis=1), arguments.horizon)
    )
    table = series_table(panel, forecast, tested)
    stored = table_bytes(table)
    tasks: dict[str, Callable[[], object]] = {
        "Backtest.by_series": lambda: tested.by_series(panel),
        "series_table": lambda: series_table(panel, forecast, tested),
        "stored_table": lambda: stored_table(stored),
        "summarise": lambda: summarise(table),
        "needs_attention": lambda: needs_attention(table),
        "group_by_shape": lambda: group_by_shape(panel),
    }
    print(f"{arguments.series:,} series of {arguments.length:,} values, {len(tested):,} rows of a backtest\n")
    print("| figure | first call | seconds | of the processor |")
    print("|---|---|---|---|")
    for name, task in tasks.items():
        (first, _), *others = measured(task, arguments.repeats + 1)
        clock, processor = zip(*others, strict=True)
        print(f"| `{name}` | {first:.2f} | {min(clock):.2f} to {max(clock):.2f} | {min(processor):.2f} |")
    print(f"\nThe stored table: {len(stored) / 1e6:.1f} MB. Peak memory: {peak_mb():.0f} MB")
    return 0


def made_up(series: int, length: int) -> Values:
    """Values [S, T]: seasons, trends, walks and counts in turn."""
    random = np.random.default_rng(0)
    time = np.arange(length)
    noise = 0.05 * random.normal(size=(series, length))
    kind = np.arange(series) % 4
    noise[kind == 0] += 0.3 * np.sin(2 * np.pi * time / SEASON + random.uniform(0, 6, (int((kind == 0).sum()), 1)))
    noise[kind == 1] += 0.8 / length * time * random.choice([-1, 1], (int((kind == 1).sum()), 1))
    noise[kind == 2] += np.cumsum(random.normal(0, 0.03, (int((kind == 2).sum()), length)), axis=1)
    values = random.lognormal(3, 1.5, (series, 1)) * (1 + noise)
    values[kind == 3] = random.poisson(0.4, (int((kind == 3).sum()), length))
    return np.asarray(values, dtype=np.float64)


def panel_of(values: Values) -> Panel:
    series, length = values.shape
    names = np.array([f"s{place:06}" for place in range(series)], dtype=object)
    days = pd.date_range("2024-01-01", periods=length).to_numpy()
    columns = {"unique_id": np.repeat(names, length), "ds": np.tile(days, series), "y": values.reshape(-1)}
    return Panel(pd.DataFrame(columns), "D", (SEASON,))


def backtest_of(values: Values, panel: Panel, horizon: int) -> Backtest:
    """From every origin of the last fifth, thinned as a backtest is."""
    series, length = values.shape
    start = max(length // 5, horizon + 1)
    origins = start - horizon + 1
    every = math.ceil(series * origins * horizon / MOST_ROWS)
    owner = np.repeat(np.arange(series), origins)[::every]
    seen = np.tile(length - start + np.arange(origins), series)[::every]
    steps = np.arange(1, horizon + 1)
    last = np.repeat(values[owner, seen - 1], horizon)
    season = values[owner[:, None], seen[:, None] - SEASON + (steps - 1) % SEASON].reshape(-1)
    forecast, width = (last + season) / 2, np.repeat(values.std(axis=1)[owner], horizon)
    days = panel.times()[0]
    rows = pd.DataFrame(
        {
            "unique_id": np.repeat(np.array(panel.series_ids, dtype=object)[owner], horizon),
            "cutoff": np.repeat(days[seen - 1], horizon),
            "ds": days[(seen[:, None] - 1 + steps).reshape(-1)],
            "step": np.tile(steps, len(seen)),
            "fold": 1,
            "y": values[owner[:, None], seen[:, None] - 1 + steps].reshape(-1),
            "forecast": forecast,
            "forecast-lo-80": forecast - width,
            "forecast-hi-80": forecast + width,
            "naive": last,
            "seasonal-naive": season,
        }
    )
    scores = {
        "coverage": {"80": 0.8},
        "season": SEASON,
        "series": series,
        "series_left_out": 0,
        "folds": [{"test_start": pd.Timestamp(days[length - start]).isoformat()}],
        "every": every,
    }
    return backtest.make(rows, scores)


def measured(work: Callable[[], object], repeats: int) -> list[tuple[float, float]]:
    """Seconds by the clock and of the processor."""
    found = []
    for _ in range(repeats):
        with timed() as taken:
            work()
        found.append((taken.seconds, taken.processor))
    return found


if __name__ == "__main__":
    sys.exit(main())
