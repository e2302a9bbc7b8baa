"""Gradients that explode through many steps, and a limit to their length."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from forecasting.config import check_real, check_whole
from forecasting.labs.json_values import Values, finite, plain
from forecasting.labs.lessons.telling import LessonConfig, found, panel, report_of
from forecasting.labs.lessons.training import Examples, History, mse, train
from forecasting.labs.reporter import OnProgress

if TYPE_CHECKING:
    import torch

SEQUENCES, HELD_OUT, BATCH = 256, 128, 32
HIDDEN, EPOCHS, RATE = 16, 25, 0.01
WAYS = ("free", "clipped")


@dataclasses.dataclass(frozen=True, kw_only=True)
class ClippingConfig(LessonConfig):
    """Settings of `run_clipping`."""

    length: int = 40  # steps of a sequence
    gain: float = 1.0  # what the recurrent weights multiply the state by at each step, at first
    clip: float = 1.0  # the longest gradient

    def __post_init__(self) -> None:
        super().__post_init__()
        check_whole("length", self.length, 5, 100)
        check_real("gain", self.gain, 0.1, 3.0)
        check_real("clip", self.clip, 1e-3, 1e3)


def run_clipping(
    config: ClippingConfig | Mapping[str, Any] | None = None, on_progress: OnProgress = None
) -> dict[str, Any]:
    """A simple RNN of rectified units has to add up the values of a sequence. Its recurrent weights begin as `gain`
    times the identity, which keeps what it has read (Le, Jaitly and Hinton, "A simple way to initialize recurrent
    networks of rectified linear units", 2015): a small change of them is raised to the power of the steps. Steps along
    the gradient itself, as they are and shortened to `clip`.

    errors: mean squared error on sequences that were not trained on, of each repeat; the mean's is "guess".
    longest: the longest gradient of each repeat, before it was shortened.
    """
    from forecasting.model.teaching_networks import seeded

    settings = ClippingConfig.of(config)
    told = report_of(on_progress, len(WAYS) * settings.repeats)
    errors: dict[str, list[float]] = {way: [] for way in (*WAYS, "guess")}
    longest: dict[str, list[float | None]] = {way: [] for way in WAYS}
    first: dict[str, History] = {}
    for repeat in range(settings.repeats):
        taught, held_out = _sums(settings, repeat)
        errors["guess"].append(float(np.mean((held_out.targets - taught.targets.mean()) ** 2)))
        for way in WAYS:
            with seeded(settings.seed + repeat):
                network = _keeping(settings.gain)
                history = train(
                    network, taught, epochs=EPOCHS, rate=RATE, batch=BATCH, descent="plain",
                    clip=settings.clip if way == "clipped" else None,
                    on_epoch=told(EPOCHS),
                )  # fmt: skip
            error = mse(network, held_out)
            errors[way].append(error if math.isfinite(error) else math.inf)
            longest[way].append(finite(max((norm for norm in history.norms if math.isfinite(norm)), default=math.inf)))
            if repeat == 0:
                first[way] = history
    steps = SEQUENCES // BATCH * EPOCHS
    return {
        "config": settings.to_dict(),
        "longest": longest,
        "ended": {way: len(history.losses) < EPOCHS for way, history in first.items()},
        "panels": [
            panel("norm", np.arange(1, steps + 1), {way: _over(first[way].norms, steps) for way in WAYS}, log=True),
            panel("loss", np.arange(1, EPOCHS + 1), {way: _over(first[way].losses, EPOCHS) for way in WAYS}, log=True),
        ],
        "errors": {way: plain(values) for way, values in errors.items()},
        "found": [found(errors, "free", "clipped"), found(errors, "guess", "clipped")],
    }


def _keeping(gain: float) -> torch.nn.Module:
    """A simple RNN of rectified units that multiplies its state by `gain` at each step."""
    import torch

    from forecasting.model.teaching_networks import NextValue

    network = NextValue("rnn", HIDDEN)
    network.recurrent = torch.nn.RNN(1, HIDDEN, nonlinearity="relu", batch_first=True)
    with torch.no_grad():
        network.recurrent.get_parameter("weight_hh_l0").copy_(gain * torch.eye(HIDDEN))
        for bias in ("bias_hh_l0", "bias_ih_l0"):
            network.recurrent.get_parameter(bias).zero_()
    return network


def _sums(settings: ClippingConfig, repeat: int) -> tuple[Examples, Examples]:
    """Sequences of small values and their sum."""
    generator = np.random.default_rng(settings.seed + repeat)
    values = generator.uniform(-1, 1, (SEQUENCES + HELD_OUT, settings.length)) / math.sqrt(settings.length)
    every = Examples(windows=values, targets=values.sum(axis=1))
    return every.part(0, SEQUENCES), every.part(SEQUENCES)


def _over(values: list[float], length: int) -> Values:
    """As long as the training was to be; what is no number is not drawn."""
    padded = np.array([*values[:length], *([np.nan] * (length - len(values)))])
    return np.where(np.isfinite(padded), padded, np.nan)
