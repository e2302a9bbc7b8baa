"""How often a slice is named where none is worse, and where one is.

    python benchmarks/slices.py               200 series of each kind of noise, 100 with noisy Saturdays or promotions
    python benchmarks/slices.py --series 20   fewer

Five years of days with a weekly pattern, 14 days ahead, tested on the last fifth; the forecast is the best there is
(it knows the pattern, and of autoregressive noise and walks the last value), so that only the search is measured.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from forecasting import Panel  # noqa: E402 - found by the line above
from forecasting.evaluation.findings.slices import slices  # noqa: E402 - found by the line above

DAYS, HORIZON = 1826, 14
STEPS = np.arange(1, HORIZON + 1)
CLEAN = ("normal", "Student-t, 5 df", "autoregressive, 0.8", "GARCH(1, 1)", "random walk")
WORSE = ("Saturdays 2.5 times as noisy", "promotions 2.5 times as noisy")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=200)
    args = parser.parse_args()
    print("| noise | series | a slice is named | the right one |")
    print("|---|---|---|---|")
    started = time.process_time()
    for kind in (*WORSE, *CLEAN):
        count = args.series if kind in CLEAN else args.series // 2
        named = [_named(kind, seed) for seed in range(count)]
        some = [where for where in named if where is not None]
        wanted = {"S": "Saturdays", "p": "promo"}.get(kind[0], "")
        right = "" if kind in CLEAN else f"{sum(wanted in where for where in some) / count:.1%}"
        print(f"| {kind} | {count} | {len(some) / count:.1%} | {right} |", flush=True)
    print(f"{time.process_time() - started:.0f} processor seconds")


def _named(kind: str, seed: int) -> str | None:
    """The slice that is named of one series; None: no slice."""
    random = np.random.default_rng(seed)
    ds = pd.date_range(end="2024-06-30", periods=DAYS)
    promo = (random.random(DAYS) < 0.12).astype(np.float64)
    noise = random.standard_t(5, DAYS) if "Student" in kind else random.normal(size=DAYS)
    week = 5 * np.sin(2 * np.pi * np.arange(DAYS) / 7)
    ahead: Callable[[int], Any] = lambda seen: 0.0  # noqa: E731 - one of three
    if kind.startswith("Saturdays"):
        noise = noise * np.where(ds.dayofweek == 5, 2.5, 1.0)
    elif kind.startswith("promotions"):
        noise = noise * np.where(promo > 0, 2.5, 1.0)
    elif kind.startswith("auto"):
        for step in range(1, DAYS):
            noise[step] += 0.8 * noise[step - 1]
        ahead = lambda seen: 0.8**STEPS * noise[seen - 1]  # noqa: E731 - one of three
    elif kind.startswith("GARCH"):
        variance = 1.0
        for step in range(DAYS):
            noise[step] *= np.sqrt(variance)
            variance = 0.05 + 0.1 * noise[step] ** 2 + 0.85 * variance
    elif kind.startswith("random"):
        noise = np.cumsum(noise)
        ahead = lambda seen: noise[seen - 1]  # noqa: E731 - one of three
    values = 50 + week + noise
    seen = np.arange(DAYS - DAYS // 5, DAYS - HORIZON + 1)
    targets = seen[:, None] - 1 + STEPS
    forecast = np.stack([50 + week[row] + ahead(origin) for row, origin in zip(targets, seen, strict=True)])
    stamps = ds.to_numpy()
    rows = pd.DataFrame(
        {
            "unique_id": "y",
            "cutoff": np.repeat(stamps[seen - 1], HORIZON),
            "ds": stamps[targets.reshape(-1)],
            "step": np.tile(STEPS, len(seen)),
            "y": values[targets.reshape(-1)],
            "forecast": forecast.reshape(-1),
            "naive": np.repeat(values[seen - 1], HORIZON),
        }
    )
    frame = pd.DataFrame({"unique_id": "y", "ds": ds.to_numpy(dtype="datetime64[ns]"), "y": values, "promo": promo})
    beyond = pd.DataFrame({"unique_id": "y", "ds": [ds[-1] + pd.Timedelta(days=1)], "promo": [0.0]})
    found = slices(rows, Panel(frame, "D", (7,), ahead=beyond))
    return None if found.worse is None else ", ".join(found.worse["where"])


if __name__ == "__main__":
    main()
