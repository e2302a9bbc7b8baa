"""Forecasts of pool members added up, and their errors averaged, where some are not there at every origin.

Axes: S series, O origins (of all series, end to end), H horizon, K pool members.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from forecasting.model.regressors import mean_known
from forecasting.model.windows import Index
from forecasting.panel import Values


def combine(forecasts: Sequence[Values], weights: Values) -> Values:
    """Weighted mean [O, H] of K forecasts [O, H] by `weights` [O, K]; what has no weight is not looked at, and where
    there is no forecast its weight goes to the others."""
    total = np.zeros_like(forecasts[0])
    for ahead, weight in zip(forecasts, present(forecasts, weights).T[:, :, None], strict=True):
        total += np.where(weight > 0, weight * ahead, 0.0)
    return total


def present(forecasts: Sequence[Values], weights: Values) -> Values:
    """`weights` [O, K] where those of forecasts [O, H] that are not there, NaN, are shared out among the others."""
    there = np.stack([np.isfinite(ahead).all(axis=1) for ahead in forecasts], axis=1)  # [O, K]
    missing = ((weights > 0) & ~there).any(axis=1) & there.any(axis=1)
    if not missing.any():
        return weights
    kept = np.where(there, weights, 0.0)[missing]
    kept = np.where(kept.sum(axis=1, keepdims=True) > 0, kept, there[missing])
    shared = weights.copy()
    shared[missing] = kept / kept.sum(axis=1, keepdims=True)
    return shared


def mean_sizes(errors: Values) -> Values:
    """Of errors [O, H] over the steps whose truth is known; NaN for a member that the series does not have."""
    sizes: Values = np.where(np.isfinite(errors).any(axis=1), mean_known(np.abs(errors), axis=1), np.nan)
    return sizes


def mean_by_series(errors: Values, owner: Index, counts: Index, names: Sequence[str]) -> Values:
    """Mean [S, K] over the origins of each series; NaN without any. Of a member that was tried at some of them alone:
    what it is of the naive error there times the naive error at all."""
    naive = errors[:, names.index("naive")]

    def sums(column: Values) -> Values:
        total: Values = np.bincount(owner, weights=column, minlength=len(counts)).astype(np.float64)
        return total

    mean = np.full((len(counts), len(names)), np.nan)
    for place, column in enumerate(errors.T):
        tried = np.isfinite(column)
        held = np.bincount(owner[tried], minlength=len(counts))
        there = sums(np.where(tried, naive, 0.0))
        whole = (held == counts) | (there <= 0)
        total = np.where(whole, sums(np.where(tried, column, 0.0)), 0.0)
        mean[:, place] = np.where(held > 0, total / np.maximum(held, 1), np.nan)
        part = ~whole & (held > 0)
        ratio = sums(np.where(tried, column, 0.0))[part] / there[part]
        mean[part, place] = ratio * sums(naive)[part] / counts[part]
    return mean
