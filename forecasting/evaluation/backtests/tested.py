"""What one training of a backtest forecast, and the file that it is kept in between a worker and the merge.

Axes: O origins (of all series, end to end), H horizon.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from forecasting.model.origins import Origins
from forecasting.panel import Values

_DTYPES = {"F64": "<f8", "I64": "<i8"}  # of the arrays in the file


@dataclasses.dataclass(frozen=True, kw_only=True)
class Tested:
    """What the training of one fold forecast from the origins of its test part, in the unit of each series."""

    fold: int  # 1 is the first
    origins: Origins  # of the series of the panel
    forecast: Values  # [O, H]
    parts: dict[str, Values]  # of the network and of the pool, by name
    bounds: dict[int, tuple[Values, Values]]  # level -> (low, high)
    periods: tuple[int, ...]  # detected by the method
    weights: dict[str, float]  # of the pool, mean over series
    shrinkage: float  # factor
    effects: dict[str, Any] = dataclasses.field(default_factory=dict)  # of covariates, where asked for; in no bytes

    def to_bytes(self) -> bytes:
        """A safetensors file with JSON in its metadata; `from_bytes` gives back every bit."""
        arrays = {"owner": self.origins.series, "seen": self.origins.seen, "whole": self.forecast}
        arrays |= {f"part-{name}": value for name, value in self.parts.items()}
        for level, (low, high) in self.bounds.items():
            arrays |= {f"low-{level}": low, f"high-{level}": high}
        about = {
            "fold": self.fold,
            "parts": list(self.parts),
            "periods": [int(period) for period in self.periods],
            "levels": list(self.bounds),
            "weights": self.weights,
            "shrink": self.shrinkage,
        }
        return _file(arrays, about)

    @classmethod
    def from_bytes(cls, data: bytes) -> Tested:
        """What `to_bytes` wrote."""
        about, arrays = _views(data)
        return cls(
            fold=about["fold"],
            origins=Origins.of(arrays["owner"], arrays["seen"], arrays["whole"].shape[1]),
            forecast=arrays["whole"],
            parts={name: arrays[f"part-{name}"] for name in about["parts"]},
            bounds={level: (arrays[f"low-{level}"], arrays[f"high-{level}"]) for level in about["levels"]},
            periods=tuple(about["periods"]),
            weights=about["weights"],
            shrinkage=about["shrink"],
        )


def _file(arrays: Mapping[str, Any], about: Mapping[str, Any]) -> bytes:
    """A safetensors file: as the library writes it, but without two further copies of what may be hundreds of MB."""
    header: dict[str, Any] = {"__metadata__": {"x": json.dumps(about)}}
    parts: list[Any] = []
    end = 0
    for name, value in arrays.items():
        dtype = "I64" if np.issubdtype(value.dtype, np.integer) else "F64"
        part = np.ascontiguousarray(value, dtype=_DTYPES[dtype])
        start, end = end, end + part.nbytes
        header[name] = {"dtype": dtype, "shape": list(part.shape), "data_offsets": [start, end]}
        parts.append(part.reshape(-1).view(np.uint8))
    written = json.dumps(header).encode()
    written += b" " * (-len(written) % 8)
    return b"".join([len(written).to_bytes(8, "little"), written, *parts])


def _views(data: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """(metadata, arrays) of `Tested.to_bytes`, the arrays as views of `data`: of many series it has hundreds of MB."""
    size = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:size])
    about = json.loads(header.pop("__metadata__")["x"])
    arrays = {}
    for name, entry in header.items():
        count = math.prod(entry["shape"])
        start = size + entry["data_offsets"][0]
        arrays[name] = np.frombuffer(data, _DTYPES[entry["dtype"]], count, start).reshape(entry["shape"])
    return about, arrays
