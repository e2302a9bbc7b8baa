"""Forecasts from origins that what made them had not seen: the ground of every choice and of the intervals.

Axes: S series, O origins, H horizon.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from forecasting.model import ensemble
from forecasting.model.linear import MOST_ORIGINS, Linear, ridges
from forecasting.model.material import Material
from forecasting.model.networks import Scaffold
from forecasting.model.origins import Origins, Span
from forecasting.model.prepare import Prepared
from forecasting.model.regressors import measured_targets, regressors, targets
from forecasting.model.scaling import State
from forecasting.panel import Values

PARTS = 4  # of the training origins, each forecast by a linear path fitted on the others
FEW = 20  # series, up to which that is done


@dataclasses.dataclass(frozen=True, kw_only=True)
class HeldOut:
    """Truth and forecasts, scaled, each [O, H]."""

    origins: Origins
    states: tuple[State, ...]  # [S] by which they are scaled
    truth: Values
    forecast: Values
    spread: Values
    linear: Values | None = None  # by the linear path alone, where the forecast is by networks
    earlier: HeldOut | None = None  # from training origins; None where many series have enough held-out ones


@dataclasses.dataclass(frozen=True, kw_only=True)
class Offsets:
    """Offsets from the last value at held-out origins, each [O, H]."""

    origins: Origins
    truth: Values
    anchor: Values
    path: Values  # anchor + linear
    network: Values
    spread: Values  # of the network


def held_out_offsets(
    prepared: Prepared, chosen: Linear, nets: Sequence[Scaffold], material: Material, span: Span
) -> Offsets:
    """By networks and the linear path that were trained on what precedes `span`."""
    flat = prepared.flat
    origins = span.origins(material.horizon)
    network, spread = ensemble.run(nets, material, span.positions(flat))
    truth = measured_targets(flat, origins.positions(flat), material.horizon)
    origins, truth, network, spread = with_truth(origins, truth, network, spread)
    positions = origins.positions(flat)
    read = regressors(flat, positions, chosen.lags)
    anchor = read @ chosen.anchor.T
    return Offsets(
        origins=origins,
        truth=truth,
        anchor=anchor,
        path=anchor + read @ chosen.ridge.T,
        network=network,
        spread=spread,
    )


def with_truth(origins: Origins, truth: Values, *beside: Values) -> tuple[Any, ...]:
    """(Origins, truth [O, H], what stands beside it) where any of the truth was measured; at least one."""
    here = np.isfinite(truth).any(axis=1)
    if here.all() or not here.any():
        return origins, truth, *beside
    return origins.select(here), truth[here], *(part[here] for part in beside)


def cross_fitted(prepared: Prepared, chosen: Linear, nets: Sequence[Scaffold], material: Material) -> HeldOut | None:
    """Forecasts by anchor + linear from training origins, each of PARTS of them by a linear path fitted on the others,
    a horizon away. The spread is by the networks, which were trained on these origins."""
    flat, horizon = prepared.flat, material.horizon
    origins = prepared.span.origins(horizon)
    if len(flat.start) > FEW or flat.constant or len(origins) < 2 * PARTS * horizon:
        return None
    if len(origins) > MOST_ORIGINS:
        origins = origins.select(slice(-MOST_ORIGINS, None))
    spread = ensemble.run(nets[:1], material, prepared.span.positions(flat))[1][-len(origins) :]
    truth = measured_targets(flat, origins.positions(flat), horizon)
    origins, truth, spread = with_truth(origins, truth, spread)
    positions = origins.positions(flat)
    read = regressors(flat, positions, chosen.lags)
    anchor = read @ chosen.anchor.T
    path = anchor.copy()
    if math.isfinite(chosen.penalty):
        part = np.arange(len(origins)) * PARTS // len(origins)
        for number in range(PARTS):
            inside = np.flatnonzero(part == number)
            apart = np.ones(len(origins), dtype=bool)
            apart[max(0, inside[0] - horizon) : inside[-1] + horizon + 1] = False
            left = targets(flat, positions[apart], horizon) - anchor[apart]
            weight = np.isfinite(truth[apart]).mean(axis=1)
            ridge = ridges(read[apart], left, weight, (chosen.penalty,))[0]
            path[inside] += read[inside] @ ridge.T
    level = flat.z[positions][:, None]
    return HeldOut(origins=origins, states=prepared.states, truth=level + truth, forecast=level + path, spread=spread)
