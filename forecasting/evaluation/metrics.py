"""Scores of point forecasts and intervals: arrays in, numbers out.

Axes: O origins (of all series), H horizon.

sMAPE and MASE as in Makridakis, Spiliotis and Assimakopoulos, "The M4 Competition" (IJF 36, 2020); the MASE's scale is
the in-sample mean |y_t - y_{t-m}| of Hyndman and Koehler (IJF 22, 2006). Skill is 1 - (scaled MAE) / (scaled MAE of the
reference). Every mean is over all cells, so that each origin and each step ahead counts alike.
"""

from __future__ import annotations

import numpy as np

from forecasting.panel import Values


def mae(truth: Values, forecast: Values) -> float:
    """Mean absolute error, in the unit of the series."""
    return float(np.abs(truth - forecast).mean())


def rmse(truth: Values, forecast: Values) -> float:
    """Root mean square error, in the unit of the series."""
    return float(np.sqrt(np.square(truth - forecast).mean()))


def smape(truth: Values, forecast: Values) -> float:
    """Mean of 200 |y - f| / (|y| + |f|), percent; a cell where both are zero counts as exact."""
    size = np.abs(truth) + np.abs(forecast)
    return float((200 * np.abs(truth - forecast) / np.where(size > 0, size, 1.0)).mean())


def mase(truth: Values, forecast: Values, scale: Values) -> float:
    """Mean absolute error over `scale` [O], the in-sample seasonal-naive error of each origin's series."""
    return float((np.abs(truth - forecast) / scale[:, None]).mean())


def skill(error: float, reference: float) -> float:
    """Share of the reference's error that is taken off; 0 where the reference is exact and so is the forecast."""
    if reference > 0:
        return 1 - error / reference
    return 0.0 if error == 0 else -np.inf


def naive_scale(train: Values, season: int) -> float:
    """Mean |y_t - y_{t-season}| of a training stretch; 1 apart where the stretch is too short; 1 if it is constant."""
    lag = season if season < len(train) else 1
    errors = np.abs(train[lag:] - train[:-lag])
    scale = float(errors.mean()) if len(errors) else 0.0
    return scale if scale > 0 else 1.0


def coverage(truth: Values, low: Values, high: Values) -> float:
    """Share of the truth that lies within [low, high]."""
    return float(((truth >= low) & (truth <= high)).mean())


def interval_score(truth: Values, low: Values, high: Values, scale: Values, level: int) -> float:
    """MSIS: width plus 2/alpha times what lies outside, over `scale` [O] (Gneiting and Raftery, 2007)."""
    alpha = 1 - level / 100
    outside = np.maximum(low - truth, 0) + np.maximum(truth - high, 0)
    return float(((high - low + 2 / alpha * outside) / scale[:, None]).mean())


def skill_interval(
    errors: Values, reference: Values, block: int, level: int = 95, draws: int = 1000
) -> tuple[float, float]:
    """Percentile interval of the skill by the moving-block bootstrap (Kuensch, 1989).

    errors and reference [O]: mean scaled error at each cutoff in time order. Forecasts from neighbouring origins share
    most of their truth, so whole blocks of `block` origins (at least a horizon) are drawn. With fewer than two blocks
    there is nothing to say: (-inf, inf).
    """
    count = len(errors)
    block = max(1, min(block, count))
    if count < 2 * block or reference.sum() <= 0:
        return -np.inf, np.inf
    random = np.random.default_rng(0)
    starts = random.integers(0, count - block + 1, (draws, -(-count // block)))
    sums = [np.concatenate([[0.0], np.cumsum(values)]) for values in (errors, reference)]
    drawn = [(total[starts + block] - total[starts]).sum(axis=1) for total in sums]
    skills = 1 - drawn[0] / np.maximum(drawn[1], 1e-300)
    tail = (100 - level) / 2
    low, high = np.percentile(skills, [tail, 100 - tail])
    return float(low), float(high)
