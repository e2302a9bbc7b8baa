"""How accurate the forecasts are, as the M4 competition measured it, and what else is claimed of them.

    python benchmarks/accuracy.py                                    the M4 folder beside this checkout
    python benchmarks/accuracy.py FOLDER --method recurrent best --seeds 0 1 2 --out accuracy.json
    python benchmarks/accuracy.py sales.csv --horizon 14 --season 7  the last 14 values of each series held out
    python benchmarks/accuracy.py --honesty 100                      verdicts on random walks and on clear seasons
    python benchmarks/accuracy.py --prices                           the six shared series: backtest and verdict
    python benchmarks/accuracy.py --update                           update() against fitting anew
    python benchmarks/accuracy.py --scale 10 100 1000                seconds a series and memory

FOLDER holds NAME_train.csv and NAME_test.csv in long form (unique_id, ds, y); the test continues the training part and
is never seen by a fit. The season of hourly, daily, weekly, monthly, quarterly and yearly is known; --season and --lag
give that of others (--lag is the one of MASE and Naive2: 1 for weeks, as in the competition). Settings are those that
`suggest_config` gives, but for what the command line says. Each fit has a process of its own with one thread; seconds
are those of suggest_config and fit, imports and reading apart. With several seeds: the median (lowest to highest).

Metrics: Makridakis, Spiliotis and Assimakopoulos, "The M4 Competition" (IJF 36, 2020). sMAPE and MASE are means over
the series, OWA the mean of their ratios to Naive2's, MSIS the interval score over MASE's scale.

Axes: S series, H horizon.
"""

from __future__ import annotations

import argparse
import collections
import dataclasses
import json
import math
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the checkout that this file is in, installed or not

from benchmarks.scoring import Held, Result, Values, scores  # noqa: E402  # found by the line above
from benchmarks.speed import (  # noqa: E402  # found by the line above
    SHARED,
    SHARED_SERIES,
    Task,
    peak_mb,
    read_tasks,
    spread,
    timed,
    versions,
)
from forecasting import (  # noqa: E402  # found by the line above
    ForecastConfig,
    Panel,
    evaluate,
    fit,
    read_table,
    suggest_config,
    to_panel,
)
from forecasting.config import METHODS  # noqa: E402  # found by the line above
from forecasting.errors import ForecastingError  # noqa: E402  # found by the line above
from forecasting.panel import STEP  # noqa: E402  # found by the line above

M4 = ROOT.parent / "shared" / "data" / "m4"
SEASONS = {  # season to forecast with, lag of MASE and Naive2
    "hourly": (24, 24),
    "daily": (7, 1),
    "weekly": (52, 1),
    "monthly": (12, 12),
    "quarterly": (4, 4),
    "yearly": (1, 1),
}
COMPUTES = ("statsforecast", "scikit-learn")  # beside torch, where they are installed
NO_SKILL = "same"  # the verdict "no better than repeating the last value"


def main() -> None:
    """Print the tables of one mode."""
    if sys.argv[1:] == ["--job"]:
        job = json.load(sys.stdin)
        sys.stdout.write("\n" + json.dumps(JOBS[job.pop("job")](**job)) + "\n")
        return
    args = _parser().parse_args()
    mode = next((mode for mode in (honesty, update, scale, prices) if getattr(args, mode.__name__)), accuracy)
    try:
        tables, results = mode(args)
    except (ForecastingError, OSError) as error:
        sys.exit(f"accuracy.py: {error}")
    command = shlex.join(["python", "benchmarks/accuracy.py", *sys.argv[1:]])
    print(f"`{command}`: {versions(COMPUTES)}; {os.cpu_count()} cores, one thread a process.\n\n{tables}")
    if args.out:
        document = {"command": command, "versions": versions(COMPUTES), "results": results}
        args.out.write_text(json.dumps(document, indent=1) + "\n")


