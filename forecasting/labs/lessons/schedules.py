"""A learning rate that is kept, cut where the loss stands still, or led up and down."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from forecasting.config import check_real
from forecasting.labs.json_values import Values, plain
from forecasting.labs.lessons.telling import LessonConfig, found, panel, report_of
from forecasting.labs.lessons.training import Examples, examples, mse, train
from forecasting.labs.reporter import OnProgress

POINTS, SPLIT, WINDOW = 400, 300, 20
HIDDEN, EPOCHS = 16, 30
WAYS = ("constant", "plateau", "one-cycle")
Rate = float | Callable[[int, int, list[float]], float]


@dataclasses.dataclass(frozen=True, kw_only=True)
class SchedulesConfig(LessonConfig):
    """Settings of `run_schedules`."""

    noise: float = 0.1  # standard deviation of what is added to a sine of amplitude 1
    learning_rate: float = 0.02  # the constant one, the first before a plateau, the highest of one cycle

    def __post_init__(self) -> None:
        super().__post_init__()
        check_real("noise", self.noise, 0.0, 2.0)
        check_real("learning_rate", self.learning_rate, 1e-5, 1.0)


def run_schedules(
    config: SchedulesConfig | Mapping[str, Any] | None = None, on_progress: OnProgress = None
) -> dict[str, Any]:
    """The same network, data and order of the batches under three schedules.

    errors: mean squared error of the next value on the last quarter, after the last epoch, of each repeat.
    """
    from forecasting.model.teaching_networks import NextValue, seeded

    settings = SchedulesConfig.of(config)
    told = report_of(on_progress, len(WAYS) * settings.repeats)
    errors: dict[str, list[float]] = {way: [] for way in (*WAYS, "naive")}
    losses: dict[str, list[float]] = {}
    rates: dict[str, list[float]] = {}
    for repeat in range(settings.repeats):
        taught, held_out, y = _data(settings, repeat)
        errors["naive"].append(float(np.mean((y[SPLIT - 1 : -1] - y[SPLIT:]) ** 2)))
        for way in WAYS:
            with seeded(settings.seed + repeat):
                network = NextValue("lstm", HIDDEN)
                history = train(
                    network, taught, epochs=EPOCHS, rate=_rate(way, settings.learning_rate), held_out=held_out,
                    on_epoch=told(EPOCHS),
                )  # fmt: skip
            errors[way].append(mse(network, held_out))
            if repeat == 0:
                losses[way], rates[way] = history.held_out, history.rates
    epochs = np.arange(1, EPOCHS + 1)
    return {
        "config": settings.to_dict(),
        "panels": [
            panel("loss", epochs, {way: _padded(values) for way, values in losses.items()}, log=True),
            panel("rate", epochs, {way: _padded(values) for way, values in rates.items()}, log=True),
        ],
        "errors": {way: plain(values) for way, values in errors.items()},
        "found": [found(errors, "constant", "plateau"), found(errors, "constant", "one-cycle")],
    }


def _rate(way: str, peak: float) -> Rate:
    from forecasting.model.optimiser import Plateau, one_cycle

    if way == "one-cycle":
        return lambda step, steps, _: one_cycle(peak, step, steps)
    if way == "constant":
        return peak
    plateau, seen = Plateau(peak), 0

    def after(_step: int, _steps: int, losses: list[float]) -> float:
        nonlocal seen
        if len(losses) > seen:
            plateau.step(losses[-1])
            seen = len(losses)
        return plateau.learning_rate

    return after


def _data(settings: SchedulesConfig, repeat: int) -> tuple[Examples, Examples, Values]:
    noise = np.random.default_rng(settings.seed + repeat).normal(0, settings.noise, POINTS)
    y = np.sin(2 * np.pi * np.arange(POINTS) / 25) + noise
    every = examples(y, WINDOW)
    return every.part(0, SPLIT - WINDOW), every.part(SPLIT - WINDOW), y


def _padded(values: list[float]) -> Values:
    """As long as the others, where a training was ended early."""
    return np.array([*values, *([np.nan] * (EPOCHS - len(values)))])
