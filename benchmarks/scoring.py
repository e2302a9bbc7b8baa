"""Forecasts of held-out values, scored as the M4 competition scored them.

Makridakis, Spiliotis and Assimakopoulos, "The M4 Competition" (IJF 36, 2020), and its code.

Axes: S series, H horizon.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Values = npt.NDArray[np.float64]
Result = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Held:
    """Series with their ends held out."""

    name: str
    train: Path  # all that a fit may read
    season: int | None  # None: as the calendar suggests
    lag: int
    history: list[Values]  # of S series
    test: pd.DataFrame  # unique_id, ds, y: H rows a series; NaN where nothing was measured

    @property
    def truth(self) -> Values:  # [S, H]
        return self.test["y"].to_numpy().reshape(len(self.history), -1)

    @functools.cached_property
    def scale(self) -> Values:
        """In-sample seasonal-naive error [S]; NaN where that is 0 or cannot be had, which leaves the series out."""
        errors = [np.abs(one[self.lag :] - one[: -self.lag]) for one in self.history]
        return np.array([one.mean() if one.any() else np.nan for one in errors])

    @functools.cached_property
    def references(self) -> dict[str, Values]:
        """Forecasts [S, H] that take no training."""
        steps = np.arange(self.truth.shape[1])
        results = {"Naive2": np.stack([naive2(one, len(steps), self.lag) for one in self.history])}
        results["naive"] = np.stack([np.full(len(steps), one[-1]) for one in self.history])
        if self.lag > 1:
            long_enough = [one if len(one) >= self.lag else np.full(self.lag, one[-1]) for one in self.history]
            results["seasonal naive"] = np.stack([one[-self.lag :][steps % self.lag] for one in long_enough])
        return results


def naive2(history: Values, horizon: int, lag: int) -> Values:
    """The last value, seasonally adjusted where the autocorrelation at `lag` passes a 90 % test [H].

    After Benchmarks and SeasonalityTest in the competition's code and R's acf and decompose(type = "multiplicative"),
    the lags that acf looks at by default included: 10 log10(n).
    """
    season = seasonal_factors(history, lag) if seasonal(history, lag) else np.ones(1)
    adjusted = history[-1] / season[(len(history) - 1) % len(season)]
    return adjusted * season[(len(history) + np.arange(horizon)) % len(season)]


def seasonal(history: Values, lag: int) -> bool:
    """Whether the autocorrelation at `lag` lies beyond 1.645 standard errors (Bartlett's)."""
    count = len(history)
    if lag <= 1 or count < 3 * lag or lag > math.floor(10 * math.log10(count)) or not (history > 0).all():
        return False
    centred = history - history.mean()
    variance = float(centred @ centred)
    if variance == 0:
        return False
    correlations = np.array([centred[k:] @ centred[:-k] for k in range(1, lag + 1)]) / variance
    limit = 1.645 * math.sqrt((1 + 2 * float(np.square(correlations[:-1]).sum())) / count)
    return bool(abs(correlations[-1]) > limit)


def seasonal_factors(history: Values, lag: int) -> Values:
    """Classical multiplicative factors [lag], those of the first value first: means of y over its moving average."""
    weights = np.ones(lag) if lag % 2 else np.r_[0.5, np.ones(lag - 1), 0.5]
    trend = np.convolve(history, weights / lag, "valid")
    first = len(weights) // 2  # the place of the first average
    ratios = np.full(math.ceil(len(history) / lag) * lag, np.nan)
    ratios[first : first + len(trend)] = history[first : first + len(trend)] / trend
    factors: Values = np.nanmean(ratios.reshape(-1, lag), axis=0)
    return factors / factors.mean()


def smape(truth: Values, forecast: Values) -> Values:
    """Mean of 200 |y - f| / (|y| + |f|) of each series [S]; 0 where both are 0."""
    size = np.abs(truth) + np.abs(forecast)
    return np.nanmean(200 * np.abs(truth - forecast) / np.where(size == 0, 1.0, size), axis=1)


def mase(truth: Values, forecast: Values, scale: Values) -> Values:
    """Mean absolute error of each series over its scale [S]."""
    return np.nanmean(np.abs(truth - forecast), axis=1) / scale


def msis(truth: Values, low: Values, high: Values, scale: Values, level: int) -> Values:
    """Mean interval score of each series over its scale [S]: width and 2/alpha times what lies outside."""
    outside = np.maximum(low - truth, 0) + np.maximum(truth - high, 0)
    return np.nanmean(high - low + 2 / (1 - level / 100) * outside, axis=1) / scale


def coverage(truth: Values, low: Values, high: Values) -> Values:
    """Share of each series' truth within its interval [S]."""
    return np.nanmean(np.where(np.isnan(truth), np.nan, (truth >= low) & (truth <= high)), axis=1)


def scores(held: Held, forecast: Values, bounds: dict[int, tuple[Values, Values]]) -> Result:
    """All of one method's scores, standard errors over the series included.

    Over the series that it forecasts, those without NaN; Naive2 is measured on the same.
    """
    has = np.isfinite(forecast).all(axis=1)
    truth, scale, forecast = held.truth[has], held.scale[has], forecast[has]
    references = {name: reference[has] for name, reference in held.references.items()}
    own, naive = (
        [np.nanmean(smape(truth, one)), np.nanmean(mase(truth, one, scale))] for one in (forecast, references["Naive2"])
    )
    results = {"series": int(has.sum()), "smape": float(own[0]), "mase": float(own[1])}
    results["owa"] = float(np.mean([own[0] / naive[0], own[1] / naive[1]]))
    for name in ("Naive2", "naive"):
        results[f"below {name}"] = share_below(truth, forecast, references[name])
    for level, (low, high) in bounds.items():
        inside = coverage(truth, low[has], high[has])
        results[f"coverage {level}"] = float(np.nanmean(inside))
        if len(inside) > 1:  # one series has no standard error
            results[f"coverage {level} se"] = float(np.nanstd(inside, ddof=1) / math.sqrt(len(inside)))
        results[f"msis {level}"] = float(np.nanmean(msis(truth, low[has], high[has], scale, level)))
    return results


def share_below(truth: Values, forecast: Values, reference: Values) -> float:
    """Share of the series whose mean absolute error is smaller than the reference's; the scale of MASE cancels."""
    own, other = (np.nanmean(np.abs(truth - one), axis=1) for one in (forecast, reference))
    return float((own < other).mean())
