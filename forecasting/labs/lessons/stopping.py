"""A network that learns the noise by heart, and what early stopping and dropout do about it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from forecasting.config import check_real, check_whole
from forecasting.labs.json_values import Values, plain
from forecasting.labs.lessons.telling import LessonConfig, found, panel, report_of
from forecasting.labs.lessons.training import History, examples, mse, train
from forecasting.labs.reporter import OnProgress

TAUGHT, WATCHED, ASKED = 60, 100, 300  # windows: trained on, watched, asked at the end
WINDOW, HIDDEN, RATE, BATCH = 15, 32, 0.02, 60
WAYS = ("last", "best", "dropout")


@dataclasses.dataclass(frozen=True, kw_only=True)
class StoppingConfig(LessonConfig):
    """Settings of `run_stopping`."""

    noise: float = 0.4  # standard deviation of what is added to a sine of amplitude 1
    epochs: int = 80
    dropout: float = 0.3

    def __post_init__(self) -> None:
        super().__post_init__()
        check_real("noise", self.noise, 0.0, 2.0)
        check_whole("epochs", self.epochs, 2, 300)
        check_real("dropout", self.dropout, 0.01, 0.9)


def run_stopping(
    config: StoppingConfig | Mapping[str, Any] | None = None, on_progress: OnProgress = None
) -> dict[str, Any]:
    """A small and noisy series, a network with thousands of weights: its weights after the last epoch, those of the
    epoch with the lowest loss on values that are watched and not trained on, and with dropout.

    errors: mean squared error of the next value on values that nothing was chosen by, of each repeat.
    """
    from forecasting.model.teaching_networks import NextValue, seeded

    settings = StoppingConfig.of(config)
    told = report_of(on_progress, len(WAYS) * settings.repeats)
    errors: dict[str, list[float]] = {way: [] for way in (*WAYS, "naive")}
    first: dict[str, History] = {}
    for repeat in range(settings.repeats):
        y = _series(settings, repeat)
        every = examples(y, WINDOW)
        taught, watched = every.part(0, TAUGHT), every.part(TAUGHT, TAUGHT + WATCHED)
        asked = every.part(TAUGHT + WATCHED)
        errors["naive"].append(float(np.mean((asked.windows[:, -1] - asked.targets) ** 2)))
        for way in WAYS:
            with seeded(settings.seed + repeat):
                network = NextValue("lstm", HIDDEN, dropout=settings.dropout if way == "dropout" else 0.0)
                history = train(
                    network, taught, epochs=settings.epochs, rate=RATE, held_out=watched, batch=BATCH,
                    keep_best=way == "best",
                    on_epoch=told(settings.epochs),
                )  # fmt: skip
            errors[way].append(mse(network, asked))
            if repeat == 0:
                first[way] = history
    epochs = np.arange(1, settings.epochs + 1)
    plainly, dropped = first["last"], first["dropout"]
    return {
        "config": settings.to_dict(),
        "noise": settings.noise**2,  # the error that remains for whoever knows the sine
        "panels": [
            panel(
                "loss", epochs[: len(plainly.losses)],
                {"trained": plainly.losses, "watched": plainly.held_out}, log=True, marks={"best": plainly.best},
            ),
            panel(
                "dropout", epochs[: len(dropped.losses)],
                {"trained": dropped.losses, "watched": dropped.held_out}, log=True, marks={"best": dropped.best},
            ),
        ],
        "errors": {way: plain(values) for way, values in errors.items()},
        "found": [found(errors, "last", "best"), found(errors, "last", "dropout")],
    }  # fmt: skip


def _series(settings: StoppingConfig, repeat: int) -> Values:
    length = TAUGHT + WATCHED + ASKED + WINDOW
    noise = np.random.default_rng(settings.seed + repeat).normal(0, settings.noise, length)
    y: Values = np.sin(2 * np.pi * np.arange(length) / 25) + noise
    return y
