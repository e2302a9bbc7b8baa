"""Whether totals add up, what that does to the errors of every level, and how often their intervals hold.

    python benchmarks/totals.py                        the weekly half of M4 beside this checkout, and 1,000 series
    python benchmarks/totals.py --only scale           made-up series of three keys: time, and how well they add up
    python benchmarks/totals.py --only m4 FOLDER       where weekly_train.csv is

The series of M4 have no keys and no dates: they are put to one end, and dealt in turn to six regions of five shops
each. A backtest of three trainings with suggested settings. MASE by level: mean absolute error over the series' or
total's own mean change from step to step in training. "before": forecasts of all nodes, each by itself.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from forecasting import ForecastConfig, Panel, fit, suggest_config
from forecasting.evaluation.backtests.backtest import Tested
from forecasting.evaluation.totals.reconcile import Nodes, added, stack
from forecasting.folds import evaluate_fold, gather
from forecasting.hierarchy import Hierarchy, with_totals
from forecasting.panel import STEP
from forecasting.threads import limit_threads

M4 = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "m4"
KEYS = ["region", "shop", "article"]
LEVELS = ("region", "region / shop", "all")
WHOLE = 300  # values of a series that is there throughout the backtest
REGIONS, SHOPS = 6, 5
HORIZON, SEASON = 13, 52


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=M4)
    parser.add_argument("--only", choices=("scale", "m4"))
    parser.add_argument("--method", default="recurrent", choices=("recurrent", "best"))
    args = parser.parse_args()
    limit_threads()
    if args.only != "m4":
        scale(args.method)
    if args.only != "scale":
        for least in (WHOLE, 0):
            accuracy(args.folder / "weekly_train.csv", args.method, least)


def scale(method: str) -> None:
    """Fit and predict with 1,000 series of 200 days, 10 regions of 10 shops of 10 articles."""
    panel = _made_up()
    config, _ = suggest_config(panel)
    seconds: dict[str, float] = {}
    for name, totals in (("series alone", ()), ("with totals", LEVELS)):
        started = time.process_time()
        forecaster = fit(panel, config.replace(method=method, totals=totals))
        forecast = forecaster.predict()
        seconds[name] = time.process_time() - started
    wide = forecast.pivot(index="ds", columns="unique_id", values="forecast")
    _, hierarchy = with_totals(panel, LEVELS)
    print(f"1,000 series, {len(hierarchy.names)} totals: {seconds['with totals']:.1f} processor seconds", end=" ")
    print(f"({seconds['series alone']:.1f} without totals),", end=" ")
    print(f"largest relative difference {_difference(wide, hierarchy):.1e}")


def accuracy(path: Path, method: str, least: int) -> None:
    """The table of each level, of the series of at least `least` values."""
    panel = _weekly(path, least)
    config = suggest_config(panel)[0].replace(horizon=HORIZON, method=method, totals=LEVELS)
    started = time.process_time()
    folds = [evaluate_fold(panel, config, fold) for fold in range(1, config.folds + 1)]
    backtest = gather(panel, config, folds)
    seconds = time.process_time() - started
    whole, hierarchy = with_totals(panel, LEVELS)
    bottom_up = _bottom_up(whole, hierarchy, folds, config)
    print(f"\n{len(panel.series_ids)} series of at least {int(panel.lengths.min())} weeks, `{method}`,", end=" ")
    print(f"{seconds:.0f} processor seconds\n")
    print("| level | series | MASE before | bottom-up | adding up | 50 % | 80 % | 95 % |")
    print("|---|---|---|---|---|---|---|---|")
    for level, scores in backtest.scores["levels"].items():
        held = " | ".join(f"{100 * scores['coverage'][str(nominal)]:.1f}" for nominal in config.levels)
        before = scores["mase"] / (1 + scores["reconciled_change"])
        change = f"{100 * (bottom_up[level] - 1):+.1f} % | {100 * scores['reconciled_change']:+.1f} %"
        print(f"| {level} | {scores['series']} | {before:.3f} | {change} | {held} |")


def _bottom_up(whole: Panel, hierarchy: Hierarchy, folds: list[Tested], config: ForecastConfig) -> dict[str, float]:
    """The error of sums of the series' own forecasts over that before, by level."""
    levels, count, values = list(hierarchy.level_of.values()), len(hierarchy.series), whole.values()
    sizes: dict[str, list[tuple[float, float]]] = {}
    for fold in folds:
        kept = np.unique(fold.origins.series)
        others = {i: values[i] for i in range(count) if i not in set(kept.tolist())}
        local = np.searchsorted(kept, fold.origins.series)
        before = fold.parts["unreconciled"]
        origins = type(fold.origins).of(local, fold.origins.seen, config.horizon)
        stacked = stack(hierarchy, Nodes([values[i] for i in kept], kept, others), origins, before)
        rows, node, column = stacked.totals
        sums = before.copy()
        sums[rows] = added(hierarchy, stacked.bottom)[node - count, column]
        truth = fold.origins.truth(values, config.horizon)
        scale = np.array([np.abs(np.diff(of_series)).mean() for of_series in values])[fold.origins.series, None]
        of_row = np.array(levels, dtype=object)[fold.origins.series]
        for level in dict.fromkeys(levels):
            here = of_row == level
            errors = [float((np.abs(truth - one) / scale)[here].sum()) for one in (sums, before)]
            sizes.setdefault(level, []).append((errors[0], errors[1]))
    return {level: sum(one[0] for one in parts) / sum(one[1] for one in parts) for level, parts in sizes.items()}


