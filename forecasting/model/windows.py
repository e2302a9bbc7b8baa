"""Index arithmetic: one flat array for all series, and the positions of chunks, origins and folds in it.

Axes: S series, N positions of the flat array, C chunks, T steps of a chunk, O origins.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from forecasting.panel import Values

Index = npt.NDArray[np.int64]


@dataclasses.dataclass(frozen=True)
class Flat:
    """Series end to end, each led by `pad` copies of its first value, so that every lag up to `pad` exists."""

    z: Values  # [N]
    start: Index  # [S] position of the first value
    length: Index  # [S]
    pad: int


@dataclasses.dataclass(frozen=True)
class Fold:
    """One training and its test stretch, in steps from the end of a series, so that it serves series of all lengths.

    The training may see what is before `test_start`; origins are the steps before each step of the test stretch, as
    far as their whole horizon came true.
    """

    test_start: int  # steps from the first of the test stretch to the end of the series
    test_end: int  # steps that follow the test stretch


def flatten(series: Sequence[Values], pad: int) -> Flat:
    """One array of all `series`."""
    length = np.array([len(values) for values in series], dtype=np.int64)
    start = np.cumsum(length + pad) - length
    z = np.concatenate([part for values in series for part in (np.full(pad, values[0]), values)])
    return Flat(z, start, length, pad)


def all_origins(flat: Flat, first: Index, last: Index) -> tuple[Index, Index]:
    """(series, position) of every origin from `first` to `last` [S], both inclusive counts of values seen."""
    counts = np.maximum(last - first + 1, 0)
    owner = np.repeat(np.arange(len(counts)), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return owner, flat.start[owner] + first[owner] - 1 + within


def plan_folds(length: int, horizon: int, folds: int, share: float = 0.2) -> list[Fold]:
    """`folds` test stretches that together are the last `share` of `length` steps, oldest first.

    They hold equally many origins, so the last is longer by the horizon that its last origin still needs.
    """
    origins = max(min(round(share * length), length // 2) - horizon + 1, folds)
    edges = horizon - 1 + np.linspace(origins, 0, folds + 1).round().astype(int)
    edges[-1] = 0
    return [Fold(int(a), int(b)) for a, b in itertools.pairwise(edges)]
