"""Find the marker: the target at every step is the value at the marker, which may come earlier or later.

    result = run_marker(MarkerConfig())
    result["readers"]["bilstm"]["rmse_after"]

A network that reads forward only cannot know the value before the marker; one that reads in both directions, or attends
to all steps, can. For the same reason neither may see past the origin of a forecast: given the whole series, a
bidirectional network "predicts" even noise, because it has read the answer (`leak`).

With two markers among noise nobody can be sure which values are marked: attention spreads over the steps that may be,
and is wrong at times.

Axes: B sequences of T steps with two inputs: the value, and 1 at a marker. M markers of a sequence.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from forecasting.config import check_choice, check_real, check_whole
from forecasting.labs import frames
from forecasting.labs.divergence import divergence, hopeless
from forecasting.labs.json_values import finite, plain
from forecasting.labs.lab_settings import LATER, Settings
from forecasting.labs.reporter import OnProgress, Reporter

if TYPE_CHECKING:
    import torch

MARKER_TASKS = ("one", "two")  # markers; the target is the marked value, or the mean of both
READERS = ("lstm", "bilstm", "attention")
LEAK_READERS = ("lstm", "bilstm")
LEAK_STEPS = 150
BATCH_SIZE = 64
TEST_COUNT = 1000
SHOWN = 40  # sequences of the heat map
OUTPUT_Y = (-1.5, 1.5)  # of what is drawn while it trains


@dataclasses.dataclass(frozen=True, kw_only=True)
class MarkerConfig(Settings):
    """Settings of `run_marker`."""

    task: str = dataclasses.field(default="one", metadata=LATER)
    marker_noise: float = dataclasses.field(default=0.4, metadata=LATER)  # of two: added to the marker of each step
    length: int = 20  # steps of a sequence
    hidden_size: int = 32
    steps: int = 250  # of training, 64 new sequences in each
    learning_rate: float = 0.02  # the highest one of a one-cycle schedule
    seed: int = 0

    def __post_init__(self) -> None:
        check_choice("task", self.task, MARKER_TASKS)
        check_real("marker_noise", self.marker_noise, 0.0, 10.0)
        check_whole("length", self.length, 3, 60)
        check_whole("hidden_size", self.hidden_size, 1, 128)
        check_whole("steps", self.steps, 10, 3000)
        check_real("learning_rate", self.learning_rate, 1e-5, 10.0)
        check_whole("seed", self.seed, 0, 2**31 - 1)


def run_marker(
    config: MarkerConfig | Mapping[str, Any] | None = None, on_progress: OnProgress = None
) -> dict[str, Any]:
    """Train an LSTM, a bidirectional LSTM and an LSTM with attention on the same sequences. All JSON-able.

    distances: steps from the marker, of two from the second, negative before it; guess_rmse: of always predicting the
        mean.
    readers: for each {losses, rmse, rmse_before, rmse_after, seconds, parameters, diverged}: rmse by distance, and over
        the steps before the marker and from it on.
    attention: {positions, weights}: of some sequences, sorted by where their (first) marker stands, its place, or a
        pair of places; and the weight of each step, averaged over the steps that look [sequence, T].
    leak: root mean squared error of "the next value" of noise with standard deviation 1, at every step of a series that
        is read as a whole, for the LSTM and the bidirectional one. An error below 1 means a leak.
    """
    from forecasting.model.teaching_networks import seeded

    settings = MarkerConfig.of(config)
    with seeded(settings.seed + 1):
        test = _sequences(settings, TEST_COUNT)
    count = len(READERS) + len(LEAK_READERS)
    readers, weights = {}, None
    for number, reader in enumerate(READERS, start=1):
        with seeded(settings.seed):
            readers[reader], attention = _train(reader, settings, test, Reporter(on_progress, number, count))
        weights = attention if attention is not None else weights
    leak = {}
    for number, reader in enumerate(LEAK_READERS, start=len(READERS) + 1):
        with seeded(settings.seed):
            leak[reader] = _leak(reader, settings, Reporter(on_progress, number, count))
    return {
        "config": settings.to_dict(),
        "distances": list(range(1 - settings.length, settings.length)),
        "guess_rmse": float(test[1][:, 0].std(correction=0)),
        "readers": readers,
        "attention": _shown(weights, test[2]),
        "leak": leak,
    }


def _sequences(config: MarkerConfig, count: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """New sequences [count, T, 2], the target at every step [count, T], the positions of the markers [count, M]."""
    import torch

    x = torch.zeros(count, config.length, 2)
    x[..., 0] = torch.rand(count, config.length) * 2 - 1
    rows = torch.arange(count)[:, None]
    if config.task == "one":
        position = torch.randint(config.length, (count, 1))
        x[rows, position, 1] = 1
    else:
        position = torch.rand(count, config.length).argsort(1)[:, :2].sort(1).values
        x[rows, position, 1] = 1
        x[..., 1] += config.marker_noise * torch.randn(count, config.length)
    return x, x[rows, position, 0].mean(1, keepdim=True).expand(count, config.length), position


def _network(reader: str, inputs: int, hidden_size: int) -> torch.nn.Module:
    from forecasting.model.teaching_networks import Attention, EveryStep, open_gates

    if reader == "attention":
        return Attention("lstm", inputs, hidden_size)
    network = EveryStep("lstm", inputs, hidden_size, bidirectional=reader == "bilstm")
    open_gates(network)
    return network


def _train(
    reader: str, config: MarkerConfig, test: tuple[torch.Tensor, torch.Tensor, torch.Tensor], report: Reporter
) -> tuple[dict[str, Any], torch.Tensor | None]:
    """The training report of one network with its errors on `test`, and its attention weights there, if it has any."""
    import torch

    from forecasting.model.optimiser import AdamW, one_cycle
    from forecasting.model.teaching_networks import largest_weight, parameters

    network = _network(reader, 2, config.hidden_size)
    weights = list(network.parameters())
    optimiser = AdamW(weights)  # without decay: Adam
    losses: list[float] = []
    torch.manual_seed(config.seed)  # from here on the same sequences for every network
    given = {"read": frames.scaled(test[0][0, :, 0].double().numpy(), OUTPUT_Y)}
    given["target"] = frames.scaled(test[1][0].double().numpy(), OUTPUT_Y)
    report.film(reader, config.steps, lambda whole: _shot(network, test[0][:1], whole), given={"output": given})
    started = time.perf_counter()
    for step in range(1, config.steps + 1):
        x, y, _ = _sequences(config, BATCH_SIZE)
        loss = ((network(x)[0] - y) ** 2).mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step(one_cycle(config.learning_rate, step - 1, config.steps))
        losses.append(loss.item())
        if step % max(1, config.steps // 50) == 0 or report.due(step):
            report(step, config.steps, losses[-1])
        if hopeless(losses[-1], losses[0]):
            break
    seconds = time.perf_counter() - started - report.spent
    predicted, attention = _predict(network, test[0])
    return {
        "losses": plain(losses),
        "seconds": seconds,
        "parameters": parameters(network),
        "diverged": divergence(
            losses,
            guess=1 / 3 if config.task == "one" else 1 / 6,  # variance of the target
            learning_rate=config.learning_rate,
            largest_weight=largest_weight(weights),
            after=float(((predicted - test[1]) ** 2).mean()),
        ),
        **_errors(predicted, test),
    }, attention


def film_scene(config: MarkerConfig) -> dict[str, Any]:
    """The scene of the frames, see `forecasting.labs.frames`."""
    across = (1.0, float(config.length))
    panels = [
        frames.panel("output", across, OUTPUT_Y, config.length),
        frames.panel("attention", across, (0.0, 1.0), config.length),
        frames.states_panel(across, config.length),
    ]
    return frames.scene("step", config.steps, READERS, panels)


def _shot(network: torch.nn.Module, x: torch.Tensor, whole: bool) -> dict[str, Any]:
    """What the network says at each step of one sequence [1, T, 2], its attention and its states there."""
    import torch

    said, attention = _predict(network, x)
    lines = {"output": frames.scaled(said[0].double().numpy(), OUTPUT_Y)}
    if attention is not None:
        lines["attention"] = frames.scaled(attention[0].mean(0).double().numpy(), (0.0, 1.0))
    if whole:
        with torch.no_grad():
            states, _ = network.recurrent(x)  # type: ignore[operator]  # every network here has one
        lines["states"] = frames.states(states[0].double().numpy())
    return {"lines": lines}


def _predict(network: torch.nn.Module, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Predictions at every step [B, T], and the attention weights [B, T, T] if `network` has any."""
    import torch

    from forecasting.model.teaching_networks import Attention

    with torch.no_grad():
        predicted, other = network(x)
    return predicted, other if isinstance(network, Attention) else None


