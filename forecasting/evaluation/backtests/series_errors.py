"""Errors out of the rows of a backtest: of one series in its own unit, which is never averaged with another, and of two
backtests of the same series side by side.

Axes: H horizon, O origins.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd

from forecasting.evaluation.backtests import metrics
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


def coverage(rows: pd.DataFrame) -> dict[str, float]:
    """Level -> the share of the truth of these rows of a Backtest inside of its interval; NaN where there are none."""
    inside = {}
    for name in rows.columns[rows.columns.str.startswith("forecast-lo-")]:
        level = str(name).rsplit("-", 1)[1]
        held = rows["y"].between(rows[name], rows[f"forecast-hi-{level}"])
        inside[level] = float(held.mean()) if len(rows) else math.nan
    return inside


def paired_skill(rows: pd.DataFrame, reference: pd.DataFrame) -> tuple[float, float]:
    """95 % interval of the skill of forecasts against those of other rows, on the cutoffs and steps that both have.

    Errors are scaled by the series' naive error on these, so that series of any unit count alike.
    """
    where = ["unique_id", "cutoff", "ds"]
    both = rows.merge(reference[[*where, "forecast"]], on=where, suffixes=("", "-other"))
    naive = (both["y"] - both["naive"]).abs().groupby(both["unique_id"]).transform("mean")
    scale = naive.where(naive > 0, 1.0)
    errors = (
        pd.DataFrame({name: (both["y"] - both[name]).abs() / scale for name in ("forecast", "forecast-other")})
        .groupby([both["fold"], both["cutoff"]])
        .mean()
    )
    own, other = (errors[name].to_numpy() for name in errors)
    return metrics.skill_interval(own, other, int(both["step"].max()) if len(both) else 1)
