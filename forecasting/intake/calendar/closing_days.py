"""Weekdays on which a daily series is closed: always zero, or not there at all.

They are no gaps and no odd zeros: they are left out of the calendar, as weekends are of business days.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from forecasting import trading
from forecasting.intake.calendar.repair import Observed
from forecasting.intake.notes import Note, some
from forecasting.messages import Message

LEAST = 4  # times that a weekday has to be closed: fewer may be by chance
OPEN = 0.8  # of the values on the other weekdays, in each series, the share that has to be above zero
FULL = 0.5  # of the weeks, the share in which a weekday has to occur for it to be one of the calendar
DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_DAY = 86_400_000_000_000  # nanoseconds

Flags = npt.NDArray[np.bool_]


@dataclasses.dataclass(frozen=True, eq=False)
class Closed:
    """The frequency without the closing days, the weekdays that are, which observations are on them, and the note."""

    frequency: str
    weekdays: tuple[int, ...]  # 0 is Monday
    on: Flags
    note: Note

    def holds(self, stamps: npt.NDArray[np.generic]) -> Flags:
        """Which of some times are on closing days."""
        return np.isin(weekdays_of(stamps), self.weekdays)

    def without(self, observed: Observed) -> Observed:
        """What the file has on open days."""
        kept = ~self.on
        return dataclasses.replace(
            observed, codes=observed.codes[kept], ds=observed.ds[kept], y=observed.y[kept], rows=observed.rows[kept]
        )


def closing_days(observed: Observed) -> Closed | None:
    """The weekdays without any value but zero in all series, of a file of days; None where there are none such."""
    if observed.ds.dtype.kind != "M" or not len(observed.y):
        return None
    days, zero = weekdays_of(observed.ds), observed.y == 0
    weeks = (observed.ds.max() - observed.ds.min()).astype(np.int64) / _DAY / 7
    closed = tuple(day for day in range(7) if zero[days == day].all())
    on = np.isin(days, closed)
    if not closed or len(closed) > 5 or weeks < LEAST or not on.any() or observed.y.min() < 0:
        return None  # without a single row on them they are no days of the calendar to begin with
    every, above = np.bincount(observed.codes[~on]), np.bincount(observed.codes[~on], ~zero[~on])
    if (above[above > 0] < OPEN * every[above > 0]).any():  # a series of zeros alone says nothing about its days
        return None
    if any(0 < (days == day).sum() < LEAST for day in closed):
        return None
    frequency = trading.week_calendar(set(range(7)) - set(closed))
    count = int(on.sum())
    message = Message("intake.note.closed-days", count=count, days=names(closed), frequency=frequency)
    summary = Message("intake.summary.closed-days", days=names(closed))
    return Closed(frequency, closed, on, Note("closed", message, count, some(observed.rows[on]), summary))


def open_week(days: npt.NDArray[np.int64], weeks: float) -> tuple[str, Message] | None:
    """The calendar of the weekdays that occur, where the others never do; days: 0 is Monday, one for each date."""
    counts = np.bincount(days, minlength=7)
    present = set(map(int, np.flatnonzero(counts)))
    if not 3 <= len(present) < 7 or weeks < LEAST or counts[counts > 0].min() < FULL * weeks:
        return None
    absent = tuple(day for day in range(7) if day not in present)
    return trading.week_calendar(present), Message("intake.why.closed-days", days=names(absent))


def weekdays_of(stamps: npt.NDArray[np.generic]) -> npt.NDArray[np.int64]:
    """0 for Monday to 6 for Sunday."""
    weekdays: npt.NDArray[np.int64] = (stamps.astype("datetime64[D]").astype(np.int64) + 3) % 7
    return weekdays


def names(weekdays: tuple[int, ...]) -> tuple[Message, ...]:
    """Weekdays in words."""
    return tuple(Message(f"intake.weekday.{DAYS[day]}") for day in weekdays)
