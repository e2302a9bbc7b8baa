"""The networks of a method, one a seed and lookback: their training, its continuation, and their median.

Axes: S series, O origins, H horizon.
"""

from __future__ import annotations

import copy
import functools
import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import torch

from forecasting.config import ForecastConfig
from forecasting.model import networks
from forecasting.model.material import (
    Material,
    chunks_at_once,
    chunks_ending_at,
    measured_share,
    outputs,
    tensor,
    truth,
)
from forecasting.model.origins import Span
from forecasting.model.train import Epoch, Trained, train
from forecasting.model.windows import Flat, Index
from forecasting.panel import Values

VALIDATION_CHUNKS = 128
GO_ON = 0.3  # of the epochs that validation kept, and of the learning rate, for going on with all data

OnEpoch = Callable[[str, int, Epoch], None]  # stage, place of the network, epoch
Read = Callable[[networks.Scaffold, Material, torch.Tensor], tuple[torch.Tensor, torch.Tensor]]  # see `outputs`


def windows_and_seeds(config: ForecastConfig) -> list[tuple[int, int]]:
    """(window, seed) of each network whose median is the forecast: seeds times lookbacks."""
    return [(window, config.seed + 1000 * member) for window in config.windows for member in range(config.members)]


def train_all(
    material: Material, config: ForecastConfig, flat: Flat, span: Span, held_out: Span, on_epoch: OnEpoch | None
) -> list[Trained]:
    """New networks, trained on the origins of `span` and stopped by those of `held_out`."""
    trained = []
    for place, (window, seed) in enumerate(windows_and_seeds(config)):
        own = material.with_window(window)
        valid = _validation(own, flat, held_out)
        report = functools.partial(on_epoch, "validation", place) if on_epoch else None
        trained.append(train(own, config, span.positions(flat), valid=valid, seed=seed, on_epoch=report))
    return trained


def go_on(
    begun: Sequence[Trained],
    material: Material,
    config: ForecastConfig,
    flat: Flat,
    span: Span,
    on_epoch: OnEpoch | None,
) -> list[Trained]:
    """The networks that are `begun`, moved onto the linear path of `material` and trained on the origins of `span`."""
    slower = config.replace(learning_rate=max(GO_ON * config.learning_rate, 1e-6))
    moved = [_moved(result.network, material) for result in begun]
    epochs = [math.ceil(GO_ON * result.kept_epoch) for result in begun]
    return continued(moved, epochs, material, slower, flat, span, on_epoch)


def continued(
    nets: Iterable[networks.Scaffold],
    epochs: Iterable[int],
    material: Material,
    config: ForecastConfig,
    flat: Flat,
    span: Span,
    on_epoch: OnEpoch | None,
) -> list[Trained]:
    """Each network after so many further epochs with nothing held out."""
    trained = []
    for place, (network, count, (_, seed)) in enumerate(zip(nets, epochs, windows_and_seeds(config), strict=True)):
        trained.append(
            train(
                material.with_window(network.window),
                config,
                span.positions(flat),
                valid=None,
                stop_after=count,
                seed=seed,
                start=network,
                on_epoch=functools.partial(on_epoch, "final", place) if on_epoch else None,
            )
        )
    return trained


def run(
    nets: Sequence[networks.Scaffold], material: Material, span: Span, read: Read = outputs
) -> tuple[Values, Values]:
    """Median over the networks of the central offsets and of their spread [O, H] at all origins of `span`, which are
    flat positions. `read`: what is asked of each network."""
    results = [_run(network, material.with_window(network.window), span, read) for network in nets]
    if len(results) == 1:
        return results[0]
    central, spread = (np.median([result[part] for result in results], axis=0) for part in (0, 1))
    return central, spread


def _run(network: networks.Scaffold, material: Material, span: Span, read: Read) -> tuple[Values, Values]:
    ends = _chunk_ends(span, material.stride)
    series = np.searchsorted(span.first, ends, side="right") - 1
    central, spread = [], []
    # A chunk's origins before the first, or already in the chunk before it, are dropped.
    keep = np.minimum(ends - span.first[series] + 1, material.stride)
    once = chunks_at_once(material)
    typical = material.spread.cpu().numpy()
    network.to(material.z.device).train(False)
    for at in range(0, len(ends), once):
        positions = chunks_ending_at(ends[at : at + once], material)
        with torch.no_grad():
            middle, width = read(network, material, positions)
        inside = np.arange(material.stride)[None, :] >= material.stride - keep[at : at + once, None]
        central.append(middle.cpu().numpy()[inside].astype(np.float64))
        spread.append(width.exp().cpu().numpy()[inside].astype(np.float64) * typical)
    if not central:
        return np.empty((0, material.horizon)), np.empty((0, material.horizon))
    return np.concatenate(central), np.concatenate(spread)


def _chunk_ends(span: Span, stride: int) -> Index:
    """Last origins of chunks that together cover `span`, ascending."""
    counts = np.maximum(-(-(span.last - span.first + 1) // stride), 0)
    series = np.repeat(np.arange(len(counts)), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    ends: Index = span.last[series] - stride * (counts[series] - 1 - within)
    return ends


def _moved(network: networks.Scaffold, material: Material) -> networks.Scaffold:
    """A copy of `network` on the linear path and the spread of `material`."""
    moved = copy.deepcopy(network)
    path = tensor(material.linear.ridge)
    moved.load_state_dict(network.state_dict() | {"linear": path, "spread": material.spread})
    return moved


def _validation(material: Material, flat: Flat, held_out: Span) -> Callable[[networks.Scaffold], Values]:
    """Mean absolute scaled errors by block over the origins of `held_out`, on some chunks of them."""
    span, origins = held_out.positions(flat), held_out.origins(material.horizon)
    ends = _chunk_ends(span, material.stride)
    ends = ends[np.linspace(0, len(ends) - 1, min(VALIDATION_CHUNKS, len(ends))).astype(np.int64)]
    positions = chunks_ending_at(ends, material)
    read = positions[:, material.window - 1 :].cpu().numpy()
    inside = read >= span.first[np.searchsorted(span.first, ends, side="right") - 1][:, None]
    origins = origins.select(np.searchsorted(origins.positions(flat), read[inside]))
    once = chunks_at_once(material)

    def valid(network: networks.Scaffold) -> Values:
        with torch.no_grad():
            errors = [
                _mean_error((truth(material, some) - outputs(network, material, some)[0]).abs(), material, some)
                for some in torch.split(positions, once)
            ]
        return origins.mean_by_block(torch.cat(errors).cpu().numpy()[inside])

    return valid


def _mean_error(errors: torch.Tensor, material: Material, positions: torch.Tensor) -> torch.Tensor:
    """Means [B, O] of errors [B, O, H] over the steps that were measured; 0 where none was."""
    measured = measured_share(material, positions)
    if measured is None:
        return errors.mean(-1)
    return (errors * measured).sum(-1) / measured.sum(-1).clamp(min=1.0)
