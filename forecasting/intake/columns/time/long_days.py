"""Periods of a day that are counted from midnight on: 46 or 50 half-hours where clocks are set.

The fifth half-hour of such a day is another hour of the clock in each zone, so the zone is asked for.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from forecasting.errors import AmbiguousInput
from forecasting.intake.columns.time.daylight_saving import AS_THEY_STAND
from forecasting.intake.columns.time.time_parts import PartOfDay
from forecasting.intake.columns.time.times import Times
from forecasting.intake.text.table import Table
from forecasting.messages import Message

_DAY = 86_400_000_000_000  # nanoseconds
_ZONES = (
    *("Europe/London", "Europe/Berlin", "Europe/Helsinki", "America/New_York", "America/Chicago"),
    *("America/Los_Angeles", "Australia/Sydney"),
)


def in_periods(table: Table, column: str, times: Times, part: PartOfDay, zone: str | None) -> Times | None:
    """The times in UTC, or None where no day has more or fewer periods than usual.

    zone: in which the days begin; AmbiguousInput where it is not known.
    """
    if not part.periods or times.zone is not None:
        return None
    at = np.flatnonzero(times.ok & part.ok)
    days = pd.DatetimeIndex(times.stamps[at]).tz_localize(None)
    length = _DAY // part.periods
    counted = pd.Series(part.nanos[at] // length + 1).groupby(days).max()
    hour = part.periods // 24
    longer, shorter = (
        counted.index[counted > part.periods],
        counted.index[1:-1][counted.iloc[1:-1] == part.periods - hour],
    )
    if not len(longer) + len(shorter) or zone == AS_THEY_STAND:
        return None
    fitting = tuple(name for name in _ZONES if _last(longer, name, 25) and _last(shorter, name, 23))
    if zone is None:
        if not fitting:
            return None
        odd = (*longer, *shorter)[0]
        row = int(table.rows[at[int(np.flatnonzero(days == odd)[0])]])
        raise AmbiguousInput(
            Message("intake.ask.long-day", column=column, day=str(odd.date()), row=row, number=int(counted[odd])),
            question=Message("intake.question.zone"),
            argument="zone",
            choices=(*fitting, AS_THEY_STAND),
            column=column,
            row=row,
        )
    starts = days.tz_localize(zone, ambiguous=True, nonexistent="shift_forward").tz_convert("UTC").tz_localize(None)
    instants = times.stamps.astype("datetime64[ns]").copy()
    instants[at] = starts.to_numpy().astype("datetime64[ns]") + part.nanos[at].astype("timedelta64[ns]")
    return dataclasses.replace(
        times, stamps=instants, ok=times.ok & part.ok, hours=True, zone=zone, written_as=("", ())
    )


def _last(days: pd.Index[pd.Timestamp], zone: str, hours: int) -> bool:
    """Whether the days have so many hours in a zone."""
    starts = pd.DatetimeIndex(days).tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
    ends = (pd.DatetimeIndex(days) + pd.Timedelta(days=1)).tz_localize(
        zone, ambiguous=True, nonexistent="shift_forward"
    )
    return bool(((ends - starts) == pd.Timedelta(hours=hours)).all())
