"""From sine to cosine: a value at every step, in chunks, with the hidden state carried from chunk to chunk or reset.

    result = run_cosine(CosineConfig(steps=300))
    result["ways"]["carried"]["error_by_position"]

A chunk begins where the sine is 0. Without earlier values, rising and falling look the same there, and the cosine may
be 1 or -1; only the state that is carried over tells them apart.

Axes: T points of a chunk.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from forecasting.config import check_choice, check_real, check_whole
from forecasting.labs import frames as film
from forecasting.labs.divergence import divergence, hopeless
from forecasting.labs.json_values import Values, finite, plain
from forecasting.labs.lab_settings import CELLS, Settings
from forecasting.labs.reporter import OnProgress, Reporter

if TYPE_CHECKING:
    import torch

    from forecasting.model.teaching_networks import EveryStep

WAYS = ("carried", "reset")
SHOWN_CHUNKS = 6  # in each frame
WARM_UP_CHUNKS = 2  # before those that are scored, so that there is a state to carry
SCORED_CHUNKS = 40
MOST_FRAMES = 60
SHOWN_Y = (-1.6, 1.6)


@dataclasses.dataclass(frozen=True, kw_only=True)
class CosineConfig(Settings):
    """Settings of `run_cosine`; the defaults are the classic ones."""

    chunk: int = 10  # points of a chunk, which is pi wide
    cell: str = "rnn"
    hidden_size: int = 32
    steps: int = 300  # of training, a chunk in each
    learning_rate: float = 0.02  # of Adam
    seed: int = 0

    def __post_init__(self) -> None:
        check_whole("chunk", self.chunk, 3, 100)
        check_choice("cell", self.cell, CELLS)
        check_whole("hidden_size", self.hidden_size, 1, 256)
        check_whole("steps", self.steps, 10, 5000)
        check_real("learning_rate", self.learning_rate, 1e-5, 10.0)
        check_whole("seed", self.seed, 0, 2**31 - 1)


def run_cosine(
    config: CosineConfig | Mapping[str, Any] | None = None, on_progress: OnProgress = None
) -> dict[str, Any]:
    """Train one network that carries its state over and one that resets it. All JSON-able.

    shown: {x, sin, cos} of six chunks; frames: the training steps after which their `predicted` was kept.
    ways: for "carried" and "reset" {losses, predicted, error_by_position, mse, seconds, parameters, diverged}: losses
        by training step, predicted [frame, point], error_by_position the root mean squared error at each of the T
        points of a chunk over 40 chunks, mse the mean over all of them. Both begin from the same weights.
    """
    from forecasting.model.teaching_networks import seeded

    settings = CosineConfig.of(config)
    frames = _frames(settings.steps)
    x, sine, cosine = chunks(settings, WARM_UP_CHUNKS, SHOWN_CHUNKS)
    ways = {}
    for number, way in enumerate(WAYS, start=1):
        with seeded(settings.seed):
            ways[way] = _train(settings, way == "carried", frames, Reporter(on_progress, number, len(WAYS)))
    return {
        "config": settings.to_dict(),
        "shown": {"x": plain(x.ravel()), "sin": plain(sine.ravel()), "cos": plain(cosine.ravel())},
        "frames": frames,
        "ways": ways,
    }


def _train(config: CosineConfig, carry: bool, frames: list[int], report: Reporter) -> dict[str, Any]:
    import torch

    from forecasting.model.optimiser import AdamW
    from forecasting.model.teaching_networks import EveryStep, largest_weight, parameters

    network = EveryStep(config.cell, 1, config.hidden_size)
    optimiser = AdamW(network.parameters())  # without decay: Adam
    state = None
    losses: list[float] = []
    kept = [_predict(network, config, carry, SHOWN_CHUNKS)]

    def shot(whole: bool) -> dict[str, Any]:
        return _shot(network, config, carry, kept[-1], whole)

    report.film("carried" if carry else "reset", config.steps, shot, moments=tuple(frames))
    started = time.perf_counter()
    for step in range(1, config.steps + 1):
        _, sine, cosine = (torch.tensor(part, dtype=torch.float32) for part in chunks(config, step - 1, 1))  # [1, T]
        predicted, state = network(sine[..., None], state if carry else None)
        state = _detached(state)  # its values are kept, its graph is not: gradients end at the start of the chunk
        loss = ((predicted - cosine) ** 2).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step(config.learning_rate)
        losses.append(loss.item())
        if step in frames:
            kept.append(_predict(network, config, carry, SHOWN_CHUNKS))
            report(step, config.steps, losses[-1])
        if hopeless(losses[-1], losses[0]):
            break
    seconds = time.perf_counter() - started - report.spent
    _, _, true = chunks(config, WARM_UP_CHUNKS, SCORED_CHUNKS)
    squared = (_predict(network, config, carry, SCORED_CHUNKS) - true) ** 2  # [chunk, T]
    return {
        "losses": plain(losses),
        "predicted": plain(np.stack([frame.ravel() for frame in kept]), digits=5),
        "error_by_position": plain(np.sqrt(squared.mean(axis=0))),
        "mse": finite(float(squared.mean())),
        "seconds": seconds,
        "parameters": parameters(network),
        "diverged": divergence(
            losses,
            guess=0.5,
            learning_rate=config.learning_rate,
            largest_weight=largest_weight(network.parameters()),
            after=float(squared.mean()),
        ),
    }


def film_scene(config: CosineConfig) -> dict[str, Any]:
    """The scene of the frames, see `forecasting.labs.frames`."""
    x, sine, cosine = (part.ravel() for part in chunks(config, WARM_UP_CHUNKS, SHOWN_CHUNKS))
    step = film.every(len(x), film.MOST_VALUES)
    x, sine, cosine = x[::step], sine[::step], cosine[::step]
    across = (float(x[0]), float(x[-1]))
    panels = [
        film.panel("learns", across, SHOWN_Y, len(x), {"sin": sine, "truth": cosine}),
        film.states_panel(across, SHOWN_CHUNKS * config.chunk),
    ]
    return film.scene("step", config.steps, WAYS, panels)


def _shot(network: EveryStep, config: CosineConfig, carry: bool, predicted: Values, whole: bool) -> dict[str, Any]:
    """The prediction [chunk, T] that was made last, and the states at the same points."""
    import torch

    flat = predicted.ravel()
    lines = {"learns": film.scaled(flat[:: film.every(len(flat), film.MOST_VALUES)], SHOWN_Y)}
    if whole:
        _, sine, _ = chunks(config, 0, WARM_UP_CHUNKS + SHOWN_CHUNKS)
        inputs = torch.tensor(sine, dtype=torch.float32)
        with torch.no_grad():
            states, _ = network.recurrent(inputs.reshape(1, -1, 1) if carry else inputs[..., None])
        flat_states = states.reshape(inputs.numel(), -1)[WARM_UP_CHUNKS * config.chunk :]
        lines["states"] = film.states(flat_states.double().numpy())
    return {"lines": lines}


def _predict(network: EveryStep, config: CosineConfig, carry: bool, count: int) -> Values:
    """Predictions of `network` over `count` chunks [chunk, T] after the warm-up, which begins at x = 0."""
    import torch

    _, sine, _ = chunks(config, 0, WARM_UP_CHUNKS + count)
    inputs = torch.tensor(sine, dtype=torch.float32)
    with torch.no_grad():
        predicted, _ = network(inputs.reshape(1, -1, 1) if carry else inputs[..., None])
    scored: Values = predicted.reshape(inputs.shape)[WARM_UP_CHUNKS:].double().numpy()
    return scored


def chunks(config: CosineConfig, first: int, count: int) -> tuple[Values, Values, Values]:
    """x, sin(x) and cos(x) of `count` chunks from number `first` on, each [count, T]."""
    x = np.pi * (np.arange(first, first + count)[:, None] + np.arange(config.chunk) / config.chunk)
    return x, np.sin(x), np.cos(x)


def _frames(steps: int) -> list[int]:
    """Training steps to keep, the untrained network's 0 first: close together at the beginning, where most happens."""
    spaced = np.linspace(0, math.sqrt(steps), MOST_FRAMES) ** 2
    return [int(step) for step in np.unique(np.round(spaced))]


def _detached(state: torch.Tensor | tuple[torch.Tensor, ...]) -> Any:
    return tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()
