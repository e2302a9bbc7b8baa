"""The training loop: chunks drawn by index, a loss at every origin, schedule, clipping, early stopping, best weights.

Axes: B chunks, T = window + stride - 1 steps of a chunk, O = stride origins of a chunk, H horizon, F inputs, L lags,
N positions of the flat array, S series.
"""

from __future__ import annotations

import copy
import dataclasses
import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from forecasting.config import ForecastConfig
from forecasting.model import networks
from forecasting.model.linear import Linear
from forecasting.model.optimiser import AdamW, Plateau, move_average, one_cycle
from forecasting.model.windows import Flat, Index
from forecasting.panel import Values

REACH = 0.1  # the running mean of the weights, which is what forecasts, looks back over this share of the steps
SMALL = 1e-3  # of a scaled error, beside which differences do not count
FEWEST = 2  # steps of an epoch, after each of which validation takes about half a step's time
LEAST = 64  # origins that a chunk counts for: an epoch of a cell with whole windows sees a quarter of them
CELLS = 8_000_000  # offsets of all origins that are held at once
SPREAD_WEIGHT = 0.1  # of the spread's loss beside the central one: enough to learn it, too little to lead


@dataclasses.dataclass(frozen=True)
class Epoch:
    """What `on_epoch` is told: losses in scaled units, the validation loss None where nothing is held out."""

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
    stopped: str


@dataclasses.dataclass(frozen=True)
class Material:
    """What training reads, as tensors on the device."""

    z: Tensor  # [N]
    inputs: Tensor  # [N, F]
    lags: Tensor  # [L]
    linear: Linear
    spread: Tensor  # [H] mean absolute error of anchor + linear
    window: int
    cell: str
    past: Tensor | None = None  # [N, P] further inputs
    known: Tensor | None = None  # [N, K] those known H steps ahead
    memory: int = 0  # last steps of them that the linear path reads
    constant: bool = False  # forecasts start from zero, not from the last value

    @property
    def stride(self) -> int:
        """Origins of a chunk."""
        return origins_per_chunk(self.window, self.cell)

    @property
    def horizon(self) -> int:
        return self.spread.shape[0]


def origins_per_chunk(window: int, cell: str) -> int:
    """At least as many origins as warm-up steps, so that each step is computed about twice at most.

    A cell that sees whole windows computes each of them by itself: there a chunk is only neighbouring windows.
    """
    return 16 if cell in networks.WHOLE_WINDOWS else max(window, 192)


def chunk_length(window: int) -> int:
    """The longest chunk of any cell."""
    return window + max(window, 192) - 1


def network_inputs(flat: Flat, periods: tuple[int, ...]) -> Values:
    """Inputs [N, F] at each step: value, difference, and for each season the seasonal difference and the distance
    from the mean of the last season; then the further ones. All are known at the step itself."""
    z = flat.z
    columns = [z, 3 * np.diff(z, prepend=z[:1])]
    total = np.concatenate([[0.0], np.cumsum(z)])
    for period in periods:
        back = np.maximum(np.arange(len(z)) - period, 0)
        columns.append(z - z[back])
        columns.append(z - (total[1:] - total[back + 1]) / np.maximum(np.arange(len(z)) - back, 1))
    inputs = np.arcsinh(np.stack(columns, -1))  # a value far beyond those trained on changes little
    if flat.past is None or flat.known is None:
        return inputs
    return np.concatenate([inputs, flat.past, flat.known], axis=1)


