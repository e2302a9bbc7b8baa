"""Suspected outliers, and zeros and numbers such as -999 that may stand for nothing measured. Only flagged.

Outliers follow Hampel's identifier (Davies and Gather 1993, JASA 88:782): a value far from the medians of its
neighbours, in units of 1.4826 times the median absolute deviation. The neighbours are those in time or, where a season
explains a series better, those at the same place in the seasons around. A step to another level, a weekly peak and the
usual volatility of prices are none: the distance counts from the span between the medians before and after, the local
volatility is taken where it is larger, and values above zero have to be far in their logarithms too.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import pandas as pd

FAR = 8.0  # deviations from which on a value is far
AROUND = 25  # steps to either side by which local volatility is measured
NATURE = 0.02  # share of a series above which far values are part of its nature
FEW = 4  # far values that a short series may have all the same
EXPLAINS = 0.8  # of the deviation from neighbours in time, below which a season explains a series better
SAMPLE = 100_000  # values used to decide that
LEAST = 12  # values that a series needs for anything to be flagged
NEARLY = 0.8  # of the values at one place of a season, the share of zeros that makes them part of its nature
WHOLE = 3  # seasons that a series has to hold for that
ZEROS = 0.2  # share above which zeros are part of a series' nature
NEVER_NEAR = 0.2  # of the median: positive values that seldom go below this make a zero look odd
COUNTS = 5  # of the smallest difference between values: positive values below this are near zero
STAND_INS = (
    *(-99.0, -999.0, -9999.0, -99999.0, -999999.0, -99.9, -99.99, -999.9, -999.99, -9999.9, -9999.99, -200.0),
    *(9999.0, 99999.0, 999999.0, 9999999.0, 99.99, 999.9, 999.99, 9999.9, 9999.99, -32768.0),
)
AT_ONCE = 300_000  # values of whole series that are looked at together
_SCALE = 1.4826  # makes the median absolute deviation the standard deviation of normal values
_MEAN = 1.2533  # the same for the mean absolute deviation

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclasses.dataclass(frozen=True, eq=False)
class Suspects:
    """Which values are outliers, and which are zeros that look like missing ones."""

    outliers: Flags
    zeros: Flags


def find_suspects(y: Floats, codes: Ints, seasons: tuple[int, ...]) -> Suspects:
    """Of values on a complete calendar, series by series: `codes` are sorted and count from 0.

    Some series after the other: dozens of arrays as long as the values would be a multiple of what millions of them
    take.
    """
    lengths = _Runs.of(codes).lengths
    ends = np.cumsum(lengths)
    found, start = [], 0
    for part in np.split(ends, np.flatnonzero(np.diff(ends // AT_ONCE)) + 1):
        stop = int(part[-1])
        found.append(_find(y[start:stop], codes[start:stop] - codes[start], seasons))
        start = stop
    return Suspects(*(np.concatenate([getattr(one, name) for one in found]) for name in ("outliers", "zeros")))


def _find(y: Floats, codes: Ints, seasons: tuple[int, ...]) -> Suspects:
    runs = _Runs.of(codes)
    zeros = _odd_zeros(y, runs, seasons)
    at = _far(y, runs, np.arange(len(y)), seasons)
    if len(at):
        low = np.minimum.reduceat(y, runs.starts)
        above = np.flatnonzero((low > 0) & np.isin(np.arange(len(low)), codes[at]))
        inside = np.flatnonzero(np.isin(codes, above))
        if len(inside):
            with np.errstate(invalid="ignore", divide="ignore"):
                logs = np.log(y)
            at = at[~np.isin(codes[at], above) | np.isin(at, _far(logs, runs, inside, seasons))]
    counts = np.bincount(codes[at], minlength=len(runs.starts))
    usual = (counts <= np.maximum(FEW, np.ceil(NATURE * runs.lengths))) & (runs.lengths >= LEAST)
    outliers = np.zeros(len(y), dtype=bool)
    outliers[at[usual[codes[at]]]] = True
    return Suspects((outliers & ~zeros) | _stand_ins(y, runs), zeros)


@dataclasses.dataclass(frozen=True, eq=False)
class _Runs:
    """Where each series begins and how long it is; the series of each value."""

    codes: Ints
    starts: Ints
    lengths: Ints

    @classmethod
    def of(cls, codes: Ints) -> _Runs:
        starts = np.flatnonzero(np.concatenate([[True], np.diff(codes) != 0]))
        return cls(codes, starts, np.diff(np.append(starts, len(codes))))


def _far(y: Floats, runs: _Runs, at: Ints, seasons: tuple[int, ...]) -> Ints:
    """The positions among `at` of values far from their neighbours in time, or in the season that explains more."""
    low, high = _span(y, runs, at, 1)
    scale = _scales(np.abs(y[at] - (low + high) / 2), runs, runs.codes[at])
    lag = np.ones(len(runs.starts), dtype=np.int64)
    best = scale.copy()
    thin = at[:: max(1, len(at) // SAMPLE)]
    for season in seasons:
        below, above = _span(y, runs, thin, season)
        seasonal = _scales(np.abs(y[thin] - (below + above) / 2), runs, runs.codes[thin])
        better = (seasonal < EXPLAINS * best) & (runs.lengths >= 4 * season) & (seasonal > 0)
        lag[better], best[better] = season, seasonal[better]
    plain = lag[runs.codes[at]] == 1
    far = [_beyond(y, runs, at[plain], low[plain], high[plain], scale)]
    for season in np.unique(lag[lag > 1]):
        inside = at[lag[runs.codes[at]] == season]
        low, high = _span(y, runs, inside, int(season))
        seasonal = _scales(np.abs(y[inside] - (low + high) / 2), runs, runs.codes[inside])
        far.append(_beyond(y, runs, inside, low, high, seasonal, int(season)))
    return np.sort(np.concatenate(far))


def _beyond(y: Floats, runs: _Runs, at: Ints, low: Floats, high: Floats, scale: Floats, lag: int = 1) -> Ints:
    """Of positions with the spans of their neighbours, those too far outside."""
    distance = np.fmax(np.fmax(low - y[at], y[at] - high), 0.0)
    own = scale[runs.codes[at]]
    with np.errstate(invalid="ignore"):
        far = at[(distance > FAR * own) & (own > 0)]
    if not len(far):
        return far
    distance = distance[np.searchsorted(at, far)]
    kept: Ints = far[distance > FAR * _local_volatility(y, runs, far, scale, lag)]
    return kept


def _span(y: Floats, runs: _Runs, at: Ints, lag: int) -> tuple[Floats, Floats]:
    """Between the medians of the three values before and of the three after, `lag` apart.

    At an end, where one side is missing, as far as the other would reach if it went on as it does; NaN where both are.
    """
    before, after = _three(y, runs, at, -lag), _three(y, runs, at, lag)
    left, right = _middle(before), _middle(after)
    low, high = np.minimum(left, right), np.maximum(left, right)
    ends = np.flatnonzero(np.isnan(low))
    sides = np.where(np.isnan(right[ends]), before[:, ends], after[:, ends])
    least, most = sides.min(axis=0), sides.max(axis=0)
    low[ends], high[ends] = 2 * least - most, 2 * most - least
    return low, high


def _three(y: Floats, runs: _Runs, at: Ints, lag: int) -> Floats:
    """The values 1, 2 and 3 lags away in the same series, one row each; NaN where there are none."""
    return np.stack([_value(y, runs, at, step * lag) for step in (1, 2, 3)])


def _middle(values: Floats) -> Floats:
    """The median of three rows; of what is there at an end."""
    a, b, c = values
    middle = np.maximum(np.minimum(a, b), np.minimum(np.maximum(a, b), c))
    median: Floats = np.where(np.isnan(c), np.where(np.isnan(b), a, (a + b) / 2), middle)
    return median


def _value(y: Floats, runs: _Runs, at: Ints, lag: int) -> Floats:
    there = np.clip(at + lag, 0, len(y) - 1)
    return np.where((runs.codes[there] == runs.codes[at]) & (there == at + lag), y[there], np.nan)


def _scales(deviation: Floats, runs: _Runs, codes: Ints) -> Floats:
    """One per series: by the median; by the mean where most do not deviate at all (Iglewicz and Hoaglin 1993)."""
    groups = pd.Series(deviation).groupby(codes)
    medians = _SCALE * groups.median()
    scales = np.zeros(len(runs.starts))
    scales[medians.index.to_numpy()] = np.nan_to_num(medians.to_numpy())
    flat = scales == 0
    if flat.any():
        means = _MEAN * groups.mean()
        by_mean = np.zeros(len(scales))
        by_mean[means.index.to_numpy()] = np.nan_to_num(means.to_numpy())
        scales = np.where(flat, by_mean, scales)
    return scales


def _local_volatility(y: Floats, runs: _Runs, at: Ints, scale: Floats, lag: int) -> Floats:
    """The mean deviation of the steps around each position, without the nearest; single large ones count for little."""
    offsets = np.concatenate([np.arange(-AROUND, -3), np.arange(4, AROUND + 1)])
    around = np.clip(at[:, None] + offsets, 0, len(y) - 1)  # [position, step]
    inside = (runs.codes[around] == runs.codes[at][:, None]) & (around == at[:, None] + offsets)
    low, high = _span(y, runs, around.ravel(), lag)
    deviation = np.abs(y[around] - ((low + high) / 2).reshape(around.shape))
    own = scale[runs.codes[at]]
    deviation = np.where(inside, np.fmin(deviation, 5 * own[:, None]), np.nan)
    held = ~np.isnan(deviation)
    mean: Floats = _MEAN * np.where(held, deviation, 0.0).sum(axis=1) / np.maximum(held.sum(axis=1), 1)
    return mean


def _stand_ins(y: Floats, runs: _Runs) -> Flags:
    """Values such as -999 that are often written for missing ones, far beyond all others, however many."""
    flagged = np.isin(y, STAND_INS)
    for code in np.unique(runs.codes[flagged]):
        part = slice(runs.starts[code], runs.starts[code] + runs.lengths[code])
        values, written = y[part], flagged[part].copy()
        others = values[~written]
        if len(others) < max(LEAST, written.sum()):
            written[:] = False
        else:
            reach = 2 * np.abs(others).max()
            written &= (np.abs(values) > reach) | ((values < 0) & (others.min() >= 0))
        flagged[part] = written
    return flagged


def _odd_zeros(y: Floats, runs: _Runs, seasons: tuple[int, ...]) -> Flags:
    """Exact zeros in series whose other values are positive and seldom come near zero, unless they come back at the
    same place of a season: an hour of the night, a day of the week, a month when there is nothing to sell."""
    zero = y == 0
    odd = np.zeros(len(y), dtype=bool)
    for code in np.unique(runs.codes[zero]):
        first = runs.starts[code]
        part = y[first : first + runs.lengths[code]]
        regular = _regular(part == 0, seasons)
        part = part[~regular]
        others = part[part != 0]
        count = len(part) - len(others)
        if len(part) < LEAST or count > ZEROS * len(part) or others.min() < 0:
            continue
        if others.min() < COUNTS * np.diff(np.unique(others)).min(initial=np.inf) < np.inf:
            continue  # small counts: after 3, 2, 1 comes 0
        if np.quantile(others, 0.02) >= NEVER_NEAR * np.median(others):
            odd[first : first + len(regular)] = ~regular & zero[first : first + len(regular)]
    return odd


def _regular(zero: Flags, seasons: tuple[int, ...]) -> Flags:
    """Values at a place of a season where nearly all are zero."""
    regular = np.zeros(len(zero), dtype=bool)
    for season in seasons:
        if len(zero) >= WHOLE * season:
            place = np.arange(len(zero)) % season
            share = np.bincount(place, zero) / np.bincount(place)
            regular |= (share >= NEARLY)[place]
    return regular
