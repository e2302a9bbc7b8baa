"""What to offer where a series is too short for its settings."""

from __future__ import annotations

import itertools

from forecasting.config import ForecastConfig
from forecasting.errors import TooShortError
from forecasting.forecaster import check_length
from forecasting.panel import Panel


def what_fits(panel: Panel, config: ForecastConfig) -> ForecastConfig | None:
    """The settings nearest to `config` that `panel` is long enough for; None where nothing fits.

    The horizon is what the user wants to know, so the number of folds gives way first, then the window, then it.
    """
    horizons = _halves(config.horizon)
    folds = sorted({config.folds, 1}, reverse=True)
    for horizon, number in itertools.product(horizons, folds):
        for window in _halves(config.window):
            changed = config.replace(horizon=horizon, window=window, folds=number)
            if window >= min(horizon, config.window) or horizon == 1:
                try:
                    check_length(panel, changed, folds=changed.folds)
                except TooShortError:
                    continue
                return changed
    return None


def _halves(number: int) -> list[int]:
    """`number`, three quarters of it, and so on down to 1."""
    found = [number]
    while found[-1] > 1:
        found.append(max(1, found[-1] * 3 // 4))
    return found
