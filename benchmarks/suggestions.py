"""What suggested settings are worth: their error over that of the defaults of ForecastConfig, and over other settings.

    python benchmarks/suggestions.py                        suggested settings and fixed ones, 8 cases of each kind
    python benchmarks/suggestions.py --seed 1 --count 20    other series, other cuts in time
    python benchmarks/suggestions.py --grid                 other windows, several networks, two windows beside each
                                                            suggestion, and what would have chosen among them

The series lie beside this checkout: the training parts of M4 (hourly and weekly, whose test parts are not opened, and
sums of 4 and 13 of their weeks) and licensed series by days, weeks, months and years. Of each case a stretch is drawn
by --seed; all before its last three horizons is fitted, and every origin of these is forecast with that one fit. An
even seed draws other M4 series than an odd one. Errors are MAE over the naive forecast's, compared by geometric means;
the standard error is over the cases. One thread.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import os
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np  # noqa: E402 - after the thread counts
import numpy.typing as npt  # noqa: E402 - after the thread counts
import pandas as pd  # noqa: E402 - after the thread counts

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the checkout that this file is in, installed or not

from forecasting import ForecastConfig, Panel, fit, suggest_config  # noqa: E402 - found by the line above
from forecasting.panel import STEP  # noqa: E402 - found by the line above

SHARED = ROOT.parent / "shared" / "data"
TESTED = 3  # horizons after the cut
LEAST, MOST = 1e-3, math.e  # bounds of an error over the naive one, and of one ratio: no case outweighs the others
Values = npt.NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Kind:
    """Series of one frequency, and how many values of one are known; `together`: that many series in a panel."""

    frequency: str
    seasons: tuple[int, ...]
    series: dict[str, Values]
    known: tuple[int, int]
    together: int = 1


@dataclasses.dataclass(frozen=True)
class Case:
    """`panel` is fitted; `whole` goes on for TESTED horizons."""

    kind: str
    name: str
    panel: Panel
    whole: Panel
    horizon: int


def main() -> None:
    """Print the table that was asked for."""
    args = _parser().parse_args()
    if not SHARED.is_dir():
        sys.exit(f"suggestions.py: there is no {SHARED}.")
    fit(_panel([np.random.default_rng(0).normal(size=60)], Kind("D", (7,), {}, (0, 0))), ForecastConfig(window=8))
    results = []  # imports and what is compiled at first use are not measured
    for case in cases(args.seed, args.count, args.kind):
        results.append((beside if args.grid else against_fixed)(case))
        if args.out:
            args.out.write_text(json.dumps(results, indent=1) + "\n")
    print((_grid_table if args.grid else _fixed_table)(results))


def kinds() -> dict[str, Kind]:
    """All that is drawn from."""
    hourly, weekly = _m4("hourly"), _m4("weekly")
    days, prices, co2, sunspots = _licensed()
    sources = {**days, **prices, "co2": co2}
    weeks = {name: _array(one.resample("W").mean()) for name, one in {**days, **prices}.items()} | {"co2": _array(co2)}
    months = {name: _array(one.resample("MS").mean()) for name, one in sources.items()}
    by_day, by_price = ({name: _array(one) for name, one in part.items()} for part in (days, prices))
    return {
        "hours": Kind("h", (24, 168), hourly, (200, 600)),
        "few hours": Kind("h", (24, 168), hourly, (72, 200)),
        "weeks": Kind("W-SAT", (52,), weekly, (250, 800)),
        "few weeks": Kind("W-SAT", (52,), weekly, (60, 250)),
        "sums of 4 weeks": Kind(STEP, (13,), {name: _sums(one, 4) for name, one in weekly.items()}, (40, 400)),
        "sums of 13 weeks": Kind(STEP, (4,), {name: _sums(one, 13) for name, one in weekly.items()}, (20, 150)),
        "days": Kind("D", (7,), by_day, (400, 1000)),
        "few days": Kind("D", (7,), by_day, (40, 300)),
        "prices": Kind("B", (5,), by_price, (200, 1200)),
        "weeks of days": Kind("W-SUN", (52,), weeks, (120, 800)),
        "months": Kind("MS", (12,), months, (36, 400)),
        "years": Kind(STEP, (), {"sunspots": sunspots}, (60, 280)),
        "hours, 6 together": Kind("h", (24, 168), hourly, (200, 600), 6),
        "weeks, 6 together": Kind("W-SAT", (52,), weekly, (100, 400), 6),
    }


def cases(seed: int, count: int, only: str | None = None) -> Iterator[Case]:
    """`count` cases of each kind in turn, a quarter as many where series are together."""
    chosen = {name: kind for name, kind in kinds().items() if only in (None, name)}
    drawn = {name: _drawn(name, kind, seed) for name, kind in chosen.items()}
    for turn in range(count):
        for name, kind in chosen.items():
            if (kind.together == 1 or turn % 4 == 0) and (case := next(drawn[name], None)) is not None:
                yield case


def _drawn(name: str, kind: Kind, seed: int) -> Iterator[Case]:
    """Cases of one kind, until nine hundred draws."""
    random = np.random.default_rng([seed, zlib.crc32(name.encode())])
    names = sorted(kind.series)
    if len(names) > 20:  # M4
        names = [one for one in names if zlib.crc32(one.encode()) % 2 == seed % 2]
    for _ in range(900):
        if (case := _case(name, kind, names, random)) is not None:
            yield case


def _case(name: str, kind: Kind, names: list[str], random: np.random.Generator) -> Case | None:
    """One that is drawn; None where the series are too short for it or do not move."""
    low, high = np.log(kind.known)
    length = int(np.exp(random.uniform(low, high)))
    chosen = [str(one) for one in random.choice(names, kind.together, replace=False)]
    horizon = suggest_config(_panel([np.arange(length, dtype=np.float64)], kind))[0].horizon
    total = length + TESTED * horizon
    parts = []
    for one in chosen:
        values = kind.series[one]
        if len(values) < total:
            return None
        end = int(random.integers(total, len(values) + 1))
        part = values[end - total : end]
        step = float(np.abs(np.diff(part[:length])).mean())
        if not step:
            return None
        parts.append(part / step)  # series of a panel count alike in its mean error
    return Case(name, ", ".join(chosen), _panel([one[:length] for one in parts], kind), _panel(parts, kind), horizon)


def _panel(parts: list[Values], kind: Kind) -> Panel:
    steps = np.arange(len(parts[0]))
    ds = steps if kind.frequency == STEP else pd.date_range("1960-01-03", periods=len(steps), freq=kind.frequency)
    frames = [pd.DataFrame({"unique_id": f"s{i:03}", "ds": ds, "y": values}) for i, values in enumerate(parts)]
    return Panel(pd.concat(frames, ignore_index=True), kind.frequency, kind.seasons)


def _measure(case: Case, config: ForecastConfig) -> dict[str, Any]:
    """Errors over the naive one, and processor seconds of the fit."""
    began = time.process_time()
    forecaster = fit(case.panel, config.replace(horizon=case.horizon))
    seconds = time.process_time() - began
    methods = forecaster.backtest(case.whole, int(case.panel.lengths[0])).scores["methods"]
    naive = max(methods["naive"]["mae"], 1e-9)
    error = {name: max(methods[name]["mae"] / naive, LEAST) for name in ("forecast", "recurrent") if name in methods}
    held_out = forecaster.training.get("held_out_errors")
    return {"window": config.window, "seconds": seconds, "error": error, "held_out": held_out}


# Suggested and fixed settings


def against_fixed(case: Case) -> dict[str, Any]:
    """The suggestion and the defaults of ForecastConfig with the same horizon."""
    began = time.process_time()
    suggested = suggest_config(case.panel)[0]
    seconds = time.process_time() - began
    runs = {"fixed": _measure(case, ForecastConfig()), "suggested": _measure(case, suggested)}
    return {"kind": case.kind, "name": case.name, "length": int(case.panel.lengths[0]), "suggest": seconds, **runs}


def _fixed_table(results: list[dict[str, Any]]) -> str:
    lines = [
        "| series | cases | fixed, over naive | suggested, over naive | suggested over fixed (standard error) | better"
        " | ms to suggest | fit s, fixed | fit s, suggested |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for kind in [*dict.fromkeys(one["kind"] for one in results), None]:
        some = [one for one in results if kind in (None, one["kind"])]
        fixed, suggested = ([one[name]["error"]["forecast"] for one in some] for name in ("fixed", "suggested"))
        logs = np.clip(np.log(suggested) - np.log(fixed), -math.log(MOST), math.log(MOST))
        seconds = [float(np.mean([one[name]["seconds"] for one in some])) for name in ("fixed", "suggested")]
        cells = [
            kind or "all", len(some), f"{_mean(fixed):.3f}", f"{_mean(suggested):.3f}", _ratio(logs),
            f"{100 * float((logs < 0).mean()):.0f} %", f"{1000 * np.median([one['suggest'] for one in some]):.0f}",
            *(f"{one:.2f}" for one in seconds),
        ]  # fmt: skip
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def _mean(errors: list[float]) -> float:
    return float(np.exp(np.log(errors).mean()))


def _ratio(logs: Values) -> str:
    return f"{math.exp(logs.mean()):.3f} ({logs.std() / math.sqrt(len(logs)):.3f})"


# Other settings beside the suggested ones


def beside(case: Case) -> dict[str, Any]:
    """The usual window and others, three networks, and a network of half the window beside it."""
    suggested, reasons = suggest_config(case.panel)
    usual = reasons["window"].values.get("usual", suggested.window)
    base = suggested.replace(method="best", window=usual)  # its fit forecasts with the network alone, too
    most = max(1, (int(case.panel.lengths[0]) - 2 * case.horizon - 8) // 2)
    others = dict.fromkeys(int(factor * base.window) for factor in (0.5, 2))
    changes: dict[str, dict[str, Any]] = {"usual": {}}
    changes |= {f"window {other}": {"window": other} for other in others if 4 <= other <= most}
    changes |= {"3 networks": {"members": 3}, "2 windows": {"lookbacks": [max(4, base.window // 2)]}}
    runs = {name: _measure(case, base.replace(**change)) for name, change in changes.items()}
    length = int(case.panel.lengths[0])
    return {"kind": case.kind, "name": case.name, "length": length, "suggested": suggested.window, "runs": runs}


def _grid_table(results: list[dict[str, Any]]) -> str:
    """Each rule picks one of the runs of a case; its error over that with the usual window and one network."""
    rules: dict[str, Callable[[dict[str, Any]], str | None]] = {
        "window as suggested": lambda one: _of_window(one, one["suggested"]),
        "half the window": lambda one: _of_window(one, one["runs"]["usual"]["window"] // 2),
        "twice the window": lambda one: _of_window(one, 2 * one["runs"]["usual"]["window"]),
        "window by the network's own held-out error": _by_held_out,
        "best window in hindsight": lambda one: min(_windows(one), key=lambda name: _error(one, name, "recurrent")),
        "3 networks": lambda _: "3 networks",
        "2 windows": lambda _: "2 windows",
    }
    lines = [
        "| instead of the usual window | cases | changed | network's error (standard error) | where changed |"
        " `best` (standard error) | where changed | fit seconds |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, rule in rules.items():
        picked = [(one, chosen) for one in results if (chosen := rule(one)) is not None]
        if not picked:
            continue
        moved = [pair for pair in picked if pair[1] != "usual"]
        cells = [name, str(len(picked)), str(len(moved))]
        for method in ("recurrent", "forecast"):
            cells += [_over_usual(part, method) for part in (picked, moved)]
        times = [one["runs"][chosen]["seconds"] / one["runs"]["usual"]["seconds"] for one, chosen in picked]
        lines.append("| " + " | ".join([*cells, f"x{np.median(times):.2f}"]) + " |")
    return "\n".join(lines)


def _over_usual(picked: list[tuple[dict[str, Any], str]], method: str) -> str:
    logs = [math.log(_error(one, chosen, method) / _error(one, "usual", method)) for one, chosen in picked]
    return _ratio(np.clip(logs, -math.log(MOST), math.log(MOST))) if logs else ""


def _error(one: dict[str, Any], name: str, method: str) -> float:
    error = one["runs"][name]["error"]
    return float(error.get(method, error["forecast"]))


def _windows(one: dict[str, Any]) -> list[str]:
    return [name for name in one["runs"] if name == "usual" or name.startswith("window")]


def _of_window(one: dict[str, Any], window: int) -> str | None:
    return next((name for name in _windows(one) if one["runs"][name]["window"] == window), None)


def _by_held_out(one: dict[str, Any]) -> str:
    errors = {name: held["whole"] for name in _windows(one) if (held := one["runs"][name]["held_out"])}
    best = min(errors, key=lambda name: errors[name], default="usual")
    return best if best in errors and errors[best] < 0.99 * errors.get("usual", 0.0) else "usual"


# Series


def _m4(name: str) -> dict[str, Values]:
    frame = pd.read_csv(SHARED / "m4" / f"{name}_train.csv")
    return {str(one): part.to_numpy(float) for one, part in frame.groupby("unique_id")["y"]}


def _licensed() -> tuple[dict[str, pd.Series], dict[str, pd.Series], pd.Series, Values]:
    """(Series by days, prices by days, CO2 by weeks, sunspots by years)."""
    weather = _read("vega_seattle_weather_daily.csv", "date")
    days = {"births": _read("R_fivethirtyeight_US_births_2000_2007.csv", "date")["births"]}
    days |= {name: weather[name] for name in ("temp_max", "precipitation", "wind")}
    files = {"wti": ("Date", "Price"), "natgas": ("Date", "Price"), "vix": ("DATE", "CLOSE")}
    prices = {name: _read(f"{name}_daily.csv", index)[column].dropna() for name, (index, column) in files.items()}
    co2 = _read("sm_co2.csv", 0)["co2"].interpolate()
    sunspots = pd.read_csv(SHARED / "series" / "sm_sunspots.csv")["SUNACTIVITY"].to_numpy(float)
    return days, prices, co2, sunspots


def _read(name: str, index: str | int) -> pd.DataFrame:
    frame = pd.read_csv(SHARED / "series" / name, index_col=index)
    return frame.set_axis(pd.to_datetime(frame.index))


def _array(values: pd.Series) -> Values:
    return values.dropna().to_numpy(float)


def _sums(values: Values, size: int) -> Values:
    count = len(values) // size
    return np.asarray(values[len(values) - count * size :].reshape(count, size).sum(axis=1))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=8, help="cases of each kind")
    parser.add_argument("--kind", help="only this one")
    parser.add_argument("--grid", action="store_true", help="other settings beside the suggested ones")
    parser.add_argument("--out", type=Path, help="a file for all results")
    return parser


if __name__ == "__main__":
    main()