def accuracy(args: argparse.Namespace) -> tuple[str, list[Result]]:
    """Fits on what precedes the held-out values, a table for each set."""
    tables, results = [], []
    with tempfile.TemporaryDirectory() as folder:
        for held in _held(args, Path(folder)):
            runs: dict[str, list[Result]] = {}
            jobs = [
                {
                    "job": "forecast",
                    "train": str(held.train),
                    "season": held.season,
                    "settings": {"horizon": held.truth.shape[1], "levels": args.level, "method": method, "seed": seed},
                    "folder": str(Path(folder, f"{len(tables)}-{method}-{seed}")),
                }
                for method in args.method or METHODS
                for seed in args.seeds
            ]
            for job, done in zip(jobs, _run_all(jobs, args.jobs or 1), strict=True):
                method, about = job["settings"]["method"], {"set": held.name, "seed": job["settings"]["seed"]}
                forecast, members = _forecasts(held, Path(job["folder"]))
                bounds = {n: (forecast[f"forecast-lo-{n}"], forecast[f"forecast-hi-{n}"]) for n in args.level}
                run = about | {"forecast": method} | scores(held, forecast["forecast"], bounds) | done
                runs.setdefault(method, []).append(run)
                for name, member in members.items():
                    if np.array_equal(member, forecast["forecast"]) or not np.isfinite(member).any():
                        continue
                    run = about | {"forecast": f"{method}: {name}"} | scores(held, member, {})
                    runs.setdefault(run["forecast"], []).append(run)
            for name, reference in held.references.items():
                runs[name] = [{"set": held.name, "forecast": name} | scores(held, reference, {})]
            tables.append(_accuracy_table(held, runs, sorted(args.level)))
            results += [run for of_forecast in runs.values() for run in of_forecast]
    return "\n\n".join(tables), results


def _held(args: argparse.Namespace, folder: Path) -> Iterator[Held]:
    """The sets that the command line names."""
    if not args.inputs and not M4.is_dir():
        sys.exit("accuracy.py: name a folder of NAME_train.csv and NAME_test.csv, or a file with --horizon.")
    for given in map(Path, args.inputs or [M4]):
        trains = sorted(given.glob("*_train.csv")) if given.is_dir() else [given]
        if not trains:
            sys.exit(f"accuracy.py: there is no NAME_train.csv in {given}.")
        for train in trains:
            name = train.stem.removesuffix("_train")
            season, lag = SEASONS.get(name.lower(), (None, None))
            season = args.season or season
            partner = train.with_name(f"{name}_test.csv")
            if not train.exists():
                sys.exit(f"accuracy.py: there is no {train}.")
            if train.stem.endswith("_train") and partner.exists():
                panel, test = _read(train, season), _read(partner, season).frame
            elif args.horizon:
                panel, test, train = _hold_out(train, season, args.horizon, folder)
            else:
                sys.exit(f"accuracy.py: {train} has no {partner.name} beside it; give --horizon to hold values out.")
            lag = args.lag or lag or season or min(panel.seasons, default=1)
            rows = test.groupby("unique_id", sort=False).size()
            if rows.index.tolist() != panel.series_ids or rows.nunique() != 1:
                sys.exit(f"accuracy.py: the test of {name} needs the same series, and as many values of each.")
            yield Held(name, train, season, lag, panel.values(), test[["unique_id", "ds", "y"]])


def _read(path: Path, season: int | None) -> Panel:
    return _with_season(to_panel(read_table(path.read_bytes(), path.name))[0], season)


def _with_season(panel: Panel, season: int | None) -> Panel:
    return panel if season is None else dataclasses.replace(panel, seasons=(season,) if season > 1 else ())


