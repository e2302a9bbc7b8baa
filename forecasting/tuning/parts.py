"""The parts of a search, each a few trainings that need nothing of the others, and what follows from them.

Stages, each begun when the one before has ended: `default` seeds and the first round of trials; the later rounds;
the best few again with other seeds; the one that is then best, and the default, on the folds that no stage before has
seen. The name of a part says all that it depends on beside the data and the config.

    d.3                 the default with its third seed
    t7.0.c8.2.34.123-5.34        trial 7 at the point of this code
    a2.7.0.c8...        the point of trial 7 again, with its second seed
    h2.3, h2.3.7.0...   held out: fold 3 with the second seed, of the default and of trial 7
"""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from forecasting import work
from forecasting.config import ForecastConfig
from forecasting.errors import Cancelled, DataError, ForecastingError
from forecasting.folds import evaluate_fold, gather
from forecasting.messages import Message
from forecasting.panel import Panel
from forecasting.progress import OnProgress, Progress
from forecasting.tuning import points
from forecasting.tuning.points import Point
from forecasting.tuning.search_part import search_part
from forecasting.tuning.space import TuneConfig

SEEDS = 5  # of the default, by which its noise is told
AGAIN = 3  # seeds that the best few are judged by
FINALISTS = 3  # so many they are
HELD_OUT = 3  # seeds on the held-out folds, of each of the two
EARLY = 4  # a trial is looked at after this part of the epochs
MARGIN = 0.02  # and given up where its error is larger than the default's then by this share

Part = Mapping[str, bytes]


def first_parts(config: TuneConfig) -> tuple[str, ...]:
    """Those that depend on nothing."""
    trials = enumerate(points.first_points(config), 1)
    defaults = [f"d.{seed}" for seed in range(1, SEEDS + 1)]
    return (*defaults, *(f"t{number}.{point.code()}" for number, point in trials))


def further_parts(config: TuneConfig, parts: Mapping[str, Part]) -> tuple[str, ...]:
    """Those that follow when all of `parts` are done; none: the search has come to its end."""
    tried = trials_of(parts)
    begun = len(tried)
    if begun < config.trials:
        counts = points.rounds(config.trials)
        count = counts[next(place for place in range(len(counts)) if sum(counts[:place]) == begun)]
        proposed = points.next_points(config, tried, count)
        return tuple(f"t{number}.{point.code()}" for number, point in enumerate(proposed, begun + 1))
    best = sorted((trial for trial in tried if trial["state"] == "done"), key=lambda one: (one["error"], one["number"]))
    again = tuple(
        f"a{seed}.{trial['number']}.{Point(**trial['settings']).code()}"
        for trial in best[:FINALISTS]
        for seed in range(2, AGAIN + 1)
    )
    if not set(again) <= set(parts):
        return again
    chosen = chosen_of(parts)
    if chosen is None:
        return ()
    ends = ("", f".{chosen['number']}.{Point(**chosen['settings']).code()}")
    held_out = tuple(
        f"h{seed}.{fold}{end}"
        for end in ends
        for seed in range(1, HELD_OUT + 1)
        for fold in range(1, config.base.folds + 1)
    )
    return () if set(held_out) <= set(parts) else held_out


def trials_of(parts: Mapping[str, Part]) -> list[dict[str, Any]]:
    """The results of the trials, by number."""
    found = [json.loads(part["result"]) for name, part in parts.items() if name.startswith("t")]
    return sorted(found, key=lambda trial: int(trial["number"]))


def errors_of(parts: Mapping[str, Part], number: int | None) -> list[float]:
    """The errors that the default (None), or the point of a trial, had in the search with each seed."""
    begin = ("d.",) if number is None else (f"t{number}.", *(f"a{seed}.{number}." for seed in range(2, AGAIN + 1)))
    found = [json.loads(part["result"]) for name, part in parts.items() if name.startswith(begin)]
    return [float(one["error"]) for one in sorted(found, key=lambda one: int(one["seed"])) if one["error"] is not None]


def chosen_of(parts: Mapping[str, Part]) -> dict[str, Any] | None:
    """The trial whose point is best over all its seeds, of those that have several; None where no trial ended."""
    finalists = {int(name.split(".")[1]) for name in parts if name.startswith("a")}
    found = [trial for trial in trials_of(parts) if trial["number"] in finalists]
    return min(found, key=lambda trial: (_mean(errors_of(parts, trial["number"])), trial["number"]), default=None)


def compute_part(panel: Panel | None, config: TuneConfig, name: str, report: OnProgress) -> dict[str, bytes]:
    """One part: `result` (JSON; of one held out: `tested`), `clock` (JSON: the seconds that it took)."""
    if panel is None:
        raise DataError(Message("runs.no_data"))
    started = time.perf_counter()
    kind, rest = name[0], name[1:].split(".", 2 if name[0] == "h" else 1)
    if kind == "h":
        found = {"tested": _held_out(panel, config, name, report)}
    else:
        part = search_part(panel, config.base)
        if kind == "d":
            result = _default(part, config, int(rest[1]), report)
        elif kind == "t":
            result = _trial(part, config, int(rest[0]), Point.from_code(rest[1]), report)
        else:
            number, _, code = rest[1].partition(".")
            result = _again(part, config, int(number), int(rest[0]), Point.from_code(code), report)
        found = {"result": json.dumps(result, sort_keys=True).encode()}
    return found | {"clock": json.dumps({"seconds": time.perf_counter() - started}).encode()}


