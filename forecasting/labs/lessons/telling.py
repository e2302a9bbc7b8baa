"""What every lesson tells: lines to draw, errors of what it compares, and whether its claim holds in this run."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from forecasting.config import check_whole
from forecasting.labs.json_values import finite, plain
from forecasting.labs.lab_settings import Settings
from forecasting.labs.reporter import OnProgress, Reporter

CLEAR = 1.05  # ratio of two errors from which on one is the larger
DIGITS = 5  # after the point, of what is drawn


@dataclasses.dataclass(frozen=True, kw_only=True)
class LessonConfig(Settings):
    """What each lesson can be asked."""

    repeats: int = 3  # trainings of each network, with consecutive seeds
    seed: int = 0

    def __post_init__(self) -> None:
        check_whole("repeats", self.repeats, 1, 5)
        check_whole("seed", self.seed, 0, 2**31 - 1)


def panel(
    name: str,
    x: npt.ArrayLike,
    lines: Mapping[str, npt.ArrayLike],
    *,
    log: bool = False,
    marks: Mapping[str, float] | None = None,
) -> dict[str, Any]:
    """A chart: `lines` over `x`, with vertical `marks`. Names are keys of words; "truth" and "naive" are what they are
    everywhere."""
    return {
        "name": name,
        "x": plain(x, DIGITS),
        "lines": {one: plain(values) if log else plain(values, DIGITS) for one, values in lines.items()},
        "log": log,
        "marks": {one: float(at) for one, at in (marks or {}).items()},
    }


def found(errors: Mapping[str, Sequence[float]], worse: str, better: str) -> dict[str, Any]:
    """Whether `better` has the smaller error: "yes" or "no" where it is so by more than a few hundredths in each
    repeat, "unclear" otherwise; with the ratio of the medians. An error that is no number is larger than any."""
    ratios = [_ratio(one, other) for one, other in zip(errors[worse], errors[better], strict=True)]
    low, high = min(ratios), max(ratios)
    grade = "yes" if low > CLEAR else "no" if high < 1 / CLEAR else "unclear"
    return {
        "grade": grade,
        "worse": worse,
        "better": better,
        "ratio": finite(float(np.median(ratios))),
        "ratios": [finite(ratio) for ratio in ratios],
    }


def report_of(on_progress: OnProgress, trainings: int) -> Callable[[int], Callable[[int, float], None]]:
    """A function that, given its epochs, makes what each of `trainings` tells its progress to, one after the other."""
    done = iter(range(1, trainings + 1))

    def next_one(epochs: int) -> Callable[[int, float], None]:
        reporter = Reporter(on_progress, next(done), trainings)
        return lambda epoch, loss: reporter(epoch, epochs, loss)

    return next_one


def _ratio(worse: float, better: float) -> float:
    if not math.isfinite(better):
        return 1.0 if not math.isfinite(worse) else 0.0
    return worse / better if better > 0 and math.isfinite(worse) else math.inf
