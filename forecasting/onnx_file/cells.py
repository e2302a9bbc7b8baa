"""The recurrent part and the head of a network, as ONNX nodes with torch's weights.

Torch orders the gates of an LSTM i, f, g, o and those of a GRU r, z, n; ONNX has i, o, f, c and z, r, h.

Axes: N rows, T steps, F inputs, W window, H horizon, K inputs known ahead.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from forecasting.onnx_file.builder import Array, Graph

if TYPE_CHECKING:
    from forecasting.model.networks import Scaffold

_KINDS = {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU", "bilstm": "LSTM", "attention": "LSTM"}
_GATES = {"RNN": (0,), "LSTM": (0, 3, 1, 2), "GRU": (1, 0, 2)}  # where those of ONNX stand in torch's order


def outputs(graph: Graph, network: Scaffold, inputs: str, ahead: str | None) -> tuple[str, str]:
    """(What is added to the linear path, log of the spread), both [N, H] in 32-bit floats.

    inputs [N, T, F]: those steps that the network reads up to the origin; ahead [N, H, K].
    """
    weights = {name: value.cpu().numpy() for name, value in network.state_dict().items()}
    horizon = len(weights["spread"])
    out = graph.linear(_read(graph, network, weights, inputs), weights["head.weight"], weights["head.bias"])
    added, log_spread = graph.cut(out, 0, horizon), graph.cut(out, horizon, 2 * horizon)
    if ahead is not None:
        hidden = graph.linear(ahead, weights["beside.0.weight"], weights["beside.0.bias"])
        beside = graph.linear(graph.op("Tanh", hidden), weights["beside.2.weight"])
        added = graph.op("Add", added, graph.shaped(beside, 0, horizon))
    return added, graph.op("Clip", log_spread, *(graph.constant(end, np.float32) for end in (-3.0, 3.0)))


def _read(graph: Graph, network: Scaffold, weights: dict[str, Array], inputs: str) -> str:
    """What `Scaffold.read` gives at the last step [N, hidden or twice that]."""
    hidden, both = network.recurrent.hidden_size, network.cell == "bilstm"
    directions, layers = 1 + both, network.recurrent.num_layers
    steps = graph.op("Transpose", inputs, perm=[1, 0, 2])  # [T, N, F]
    for number in range(layers):
        every, last = layer(graph, _KINDS[network.cell], weights, number, hidden, both, steps)
        if number < layers - 1 or network.cell == "attention":
            joined = graph.op("Transpose", every, perm=[0, 2, 1, 3])  # [T, N, directions, hidden]
            steps = graph.shaped(joined, 0, 0, directions * hidden)
    if network.cell != "attention":
        return graph.shaped(graph.op("Transpose", last, perm=[1, 0, 2]), -1, directions * hidden)
    end = np.iinfo(np.int64).max
    states = graph.op("Transpose", graph.cut(steps, -network.window, end, 0), perm=[1, 0, 2])  # [N, W, hidden]
    now = graph.cut(states, -1, end)
    key = graph.op("Transpose", graph.linear(states, weights["key.weight"], network=True), perm=[0, 2, 1])
    scores = graph.op("MatMul", graph.linear(now, weights["query.weight"], network=True), key)
    scores = graph.op("Div", scores, graph.constant(math.sqrt(hidden), np.float32))
    seen = graph.op("MatMul", graph.op("Softmax", scores, axis=-1), states)
    return graph.shaped(graph.op("Concat", now, seen, axis=-1), 0, 2 * hidden)


def layer(
    graph: Graph, kind: str, weights: dict[str, Array], number: int, hidden: int, both: bool, steps: str
) -> tuple[str, str]:
    """(Outputs at all steps [T, directions, N, hidden], the last ones [directions, N, hidden])."""

    def stacked(name: str) -> Array:
        ends = ("", "_reverse")[: 1 + both]
        return np.stack([_ordered(weights[f"recurrent.{name}_l{number}{end}"], kind, hidden) for end in ends])

    bias = np.concatenate([stacked("bias_ih"), stacked("bias_hh")], axis=1)
    given = [graph.weight(values) for values in (stacked("weight_ih"), stacked("weight_hh"), bias)]
    more: dict[str, Any] = {"linear_before_reset": 1} if kind == "GRU" else {}
    direction = "bidirectional" if both else "forward"
    every, last = graph.ops(
        kind, steps, *given, outputs=2, network=True, hidden_size=hidden, direction=direction, **more
    )  # fmt: skip
    return every, last


def _ordered(values: Array, kind: str, hidden: int) -> Array:
    """Torch's gates, each `hidden` rows, in the order of ONNX."""
    return np.concatenate([values[gate * hidden : (gate + 1) * hidden] for gate in _GATES[kind]])
