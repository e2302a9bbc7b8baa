"""Scores of a backtest level by level: of the series, and of each kind of their totals.

Axes: N series and totals, O origins (of all of them, end to end), H horizon.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from forecasting.evaluation.backtests import metrics
from forecasting.evaluation.backtests.scores import FoldForecasts
from forecasting.messages import Message

BEFORE = "unreconciled"  # the part that holds forecasts before they were made to add up


def by_level(folds: Sequence[FoldForecasts], levels: Sequence[str]) -> dict[str, dict[str, Any]]:
    """JSON-able, by level, that of the series first; `levels` [N] of each series and total.

    Each has `series` (how many were tested), `mae` (in their units), `mase`, `coverage` by nominal level, and
    `reconciled_change`: by which share of itself its MASE rose (or fell: below 0) when the forecasts were made to add
    up.
    """
    scores = {}
    of_node = np.array(levels, dtype=object)
    for level in dict.fromkeys(levels):
        some = [chosen(fold, of_node[fold.origins.series] == level) for fold in folds]
        some = [fold for fold in some if len(fold.truth) and np.isfinite(fold.truth).any()]
        if some:
            scores[level] = _of_level(some)
    return scores


def chosen(fold: FoldForecasts, which: Any) -> FoldForecasts:
    """Some of the origins of a fold, by a mask [O]."""
    return FoldForecasts(
        origins=fold.origins.select(which),
        truth=fold.truth[which],
        forecasts={name: forecast[which] for name, forecast in fold.forecasts.items()},
        bounds={level: (low[which], high[which]) for level, (low, high) in fold.bounds.items()},
        scale=fold.scale[which],
        weights=fold.weights,
        shrinkage=fold.shrinkage,
    )


def _of_level(folds: Sequence[FoldForecasts]) -> dict[str, Any]:
    truth = np.concatenate([fold.truth for fold in folds])
    scale = np.concatenate([fold.scale for fold in folds])
    forecast, before = (
        np.concatenate([fold.forecasts.get(name, fold.forecasts["forecast"]) for fold in folds])
        for name in ("forecast", BEFORE)
    )
    coverage = {}
    for level in folds[0].bounds:
        low, high = (np.concatenate([fold.bounds[level][side] for fold in folds]) for side in (0, 1))
        coverage[str(level)] = metrics.coverage(truth, low, high)
    mase, without = (metrics.mase(truth, one, scale) for one in (forecast, before))
    change = mase / without - 1 if without > 0 else 0.0
    numbers: Mapping[str, float] = {
        "mae": metrics.mae(truth, forecast), "mase": mase, "reconciled_change": change,
    }  # fmt: skip
    return {
        "series": len({int(index) for fold in folds for index in fold.origins.series}),
        **{name: value if math.isfinite(value) else None for name, value in numbers.items()},
        "coverage": coverage,
    }


def reached(scores: Mapping[str, Any]) -> list[Message]:
    """What each level of a backtest with totals reached."""
    return [
        Message(
            "cli.level",
            level=level,
            count=about["series"],
            mase=about["mase"],
            change=about["reconciled_change"],
            held=", ".join(f"{nominal} %: {100 * share:.0f} %" for nominal, share in about["coverage"].items()),
        )
        for level, about in scores.get("levels", {}).items()
        if about["mase"] is not None
    ]
