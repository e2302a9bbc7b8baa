"""Fitting a Reconciliation: how far each node's forecasts can be trusted, by held-out errors alone.

Variances are of errors; the share of the step is judged on errors of another time than the variances that it is tried
with. A few blocks of held-out time say little of single nodes, so that the whole step can be worse than none.

Axes: S series, K totals, N = S + K nodes, O origins of all nodes, C cutoffs that nodes share, H horizon.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence

import numpy as np

from forecasting.evaluation.bounds import intervals
from forecasting.evaluation.totals import reconcile
from forecasting.evaluation.totals.reconcile import Nodes, Reconciliation, Stacked
from forecasting.hierarchy import Hierarchy
from forecasting.model import scaling
from forecasting.model.origins import Origins
from forecasting.model.scaling import State
from forecasting.model.windows import Index
from forecasting.panel import Values

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)  # of the step from bottom-up to minimum trace
WORSE = 2.0  # how much the rise of one level's error weighs against the mean over the levels
PARTS = 2  # of the held-out time, each judged by the variances of the others
LEVEL = 80  # percent, of the intervals that the width of a total's is judged by
PRIOR = 3.0  # independent errors that the width that a total's intervals have by themselves counts for
WIDEST = 2.0  # how much wider they become at most, and its inverse how much narrower
MOST_CELLS = 20_000_000  # of held-out forecasts of all series; beyond it there are fewer cutoffs


@dataclasses.dataclass(frozen=True, kw_only=True)
class Evidence:
    """Held-out forecasts and what came true, in the unit of each series, each [O, H]; NaN is no truth."""

    origins: Origins
    truth: Values
    forecast: Values
    low: Values  # of the intervals of LEVEL percent
    high: Values

    def of_panel(self, places: Index) -> Evidence:
        """The same where series 0, 1, ... are those at `places` of a larger set."""
        return dataclasses.replace(self, origins=self.origins.of_panel(places))


def judged(
    scaled: Values, spread: Values, table: Values, states: Sequence[State], origins: Origins, truth: Values
) -> Evidence:
    """Held-out forecasts [O, H], scaled as their spread is, beside the truth in the unit of each series."""
    ends = intervals.bounds(scaled, spread, table, LEVEL)
    forecast, low, high = (scaling.inverse(part, states, origins.series) for part in (scaled, *ends))
    return Evidence(origins=origins, truth=truth, forecast=forecast, low=low, high=high)


def fit(hierarchy: Hierarchy, nodes: Nodes, evidence: Evidence | None, horizon: int) -> Reconciliation:
    """What held-out forecasts suggest. `nodes` hold training values alone.

    Without evidence it is minimum trace by how much nodes changed over a horizon, with the intervals that totals have
    by themselves.
    """
    changes = _changes(hierarchy, nodes, horizon)
    plain = np.ones(len(hierarchy.names))
    held = None if evidence is None else _held(hierarchy, nodes, evidence)
    if held is None:
        return Reconciliation(hierarchy=hierarchy, variance=changes, share=1.0, factor=plain)
    tried = {share: _cross_fitted(hierarchy, held, changes, share) for share in SHARES}
    scale = np.sqrt(np.where(changes > 0, changes, 1.0))
    share = min(SHARES, key=lambda one: _cost(hierarchy, held, tried[one], scale))
    return Reconciliation(
        hierarchy=hierarchy,
        variance=_variance(held.errors, changes),
        share=share,
        factor=_factor(hierarchy, held, tried[share], horizon),
    )


@dataclasses.dataclass(frozen=True)
class _Held:
    """Held-out forecasts by node and cutoff; the others [N, C, H], NaN where nothing was held out."""

    stacked: Stacked
    truth: Values
    low: Values
    high: Values

    @property
    def forecast(self) -> Values:
        return np.concatenate([self.stacked.bottom, self.stacked.total])

    @property
    def errors(self) -> Values:
        return self.truth - self.forecast


def _held(hierarchy: Hierarchy, nodes: Nodes, evidence: Evidence) -> _Held | None:
    evidence = _fewer(evidence, len(hierarchy.series), nodes)
    stacked = reconcile.stack(hierarchy, nodes, evidence.origins, evidence.forecast)
    if not len(stacked.cutoffs):
        return None
    shape = (len(hierarchy.series) + len(hierarchy.names), *stacked.bottom.shape[1:])
    arrays = []
    for part in (evidence.truth, evidence.low, evidence.high):
        of_nodes = np.full(shape, np.nan)
        for rows, node, column in (stacked.own, stacked.totals):
            of_nodes[node, column] = part[rows]
        arrays.append(of_nodes)
    return _Held(stacked, *arrays)


def _fewer(evidence: Evidence, count: int, nodes: Nodes) -> Evidence:
    """Every so many of the cutoffs, so that the forecasts of `count` series at all of them fit into memory."""
    origins = evidence.origins
    lengths = np.array([len(values) for values in nodes.values], dtype=np.int64)
    before = lengths[origins.series] - origins.seen
    every = math.ceil(count * len(np.unique(before)) * evidence.forecast.shape[1] / MOST_CELLS)
    if every <= 1:
        return evidence
    kept = before % every == 0
    arrays = {name: getattr(evidence, name)[kept] for name in ("truth", "forecast", "low", "high")}
    return Evidence(origins=origins.select(kept), **arrays)


def _cross_fitted(hierarchy: Hierarchy, held: _Held, changes: Values, share: float) -> Values:
    """Forecasts of all nodes [N, C, H] that add up, in each part of the cutoffs by the variances of the others."""
    cutoffs = len(held.stacked.cutoffs)
    part = np.arange(cutoffs) * min(PARTS, cutoffs) // cutoffs
    bottom = held.stacked.bottom.copy()
    for number in np.unique(part) if share else []:
        here = part == number
        rest = held.errors[:, here if here.all() else ~here]
        variance = _variance(rest, changes)
        bottom[:, here] += share * reconcile.step(hierarchy, variance, held.stacked.at(here))
    return np.concatenate([bottom, reconcile.added(hierarchy, bottom)])


def _variance(errors: Values, changes: Values) -> Values:
    """Mean squares of `errors` [N, C, H]; where there is none, as a node's `changes` [N] are to the others'."""
    mean = _mean_by_node(np.square(errors))
    both = np.isfinite(mean) & (changes > 0) & (mean > 0)
    usual = float(np.exp(np.mean(np.log(mean[both] / changes[both])))) if both.any() else 1.0
    return np.where(np.isfinite(mean), mean, usual * changes)


def _cost(hierarchy: Hierarchy, held: _Held, forecast: Values, scale: Values) -> float:
    """Mean over the levels of their error over that without reconciliation; a level that gets worse counts more."""
    ratios = np.array(list(level_ratios(hierarchy, held.truth, forecast, held.forecast, scale).values()))
    return float(ratios.mean() + WORSE * np.maximum(ratios - 1, 0).max())


def level_ratios(
    hierarchy: Hierarchy, truth: Values, forecast: Values, before: Values, scale: Values
) -> Mapping[str, float]:
    """Mean absolute error [N, C, H] of each level over that of the forecasts `before`, both over `scale` [N]."""
    sizes = [_mean_by_node(np.abs(truth - one)) / scale for one in (forecast, before)]
    levels = np.array([hierarchy.bottom] * len(hierarchy.series) + list(hierarchy.levels), dtype=object)
    known = np.isfinite(sizes[0]) & np.isfinite(sizes[1])
    ratios = {}
    for level in dict.fromkeys(levels[known].tolist()):
        mine = known & (levels == level)
        base = float(sizes[1][mine].mean())
        ratios[level] = float(sizes[0][mine].mean()) / base if base > 0 else 1.0
    return ratios


def _factor(hierarchy: Hierarchy, held: _Held, forecast: Values, horizon: int) -> Values:
    """How much wider [K] the intervals of totals have to be to hold LEVEL percent of the errors of their level.

    What moves one total moves the others of its level with it: a horizon of held-out time is one independent error.
    """
    count = len(hierarchy.series)
    errors, base = (held.truth - forecast)[count:], held.forecast[count:]
    side = np.where(errors > 0, held.high[count:] - base, base - held.low[count:])
    relative = np.abs(errors) / np.where(side > 0, side, np.nan)
    blocks = max(1.0, float(np.ptp(held.stacked.cutoffs) + 1) / horizon)
    factor, levels = np.ones(len(hierarchy.names)), np.array(hierarchy.levels, dtype=object)
    for level in dict.fromkeys(hierarchy.levels):
        mine = levels == level
        known = relative[mine][np.isfinite(relative[mine])]
        if len(known):
            wide = float(np.clip(np.quantile(known, LEVEL / 100), 1 / WIDEST, WIDEST))
            factor[mine] = wide ** (blocks / (blocks + PRIOR))
    return factor


def _mean_by_node(cells: Values) -> Values:
    """Means [N] of what is known of [N, C, H]; NaN where nothing is."""
    known = np.isfinite(cells)
    size = known.sum(axis=(1, 2))
    total = np.where(known, cells, 0.0).sum(axis=(1, 2))
    return np.where(size > 0, total / np.maximum(size, 1), np.nan)


def _changes(hierarchy: Hierarchy, nodes: Nodes, horizon: int) -> Values:
    """Mean square [N] of the changes of each node over half a horizon; 0 where there is no forecast of it."""
    changes = np.zeros(len(hierarchy.series) + len(hierarchy.names))
    for place, values in zip(nodes.places.tolist(), nodes.values, strict=True):
        lag = min(max(1, horizon // 2), len(values) - 1)
        changes[place] = np.square(values[lag:] - values[:-lag]).mean() if lag else np.square(values).mean()
    return changes
