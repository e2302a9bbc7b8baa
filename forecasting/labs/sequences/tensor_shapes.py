"""The shapes of what a recurrent layer of torch takes and returns, without torch.

By the rules of torch.nn.RNN, LSTM and GRU (their documentation, "Inputs" and "Outputs"), without projections.
"""

from __future__ import annotations

import dataclasses

from forecasting.config import check_choice, check_whole
from forecasting.labs.lab_settings import CELLS, Settings, check_switch


@dataclasses.dataclass(frozen=True, kw_only=True)
class LayerShape(Settings):
    """The sizes of a recurrent layer and of what it reads. A wrong value raises ConfigError with `.field`."""

    cell: str = "lstm"
    batch: int = 1  # sequences read at once
    length: int = 5  # steps of each
    inputs: int = 4  # values at a step
    hidden_size: int = 8
    num_layers: int = 1
    bidirectional: bool = False
    batch_first: bool = False

    def __post_init__(self) -> None:
        check_choice("cell", self.cell, CELLS)
        for field in ("batch", "length", "inputs", "hidden_size"):
            check_whole(field, getattr(self, field), 1, 10_000)
        check_whole("num_layers", self.num_layers, 1, 100)
        check_switch("bidirectional", self.bidirectional)
        check_switch("batch_first", self.batch_first)


def tensor_shapes(layer: LayerShape) -> dict[str, tuple[int, int, int]]:
    """{input, output, h_n, c_n: shape}; only an LSTM has c_n. `batch_first` changes input and output alone."""
    directions = 2 if layer.bidirectional else 1
    leading = (layer.batch, layer.length) if layer.batch_first else (layer.length, layer.batch)
    state = (directions * layer.num_layers, layer.batch, layer.hidden_size)
    shapes = {
        "input": (*leading, layer.inputs),
        "output": (*leading, directions * layer.hidden_size),
        "h_n": state,
    }
    return {**shapes, "c_n": state} if layer.cell == "lstm" else shapes
