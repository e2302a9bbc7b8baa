"""Columns of pyarrow as arrays of NumPy."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def ints(parts: pa.StructArray, field: str) -> Ints:
    """A field of digits as numbers, 0 where it is empty."""
    text = parts.field(field)
    text = pc.if_else(pc.fill_null(pc.equal(text, ""), True), "0", text)
    return np.asarray(pc.cast(text, pa.int64()).to_numpy(zero_copy_only=False), dtype=np.int64)


def flags(array: pa.Array) -> Flags:
    """A column of truth values for NumPy."""
    return np.asarray(array.to_numpy(zero_copy_only=False), dtype=bool)