def _hold_out(path: Path, season: int | None, horizon: int, folder: Path) -> tuple[Panel, pd.DataFrame, Path]:
    """(training part, last `horizon` steps of each series, file with the training part alone)."""
    panel, report = to_panel(read_table(path.read_bytes(), path.name))
    frame = panel.frame[["unique_id", "ds", "y"]].copy()
    left = frame.groupby("unique_id").cumcount(ascending=False)
    length = frame.groupby("unique_id")["y"].transform("size")
    if short := frame.loc[length <= horizon, "unique_id"].nunique():
        sys.stderr.write(f"{short} series of {path.name} have no more than {horizon} values and are left out\n")
    train, test = frame[(length > horizon) & (left >= horizon)], frame[(length > horizon) & (left < horizon)]
    if train.empty:
        sys.exit(f"accuracy.py: no series of {path.name} has more than {horizon} values.")
    key = ["unique_id", "ds"]
    measured = ~test.set_index(key).index.isin(report.filled.set_index(key).index)
    kept = Path(tempfile.mkdtemp(dir=folder), path.with_suffix(".csv").name)
    train.to_csv(kept, index=False)
    return _read(kept, season), test.assign(y=test["y"].where(measured)), kept


def _forecasts(held: Held, folder: Path) -> tuple[dict[str, Values], dict[str, Values]]:
    """({column: [S, H]} of the forecast, and of its members; NaN where a series has none)."""
    tables: list[dict[str, Values]] = []
    for name in ("forecast", "members"):
        path = folder / f"{name}.parquet"
        frame = pd.read_parquet(path) if path.exists() else held.test[["unique_id", "ds"]]
        # By the text of the names, as the Panel sorts them; a forecast of other steps is a defect.
        assert frame["unique_id"].tolist() == held.test["unique_id"].tolist(), path
        assert frame["ds"].tolist() == held.test["ds"].tolist(), path
        columns = [column for column in frame.columns if column not in ("unique_id", "ds")]
        tables.append({column: frame[column].to_numpy(float).reshape(len(held.history), -1) for column in columns})
    return tables[0], tables[1]


def _forecast_job(train: str, season: int | None, settings: Result, folder: str) -> Result:
    import torch  # noqa: F401  # what an import takes is not measured

    panel, target = _read(Path(train), season), Path(folder)
    target.mkdir()
    with timed() as fitting:
        forecaster = fit(panel, _suggested(panel, settings))
    with timed() as predicting:
        forecast = forecaster.predict()
    done = dataclasses.asdict(fitting) | {"predict_seconds": predicting.seconds, "peak_mb": peak_mb()}
    pd.DataFrame(forecast).to_parquet(target / "forecast.parquet")
    forecaster.predict_members().to_parquet(target / "members.parquet")
    return done | {"settings": forecaster.config.to_dict()}


