"""Whether forecasts of counts and of shares are better kept in their range by a link function than by clipping.

    python benchmarks/bounds.py --data FOLDER                     clipping as Tidecast does, against log1p and logit
    python benchmarks/bounds.py --data FOLDER --method recurrent --seeds 0 1 2 --out bounds.json

FOLDER has the files named below. Only the last fifth of what a fit may read is forecast, in the folds of a backtest; no
file of held-out values is opened. Clipping fits the values and keeps forecasts and intervals within the range that is
found in them; a link fits log(1 + y), or log(p / (1 - p)) of shares a little drawn to the middle, without a range, and
takes forecasts and ends of intervals back, which leaves quantiles in their order. Shares are made of the same files:
occupancy is the value over its 95 % quantile, at most 1; parts are those of several series in their sum.

MASE: mean absolute error over the one-step error in all values. MSIS: interval score over the same.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the checkout that this file is in, installed or not

from benchmarks.scoring import Values  # noqa: E402  # found by the line above
from forecasting import Panel, evaluate, read_table, suggest_config, to_panel  # noqa: E402  # found by the line above
from forecasting.threads import limit_threads  # noqa: E402  # found by the line above

LEVEL = 80
MOST = 700  # last values that are used
NEAR = 0.005  # how far shares are drawn to the middle: 0 and 1 have no logit

COUNTS = {  # name -> file
    "orders to zero": "cases/61-counts-to-zero.csv",
    "intermittent": "cases/62-intermittent.csv",
    "closed weekends": "cases/63-closed-weekends.csv",
    "launch after zeros": "cases/80-launch-after-zeros.csv",
    "page views": "cases/99-web-traffic.csv",
    "births": "series/R_fivethirtyeight_US_births_2000_2007.csv",
    "sunspots": "series/sm_sunspots.csv",
}
SHARES = ("orders to zero", "closed weekends", "page views", "births")

Link = tuple[Callable[[Values], Values], Callable[[Values], Values]]  # there, and back
LINKS: dict[str, Link] = {
    "counts": (np.log1p, lambda x: np.maximum(np.expm1(np.minimum(x, 30.0)), 0.0)),
    "shares": (
        lambda p: np.log((p + NEAR) / (1 + NEAR - p)),
        lambda x: np.clip((1 + 2 * NEAR) / (1 + np.exp(-x)) - NEAR, 0.0, 1.0),
    ),
}


def main() -> None:
    """Print a table of all data."""
    limit_threads()
    args = _parser().parse_args()
    results: list[dict[str, Any]] = []
    print("| data | kind | MASE clipped | link | MSIS clipped | link | 80 % clipped | link |")
    print("|---|---|---|---|---|---|---|---|")
    for kind, name, panel in _panels(args.data):
        runs = {
            way: [_measured(panel, kind, way, args.method, seed) for seed in args.seeds] for way in ("clip", "link")
        }
        mean = {way: {key: float(np.mean([run[key] for run in of])) for key in of[0]} for way, of in runs.items()}
        results.append({"data": name, "kind": kind, "method": args.method, **mean})
        cells = [f"{mean[way][key]:.3f}" for key in ("mase", "msis", "held") for way in ("clip", "link")]
        print(f"| {name} | {kind} | {' | '.join(cells)} |", flush=True)
    for kind in LINKS:
        ratios = {
            key: np.exp(
                np.mean([np.log(one["link"][key] / one["clip"][key]) for one in results if one["kind"] == kind])
            )
            for key in ("mase", "msis")
        }
        print(f"{kind}: a link has {ratios['mase']:.3f} times the MASE and {ratios['msis']:.3f} times the MSIS")
    if args.out:
        args.out.write_text(json.dumps(results, indent=1) + "\n")


def _panels(folder: Path) -> list[tuple[str, str, Panel]]:
    """(Kind, name, data) of all that is measured."""
    read = {name: _read(folder / path) for name, path in COUNTS.items()}
    found = [("counts", name, panel) for name, panel in read.items()]
    for name in SHARES:
        y = read[name].frame.groupby("unique_id", sort=False)["y"]
        occupied = np.minimum(1.0, read[name].frame["y"] / y.transform(lambda one: max(one.quantile(0.95), 1e-9)))
        found.append(("shares", f"{name}, occupancy", _with(read[name], occupied.to_numpy())))
    views = read["page views"]
    total = views.frame.groupby("ds")["y"].transform("sum")
    found.append(("shares", "page views, parts", _with(views, (views.frame["y"] / total.clip(lower=1)).to_numpy())))
    return found


def _read(path: Path) -> Panel:
    panel, _ = to_panel(read_table(path.read_bytes(), path.name))
    frame = panel.frame.groupby("unique_id", sort=False).tail(MOST).reset_index(drop=True)
    return Panel(frame[["unique_id", "ds", "y"]], panel.frequency, panel.seasons)


def _with(panel: Panel, values: Values) -> Panel:
    return dataclasses.replace(panel, frame=panel.frame.assign(y=values))


def _measured(panel: Panel, kind: str, way: str, method: str, seed: int) -> dict[str, float]:
    config = suggest_config(panel)[0]
    config = config.replace(method=method, seed=seed, folds=2, levels=(LEVEL,), horizon=min(config.horizon, 14))
    there, back = LINKS[kind]
    if way == "link":
        linked = _with(panel, there(panel.frame["y"].to_numpy(dtype=np.float64)))
        frame = evaluate(linked, config.replace(support="free", floor=None)).frame
        ends = {name: back(frame[name].to_numpy()) for name in frame.columns if str(name).startswith("forecast")}
        frame = frame.assign(**ends, y=_truth(panel, frame))
    else:
        frame = evaluate(panel, config).frame
    scale = panel.frame.groupby("unique_id", sort=False)["y"].apply(lambda y: float(y.diff().abs().mean()))
    per = frame["unique_id"].astype(str).map(scale).to_numpy(dtype=np.float64)
    y, low, high = (frame[name].to_numpy() for name in ("y", f"forecast-lo-{LEVEL}", f"forecast-hi-{LEVEL}"))
    outside = np.maximum(low - y, 0) + np.maximum(y - high, 0)
    score = high - low + 2 / (1 - LEVEL / 100) * outside
    return {
        "mase": float((np.abs(frame["forecast"].to_numpy() - y) / per).mean()),
        "msis": float((score / per).mean()),
        "held": float(((y >= low) & (y <= high)).mean()),
    }


def _truth(panel: Panel, frame: pd.DataFrame) -> Values:
    known = panel.frame.assign(unique_id=panel.frame["unique_id"].astype(str)).set_index(["unique_id", "ds"])["y"]
    rows = pd.MultiIndex.from_arrays([frame["unique_id"].astype(str), frame["ds"]])
    return known.reindex(rows).to_numpy(dtype=np.float64)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the files")
    parser.add_argument("--method", default="best", help="best or recurrent")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--out", type=Path, help="where to write all results as JSON")
    return parser


if __name__ == "__main__":
    main()
