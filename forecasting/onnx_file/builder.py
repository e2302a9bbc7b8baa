"""A graph of ONNX nodes under construction: values are named by strings, constants are stored once.

Operators: https://onnx.ai/onnx/operators, of the version OPSET.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

OPSET, IR = 17, 8  # of 2022: what reads them is installed everywhere
NETWORK = "network/"  # begins the names of the nodes that may be quantised

Array = npt.NDArray[Any]


class Graph:
    """Nodes in the order in which they are computed."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._initialisers: list[Any] = []
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []
        self._weights = 0
        self._constants: dict[tuple[str, tuple[int, ...], bytes], str] = {}

    def input(self, name: str, default: Array, shape: Sequence[str | int]) -> str:
        """An input that need not be given: without it, it is `default`."""
        from onnx import helper

        kind = helper.np_dtype_to_tensor_dtype(default.dtype)
        self._inputs.append(helper.make_tensor_value_info(name, kind, shape))
        return self._held(np.ascontiguousarray(default), name)

    def output(self, value: str, name: str, shape: Sequence[str | int]) -> None:
        """`value`, of 64-bit floats, under a name."""
        from onnx import TensorProto, helper

        self._nodes.append(helper.make_node("Identity", [value], [name], name=f"output/{name}"))
        self._outputs.append(helper.make_tensor_value_info(name, TensorProto.DOUBLE, shape))

    def constant(self, array: npt.ArrayLike, dtype: npt.DTypeLike | None = None) -> str:
        """An array that the file holds, once however often it is used."""
        values = np.ascontiguousarray(array, dtype=dtype).reshape(np.shape(array))
        key = (values.dtype.str, values.shape, values.tobytes())
        if key not in self._constants:
            self._constants[key] = self._held(values, f"constant{len(self._constants)}")
        return self._constants[key]

    def weight(self, array: Array) -> str:
        """An array of 32-bit floats that may be quantised, so that only one node may use it."""
        self._weights += 1
        return self._held(np.ascontiguousarray(array, dtype=np.float32), f"weight{self._weights}")

    def op(self, kind: str, *inputs: str, network: bool = False, **attributes: Any) -> str:
        """The only output of a node. `network`: it may be quantised."""
        return self.ops(kind, *inputs, outputs=1, network=network, **attributes)[0]

    def ops(self, kind: str, *inputs: str, outputs: int, network: bool = False, **attributes: Any) -> list[str]:
        """The first `outputs` outputs of a node."""
        from onnx import helper

        number = len(self._nodes)
        names = [f"{kind.lower()}{number}" + (f"_{place}" if place else "") for place in range(outputs)]
        name = f"{NETWORK if network else ''}{kind}{number}"
        self._nodes.append(helper.make_node(kind, inputs, names, name=name, **attributes))
        return names

    def cut(self, value: str, start: int, stop: int, axis: int = 1) -> str:
        """`value[:, start:stop]` along an axis."""
        at = (self.constant(np.array([place], dtype=np.int64)) for place in (start, stop, axis))
        return self.op("Slice", value, *at)

    def shaped(self, value: str, *shape: int) -> str:
        """`value` in another shape; 0 keeps an axis, -1 takes what is left."""
        return self.op("Reshape", value, self.constant(np.array(shape, dtype=np.int64)))

    def single(self, value: str) -> str:
        """As 32-bit floats."""
        from onnx import TensorProto

        return self.op("Cast", value, to=TensorProto.FLOAT)

    def double(self, value: str) -> str:
        """As 64-bit floats."""
        from onnx import TensorProto

        return self.op("Cast", value, to=TensorProto.DOUBLE)

    def whole(self, value: str) -> str:
        """As 64-bit integers."""
        from onnx import TensorProto

        return self.op("Cast", value, to=TensorProto.INT64)

    def linear(self, value: str, weight: Array, bias: Array | None = None, *, network: bool = False) -> str:
        """value @ weight.T + bias in 32-bit floats, as torch's Linear has its weights. `network`: see `op`."""
        product = self.op("MatMul", value, self.weight(weight.T), network=network)
        return product if bias is None else self.op("Add", product, self.constant(bias, np.float32))

    def model(self, about: Mapping[str, str], description: str) -> bytes:
        """The file, with `about` in its metadata; the same bytes for the same graph."""
        import onnx
        from onnx import helper

        graph = helper.make_graph(self._nodes, "forecast", self._inputs, self._outputs, self._initialisers)
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR,
            producer_name="Tidecast",
            doc_string=description,
        )
        helper.set_model_props(model, dict(about))
        onnx.checker.check_model(model)
        return bytes(model.SerializeToString(deterministic=True))

    def _held(self, values: Array, name: str) -> str:
        from onnx import numpy_helper

        self._initialisers.append(numpy_helper.from_array(values, name))
        return name
