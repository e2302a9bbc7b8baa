"""How the pool does against its own members: on short monthly series, and at long horizons.

    python benchmarks/pool.py --months 200        36 months with trend, season and noise, the next 12 forecast
    python benchmarks/pool.py --horizons 200      up to a third of a series ahead, made-up and (where they lie beside
                                                  this checkout) shared series: the held-out part and what follows
    python benchmarks/pool.py --months 200 --length 30 --seed 1 --jobs 2 --out pool.json

Suggested settings with the horizon given, one thread a process. Errors on months are MASE at lag 12 by ETS of
statsforecast (AutoETS, season 12), the last season and both methods; each with the standard error over the series of
its difference from `best`. At long horizons the table counts how far the pool is from its best member.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np  # noqa: E402 - after the thread counts
import numpy.typing as npt  # noqa: E402 - after the thread counts
import pandas as pd  # noqa: E402 - after the thread counts

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from forecasting import Forecaster, Panel, fit, suggest_config  # noqa: E402 - found by the line above

SHARED = ROOT.parent / "shared" / "data"
Values = npt.NDArray[np.float64]
Case = tuple[str, str, tuple[int, ...], Values, int]  # kind, frequency, seasons, values, horizon


def main() -> None:
    """Print the tables that were asked for."""
    args = _parser().parse_args()
    results: dict[str, list[dict[str, Any]]] = {}
    with ProcessPoolExecutor(args.jobs, mp_context=get_context("spawn")) as executor:
        if args.months:
            cases = [(seed, args.length) for seed in range(args.seed, args.seed + args.months)]
            results["months"] = list(executor.map(of_months, cases))
            print(_months_table(results["months"], args.length))
        if args.horizons:
            results["horizons"] = list(executor.map(at_long_horizon, long_cases(args.horizons, args.seed)))
            print(_horizons_table(results["horizons"]))
    if args.out:
        args.out.write_text(json.dumps(results, indent=1) + "\n")


def made_up_months(seed: int, length: int) -> Values:
    """Months with a trend, a season and noise: the season in proportion to the level or of one size."""
    random = np.random.default_rng(seed)
    steps = np.arange(length)
    season = random.normal(size=12) if seed % 2 else np.sin(2 * np.pi * (np.arange(12) / 12 + random.random()))
    season = (season - season.mean()) / season.std() * random.uniform(0.05, 0.3)
    trend = random.uniform(-0.005, 0.015) * steps
    noise = random.uniform(0.01, 0.08) * random.normal(size=length)
    level = float(np.exp(random.uniform(0, 9)))
    if random.random() < 0.5:
        return np.asarray(level * (1 + trend + season[steps % 12] + noise))
    return np.asarray(level * np.exp(trend + season[steps % 12] + noise))


def of_months(case: tuple[int, int]) -> dict[str, Any]:
    """MASE of each forecast of the 12 months after the first `length`."""
    from statsforecast.models import AutoETS

    seed, length = case
    values = made_up_months(seed, length + 12)
    known, truth = values[:length], values[length:]
    with warnings.catch_warnings():  # of candidate models that are rejected
        warnings.simplefilter("ignore")
        forecasts = {"ETS": AutoETS(season_length=12).forecast(known, 12)["mean"], "last season": known[-12:]}
    for method in ("best", "recurrent"):
        panel = panel_of(known, "MS", (12,))
        config = suggest_config(panel)[0].replace(horizon=12, method=method)
        forecasts[method] = fit(panel, config).predict()["forecast"].to_numpy()
    scale = np.abs(known[12:] - known[:-12]).mean()
    return {name: float(np.abs(truth - forecast).mean() / scale) for name, forecast in forecasts.items()}


def long_cases(count: int, seed: int) -> Iterator[Case]:
    """Made-up series, and stretches of shared ones, with horizons of a sixth to a third of what is known."""
    random = np.random.default_rng(seed)
    real = _shared_series()
    for place in range(count):
        if real and place % 3 == 2:
            kind, frequency, seasons, values = real[(place // 3) % len(real)]
            length = int(min(len(values), random.integers(300, 1200)))
            end = int(random.integers(length, len(values) + 1))
            yield kind, frequency, seasons, values[end - length : end], length // int(random.integers(4, 8))
            continue
        kind = ("days of three years", "hours", "months", "walk")[place % 4]
        if kind == "days of three years":
            steps = np.arange(4 * 365)
            values = (
                500
                + 0.05 * steps * random.normal()
                + random.uniform(50, 250) * np.sin(2 * np.pi * (steps / 365.25 + random.random()))
            )
            values += (random.uniform(20, 100) * random.normal(size=7))[steps % 7] + random.uniform(
                5, 40
            ) * random.normal(size=len(steps))
            yield kind, "D", (7,), values, 365
        elif kind == "hours":
            steps = np.arange(24 * 7 * 6)
            values = 100 + random.uniform(5, 30) * np.sin(2 * np.pi * steps / 24)
            values += (random.uniform(1, 20) * random.normal(size=7))[steps // 24 % 7] + random.uniform(
                1, 10
            ) * random.normal(size=len(steps))
            yield kind, "h", (24,), values, int(random.choice([96, 168, 240]))
        elif kind == "months":
            yield kind, "MS", (12,), made_up_months(int(random.integers(1e6)), 144), 36
        else:
            yield kind, "D", (7,), 100 + np.cumsum(random.normal(size=700)), 140


def _shared_series() -> list[tuple[str, str, tuple[int, ...], Values]]:
    """Training parts of the shared M4 series: nothing that is kept for testing."""
    found: list[tuple[str, str, tuple[int, ...], Values]] = []
    for name, frequency, season in (("hourly", "h", 24), ("weekly", "W", 52)):
        path = SHARED / "m4" / f"{name}_train.csv"
        if path.exists():
            series = [part["y"].to_numpy(float) for _, part in pd.read_csv(path).groupby("unique_id")]
            found += [(f"M4 {name}", frequency, (season,), values) for values in series if len(values) >= 300][::5]
    return [found[i] for i in np.random.default_rng(0).permutation(len(found))]


def at_long_horizon(case: Case) -> dict[str, Any]:
    """MAE of `best` over that of its best member, on the held-out part and on what follows; and of both methods."""
    kind, frequency, seasons, values, horizon = case
    known, truth = values[:-horizon], values[-horizon:]
    panel = panel_of(known, frequency, seasons)
    config = suggest_config(panel)[0].replace(horizon=horizon, method="best")
    forecaster = fit(panel, config)
    members = forecaster.predict_members()
    names = [name for name in members.columns if name not in ("unique_id", "ds", "anchor", "forecast", "best")]
    errors = {name: float(np.abs(truth - members[name].to_numpy()).mean()) for name in (*names, "best", "forecast")}
    return {
        "kind": kind,
        "length": len(known),
        "horizon": horizon,
        "held out": _over_best(forecaster),
        "weights": forecaster.weights().drop(columns="unique_id").iloc[0].to_dict(),
        "errors": errors,
    }


def _over_best(forecaster: Forecaster) -> float | None:
    pool = forecaster._predictor.pool  # no result of a forecast, so nothing that it tells
    return None if pool is None or pool.over_best is None else float(pool.over_best[0])


def panel_of(values: Values, frequency: str, seasons: tuple[int, ...]) -> Panel:
    """One series from 2015 on."""
    ds = pd.date_range("2015-01-01", periods=len(values), freq=frequency)
    return Panel(pd.DataFrame({"unique_id": "made up", "ds": ds, "y": values}), frequency, seasons)


def _months_table(results: list[dict[str, Any]], length: int) -> str:
    lines = [
        f"{len(results)} series of {length} months, 12 ahead: mean MASE, its difference from `best` with a standard "
        "error, and on how many series `best` is better.",
        "",
        "| | MASE | minus `best` | `best` is better on |",
        "|---|---|---|---|",
    ]
    for name in results[0]:
        difference = np.array([one[name] - one["best"] for one in results])
        mean = np.mean([one[name] for one in results])
        error = difference.std(ddof=1) / np.sqrt(len(results))
        share = 100 * float((difference > 0).mean())
        lines.append(f"| {name} | {mean:.3f} | {difference.mean():+.3f} ({error:.3f}) | {share:.0f} % |")
    return "\n".join(lines)


def _horizons_table(results: list[dict[str, Any]]) -> str:
    lines = [
        f"{len(results)} series: error of the pool over that of its best member on the held-out part (median, largest) "
        "and afterwards, medians: over the best member in hindsight, and over the network.",
        "",
        "| | series | held out | largest | afterwards | over the network | more than 1.5 times the network |",
        "|---|---|---|---|---|---|---|",
    ]
    for kind in [*dict.fromkeys(one["kind"] for one in results), None]:
        some = [one for one in results if kind in (None, one["kind"])]
        held = [one["held out"] for one in some if one["held out"] is not None]
        errors = [one["errors"] for one in some]
        best = [e["best"] / min(v for n, v in e.items() if n not in ("best", "forecast")) for e in errors]
        network = [e["best"] / e["recurrent"] for e in errors if "recurrent" in e]
        cells = [np.median(held), max(held), np.median(best), np.median(network)]
        far = sum(ratio > 1.5 for ratio in network)
        lines.append(
            f"| {kind or 'all'} | {len(some)} | " + " | ".join(f"{cell:.3f}" for cell in cells) + f" | {far} |"
        )
    return "\n".join(lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--months", type=int, default=0, help="how many monthly series")
    parser.add_argument("--length", type=int, default=36, help="months of each that are known")
    parser.add_argument("--horizons", type=int, default=0, help="how many series at long horizons")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--out", type=Path)
    return parser


if __name__ == "__main__":
    main()
