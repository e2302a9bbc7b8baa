"""Search for settings that beat the default, and a check whether any does by more than noise."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from forecasting.config import ForecastConfig
from forecasting.panel import Panel
from forecasting.progress import OnProgress
from forecasting.tuning.judging import Tuning, merge_parts, sentence
from forecasting.tuning.parts import compute_part, expected_work, first_parts, further_parts, work_of_part
from forecasting.tuning.space import (
    MOST_TRIALS,
    RANGES,
    WHOLE,
    SearchSpace,
    TuneConfig,
    check,
    trials_within,
    usual_space,
)

__all__ = [
    "MOST_TRIALS",
    "RANGES",
    "WHOLE",
    "SearchSpace",
    "TuneConfig",
    "Tuning",
    "check",
    "compute_part",
    "expected_work",
    "first_parts",
    "further_parts",
    "merge_parts",
    "search",
    "sentence",
    "trials_within",
    "tune",
    "usual_space",
    "within_minutes",
    "work_of_part",
]


def tune(
    panel: Panel,
    config: ForecastConfig,
    space: SearchSpace | None = None,
    trials: int = 40,
    seed: int = 0,
    on_progress: OnProgress | None = None,
) -> Tuning:
    """Search `space` (by default the usual one around `config`) for settings that beat `config`, in `trials` trials.

    The search sees nothing of the test parts of the usual backtest; on these, its best settings are then compared with
    `config`, both over several seeds. Raises ConfigError for a space or a number of trials that cannot be, and
    TooShortError where `panel` has too few values. The same question has the same answer.
    """
    wanted = TuneConfig(base=config, space=space or usual_space(panel, config), trials=trials, seed=seed)
    check(panel, wanted)
    return Tuning(result=json.loads(search(panel, wanted, on_progress)["result"]))


def within_minutes(panel: Panel, config: TuneConfig, minutes: float, pace: float) -> TuneConfig:
    """`config` with the trials that fit in so many minutes, one after the other; `pace`: seconds by the clock for a
    reference second."""

    def seconds(trials: int) -> float:
        return pace * sum(expected_work(panel, dataclasses.replace(config, trials=trials)).values())

    return dataclasses.replace(config, trials=trials_within(minutes, seconds))


def search(panel: Panel | None, config: TuneConfig, on_progress: OnProgress | None = None) -> dict[str, bytes]:
    """The artifacts of a search, its parts one after the other: see `merge_parts`."""
    report: OnProgress = on_progress or (lambda _progress: None)
    whole = sum(expected_work(panel, config).values())
    parts: dict[str, Mapping[str, bytes]] = {}
    names, done = first_parts(config), 0.0
    while names:
        for name in names:
            share = work_of_part(panel, config, name) / whole

            def told(one: Any, start: float = done, share: float = share) -> None:
                report(dataclasses.replace(one, fraction=min(1.0, start + share * one.fraction)))

            parts[name] = compute_part(panel, config, name, told)
            done += share
        names = further_parts(config, parts)
    return merge_parts(panel, config, parts)
