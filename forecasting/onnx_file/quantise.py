"""Eight-bit weights: those of the recurrent cells and of attention. The scaling, the linear path and the head, whose
rounding would be that of the forecast itself, stay as they are: together they are small.

LSTMs and matrix products by ONNX Runtime's dynamic quantisation, in which activations get a scale of their own at each
call. It has none for the cells GRU and RNN: their weights are stored as 8-bit numbers with a scale for each row, and
used as 32-bit floats.
"""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from forecasting.onnx_file.builder import NETWORK
from forecasting.onnx_file.measure import open_session

DYNAMIC = ("MatMul", "LSTM")
STORED = ("GRU", "RNN")
LARGEST = 127
MOST = 0.005  # of the deviation of the values, by which rounding activations may move a forecast


def quantise(data: bytes) -> bytes:
    """The file `data` with 8-bit weights; its inputs, outputs and metadata are the same.

    Where the network makes the whole forecast, as that of tutorials does, rounding its activations would show: if it
    moves the file's own forecast by more than MOST, the weights of LSTMs are only stored in 8 bits as well.
    """
    import onnx

    model = onnx.load_from_string(data)
    found = dynamic(model)
    _store_small(found, STORED)
    if _moved(data, found.SerializeToString()) > MOST:
        found = onnx.load_from_string(data)
        _store_small(found, (*STORED, "LSTM"))
    del found.metadata_props[:]
    found.metadata_props.extend(model.metadata_props)
    found.producer_name, found.doc_string = model.producer_name, model.doc_string
    return bytes(found.SerializeToString(deterministic=True))


def dynamic(model: Any) -> Any:
    """`model` after ONNX Runtime's dynamic quantisation of the network."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    names = [node.name for node in model.graph.node if node.op_type in DYNAMIC and node.name.startswith(NETWORK)]
    level = logging.root.level
    logging.root.setLevel(logging.ERROR)  # it advises a step that is for convolutions
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.onnx"
            quantize_dynamic(
                model,
                path,
                op_types_to_quantize=list(DYNAMIC),
                nodes_to_quantize=names,
                weight_type=QuantType.QInt8,
                per_channel=True,
            )
            return onnx.load(path)
    finally:
        logging.root.setLevel(level)


def _moved(data: bytes, quantised: bytes) -> float:
    """How far the file's own forecast is moved, on average, over the mean absolute deviation of the values it has."""
    from onnx import load_from_string, numpy_helper

    before, after = (open_session(one).run(["forecast"], {})[0] for one in (data, quantised))
    held = next(one for one in load_from_string(data).graph.initializer if one.name == "y")
    values = np.asarray(numpy_helper.to_array(held), dtype=np.float64)
    spread = np.nanmean(np.abs(values - np.nanmean(values, axis=1, keepdims=True)), axis=1)
    moved = np.abs(after - before).mean(axis=1)
    return float(np.max(np.divide(moved, spread, out=np.zeros(len(moved)), where=spread > 0)))


def _store_small(model: Any, kinds: tuple[str, ...]) -> None:
    """Have the weights of these cells as 8-bit numbers, which a node before them takes to floats."""
    from onnx import helper, numpy_helper

    graph = model.graph
    held = {one.name: one for one in graph.initializer}
    before = []
    for node in graph.node:
        if node.op_type not in kinds:
            continue
        for place in (1, 2):
            name = node.input[place]
            weights = numpy_helper.to_array(held[name])  # [directions, rows, columns]
            rows = weights.reshape(-1, weights.shape[2])
            scale = np.maximum(np.abs(rows).max(axis=1), 1e-12).astype(np.float32) / LARGEST
            small = np.round(rows / scale[:, None]).astype(np.int8)
            graph.initializer.remove(held[name])
            parts = {"values": small, "scale": scale, "shape": np.array(weights.shape, dtype=np.int64)}
            graph.initializer.extend(
                numpy_helper.from_array(values, f"{name}_{part}") for part, values in parts.items()
            )
            floats = helper.make_node(
                "DequantizeLinear", [f"{name}_values", f"{name}_scale"], [f"{name}_rows"], axis=0,
                name=f"{name}_dequantise",
            )  # fmt: skip
            before += [floats, helper.make_node("Reshape", [f"{name}_rows", f"{name}_shape"], [name], name=name)]
    if before:
        nodes = [*before, *graph.node]
        del graph.node[:]
        graph.node.extend(nodes)