def work_of_part(panel: Panel | None, config: TuneConfig, name: str) -> float:
    """Reference seconds of a part."""
    if panel is None:
        return 1.0
    base = _alone(config.base)
    if name[0] == "d":
        return work.of_fold(panel, base, 1, compare=False).seconds
    if name[0] == "h":
        seed_fold, _, code = name[1:].partition(".")[2].partition(".")
        settings = config.base if not code else Point.from_code(code.split(".", 1)[1]).config(config.base)
        return work.of_fold(panel, settings, int(seed_fold), compare=False).seconds
    code = name.split(".", 1 if name[0] == "t" else 2)[-1]
    once = points.seconds(points.within(Point.from_code(code), panel, config), panel, config.base)
    if name[0] == "a" or base.epochs < EARLY:
        return once
    early = base.replace(epochs=base.epochs // EARLY)
    return once * (1 + 1 / EARLY) + work.of_fold(panel, early, 1, compare=False).seconds


def expected_work(panel: Panel | None, config: TuneConfig) -> dict[str, float]:
    """Reference seconds of all parts: of the first by name, of those to come about as much as those take."""
    known = {name: work_of_part(panel, config, name) for name in first_parts(config)}
    trials = [seconds for name, seconds in known.items() if name.startswith("t")]
    typical, default = sum(trials) / len(trials), known["d.1"]
    later = {f"later trial {number}": typical for number in range(len(trials) + 1, config.trials + 1)}
    again = {f"later seed {place}": typical for place in range((AGAIN - 1) * min(FINALISTS, config.trials))}
    tests = {
        f"later test {place}": (default if place % 2 else typical) for place in range(2 * HELD_OUT * config.base.folds)
    }
    return known | later | again | tests


def _default(part: Panel, config: TuneConfig, seed: int, report: OnProgress) -> dict[str, Any]:
    told = _telling(report, "default", seed, SEEDS)
    error = _error(part, _seeded(_alone(config.base), seed), told(0.0, 1.0))
    return _say(report, "default", seed, SEEDS, {"seed": seed, "error": error, "default": True})


def _again(part: Panel, config: TuneConfig, number: int, seed: int, point: Point, report: OnProgress) -> dict[str, Any]:
    told = _telling(report, "again", number, config.trials)
    error = _error(part, _seeded(point.config(_alone(config.base)), seed), told(0.0, 1.0))
    return _say(report, "again", number, config.trials, {"number": number, "seed": seed, "error": error})


def _trial(part: Panel, config: TuneConfig, number: int, point: Point, report: OnProgress) -> dict[str, Any]:
    """Short trainings of the trial and of the default first; the whole one where the trial's is not clearly worse."""
    base, told = _alone(config.base), _telling(report, "trial", number, config.trials)
    used = points.within(point, part, config)
    result: dict[str, Any] = {"number": number, "seed": 1, "settings": dataclasses.asdict(used), "error": None}
    if used != point:
        result["asked"] = dataclasses.asdict(point)
    try:
        begun = 0.0
        if base.epochs >= EARLY:
            few = {"epochs": base.epochs // EARLY}
            result["early_default"] = _error(part, base.replace(**few), told(0.0, 0.1))
            result["early"] = _error(part, used.config(base).replace(**few), told(0.1, 0.3))
            begun = 0.3
            if not result["early"] <= (1 + MARGIN) * result["early_default"]:
                return _say(report, "trial", number, config.trials, result | {"state": "pruned"})
        result["error"] = _error(part, used.config(base), told(begun, 1.0))
        result["state"] = "done"
    except Cancelled:
        raise
    except ForecastingError as problem:
        message = problem.message if isinstance(problem.message, Message) else Message("tune.failed")
        result |= {"state": "failed", "why": message.to_dict()}
    return _say(report, "trial", number, config.trials, result)


def _held_out(panel: Panel, config: TuneConfig, name: str, report: OnProgress) -> bytes:
    seed, fold, *code = name[1:].split(".", 2)
    point = Point.from_code(code[0].split(".", 1)[1]) if code else None
    settings = config.base if point is None else point.config(config.base)
    told = _telling(report, "test", int(fold), config.base.folds)(0.0, 1.0)
    return evaluate_fold(panel, _seeded(settings, int(seed)), int(fold), told, compare=False).to_bytes()


def error_of(scores: Mapping[str, Any]) -> float:
    """The error of the forecast: MASE, or the mean absolute error where the scale of a series is zero."""
    own = scores["methods"]["forecast"]
    return float(own["mae"] if own["mase"] is None else own["mase"])


def _error(part: Panel, config: ForecastConfig, report: OnProgress) -> float:
    backtest = gather(part, config, [evaluate_fold(part, config, 1, report, compare=False)])
    return error_of(backtest.scores)


def _alone(base: ForecastConfig) -> ForecastConfig:
    """What is searched with: the network alone, once; the pool's other members have no part in its settings."""
    return base.replace(method="recurrent", folds=1)


def _seeded(config: ForecastConfig, seed: int) -> ForecastConfig:
    """With the seed `seed` - 1 after the config's own, which is the first."""
    return config.replace(seed=(config.seed + seed - 1) % 2**31)


def _telling(report: OnProgress, stage: str, number: int, count: int) -> Callable[[float, float], OnProgress]:
    """Progress of a training as that of a part, from one share of it to another; without losses, which are of scaled
    values and of trainings that have nothing to do with each other."""

    def of(start: float, end: float) -> OnProgress:
        return lambda one: report(
            Progress(stage, number, count, one.epoch, one.epochs, None, None, start + (end - start) * one.fraction)
        )

    return of


def _say(report: OnProgress, stage: str, number: int, count: int, result: dict[str, Any]) -> dict[str, Any]:
    """Report a result, so that it is seen before the search has ended."""
    report(Progress(stage, number, count, 0, 0, None, None, 1.0, detail={"tune": result}))
    return result


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else float("inf")
