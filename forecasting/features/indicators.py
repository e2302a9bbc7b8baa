"""Technical indicators of the values themselves.

They are causal (step t follows from the values up to t), free of scale (a series times a positive number has the
same), finite, and 0 while there are too few values: 0 is also what they are where nothing moves.

Movement is the moving average of absolute changes: what replaces a price as the unit, since values may be negative or
near 0. It fades no faster than the averages that it divides, which bounds the ratio.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from forecasting.messages import Message
from forecasting.panel import Values

_ROUNDING = 1e-12  # of the level; what moves less may be rounding


def columns(y: Values, names: list[str]) -> list[Values]:
    """The columns of the indicators `names` of one series, [n] each."""
    return [column for name in names for column in _COLUMNS[name](y)]


def labels(name: str) -> list[Message]:
    """What the columns of an indicator are called."""
    return [Message(key) for key in _LABELS.get(name, (f"feature.{name}",))]


_LABELS = {
    "macd": ("feature.macd", "feature.macd-histogram"),
    "bollinger": ("feature.bollinger-position", "feature.bollinger-width"),
}


def _movement(y: Values, period: int) -> Values:
    import talib

    return np.concatenate([[np.nan], talib.EMA(np.abs(np.diff(y)), period)])


def _ratio(change: Values, size: Values, level: Values | float = 0.0) -> Values:
    """`change` in units of `size`; 0 where they are not known yet, and where nothing moved."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        ratio = change / (size + _ROUNDING * level)
    return np.where((size > 0) & np.isfinite(ratio), ratio, 0.0)


def _rsi(y: Values) -> list[Values]:
    """Wilder's relative strength index as RSI / 50 - 1. TA-Lib's CMO / 100 is that, and 0 where nothing moved."""
    import talib

    return [np.nan_to_num(talib.CMO(y, 14) / 100)]


def _macd(y: Values) -> list[Values]:
    """Appel's 12 - 26 line and its distance from the signal, in units of movement."""
    import talib

    line, _, histogram = talib.MACD(y, 12, 26, 9)
    movement, level = _movement(y, 26), talib.EMA(np.abs(y), 26)
    return [_ratio(line, movement, level), _ratio(histogram, movement, level)]


def _bollinger(y: Values) -> list[Values]:
    """Where the value is between bands two deviations off the mean (-1 lower, 1 upper); the deviation by movement."""
    import talib

    deviation, level = talib.STDDEV(y, 20), talib.MAX(np.abs(y), 20)
    mean = np.full(len(y), np.nan)
    if len(y) >= 20:  # not by TA-Lib: its sums keep the rounding error of a large value that has left the window
        mean[19:] = np.lib.stride_tricks.sliding_window_view(y, 20).mean(axis=1)
    return [_ratio(y - mean, 2 * deviation, level), _ratio(deviation, _movement(y, 20), level)]


def _momentum(y: Values) -> list[Values]:
    """The change over 10 steps in units of movement, by the root of 10: as large as a random walk's at any length."""
    import talib

    return [_ratio(talib.MOM(y, 10) / np.sqrt(10), _movement(y, 26))]


def _stochastic(y: Values) -> list[Values]:
    """Lane's oscillator: where the value is between the least (-1) and the greatest (1) of 14."""
    import talib

    least, greatest = talib.MIN(y, 14), talib.MAX(y, 14)
    return [_ratio((y - least) - (greatest - y), greatest - least)]


def _volatility(y: Values) -> list[Values]:
    """Movement of late against that of a longer time: from -1 (calmer) to 1 (wilder)."""
    late, usual = _movement(y, 10), _movement(y, 60)
    return [_ratio(late - usual, late + usual)]


_COLUMNS: dict[str, Callable[[Values], list[Values]]] = {
    "rsi": _rsi,
    "macd": _macd,
    "bollinger": _bollinger,
    "momentum": _momentum,
    "stochastic": _stochastic,
    "volatility": _volatility,
}
