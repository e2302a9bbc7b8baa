"""Weights by inverse errors: what did equally well weighs about the same, what did much worse next to nothing.

Bates and Granger, "The Combination of Forecasts" (Operational Research Quarterly 20, 1969), with higher powers.

Axes: N rows (series or blocks), K forecasts that are weighted, B blocks of origins.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from forecasting.panel import Values


def by_errors(errors: Values, able: npt.NDArray[np.bool_], power: int) -> Values:
    """Weights [N, K]: the inverse `power` of errors [N, K] of those `able` [K]; the last alone where all are exact."""
    best = errors[:, able].min(axis=1, keepdims=True)
    weights = np.where(able, ((best + 1e-12) / (errors + 1e-12)) ** power, 0.0)
    weights[(errors == 0).all(axis=1), :-1] = 0.0
    return normalised(weights)


def by_log_errors(relative: Values, power: int) -> Values:
    """The same from logarithms of errors [N, K] over those of the best; infinite: no weight."""
    return normalised(np.exp(-power * relative))


def normalised(weights: Values) -> Values:
    """Each row over its sum."""
    shares: Values = weights / weights.sum(axis=1, keepdims=True)
    return shares


def of_other_blocks(errors: Values) -> Values:
    """For each block the sum [B, K] of the errors [B, K] of all that share no truth with it; where there are none, of
    its neighbours; its own where it is alone."""
    distance = np.abs(np.subtract.outer(np.arange(len(errors)), np.arange(len(errors))))
    used = distance >= 2
    for least in (1, 0):
        none = ~used.any(axis=1)
        used[none] = distance[none] >= least
    others: Values = used @ errors
    return others
