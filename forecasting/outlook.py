"""What a forecast adds up to: the total over the horizon, or of a level the value at its end; and the change.

Axes: T values of one series, H horizon.
"""

from __future__ import annotations

import dataclasses
import re

import numpy as np

from forecasting.panel import Values

_RESTLESS = 0.4  # mean change from step to step over the mean distance from the mean, from which on values add up
_LEVELS = (  # units of what has a height, not an amount
    *("°C", "℃", "°F", "K", "%", "‰", "kW", "MW", "GW", "W", "V", "kV", "A", "mA", "hPa", "kPa", "Pa", "mbar"),
    *(
        "bar",
        "Hz",
        "kHz",
        "MHz",
        "GHz",
        "m/s",
        "km/h",
        "ppm",
        "ppb",
        "bps",
        "bpm",
        "rpm",
        "dB",
        "摄氏度",
        "千瓦",
        "兆瓦",
    ),
)
_NAMES = re.compile(
    r"(?i)price|preis|kurs|temp|humid|speed|pressure|average|价|率|温|指数|均|余额|库存|压|速|"
    r"(?<![a-z])(close|open|high|low|rate|ratio|share|index|level|stock|balance|mean|avg|median|score)(?![a-z])"
)


@dataclasses.dataclass(frozen=True)
class Outlook:
    """total: whether `value` is the sum over the horizon and `before` that of as many steps right before it; else they
    are the forecast of the last step and the last known value. change: value / before - 1; None without a base."""

    total: bool
    value: float
    before: float
    steps: int

    @property
    def change(self) -> float | None:
        return self.value / self.before - 1 if self.before > 0 and self.value >= 0 else None


def outlook(history: Values, ahead: Values, column: str = "", unit: str = "") -> Outlook:
    """Of one series [T] and its forecast [H]. `column` and `unit` say what the values are, as far as it is known.

    Values are added up where that means something: none is negative, neither name nor unit is that of a level (a price,
    a temperature, a share), and neighbours differ by at least two fifths of what values differ from their mean. What
    moves less from step to step, as prices and stocks do, is taken for a level; so is a series that is shorter than the
    horizon, which leaves nothing to compare a total with.
    """
    steps = len(ahead)
    if steps <= len(history) and _adds_up(history, column, unit):
        return Outlook(True, float(ahead.sum()), float(history[-steps:].sum()), steps)
    return Outlook(False, float(ahead[-1]), float(history[-1]), steps)


def _adds_up(values: Values, column: str, unit: str) -> bool:
    if len(values) < 3 or values.min() < 0 or "/" in unit or unit in _LEVELS or _NAMES.search(column):
        return False
    distance = float(np.abs(values - values.mean()).mean())
    return float(np.abs(np.diff(values)).mean()) >= _RESTLESS * distance > 0
