"""Whether the intervals of short series hold what they promise.

    python benchmarks/short_series.py                             made-up panels and single series of every frequency
    python benchmarks/short_series.py --frequency yearly --method recurrent --seeds 0 1 2 --count 60 --out short.json
    python benchmarks/short_series.py --m4 FOLDER                 ends of the training parts of NAME_train.csv, as
                                                                  short as those below; the test parts are not opened

Every series is made of a level, a trend, a season, a random walk and noise in shares of its own, some in proportion to
their level, some with wild shocks. The last values are held out; a panel is fitted at once, single series one by one,
with suggested settings but for method and horizon. Coverage is the mean over the series of a seed; shown are the mean
over the seeds, the lowest and highest seed, and the standard error over all series. MSIS is the interval score over the
naive error in what the fit saw (M4 competition), its median over the series: a wide interval is no way out.

Axes: S series, T values, H horizon.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the checkout that this file is in, installed or not

from benchmarks.scoring import Values, coverage, msis  # noqa: E402  # found by the line above
from forecasting import Panel, fit, suggest_config  # noqa: E402  # found by the line above
from forecasting.panel import STEP  # noqa: E402  # found by the line above

LEVELS = (80, 95)


@dataclasses.dataclass(frozen=True)
class Frequency:
    """What is made up: the season, how many values are held out, and the fewest and most that a fit sees."""

    season: int
    horizon: int
    fewest: int
    most: int


FREQUENCIES = {
    "yearly": Frequency(1, 4, 7, 43),
    "quarterly": Frequency(4, 8, 16, 64),
    "monthly": Frequency(12, 18, 48, 126),
    "daily": Frequency(7, 14, 30, 150),
}


def main() -> None:
    """Print a table of all that the command line asks for."""
    args = _parser().parse_args()
    results = []
    head = ("frequency", "data", "fitted", "method", "series", "80 % (seeds)", "se", "95 % (seeds)", "se", "MSIS", "s")
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for name in args.frequency:
        for source, seeds in _sources(args, name):
            for method in args.method:
                for fitted in args.fitted:
                    count = args.count if fitted == "panel" else args.single
                    runs = [_measured(name, data[:count], method, fitted, seed) for seed, data in seeds.items()]
                    results += [run | {"data": source} for run in runs]
                    print(_row(name, source, method, fitted, runs), flush=True)
    if args.out:
        args.out.write_text(json.dumps(results, indent=1) + "\n")


def _sources(args: argparse.Namespace, name: str) -> Iterator[tuple[str, dict[int, list[Values]]]]:
    """(Where series come from, the series by seed)."""
    if args.m4 is None:
        most = max(args.count, args.single)
        yield "made up", {seed: made_up(FREQUENCIES[name], most, seed) for seed in args.seeds}
        return
    for path in sorted(args.m4.glob("*_train.csv")):
        frame = pd.read_csv(path)
        series = [part.to_numpy() for _, part in frame.groupby("unique_id", sort=False)["y"]]
        yield path.stem.removesuffix("_train"), {seed: _ends(series, FREQUENCIES[name], seed) for seed in args.seeds}


def made_up(frequency: Frequency, count: int, seed: int) -> list[Values]:
    """`count` series of different lengths, the held-out values included."""
    random = np.random.default_rng([seed, frequency.season])
    return [_one(random, frequency) for _ in range(count)]


def _one(random: np.random.Generator, frequency: Frequency) -> Values:
    length = int(random.integers(frequency.fewest, frequency.most + 1)) + frequency.horizon
    time = np.arange(length)
    trend, season, walk, noise = random.dirichlet(np.full(4, 0.6))  # mostly one or two of them
    if frequency.season == 1:
        trend, season = trend + season, 0.0
    shocks = random.standard_t(3, (2, length)) if random.random() < 0.3 else random.normal(size=(2, length))
    pattern = np.resize(random.normal(size=frequency.season), length)
    line = random.normal() * time / frequency.most * 3
    parts = trend * line + season * pattern + walk * np.cumsum(shocks[0]) / 3 + noise * shocks[1]
    size = 10 ** random.uniform(-2, -0.3)  # of the movement over the level
    relative = np.exp(size * 2 * parts) if random.random() < 0.4 else 1 + size * parts
    return np.asarray(10 ** random.uniform(0, 5) * relative)


def _ends(series: list[Values], frequency: Frequency, seed: int) -> list[Values]:
    """The last values of every series that is long enough, as many as a made-up one has."""
    random = np.random.default_rng(seed)
    ends = []
    for values in series:
        length = int(random.integers(frequency.fewest, frequency.most + 1)) + frequency.horizon
        if len(values) >= length:
            ends.append(values[-length:])
    order = random.permutation(len(ends))
    return [ends[index] for index in order]


def _measured(name: str, series: list[Values], method: str, fitted: str, seed: int) -> dict[str, Any]:
    """Coverage and interval scores of one seed, a number a series."""
    frequency = FREQUENCIES[name]
    started = time.process_time()
    groups = [series] if fitted == "panel" else [[values] for values in series]
    parts = [_forecast(group, frequency, method) for group in groups]
    seconds = time.process_time() - started
    ends = {level: [np.concatenate([part[level][side] for part in parts]) for side in (0, 1)] for level in LEVELS}
    truth = np.stack([values[-frequency.horizon :] for values in series])
    scale = np.array([_scale(values[: -frequency.horizon]) for values in series])
    run: dict[str, Any] = {"frequency": name, "method": method, "fitted": fitted, "seed": seed, "seconds": seconds}
    for level in LEVELS:
        low, high = ends[level]
        run[f"coverage {level}"] = coverage(truth, low, high).tolist()
        run[f"msis {level}"] = msis(truth, low, high, scale, level).tolist()
    return run


def _forecast(series: list[Values], frequency: Frequency, method: str) -> dict[int, tuple[Values, Values]]:
    """Ends of intervals [S, H] by level, from all but the last values."""
    seen = [values[: -frequency.horizon] for values in series]
    frames = [
        pd.DataFrame({"unique_id": f"s{number:04}", "ds": np.arange(len(values)), "y": values})
        for number, values in enumerate(seen)
    ]
    seasons = (frequency.season,) if frequency.season > 1 else ()
    panel = Panel(pd.concat(frames, ignore_index=True), STEP, seasons)
    config = suggest_config(panel)[0].replace(horizon=frequency.horizon, method=method, levels=list(LEVELS))
    frame = fit(panel, config).predict()
    shape = len(series), frequency.horizon
    return {
        level: (
            frame[f"forecast-lo-{level}"].to_numpy().reshape(shape),
            frame[f"forecast-hi-{level}"].to_numpy().reshape(shape),
        )
        for level in LEVELS
    }


def _scale(values: Values) -> float:
    return float(np.abs(np.diff(values)).mean()) or 1.0


def _row(name: str, source: str, method: str, fitted: str, runs: list[dict[str, Any]]) -> str:
    cells = [name, source, fitted, method, str(sum(len(run["coverage 80"]) for run in runs))]
    for level in LEVELS:
        by_seed = [100 * float(np.mean(run[f"coverage {level}"])) for run in runs]
        every = np.concatenate([run[f"coverage {level}"] for run in runs])
        error = 100 * float(every.std(ddof=1)) / math.sqrt(len(every))
        cells += [f"{np.mean(by_seed):.1f} ({min(by_seed):.1f} to {max(by_seed):.1f})", f"{error:.1f}"]
    scores = np.concatenate([run["msis 95"] for run in runs])
    cells += [f"{float(np.median(scores)):.1f}", f"{sum(run['seconds'] for run in runs):.0f}"]
    return "| " + " | ".join(cells) + " |"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--frequency", nargs="+", choices=FREQUENCIES, default=list(FREQUENCIES))
    add("--method", nargs="+", default=["recurrent", "best"])
    add("--fitted", nargs="+", choices=("panel", "single"), default=["panel", "single"])
    add("--seeds", type=int, nargs="+", default=[0, 1, 2])
    add("--count", type=int, default=100, help="series of a panel")
    add("--single", type=int, default=20, help="series that are fitted one by one")
    add("--m4", type=Path, metavar="FOLDER", help="take series from there instead of making them up")
    add("--out", type=Path, metavar="JSON", help="every run, for machines to read")
    return parser


if __name__ == "__main__":
    main()
