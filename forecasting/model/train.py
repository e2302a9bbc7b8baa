"""The training of one network: chunks drawn by index, a loss at every origin, schedule, clipping, early stopping.

Axes: B chunks, T = window + stride - 1 steps of a chunk, O = stride origins of a chunk, H horizon, S series.
"""

from __future__ import annotations

import copy
import dataclasses
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from forecasting import checkpoints
from forecasting.checkpoints import State
from forecasting.config import ForecastConfig
from forecasting.messages import Message
from forecasting.model import networks
from forecasting.model.linear import Linear
from forecasting.model.material import Material, chunks_ending_at, measured_share, outputs, tensor, truth
from forecasting.model.optimiser import AdamW, Plateau, move_average, one_cycle
from forecasting.model.origins import Span
from forecasting.model.windows import Index
from forecasting.panel import Values

REACH = 0.1  # the running mean of the weights, which is what forecasts, looks back over this share of the steps
SMALL = 1e-3  # of a scaled error, beside which differences do not count
FEWEST = 2  # steps of an epoch, after each of which validation takes about half a step's time
LEAST = 64  # origins that a chunk counts for: an epoch of a cell with whole windows sees a quarter of them
SPREAD_WEIGHT = 0.1  # of the spread's loss beside the central one: enough to learn it, too little to dominate


@dataclasses.dataclass(frozen=True)
class Epoch:
    """One epoch: losses, which are mean absolute errors of the central forecast in scaled units.

    What is minimised weighs errors by config.loss and has a part that teaches the spread: of the order of a hundred
    where little is left to be learned, which is nothing to set beside a validation loss (None where none is held out).
    """

    epoch: int
    epochs: int
    train_loss: float
    valid_loss: float | None
    learning_rate: float


@dataclasses.dataclass(frozen=True)
class Trained:
    """A network with the weights that were kept, the epoch they are from, the loss curve and why training ended."""

    network: networks.Scaffold
    kept_epoch: int
    curve: tuple[Epoch, ...]
    stopped: Message

    @property
    def diverged(self) -> bool:
        return self.stopped.key == "model.stopped.not-finite"


def new_network(
    config: ForecastConfig, inputs: int, linear: Linear, spread: Tensor, window: int, known: int = 0
) -> networks.Scaffold:
    """An untrained network that starts from anchor + linear."""
    return networks.Scaffold(
        config.cell,
        inputs,
        config.hidden_size,
        config.num_layers,
        window,
        tensor(linear.anchor),
        linear=tensor(linear.ridge),
        spread=spread.cpu(),
        dropout=config.dropout,
        known=known,
    )


