"""One flat array for all series, what stands beside their values, and the folds of a backtest.

Axes: S series, N positions of the flat array, T values of a series, H horizon, P and K further inputs.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from forecasting.panel import Values

Index = npt.NDArray[np.int64]
Known = npt.NDArray[np.bool_]  # [T] which values were measured, not filled in

SHORT = 3  # values that any forecast needs
MEMORY = 14  # last steps of a further input that act on what comes, at most
MOST_FURTHER = 200  # regressors that these steps may be


@dataclasses.dataclass(frozen=True)
class Extra:
    """Inputs beside the values, an array a series."""

    past: list[Values]  # [T, P] each known up to its own step
    known: list[Values]  # [T + H, K] known H steps ahead
    others: list[Values] | None = None  # [T, J] the leaders of each series: see `leading`

    @property
    def counts(self) -> tuple[int, int]:
        """(P, K)"""
        return self.past[0].shape[1], self.known[0].shape[1]

    def of(self, chosen: Sequence[int]) -> Extra:
        """Those of some series."""
        others = None if self.others is None else [self.others[i] for i in chosen]
        return Extra([self.past[i] for i in chosen], [self.known[i] for i in chosen], others)


@dataclasses.dataclass(frozen=True)
class Flat:
    """Series end to end, each led by `pad` copies of its first value, so that every lag up to `pad` exists.

    With further inputs each series is followed by `ahead` steps for what is known of them; its last value stands there.
    """

    z: Values  # [N]
    start: Index  # [S] position of the first value
    length: Index  # [S]
    pad: int
    past: Values | None = None  # [N, P]
    known: Values | None = None  # [N, K]
    ahead: int = 0
    memory: int = 0  # last steps of the further inputs that the linear path reads
    constant: bool = False  # forecasts start from zero, the middle of the training range, not from the last value
    measured: Known | None = None  # [N] which values were measured; None: all
    others: Values | None = None  # [N, J] the leaders of each series beside it (see `leading`), scaled


@dataclasses.dataclass(frozen=True)
class Fold:
    """One training and its test part, in steps from the end of a series, so that it serves series of all lengths.

    The training may see what is before `test_start`; origins are the steps before each step of the test part whose
    whole horizon came true.
    """

    test_start: int  # steps from the first of the test part to the end of the series
    test_end: int  # steps that follow the test part


def flatten(series: Sequence[Values], pad: int, extra: Extra | None = None, ahead: int = 0) -> Flat:
    """One array of all `series`, and of what `extra` has up to `ahead` steps beyond them."""
    length = np.array([len(values) for values in series], dtype=np.int64)
    if extra is None:
        start = np.cumsum(length + pad) - length
        z = np.concatenate([part for values in series for part in (np.full(pad, values[0]), values)])
        return Flat(z, start, length, pad)
    start = np.cumsum(length + pad + ahead) - length - ahead
    z = np.concatenate([np.pad(values, (pad, ahead), mode="edge") for values in series])
    past = np.concatenate(
        [
            np.pad(inputs[: len(values)], ((pad, ahead), (0, 0)), mode="edge")
            for inputs, values in zip(extra.past, series, strict=True)
        ]
    )
    known = np.concatenate(
        [
            np.pad(inputs[: len(values) + ahead], ((pad, 0), (0, 0)), mode="edge")
            for inputs, values in zip(extra.known, series, strict=True)
        ]
    )
    columns = past.shape[1] + known.shape[1]
    memory = max(1, min(MEMORY, ahead, MOST_FURTHER // max(1, columns)))
    return Flat(z, start, length, pad, past, known, ahead, memory)


def flatten_measured(measured: Sequence[Known], pad: int, ahead: int = 0) -> Known:
    """Which values of a Flat were measured: those that lead or follow a series were not."""
    return np.concatenate([np.pad(here, (pad, ahead)) for here in measured])


def needed(window: int, horizon: int) -> int:
    """Values that one training needs: a window, a horizon to learn from, one to validate on, and a few origins."""
    return window + 2 * horizon + 8


def plan_folds(length: int, horizon: int, folds: int, share: float = 0.2) -> list[Fold]:
    """`folds` test parts that together are the last `share` of `length` steps, oldest first.

    They hold equally many origins, so the last is longer by the horizon that its last origin still needs.
    """
    origins = max(min(round(share * length), length // 2) - horizon + 1, folds)
    edges = horizon - 1 + np.linspace(origins, 0, folds + 1).round().astype(int)
    edges[-1] = 0
    return [Fold(int(a), int(b)) for a, b in itertools.pairwise(edges)]
