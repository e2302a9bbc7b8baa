"""Results that JSON can hold, and the clock apart from what is the same each time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

_CLOCK = ("seconds", "seconds_at")


def plain(values: npt.ArrayLike, digits: int | None = None) -> list[Any]:
    """Numbers as nested lists, rounded to `digits` after the point; what is not finite is None."""
    array = np.asarray(values, dtype=np.float64)
    if digits is not None:
        array = np.round(array, digits)
    if np.isfinite(array).all():
        nested: list[Any] = array.tolist()
        return nested
    return [plain(part, digits) for part in array] if array.ndim > 1 else [finite(value) for value in array.tolist()]


def finite(value: float) -> float | None:
    """None for what is not finite: JSON has no infinities."""
    return value if math.isfinite(value) else None


def split_clock(result: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A result without its durations, which is the same each time, and the durations, nested in the same way."""
    timeless, clock = {}, {}
    for name, value in result.items():
        if name in _CLOCK:
            clock[name] = value
        elif isinstance(value, Mapping):
            timeless[name], inner = split_clock(value)
            clock |= {name: inner} if inner else {}
        else:
            timeless[name] = value
    return timeless, clock


def merge_clock(result: Mapping[str, Any], clock: Mapping[str, Any]) -> dict[str, Any]:
    """The result that `split_clock` took apart."""
    merged = dict(result)
    for name, value in clock.items():
        merged[name] = merge_clock(merged[name], value) if isinstance(value, Mapping) else value
    return merged
