"""Errors of one series of a backtest, in its own unit: what may never be averaged with those of another unit.

Axes: H horizon, O origins.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd

from forecasting.panel import Values

_METHODS = ("forecast", "naive", "seasonal-naive")


@dataclasses.dataclass(frozen=True, eq=False)
class SeriesErrors:
    """mae, rmse: of the forecast and the naive forecasts, over all origins and steps ahead; by_step [H]: their mae at
    each step ahead; residuals [O]: truth minus forecast one step ahead, in the order of their times."""

    mae: dict[str, float]
    rmse: dict[str, float]
    by_step: dict[str, list[float]]
    residuals: Values


def series_errors(rows: pd.DataFrame) -> SeriesErrors:
    """Of the rows of one series in a Backtest; NaN where there are none."""
    mae, rmse, by_step = {}, {}, {}
    for name in _METHODS:
        errors = (rows["y"] - rows[name]).abs()
        mae[name] = float(errors.mean()) if len(rows) else math.nan
        rmse[name] = float(np.sqrt(errors.pow(2).mean())) if len(rows) else math.nan
        by_step[name] = errors.groupby(rows["step"]).mean().tolist()
    first = rows[rows["step"] == 1].sort_values("ds")
    return SeriesErrors(mae, rmse, by_step, (first["y"] - first["forecast"]).to_numpy(dtype=np.float64))
