"""What each series does differently: its own departure from the linear path that all series share.

A ridge regression of what anchor and shared path leave over, on the series' own origins. Its penalty draws the
departure towards none at all, that is towards the shared coefficients (partial pooling: Gelman and Hill, "Data
Analysis Using Regression and Multilevel/Hierarchical Models", 2007, chapter 12). How each series mixes the departures
of all penalties, and whether any helps, is decided on held-out origins.

Axes: S series, O origins, H horizon, L lags.
"""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt

from forecasting.model.linear import Linear, regressors, ridges, targets
from forecasting.model.windows import Flat, Index
from forecasting.panel import Values

Single = npt.NDArray[np.float32]
Departures = Single  # [S, H, L]

PENALTIES = (1.0, 0.3, 0.1, 0.03, 0.01, 0.003)  # relative to the mean variance of a regressor
MOST_CELLS = 50_000_000  # of all departures under all penalties: 200 MB
POWER = 8  # of held-out errors, by whose inverse the forecasts of a series are weighted
FEWEST = 40  # origins from which a series may tell that it differs


def solve(
    flat: Flat, first: Index, last: Index, shared: Linear, horizon: int, penalties: tuple[float, ...] = PENALTIES
) -> list[Departures]:
    """One array of departures [S, H, L] a penalty, from the origins of each series with `first` to `last` [S] values
    seen; zero for a series with too few of them. Empty where there is one series only, or where they would not fit."""
    count, lags = len(flat.start), shared.anchor.shape[1]
    if count < 2 or lags > 1024 or count * horizon * lags * len(penalties) > MOST_CELLS:
        return []
    found = [np.zeros((count, horizon, lags), dtype=np.float32) for _ in penalties]
    base = shared.anchor + shared.ridge
    for one in range(count):
        if last[one] - first[one] + 1 < FEWEST:
            continue
        origins = flat.start[one] + np.arange(first[one], last[one] + 1) - 1
        offsets = regressors(flat, origins, shared.lags)
        left = targets(flat.z, origins, horizon) - offsets @ base.T
        typical = ridges(offsets, left, np.ones(len(origins)), (min(penalties),))[0]
        size = np.abs(left - offsets @ typical.T).mean(axis=1)
        weight = 1 / np.maximum(size, 0.1 * np.median(size) + 1e-12)
        for departures, ridge in zip(found, ridges(offsets, left, weight / weight.mean(), penalties), strict=True):
            departures[one] = ridge
    return found


def choose(
    flat: Flat, first: Index, last: Index, shared: Linear, owner: Index, origins: Index, stretch: Index, left: Values
) -> tuple[Values, Values]:
    """What departures, solved from `first` to `last`, add to the shared path at held-out `origins` [O, H], and the
    weights [S, penalties] by which each series mixes those of all penalties, beside none at all.

    They are the inverse POWER of what each leaves over of `left` [O, H], the errors of the shared path. What is added
    on a stretch goes by the weights that the other stretches of its series give.
    """
    count = len(flat.start)
    options = solve(flat, first, last, shared, left.shape[1])
    if not options or not len(owner):
        return np.zeros_like(left), np.zeros((count, len(PENALTIES)))
    tried = [added(one, flat, owner, origins, shared.lags) for one in options]
    sizes = [np.abs(left - one).mean(axis=1) for one in tried] + [np.abs(left).mean(axis=1)]
    by_stretch: Values = np.stack([np.bincount(stretch, size) for size in sizes], axis=1, dtype=np.float64)
    of_stretch = owner[np.unique(stretch, return_index=True)[1]]
    total: Values = np.stack([np.bincount(of_stretch, one, count) for one in by_stretch.T], axis=1, dtype=np.float64)
    others = total[of_stretch] - by_stretch
    alone = np.bincount(of_stretch, minlength=count)[of_stretch] == 1
    others[alone] = by_stretch[alone]
    weights = by_errors(others)[stretch]
    found = sum(weights[:, k, None] * one for k, one in enumerate(tried))
    return np.asarray(found, dtype=np.float64), by_errors(total)[:, :-1]


def by_errors(errors: Values) -> Values:
    """Weights [N, K], each row's sum 1: the inverse POWER of errors [N, K]; no departure (the last) without any."""
    best = errors.min(axis=1, keepdims=True)
    weights = ((best + 1e-12) / (errors + 1e-12)) ** POWER
    weights[(errors == 0).all(axis=1), :-1] = 0.0
    found: Values = weights / weights.sum(axis=1, keepdims=True)
    return found


def mixed(options: list[Departures], weights: npt.NDArray[np.float64]) -> Departures:
    """One array of departures: those of all penalties by the weights [S, penalties] of each series."""
    found = np.zeros_like(options[0])
    for one, weight in zip(options, weights.T, strict=True):
        found += weight[:, None, None].astype(np.float32) * one
    return found


def added(departures: Departures, flat: Flat, owner: Index, origins: Index, lags: Index) -> Single:
    """What the departures add to the forecasts [O, H] from `origins` [O] of the series `owner` [O], ascending."""
    found = np.empty((len(origins), departures.shape[1]), dtype=np.float32)
    edges = np.flatnonzero(np.diff(owner, prepend=-1, append=-1))
    for a, b in itertools.pairwise(edges):
        one = departures[owner[a]]
        found[a:b] = regressors(flat, origins[a:b], lags).astype(np.float32) @ one.T if one.any() else 0.0
    return found