def train(
    material: Material,
    config: ForecastConfig,
    span: Span,
    *,
    valid: Callable[[networks.Scaffold], Values] | None,
    stop_after: int | None = None,
    seed: int = 0,
    start: networks.Scaffold | None = None,
    on_epoch: Callable[[Epoch], None] | None = None,
) -> Trained:
    """Train on the origins of `span`, which are flat positions; series without any are left out.

    `valid` gives the losses of a network on what training does not see, a number for each independent part of it.
    The weights kept are those of the latest epoch that is not worse than the best one by more than a standard error:
    what is held out is short, and stopping at its lowest point follows its noise. Training stops when half of the
    epochs were worse than that. `stop_after` replaces config.epochs, schedule and all: the learning rate has come
    down by then. `start`: a network to go on from instead of a new one.
    """
    usable = np.flatnonzero(span.last >= span.first)
    span = Span(span.first[usable], span.last[usable])
    epochs = (config.epochs if stop_after is None else stop_after) if len(usable) else 0
    drawn = config.batch_size * max(material.stride, LEAST)
    steps = max(FEWEST, math.ceil(span.count / drawn))
    random = np.random.default_rng(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        known = 0 if material.known is None else material.known.shape[1]
        network = copy.deepcopy(start) or new_network(
            config, material.inputs.shape[1], material.linear, material.spread, material.window, known
        )
        network.to(material.z.device)
        course = _Course(network, config, random)
        one_cycled = config.schedule == "one-cycle"
        newest = min(0.3, 1 / (REACH * max(1, epochs * steps)))
        course.best = valid(course.average) if valid else np.empty(0)
        keeper = checkpoints.current()
        before = keeper.begin() if keeper else None
        if before is not None:
            course.restore(before)
            for earlier in course.curve:
                if on_epoch:
                    on_epoch(earlier)
        ended = before is not None and before.ended
        for epoch in range(len(course.curve) + 1, 1 if ended else epochs + 1):
            network.train()
            total, absolute = torch.zeros(2, device=material.z.device).unbind()
            for step in range((epoch - 1) * steps, epoch * steps):
                rate = course.plateau.learning_rate
                rate = one_cycle(config.learning_rate, step, epochs * steps) if one_cycled else rate
                ends = _draw(random, span, material, config.batch_size)
                loss, shown = _loss(network, material, config.loss, ends, span.first)
                course.optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]  # torch gives it no types
                nn.utils.clip_grad_norm_(network.parameters(), 1.0)
                course.optimiser.step(rate)
                move_average(course.average, network, newest)
                total, absolute = total + loss.detach(), absolute + shown
            mean = float(total) / steps
            losses = valid(course.average) if valid else course.best
            held_out = float(losses.mean()) if valid else None
            if not math.isfinite(mean) or not math.isfinite(held_out or 0.0):
                course.stopped = Message("model.stopped.not-finite", epoch=epoch, kept=course.kept_epoch)
                break
            if config.schedule == "plateau":
                course.plateau.step(mean if held_out is None else held_out)
            course.curve.append(Epoch(epoch, epochs, float(absolute) / steps, held_out, rate))
            if on_epoch:
                on_epoch(course.curve[-1])
            if not valid or not worse(losses, course.best):
                course.kept, course.kept_epoch = _copy(course.average), epoch
            elif epoch - course.kept_epoch >= max(5, epochs // 2):
                course.stopped = Message("model.stopped.worse", count=epoch - course.kept_epoch)
                break
            if np.log((losses + SMALL) / (course.best + SMALL)).sum() < 0:
                course.best = losses
            if keeper:
                keeper.note(course.state, ended=False)
        if keeper and not ended:
            keeper.note(course.ended, ended=True)
    course.average.load_state_dict(course.kept)
    return Trained(course.average, course.kept_epoch, tuple(course.curve), course.stopped)


class _Course:
    """All that a training changes from epoch to epoch."""

    def __init__(self, network: networks.Scaffold, config: ForecastConfig, random: np.random.Generator) -> None:
        self.network = network
        self.average = copy.deepcopy(network).train(False)
        self.optimiser = AdamW(network.parameters(), weight_decay=1e-4)
        self.plateau = Plateau(config.learning_rate)
        self.random = random
        self.kept, self.kept_epoch = _copy(self.average), 0
        self.best: Values = np.empty(0)
        self.curve: list[Epoch] = []
        self.stopped = Message("model.stopped.all-epochs")

    def state(self) -> State:
        """To go on from, after this epoch."""
        tensors = {f"kept/{name}": value.cpu() for name, value in self.kept.items()}
        tensors |= {f"network/{name}": value.cpu() for name, value in _copy(self.network).items()}
        tensors |= {f"average/{name}": value.cpu() for name, value in _copy(self.average).items()}
        tensors |= {f"optimiser/{place}": value.cpu().clone() for place, value in enumerate(self.optimiser.state)}
        tensors["random"] = torch.get_rng_state()
        plateau = self.plateau
        values = {
            "best": self.best.tolist(),
            "plateau": [plateau.learning_rate, plateau.best, plateau.waited],
            "random": self.random.bit_generator.state,
        }
        return State(tensors, self._told() | values, ended=False)

    def ended(self) -> State:
        """What the result is made of."""
        return State({f"kept/{name}": value.cpu() for name, value in self.kept.items()}, self._told(), ended=True)

    def restore(self, state: State) -> None:
        """Be where `state` or `ended` was called."""

        def part(name: str) -> dict[str, Tensor]:
            begin = f"{name}/"
            return {key.removeprefix(begin): value for key, value in state.tensors.items() if key.startswith(begin)}

        values = state.values
        self.kept, self.kept_epoch = part("kept"), values["kept_epoch"]
        self.curve = [Epoch(**epoch) for epoch in values["curve"]]
        self.stopped = Message.from_dict(values["stopped"])
        if state.ended:
            return
        self.network.load_state_dict(part("network"))
        self.average.load_state_dict(part("average"))
        for place, value in part("optimiser").items():
            self.optimiser.state[int(place)].copy_(value)
        self.best = np.array(values["best"])
        self.plateau.learning_rate, self.plateau.best, self.plateau.waited = values["plateau"]
        self.random.bit_generator.state = values["random"]
        torch.set_rng_state(state.tensors["random"])

    def _told(self) -> dict[str, Any]:
        curve = [dataclasses.asdict(epoch) for epoch in self.curve]
        return {"kept_epoch": self.kept_epoch, "curve": curve, "stopped": self.stopped.to_dict()}


def worse(losses: Values, best: Values) -> bool:
    """Whether `losses` exceed `best` by more than the standard error of their mean difference.

    Both as logarithms: a few blocks with large errors would else drown what happens in all others.
    """
    difference = np.log((losses + SMALL) / (best + SMALL))
    error = float(difference.std()) / math.sqrt(max(1, len(difference) - 1))
    return float(difference.mean()) > error


def _copy(network: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in network.state_dict().items()}


def _draw(random: np.random.Generator, span: Span, material: Material, count: int) -> Index:
    """Positions [B] of the last origin of each chunk: a series drawn evenly, then a place in it drawn evenly."""
    series = random.integers(0, len(span.first), count)
    last = span.last[series]
    low = np.minimum(span.first[series] + material.stride - 1, last)
    return random.integers(low, last + 1)


def _loss(
    network: networks.Scaffold, material: Material, kind: str, ends: Index, first: Index
) -> tuple[Tensor, Tensor]:
    """(What is minimised, the mean absolute error of the central forecast: what validation measures)."""
    positions = chunks_ending_at(ends, material)
    central, log_spread = outputs(network, material, positions)
    error = truth(material, positions) - central
    # Chunks of short series begin before the first origin; what stands there is padding.
    starts = torch.from_numpy(first[np.searchsorted(first, ends, side="right") - 1]).to(positions.device)
    seen = positions[:, material.window - 1 :] >= starts[:, None]
    weight = seen.float()[..., None] / (seen.sum() * material.horizon)
    measured = measured_share(material, positions)
    if measured is not None:
        counted = seen.float()[..., None] * measured
        weight = counted / counted.sum().clamp(min=1.0)
    shown = (error.detach().abs() * weight).sum()
    if kind == "pinball":
        levels = torch.tensor([0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975], device=error.device)
        spread = material.spread * torch.exp(log_spread)
        return (2 * networks.quantile_loss(error, spread, levels) * weight).sum(), shown
    spread_part = networks.spread_loss(error.detach() / material.spread, log_spread)
    return ((networks.central_loss(kind, error) + SPREAD_WEIGHT * spread_part) * weight).sum(), shown
