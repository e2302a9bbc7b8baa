"""Scaling fitted on all data lets the test part into the training."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from forecasting.config import check_real
from forecasting.labs.json_values import Values, plain
from forecasting.labs.lessons.telling import LessonConfig, found, panel, report_of
from forecasting.labs.lessons.training import examples, predict, train
from forecasting.labs.reporter import OnProgress

POINTS, SPLIT, WINDOW = 400, 300, 20
HIDDEN, EPOCHS, RATE = 16, 15, 0.01
WAYS = ("train", "all", "difference")


@dataclasses.dataclass(frozen=True, kw_only=True)
class ScalingConfig(LessonConfig):
    """Settings of `run_scaling`."""

    growth: float = 0.4  # % a step
    noise: float = 1.0  # standard deviation of a step, %

    def __post_init__(self) -> None:
        super().__post_init__()
        check_real("growth", self.growth, -2.0, 2.0)
        check_real("noise", self.noise, 0.01, 10.0)


def run_scaling(
    config: ScalingConfig | Mapping[str, Any] | None = None, on_progress: OnProgress = None
) -> dict[str, Any]:
    """A series that grows like a price, scaled to -1 ... 1 by the extremes of its training part, by those of all of it,
    and not scaled but told as the difference from the last value.

    errors: mean absolute error of the next value on the last quarter, in % of the value, of each repeat.
    """
    from forecasting.model.teaching_networks import NextValue, seeded

    settings = ScalingConfig.of(config)
    told = report_of(on_progress, len(WAYS) * settings.repeats)
    errors: dict[str, list[float]] = {way: [] for way in (*WAYS, "naive")}
    shown: dict[str, Values] = {}
    for repeat in range(settings.repeats):
        y = _price(settings, repeat)
        true = y[SPLIT:]
        errors["naive"].append(_error(y[SPLIT - 1 : -1], true))
        for way in WAYS:
            seen = y if way == "all" else y[:SPLIT]
            low, high = float(seen.min()), float(seen.max())
            scaled = 2 * (y - low) / (high - low) - 1
            every = examples(scaled, WINDOW)
            with seeded(settings.seed + repeat):
                network = NextValue("lstm", HIDDEN, offset=way == "difference")
                train(
                    network, every.part(0, SPLIT - WINDOW), epochs=EPOCHS, rate=RATE,
                    on_epoch=told(EPOCHS),
                )  # fmt: skip
            predicted = (predict(network, every.windows[SPLIT - WINDOW :]) + 1) / 2 * (high - low) + low
            errors[way].append(_error(predicted, true))
            if repeat == 0:
                shown[way] = predicted
                shown[f"{way} scaled"] = scaled
    first = _price(settings, 0)
    steps = np.arange(POINTS)
    return {
        "config": settings.to_dict(),
        "panels": [
            panel(
                "forecast", steps[SPLIT - WINDOW :],
                {"truth": first[SPLIT - WINDOW :],
                 **{way: np.concatenate([np.full(WINDOW, np.nan), shown[way]]) for way in WAYS}},
                marks={"test": SPLIT},
            ),
            panel(
                "scaled", steps, {way: shown[f"{way} scaled"] for way in ("train", "all")}, marks={"test": SPLIT}
            ),
        ],
        "errors": {way: plain(values) for way, values in errors.items()},
        "found": [found(errors, "train", "all"), found(errors, "all", "difference")],
    }  # fmt: skip


def _price(settings: ScalingConfig, repeat: int) -> Values:
    steps = np.random.default_rng(settings.seed + repeat).normal(settings.growth, settings.noise, POINTS) / 100
    price: Values = 100 * np.exp(np.cumsum(steps))
    return price


def _error(predicted: Values, true: Values) -> float:
    return float(100 * np.mean(np.abs(predicted / true - 1)))
