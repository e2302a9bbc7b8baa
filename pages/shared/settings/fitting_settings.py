"""Settings to offer where a series is too short for those chosen."""

from __future__ import annotations

import bisect
import itertools

from forecasting.config import ForecastConfig
from forecasting.errors import TooShortError
from forecasting.forecaster import check_length
from forecasting.panel import Panel


def fitting_settings(panel: Panel, config: ForecastConfig) -> ForecastConfig | None:
    """The settings nearest to `config` that `panel` is long enough for; None where nothing fits.

    The horizon is the user's question: the number of folds is reduced first, then the window, the horizon last.
    """
    for horizon, folds in itertools.product(_shorter(config.horizon), sorted({config.folds, 1}, reverse=True)):
        changed = config.replace(horizon=horizon, folds=folds)
        windows = range(min(horizon, config.window), config.window + 1)
        fitting = bisect.bisect_left(windows, True, key=lambda window: not _fits(panel, changed.replace(window=window)))
        if fitting > 0:
            return changed.replace(window=windows[fitting - 1])
    return None


def _fits(panel: Panel, config: ForecastConfig) -> bool:
    try:
        check_length(panel, config, folds=config.folds)
    except TooShortError:
        return False
    return True


def _shorter(number: int) -> list[int]:
    """`number`, three quarters of it, and so on down to 1."""
    numbers = [number]
    while numbers[-1] > 1:
        numbers.append(max(1, numbers[-1] * 3 // 4))
    return numbers
