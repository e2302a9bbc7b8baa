"""What each series does differently: its own departure from the linear path that all series share.

A departure is a matrix over the same lags. Those that are tried come in three kinds: ridge regressions of what the
shared path leaves over, drawn towards the shared coefficients (partial pooling: Gelman and Hill, "Data Analysis Using
Regression and Multilevel/Hierarchical Models", 2007, chapter 12); ridge regressions drawn towards the last value, for
a series that has nothing in common with the others; and what takes no fitting, for one too short to tell: seasonal
naive forecasts and exponential smoothing. How each series mixes them, and whether any helps, held-out origins decide.

Axes: S series, K departures tried, F of them without fitting, O origins, H horizon, L lags.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from forecasting.model import anchors
from forecasting.model.anchors import Candidate
from forecasting.model.linear import Linear, regressors, ridges, targets
from forecasting.model.windows import Flat, Index
from forecasting.panel import Values

Single = npt.NDArray[np.float32]
Departures = Single  # [S, H, L]

PENALTIES = (1.0, 0.3, 0.1, 0.03, 0.01, 0.003)  # towards the shared path, relative to the mean variance of a regressor
ALONE = (0.1, 0.01)  # the same towards the last value
FITTED = len(PENALTIES) + len(ALONE)
SMOOTHING = (1.0, 0.5, 0.2)  # weight of the newest value in a level; 1: the level is the last value
LONGEST_SMOOTHING = 60  # values in a level
MOST_CELLS = 8_000_000  # of all departures: 32 MB of a model
POWER = 12  # of held-out errors, by whose inverse the forecasts of a series are weighted
FEWEST = 40  # origins from which a series may tell that it differs
SEASONS = 3  # that a series holds at least if a naive forecast by its season is to be tried


def fits(flat: Flat, shared: Linear, horizon: int) -> bool:
    """Whether there are several series, and not too many for each to depart from the others."""
    count, read = len(flat.start), shared.anchor.shape[1]
    return count > 1 and read <= 1024 and count * horizon * read <= MOST_CELLS


def unfitted(shared: Linear, naives: Sequence[Candidate], horizon: int) -> tuple[Values, Index]:
    """The departures [F, H, L] that take no fitting, and how many values of a series each needs [F]: smoothing, and
    those seasonal ones of `naives` that need no further lag."""
    base, lags = shared.anchor + shared.ridge, shared.lags
    ago = -lags
    found, needed = [], [0] * len(SMOOTHING)
    for weight in SMOOTHING:
        level = np.where(ago < LONGEST_SMOOTHING, weight * (1 - weight) ** np.minimum(ago, LONGEST_SMOOTHING), 0.0)
        found.append(np.tile(level, (horizon, 1)))
    for one in naives:
        mix = anchors.mix([one], horizon)
        if one.period and not one.from_last and np.isin(mix.lags, lags).all():
            found.append(anchors.widen(mix.matrix, mix.lags, lags))
            needed.append(SEASONS * one.period)
    beside = base.shape[1] - len(lags)  # the further inputs
    return np.stack([np.pad(one, ((0, 0), (0, beside))) for one in found]) - base, np.array(needed)


def options(flat: Flat, one: int, first: int, last: int, shared: Linear, horizon: int, simple: Values) -> Values:
    """The departures [K, H, L] of the series `one`: those fitted on its origins with `first` to `last` values seen,
    zero where these are too few, and behind them the `simple` ones [F, H, L]."""
    base = shared.anchor + shared.ridge
    found = np.concatenate([np.zeros((FITTED, *base.shape)), simple])
    if last - first + 1 < FEWEST:
        return found
    origins = flat.start[one] + np.arange(first, last + 1) - 1
    offsets, truth = regressors(flat, origins, shared.lags), targets(flat.z, origins, horizon)
    left = truth - offsets @ base.T
    typical = ridges(offsets, left, np.ones(len(origins)), (min(PENALTIES),))[0]
    size = np.abs(left - offsets @ typical.T).mean(axis=1)
    weights = 1 / np.maximum(size, 0.1 * np.median(size) + 1e-12)
    weights /= weights.mean()
    found[: len(PENALTIES)] = ridges(offsets, left, weights, PENALTIES)
    found[len(PENALTIES) : FITTED] = np.stack(ridges(offsets, truth, weights, ALONE)) - base
    return found


def solve(
    flat: Flat, first: Index, last: Index, shared: Linear, horizon: int, simple: Values, weights: Values
) -> Departures:
    """The departures of each series, mixed by its `weights` [S, K], from its origins with `first` to `last` [S] values
    seen."""
    found = np.zeros((len(flat.start), *shared.anchor.shape), dtype=np.float32)
    for one in np.flatnonzero(weights.any(axis=1)):
        tried = options(flat, int(one), int(first[one]), int(last[one]), shared, horizon, simple)
        found[one] = np.tensordot(weights[one], tried, axes=1)
    return found


def choose(
    flat: Flat,
    first: Index,
    last: Index,
    shared: Linear,
    simple: tuple[Values, Index],
    owner: Index,
    origins: Index,
    stretch: Index,
    left: Values,
) -> tuple[Values, Values]:
    """What departures, solved from `first` to `last`, and `simple` ones add to the shared path at held-out `origins`
    [O, H], and the weights [S, K] by which each series mixes them, beside none at all.

    They are the inverse POWER of what each leaves over of `left` [O, H], the errors of the shared path. What is added
    on a stretch goes by the weights that the other stretches of its series give.
    """
    horizon = left.shape[1]
    unfitted, needed = simple
    found, weights = np.zeros_like(left), np.zeros((len(flat.start), FITTED + len(unfitted)))
    if not fits(flat, shared, horizon):
        return found, weights
    edges = np.flatnonzero(np.diff(owner, prepend=-1, append=-1))
    for a, b in itertools.pairwise(edges):
        one = int(owner[a])
        tried = options(flat, one, int(first[one]), int(last[one]), shared, horizon, unfitted)
        adds = regressors(flat, origins[a:b], shared.lags) @ tried.transpose(0, 2, 1)  # [K, O, H]
        sizes = np.concatenate([np.abs(left[a:b] - adds).mean(axis=2), np.abs(left[None, a:b]).mean(axis=2)])
        within = stretch[a:b] - stretch[a]
        by_stretch: Values = np.stack([np.bincount(within, size) for size in sizes], axis=1, dtype=np.float64)
        total: Values = by_stretch.sum(axis=0, keepdims=True)
        able = np.repeat([last[one] - first[one] + 1 >= FEWEST, True], [FITTED, len(unfitted) + 1])
        able[FITTED:-1] = flat.length[one] >= needed
        others = by_errors(of_others(by_stretch), able)[within]
        found[a:b] = sum(others[:, k, None] * one_adds for k, one_adds in enumerate(adds))
        weights[one] = by_errors(total, able)[0, :-1]
    return found, weights


def own_weights(network: Values, path: Values, owner: Index, stretch: Index, count: int) -> tuple[Values, Values]:
    """Weight of each series' own linear path: by the inverse POWER of the held-out errors [O, H] of the two, of all its
    stretches [S], and for each origin [O] of those that share no truth with its own."""
    errors = np.stack([np.abs(one).mean(axis=1) + 1e-9 for one in (network, path)], axis=1)
    whole, apart = np.full(count, 0.5), np.empty(len(owner))
    both = np.array([True, True])
    edges = np.flatnonzero(np.diff(owner, prepend=-1, append=-1))
    for a, b in itertools.pairwise(edges):
        within = stretch[a:b] - stretch[a]
        by_stretch: Values = np.stack([np.bincount(within, one) for one in errors[a:b].T], axis=1)
        whole[owner[a]] = by_errors(by_stretch.sum(axis=0, keepdims=True), both)[0, 1]
        apart[a:b] = by_errors(of_others(by_stretch), both)[within, 1]
    return whole, apart


def of_others(errors: Values) -> Values:
    """For each stretch the sum [N, K] of the errors [N, K] of all that share no truth with it; where there are none, of
    its neighbours; its own where it is alone."""
    apart = np.abs(np.subtract.outer(np.arange(len(errors)), np.arange(len(errors))))
    used = apart >= 2
    for least in (1, 0):
        none = ~used.any(axis=1)
        used[none] = apart[none] >= least
    found: Values = used @ errors
    return found


def by_errors(errors: Values, able: npt.NDArray[np.bool_]) -> Values:
    """Weights [N, K], each row's sum 1: the inverse POWER of errors [N, K] of those `able` [K]; no departure (the last)
    without any error."""
    best = errors[:, able].min(axis=1, keepdims=True)
    weights = np.where(able, ((best + 1e-12) / (errors + 1e-12)) ** POWER, 0.0)
    weights[(errors == 0).all(axis=1), :-1] = 0.0
    found: Values = weights / weights.sum(axis=1, keepdims=True)
    return found


def added(departures: Departures, flat: Flat, owner: Index, origins: Index, lags: Index) -> Single:
    """What the departures add to the forecasts [O, H] from `origins` [O] of the series `owner` [O], ascending."""
    found = np.empty((len(origins), departures.shape[1]), dtype=np.float32)
    edges = np.flatnonzero(np.diff(owner, prepend=-1, append=-1))
    for a, b in itertools.pairwise(edges):
        one = departures[owner[a]]
        found[a:b] = regressors(flat, origins[a:b], lags).astype(np.float32) @ one.T if one.any() else 0.0
    return found
