"""RNN, LSTM and GRU side by side on one task, from the same data.

    result = run_cells(CellsConfig(task="recall", lag=30))
    result["cells"]["lstm"]["test_mse"]

"recall": the first of `lag` + 1 random values is marked, and is the target at the end: it has to be remembered while
others pass. "sine": the next value after `lag` + 1 values of a sine with noise, at a random phase.

Axes: B sequences of T = lag + 1 steps with two inputs: the value, and 1 where it is marked.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from forecasting.config import check_choice, check_real, check_whole
from forecasting.labs import frames
from forecasting.labs.divergence import divergence, hopeless
from forecasting.labs.json_values import Values, finite, plain
from forecasting.labs.lab_settings import Settings, check_switch
from forecasting.labs.reporter import OnProgress, Reporter
from forecasting.labs.sequences.gates import inside

if TYPE_CHECKING:
    import torch

    from forecasting.model.teaching_networks import EveryStep

TASKS = ("recall", "sine")
COMPARED = ("rnn", "lstm", "gru")
BATCH_SIZE = 32
TEST_COUNT = 1000
GRADIENT_COUNT = 64  # sequences that the gradient is averaged over
SINE_STEP = 0.3  # of x between two values of the sine
SINE_NOISE = 0.1
OUTPUT_Y = (-1.5, 1.5)  # of what is drawn while it trains


@dataclasses.dataclass(frozen=True, kw_only=True)
class CellsConfig(Settings):
    """Settings of `run_cells`."""

    task: str = "recall"
    lag: int = 30  # steps between the value to remember and the end
    hidden_size: int = 32
    steps: int = 300  # of training, 32 new sequences in each
    learning_rate: float = 0.01  # of Adam
    open_gates: bool = True  # start LSTM and GRU with gates that keep the state
    clip: bool = True  # limit the length of the gradient
    clip_norm: float = 1.0  # to this
    seed: int = 0

    def __post_init__(self) -> None:
        check_choice("task", self.task, TASKS)
        check_whole("lag", self.lag, 1, 200)
        check_whole("hidden_size", self.hidden_size, 1, 128)
        check_whole("steps", self.steps, 10, 3000)
        check_real("learning_rate", self.learning_rate, 1e-5, 10.0)
        check_switch("open_gates", self.open_gates)
        check_switch("clip", self.clip)
        check_real("clip_norm", self.clip_norm, 1e-3, 1000.0)
        check_whole("seed", self.seed, 0, 2**31 - 1)


def run_cells(config: CellsConfig | Mapping[str, Any] | None = None, on_progress: OnProgress = None) -> dict[str, Any]:
    """Train the three cells on the same sequences; JSON-able, with their gates and states.

    guess_mse: of the best constant answer.
    example: {value, marked, target}, one test sequence.
    cells: for each {steps, losses, seconds_at, gradient_norms, test_mse, seconds, parameters, diverged, gradient,
        inside, answer}: losses (mean squared, of training), seconds since the start and the norm of the gradient before
        clipping at `steps`; gradient {lags, before, after}: the size of d loss / d input at each lag, before and after
        training, averaged over sequences; inside: gates and states [T, H] over the example; answer: its prediction.
    """
    from forecasting.model.teaching_networks import seeded

    settings = CellsConfig.of(config)
    with seeded(settings.seed + 1):
        test_x, test_y = _sequences(settings, TEST_COUNT)
    cells = {}
    for number, cell in enumerate(COMPARED, start=1):
        with seeded(settings.seed):
            cells[cell] = _train(cell, settings, test_x, test_y, Reporter(on_progress, number, len(COMPARED)))
    return {
        "config": settings.to_dict(),
        "guess_mse": float(test_y.var(correction=0)),
        "example": {
            "value": plain(test_x[0, :, 0].numpy(), 5),
            "marked": plain(test_x[0, :, 1].numpy(), 0),
            "target": float(test_y[0]),
        },
        "cells": cells,
    }


def _sequences(config: CellsConfig, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """`count` new sequences [count, T, 2] and the target at the end of each [count]."""
    import torch

    x = torch.zeros(count, config.lag + 1, 2)
    if config.task == "recall":
        x[..., 0] = torch.rand(count, config.lag + 1) * 2 - 1
        x[:, 0, 1] = 1
        return x, x[:, 0, 0].clone()
    angles = torch.rand(count, 1) * 2 * np.pi + SINE_STEP * torch.arange(config.lag + 2)
    x[..., 0] = torch.sin(angles[:, :-1]) + SINE_NOISE * torch.randn(count, config.lag + 1)
    return x, torch.sin(angles[:, -1])


def _train(
    cell: str, config: CellsConfig, test_x: torch.Tensor, test_y: torch.Tensor, report: Reporter
) -> dict[str, Any]:
    import torch

    from forecasting.model.optimiser import AdamW
    from forecasting.model.teaching_networks import EveryStep, largest_weight, open_gates, parameters

    network = EveryStep(cell, 2, config.hidden_size)
    if config.open_gates:
        open_gates(network)
    weights = list(network.parameters())
    optimiser = AdamW(weights)  # without decay: Adam
    before = _gradient(network, test_x, test_y)
    losses: list[float] = []
    norms: list[float] = []
    seconds_at: list[float] = []
    torch.manual_seed(config.seed)  # from here on the same sequences for every cell
    report.film(cell, config.steps, lambda whole: _shot(network, test_x[:1], whole), given=_given(test_x[0], test_y[0]))
    started = time.perf_counter()
    for step in range(1, config.steps + 1):
        x, y = _sequences(config, BATCH_SIZE)
        loss = ((network(x)[0][:, -1] - y) ** 2).mean()
        optimiser.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(weights, config.clip_norm if config.clip else float("inf"))
        optimiser.step(config.learning_rate)
        losses.append(loss.item())
        norms.append(float(norm))
        seconds_at.append(time.perf_counter() - started - report.spent)
        if step % max(1, config.steps // 50) == 0 or report.due(step):
            report(step, config.steps, losses[-1])
        if hopeless(losses[-1], losses[0]):
            break
    with torch.no_grad():
        answers = network(test_x)[0][:, -1]
    test_mse = float(((answers - test_y) ** 2).mean())
    return {
        "steps": list(range(1, len(losses) + 1)),
        "losses": plain(losses),
        "seconds_at": plain(seconds_at, 4),
        "gradient_norms": plain(norms),
        "test_mse": finite(test_mse),
        "seconds": seconds_at[-1],
        "parameters": parameters(network),
        "diverged": divergence(
            losses,
            guess=float(test_y.var(correction=0)),
            learning_rate=config.learning_rate,
            largest_weight=largest_weight(weights),
            after=test_mse,
        ),
        "gradient": {
            "lags": list(range(config.lag, -1, -1)),
            "before": plain(before),
            "after": plain(_gradient(network, test_x, test_y)),
        },
        "inside": {name: plain(values, 4) for name, values in _inside(cell, network, test_x[0]).items()},
        "answer": finite(float(answers[0])),
    }


def film_scene(config: CellsConfig) -> dict[str, Any]:
    """The scene of the frames, see `forecasting.labs.frames`."""
    across = (0.0, float(config.lag))
    panels = [frames.panel("output", across, OUTPUT_Y, config.lag + 1), frames.states_panel(across, config.lag + 1)]
    return frames.scene("step", config.steps, COMPARED, panels)


def _given(x: torch.Tensor, y: torch.Tensor) -> dict[str, Any]:
    """The sequence [T, 2] that is shown, and its target: the value at the end."""
    wanted = [*[np.nan] * (len(x) - 1), float(y)]
    return {
        "output": {
            "read": frames.scaled(x[:, 0].double().numpy(), OUTPUT_Y),
            "target": frames.scaled(wanted, OUTPUT_Y),
        }
    }


def _shot(network: EveryStep, x: torch.Tensor, whole: bool) -> dict[str, Any]:
    """What the network says at each step of one sequence [1, T, 2], and its states there."""
    import torch

    with torch.no_grad():
        states, _ = network.recurrent(x)  # [1, T, H]
        said = network.head(states)[0, :, 0]
    lines = {"output": frames.scaled(said.double().numpy(), OUTPUT_Y)}
    if whole:
        lines["states"] = frames.states(states[0].double().numpy())
    return {"lines": lines}


def _gradient(network: EveryStep, x: torch.Tensor, y: torch.Tensor) -> Values:
    """How much the loss at the end depends on the inputs of each step: the norm of its gradient there [T]."""
    import torch

    inputs = x[:GRADIENT_COUNT].clone().requires_grad_()
    loss = ((network(inputs)[0][:, -1] - y[:GRADIENT_COUNT]) ** 2).sum()  # a sum: each sequence has its own gradient
    (gradient,) = torch.autograd.grad(loss, inputs)
    return gradient.norm(dim=-1).mean(0).double().numpy()  # type: ignore[no-any-return]


def _inside(cell: str, network: EveryStep, x: torch.Tensor) -> dict[str, Values]:
    weights = {
        name.removesuffix("_l0"): weight.detach().double().numpy()
        for name, weight in network.recurrent.named_parameters()
    }
    return inside(cell, weights, x.double().numpy())
