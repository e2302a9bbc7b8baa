"""What keeps a forecast in bounds, as ONNX nodes: shrinkage, support and reach of `forecasting.evaluation`.

Axes: S series, N rows, W values of history, H horizon.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from forecasting.evaluation.bounds import support as supports
from forecasting.onnx_file.builder import Array, Graph
from forecasting.onnx_file.inputs import Rows

if TYPE_CHECKING:
    from forecasting.evaluation.bounds.shrinkage import Shrinkage
    from forecasting.evaluation.bounds.support import Support


@dataclasses.dataclass(frozen=True)
class Seen:
    """What the rows show in their units."""

    rows: Rows
    given: str  # [N, W], NaN before the first value of a row
    last: str  # [N, 1]
    history: int
    horizon: int

    @property
    def graph(self) -> Graph:
        return self.rows.graph


def reference(seen: Seen, shrinkage: Shrinkage) -> str:
    """What forecasts are shrunk towards [N, H]: `shrinkage.references`."""
    graph, steps = seen.graph, np.arange(1, seen.horizon + 1)
    if shrinkage.period <= 1:
        return graph.op("Expand", seen.last, graph.constant(np.array([1, seen.horizon])))
    back = seen.history - 1 + steps - shrinkage.period * -(-steps // shrinkage.period)
    values = graph.op("Gather", seen.given, graph.constant(back), axis=1)
    return graph.op("Where", graph.op("IsNaN", values), seen.last, values)


def shrunk(seen: Seen, shrinkage: Shrinkage, scaled: str) -> str:
    """Scaled forecasts [N, H], shrunk."""
    if shrinkage.factor == 1:
        return scaled
    graph, towards = seen.graph, seen.rows.forward(reference(seen, shrinkage))
    kept = graph.op("Mul", graph.op("Sub", scaled, towards), graph.constant(shrinkage.factor, np.float64))
    return graph.op("Add", towards, kept)


def kept(seen: Seen, support: Support, values: str, *, central: bool = True) -> str:
    """Forecasts [N, H] within the support of their series; ends of intervals where not `central`: `Support.keep`."""
    if support.free:
        return values
    graph, rows = seen.graph, seen.rows
    values = graph.op("Min", graph.op("Max", values, rows.column(support.low)), rows.column(support.high))
    for sign, most in ((1, "Max"), (-1, "Min")):
        if (support.direction == sign).any():
            way = _running(graph, most, graph.op(most, values, seen.last), seen.horizon)
            values = graph.op("Where", rows.column(support.direction == sign), way, values)
    if central and support.sparse.any():
        most = graph.op("Mul", _recent(seen), graph.constant(supports.ABOVE, np.float64))
        values = graph.op("Where", rows.column(support.sparse > 0), graph.op("Min", values, most), values)
    if support.closed.any():
        values = graph.op("Where", _closed(seen, support.closed), graph.constant(0.0, np.float64), values)
    return values


def kept_scaled(seen: Seen, support: Support, scaled: str) -> str:
    """The same for scaled forecasts."""
    if support.free:
        return scaled
    return seen.rows.forward(kept(seen, support, seen.rows.inverse(scaled)))


def between(seen: Seen, values: str, middle: str, limits: Array) -> str:
    """`values` [N, H], none further from `middle` than the `limits` [S, H] of their series."""
    graph, reach = seen.graph, seen.rows.own(limits)
    low = graph.op("Max", values, graph.op("Sub", middle, reach))
    return graph.op("Min", low, graph.op("Add", middle, reach))


def clipped(graph: Graph, values: str, floor: float | None, cap: float | None) -> str:
    """`values` between the floor and the cap of the settings."""
    if floor is not None:
        values = graph.op("Max", values, graph.constant(floor, np.float64))
    return values if cap is None else graph.op("Min", values, graph.constant(cap, np.float64))


def _running(graph: Graph, most: str, values: str, horizon: int) -> str:
    """The largest or smallest so far at each step [N, H], in as many nodes as the horizon has binary digits (Hillis
    and Steele, "Data parallel algorithms", CACM 29, 1986)."""
    shift = 1
    while shift < horizon:
        later = graph.op(most, graph.cut(values, shift, horizon), graph.cut(values, 0, horizon - shift))
        values = graph.op("Concat", graph.cut(values, 0, shift), later, axis=1)
        shift *= 2
    return values


def _recent(seen: Seen) -> str:
    """Mean [N, 1] of the last values of each row."""
    graph = seen.graph
    recent = graph.cut(seen.given, max(0, seen.history - supports.RECENT), seen.history)
    blank, axis = graph.op("IsNaN", recent), graph.constant(np.array([1]))
    known = graph.op("Where", blank, graph.constant(0.0, np.float64), recent)
    count = graph.op("ReduceSum", graph.double(graph.op("Not", blank)), axis, keepdims=1)
    return graph.op("Div", graph.op("ReduceSum", known, axis, keepdims=1), count)


def _closed(seen: Seen, seasons: Array) -> str:
    """Which steps [N, H] are closed: `Support.closed_steps`. NaN, before the first value, is not 0."""
    graph, steps = seen.graph, np.arange(1, seen.horizon + 1)
    period = np.maximum(seasons.astype(np.int64), 1)[:, None]
    first = seen.history - 1 + steps - period * -(-steps // period)  # [S, H]
    back = first[..., None] - period[..., None] * np.arange(supports.SAME)
    back = np.where(seasons[:, None, None] > 0, back, 0).reshape(len(seasons), -1)
    values = graph.op("GatherElements", seen.given, seen.rows.own(back), axis=1)
    zeros = graph.whole(graph.op("Equal", values, graph.constant(0.0, np.float64)))
    count = graph.op(
        "ReduceSum", graph.shaped(zeros, 0, seen.horizon, supports.SAME), graph.constant(np.array([2])), keepdims=0
    )
    always = graph.op("Equal", count, graph.constant(np.array(supports.SAME)))
    return graph.op("And", always, seen.rows.column(seasons > 0))
