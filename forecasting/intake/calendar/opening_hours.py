"""Series that exist only in opening hours: a calendar of the hours and weekdays on which there is ever a value.

Hours without any value are closed, not missing: nothing is filled there, nothing is learned from them, and forecasts
fall on open hours.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting import trading
from forecasting.intake.calendar.closing_days import names
from forecasting.intake.columns.time.times import Times
from forecasting.intake.notes import Note
from forecasting.messages import Message
from forecasting.notation import tzinfo

DAYS = 10  # days with values from which on an hour that never occurs is closed
WEEKS = 2  # the same of weekdays, in weeks from the first to the last value
LEAST = 4  # weeks from which on a weekday may have hours of its own
CLOSED = 1 / 8  # of the week, the share that has to be closed: less is a gap that comes back
OFTEN = 0.4  # of the days, the share on which a time of day has a value for it to be an open one
STRAY = 0.02  # of the values, the share that may lie outside where a calendar is only offered
SURE = 0.8  # of a calendar's steps, the share with a value that is enough to take it
LIKELY = 0.5  # and to offer it
SPANS = 8  # spans of opening hours that a calendar may have: more are no hours that anybody keeps
_DAY = 1440  # minutes
_MINUTE = 60_000_000_000  # nanoseconds

Ints = npt.NDArray[np.int64]


def opening_hours(times: pd.DatetimeIndex, minutes: int) -> tuple[str, bool] | None:
    """The calendar of some different, sorted times, steps of so many minutes; whether it is sure.

    None where nothing is ever closed, where there are too few days to know, or where the hours follow no rule.
    """
    if not 0 < minutes <= _DAY // 2 or _DAY % minutes:
        return None
    days = times.normalize()
    if days.nunique() < DAYS:
        return None
    begins = ((times - days) // pd.Timedelta(minutes=1)).to_numpy(dtype=np.int64)
    weekday = days.dayofweek.to_numpy().astype(np.int64)
    weeks = (days[-1] - days[0]).days / 7
    different, counts = np.unique(weekday * _DAY + begins, return_counts=True)
    own = (
        pd.Series(days).groupby(weekday).nunique().reindex(range(7), fill_value=0).to_numpy(dtype=np.int64)
    )  # days of each weekday
    hours = _often(different % _DAY, counts, int(own.sum()))
    present = {day for day in range(7) if own[day] >= LIKELY * weeks} if weeks >= WEEKS else set(range(7))
    week = [hours if day in present else set() for day in range(7)]
    for day in present if weeks >= LEAST else ():
        here = different // _DAY == day
        week[day] = _often(different[here] % _DAY, counts[here], int(own[day]))
    open_steps = sum(map(len, week))
    if max(map(len, week)) < 2 or open_steps * minutes > (1 - CLOSED) * 7 * _DAY:
        return None
    frequency = trading.hours_calendar(minutes, week)
    if len(trading.opening_hours(frequency)) > SPANS:
        return None
    inside = int(counts[[int(at % _DAY) in week[int(at // _DAY)] for at in different]].sum())
    share = inside / len(trading.steps(frequency, times[0], times[-1]))
    if share < LIKELY or inside < (1 - STRAY) * len(times):
        return None
    steady = min(_shares(week, different, counts, np.asarray(own, dtype=np.int64)))
    return frequency, min(share, steady) >= SURE and inside == len(times)


def _shares(week: list[set[int]], different: Ints, counts: Ints, own: Ints) -> list[float]:
    """Of each time of day that is open, the share of its days with a value: clocks that change make some rare."""
    found = dict(zip(different.tolist(), counts.tolist(), strict=True))
    shares = []
    for begin in set().union(*week):
        days = [day for day in range(7) if begin in week[day]]
        shares.append(sum(found.get(day * _DAY + begin, 0) for day in days) / max(1, int(own[days].sum())))
    return shares


def by_the_clock(times: Times, zone: str, frequency: str | None) -> Times | None:
    """Times of a zone as its clock shows them, where they keep opening hours there; None where they do not.

    By UTC such hours move with summer time. frequency: the one that was chosen, if any.
    """
    held = times.stamps[times.ok]
    if zone in ("", "UTC") or held.dtype.kind != "M" or not len(held):
        return None
    if frequency is not None and not trading.opening_hours(frequency):
        return None
    instants = pd.DatetimeIndex(held.astype("datetime64[ns]"))
    local = instants.tz_localize("UTC").tz_convert(tzinfo(zone)).tz_localize(None)
    different = local.unique().sort_values()
    if len(different) < 2 or len(different) < instants.nunique():
        return None  # open in an hour that comes twice
    step = int(np.gcd.reduce(np.diff(different.to_numpy(dtype="datetime64[ns]").astype(np.int64))))
    found = opening_hours(different, step // _MINUTE) if frequency is None and step % _MINUTE == 0 else None
    if frequency is None and (found is None or not found[1]):
        return None
    stamps = times.stamps.astype("datetime64[ns]")
    stamps[times.ok] = local.to_numpy(dtype="datetime64[ns]")
    return dataclasses.replace(times, stamps=stamps)


def in_words(frequency: str) -> tuple[Message, ...]:
    """The opening hours of a calendar, a Message for each span."""
    return tuple(
        Message("intake.hours.daily", first=first, last=last)
        if len(days) == 7
        else Message("intake.hours.span", first=first, last=last, days=names(days))
        for days, first, last in trading.opening_hours(frequency)
    )


def note_on(frequency: str) -> Note:
    """That values exist only in opening hours."""
    minutes = trading.parse(frequency)
    every = str(pd.tseries.frequencies.to_offset(pd.Timedelta(minutes=minutes[0] or 0 if minutes else 0)).freqstr)
    hours = in_words(frequency)
    message = Message("intake.note.opening-hours", hours=hours, frequency=every)
    return Note("closed", message, 0, (), Message("intake.summary.opening-hours", hours=hours))


def _often(begins: Ints, counts: Ints, days: int) -> set[int]:
    """The minutes at which there is a value on many of the days."""
    summed = np.bincount(begins, weights=counts, minlength=_DAY)
    return set(map(int, np.flatnonzero(summed >= OFTEN * max(1, days))))
