"""Naive forecasts from every origin, on the same axes as the network's.

Axes: O origins, H horizon.
"""

from __future__ import annotations

import numpy as np

from forecasting.model.windows import Index
from forecasting.panel import Values


def naive(values: Values, seen: Index, horizon: int) -> Values:
    """The last of `seen` [O] values, repeated [O, H]."""
    return np.repeat(values[seen - 1][:, None], horizon, axis=1)


def seasonal_naive(values: Values, seen: Index, horizon: int, season: int) -> Values:
    """The value at the same place of the last season seen [O, H]; the last value where less than one was seen."""
    steps = np.arange(1, horizon + 1)
    position = seen[:, None] - 1 + steps - season * -(-steps // season)
    return np.where(position >= 0, values[np.maximum(position, 0)], values[seen - 1][:, None])