def _difference(wide: pd.DataFrame, hierarchy: Hierarchy) -> float:
    """The largest relative difference between a total and the sum of its series."""
    series = np.array(hierarchy.series, dtype=object)
    pairs: Iterator[tuple[str, list[str]]] = zip(
        hierarchy.names, (series[part].tolist() for part in hierarchy.parts), strict=True
    )
    return max(float((wide[name] / wide[part].sum(axis=1) - 1).abs().max()) for name, part in pairs)


def _made_up() -> Panel:
    random, days = np.random.default_rng(0), np.arange(200)
    frames, names = [], []
    for i in range(1000):
        names.append((f"r{i // 100}", f"s{i // 10 % 10}", f"a{i % 10}"))
        week = random.uniform(0.1, 0.5) * np.sin(2 * np.pi * (days + random.integers(7)) / 7)
        y = random.lognormal(3, 1) * (1 + week + random.normal(0, 0.2, len(days)))
        dates = pd.date_range("2024-01-01", periods=len(days))
        frames.append(pd.DataFrame({"unique_id": " / ".join(names[-1]), "ds": dates, "y": np.maximum(y, 0)}))
    return Panel(pd.concat(frames, ignore_index=True), "D", (7,), keys=_keys(names))


def _weekly(path: Path, least: int) -> Panel:
    """The weekly series that have at least `least` values, all of which end at step 0."""
    values = {name: part["y"].to_numpy(np.float64) for name, part in pd.read_csv(path).groupby("unique_id")}
    long = [name for name in sorted(values, key=lambda name: int(str(name)[1:])) if len(values[name]) >= least]
    dealt = sorted((str(k % REGIONS), str(k // REGIONS % SHOPS), str(name)) for k, name in enumerate(long))
    frames = [
        pd.DataFrame(
            {"unique_id": " / ".join(names), "ds": np.arange(1 - len(values[names[2]]), 1), "y": values[names[2]]}
        )
        for names in dealt
    ]
    return Panel(pd.concat(frames, ignore_index=True), STEP, (SEASON,), keys=_keys(dealt))


def _keys(names: list[tuple[str, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(names, columns=KEYS, dtype=object)


if __name__ == "__main__":
    main()