def _accuracy_table(held: Held, runs: dict[str, list[Result]], levels: list[int]) -> str:
    top = levels[-1]
    count, horizon = held.truth.shape
    constant = int(np.isnan(held.scale).sum())
    lines = [
        f"{held.name}: {count:,} series, {sum(map(len, held.history)):,} values, {horizon} steps ahead, "
        f"MASE and Naive2 at lag {held.lag}; seeds of each forecast: {max(map(len, runs.values()))}."
        + (f" {constant} series without a scale have no MASE and MSIS." if constant else ""),
        "",
        f"| forecast | sMAPE | MASE | OWA | {top} % MSIS |"
        + "".join(f" {level} % coverage (standard error) |" for level in reversed(levels))
        + " MASE below Naive2's | MAE below naive's | fit seconds | of the processor | predict seconds | peak MB |",
        "|---|" + "---|" * (10 + len(levels)),
    ]
    for name, of_forecast in runs.items():
        shares = [
            _cell(of_forecast, f"below {one}", ".1f", 100, " %") if name != one else "" for one in ("Naive2", "naive")
        ]
        covered = [_covered(of_forecast, level) for level in reversed(levels)]
        some = of_forecast[0]["series"]
        shown = name if some == count else f"{name} ({some:,} series)"
        cells = [
            *(_cell(of_forecast, key, digits) for key, digits in (("smape", ".3f"), ("mase", ".3f"), ("owa", ".3f"))),
            _cell(of_forecast, f"msis {top}", ".2f"),
            *covered,
            *shares,
            *(_cell(of_forecast, key, ".1f") for key in ("seconds", "processor", "predict_seconds")),
            _cell(of_forecast, "peak_mb", ".0f"),
        ]
        lines.append(f"| {shown} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _covered(runs: list[Result], level: int) -> str:
    """Coverage in percent with the median of its standard errors."""
    share = _cell(runs, f"coverage {level}", ".1f", 100, " %")
    if f"coverage {level} se" not in runs[0]:
        return share
    error = statistics.median(run[f"coverage {level} se"] for run in runs)
    return f"{share} (± {100 * error:.1f})"


def _cell(runs: list[Result], key: str, digits: str, times: float = 1, unit: str = "") -> str:
    return spread([times * run[key] for run in runs], digits) + unit if key in runs[0] else ""


# Verdicts


def honesty(args: argparse.Namespace) -> tuple[str, list[Result]]:
    """Verdicts on series that are known to have nothing to forecast, and a season to forecast."""
    workers = args.jobs or os.cpu_count() or 1
    kinds = {"random walk": (NO_SKILL, "called a random walk"), "season": ("better", "called skilful")}
    shares = [(kind, range(args.honesty)[part::workers]) for kind in kinds for part in range(workers)]
    jobs = [
        {"job": "honesty", "kind": kind, "seeds": list(seeds), "method": method}
        for method in args.method or [None]
        for kind, seeds in shares
        if seeds
    ]
    results = [verdict for done in _run_all(jobs, workers) for verdict in done["verdicts"]]
    lines = [
        "Random walks of 1,000 days, and 700 days of a week's pattern with noise of half its deviation; suggested "
        "settings. Intervals: Wilson, 95 %.",
        "",
        "| series | method | called | share | verdicts |",
        "|---|---|---|---|---|",
    ]
    for method in sorted({one["method"] for one in results}):
        for kind, (right, words) in kinds.items():
            verdicts = [one for one in results if one["kind"] == kind and one["method"] == method]
            hits = sum(random_walk(one) if right == NO_SKILL else one["grade"] == right for one in verdicts)
            low, high = wilson(hits, len(verdicts))
            keys = collections.Counter(f"{one['grade']}: {one['key']}" for one in verdicts).most_common()
            listed = ", ".join(f"{key} {count}" for key, count in keys)
            share = f"{100 * hits / len(verdicts):.1f} % ({100 * low:.1f} to {100 * high:.1f})"
            lines.append(f"| {kind} | {method} | {hits} of {len(verdicts)} {words} | {share} | {listed} |")
    return "\n".join(lines), results


def random_walk(verdict: Result) -> bool:
    """Whether a verdict is that nothing beats the last value, rather than that a season does or origins are too few."""
    return verdict["grade"] == NO_SKILL and verdict["key"].split("-")[0] == NO_SKILL and "season" not in verdict["key"]


def wilson(hits: int, count: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson, JASA 22, 1927)."""
    square = 1.959964**2
    centre = (hits + square / 2) / (count + square)
    reach = math.sqrt(square * (hits * (count - hits) / count + square / 4)) / (count + square)
    return centre - reach, centre + reach


def _honesty_job(kind: str, seeds: list[int], method: str | None) -> Result:
    verdicts = []
    for seed in seeds:
        random = np.random.default_rng(seed)
        if kind == "random walk":
            values = 100 + np.cumsum(random.standard_normal(1000))
        else:
            pattern = random.standard_normal(7)
            pattern = (pattern - pattern.mean()) / pattern.std()
            values = 100 + 10 * pattern[np.arange(700) % 7] + random.normal(0, 5, 700)
        days = pd.date_range("2020-01-01", periods=len(values))
        data = pd.DataFrame({"ds": days, "y": values}).to_csv(index=False).encode()
        panel, _ = to_panel(read_table(data, f"{kind}.csv"))
        config = _suggested(panel, {"horizon": 14, "method": method})
        backtest = evaluate(panel, config)
        verdict = backtest.verdict
        verdicts.append(
            {"kind": kind, "seed": seed, "method": config.method, "grade": verdict.grade, "key": verdict.key}
            | {"skill": backtest.scores["methods"]["forecast"]["skill"], "interval": backtest.scores["skill_interval"]}
        )
        sys.stderr.write(f"{kind} {seed}: {verdict.key}\n")
    return {"verdicts": verdicts}


def _suggested(panel: Panel, given: Result) -> ForecastConfig:
    return suggest_config(panel)[0].replace(**{name: value for name, value in given.items() if value is not None})


def prices(args: argparse.Namespace) -> tuple[str, list[Result]]:
    """Backtests of the shared series, prices first, or of the files named."""
    files = [(Path(one).stem, Path(one), None) for one in args.inputs] or [
        (name, SHARED / SHARED_SERIES[name][0], SHARED_SERIES[name][1])
        for name in sorted(SHARED_SERIES, key=lambda name: name not in ("wti", "natgas", "vix"))
        if SHARED.is_dir()
    ]
    if not files:
        sys.exit("accuracy.py: name one or more files; the shared series are not beside this checkout.")
    given = {"season": args.season, "last": args.last, "horizon": args.horizon}
    jobs = [
        {"job": "prices", "name": name, "path": str(path), "column": column, "method": method, "seed": seed} | given
        for name, path, column in files
        for method in args.method or [None]
        for seed in args.seeds
    ]
    results = _run_all(jobs, args.jobs or 1)
    lines = [
        "Backtests with suggested settings over the last fifth of each series. The standard error of the coverage "
        "takes origins a horizon apart as independent.",
        "",
        "| series | method | values | origins | horizon | MAE / naive's | skill | its 95 % interval "
        "| 95 % coverage (standard error) | verdict | seconds |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, method in dict.fromkeys((one["series"], one["method"]) for one in results):
        runs = [one for one in results if (one["series"], one["method"]) == (name, method)]
        middle = sorted(runs, key=lambda run: run["skill"])[(len(runs) - 1) // 2]
        low, high = (math.nan if end is None else 100 * end for end in middle["skill_interval"])
        skill = _cell(runs, "skill", "+.1f", 100, " %")
        listed = ", ".join(
            key if len(runs) == 1 else f"{key} {count}"
            for key, count in collections.Counter(run["verdict"] for run in runs).most_common()
        )
        lines.append(
            f"| {name} | {method} | {middle['values']:,} | {middle['origins']:,} | {middle['horizon']} "
            f"| {_cell(runs, 'ratio', '.3f')} | {skill} | {low:+.1f} to {high:+.1f} % "
            f"| {_covered(runs, 95)} | {listed} | {_cell(runs, 'seconds', '.1f')} |"
        )
    return "\n".join(lines), results


def _prices_job(
    name: str,
    path: str,
    column: str | None,
    method: str | None,
    seed: int,
    season: int | None,
    last: int | None,
    horizon: int | None,
) -> Result:
    import torch  # noqa: F401  # what an import takes is not measured

    panel, _ = to_panel(read_table(Path(path).read_bytes(), Path(path).name), target=column)
    panel = _with_season(panel, season)
    if last:
        panel = dataclasses.replace(panel, frame=panel.frame.groupby("unique_id").tail(last).reset_index(drop=True))
    config = _suggested(panel, {"method": method, "seed": seed, "horizon": horizon})
    config = config.replace(levels=sorted({*config.levels, 95}))
    with timed() as taken:
        backtest = evaluate(panel, config)
    scored, methods = backtest.scores, backtest.scores["methods"]
    inside = scored["coverage"]["95"]
    error = math.sqrt(inside * (1 - inside) / max(1.0, scored["origins"] / config.horizon))
    return {
        "series": name,
        "method": config.method,
        "seed": seed,
        "values": int(panel.lengths.sum()),
        "horizon": config.horizon,
        "origins": scored["origins"],
        "ratio": methods["forecast"]["mae"] / methods["naive"]["mae"],
        "skill": methods["forecast"]["skill"],
        "skill_interval": scored["skill_interval"],
        "coverage 95": inside,
        "coverage 95 se": error,
        "verdict": backtest.verdict.key,
        "grade": backtest.verdict.grade,
        "text": backtest.verdict.text,
    } | dataclasses.asdict(taken)


# New values, and many series


def update(args: argparse.Namespace) -> tuple[str, list[Result]]:
    """A forecaster of the first 80 % that is updated to 90 %, against one that is fitted anew."""
    from forecasting import Forecaster

    if not hasattr(Forecaster, "update"):
        sys.exit("accuracy.py: this Tidecast has no Forecaster.update.")
    tasks = read_tasks(args.inputs, None, shortest=300)
    if args.season:
        tasks = [dataclasses.replace(task, seasons=(args.season,)) for task in tasks]
    jobs = [
        {"job": "update", "method": method}
        | {"task": dataclasses.asdict(task) | {"values": task.values.tolist(), "seed": seed}}
        | {"horizon": args.horizon or task.horizon}
        for task in tasks
        for method in args.method or [None]
        for seed in args.seeds
    ]
    results = _run_all(jobs, args.jobs or 1)
    lines = [
        "Fitted on the first 80 % of the last 2,500 values, then updated with the first 90 %; MAE over every origin of "
        "the last 10 %. `as it was`: without the update.",
        "",
        "| series | method | origins | MAE, updated | fitted anew | updated / anew | as it was | naive "
        "| update seconds | fit seconds | update / fit |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, method in dict.fromkeys((one["series"], one["method"]) for one in results):
        runs = [one for one in results if (one["series"], one["method"]) == (name, method)]
        keys = (("updated", ".4g"), ("fresh", ".4g"), ("ratio", ".3f"), ("stale", ".4g"), ("naive", ".4g"))
        keys += (("update_seconds", ".2f"), ("fit_seconds", ".2f"), ("time_ratio", ".2f"))
        cells = " | ".join(_cell(runs, key, digits) for key, digits in keys)
        lines.append(f"| {name} | {method} | {runs[0]['origins']:,} | {cells} |")
    return "\n".join(lines), results


def _update_job(task: Result, method: str | None, horizon: int) -> Result:
    import torch  # noqa: F401  # what an import takes is not measured

    one = Task(**task | {"values": np.array(task["values"]), "seasons": tuple(task["seasons"])})

    def panel(count: int) -> Panel:
        frame = pd.DataFrame({"unique_id": one.name, "ds": np.arange(count), "y": one.values[:count]})
        return Panel(frame, STEP, one.seasons)

    count = len(one.values)
    early, late = panel(one.split), panel(int(0.9 * count))
    config = _suggested(early, {"method": method, "seed": one.seed, "horizon": horizon})
    stale = fit(early, config)
    with timed() as updating:
        updated = stale.update(late)
    with timed() as fitting:
        fresh = fit(late, config)
    full, start = panel(count), int(0.9 * count)
    backtests = {
        name: forecaster.backtest(full, start).scores
        for name, forecaster in (("updated", updated), ("fresh", fresh), ("stale", stale))
    }
    errors = {name: scored["methods"]["forecast"]["mae"] for name, scored in backtests.items()}
    return {
        "series": one.name,
        "method": config.method,
        "seed": one.seed,
        "origins": backtests["fresh"]["origins"],
        **errors,
        "naive": backtests["fresh"]["methods"]["naive"]["mae"],
        "ratio": errors["updated"] / errors["fresh"],
        "update_seconds": updating.seconds,
        "update_processor": updating.processor,
        "fit_seconds": fitting.seconds,
        "fit_processor": fitting.processor,
        "time_ratio": updating.seconds / fitting.seconds,
    }


def scale(args: argparse.Namespace) -> tuple[str, list[Result]]:
    """How seconds and memory grow with the number of series."""
    jobs = [
        {"job": "scale", "count": count, "method": method, "seed": seed}
        for count in args.scale
        for method in args.method or [None]
        for seed in args.seeds
    ]
    results = _run_all(jobs, args.jobs or 1)
    lines = [
        "Panels of daily series of 200 values, each with a weekly pattern of its own; suggested settings.",
        "",
        "| series | method | fit seconds | of the processor | fit, ms a series | predict seconds "
        "| predict, ms a series | peak MB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for count, method in dict.fromkeys((one["series"], one["method"]) for one in results):
        runs = [one for one in results if (one["series"], one["method"]) == (count, method)]
        lines.append(
            f"| {count:,} | {method} | {_cell(runs, 'seconds', '.2f')} | {_cell(runs, 'processor', '.2f')} "
            f"| {_cell(runs, 'seconds', '.2f', 1000 / count)} | {_cell(runs, 'predict_seconds', '.3f')} "
            f"| {_cell(runs, 'predict_seconds', '.3f', 1000 / count)} | {_cell(runs, 'peak_mb', '.0f')} |"
        )
    return "\n".join(lines), results


def _scale_job(count: int, method: str | None, seed: int) -> Result:
    import torch  # noqa: F401  # what an import takes is not measured

    random, length = np.random.default_rng(seed), 200
    pattern = random.standard_normal((count, 7))[:, np.arange(length) % 7]  # [S, T]
    amplitude = random.lognormal(1, 0.5, (count, 1))
    values = 50 + amplitude * (pattern + 0.3 * random.standard_normal((count, length)))
    names = np.array([f"S{i:06d}" for i in range(count)], dtype=object)
    days = pd.date_range("2024-01-01", periods=length)
    frame = pd.DataFrame({"unique_id": names.repeat(length), "ds": np.tile(days, count), "y": values.reshape(-1)})
    panel = Panel(frame, "D", (7,))
    with timed() as fitting:
        config = _suggested(panel, {"method": method, "seed": seed})
        forecaster = fit(panel, config)
    with timed() as predicting:
        forecaster.predict()
    done = {"series": count, "method": config.method, "seed": seed, "peak_mb": peak_mb()}
    return done | dataclasses.asdict(fitting) | {"predict_seconds": predicting.seconds}


# Processes


JOBS = {
    "forecast": _forecast_job,
    "honesty": _honesty_job,
    "prices": _prices_job,
    "update": _update_job,
    "scale": _scale_job,
}


def _run_all(jobs: list[Result], workers: int) -> list[Result]:
    """What each job returned, in their order; `workers` at a time, each in a process of its own with one thread."""
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(_run, jobs))


def _run(job: Result) -> Result:
    shown = {name: value for name, value in job.items() if name not in ("task", "folder", "seeds")}
    sys.stderr.write(f"{json.dumps(shown)}\n")
    done = subprocess.run(
        [sys.executable, __file__, "--job"],
        input=json.dumps(job),
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
        encoding="utf-8",
    )
    result: Result = json.loads(done.stdout.splitlines()[-1])
    return result


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("inputs", nargs="*", metavar="FOLDER_OR_FILE", help="default: the shared data")
    modes = parser.add_mutually_exclusive_group()
    modes.add_argument("--honesty", type=int, metavar="N", help="verdicts on N random walks and N clear seasons")
    modes.add_argument("--update", action="store_true", help="update() against fitting anew")
    modes.add_argument("--scale", type=int, nargs="+", metavar="N", help="panels of so many series")
    modes.add_argument("--prices", action="store_true", help="backtest and verdict of single series")
    parser.add_argument("--method", nargs="+", metavar="METHOD", help="default: all of them; in a mode, the suggested")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--level", type=int, nargs="+", default=[50, 80, 95], help="of the intervals, percent")
    parser.add_argument("--horizon", type=int, help="values of each series to hold out; steps ahead")
    parser.add_argument("--season", type=int, help="in steps; default: known from the name, else from the calendar")
    parser.add_argument("--lag", type=int, help="of MASE and Naive2; default: the competition's, else the season")
    parser.add_argument("--last", type=int, metavar="N", help="with --prices: only the last N values")
    parser.add_argument("--jobs", type=int, help="processes at a time; default: 1, with --honesty as many as cores")
    parser.add_argument("--out", type=Path, metavar="JSON", help="every run, for machines to read")
    return parser


if __name__ == "__main__":
    main()