def _errors(predicted: torch.Tensor, test: tuple[torch.Tensor, torch.Tensor, torch.Tensor]) -> dict[str, Any]:
    x, y, position = test
    squared = ((predicted - y) ** 2).double().numpy()
    length = x.shape[1]
    distance = np.arange(length) - position.numpy()[:, -1:]  # [B, T]
    by_distance = [squared[distance == d] for d in range(1 - length, length)]
    return {
        "rmse": plain([float(np.sqrt(errors.mean())) if len(errors) else np.nan for errors in by_distance]),
        "rmse_before": finite(float(np.sqrt(squared[distance < 0].mean()))),
        "rmse_after": finite(float(np.sqrt(squared[distance >= 0].mean()))),
    }


def _shown(weights: torch.Tensor | None, position: torch.Tensor) -> dict[str, Any] | None:
    if weights is None:
        return None
    chosen = position[:SHOWN, 0].argsort(stable=True)
    positions = position[:SHOWN][chosen]
    return {
        "positions": (positions if positions.shape[1] > 1 else positions[:, 0]).tolist(),
        "weights": plain(weights[:SHOWN][chosen].mean(1).numpy(), 4),  # [sequence, T]
    }


def _leak(reader: str, config: MarkerConfig, report: Reporter) -> float:
    """Error of "the next value" of noise at every step of series that are read as a whole."""
    import torch

    from forecasting.model.optimiser import AdamW, one_cycle

    network = _network(reader, 1, config.hidden_size)
    optimiser = AdamW(network.parameters())

    def loss(count: int) -> torch.Tensor:
        noise = torch.randn(count, config.length + 1, 1)
        error: torch.Tensor = ((network(noise)[0][:, :-1] - noise[:, 1:, 0]) ** 2).mean()
        return error

    for step in range(LEAK_STEPS):
        now = loss(BATCH_SIZE)
        optimiser.zero_grad()
        now.backward()  # type: ignore[no-untyped-call]
        optimiser.step(one_cycle(0.02, step, LEAK_STEPS))
        if (step + 1) % 10 == 0:
            report(step + 1, LEAK_STEPS, now.item())
    with torch.no_grad():
        return math.sqrt(loss(TEST_COUNT).item())
