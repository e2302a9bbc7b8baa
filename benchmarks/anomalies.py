"""How often a clean value is called an anomaly, and how often a planted one is found.

    python benchmarks/anomalies.py               100 series of each kind, trained and tested; some minutes a kind
    python benchmarks/anomalies.py --series 20   fewer

Series of 2,000 values (a weekly pattern and autoregressive noise, counts, and the samples' own season and trend with
their residuals drawn anew), backtested on the last fifth. Then, into the values of the test part of the series with
normal noise, spikes of six standard deviations of the noise, at each fourth series' middle, and new levels.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np  # noqa: E402 - after the thread counts
import pandas as pd  # noqa: E402 - after the thread counts

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from forecasting import Backtest, ForecastConfig, Panel, fit, load_sample  # noqa: E402 - found by the line above
from forecasting.evaluation.findings.anomalies import RATES  # noqa: E402 - found by the line above

LENGTH, HORIZON, SEASON = 2000, 7, 7
KINDS = ("normal", "Student-t, 5 df", "lognormal counts", "like the sample co2", "like the sample noisy-sine")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=100)
    args = parser.parse_args()
    print("| series | values looked at | " + " | ".join(f"1 in {1 / rate:,.0f}" for rate in RATES) + " |")
    print("|---|---|---|---|---|")
    started = time.process_time()
    for number, kind in enumerate(KINDS):
        clean = _series(kind, args.series, number)
        looked, shares = _alarms(_backtest(clean))
        print(f"| {kind} | {looked:,} | " + " | ".join(shares) + " |", flush=True)
    values = _series("normal", args.series, 99)
    for name, new_level in (("spikes of 6 standard deviations", False), ("new levels, 6 standard deviations", True)):
        print(f"{name}: " + _found(values, new_level), flush=True)
    print(f"{time.process_time() - started:.0f} processor seconds")


def _alarms(backtest: Backtest) -> tuple[int, list[str]]:
    """(Values looked at, for each rate the share of the alarms over it, with two standard errors)."""
    looked, shares = 0, []
    for rate in RATES:
        found = backtest.anomalies(rate)
        looked = int(found.looked["errors"].sum())
        times = len(found.table) / (looked * rate)
        shares.append(f"x{times:.2f} (±{2 * np.sqrt(max(len(found.table), 1)) / (looked * rate):.2f})")
    return looked, shares


def _found(values: list[np.ndarray], new_level: bool) -> str:
    """Of each series one value in the middle of the test part is moved, or all from there on."""
    moved, at = [y.copy() for y in values], LENGTH - LENGTH // 10
    for number, y in enumerate(moved):
        size = 6.0 if number % 2 else -6.0
        y[at : None if new_level else at + 1] += size
    found = _backtest(moved).anomalies()
    stamp = _dates()[at]
    hits = found.own[found.own["ds"] == stamp]["unique_id"].nunique()
    others = len(found.own) - hits
    after = int(found.table["after"].notna().sum())
    return f"{hits / len(moved):.0%} found; {after} after-effects told as such, {others} other alarms listed"


def _backtest(values: list[np.ndarray]) -> Backtest:
    ds = _dates()
    frames = [pd.DataFrame({"unique_id": f"{number:03}", "ds": ds, "y": y}) for number, y in enumerate(values)]
    panel = Panel(pd.concat(frames, ignore_index=True), "D", (SEASON,))
    start = LENGTH - LENGTH // 5
    train = Panel(pd.concat([frame.iloc[:start] for frame in frames], ignore_index=True), "D", (SEASON,))
    return fit(train, ForecastConfig(horizon=HORIZON, window=28, hidden_size=8, epochs=2)).backtest(panel, start)


def _dates() -> np.ndarray:
    return pd.date_range("2018-01-01", periods=LENGTH).to_numpy(dtype="datetime64[ns]")


def _series(kind: str, count: int, seed: int) -> list[np.ndarray]:
    random, t = np.random.default_rng(seed), np.arange(LENGTH)
    if kind.startswith("like"):
        return [_like(kind.rsplit(" ", 1)[1], random) for _ in range(count)]
    made = []
    for _ in range(count):
        phase, size = random.uniform(0, 6), random.uniform(1, 6)
        week = size * np.sin(2 * np.pi * t / SEASON + phase)
        if kind == "lognormal counts":
            mean = np.exp(3.5 + 0.05 * week) * random.lognormal(0, 0.3, LENGTH)
            made.append(random.poisson(mean).astype(np.float64))
            continue
        shock = random.normal(size=LENGTH) if kind == "normal" else random.standard_t(5, LENGTH)
        noise, share = np.zeros(LENGTH), random.uniform(0, 0.7)
        for step in range(1, LENGTH):
            noise[step] = share * noise[step - 1] + shock[step]
        made.append(50 + week + noise)
    return made


def _like(name: str, random: np.random.Generator) -> np.ndarray:
    """The trend and season of a sample, repeated to the length, and its residuals in any order."""
    from statsmodels.tsa.seasonal import STL

    panel = load_sample(name)
    season = next((one for one in panel.seasons if 1 < one <= 60), SEASON)
    values = panel.values()[0][:LENGTH]
    parts = STL(values, period=season, robust=True).fit()
    smooth = np.resize(np.concatenate([parts.trend + parts.seasonal, (parts.trend + parts.seasonal)[::-1]]), LENGTH)
    kept = parts.resid[np.abs(parts.resid) < 4 * np.std(parts.resid)]
    return np.asarray(smooth + random.choice(kept, LENGTH), dtype=np.float64)


if __name__ == "__main__":
    main()
