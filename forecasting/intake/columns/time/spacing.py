"""How evenly times are spaced, whatever order they stand in."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def evenness(stamps: npt.NDArray[np.generic]) -> float:
    """Of the steps between different times, the share that has the most frequent length; 0 where there are none.

    The first days of months are counted in months.
    """
    different = np.unique(stamps[~np.isnat(stamps)] if stamps.dtype.kind == "M" else stamps)
    if different.dtype.kind == "M":
        months = different.astype("datetime64[M]")
        whole = bool((months.astype(different.dtype) == different).all())
        different = months if whole else different
    steps = np.diff(different.astype(np.int64))
    if not len(steps):
        return 0.0
    _, counts = np.unique(steps, return_counts=True)
    return float(counts.max() / len(steps))


def span(stamps: npt.NDArray[np.generic]) -> int:
    """The time from the first to the last."""
    held = stamps[~np.isnat(stamps)] if stamps.dtype.kind == "M" else stamps
    return int(held.astype(np.int64).max() - held.astype(np.int64).min()) if len(held) else 0
