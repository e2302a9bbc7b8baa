"""A Predictor as one ONNX graph: from values in their unit to forecasts and intervals in it.

Arithmetic is done in 64-bit floats, as the package does it, and the networks in 32-bit ones.

Axes: S series, N rows, W values of history, H horizon, R regressors, M networks, Q levels, P and K further inputs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from forecasting.errors import ExportError
from forecasting.evaluation.bounds import intervals
from forecasting.evaluation.bounds import reach as reaches
from forecasting.messages import Message
from forecasting.onnx_file import cells, inputs, limits
from forecasting.onnx_file.builder import Array, Graph
from forecasting.onnx_file.inputs import Further, Rows
from forecasting.onnx_file.limits import Seen

if TYPE_CHECKING:
    from forecasting.config import ForecastConfig
    from forecasting.evaluation.predictor import Predictor
    from forecasting.model.method import Method
    from forecasting.model.windows import Extra
    from forecasting.panel import Values

_TEXT = (
    "Inputs: y, the last values of each row in their unit, NaN before its first value; series, which of the series in "
    "the metadata each row is of; past and known, the inputs beside the values; others, the series that each row "
    "follows, at its steps. What is not given is what the forecast was trained on. Outputs: forecast [rows, horizon]; "
    "lower and upper [rows, horizon, levels]."
)


def graph_of(
    predictor: Predictor,
    config: ForecastConfig,
    values: Sequence[Values],
    extra: Extra | None,
    about: Mapping[str, str],
) -> bytes:
    """The file of `predictor`; without inputs it forecasts from the ends of `values`, with `extra` beside them.

    Where the forecast is not that of the network alone, but of a pool or of the pretrained network as well, it holds
    the network alone, without intervals, which are those of the whole.
    Raises ExportError without a network, and with totals, which no graph of one row each can add up.
    """
    method = predictor.method
    if method is None:
        raise ExportError(Message("onnx.no-network"))
    if predictor.reconciliation is not None:
        raise ExportError(Message("onnx.totals"))
    graph, horizon = Graph(), predictor.horizon
    history = max(method.history, predictor.shrinkage.period + 1, predictor.support.history)
    series = graph.input("series", np.arange(len(values)), ["N"])
    given = graph.input("y", inputs.padded([one[-history:] for one in values], history), ["N", history])
    rows = Rows(graph, series, predictor.states)
    y = inputs.led(graph, given)
    seen = Seen(rows, given, graph.cut(y, history - 1, history), history, horizon)
    scaled, spread = _offsets(graph, rows, method, y, given, extra, history)
    if not predictor.by_network:
        forecast = _network_alone(seen, predictor, scaled)
        ends: dict[int, tuple[str, str]] = {}
    else:
        forecast, scaled = _central(seen, predictor, scaled)
        ends = _ends(seen, predictor, config, forecast, scaled, spread)
    kept = limits.clipped(graph, forecast, config.floor, config.cap)
    graph.output(kept, "forecast", ["N", horizon])
    for place, name in enumerate(("lower", "upper") if ends else ()):
        sides = (limits.clipped(graph, of[place], config.floor, config.cap) for of in ends.values())
        stacked = graph.op("Concat", *(graph.shaped(side, 0, 0, 1) for side in sides), axis=2)
        graph.output(stacked, name, ["N", horizon, len(ends)])
    return graph.model(about, _TEXT)


def _offsets(
    graph: Graph, rows: Rows, method: Method, y: str, given: str, extra: Extra | None, history: int
) -> tuple[str, str]:
    """(Scaled forecasts, their scaled spread), both [N, H], from `y`, which is the `given` values without NaN:
    `method.forecast`."""
    z, horizon = rows.forward(y), method.horizon
    last = graph.cut(z, history - 1, history)
    beside, memory = Further(None, None), 0
    if method.inputs is not None and extra is not None:
        beside = inputs.further(graph, method, extra, history)
        memory = _memory(method)
    read = _regressors(graph, method, z, last, beside, memory, history)
    base = _path(graph, read, method.linear.anchor + method.linear.ridge)
    nets = method.networks if method.share > 0 else method.networks[:1]
    ahead = beside.known
    if ahead is not None:
        ahead = graph.single(graph.cut(ahead, history, history + horizon))
    central, spread = [], []
    stretch: dict[int, str] = {}
    for network in nets:
        steps = _steps(network.window, network.cell)
        if steps not in stretch:
            stretch[steps] = inputs.network_inputs(graph, z, method.periods, history, steps, beside)
        added, log_spread = cells.outputs(graph, network, stretch[steps], ahead)
        weights = (network.anchor + network.linear).cpu().numpy()
        shared = np.array_equal(weights, (method.linear.anchor + method.linear.ridge).astype(np.float32))
        path = base if shared else _path(graph, read, weights.astype(np.float64))
        central.append(graph.op("Add", path, graph.double(added)))
        spread.append(graph.double(graph.op("Exp", log_spread)))
    offsets = base
    if method.share > 0:
        beyond = graph.op("Sub", _median(graph, central), base)
        offsets = graph.op("Add", base, graph.op("Mul", beyond, graph.constant(method.share, np.float64)))
    own = method.path_weights
    if own.any():
        path = base
        if method.linear.deviations is not None:
            if method.leaders is not None and extra is not None:
                others = inputs.leading(graph, rows, method, extra, history, given, z)
                read = graph.op("Concat", read, others, axis=1)
            single = graph.shaped(graph.single(read), 0, -1, 1)
            added = graph.op("MatMul", rows.own(method.linear.deviations), single)  # [N, H, 1]
            path = graph.op("Add", base, graph.double(graph.shaped(added, 0, horizon)))
        offsets = graph.op(
            "Add",
            graph.op("Mul", offsets, rows.column(1 - own)),
            graph.op("Mul", path, rows.column(own)),
        )
    if method.volatility.alone:
        growth = graph.constant(method.volatility.growth(horizon)[None])
        width = graph.op("Mul", growth, _volatility(graph, method, z, given, history))
        return graph.op("Add", last, offsets), width
    typical = method.networks[0].spread.cpu().numpy().astype(np.float64)
    width = graph.op("Mul", _median(graph, spread), graph.constant(typical))
    if method.volatility.power != 0:
        width = graph.op("Mul", width, _volatility(graph, method, z, given, history))
    return graph.op("Add", last, offsets), width


def _memory(method: Method) -> int:
    from forecasting.model.windows import MEMORY, MOST_FURTHER

    columns = len(method.inputs.centre) if method.inputs is not None else 0
    return max(1, min(MEMORY, method.horizon, MOST_FURTHER // max(1, columns)))


def _steps(window: int, cell: str) -> int:
    """How many steps a network reads before a forecast: those of `ensemble.run`."""
    from forecasting.model.material import origins_per_chunk
    from forecasting.model.networks import WHOLE_WINDOWS

    return window if cell in WHOLE_WINDOWS else window + origins_per_chunk(window, cell) - 1


def _regressors(graph: Graph, method: Method, z: str, last: str, beside: Further, memory: int, history: int) -> str:
    """[N, R], in the order of `regressors.gather`."""
    lags = graph.op("Gather", z, graph.constant(history - 1 + method.linear.lags), axis=1)
    groups = [graph.op("Sub", lags, last)]
    recent = (history - memory, history)
    for part, (start, stop) in (
        (beside.past, recent),
        (beside.known, recent),
        (beside.known, (history, history + method.horizon)),
    ):
        if part is not None:
            groups.append(graph.op("Flatten", graph.cut(part, start, stop), axis=1))
    if method.constant:
        groups.append(last)
    return graph.op("Concat", *groups, axis=1) if len(groups) > 1 else groups[0]


def _path(graph: Graph, read: str, weights: Array) -> str:
    """What a linear path [H, R] makes of regressors [N, R]."""
    return graph.op("MatMul", read, graph.constant(weights.T))


def _median(graph: Graph, parts: list[str]) -> str:
    """Of M arrays [N, H]."""
    count = len(parts)
    if count == 1:
        return parts[0]
    stacked = graph.op("Concat", *(graph.shaped(part, 0, 0, 1) for part in parts), axis=2)
    ordered = graph.ops("TopK", stacked, graph.constant(np.array([count])), outputs=2, axis=2)[0]
    middle = graph.cut(ordered, (count - 1) // 2, count // 2 + 1, 2)
    return graph.op("ReduceMean", middle, axes=[2], keepdims=0)


def _volatility(graph: Graph, method: Method, z: str, given: str, history: int) -> str:
    """[N, 1]: `Volatility.factor`."""
    from forecasting.model.volatility import CALMEST, LEAST, RECENT

    known = method.volatility
    begin, lag = history - RECENT, known.lag
    changes = graph.op("Sub", graph.cut(z, begin, history), graph.cut(z, begin - lag, history - lag))
    inside = graph.double(graph.op("Not", graph.op("IsNaN", graph.cut(given, begin - lag, history - lag))))
    weights = graph.constant(known.weights[:, None])
    size = graph.op("MatMul", graph.op("Mul", graph.op("Abs", changes), inside), weights)
    total = graph.op("MatMul", inside, weights)
    least, typical = graph.constant(LEAST, np.float64), graph.constant(known.typical, np.float64)
    mean = graph.op("Div", size, graph.op("Max", total, least))
    movement = graph.op("Where", graph.op("Greater", total, least), mean, typical)
    raised = graph.op("Add", movement, graph.constant(CALMEST * known.typical, np.float64))
    relative = graph.op("Div", raised, graph.constant((1 + CALMEST) * known.typical, np.float64))
    return graph.op("Pow", relative, graph.constant(known.power, np.float64))


def _network_alone(seen: Seen, predictor: Predictor, scaled: str) -> str:
    """The part "recurrent" of `predictor.ahead`."""
    forecast = limits.kept(seen, predictor.support, seen.rows.inverse(scaled))
    return _within_reach(seen, predictor, forecast)


def _central(seen: Seen, predictor: Predictor, scaled: str) -> tuple[str, str]:
    """(Forecasts, the same scaled) of `predictor.ahead`, of a network that is no part of a pool."""
    support, shrinkage = predictor.support, predictor.shrinkage
    scaled = limits.kept_scaled(seen, support, scaled)
    scaled = limits.shrunk(seen, shrinkage, scaled)
    scaled = limits.kept_scaled(seen, support, scaled)
    forecast = limits.reference(seen, shrinkage) if shrinkage.total else seen.rows.inverse(scaled)
    forecast = limits.kept(seen, support, forecast)
    if predictor.reach is None:
        return forecast, scaled
    near = _within_reach(seen, predictor, forecast)
    same = seen.graph.op("Equal", near, forecast)
    return near, seen.graph.op("Where", same, scaled, seen.rows.forward(near))


def _within_reach(seen: Seen, predictor: Predictor, forecast: str) -> str:
    if predictor.reach is None:
        return forecast
    reach = reaches.CENTRAL * _limits(predictor, reaches.LEVELS[-1])
    return limits.between(seen, forecast, seen.last, reach)


def _limits(predictor: Predictor, level: int) -> Array:
    """How far an end of an interval may lie from the forecast [S, H]."""
    from forecasting.model.origins import Span

    assert predictor.reach is not None  # noqa: S101 - the callers have looked
    every = np.ones(len(predictor.states), dtype=np.int64)
    return predictor.reach.limits(Span(every, every).origins(predictor.horizon), predictor.horizon, level)


def _ends(
    seen: Seen, predictor: Predictor, config: ForecastConfig, forecast: str, scaled: str, spread: str
) -> dict[int, tuple[str, str]]:
    """Ends of the intervals [N, H] by level: `predictor.bounds`."""
    graph, rows = seen.graph, seen.rows
    zero, one = np.zeros((1, predictor.horizon)), np.ones((1, predictor.horizon))
    width = graph.op("Mul", spread, rows.column(predictor.width))
    ends = {}
    for level in config.levels:
        quantiles = intervals.bounds(zero, one, predictor.table, level)
        far = None if predictor.reach is None else _limits(predictor, level)
        sides: list[Any] = []
        for quantile, limit in zip(quantiles, ("Min", "Max"), strict=True):
            end = rows.inverse(graph.op("Add", scaled, graph.op("Mul", width, graph.constant(quantile))))
            if far is not None:
                end = limits.between(seen, end, forecast, far)
            end = limits.kept(seen, predictor.support, end, central=False)
            sides.append(graph.op(limit, end, forecast))
        ends[level] = (sides[0], sides[1])
    return ends
