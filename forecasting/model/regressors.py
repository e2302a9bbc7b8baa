"""What the linear path reads at an origin, and in which order.

Offsets of the lagged values from the last one; the last M steps of the further inputs known up to their own step, then
of those known ahead; what the latter are at the steps ahead; and the last value itself where forecasts do not start
from it. `gather` is the only place that knows this order: arrays and tensors, fits and forecasts all pass through it.

Axes: O origins, H horizon, L lags, P and K further inputs, R = L + M (P + K) + H K (+ 1) regressors.
"""

from __future__ import annotations

import dataclasses
from typing import Any, Protocol

import numpy as np

from forecasting.model.windows import Flat, Index
from forecasting.panel import Values

LAST_VALUE = -1  # place of the last value where forecasts do not start from it


class Source(Protocol):
    """What regressors are read from: a Flat of arrays, or a Material of tensors."""

    @property
    def z(self) -> Any: ...  # [N]
    @property
    def past(self) -> Any: ...  # [N, P] or None
    @property
    def known(self) -> Any: ...  # [N, K] or None
    @property
    def constant(self) -> bool: ...


def gather(source: Source, origins: Any, lags: Any, back: Any, ahead: Any) -> list[Any]:
    """The regressors in groups [..., R'] at the positions `origins` [...]; `back` and `ahead` are steps from them."""
    last = source.z[origins][..., None]
    groups = [source.z[origins[..., None] + lags] - last]
    if source.past is not None and source.known is not None:
        for values, steps in ((source.past, back), (source.known, back), (source.known, ahead)):
            groups.append(values[origins[..., None] + steps].reshape(*origins.shape, -1))
    if source.constant:
        groups.append(last)
    return groups


def regressors(flat: Flat, origins: Index, lags: Index) -> Values:
    """All regressors [O, R] at the positions `origins` [O]."""
    groups = gather(flat, origins, lags, np.arange(1 - flat.memory, 1), np.arange(1, flat.ahead + 1))
    return np.concatenate(groups, axis=1) if len(groups) > 1 else groups[0]


@dataclasses.dataclass(frozen=True)
class Layout:
    """Which regressor is which."""

    lags: slice
    of_input: tuple[Index, ...]  # [P + K] the places of each further input, first those before the origin
    ahead: tuple[Index, ...]  # [K] the places of each input known ahead at the steps ahead [H]


def layout(flat: Flat, lags: Index) -> Layout:
    """Where `gather` puts what."""
    if flat.past is None or flat.known is None:
        return Layout(slice(0, len(lags)), (), ())
    past, known = flat.past.shape[1], flat.known.shape[1]
    starts = np.cumsum([len(lags), past * flat.memory, known * flat.memory])

    def places(start: int, column: int, columns: int, steps: int) -> Index:
        return start + column + columns * np.arange(steps, dtype=np.int64)

    behind = [places(int(starts[0]), column, past, flat.memory) for column in range(past)]
    recent = [places(int(starts[1]), column, known, flat.memory) for column in range(known)]
    ahead = tuple(places(int(starts[2]), column, known, flat.ahead) for column in range(known))
    both = [np.concatenate(pair) for pair in zip(recent, ahead, strict=True)]
    return Layout(slice(0, len(lags)), (*behind, *both), ahead)


def beside_lags(flat: Flat) -> int:
    """How many regressors there are beside the lags."""
    if flat.past is None or flat.known is None:
        return int(flat.constant)
    past, known = flat.past.shape[1], flat.known.shape[1]
    return int((past + known) * flat.memory + known * flat.ahead + flat.constant)


def measured_targets(flat: Flat, origins: Index, horizon: int) -> Values:
    """The same as `targets`, NaN where the coming value was filled in."""
    offsets = targets(flat, origins, horizon)
    if flat.measured is None:
        return offsets
    return np.where(flat.measured[origins[:, None] + np.arange(1, horizon + 1)], offsets, np.nan)


def mean_known(errors: Values, axis: int) -> Values:
    """Means over what is not NaN; 0 where all is."""
    known = np.isfinite(errors)
    if known.all():
        return np.asarray(errors.mean(axis=axis))
    mean: Values = np.where(known, errors, 0.0).sum(axis=axis) / np.maximum(known.sum(axis=axis), 1)
    return mean


def targets(flat: Flat, origins: Index, horizon: int) -> Values:
    """Offsets [O, H] of the coming values from the last one."""
    offsets: Values = flat.z[origins[:, None] + np.arange(1, horizon + 1)] - flat.z[origins][:, None]
    return offsets
