"""What leading series do for the forecasts of those that follow them, and what looking for them does to others.

    python benchmarks/leading.py                                        made-up panels, ten of each kind, two methods
    python benchmarks/leading.py --panels 40 --kinds walk none --methods best
    python benchmarks/leading.py --weather vega_seattle_weather_daily.csv    four columns of one place as four series

One training on the first four fifths of each panel and every origin of the last fifth, with leading series looked for
and without. Errors are mean absolute ones over those of the better naive forecast of each series; the change in percent
is by the geometric mean over the panels, with the standard error of its mean.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest import mock

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np  # noqa: E402 - after the thread counts
import pandas as pd  # noqa: E402 - after the thread counts

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the checkout that this file is in, installed or not

from forecasting import Panel, evaluate, suggest_config  # noqa: E402  # found by the line above
from forecasting.model import leading  # noqa: E402  # found by the line above
from forecasting.panel import Values  # noqa: E402  # found by the line above

LENGTH, HORIZON, BEFORE = 300, 7, 60
FOLLOWS = "follows"  # begins the name of a series that follows another
WEATHER = ["precipitation", "temp_max", "temp_min", "wind"]

Random = np.random.Generator
Series = dict[str, Values]


def autoregression(random: Random, count: int, memory: float) -> Values:
    """Standard normal innovations, remembered."""
    values = np.zeros(count)
    for step, innovation in enumerate(random.normal(size=count)):
        values[step] = memory * values[step - 1] + innovation
    return values


def week(count: int) -> Values:
    """A weekly season of three units."""
    return np.asarray(3 * np.sin(2 * np.pi * np.arange(count) / 7))


def walk(random: Random) -> Series:
    """Half of a random walk three steps ago under noise, beside another walk."""
    leads = np.cumsum(random.normal(size=LENGTH + BEFORE))
    follows = 50 + 0.5 * leads[BEFORE - 3 : -3] + 0.3 * random.normal(size=LENGTH)
    return {"leads": 100 + leads[BEFORE:], FOLLOWS: follows, "other": 100 + np.cumsum(random.normal(size=LENGTH))}


def lagged(random: Random, lag: int, share: float = 1.0) -> Series:
    """An autoregression `lag` steps ago beside an own one, both with a weekly season."""
    leads = autoregression(random, LENGTH + BEFORE, 0.6)
    follows = share * leads[BEFORE - lag : len(leads) - lag] + autoregression(random, LENGTH, 0.4)
    return {"leads": 20 + leads[BEFORE:] + week(LENGTH), FOLLOWS: 30 + follows + week(LENGTH)}


def sales(random: Random) -> Series:
    """Searches and the sales of two shops two and four days later, positive and in proportion to their level."""
    leads = 0.2 * autoregression(random, LENGTH + BEFORE, 0.7)
    season = 0.1 * week(LENGTH)
    shops = {
        f"{FOLLOWS} {lag}": np.exp(4 + season + leads[BEFORE - lag : -lag] + 0.1 * random.normal(size=LENGTH))
        for lag in (2, 4)
    }
    return {"searches": np.exp(6 + season + leads[BEFORE:]), **shops}


def two(random: Random) -> Series:
    """The sum of one series a step ago and another three steps ago."""
    leads = [autoregression(random, LENGTH + BEFORE, 0.6) for _ in range(2)]
    follows = leads[0][BEFORE - 1 : -1] + leads[1][BEFORE - 3 : -3] + 0.5 * random.normal(size=LENGTH)
    return {"first": 20 + leads[0][BEFORE:], "second": 20 + leads[1][BEFORE:], FOLLOWS: 30 + follows}


def late(random: Random) -> Series:
    """A leader by five steps of which the last two values are not known yet."""
    series = lagged(random, 5)
    return {**series, "leads": series["leads"][:-2]}


def unrelated(random: Random) -> Series:
    """Six autoregressions with a weekly season."""
    return {f"other {place}": 50 + autoregression(random, LENGTH, 0.8) + week(LENGTH) for place in range(6)}


def walks(random: Random) -> Series:
    """Five random walks."""
    return {f"other {place}": 100 + np.cumsum(random.normal(size=LENGTH)) for place in range(5)}


def shared(random: Random) -> Series:
    """Five autoregressions that share a random walk, at the same time."""
    common = np.cumsum(random.normal(size=LENGTH))
    return {f"other {place}": 100 + common + autoregression(random, LENGTH, 0.5) for place in range(5)}


KINDS: dict[str, Callable[[Random], Series]] = {
    "walk": walk,
    "a step": lambda random: lagged(random, 1),
    "six steps": lambda random: lagged(random, 6),
    "ten steps": lambda random: lagged(random, 10),
    "a little": lambda random: lagged(random, 3, 0.4),
    "sales": sales,
    "two": two,
    "late": late,
    "none": unrelated,
    "walks": walks,
    "shared": shared,
}


def panel(series: Series, seasons: Sequence[int] = (7,)) -> Panel:
    """Daily series that begin on the same day."""
    parts = []
    for name in sorted(series):
        days = pd.date_range("2020-01-01", periods=len(series[name]), freq="D").astype("datetime64[ns]")
        parts.append(pd.DataFrame({"unique_id": name, "ds": days, "y": series[name]}))
    return Panel(pd.concat(parts, ignore_index=True), "D", tuple(seasons))


@dataclasses.dataclass
class Tested:
    """What came of one panel."""

    error: Values  # [S] over the better naive one's
    coverage: float
    seconds: float
    leaders: int  # that were found, and kept


def tested(data: Panel, method: str, horizon: int, *, look: bool) -> Tested:
    """A backtest of one training, with leading series or without."""
    config = suggest_config(data)[0].replace(horizon=horizon, method=method, folds=1)
    kept = []
    of = leading.Leaders.of

    def counted(leaders: leading.Leaders, chosen: Values) -> leading.Leaders | None:
        found = of(leaders, chosen)
        kept.append(0 if found is None else int((found.places >= 0).sum()))
        return found

    find = leading.find if look else lambda *_: None
    with mock.patch.object(leading, "find", find), mock.patch.object(leading.Leaders, "of", counted):
        started = time.process_time()
        backtest = evaluate(data, config)
        seconds = time.process_time() - started
    scores = backtest.by_series()
    error = (scores["mae"] / scores["naive"]).to_numpy()
    return Tested(error, float(scores["coverage"].mean()), seconds, sum(kept))


def told(name: str, method: str, pairs: Sequence[tuple[Tested, Tested]], chosen: Values) -> None:
    """A row of the table: `pairs` without and with leading series, for the `chosen` series."""
    before = np.array([np.log(without.error[chosen]).mean() for without, _ in pairs])
    after = np.array([np.log(with_them.error[chosen]).mean() for _, with_them in pairs])
    change = after - before
    spread = change.std(ddof=1) / np.sqrt(len(change)) if len(change) > 1 else float("nan")
    coverage = [np.mean([one.coverage for one in side]) for side in zip(*pairs, strict=True)]
    seconds = [np.mean([one.seconds for one in side]) for side in zip(*pairs, strict=True)]
    leaders = np.mean([with_them.leaders for _, with_them in pairs])
    print(
        f"| {name} | {method} | {np.exp(before.mean()):.3f} | {np.exp(after.mean()):.3f} "
        f"| {100 * np.expm1(change.mean()):+.1f} ({100 * spread:.1f}) | {leaders:.1f} "
        f"| {100 * coverage[0]:.1f}, {100 * coverage[1]:.1f} | {seconds[0]:.1f}, {seconds[1]:.1f} |",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--panels", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--methods", nargs="+", choices=("recurrent", "best"), default=["recurrent", "best"])
    parser.add_argument("--weather", type=Path)
    options = parser.parse_args()
    print("| panel | method | error without | with | change in % (standard error) | leaders | 80 % | seconds |")
    print("|---|---|---|---|---|---|---|---|")
    if options.weather:
        columns = pd.read_csv(options.weather)
        data = panel({name: columns[name].to_numpy(float) for name in WEATHER}, (7, 365))
        for method in options.methods:
            for horizon in (3, 7, 14):
                pair = tested(data, method, horizon, look=False), tested(data, method, horizon, look=True)
                for place, name in enumerate(WEATHER):
                    told(f"{name}, {horizon} days", method, [pair], np.arange(len(WEATHER)) == place)
        return
    for kind in options.kinds:
        for method in options.methods:
            pairs = []
            for number in range(options.panels):
                data = panel(KINDS[kind](np.random.default_rng([options.seed, number])))
                pairs.append((tested(data, method, HORIZON, look=False), tested(data, method, HORIZON, look=True)))
            follow = np.array([name.startswith(FOLLOWS) for name in data.series_ids])
            if follow.any():
                told(f"{kind}: follow", method, pairs, follow)
            told(f"{kind}: others", method, pairs, ~follow)


if __name__ == "__main__":
    main()
