"""Cycles of the calendar as sine and cosine columns, and which of them vary at a frequency."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from forecasting import trading
from forecasting.config import CALENDAR
from forecasting.messages import Message
from forecasting.panel import STEP, Values

_HOUR = 3_600_000_000_000  # nanoseconds
DAY = 24 * _HOUR
_WEEK = 7 * DAY

_PHASES: dict[str, Callable[[pd.DatetimeIndex], Any]] = {  # where in its cycle a time is, from 0 up to 1
    "minute-of-hour": lambda ds: ds.asi8 % _HOUR / _HOUR,
    "hour-of-day": lambda ds: ds.asi8 % DAY / DAY,
    "day-of-week": lambda ds: ds.dayofweek / 7,
    "day-of-month": lambda ds: (ds.day - 1) / ds.days_in_month,  # the last day is as near to the first in each month
    "month-of-year": lambda ds: (ds.month - 1) / 12,
    "day-of-year": lambda ds: (ds.dayofyear - 1) / (365 + ds.is_leap_year),
}
_HARMONICS = {"day-of-week": 3}  # with three, any pattern of seven days is a weighted sum of the columns


def suitable(frequency: str) -> tuple[str, ...]:
    """The names of CALENDAR that vary at this frequency; none where steps are whole numbers."""
    if frequency == STEP:
        return ()
    if trading_calendar := trading.parse(frequency):
        minutes = trading_calendar[0]
        return _varying(minutes * _HOUR // 60 if minutes else DAY)
    offset = pd.tseries.frequencies.to_offset(frequency)
    if isinstance(offset, pd.offsets.Tick):
        return _varying(offset.nanos)
    unit = unit_of(offset)
    if unit in ("bh", "cbh"):
        return _varying(_HOUR)
    if unit in ("B", "C"):
        return _varying(DAY if offset.n % 5 else _WEEK)
    if unit in ("W", "SMS", "SME"):
        return _varying(_WEEK)
    months = pd.date_range("1700-01-01", periods=5, freq=offset).month
    return ("month-of-year",) if months.nunique() > 1 else ()


def waves(ds: pd.DatetimeIndex, name: str) -> list[Values]:
    """The columns of a cycle: sine and cosine of each harmonic."""
    angle = 2 * np.pi * np.asarray(_PHASES[name](ds), dtype=np.float64)
    return [wave(k * angle) for k in range(1, _HARMONICS.get(name, 1) + 1) for wave in (np.sin, np.cos)]


def labels(name: str) -> list[Message]:
    """What the columns of `waves` are called."""
    cycle, harmonics = Message(f"feature.{name}"), _HARMONICS.get(name, 1)
    if harmonics == 1:
        return [Message(f"feature.{wave}", cycle=cycle) for wave in ("sine", "cosine")]
    return [
        Message(f"feature.{wave}-harmonic", cycle=cycle, harmonic=k)
        for k in range(1, harmonics + 1)
        for wave in ("sine", "cosine")
    ]


def unit_of(offset: pd.offsets.BaseOffset) -> str:
    """The alias of an offset without its multiple and anchor."""
    return str(offset.name).split("-")[0]


def _varying(step: int) -> tuple[str, ...]:
    """The cycles that steps of so many nanoseconds do not always meet at the same point."""
    fixed = {"minute-of-hour": _HOUR, "hour-of-day": DAY, "day-of-week": _WEEK}
    return tuple(name for name in CALENDAR if name not in fixed or step % fixed[name])
