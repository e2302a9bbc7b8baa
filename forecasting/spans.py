"""Steps and seasons of a frequency in words: "a day", "14 days", "copying last week"."""

from __future__ import annotations

import re

from forecasting import trading
from forecasting.messages import Message
from forecasting.panel import STEP

_SECONDS = {"s": 1, "min": 60, "h": 3_600, "D": 86_400, "W": 7 * 86_400}
_MONTHS = {"M": 1, "Q": 3, "Y": 12}
_WORKDAYS = {5: "week", 252: "year", 260: "year", 261: "year"}  # seasons of business and trading days
_PERIODS = ((3_600, 3_600, "hour"), (86_400, 86_400, "day"), (7 * 86_400, 7 * 86_400, "week"))
_YEAR = 364 * 86_400, 366 * 86_400


def a_step(frequency: str) -> Message:
    """How often there is a value: "a day", "per 15 minutes", "a step"."""
    unit, count = _parse(frequency)
    if count == 1:
        return Message(f"each.{unit}")
    return Message(f"every.{unit}", count=count) if unit in ("s", "min", "h") else Message("each.step")


def steps(frequency: str, count: int) -> Message:
    """So many steps: "14 days", "96 steps"."""
    unit, each = _parse(frequency)
    return Message(f"span.{unit if each == 1 else 'step'}", count=count)


def copying(frequency: str, season: int) -> Message:
    """The naive forecast that repeats the last season: "copying last week"; of a single step: the last value."""
    if season <= 1:
        return Message("naive.value")
    period = _period(frequency, season)
    return Message(f"naive.{period}") if period else Message("naive.values", count=season)


def season(frequency: str, count: int) -> Message:
    """A season of so many steps: "weekly season", "season of 13 steps"."""
    period = _period(frequency, count)
    return Message(f"season.{period}") if period else Message("season.steps", count=count)


def _period(frequency: str, season: int) -> str:
    """hour, day, week or year, where a season is as long; "" where it is not."""
    unit, count = _parse(frequency)
    if unit == "open":
        days = len(trading.open_days(frequency))
        return {days: "week", 52 * days: "year"}.get(season, "")
    if counts := trading.steps_a_day(frequency):
        return {sum(counts): "week", max(counts): "day"}.get(season, "")
    if unit in ("B", "C"):
        return _WORKDAYS.get(season, "") if count == 1 else ""
    if unit in _MONTHS:
        return "year" if season * count * _MONTHS[unit] == 12 else ""
    if unit not in _SECONDS:
        return ""
    length = season * count * _SECONDS[unit]
    for low, high, period in (*_PERIODS, (*_YEAR, "year")):
        if low <= length <= high:
            return period
    return ""


def _parse(frequency: str) -> tuple[str, int]:
    """(s, min, h, D, B, C, open (a day of a week of its own), W, M, Q, Y or step; how many of them one step is)."""
    if frequency == STEP or not frequency:
        return STEP, 1
    if trading.open_days(frequency):
        return "open", 1
    found = re.fullmatch(r"(\d*)([A-Za-z]+)", frequency.split("-")[0])
    if found is None:
        return STEP, 1
    alias, count = found[2], int(found[1] or 1)
    if alias in (*_SECONDS, "B", "C"):
        return alias, count
    stem = alias.removeprefix("B")[:1] if alias[-1:] in ("S", "E") else ""
    return (stem, count) if stem in _MONTHS else (STEP, 1)
