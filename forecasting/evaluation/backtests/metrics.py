"""Scores of point forecasts and intervals: arrays in, numbers out.

Axes: O origins (of all series), H horizon.

sMAPE and MASE as in Makridakis, Spiliotis and Assimakopoulos, "The M4 Competition" (IJF 36, 2020); the MASE's scale is
the in-sample mean |y_t - y_{t-m}| of Hyndman and Koehler (IJF 22, 2006). Skill is 1 - (scaled MAE) / (scaled MAE of the
reference). Every mean is over all cells with a truth (NaN: it was filled in), so that each origin and each step ahead
counts alike.
"""

from __future__ import annotations

import numpy as np

from forecasting.panel import Values


def mae(truth: Values, forecast: Values) -> float:
    """Mean absolute error, in the unit of the series."""
    return float(np.nanmean(np.abs(truth - forecast)))


def rmse(truth: Values, forecast: Values) -> float:
    """Root mean square error, in the unit of the series."""
    return float(np.sqrt(np.nanmean(np.square(truth - forecast))))


def smape(truth: Values, forecast: Values) -> float:
    """Mean of 200 |y - f| / (|y| + |f|), percent; a cell where both are zero counts as exact."""
    size = np.abs(truth) + np.abs(forecast)
    return float(np.nanmean(200 * np.abs(truth - forecast) / np.where(size == 0, 1.0, size)))


def mase(truth: Values, forecast: Values, scale: Values) -> float:
    """Mean absolute error over `scale` [O], the in-sample seasonal-naive error of each origin's series."""
    return float(np.nanmean(np.abs(truth - forecast) / scale[:, None]))


def skill(error: float, reference: float) -> float:
    """Share of the reference's error that is taken off; 0 where the reference is exact and so is the forecast."""
    if reference > 0:
        return 1 - error / reference
    return 0.0 if error == 0 else -np.inf


def naive_scale(train: Values, season: int) -> float:
    """Mean |y_t - y_{t-season}| of training values, of neighbours where that is too short; 1 where it is 0."""
    lag = season if season < len(train) else 1
    errors = np.abs(train[lag:] - train[:-lag])
    scale = float(errors.mean()) if len(errors) else 0.0
    return scale if scale > 0 else 1.0


def coverage(truth: Values, low: Values, high: Values) -> float:
    """Share of the truth that lies within [low, high]."""
    return float(((truth >= low) & (truth <= high))[np.isfinite(truth)].mean())


def interval_score(truth: Values, low: Values, high: Values, scale: Values, level: int) -> float:
    """MSIS: width plus 2/alpha times what lies outside, over `scale` [O] (Gneiting and Raftery, 2007)."""
    alpha = 1 - level / 100
    outside = np.maximum(low - truth, 0) + np.maximum(truth - high, 0)
    return float(np.nanmean((high - low + 2 / alpha * outside) / scale[:, None]))


def skill_interval(errors: Values, reference: Values, horizon: int) -> tuple[float, float]:
    """95 % interval of the skill, from means over blocks of one and a half horizons.

    errors and reference [O]: mean scaled error at each cutoff in time order. Forecasts from neighbouring origins share
    most of their truth, so blocks count as independent, not origins: the ratio of two means by the delta method, with
    Student's quantile for the number of blocks (Cochran, "Sampling Techniques", 1977, chapter 6). A bootstrap of so few
    blocks holds far less often than its level. With fewer than three blocks there is no estimate: (-inf, inf).
    """
    from scipy.special import stdtrit

    blocks = len(errors) // max(1, round(1.5 * horizon))
    if blocks < 3 or reference.sum() <= 0:
        return -np.inf, np.inf
    starts = np.linspace(0, len(errors), blocks + 1).round().astype(int)[:-1]
    numerator, denominator = np.add.reduceat(errors, starts), np.add.reduceat(reference, starts)
    ratio = float(numerator.sum() / denominator.sum())
    left = numerator - ratio * denominator
    deviation = float(np.sqrt(np.square(left).sum() * blocks / (blocks - 1)) / denominator.sum())
    reach = float(stdtrit(blocks - 1, 0.975)) * deviation
    return 1 - ratio - reach, 1 - ratio + reach
