"""Whether the intervals of prices hold, in calm times and in wild ones.

    python benchmarks/prices.py                                  made-up prices, a few minutes
    python benchmarks/prices.py --series ../shared/data/series   oil, gas and volatility index besides
    python benchmarks/prices.py --method best --origins 20 --out prices.json

From random times of each series: the 750, 1,250 or 2,500 values before are fitted as a series of their own, with
suggested settings but for method and horizon, and the next 10 are forecast. Shown are coverage with its standard error
over the origins (those of one series are near each other in places, so it is a little larger in truth) and the interval
score over the mean change (MSIS), for all origins and by how much the last 40 changes were of the usual ones. Made-up
prices are walks whose volatility is GARCH(1, 1) with a leverage effect and heavy tails (Glosten, Jagannathan and
Runkle, Journal of Finance 48, 1993), with parameters as those of stocks.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np  # noqa: E402 - after the thread counts
import pandas as pd  # noqa: E402 - after the thread counts

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the checkout that this file is in, installed or not

from benchmarks.scoring import Values, coverage, msis  # noqa: E402  # found by the line above
from forecasting import Panel, fit, suggest_config  # noqa: E402  # found by the line above
from forecasting.panel import STEP  # noqa: E402  # found by the line above

HORIZON = 10
LENGTHS = (750, 1250, 2500)
LEVELS = (80, 95)
RECENT = 40
FILES = {"wti_daily": "Price", "natgas_daily": "Price", "vix_daily": "CLOSE"}
POSITIVE = {"wti_daily": 8500}  # values before the negative price of 2020
GROUPS = {"all": (0.0, np.inf), "calm": (0.0, 0.7), "usual": (0.7, 1.3), "wild": (1.3, np.inf)}


def main() -> None:
    """Print a row a group of origins."""
    args = _parser().parse_args()
    sources = {f"made up {seed}": made_up(seed) for seed in range(1, args.count + 1)}
    if args.series:
        sources |= {name: _read(args.series, name) for name in FILES}
    kinds = {"made up": [name for name in sources if name.startswith("made up")], "real": [*FILES]}
    rows = [row for name, values in sources.items() for row in _measured(name, values, args)]
    head = ["prices", "last changes", "origins", *(f"{level} %" for level in LEVELS)]
    head += [*(f"MSIS {level}" for level in LEVELS), "is the last value"]
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for kind, names in kinds.items():
        for group, (low, high) in GROUPS.items():
            chosen = [row for row in rows if row["series"] in names and low <= row["recent"] < high]
            if chosen:
                print(_row(kind, group, chosen))
    if args.out:
        args.out.write_text(json.dumps(rows, indent=1) + "\n")


def made_up(seed: int, length: int = 4000) -> Values:
    """A price whose volatility comes in clusters."""
    random = np.random.default_rng(seed)
    shock, keep, leverage = random.uniform(0.02, 0.08), random.uniform(0.86, 0.94), random.uniform(0, 0.1)
    keep -= max(0.0, shock + keep + leverage / 2 - 0.995)
    freedom, usual = random.uniform(4, 8), random.uniform(0.01, 0.025)
    base = usual**2 * (1 - shock - keep - leverage / 2)
    variance, changes = usual**2, np.empty(length)
    for step, drawn in enumerate(random.standard_t(freedom, length) * np.sqrt((freedom - 2) / freedom)):
        change = np.sqrt(variance) * drawn
        variance = base + (shock + leverage * (change < 0)) * change**2 + keep * variance
        changes[step] = change
    return np.asarray(100 * np.exp(np.cumsum(changes) + random.normal(0, 2e-4) * np.arange(length)))


def _read(folder: Path, name: str) -> Values:
    values = pd.to_numeric(pd.read_csv(folder / f"{name}.csv")[FILES[name]], errors="coerce").to_numpy()
    return np.asarray(values[np.isfinite(values)][: POSITIVE.get(name)])


def _measured(name: str, values: Values, args: argparse.Namespace) -> list[dict[str, Any]]:
    """A row an origin."""
    random = np.random.default_rng(len(values))
    rows = []
    for _ in range(args.origins):
        length = int(random.choice(LENGTHS))
        end = int(random.integers(length, len(values) - HORIZON))
        seen, truth = values[end - length : end], values[None, end : end + HORIZON]
        panel = Panel(pd.DataFrame({"unique_id": "a", "ds": np.arange(length), "y": seen}), STEP, ())
        config = suggest_config(panel)[0].replace(horizon=HORIZON, method=args.method, levels=list(LEVELS))
        frame = fit(panel, config).predict()
        changes = np.abs(np.diff(np.log(seen)))
        row: dict[str, Any] = {
            "series": name,
            "length": length,
            "end": end,
            "recent": float(changes[-RECENT:].mean() / changes.mean()),
            "naive": bool(np.allclose(frame["forecast"], seen[-1])),
        }
        scale = np.abs(np.diff(seen)).mean(keepdims=True)
        for level in LEVELS:
            low, high = (frame[f"forecast-{side}-{level}"].to_numpy()[None] for side in ("lo", "hi"))
            row[f"coverage {level}"] = float(coverage(truth, low, high)[0])
            row[f"msis {level}"] = float(msis(truth, low, high, scale, level)[0])
        rows.append(row)
    return rows


def _row(kind: str, group: str, rows: list[dict[str, Any]]) -> str:
    cells = [kind, group, str(len(rows))]
    for level in LEVELS:
        held = 100 * np.array([row[f"coverage {level}"] for row in rows])
        cells.append(f"{held.mean():.1f} ({held.std() / np.sqrt(len(held)):.1f})")
    cells += [f"{np.mean([row[f'msis {level}'] for row in rows]):.2f}" for level in LEVELS]
    cells.append(f"{100 * np.mean([row['naive'] for row in rows]):.0f} %")
    return f"| {' | '.join(cells)} |"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--series", type=Path, metavar="FOLDER", help="where the CSV files of real prices lie")
    add("--count", type=int, default=15, help="made-up prices")
    add("--origins", type=int, default=40, help="random times of each series")
    add("--method", default="recurrent", choices=("recurrent", "best"))
    add("--out", type=Path, metavar="JSON", help="every origin, for machines to read")
    return parser


if __name__ == "__main__":
    main()
