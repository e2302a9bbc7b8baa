"""What the pretrained network does for the forecasts and intervals of short panels, beside Theta and ETS.

    python benchmarks/short_panels.py --m4 ../shared/data/m4               method `recurrent`, two cuts, two splits
    python benchmarks/short_panels.py --m4 FOLDER --method best --panels quarterly weeks60 --ets
    python benchmarks/short_panels.py --m4 FOLDER --longest 0 --panels weeks300 --out panels.json

Panels are made of the training parts of NAME_train.csv (the test parts are not opened): weeks summed by 4, 13 and 52,
hours summed by 24, and the last values of weeks and hours; and of made-up series of `short_series.py`. A cut takes so
many horizons off the end. A seed sets the lengths and splits the series at random into two panels, each fitted by
itself, with suggested settings but for method and horizon: without the pretrained network beside the trained one and
under the intervals, and with it. MASE is over the naive error of a season in what the fit saw; every difference has its
standard error over the series. MSIS is the mean over the series, as the change in percent by the geometric mean of the
panels' ratios.

Axes: S series, H horizon.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import os
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np  # noqa: E402 - after the thread counts
import pandas as pd  # noqa: E402 - after the thread counts

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the checkout that this file is in, installed or not

from benchmarks.scoring import Values, coverage, msis  # noqa: E402  # found by the line above
from benchmarks.short_series import FREQUENCIES, made_up  # noqa: E402  # found by the line above
from forecasting import Panel, baselines, fit, smoothing, suggest_config  # noqa: E402  # found by the line above
from forecasting.evaluation import beside  # noqa: E402  # found by the line above
from forecasting.evaluation.members import zero_shot  # noqa: E402  # found by the line above
from forecasting.panel import STEP  # noqa: E402  # found by the line above

LEVELS = (80, 95)
MADE_UP = "made-up "


@dataclasses.dataclass(frozen=True)
class Kind:
    """Which values are summed by how many, how many sums a series has, and what is asked."""

    source: str
    group: int
    fewest: int
    most: int
    horizon: int
    seasons: tuple[int, ...]


KINDS = {
    "monthly": Kind("weekly", 4, 40, 126, 13, (13,)),
    "quarterly": Kind("weekly", 13, 16, 64, 8, (4,)),
    "yearly": Kind("weekly", 52, 7, 43, 4, ()),
    "days": Kind("hourly", 24, 15, 33, 7, (7,)),
    "hours": Kind("hourly", 1, 60, 168, 24, (24,)),
    "weeks36": Kind("weekly", 1, 36, 36, 6, (52,)),
    "weeks60": Kind("weekly", 1, 60, 60, 13, (52,)),
    "weeks100": Kind("weekly", 1, 100, 100, 13, (52,)),
    "weeks200": Kind("weekly", 1, 130, 200, 13, (52,)),
    "weeks300": Kind("weekly", 1, 220, 300, 13, (52,)),
    "weeks450": Kind("weekly", 1, 350, 450, 13, (52,)),
    "hours330": Kind("hourly", 1, 250, 330, 24, (24, 168)),
}
SHORT = [name for name, kind in KINDS.items() if kind.most <= 200]


def main() -> None:
    """Print a row a panel."""
    args = _parser().parse_args()
    names = args.panels or [*(SHORT if args.m4 else ()), *(MADE_UP + name for name in FREQUENCIES)]
    results = []
    heads = [
        "panel",
        "series",
        "without",
        "with",
        "difference",
        "Theta",
        "with - Theta",
        *(["ETS"] if args.ets else []),
    ]
    heads += ["better in", *(f"{level} % {how}" for level in LEVELS for how in ("without", "with"))]
    heads += [*(f"MSIS {level}" for level in LEVELS), "s without", "s with"]
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    for name in names:
        runs = [
            _measured(name, cut, seed, half, args)
            for cut in args.cuts
            for seed in args.seeds
            for half in (0, 1)
            if _half(name, cut, seed, half, args)[0]
        ]
        results += runs
        print(_row(name, runs, ets=args.ets), flush=True)
    if args.out:
        args.out.write_text(json.dumps(results, indent=1) + "\n")


def _half(name: str, cut: int, seed: int, half: int, args: argparse.Namespace) -> tuple[list[Values], int, Any]:
    """(Series with what is held out, horizon, seasons) of one half of a panel."""
    series, horizon, seasons = _series(name, cut, seed, args.m4)
    order = np.random.default_rng([7, seed]).permutation(len(series))
    return [series[index] for index in order[half::2]], horizon, seasons


def _series(name: str, cut: int, seed: int, folder: Path) -> tuple[list[Values], int, tuple[int, ...]]:
    if name.startswith(MADE_UP):
        frequency = FREQUENCIES[name.removeprefix(MADE_UP)]
        seasons = (frequency.season,) if frequency.season > 1 else ()
        return made_up(frequency, 120, 100 * seed + cut), frequency.horizon, seasons
    kind = KINDS[name]
    random = np.random.default_rng([seed, kind.group, kind.most])
    found = []
    frame = pd.read_csv(folder / f"{kind.source}_train.csv")
    for _, part in frame.groupby("unique_id", sort=False)["y"]:
        values = part.to_numpy(dtype=np.float64)
        length = int(random.integers(kind.fewest, kind.most + 1)) + kind.horizon
        values = values[: len(values) - cut * kind.horizon * kind.group]
        count = len(values) // kind.group
        sums = values[len(values) - count * kind.group :].reshape(count, kind.group).sum(axis=1)
        if count >= kind.fewest + kind.horizon:
            found.append(sums[-length:])
    return found, kind.horizon, kind.seasons


@contextlib.contextmanager
def _without() -> Iterator[None]:
    """The trained network alone, and intervals by held-out errors alone."""
    with (
        mock.patch.object(beside, "add", lambda series, method, held_out, group, config: (held_out, None)),
        mock.patch.object(zero_shot, "lean", return_value=0.0),
    ):
        yield


def _measured(name: str, cut: int, seed: int, half: int, args: argparse.Namespace) -> dict[str, Any]:
    """Errors of each forecast, coverage and interval scores, a number a series each."""
    series, horizon, seasons = _half(name, cut, seed, half, args)
    seen, truth = [values[:-horizon] for values in series], np.stack([values[-horizon:] for values in series])
    scale = np.array([_scale(values, seasons) for values in seen])
    run: dict[str, Any] = {"panel": name, "cut": cut, "seed": seed, "half": half}

    def mase(forecast: Values) -> list[float]:
        error: Values = np.abs(truth - forecast).mean(axis=1) / scale
        return error.tolist()

    for how in ("without", "with"):
        patched = _without() if how == "without" else mock.patch.object(zero_shot, "LONGEST", args.longest)
        with patched:
            started = time.process_time()
            forecast, ends = _forecast(seen, horizon, seasons, args.method)
            run[f"seconds {how}"] = time.process_time() - started
        run[how] = mase(forecast)
        for level, (low, high) in ends.items():
            run[f"coverage {level} {how}"] = coverage(truth, low, high).tolist()
            run[f"msis {level} {how}"] = msis(truth, low, high, scale, level).tolist()
    run["theta"] = mase(np.stack([_member("theta", values, seasons, horizon) for values in seen]))
    if args.ets:
        run["ets"] = mase(np.stack([_member("ets", values, seasons, horizon) for values in seen]))
    return run


def _forecast(
    series: list[Values], horizon: int, seasons: tuple[int, ...], method: str
) -> tuple[Values, dict[int, tuple[Values, Values]]]:
    """(Forecasts [S, H], ends of intervals by level)."""
    frames = [
        pd.DataFrame({"unique_id": f"s{number:04}", "ds": np.arange(len(values)), "y": values})
        for number, values in enumerate(series)
    ]
    panel = Panel(pd.concat(frames, ignore_index=True), STEP, seasons)
    config = suggest_config(panel)[0].replace(horizon=horizon, method=method, levels=list(LEVELS))
    frame = fit(panel, config).predict()

    def column(name: str) -> Values:
        return frame[name].to_numpy().reshape(len(series), horizon)

    ends = {level: (column(f"forecast-lo-{level}"), column(f"forecast-hi-{level}")) for level in LEVELS}
    return column("forecast"), ends


def _member(name: str, values: Values, seasons: tuple[int, ...], horizon: int) -> Values:
    """The forecast [H] of a pool member alone; that of the last value where it does not suit."""
    usable = [season for season in seasons if 1 < season <= len(values) // 2]
    with warnings.catch_warnings():  # of candidate models that are rejected
        warnings.simplefilter("ignore")
        if name == "theta":  # the others take their time
            learned = smoothing.fit_theta(values, min(usable, default=1)) if np.ptp(values) > 0 else None
            members = [baselines.Member(name, name, learned)] if learned else []
        else:
            members = baselines.fit_members(values, usable, horizon, slow=True)
    chosen = next((one for one in members if one.name == name), baselines.Member("naive", "naive", {}))
    return chosen.ahead(values, np.array([len(values)]), horizon)[0]


def _scale(values: Values, seasons: tuple[int, ...]) -> float:
    lag = min((season for season in seasons if season <= 24 and season < len(values) - 1), default=1)
    return float(np.abs(values[lag:] - values[:-lag]).mean()) or np.nan


def _row(name: str, runs: list[dict[str, Any]], *, ets: bool) -> str:
    def of(key: str) -> Values:
        return np.concatenate([run[key] for run in runs])

    def difference(other: str) -> str:
        found = of("with") - of(other)
        found = found[np.isfinite(found)]
        return f"{found.mean():+.4f} ({found.std(ddof=1) / np.sqrt(len(found)):.4f})"

    cells = [name, str(len(of("with"))), f"{np.nanmean(of('without')):.4f}", f"{np.nanmean(of('with')):.4f}"]
    cells += [difference("without"), f"{np.nanmean(of('theta')):.4f}", difference("theta")]
    cells += [f"{np.nanmean(of('ets')):.4f}"] if ets else []
    better = sum(np.nanmean(run["with"]) < np.nanmean(run["without"]) for run in runs)
    cells.append(f"{better} of {len(runs)}")
    for level in LEVELS:
        cells += [f"{100 * np.mean(of(f'coverage {level} {how}')):.1f}" for how in ("without", "with")]
    for level in LEVELS:
        ratios = [np.nanmean(run[f"msis {level} with"]) / np.nanmean(run[f"msis {level} without"]) for run in runs]
        cells.append(f"{100 * (np.exp(np.mean(np.log(ratios))) - 1):+.1f} %")
    cells += [f"{np.mean([run[f'seconds {how}'] for run in runs]):.1f}" for how in ("without", "with")]
    return "| " + " | ".join(cells) + " |"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--m4", type=Path, metavar="FOLDER", help="where the training parts lie; without it made-up series alone")
    add("--panels", nargs="+", choices=[*KINDS, *(MADE_UP + name for name in FREQUENCIES)])
    add("--method", default="recurrent", choices=("recurrent", "best"))
    add("--cuts", type=int, nargs="+", default=[1, 3], help="horizons taken off the end")
    add("--seeds", type=int, nargs="+", default=[1])
    add("--longest", type=int, default=zero_shot.LONGEST, help="median length up to which the network takes part")
    add("--ets", action="store_true", help="ETS as well, which takes some tenths of a second a series")
    add("--out", type=Path, metavar="JSON", help="every run, for machines to read")
    return parser


if __name__ == "__main__":
    main()
