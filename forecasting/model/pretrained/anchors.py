"""Cheap forecasts that the pretrained network chooses among and corrects, of many series at once.

All are linear in the past and need no fitting: naive ones of two seasons, exponential smoothing, a damped local trend
and a mean, on values without their season, drift. What they missed at earlier origins tells the network which to trust.

Axes: B series, L steps of context, H horizon, K anchors, J steps that smoothing looks back.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Index = NDArray[np.int64]
COUNT = 11
BACK = 64
DAMPING = 0.95
SEASONS = 3  # that a seasonal pattern is the mean of
SMOOTHING = (0.2, 0.5)
AGO = (8, 24, 64)  # steps: the origins at which the anchors are tried
ROOM = 8  # steps that an earlier origin needs before it


def usable(season: Index, length: Index) -> Index:
    """The season where a series holds more than one of it, else 1."""
    return np.where(length >= season + 2, season, 1)


def ahead(z: Array, first: Index, season: Index, longer: Index, horizon: int) -> Array:
    """Anchors [B, H, K] of values `z` [B, L] that begin at `first` [B]."""
    count, size = z.shape
    length = size - first
    season = usable(season, length)
    longer = np.where(length >= longer + 2, longer, season)
    steps = np.arange(1, horizon + 1)
    last = z[:, -1:]
    total = np.concatenate([np.zeros((count, 1)), np.cumsum(z, axis=1, dtype=np.float64)], axis=1)
    pattern, _ = _pattern(z, total, first, season, size - 1 + _within(steps, season))
    long_pattern, long_level = _pattern(z, total, first, longer, size - 1 + _within(steps, longer))
    repeated = _take(z, size - 1 + _within(steps, season))
    long_repeated = _take(z, size - 1 + _within(steps, longer))

    back = np.arange(min(BACK, size))
    past = _pattern(z, total, first, season, size - 1 - back % season[:, None])[0]
    smooth = z[:, size - 1 - back] - past  # [B, J]
    held = (back < length[:, None]).astype(np.float32)
    levels = [_weighted(smooth, held * np.float32(1 - alpha) ** back) for alpha in SMOOTHING]
    keep = 1 - 1 / np.maximum(8, np.minimum(season, 32))[:, None]
    intercept, slope = _line(smooth, held * keep.astype(np.float32) ** back)
    damped = np.cumsum(DAMPING**steps)
    whole = (total[:, -1] - np.take_along_axis(total, first[:, None], 1)[:, 0]) / length
    drift = (last[:, 0] - np.take_along_axis(z, first[:, None], 1)[:, 0]) / np.maximum(length - 1, 1)

    table = np.empty((count, horizon, COUNT), dtype=np.float32)
    table[:, :, 0] = last
    table[:, :, 1] = repeated
    table[:, :, 2] = long_repeated
    table[:, :, 3] = repeated + last - _take(z, size - 1 - season[:, None])
    table[:, :, 4] = long_repeated + last - _take(z, size - 1 - longer[:, None])
    table[:, :, 5] = levels[0] + pattern
    table[:, :, 6] = levels[1] + pattern
    table[:, :, 7] = intercept + slope * damped + pattern
    table[:, :, 8] = last + drift[:, None] * steps
    table[:, :, 9] = whole[:, None] + pattern
    table[:, :, 10] = long_level + long_pattern
    return table


def missed(z: Array, first: Index, season: Index, longer: Index) -> Array:
    """Mean absolute errors [B, len(AGO), K] of the anchors from earlier origins on; NaN where a series is too short."""
    errors = np.full((len(z), len(AGO), COUNT), np.nan, dtype=np.float32)
    for place, ago in enumerate(AGO):
        chosen = z.shape[1] - first - ago >= ROOM
        if not chosen.any():
            continue
        rows = slice(None) if chosen.all() else np.flatnonzero(chosen)
        part = z[rows]
        table = ahead(part[:, :-ago], first[rows], season[rows], longer[rows], ago)
        errors[rows, place] = np.abs(table - part[:, -ago:, None]).mean(axis=1)
    return errors


def _within(steps: Index, season: Index) -> Index:
    """Offsets [B, H] from the origin of the same steps in the last season."""
    period = season[:, None]
    return steps - period * -(-steps // period)


def _take(z: Array, position: Index) -> Array:
    return np.take_along_axis(z, np.maximum(position, 0), axis=1)


def _pattern(z: Array, total: NDArray[np.float64], first: Index, season: Index, position: Index) -> tuple[Array, Array]:
    """(Mean deviation [B, H] of the values at `position` and some seasons before it from the mean of their season, and
    the mean [B, 1] of the last season)."""
    size = z.shape[1]
    deviation, held = np.zeros(position.shape, dtype=np.float32), np.zeros((len(z), 1), dtype=np.float32)
    latest = np.zeros((len(z), 1), dtype=np.float32)
    for back in range(SEASONS):
        start = size - season[:, None] * (back + 1)
        able = (start >= first[:, None]) | (back == 0)
        ends = np.take_along_axis(total, np.maximum(start + season[:, None], 0), 1)
        mean = ((ends - np.take_along_axis(total, np.maximum(start, 0), 1)) / season[:, None]).astype(np.float32)
        deviation += able * (_take(z, position - back * season[:, None]) - mean)
        held += able
        if back == 0:
            latest = mean
    return deviation / held, latest


def _weighted(values: Array, weights: Array) -> Array:
    mean: Array = (values * weights).sum(axis=1, keepdims=True) / weights.sum(axis=1, keepdims=True)
    return mean


def _line(values: Array, weights: Array) -> tuple[Array, Array]:
    """Weighted least squares on time: (value at the last step, slope a step), each [B, 1]."""
    time = -np.arange(values.shape[1], dtype=np.float32)
    middle = _weighted(np.broadcast_to(time, values.shape), weights)
    mean = _weighted(values, weights)
    moved = time - middle
    spread = (weights * moved**2).sum(axis=1, keepdims=True)
    slope = (weights * moved * (values - mean)).sum(axis=1, keepdims=True) / np.maximum(spread, 1e-6)
    return mean - slope * middle, slope
