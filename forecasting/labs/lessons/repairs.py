"""Missing values and outliers in a sine, and what each remedy does."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from forecasting.config import check_real
from forecasting.labs.json_values import Values, plain
from forecasting.labs.lessons.telling import LessonConfig, found, panel, report_of
from forecasting.labs.lessons.training import examples, predict, train
from forecasting.labs.reporter import OnProgress

POINTS, SPLIT, WINDOW = 400, 300, 20
HIDDEN, EPOCHS, RATE = 16, 20, 0.01
GAPS = ("zero", "carried", "line", "mask")
SPIKES = ("left", "replaced", "robust")
NEIGHBOURS, FAR = 5, 3.0  # values before one, deviations of their median that an outlier is away
LEAST = 0.35  # deviation, below which a calm stretch would make outliers of what follows

Known = npt.NDArray[np.bool_]


@dataclasses.dataclass(frozen=True, kw_only=True)
class RepairsConfig(LessonConfig):
    """Settings of `run_repairs`."""

    missing: float = 0.2  # share of the values
    outliers: float = 0.04  # share of the values
    size: float = 4.0  # of an outlier, in amplitudes
    noise: float = 0.05

    def __post_init__(self) -> None:
        super().__post_init__()
        check_real("missing", self.missing, 0.0, 0.8)
        check_real("outliers", self.outliers, 0.0, 0.4)
        check_real("size", self.size, 0.0, 50.0)
        check_real("noise", self.noise, 0.0, 2.0)


def run_repairs(
    config: RepairsConfig | Mapping[str, Any] | None = None, on_progress: OnProgress = None
) -> dict[str, Any]:
    """Missing values: 0 in their place, the last value carried on, a line between the neighbours of a gap (of which the
    later one is not known yet where a window ends in a gap), or 0 with a second input that says so. Outliers: left,
    replaced by the value before where they are far from the median of the last ones (Hampel, "The influence curve and
    its role in robust estimation", JASA 69, 1974), or left and trained on by Huber's loss ("Robust estimation of a
    location parameter", Annals of Mathematical Statistics 35, 1964).

    errors: mean squared error of the next value of the sine itself on the last quarter, of each repeat; what the
    network reads there has holes and outliers as before.
    """
    from forecasting.model.teaching_networks import NextValue, seeded

    settings = RepairsConfig.of(config)
    told = report_of(on_progress, len(GAPS + SPIKES) * settings.repeats)
    errors: dict[str, list[float]] = {way: [] for way in (*GAPS, *SPIKES)}
    shown: dict[str, Values] = {}
    sine = np.sin(2 * np.pi * np.arange(POINTS) / 25)
    for repeat in range(settings.repeats):
        y, known, spiked = _series(settings, sine, repeat)
        for way in (*GAPS, *SPIKES):
            read = _filled(y, known, way) if way in GAPS else _replaced(spiked) if way == "replaced" else spiked
            # A gap is no target: what is taught are the values that are there.
            target = np.where(known, y, np.nan) if way in GAPS else read
            every = examples(read, WINDOW, target)
            taught = every.part(0, SPLIT - WINDOW)
            there = np.isfinite(taught.targets)
            taught = dataclasses.replace(taught, windows=taught.windows[there], targets=taught.targets[there])
            with seeded(settings.seed + repeat):
                network = NextValue("lstm", HIDDEN, inputs=2 if way == "mask" else 1)
                train(
                    network, taught, epochs=EPOCHS, rate=RATE, robust=way == "robust",
                    on_epoch=told(EPOCHS),
                )  # fmt: skip
            predicted = predict(network, every.windows[SPLIT - WINDOW :])
            errors[way].append(float(np.mean((predicted - sine[SPLIT:]) ** 2)))
            if repeat == 0:
                shown[way] = predicted
                shown.setdefault("gaps", np.where(known, y, np.nan)[SPLIT:])
                shown.setdefault("spikes", spiked[SPLIT:])
    steps = np.arange(SPLIT, POINTS)
    return {
        "config": settings.to_dict(),
        "panels": [
            panel("missing", steps, {"truth": sine[SPLIT:], "read": shown["gaps"], **{w: shown[w] for w in GAPS}}),
            panel("outliers", steps, {"truth": sine[SPLIT:], "read": shown["spikes"], **{w: shown[w] for w in SPIKES}}),
        ],
        "errors": {way: plain(values) for way, values in errors.items()},
        "found": [
            found(errors, "zero", "carried"), found(errors, "carried", "line"), found(errors, "zero", "mask"),
            found(errors, "left", "replaced"), found(errors, "left", "robust"),
        ],
    }  # fmt: skip


def _series(settings: RepairsConfig, sine: Values, repeat: int) -> tuple[Values, Known, Values]:
    """(The noisy sine, which of its values are there, the noisy sine with outliers)."""
    generator = np.random.default_rng(settings.seed + repeat)
    y = sine + generator.normal(0, settings.noise, POINTS)
    known = generator.random(POINTS) >= settings.missing
    known[0] = True  # something to carry on
    hit = generator.random(POINTS) < settings.outliers
    return y, known, y + hit * settings.size * generator.choice([-1.0, 1.0], POINTS)


def _filled(y: Values, known: Known, way: str) -> Values:
    """[T], with a mask beside it [T, 2]."""
    at = np.arange(len(y))
    if way == "carried":
        carried: Values = y[np.maximum.accumulate(np.where(known, at, 0))]
        return carried
    if way == "line":
        return np.interp(at, at[known], y[known])
    zero = np.where(known, y, 0.0)
    return np.stack([zero, (~known).astype(float)], axis=1) if way == "mask" else zero


def _replaced(y: Values) -> Values:
    """Values far from the median of those before them are the value before: by the past alone."""
    result = y.copy()
    for at in range(NEIGHBOURS, len(y)):
        before = y[at - NEIGHBOURS : at]
        middle = float(np.median(before))
        spread = 1.4826 * float(np.median(np.abs(before - middle)))
        if abs(y[at] - middle) > FAR * max(spread, LEAST):
            result[at] = result[at - 1]
    return result
