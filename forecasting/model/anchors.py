"""Anchors: naive forecasts as weights on past values, and the choice of the mix that a forecast starts from.

Everything linear in the past is a matrix [horizon, lag] over one vector of lags (0 is the origin, -1 the value before
it), applied to offsets from the last value: forecast = z[origin] + (z[origin + lags] - z[origin]) @ matrix.T

Axes: O origins, H horizon, L lags, A candidate anchors.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence

import numpy as np

from forecasting.model.windows import Flat, Index
from forecasting.panel import Values

LAST = "last value"
MOST_MIXED = 3  # naive forecasts
MOST_TERMS = 512  # lags that a mean may take: more would cost more than the recurrent path
_LONGER = {24: 168, 48: 336, 96: 672, 7: 364, 5: 260, 1440: 10080}  # a day's steps -> a week's; a week's -> a year's
_USUAL = (4, 5, 7, 12, 13, 24, 26, 48, 52, 96, 144, 168, 260, 288, 336, 365)


@dataclasses.dataclass(frozen=True)
class Anchor:
    """The chosen mix. matrix [H, L] over `lags` [L], ascending and ending in 0."""

    names: tuple[str, ...]
    periods: frozenset[int]  # seasons that the mix looks back by
    matrix: Values
    lags: Index


@dataclasses.dataclass(frozen=True)
class Candidate:
    """A naive forecast: for each step ahead the weight of each lag. `period` 0: it knows no season."""

    name: str
    period: int
    steps: list[dict[int, float]]
    from_last: bool = False  # the last value, moved as a season ago


def candidate_periods(series: Sequence[Values], seasons: Sequence[int]) -> tuple[int, ...]:
    """Season lengths worth trying on training values: the suggested ones and what they imply, else peaks of the ACF.

    A season is only tried where half of the series hold two of it.
    """
    longest = int(np.median([len(values) for values in series])) // 2
    implied = {_LONGER[season] for season in seasons if season in _LONGER}
    wanted = {*seasons, *implied} if seasons else _peaks(series, longest)
    return tuple(sorted(period for period in wanted if 2 <= period <= longest))


def _peaks(series: Sequence[Values], longest: int) -> set[int]:
    """The usual periods at which the mean autocorrelation of the differences stands out from its neighbours."""
    lags = [p for p in _USUAL if p <= longest]
    if not lags:
        return set()
    picked = series if len(series) <= 100 else [series[i] for i in np.linspace(0, len(series) - 1, 100).astype(int)]
    total = np.zeros(max(lags) + 2)
    count = np.zeros(max(lags) + 2)
    for values in picked:
        if len(values) < 8 or np.ptp(values) == 0:
            continue
        steps = np.diff(values)
        steps = np.clip(steps, *np.quantile(steps, [0.01, 0.99])) - steps.mean()
        size = 1 << (2 * len(steps) - 1).bit_length()
        power = np.abs(np.fft.rfft(steps, size)) ** 2
        acf = np.fft.irfft(power, size)[: min(len(steps), len(total))]
        if acf[0] > 0:
            total[: len(acf)] += acf / acf[0]
            count[: len(acf)] += 1
    mean = total / np.maximum(count, 1)
    noise = 2.5 / np.sqrt(max(1, sum(len(values) for values in picked)))
    peaks = {p for p in lags if mean[p] > max(0.1, noise) and mean[p] >= max(mean[p - 1], mean[p + 1])}
    return {p for p in peaks if not any(q < p and p % q == 0 and mean[p] < mean[q] + 0.02 for q in peaks)}


def candidates(periods: Sequence[int], horizon: int, window: int, longest: int) -> list[Candidate]:
    """The naive forecasts worth comparing. `longest`: values that half of the series have at least."""
    steps = range(1, horizon + 1)
    table = [Candidate(LAST, 0, [{0: 1.0} for _ in steps])]
    for period in periods:
        lags = [h - period * -(-h // period) for h in steps]
        change = [_sum({0: 1.0}, {lag: 1.0}, {lag - h: -1.0}) for lag, h in zip(lags, steps, strict=True)]
        table.append(Candidate(f"value {period} steps ago", period, [{lag: 1.0} for lag in lags]))
        table.append(Candidate(f"change since {period} steps ago", period, change, from_last=True))
        for seasons in (3, 6):
            if 2 * seasons * period <= longest and seasons * min(horizon, period) <= MOST_TERMS:
                mean = [{lag - period * k: 1 / seasons for k in range(seasons)} for lag in lags]
                table.append(Candidate(f"mean of {seasons} values {period} steps apart", period, mean))
    if 1 < window <= MOST_TERMS:
        table.append(Candidate(f"mean of {window} values", 0, [{-k: 1 / window for k in range(window)} for _ in steps]))
    return table


def _sum(*terms: dict[int, float]) -> dict[int, float]:
    total: dict[int, float] = {}
    for term in terms:
        for lag, weight in term.items():
            total[lag] = total.get(lag, 0.0) + weight
    return total


def choose(flat: Flat, origins: Index, periods: Sequence[int], horizon: int, window: int) -> Anchor:
    """The equal-weight mix of up to MOST_MIXED candidates that has the lowest mean absolute error at `origins`."""
    table = candidates(periods, horizon, window, int(np.median(flat.length)))
    matrices, lags = _matrices(table, horizon)
    z = flat.z
    last = z[origins][:, None]
    offsets = z[origins[:, None] + lags] - last  # [O, L]
    truth = z[origins[:, None] + np.arange(1, horizon + 1)] - last  # [O, H]
    if flat.measured is not None:
        seen = flat.measured[origins[:, None] + np.arange(1, horizon + 1)]
        truth = np.where(seen, truth, np.nan)
        offsets, truth = offsets[seen.any(axis=1)], truth[seen.any(axis=1)]
    errors = np.stack([(truth - offsets @ matrix.T).astype(np.float32) for matrix in matrices])  # [A, O, H]
    mean = np.mean if flat.measured is None else np.nanmean
    best: tuple[int, ...] = (0,)
    best_error = np.inf
    for size in range(1, min(MOST_MIXED, len(table)) + 1):
        for chosen in itertools.combinations(range(len(table)), size):
            error = float(mean(np.abs(errors[list(chosen)].mean(0))))
            if error < best_error * (1 - 0.005 * (size > len(best))):  # a longer mix must earn its place
                best, best_error = chosen, error
    return mix([table[i] for i in best], horizon)


def mix(parts: Sequence[Candidate], horizon: int) -> Anchor:
    """The mean of naive forecasts."""
    matrices, lags = _matrices(parts, horizon)
    seasons = frozenset(part.period for part in parts if part.period)
    return Anchor(tuple(part.name for part in parts), seasons, np.mean(matrices, axis=0), lags)


def constant(horizon: int) -> Anchor:
    """No lag at all: zero of the scaled values, which is the middle of the training range."""
    return Anchor(("middle of the training range",), frozenset(), np.zeros((horizon, 1)), np.zeros(1, dtype=np.int64))


def _matrices(parts: Sequence[Candidate], horizon: int) -> tuple[list[Values], Index]:
    """One matrix [H, L] a part, over the lags that any of them uses."""
    lags = np.array(sorted({0, *(lag for part in parts for step in part.steps for lag in step)}), dtype=np.int64)
    place = {int(lag): i for i, lag in enumerate(lags)}
    matrices = []
    for part in parts:
        matrix = np.zeros((horizon, len(lags)))
        for h, step in enumerate(part.steps):
            for lag, weight in step.items():
                matrix[h, place[lag]] = weight
        matrices.append(matrix)
    return matrices, lags


def widen(matrix: Values, lags: Index, wider: Index) -> Values:
    """The same weights over a superset of the lags."""
    result = np.zeros((matrix.shape[0], len(wider)))
    result[:, np.searchsorted(wider, lags)] = matrix
    return result
