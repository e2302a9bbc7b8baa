"""Shapes by rule against those of torch's own tensors."""

from __future__ import annotations

import itertools

import pytest

from forecasting.errors import ConfigError
from forecasting.labs.sequences import LayerShape, tensor_shapes


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_shapes_are_those_that_torch_returns(cell: str) -> None:
    import torch

    from forecasting.model.teaching_networks import KINDS

    for layers, both, first in itertools.product([1, 3], [False, True], [False, True]):
        layer = LayerShape(
            cell=cell, batch=2, length=5, inputs=4, hidden_size=6, num_layers=layers, bidirectional=both,
            batch_first=first,
        )  # fmt: skip
        shapes = tensor_shapes(layer)
        network = KINDS[cell](4, 6, layers, bidirectional=both, batch_first=first)
        output, last = network(torch.zeros(shapes["input"]))
        states = dict(zip(("h_n", "c_n"), last if cell == "lstm" else (last,), strict=False))
        returned = {"output": output, **states}
        assert {name: tuple(tensor.shape) for name, tensor in returned.items()} == {
            name: shape for name, shape in shapes.items() if name != "input"
        }


def test_what_batch_first_moves_is_the_batch() -> None:
    sizes = {"cell": "gru", "batch": 7, "length": 5, "inputs": 3}
    assert tensor_shapes(LayerShape(**sizes))["input"] == (5, 7, 3)
    assert tensor_shapes(LayerShape(**sizes, batch_first=True))["input"] == (7, 5, 3)


@pytest.mark.parametrize("field", ["batch", "length", "inputs", "hidden_size", "num_layers"])
def test_a_size_of_none_names_itself(field: str) -> None:
    with pytest.raises(ConfigError, match=field) as caught:
        LayerShape(**{field: 0})
    assert caught.value.field == field
