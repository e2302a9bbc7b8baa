"""Daylight saving time in clock times without a zone: an hour that comes twice, and one that is skipped.

An hour that every series has twice on the very night on which Europe, North America or the south-east of Australia set
their clocks back is no duplicate. Which zone it is decides the times, so it is asked for.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.errors import AmbiguousInput, DataError
from forecasting.intake.columns.time.dates import Times
from forecasting.intake.notes import Note, some
from forecasting.intake.text.table import Table
from forecasting.messages import Message
from forecasting.notation import known_zones

AS_THEY_STAND = "UTC"
_HOUR = np.timedelta64(3_600_000_000_000, "ns")
_DAY = 24 * _HOUR
_AMERICA = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles")
# month and Sunday (-1: the last) on which clocks are set back, the hour that comes twice; the same for the hour that is
# skipped; zones
_RULES: tuple[tuple[tuple[int, int, int], tuple[int, int, int], tuple[str, ...]], ...] = (
    ((10, -1, 2), (3, -1, 2), ("Europe/Berlin",)),
    ((10, -1, 1), (3, -1, 1), ("Europe/London",)),
    ((10, -1, 3), (3, -1, 3), ("Europe/Helsinki",)),
    ((11, 1, 1), (3, 2, 2), _AMERICA),
    ((4, 1, 2), (10, 1, 2), ("Australia/Sydney",)),
)

Flags = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]


@dataclasses.dataclass(frozen=True, eq=False)
class Clocks:
    """Rows within an hour that comes twice, and the zones in which it does."""

    twice: Flags
    zones: tuple[str, ...]


def clocks(times: Times) -> Clocks | None:
    """Where clocks are set back; None where they are not, or have a zone or no time of day."""
    counted = _counted(times)
    if counted is None:
        return None
    stamps, counts = counted
    for (month, sunday, hour), _, zones in _RULES:
        starts = [day + hour * _HOUR for day in _sundays(stamps, month, sunday)]
        nights = [start for start in starts if _is_twice(stamps, counts, start)]
        if nights and len(nights) >= 0.5 * len(starts):
            twice = np.zeros(len(times.stamps), dtype=bool)
            for start in nights:
                twice |= times.ok & (times.stamps >= start) & (times.stamps < start + _HOUR)
            return Clocks(twice, zones)
    return None


def ask_zone(table: Table, column: str, set_back: Clocks) -> AmbiguousInput:
    """The question which zone the times are in."""
    row = int(table.rows[np.flatnonzero(set_back.twice)[0]])
    return AmbiguousInput(
        Message("intake.ask.zone", column=column, row=row),
        question=Message("intake.question.zone"),
        argument="zone",
        choices=(*set_back.zones, AS_THEY_STAND),
        column=column,
        row=row,
    )


def check_zone(zone: str | None) -> None:
    """Raises DataError where there is no such zone."""
    if zone is not None and zone not in known_zones():
        raise DataError(Message("intake.column.no-zone", zone=zone, as_they_stand=AS_THEY_STAND), field="zone")


def in_zone(times: Times, codes: npt.NDArray[np.int64], zone: str, table: Table, column: str) -> Times:
    """Clock times of a place in UTC; days without a time of day, and times as they stand, remain.

    Of two equal times of one series in the hour that comes twice, the earlier in the order of the file's time is in
    summer time. Raises DataError where a time does not exist in the zone.
    """
    if zone == AS_THEY_STAND or not _is_local(times):
        return times
    at = np.flatnonzero(times.ok)
    stamps = pd.DatetimeIndex(times.stamps[at])
    turn = pd.DataFrame({"code": codes[at], "ds": stamps}).groupby(["code", "ds"]).cumcount().to_numpy()
    falling = np.median(np.diff(stamps.to_numpy().astype(np.int64))) < 0 if len(stamps) > 1 else False
    local = stamps.tz_localize(zone, ambiguous=(turn > 0) if falling else (turn == 0), nonexistent="NaT")
    if local.isna().any():
        first = at[np.flatnonzero(local.isna())[0]]
        raise DataError(
            Message(
                "intake.column.skipped-time",
                cell=table.cells[column][int(first)].as_py(),
                row=int(table.rows[first]),
                zone=zone,
                as_they_stand=AS_THEY_STAND,
            ),
            field="zone",
            column=column,
            row=int(table.rows[first]),
        )
    instants = times.stamps.astype("datetime64[ns]")
    instants[at] = local.tz_convert("UTC").tz_localize(None).to_numpy()
    return dataclasses.replace(times, stamps=instants, zone=zone)


def skipped(times: Times, table: Table) -> list[Note]:
    """A note where an hour is missing on a night on which clocks are set forward: it is not a lost value."""
    counted = _counted(times)
    if counted is None:
        return []
    stamps, counts = counted
    for _, (month, sunday, hour), zones in _RULES:
        starts = [day + hour * _HOUR for day in _sundays(stamps, month, sunday)]
        nights = [start for start in starts if _is_skipped(stamps, start)]
        if nights and len(nights) == len(starts) and (counts == counts[0]).mean() > 0.9:
            shown = tuple(str(night.astype("datetime64[m]")).replace("T", " ") for night in nights[:3])
            rows = [int(table.rows[np.flatnonzero(times.ok & (times.stamps >= night + _HOUR))[0]]) for night in nights]
            message = Message("intake.note.daylight-saving", nights=shown, zone=zones[0])
            return [Note("daylight saving", message, len(nights), some(rows))]
    return []


def _is_local(times: Times) -> bool:
    """Whether times have a time of day and no zone."""
    if times.stamps.dtype.kind != "M" or times.zone is not None or not times.ok.any():
        return False
    return bool((times.stamps[times.ok] != times.stamps[times.ok].astype("datetime64[D]")).any())


def _counted(times: Times) -> tuple[Days, npt.NDArray[np.int64]] | None:
    if not _is_local(times):
        return None
    stamps, counts = np.unique(times.stamps[times.ok].astype("datetime64[ns]"), return_counts=True)
    return (stamps, counts) if len(stamps) > 24 and np.median(np.diff(stamps)) <= _HOUR else None


def _sundays(stamps: Days, month: int, number: int) -> list[np.datetime64]:
    """The given Sunday of the month in each year, where it lies within the times."""
    first, last = stamps[0].astype("datetime64[D]"), stamps[-1].astype("datetime64[D]")
    sundays = []
    for year in range(int(str(first)[:4]), int(str(last)[:4]) + 1):
        following = np.datetime64(f"{year + month // 12}-{month % 12 + 1:02d}-01") if number < 0 else None
        start = following - np.timedelta64(7, "D") if following is not None else np.datetime64(f"{year}-{month:02d}-01")
        weekday = (start.astype(np.int64) + 3) % 7  # Monday is 0
        day = start + np.timedelta64(int(6 - weekday) + 7 * max(0, number - 1), "D")
        if first < day < last:
            sundays.append(day.astype("datetime64[ns]"))
    return sundays


def _is_twice(stamps: Days, counts: npt.NDArray[np.int64], start: np.datetime64) -> bool:
    """Whether each time of an hour comes twice as often as in the hour after."""
    first, second, third = np.searchsorted(stamps, [start, start + _HOUR, start + 2 * _HOUR])
    within, after = counts[first:second], counts[second:third]
    return len(within) > 0 and len(within) == len(after) and bool((within == 2 * after).all())


def _is_skipped(stamps: Days, start: np.datetime64) -> bool:
    """Whether an hour is not there, between hours that are."""
    edges = np.searchsorted(stamps, [start + hours * _HOUR for hours in (-1, 0, 1, 2)])
    return list(np.diff(edges) > 0) == [True, False, True]
