"""The scores of a backtest: point forecasts, intervals and directions of all folds, beside the naive forecasts.

Axes: O origins (of all series, end to end), H horizon.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from forecasting.config import METHODS
from forecasting.evaluation.backtests import metrics
from forecasting.model.origins import Origins
from forecasting.model.regressors import mean_known
from forecasting.panel import Values


@dataclasses.dataclass(frozen=True, kw_only=True)
class FoldForecasts:
    """What one training forecast from the origins of its test part, beside the truth."""

    origins: Origins
    truth: Values  # [O, H]
    forecasts: dict[str, Values]  # [O, H] by name: "forecast", "naive", "seasonal-naive", parts and pool members
    bounds: dict[int, tuple[Values, Values]]  # level -> (low, high)
    scale: Values  # [O] naive error of the origin's series in what the training could see
    weights: dict[str, float]  # of the pool, mean over series
    shrinkage: float


def score(folds: Sequence[FoldForecasts], season: int, horizon: int) -> dict[str, Any]:
    """JSON-able scores over all folds, as `Backtest` lists them."""
    truth = np.concatenate([fold.truth for fold in folds])
    scale = np.concatenate([fold.scale for fold in folds])
    methods, by_step, mase = _points(folds, truth, scale)
    own = _by_cutoff(folds, "forecast")
    coverage, msis = {}, {}
    for level in folds[0].bounds:
        low, high = (np.concatenate([fold.bounds[level][side] for fold in folds]) for side in (0, 1))
        coverage[str(level)] = metrics.coverage(truth, low, high)
        msis[str(level)] = _number(metrics.interval_score(truth, low, high, scale, level))
    adds = None
    if "recurrent" in mase and "anchor-linear" in mase:
        adds = _number(metrics.skill(mase["recurrent"], mase["anchor-linear"]))
    weights: dict[str, float] = {}
    for fold in folds:
        for name, weight in fold.weights.items():
            weights[name] = weights.get(name, 0.0) + weight / len(folds)
    return {
        "methods": methods,
        "skill_interval": _interval(own, _by_cutoff(folds, "naive"), horizon),
        "skill_interval_seasonal": _interval(own, _by_cutoff(folds, "seasonal-naive"), horizon),
        "instead": {
            name: _interval(_by_cutoff(folds, name), own, horizon)
            for name in METHODS
            if name in methods and all(name in fold.forecasts for fold in folds)
        },
        "coverage": coverage,
        "msis": msis,
        "by_step": by_step,
        "weights": weights,
        "shrink": [fold.shrinkage for fold in folds],
        "direction": _direction(folds, horizon),
        "trainings": len(folds),
        "origins": int(np.isfinite(truth).any(axis=1).sum()),
        "season": season,
        "recurrent_adds": adds,
    }


def _points(
    folds: Sequence[FoldForecasts], truth: Values, scale: Values
) -> tuple[dict[str, dict[str, float | None]], dict[str, list[float]], dict[str, float]]:
    """(Scores of each method, mean absolute error of each a step ahead, MASE of each)."""
    names = [name for name in folds[0].forecasts if all(name in fold.forecasts for fold in folds)]
    naive: dict[str, Values] = {name: _joined(folds, name) for name in ("naive", "seasonal-naive") if name in names}
    methods: dict[str, dict[str, float | None]] = {}
    by_step: dict[str, list[float]] = {}
    mase: dict[str, float] = {}
    for name in sorted(names, key=lambda name: name not in naive):
        joined = naive[name] if name in naive else _joined(folds, name)
        known = np.isfinite(joined).all(axis=1)  # a member that some series lack is scored on the others
        if not known.any():
            continue
        forecast, its_truth, its_scale = joined[known], truth[known], scale[known]
        mase[name] = metrics.mase(its_truth, forecast, its_scale)
        against = {"naive": mase["naive"], "seasonal-naive": mase.get("seasonal-naive", mase["naive"])}
        if not known.all():
            against = {other: metrics.mase(its_truth, naive[other][known], its_scale) for other in against}
        methods[name] = {
            "mae": _number(metrics.mae(its_truth, forecast)),
            "rmse": _number(metrics.rmse(its_truth, forecast)),
            "mase": _number(mase[name]),
            "smape": _number(metrics.smape(its_truth, forecast)),
            "skill": _number(metrics.skill(mase[name], against["naive"])),
            "skill_seasonal": _number(metrics.skill(mase[name], against["seasonal-naive"])),
        }
        by_step[name] = mean_known(np.abs(its_truth - forecast), axis=0).tolist()
    return methods, by_step, mase


def _joined(folds: Sequence[FoldForecasts], name: str) -> Values:
    """The forecasts of all folds; of one fold, without a copy."""
    parts = [fold.forecasts[name] for fold in folds]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _interval(errors: Values, reference: Values, horizon: int) -> list[float | None]:
    """95 % interval of the skill of errors against those of a reference, both by cutoff; None where it is unknown."""
    return [_number(end) for end in metrics.skill_interval(errors, reference, horizon)]


def _direction(folds: Sequence[FoldForecasts], horizon: int) -> dict[str, Any] | None:
    """How often the forecast at the last step ahead lay on the right side of the last value.

    The band is where a coin's share would lie 95 times in 100: steps that share their truth count once, so there are
    as many throws as horizons fit into the origins. None where the forecast never differs from the last value.
    """
    last = [fold.forecasts["naive"][:, -1] for fold in folds]
    moved = np.concatenate([fold.truth[:, -1] - naive for fold, naive in zip(folds, last, strict=True)])
    forecast = np.concatenate(
        [fold.forecasts["forecast"][:, -1] - naive for fold, naive in zip(folds, last, strict=True)]
    )
    counted = (moved != 0) & (forecast != 0) & np.isfinite(moved)
    if not counted.any():
        return None
    throws = max(1, int(counted.sum()) // horizon)
    return {
        "right": float((np.sign(moved[counted]) == np.sign(forecast[counted])).mean()),
        "band": min(0.5, 1.96 * 0.5 / math.sqrt(throws)),
        "throws": throws,
    }


def _by_cutoff(folds: Sequence[FoldForecasts], name: str) -> Values:
    """Mean scaled error at each cutoff, in time order: series that end together share their cutoffs."""
    means = []
    for fold in folds:
        errors = mean_known(np.abs(fold.truth - fold.forecasts[name]) / fold.scale[:, None], axis=1)
        series = fold.origins.series
        place = np.arange(len(errors)) - np.searchsorted(series, series, side="left")  # which origin of its series
        here = np.isfinite(fold.truth).any(axis=1)
        counts = np.bincount(place, weights=here)
        means.append((np.bincount(place, weights=np.where(here, errors, 0.0)) / np.maximum(counts, 1))[counts > 0])
    return np.concatenate(means)


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
