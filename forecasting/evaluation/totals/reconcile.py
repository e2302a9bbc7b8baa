"""Reconciliation: forecasts of series and of their totals that add up.

Minimum trace with a diagonal covariance of the errors (Wickramasuriya, Athanasopoulos and Hyndman, "Optimal forecast
reconciliation for hierarchical and grouped time series through trace minimization", JASA 114, 2019), in the form that
solves for the totals alone: with forecasts b of the series, t of the totals, sums A and variances V of the errors,

    b + V_b A' (V_t + A V_b A')^-1 (t - A b)

equals the rows of the series in S (S' V^-1 S)^-1 S' V^-1 (b, t). Only a share of the step from b is taken: none is
bottom-up, all of it minimum trace.

Axes: S series, K totals, N = S + K nodes, O origins of all nodes, C cutoffs that nodes share, H horizon.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from forecasting.config import ForecastConfig
from forecasting.evaluation.bounds.support import Support
from forecasting.hierarchy import Hierarchy
from forecasting.model.origins import Origins
from forecasting.model.windows import Index, Known
from forecasting.panel import Values

Bounds = dict[int, tuple[Values, Values]]  # level -> (low, high), each [O, H]


@dataclasses.dataclass(frozen=True)
class Nodes:
    """The series and totals that there are forecasts of, and what the other series are.

    values: of those with forecasts. places: which node of the hierarchy each is, its series first, then its totals.
    others: the values of every other series; its last one seen stands in for its forecast, in the totals alone.
    """

    values: Sequence[Values]
    places: Index
    others: Mapping[int, Values] = dataclasses.field(default_factory=dict)

    @classmethod
    def every(cls, values: Sequence[Values]) -> Nodes:
        """All nodes, in their order."""
        return cls(values, np.arange(len(values), dtype=np.int64))


@dataclasses.dataclass(frozen=True, kw_only=True)
class Reconciliation:
    """How forecasts of the nodes of a hierarchy become ones that add up."""

    hierarchy: Hierarchy
    variance: Values  # [N] of the errors of each node; 0: its forecast stays as it is
    share: float  # of the step from bottom-up to minimum trace
    factor: Values  # [K] how much wider the intervals of each total are than those that it has by itself

    def apply(
        self,
        nodes: Nodes,
        origins: Origins,
        forecast: Values,
        bounds: Mapping[int, tuple[Values, Values]],
        support: Support,
        config: ForecastConfig,
    ) -> tuple[Values, Bounds]:
        """(Forecasts [O, H] that add up, ends of their intervals) of the `origins` of `nodes`.

        Series stay within their `support`, the floor and the cap; totals are their sums. An interval moves with its
        forecast.
        """
        count = len(self.hierarchy.series)
        of_row = nodes.places[origins.series]
        alone = of_row < count
        forecast = _clipped(forecast, config, alone)
        stacked = stack(self.hierarchy, nodes, origins, forecast)
        moved = stacked.bottom + self.share * step(self.hierarchy, self.variance, stacked)
        rows, node, column = stacked.own
        new = forecast.copy()
        new[rows] = moved[node, column]
        new[rows] = _clipped(support.keep(new, nodes.values, origins), config, alone)[rows]
        moved[node, column] = new[rows]
        rows, node, column = stacked.totals
        new[rows] = added(self.hierarchy, moved)[node - count, column]
        wider = np.concatenate([np.ones(count), self.factor])[of_row, None]
        least, most = (limit[of_row, None] for limit in self._limits(nodes, support, config))
        ends = {}
        for level, both in bounds.items():
            sides = [new + wider * (_clipped(end, config, alone) - forecast) for end in both]
            sides = [support.keep(side, nodes.values, origins, central=False) for side in sides]
            low, high = (np.clip(side, least, most) for side in sides)
            ends[level] = np.minimum(low, new), np.maximum(high, new)
        return new, ends

    def _limits(self, nodes: Nodes, support: Support, config: ForecastConfig) -> tuple[Values, Values]:
        """What no node falls below and rises above [N]: for a total the sums of what holds for its series."""
        count = len(self.hierarchy.series)
        mine = nodes.places < count
        low, high = np.full(count, -np.inf), np.full(count, np.inf)
        low[nodes.places[mine]], high[nodes.places[mine]] = support.low[mine], support.high[mine]
        low, high = (_clipped(limit, config, np.ones(count, dtype=bool)) for limit in (low, high))
        sums = [np.array([limit[part].sum() for part in self.hierarchy.parts]) for limit in (low, high)]
        return np.concatenate([low, sums[0]]), np.concatenate([high, sums[1]])

    def export(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """(arrays, JSON-able rest); `restore` is its inverse."""
        arrays, about = self.hierarchy.export()
        arrays |= {"variance": self.variance, "factor": self.factor}
        return arrays, about | {"share": self.share, "series": list(self.hierarchy.series)}

    @classmethod
    def restore(cls, arrays: Mapping[str, Any], about: Mapping[str, Any]) -> Reconciliation:
        hierarchy = Hierarchy.restore(arrays, about, about["series"])
        return cls(
            hierarchy=hierarchy, variance=arrays["variance"], share=float(about["share"]), factor=arrays["factor"]
        )


Cells = tuple[Index, Index, Index]  # rows of [O, H], and the node and the column of [N, C, H] that each stands for


@dataclasses.dataclass(frozen=True)
class Stacked:
    """Forecasts by node and cutoff.

    bottom: of series [S, C, H], where there is none the last value seen, or 0 before there was any. total: of totals
    [K, C, H]; NaN is none. own, totals: which origins these are. cutoffs: steps before the end of the data [C].
    """

    bottom: Values
    total: Values
    own: Cells
    totals: Cells
    cutoffs: Index

    def at(self, columns: Any) -> Stacked:
        """Some cutoffs alone, without the cells."""
        return dataclasses.replace(self, bottom=self.bottom[:, columns], total=self.total[:, columns])


def stack(hierarchy: Hierarchy, nodes: Nodes, origins: Origins, forecast: Values) -> Stacked:
    """The forecasts [O, H] at each cutoff from which totals are forecast. Nodes end together, so that as many steps
    before the end are the same time."""
    count, horizon = len(hierarchy.series), forecast.shape[1]
    lengths = np.array([len(values) for values in nodes.values], dtype=np.int64)
    before, node = lengths[origins.series] - origins.seen, nodes.places[origins.series]
    cutoffs = np.unique(before[node >= count])
    column = np.minimum(np.searchsorted(cutoffs, before), max(0, len(cutoffs) - 1))
    member = np.zeros(count + len(hierarchy.names), dtype=bool)
    member[hierarchy.members] = member[count:] = True
    here = member[node] & (cutoffs[column] == before) if len(cutoffs) else np.zeros(len(node), dtype=bool)
    own, totals = np.flatnonzero(here & (node < count)), np.flatnonzero(here & (node >= count))
    bottom = np.zeros((count, len(cutoffs), horizon))
    total = np.full((len(hierarchy.names), len(cutoffs), horizon), np.nan)
    there = np.zeros((count, len(cutoffs)), dtype=bool)
    bottom[node[own], column[own]], there[node[own], column[own]] = forecast[own], True
    total[node[totals] - count, column[totals]] = forecast[totals]
    values = {int(place): index for index, place in enumerate(nodes.places)}
    for place in hierarchy.members[~there[hierarchy.members].all(axis=1)].tolist():
        known = nodes.values[values[place]] if place in values else nodes.others[place]
        last = len(known) - 1 - cutoffs
        missing = ~there[place] & (last >= 0)
        bottom[place, missing] = known[last[missing], None]
    cells = [(rows, node[rows], column[rows]) for rows in (own, totals)]
    return Stacked(bottom, total, cells[0], cells[1], cutoffs)


def added(hierarchy: Hierarchy, bottom: Values) -> Values:
    """The sums [K, C, H] of forecasts of the series [S, C, H]."""
    sums: Values = hierarchy.totals() @ bottom.reshape(len(bottom), -1)
    return sums.reshape(-1, *bottom.shape[1:])


def step(hierarchy: Hierarchy, variance: Values, stacked: Stacked) -> Values:
    """What minimum trace adds to the forecasts of the series [S, C, H], with the `variance` [N] of all errors."""
    from scipy.sparse import diags_array
    from scipy.sparse.linalg import splu

    count, sums = len(hierarchy.series), hierarchy.totals()
    of_series, of_totals = variance[:count], variance[count:]
    gap = stacked.total - added(hierarchy, stacked.bottom)
    gap = np.where(np.isfinite(gap), gap, 0.0)
    matrix = sums @ diags_array(of_series) @ sums.T + diags_array(of_totals)
    size = matrix.diagonal()
    unit = 1 / np.sqrt(np.where(size > 0, size, 1.0))  # totals of all sizes: the solution has the digits of each
    even = diags_array(unit) @ matrix @ diags_array(unit) + diags_array(np.where(size > 0, 1e-12, 1.0))
    shares = unit[:, None] * splu(even.tocsc()).solve(unit[:, None] * gap.reshape(len(gap), -1))
    moved: Values = of_series[:, None] * (sums.T @ shares)
    return moved.reshape(stacked.bottom.shape)


def _clipped(values: Values, config: ForecastConfig, alone: Known) -> Values:
    """Between the floor and the cap where it is `alone`, a series and no total [O]."""
    if config.floor is None and config.cap is None:
        return values
    kept = np.clip(values, config.floor, config.cap)
    return np.where(alone.reshape(-1, *[1] * (values.ndim - 1)), kept, values)
