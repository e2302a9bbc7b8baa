"""Series-level deviations: what each series adds to the linear path that all series share.

A deviation is a matrix over the same regressors. Those that are tried come in three kinds: ridge regressions of what
the shared path leaves over, shrunk towards the shared coefficients (partial pooling: Gelman and Hill, "Data Analysis
Using Regression and Multilevel/Hierarchical Models", 2007, chapter 12); ridge regressions shrunk towards the last
value, for a series that has nothing in common with the others; and what takes no fitting, for one too short for a fit:
seasonal naive forecasts and exponential smoothing. How each series mixes them, and whether any helps, held-out origins
decide.

Axes: S series, K deviations tried, F of them without fitting, O origins, H horizon, R regressors, B blocks.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from forecasting.model import anchors, leading, weighting
from forecasting.model.anchors import Candidate
from forecasting.model.leading import Leaders
from forecasting.model.linear import Linear, ridges, robust_weights
from forecasting.model.origins import Origins, Span
from forecasting.model.regressors import mean_known, regressors, targets
from forecasting.model.windows import Flat, Index, Known
from forecasting.panel import Values

Single = npt.NDArray[np.float32]
Deviations = Single  # [S, H, R]

PENALTIES = (1.0, 0.3, 0.1, 0.03, 0.01, 0.003)  # towards the shared path, relative to the mean variance of a regressor
ALONE = (0.1, 0.01)  # the same towards the last value
FITTED = len(PENALTIES) + len(ALONE)
FOLLOWING = (1.0, 0.1, 0.01)  # the same towards the shared path, beside two regressors of each leader: see `leading`
FREELY = (0.1, 0.01)  # ... and beside all that is read of the leaders
LED = len(FOLLOWING) + len(FREELY)
SMOOTHING = (1.0, 0.5, 0.2)  # weight of the newest value in a level; 1: the level is the last value
LONGEST_SMOOTHING = 60  # values in a level
MOST_CELLS = 8_000_000  # of all deviations: 32 MB of a model
POWER = 12  # of held-out errors, by whose inverse the forecasts of a series are weighted
FEWEST = 40  # origins that a fit to one series needs
SEASONS = 3  # that a series holds at least if a naive forecast by its season is to be tried


@dataclasses.dataclass(frozen=True)
class Unfitted:
    """Deviations that take no fitting [F, H, R], and how many values of a series each needs [F]."""

    matrices: Values
    needed: Index


def fits(flat: Flat, shared: Linear, horizon: int, leaders: Leaders | None = None) -> bool:
    """Whether there are several series, and not too many for each to deviate from the others."""
    count, read = len(flat.start), shared.anchor.shape[1] + (0 if leaders is None else leaders.columns)
    return count > 1 and read <= 1024 and count * horizon * read <= MOST_CELLS


def unfitted(shared: Linear, naives: Sequence[Candidate], horizon: int) -> Unfitted:
    """Exponential smoothing, and those seasonal forecasts of `naives` that need no further lag."""
    base, lags = shared.weights, shared.lags
    ago = -lags
    paths, needed = [], [0] * len(SMOOTHING)
    for weight in SMOOTHING:
        level = np.where(ago < LONGEST_SMOOTHING, weight * (1 - weight) ** np.minimum(ago, LONGEST_SMOOTHING), 0.0)
        paths.append(np.tile(level, (horizon, 1)))
    for naive in naives:
        mix = anchors.mix([naive], horizon)
        if naive.period and not naive.from_last and np.isin(mix.lags, lags).all():
            paths.append(anchors.widen(mix.matrix, mix.lags, lags))
            needed.append(SEASONS * naive.period)
    beside = base.shape[1] - len(lags)
    return Unfitted(np.stack([np.pad(path, ((0, 0), (0, beside))) for path in paths]) - base, np.array(needed))


def candidates(flat: Flat, index: int, span: Span, shared: Linear, horizon: int, simple: Unfitted) -> Values:
    """The deviations [K, H, R] of the series `index`: those fitted on its origins of `span`, zero where these are too
    few, and behind them the `simple` ones."""
    base = shared.weights
    matrices = np.concatenate([np.zeros((FITTED, *base.shape)), simple.matrices])
    first, last = int(span.first[index]), int(span.last[index])
    if last - first + 1 < FEWEST:
        return matrices
    origins = flat.start[index] + np.arange(first, last + 1) - 1
    offsets, truth = regressors(flat, origins, shared.lags), targets(flat, origins, horizon)
    left = truth - offsets @ base.T
    weights = robust_weights(offsets, left, np.ones(len(origins)), min(PENALTIES))
    matrices[: len(PENALTIES)] = ridges(offsets, left, weights, PENALTIES)
    matrices[len(PENALTIES) : FITTED] = np.stack(ridges(offsets, truth, weights, ALONE)) - base
    return matrices


def with_leaders(flat: Flat, index: int, span: Span, shared: Linear, horizon: int, leaders: Leaders) -> Values:
    """Those of the series `index` with what is read of its leaders behind its own regressors [LED, H, R + C]; zero
    where its origins of `span` at which these are there are too few."""
    count = shared.anchor.shape[1]
    matrices = np.zeros((LED, horizon, count + leaders.columns))
    origins = flat.start[index] + np.arange(span.first[index], span.last[index] + 1) - 1
    wide = np.concatenate([regressors(flat, origins, shared.lags), leading.read(flat, leaders, index, origins)], axis=1)
    there = np.isfinite(wide).all(axis=1)
    if there.sum() < FEWEST:
        return matrices
    wide = wide[there]
    own, read = wide[:, :count], wide[:, count:]
    left = targets(flat, origins[there], horizon) - own @ shared.weights.T
    weights = robust_weights(own, left, np.ones(len(own)), min(PENALTIES))
    weights = robust_weights(wide, left, weights, min(FREELY))
    for place, penalty in enumerate(FOLLOWING):
        matrices[place] = leading.fitted(own, read, left, weights, leaders, index, penalty)
    matrices[len(FOLLOWING) :] = ridges(wide, left, weights, FREELY)
    return matrices


def solve(
    flat: Flat, span: Span, shared: Linear, horizon: int, simple: Unfitted, weights: Values,
    leaders: Leaders | None = None,
) -> Deviations:  # fmt: skip
    """The deviations of each series, from its origins of `span`, mixed by its `weights` [S, K]; behind the regressors
    of each stands what is read of its `leaders`."""
    rows, count = shared.anchor.shape
    columns = count + (0 if leaders is None else leaders.columns)
    mixed = np.zeros((len(flat.start), rows, columns), dtype=np.float32)
    plain = FITTED + len(simple.matrices)
    for index in np.flatnonzero(weights.any(axis=1)):
        tried = candidates(flat, int(index), span, shared, horizon, simple)
        mixed[index, :, :count] = np.tensordot(weights[index, :plain], tried, axes=1)
        if leaders is not None and weights[index, plain:].any():
            led = with_leaders(flat, int(index), span, shared, horizon, leaders)
            mixed[index] += np.tensordot(weights[index, plain:], led, axes=1).astype(np.float32)
    return mixed


def choose(
    flat: Flat, span: Span, shared: Linear, simple: Unfitted, origins: Origins, left: Values,
    leaders: Leaders | None = None,
) -> tuple[Values, Values]:  # fmt: skip
    """What deviations, fitted on `span`, and `simple` ones add to the shared path at held-out `origins` [O, H], and the
    weights [S, K] by which each series mixes them, beside none at all; behind them, with `leaders`, those of LED more.

    They are the inverse POWER of what each leaves over of `left` [O, H], the errors of the shared path. What is added
    in a block goes by the weights that the other blocks of its series give. Those with leaders are in the mix of a
    series where that lowers its error.
    """
    horizon, plain = left.shape[1], FITTED + len(simple.matrices)
    added = np.zeros_like(left)
    weights = np.zeros((len(flat.start), plain + (0 if leaders is None else LED)))
    if not fits(flat, shared, horizon):
        return added, weights
    positions = origins.positions(flat)
    for index, part in origins.by_series():
        tried = candidates(flat, index, span, shared, horizon, simple)
        adds = regressors(flat, positions[part], shared.lags) @ tried.transpose(0, 2, 1)  # [K, O, H]
        able = np.repeat([span.last[index] - span.first[index] + 1 >= FEWEST, True], [FITTED, len(simple.needed) + 1])
        able[FITTED:-1] = flat.length[index] >= simple.needed
        added[part], weights[index, :plain] = _mixed(adds, left[part], origins.block[part], able)
        if leaders is None or not leaders.lead(index):
            continue
        led = with_leaders(flat, index, span, shared, horizon, leaders)
        more = _read(flat, index, positions[part], shared.lags, leaders) @ led.transpose(0, 2, 1)
        able = np.insert(able, plain, np.repeat(led.any(), LED))
        with_them, mix = _mixed(np.concatenate([adds, more]), left[part], origins.block[part], able)
        errors = [mean_known(np.abs(left[part] - one), 1).sum() for one in (with_them, added[part])]
        if led.any() and errors[0] < errors[1]:
            added[part], weights[index] = with_them, mix
    return added, weights


def _mixed(adds: Values, left: Values, block: Index, able: Known) -> tuple[Values, Values]:
    """(What the `able` deviations [K + 1], the last of them none, add to the forecasts of one series [O, H], each block
    mixed by the errors of the others; their weights by all blocks [K]), from what each adds [K, O, H]."""
    sizes = np.concatenate([mean_known(np.abs(left - adds), 2), mean_known(np.abs(left[None]), 2)])
    total, apart = _weights(sizes, block, able)
    return sum(apart[:, k, None] * by_one for k, by_one in enumerate(adds)), total[:-1]


def used_leaders(weights: Values, leaders: Leaders, used: Known) -> tuple[Values, Leaders | None]:
    """(Weights [S, K] that were chosen with `leaders`, the leaders of those of the `used` series [S] that have a
    deviation with them)."""
    following = used & weights[:, -LED:].any(axis=1)
    kept = leaders.of(following)
    if kept is None:
        return weights[:, :-LED], None
    weights[~following, -LED:] = 0.0
    return weights, kept


def path_weights(network: Values, path: Values, origins: Origins, count: int) -> tuple[Values, Values]:
    """Weight of the per-series linear path beside the network, by the inverse POWER of the held-out errors [O, H] of
    the two: of all blocks of a series [S], and for each origin [O] of those that share no truth with its own."""
    errors = np.stack([mean_known(np.abs(error), 1) + 1e-9 for error in (network, path)])
    of_series, of_origins = np.full(count, 0.5), np.empty(len(origins))
    for index, part in origins.by_series():
        total, apart = _weights(errors[:, part], origins.block[part], np.array([True, True]))
        of_series[index] = total[1]
        of_origins[part] = apart[:, 1]
    return of_series, of_origins


def mixed(network: Values, path: Values, weight: Values) -> Values:
    """Offsets [O, H] by the networks and by the per-series linear path, with `weight` [O] on the latter."""
    weight = weight[:, None]
    return (1 - weight) * network + weight * path


def added(deviations: Deviations, flat: Flat, origins: Origins, lags: Index, leaders: Leaders | None = None) -> Single:
    """What the deviations add to the forecasts [O, H] from `origins`."""
    offsets = np.empty((len(origins), deviations.shape[1]), dtype=np.float32)
    positions = origins.positions(flat)
    for index, part in origins.by_series():
        matrix = deviations[index]
        if matrix.any():
            read = _read(flat, index, positions[part], lags, leaders).astype(np.float32)
            offsets[part] = read @ matrix[:, : read.shape[1]].T
        else:
            offsets[part] = 0.0
    return offsets


def _read(flat: Flat, index: int, positions: Index, lags: Index, leaders: Leaders | None) -> Values:
    """The regressors [O, R] of one series, and behind them what is read of its leaders, where it has any; 0 where one
    is not there."""
    own = regressors(flat, positions, lags)
    if leaders is None or not leaders.lead(index):
        return own
    return np.concatenate([own, leading.there(flat, leaders, index, positions)], axis=1)


def _weights(sizes: Values, block: Index, able: npt.NDArray[np.bool_]) -> tuple[Values, Values]:
    """Weights of one series from the errors [K, O] at its origins: by all blocks [K], and for each origin [O, K] by
    those that share no truth with its own."""
    within = block - block[0]
    by_block: Values = np.stack([np.bincount(within, size) for size in sizes], axis=1, dtype=np.float64)
    total = weighting.by_errors(by_block.sum(axis=0, keepdims=True), able, POWER)[0]
    return total, weighting.by_errors(weighting.of_other_blocks(by_block), able, POWER)[within]
