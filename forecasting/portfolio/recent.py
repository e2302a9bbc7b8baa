"""What happened at the end of each series: whether its level moved, and whether its last value was foreseen.

Axes: T values of all series end to end, S series, N blocks of one series.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from forecasting.model.windows import Index
from forecasting.panel import Values

BLOCKS = 6  # that a series needs for its level to be followed: five moves, the last of which is judged by the others
COMMON = 0.01  # of the level: moves smaller than that are not told from none
MOST = 99.0  # what a ratio without a measure is given as
_SCALE, _MEAN = 1.4826, 1.2533  # make the median and the mean absolute deviation the standard deviation of normal ones


def level_shift(y: Values, ends: Index, lengths: Index, horizon: int, season: int) -> Values:
    """How far the level of each series [S] moved in its last block, in robust standard deviations of its moves before.

    A block is the shortest whole number of seasons that holds a horizon, or a horizon where the series has too few of
    these. A level is the median of a block, or its mean where most medians are equal, as those of mostly zeros are. A
    move is the difference of two levels that follow each other: a trend is none, and of a random walk all are alike.
    The deviation is the larger of those by the median and by the mean absolute deviation, and at least 1 % of the
    level. NaN where a series has fewer than six blocks.
    """
    shift = np.full(len(ends), np.nan)
    open_ = np.ones(len(ends), dtype=bool)
    for size in dict.fromkeys((season * math.ceil(horizon / season), horizon)):
        for blocks in np.unique(lengths[open_] // size):
            if blocks < BLOCKS:
                continue
            some = np.flatnonzero(open_ & (lengths // size == blocks))
            shift[some] = _last_move(y, ends[some], int(blocks), size)
            open_[some] = False
    return shift


def _last_move(y: Values, ends: Index, blocks: int, size: int) -> Values:
    """Of series that all have so many blocks of that size."""
    places = ends[:, None] - blocks * size + np.arange(blocks * size)
    held = y[places].reshape(len(ends), blocks, size)
    levels = np.median(held, axis=2)  # [S, N]
    still = np.median(np.abs(np.diff(levels, axis=1)), axis=1) == 0
    levels[still] = held[still].mean(axis=2)
    moves = np.diff(levels, axis=1)
    usual = np.median(moves[:, :-1], axis=1)
    apart = np.abs(moves[:, :-1] - usual[:, None])
    deviation = np.maximum(_SCALE * np.median(apart, axis=1), _MEAN * apart.mean(axis=1))
    deviation = np.maximum(deviation, COMMON * np.abs(levels[:, :-1]).mean(axis=1))
    return _ratio(moves[:, -1] - usual, deviation)


def surprise(rows: pd.DataFrame, names: Any, last: Any) -> Values:
    """Where the last value of each series [S] lay in the interval that the newest origin before it had for it.

    In the distance from the forecast to that end of the widest interval: beyond 1 or -1 it lay outside, above or below.
    NaN where no forecast of a backtest was of the last value.
    """
    levels = [int(name.removeprefix("forecast-hi-")) for name in rows.columns if name.startswith("forecast-hi-")]
    level = max(levels)
    ends = np.asarray(last)
    there = np.flatnonzero(np.isin(rows["ds"].to_numpy(), np.unique(ends)))  # few of all rows: names take long to find
    codes = pd.Index(names).get_indexer(rows["unique_id"].to_numpy()[there])
    own = rows["ds"].to_numpy()[there] == ends[codes]
    there, codes = there[own], codes[own]
    order = np.argsort(rows["step"].to_numpy()[there], kind="stable")
    there = there[order]
    series, first = np.unique(codes[order], return_index=True)
    chosen = there[first]
    truth, forecast, low, high = (
        rows[name].to_numpy(np.float64)[chosen]
        for name in ("y", "forecast", f"forecast-lo-{level}", f"forecast-hi-{level}")
    )
    found = np.full(len(names), np.nan)
    off = truth - forecast
    found[series] = _ratio(off, np.where(off >= 0, np.maximum(high - forecast, 0), np.maximum(forecast - low, 0)))
    return found


def _ratio(distance: Values, measure: Values) -> Values:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(distance == 0, 0.0, np.clip(distance / measure, -MOST, MOST))
