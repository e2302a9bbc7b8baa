"""How well the linear path forecasts by each window: milliseconds, where a network takes its training.

Axes: S series, T values of one, O origins, H horizon.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from forecasting.model import anchors, linear, scaling, windows
from forecasting.model.origins import Span
from forecasting.model.regressors import mean_known, measured_targets, regressors
from forecasting.model.windows import Known
from forecasting.panel import Values

MOST_ORIGINS = 2000  # of all series, to fit on
HELD_OUT = 0.3  # of a series at most
FEWEST = 8  # origins to fit on


@dataclasses.dataclass(frozen=True)
class WindowErrors:
    """Mean absolute error by window, in units that are the same for all windows, on the last `held_out` values."""

    held_out: int
    errors: dict[int, float]  # empty where the series are too short


def window_errors(
    series: Sequence[Values],
    periods: Sequence[int],
    horizon: int,
    candidates: Sequence[int],
    measured: Sequence[Known] | None = None,
) -> WindowErrors:
    """Errors of anchor and ridge, fitted on what precedes the held-out values of the `series` [S] of [T], by window.

    Each window has the penalty that the held-out values prefer. What was not `measured` is no target.
    """
    lengths = np.array([len(values) for values in series], dtype=np.int64)
    median = int(np.median(lengths))
    origins = max(math.ceil(300 / len(series)), 3 * horizon)
    held_out = max(horizon, min(int(HELD_OUT * median), horizon - 1 + origins))
    states = [_state(values[: max(len(values) - held_out, 2)], periods) for values in series]
    scaled = [scaling.transform(values, state) for values, state in zip(series, states, strict=True)]
    errors = {}
    for window in candidates:
        pad = max(window, 6 * max(periods, default=1) + horizon) + horizon
        flat = windows.flatten(scaled, pad)
        if measured is not None:
            flat = dataclasses.replace(flat, measured=windows.flatten_measured(measured, pad))
        first = np.full_like(lengths, min(window, max(2, median // 4)))
        fitted = _spread(Span(first, lengths - held_out - horizon).origins(1).positions(flat), MOST_ORIGINS)
        judged = Span(np.maximum(lengths - held_out, first), lengths - horizon).origins(horizon)
        if len(fitted) < FEWEST or not len(judged):
            return WindowErrors(held_out, {})
        tried = _spread(fitted, min(500, max(50, 200_000 // horizon)))
        anchor = anchors.choose(flat, tried, periods, horizon, window)
        lags = linear.lags_for(anchor, window, horizon)
        options = linear.solve(flat, fitted, anchor, lags, horizon, (*linear.PENALTIES, math.inf))
        positions = judged.positions(flat)
        path = linear.choose(options, flat, positions, horizon)
        left = measured_targets(flat, positions, horizon) - regressors(flat, positions, lags) @ path.weights.T
        errors[window] = float(judged.mean_by_block(mean_known(np.abs(left), axis=1)).mean())
    return WindowErrors(held_out, errors)


def _state(train: Values, periods: Sequence[int]) -> scaling.State:
    return scaling.fit(train, periods, bool(train.min() > 0) and scaling.grows_with_level(train))


def _spread(positions: windows.Index, most: int) -> windows.Index:
    """At most so many of the positions, evenly spread."""
    return positions[np.linspace(0, len(positions) - 1, min(most, len(positions))).astype(np.int64)]
