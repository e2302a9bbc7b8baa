"""The days and hours of exchanges and of anything else that closes as frequencies, beside those that pandas knows.

"C-XNYS"        the sessions of New York: no weekends, no holidays
"60min-XNYS"    the bars of 60 minutes within them, by their beginnings in UTC
"C-1111110"     a week that is not the usual one: these weekdays, Monday first, whatever the holidays
"60min-1111100@07:00-18:00+0000010@09:00-13:00"
                steps of 60 minutes that begin in these hours of these weekdays, by the clock of the file

Exchanges are named by their market identifier code (ISO 10383). Where a calendar is not known (its holidays are
announced a year ahead, or its records begin later) all of its weekdays count.
"""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.messages import Message

EXCHANGES = (  # those that have a name for people; others are shown by their code
    *("XNYS", "XLON", "XETR", "XPAR", "XSWX", "XTSE", "BVMF", "XTKS", "XHKG", "XSHG", "XTAI", "XKRX", "XBOM", "XASX"),
)
_FREQUENCY = re.compile(r"(?:C|([1-9]\d{0,2})min)-([A-Z]{4})|C-([01]{7})")
_OPEN = re.compile(r"([01]{7})@([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_HOURS = re.compile(rf"([1-9]\d{{0,2}})min-({_OPEN.pattern}(?:\+{_OPEN.pattern})*)")
_YEAR = "2022"  # within the records of every exchange: what a calendar is like is looked up in it


def parse(frequency: str) -> tuple[int | None, str] | None:
    """(minutes of a bar, or None for whole sessions; exchange or week); None where `frequency` is no such calendar."""
    match = _FREQUENCY.fullmatch(frequency)
    if match is None:
        hours = _HOURS.fullmatch(frequency)
        return (int(hours[1]), hours[2]) if hours and any(map(len, _slots(hours[2], int(hours[1])))) else None
    if match[3]:
        return (None, match[3]) if "1" in match[3] else None
    if match[2] not in _known():
        return None
    return int(match[1]) if match[1] else None, match[2]


def week_calendar(weekdays: Collection[int]) -> str:
    """The frequency of the days that are these weekdays, 0 for Monday: pandas' own word where there is one."""
    week = "".join(str(int(day in weekdays)) for day in range(7))
    return {"1111111": "D", "1111100": "B"}.get(week, f"C-{week}")


def open_days(frequency: str) -> tuple[int, ...]:
    """The weekdays of such a calendar; none for an exchange."""
    match = _FREQUENCY.fullmatch(frequency)
    return tuple(day for day, mark in enumerate((match[3] if match else "") or "") if mark == "1")


def hours_calendar(minutes: int, week: Sequence[Collection[int]]) -> str:
    """The frequency of steps of so many minutes that begin at these minutes of the day; week: from Monday to Sunday."""
    spans: dict[tuple[int, int], list[int]] = {}
    for day, begins in enumerate(week):
        for first, last in _runs(sorted(begins), minutes):
            spans.setdefault((first, last + minutes), []).append(day)
    parts = []
    for (first, end), days in sorted(spans.items(), key=lambda item: (item[1], item[0])):
        mask = "".join(str(int(day in days)) for day in range(7))
        parts.append(f"{mask}@{first // 60:02d}:{first % 60:02d}-{end // 60:02d}:{end % 60:02d}")
    return f"{minutes}min-{'+'.join(parts)}"


def opening_hours(frequency: str) -> list[tuple[tuple[int, ...], str, str]]:
    """(weekdays, first step, last step) of each span of opening hours, such as ((0, 1), "07:00", "17:00")."""
    match = _HOURS.fullmatch(frequency)
    spans = []
    for span in _OPEN.finditer(match[2]) if match else ():
        last = int(span[4]) * 60 + int(span[5]) - int(match[1]) if match else 0
        days = tuple(day for day, mark in enumerate(span[1]) if mark == "1")
        spans.append((days, f"{span[2]}:{span[3]}", f"{last // 60:02d}:{last % 60:02d}"))
    return spans


def steps_a_day(frequency: str) -> tuple[int, ...]:
    """Of a calendar of opening hours, the steps of each weekday that has any; none of another frequency."""
    match = _HOURS.fullmatch(frequency)
    counts = map(len, _slots(match[2], int(match[1]))) if match else iter(())
    return tuple(count for count in counts if count)


def exchange_name(exchange: str) -> str:
    """For people, such as "New York (NYSE, Nasdaq)"; a Message where the exchange is one of EXCHANGES."""
    return Message(f"exchange.{exchange}") if exchange in EXCHANGES else exchange


def known_until(exchange: str) -> pd.Timestamp | None:
    """The last day for which it is known whether the exchange opens; None where its holidays follow rules."""
    last: pd.Timestamp | None = None if exchange.isdigit() else _sample(exchange).bound_max()
    return last


def sessions(exchange: str, first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    """The days on which the exchange opens, from `first` to `last`, both included."""
    first, last = pd.Timestamp(first).normalize(), pd.Timestamp(last).normalize()
    if exchange.isdigit():
        return pd.bdate_range(first, last, freq="C", weekmask=exchange)
    calendar = _calendar(exchange, first.year, last.year)
    mask = calendar.weekmask
    inside = pd.DatetimeIndex(calendar.sessions.to_numpy())
    low, high = calendar.bound_min(), calendar.bound_max()
    parts = [inside]
    if low is not None and first < low:
        parts.insert(0, pd.bdate_range(first, low - pd.Timedelta(days=1), freq="C", weekmask=mask))
    if high is not None and last > high:
        parts.append(pd.bdate_range(high + pd.Timedelta(days=1), last, freq="C", weekmask=mask))
    days = parts[0] if len(parts) == 1 else pd.DatetimeIndex(sorted({day for part in parts for day in part}))
    return days[(days >= first) & (days <= last)]


def steps(frequency: str, first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    """The steps of a trading calendar from the last one that is not after `first` to the last not after `last`."""
    minutes, exchange = _parsed(frequency)
    early = first - pd.Timedelta(days=15)  # no exchange stays closed for longer than two weeks
    times = sessions(exchange, early, last) if minutes is None else _bars(exchange, minutes, early, last)
    begin = max(0, int(times.searchsorted(first, side="right")) - 1)
    return times[begin : int(times.searchsorted(last, side="right"))]


def steps_after(frequency: str, end: pd.Timestamp, count: int) -> pd.DatetimeIndex:
    """The `count` steps of a trading calendar after `end`."""
    minutes, exchange = _parsed(frequency)
    daily = 1 if minutes is None else bars_a_session(frequency)
    days = count / daily * 1.5 + 20
    while True:
        last = end + pd.Timedelta(days=days)
        times = sessions(exchange, end, last) if minutes is None else _bars(exchange, minutes, end, last)
        times = times[times > end]
        if len(times) >= count:
            return times[:count]
        days *= 2


def bars_a_session(frequency: str) -> int:
    """How many steps a usual session has."""
    minutes, exchange = _parsed(frequency)
    if minutes is None:
        return 1
    bars = _bars(exchange, minutes, pd.Timestamp(f"{_YEAR}-03-01"), pd.Timestamp(f"{_YEAR}-04-01"))
    return max(1, round(float(pd.Series(1, index=bars).groupby(bars.date).size().median())))


def _bars(exchange: str, minutes: int, first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    if "@" in exchange:
        return _open_steps(exchange, minutes, first, last)
    calendar = _calendar(exchange, first.year, last.year)
    days = sessions(exchange, first - pd.Timedelta(days=1), last + pd.Timedelta(days=1))
    inside = days[(days >= calendar.first_session) & (days <= calendar.last_session)]
    parts = []
    if len(inside):
        known = calendar.trading_index(inside[0], inside[-1], f"{minutes}min", intervals=False, closed="left")
        parts.append(pd.Series(known.tz_convert(None)))
    if len(outside := days.difference(inside)):  # by the clock of a usual day
        usual = _sample(exchange)
        day = usual.sessions[len(usual.sessions) // 2]
        bars = usual.trading_index(day, day, f"{minutes}min", intervals=False, closed="left")
        clock = bars.tz_convert(calendar.tz).tz_localize(None) - day
        for offset in clock:
            local = (outside + offset).tz_localize(calendar.tz, ambiguous=False, nonexistent="shift_forward")
            parts.append(pd.Series(local.tz_convert(None)))
    return pd.DatetimeIndex(np.sort(pd.concat(parts).to_numpy(dtype="datetime64[ns]")))


def _open_steps(hours: str, minutes: int, first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    """The steps in opening hours on all days from `first` to `last`."""
    days = pd.date_range(first.normalize(), last.normalize())
    slots = _slots(hours, minutes)
    weekdays = days.dayofweek.to_numpy()
    within = np.concatenate([slots[day] for day in weekdays]).astype("timedelta64[m]")
    midnights = np.repeat(days.to_numpy(dtype="datetime64[ns]"), np.array(list(map(len, slots)))[weekdays])
    return pd.DatetimeIndex(midnights + within)


@functools.lru_cache(maxsize=256)
def _slots(hours: str, minutes: int) -> tuple[npt.NDArray[np.int64], ...]:
    """The minutes of the day at which steps begin, for each weekday."""
    begins: list[set[int]] = [set() for _ in range(7)]
    for span in _OPEN.finditer(hours):
        first, end = int(span[2]) * 60 + int(span[3]), min(1440, int(span[4]) * 60 + int(span[5]))
        for day in (day for day, mark in enumerate(span[1]) if mark == "1"):
            begins[day] |= set(range(first, end, minutes))
    return tuple(np.array(sorted(day), dtype=np.int64) for day in begins)


def _runs(begins: Sequence[int], minutes: int) -> list[tuple[int, int]]:
    """First and last of each run of steps without a break."""
    runs: list[tuple[int, int]] = []
    for begin in begins:
        if runs and begin == runs[-1][1] + minutes:
            runs[-1] = runs[-1][0], begin
        else:
            runs.append((begin, begin))
    return runs


def _parsed(frequency: str) -> tuple[int | None, str]:
    parsed = parse(frequency)
    if parsed is None:
        raise ValueError(f"{frequency!r} is no trading calendar")
    return parsed


@functools.cache
def _known() -> frozenset[str]:
    import exchange_calendars

    return frozenset(exchange_calendars.get_calendar_names(include_aliases=False))


@functools.lru_cache(maxsize=64)
def _sample(exchange: str) -> Any:
    import exchange_calendars

    return exchange_calendars.get_calendar(exchange, start=f"{_YEAR}-01-01", end=f"{_YEAR}-12-31", side="left")


@functools.lru_cache(maxsize=16)
def _calendar(exchange: str, first_year: int, last_year: int) -> Any:
    """The calendar over whole years, as far as it is known."""
    import exchange_calendars

    start, end = pd.Timestamp(f"{first_year}-01-01"), pd.Timestamp(f"{last_year}-12-31")
    with contextlib.suppress(ValueError):  # for its bounds alone a second calendar would have to be made
        return exchange_calendars.get_calendar(exchange, start=start, end=end, side="left")
    some = pd.Timedelta(days=60)  # a calendar has to hold a few days even where none of the years is known
    low, high = _sample(exchange).bound_min(), _sample(exchange).bound_max()
    if high is not None:
        start, end = min(start, high - some), min(end, high)
    if low is not None:
        start, end = max(start, low), max(end, low + some)
    return exchange_calendars.get_calendar(exchange, start=start, end=end, side="left")
