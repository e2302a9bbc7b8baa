"""What the graph is given and how it is scaled: the values of each row, the further inputs, and back to the unit.

Axes: S series, N rows, W values of history, H horizon, T steps that a network reads, P and K further inputs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from forecasting.onnx_file.builder import Array, Graph

if TYPE_CHECKING:
    from forecasting.model.method import Method
    from forecasting.model.scaling import State
    from forecasting.model.windows import Extra


@dataclasses.dataclass(frozen=True)
class Rows:
    """Rows of a graph, each of one of the S series."""

    graph: Graph
    series: str  # [N] which series each row is of
    states: Sequence[State]  # [S]

    def own(self, values: Array) -> str:
        """What the series of each row has of `values` [S, ...]: [N, ...]."""
        return self.graph.op("Gather", self.graph.constant(values), self.series, axis=0)

    def column(self, values: Array) -> str:
        """The same of one number a series: [N, 1]."""
        return self.own(np.asarray(values)[:, None])

    def forward(self, values: str) -> str:
        """Values [N, ...] in their units, scaled: `scaling.forward`."""
        graph = self.graph
        if self._logs.any():
            logs = graph.op("Log", graph.op("Max", values, self._of("floor")))
            values = graph.op("Where", self.column(self._logs), logs, values)
        return graph.op("Div", graph.op("Sub", values, self._of("centre")), self._of("scale"))

    def inverse(self, scaled: str) -> str:
        """Scaled values [N, ...] in their units: `scaling.inverse`."""
        graph = self.graph
        level = graph.op("Add", graph.op("Mul", scaled, self._of("scale")), self._of("centre"))
        if not self._logs.any():
            return level
        level = graph.op("Min", level, self._of("ceiling"))
        return graph.op("Where", self.column(self._logs), graph.op("Exp", level), level)

    @property
    def _logs(self) -> Array:
        return np.array([state.log for state in self.states])

    def _of(self, name: str) -> str:
        return self.column(np.array([getattr(state, name) for state in self.states], dtype=np.float64))


def padded(parts: Sequence[Array], length: int) -> Array:
    """Arrays [n, ...] of unequal lengths as one [S, length, ...], NaN before the first value of each."""
    whole = np.full((len(parts), length, *parts[0].shape[1:]), np.nan)
    for row, part in zip(whole, parts, strict=True):
        row[length - len(part) :] = part
    return whole


def led(graph: Graph, values: str) -> str:
    """Values [N, W, ...] with the first of each row in place of the NaN before it."""
    blank = graph.op("IsNaN", values)
    first = graph.op("ReduceSum", graph.whole(blank), graph.constant(np.array([1])), keepdims=1)
    return graph.op("Where", blank, graph.op("GatherElements", values, first, axis=1), values)


@dataclasses.dataclass(frozen=True)
class Further:
    """Scaled further inputs: past [N, W, P], known [N, W + H, K]; None where there are none of a kind."""

    past: str | None
    known: str | None


def further(graph: Graph, method: Method, extra: Extra, history: int) -> Further:
    """The further inputs of the graph, by default `extra`, scaled as `scaling.scale_inputs` does."""
    assert method.inputs is not None  # noqa: S101 - the caller has looked
    found: list[str | None] = []
    split = method.inputs.past
    for name, parts, length, chosen in (
        ("past", extra.past, history, slice(0, split)),
        ("known", extra.known, history + method.horizon, slice(split, None)),
    ):
        count = parts[0].shape[1]
        if not count:
            found.append(None)
            continue
        default = padded([part[-length:] for part in parts], length)
        given = led(graph, graph.input(name, default, ["N", length, count]))
        centred = graph.op("Sub", given, graph.constant(method.inputs.centre[chosen]))
        scaled = graph.op("Div", centred, graph.constant(method.inputs.scale[chosen]))
        found.append(graph.op("Clip", scaled, *(graph.constant(end, np.float64) for end in (-10.0, 10.0))))
    return Further(*found)


def leading(graph: Graph, rows: Rows, method: Method, extra: Extra, history: int, given: str, z: str) -> str:
    """What is read of the leaders of each row, whose values are an input, by default those of `extra`; `given` are the
    values of the rows and `z` the same, scaled: `leading.there` [N, J * (M + 1)]."""
    leaders, parts = method.leaders, extra.others
    assert leaders is not None  # noqa: S101 - the caller has looked
    assert parts is not None  # noqa: S101 - they come with the leaders
    count, read = leaders.places.shape[1], leaders.memory + 1
    default = padded([part[-history:] for part in parts], history)
    values = _led_like(graph, graph.input("others", default, ["N", history, count]), given, count)
    values = graph.cut(values, history - read, history)  # [N, M + 1, J]
    there = leaders.places[:, None] >= 0  # [S, 1, J]
    log, centre, scale, floor, _ = np.moveaxis(leaders.scales[:, None], -1, 0)
    logs = graph.op("Log", graph.op("Max", values, rows.own(np.where(log > 0, floor, 1e-300))))
    level = graph.op("Where", rows.own(log > 0), logs, values)
    centred = graph.op("Sub", level, rows.own(centre))
    scaled = graph.op("Div", centred, rows.own(np.where(there, scale, 1.0)))
    last = graph.cut(scaled, read - 1, read)
    back = graph.op("Gather", scaled, graph.constant(np.arange(read - 2, -1, -1)), axis=1)  # the newest first
    offsets = graph.op("Sub", back, last)
    apart = graph.op("Sub", last, graph.shaped(graph.cut(z, history - 1, history), 0, 1, 1))
    both = graph.op("Concat", offsets, apart, axis=1)
    reach = (leaders.lags - leaders.delays)[:, None]
    kept = np.concatenate([np.arange(1, read)[None, :, None] <= reach, there], axis=1) & there  # [S, M + 1, J]
    used = graph.op("And", rows.own(kept), graph.op("Not", graph.op("IsNaN", both)))
    both = graph.op("Where", used, both, graph.constant(0.0, np.float64))
    return graph.op("Flatten", graph.op("Transpose", both, perm=[0, 2, 1]), axis=1)


def _led_like(graph: Graph, values: str, given: str, count: int) -> str:
    """Values [N, W, J] with their first in place of what is before the first of the `given` ones [N, W]."""
    blank = graph.op("IsNaN", given)
    first = graph.op("ReduceSum", graph.whole(blank), graph.constant(np.array([1])), keepdims=1)  # [N, 1]
    first = graph.op("Tile", graph.shaped(first, 0, 1, 1), graph.constant(np.array([1, 1, count])))
    led_by = graph.op("GatherElements", values, first, axis=1)
    return graph.op("Where", graph.shaped(blank, 0, 0, 1), led_by, values)


def network_inputs(graph: Graph, z: str, periods: Sequence[int], history: int, steps: int, beside: Further) -> str:
    """What networks read at the last `steps` of the scaled values `z` [N, W]: `material.network_inputs` [N, T, F]."""

    def ago(values: str, lag: int) -> str:  # [N, T]
        return graph.cut(values, history - steps - lag, history - lag)

    now = ago(z, 0)
    columns = [now, graph.op("Mul", graph.op("Sub", now, ago(z, 1)), graph.constant(3.0, np.float64))]
    total = graph.op("CumSum", z, graph.constant(np.array(1)))
    for period in periods:
        columns.append(graph.op("Sub", now, ago(z, period)))
        season = graph.op("Sub", ago(total, 0), ago(total, period))
        columns.append(graph.op("Sub", now, graph.op("Div", season, graph.constant(period, np.float64))))
    stacked = graph.op("Concat", *(graph.shaped(column, 0, 0, 1) for column in columns), axis=2)
    read = [graph.op("Asinh", graph.single(stacked))]
    end = history  # what is known of the steps ahead stands behind it
    read += [
        graph.single(graph.cut(part, end - steps, end)) for part in (beside.past, beside.known) if part is not None
    ]
    return graph.op("Concat", *read, axis=2) if len(read) > 1 else read[0]