def material(flat: Flat, periods: tuple[int, ...], linear: Linear, spread: Values, window: int, cell: str) -> Material:
    """Tensors of one training, on the GPU where there is one."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return Material(
        tensor(flat.z).to(device),
        tensor(network_inputs(flat, periods)).to(device),
        torch.from_numpy(linear.lags).to(device),
        linear,
        tensor(spread).to(device),
        window,
        cell,
        None if flat.past is None else tensor(flat.past).to(device),
        None if flat.known is None else tensor(flat.known).to(device),
        flat.memory,
        flat.constant,
    )


def with_window(material: Material, window: int) -> Material:
    """The same for a network that is sure to have seen another number of values."""
    return material if window == material.window else dataclasses.replace(material, window=window)


def chunks_at_once(material: Material) -> int:
    """Chunks that may be computed together without taking more than some 100 MB."""
    cells = CELLS * (8 if material.z.is_cuda else 1)
    read = int(material.linear.anchor.shape[1]) + 2 * material.horizon
    return max(1, min(cells // (8 * chunk_length(material.window)), cells // (chunk_length(material.window) * read)))


def tensor(values: Values) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))


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
    first: Index,
    last: Index,
    *,
    valid: Callable[[networks.Scaffold], Values] | None,
    stop_after: int | None = None,
    seed: int = 0,
    start: networks.Scaffold | None = None,
    on_epoch: Callable[[Epoch], None] | None = None,
) -> Trained:
    """Train on origins at the flat positions `first` to `last` [S]; series without any are left out.

    `valid` gives the losses of a network on what training does not see, a number for each independent part of it.
    The weights kept are those of the latest epoch that is not worse than the best one by more than a standard error:
    a held-out stretch is short, and stopping at its lowest point follows its noise. Training stops when half of the
    epochs were worse than that. `stop_after` replaces config.epochs, schedule and all: the learning rate has come
    down by then. `start`: a network to go on from instead of a new one.
    """
    usable = np.flatnonzero(last >= first)
    first, last = first[usable], last[usable]
    epochs = (config.epochs if stop_after is None else stop_after) if len(usable) else 0
    drawn = config.batch_size * max(material.stride, LEAST)
    steps = max(FEWEST, math.ceil(int((last - first + 1).sum()) / drawn))
    random = np.random.default_rng(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        known = 0 if material.known is None else material.known.shape[1]
        network = copy.deepcopy(start) or new_network(
            config, material.inputs.shape[1], material.linear, material.spread, material.window, known
        )
        network.to(material.z.device)
        average = copy.deepcopy(network).train(False)
        optimiser = AdamW(network.parameters(), weight_decay=1e-4)
        plateau = Plateau(config.learning_rate)
        one_cycled = config.schedule == "one-cycle"
        newest = min(0.3, 1 / (REACH * max(1, epochs * steps)))
        kept, kept_epoch = _copy(average), 0
        best = valid(average) if valid else np.empty(0)
        curve: list[Epoch] = []
        stopped = "all epochs done"
        for epoch in range(1, epochs + 1):
            network.train()
            total = torch.zeros((), device=material.z.device)
            for step in range((epoch - 1) * steps, epoch * steps):
                rate = one_cycle(config.learning_rate, step, epochs * steps) if one_cycled else plateau.learning_rate
                loss = _loss(network, material, config.loss, _draw(random, first, last, material, config), first)
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]  # torch gives it no types
                nn.utils.clip_grad_norm_(network.parameters(), 1.0)
                optimiser.step(rate)
                move_average(average, network, newest)
                total += loss.detach()
            mean = float(total) / steps
            losses = valid(average) if valid else best
            held_out = float(losses.mean()) if valid else None
            if not math.isfinite(mean) or not math.isfinite(held_out or 0.0):
                stopped = f"the loss was no longer finite in epoch {epoch}; the weights of epoch {kept_epoch} were kept"
                break
            if config.schedule == "plateau":
                plateau.step(mean if held_out is None else held_out)
            curve.append(Epoch(epoch, epochs, mean, held_out, rate))
            if on_epoch:
                on_epoch(curve[-1])
            if not valid or not worse(losses, best):
                kept, kept_epoch = _copy(average), epoch
            elif epoch - kept_epoch >= max(5, epochs // 2):
                stopped = f"clearly worse in the last {epoch - kept_epoch} epochs"
                break
            if np.log((losses + SMALL) / (best + SMALL)).sum() < 0:
                best = losses
    average.load_state_dict(kept)
    return Trained(average, kept_epoch, tuple(curve), stopped)


def outputs(network: networks.Scaffold, material: Material, positions: Tensor) -> tuple[Tensor, Tensor]:
    """Central offsets and log spread [B, O, H] for chunks at `positions` [B, T]."""
    origins = positions[:, material.window - 1 :]
    last = material.z[origins][..., None]
    parts, ahead = [material.z[origins[..., None] + material.lags] - last], None
    if material.past is not None and material.known is not None:
        steps = torch.arange(1, material.horizon + 1, device=origins.device)
        back = origins[..., None] + torch.arange(1 - material.memory, 1, device=origins.device)
        ahead = material.known[origins[..., None] + steps]  # [B, O, H, K]
        parts += [material.past[back].flatten(2), material.known[back].flatten(2), ahead.flatten(2)]
    if material.constant:
        parts.append(last)
    central, log_spread = network(material.inputs[positions], torch.cat(parts, -1) if parts[1:] else parts[0], ahead)
    return central, log_spread


def truth(material: Material, positions: Tensor) -> Tensor:
    """The offsets [B, O, H] that came true."""
    origins = positions[:, material.window - 1 :]
    steps = torch.arange(1, material.horizon + 1, device=origins.device)
    return material.z[origins[..., None] + steps] - material.z[origins][..., None]


def chunks_ending_at(ends: Index, material: Material) -> Tensor:
    """Positions [B, T] of the chunks whose last origin is at `ends` [B]."""
    length = material.window + material.stride - 1
    return (torch.from_numpy(ends)[:, None] + torch.arange(1 - length, 1)).to(material.z.device)


def worse(losses: Values, best: Values) -> bool:
    """Whether `losses` exceed `best` by more than the standard error of their mean difference.

    Both as logarithms: a few stretches with large errors would else drown what happens on all others.
    """
    difference = np.log((losses + SMALL) / (best + SMALL))
    error = float(difference.std()) / math.sqrt(max(1, len(difference) - 1))
    return float(difference.mean()) > error


def _copy(network: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in network.state_dict().items()}


def _draw(random: np.random.Generator, first: Index, last: Index, material: Material, config: ForecastConfig) -> Index:
    """Positions [B] of the last origin of each chunk: a series drawn evenly, then a place in it drawn evenly."""
    owner = random.integers(0, len(first), config.batch_size)
    low = np.minimum(first[owner] + material.stride - 1, last[owner])
    return random.integers(low, last[owner] + 1)


def _loss(network: networks.Scaffold, material: Material, kind: str, ends: Index, first: Index) -> Tensor:
    positions = chunks_ending_at(ends, material)
    central, log_spread = outputs(network, material, positions)
    error = truth(material, positions) - central
    # Chunks of short series begin before the first origin; what stands there is padding.
    starts = torch.from_numpy(first[np.searchsorted(first, ends, side="right") - 1]).to(positions.device)
    seen = positions[:, material.window - 1 :] >= starts[:, None]
    weight = seen.float()[..., None] / (seen.sum() * material.horizon)
    if kind == "pinball":
        levels = torch.tensor([0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975], device=error.device)
        spread = material.spread * torch.exp(log_spread)
        return (2 * networks.quantile_loss(error, spread, levels) * weight).sum()
    spread_part = networks.spread_loss(error.detach() / material.spread, log_spread)
    return ((networks.central_loss(kind, error) + SPREAD_WEIGHT * spread_part) * weight).sum()
