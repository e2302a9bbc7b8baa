"""Time that a file has split over columns, joined: date and hour, year and month, year and quarter."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from forecasting.intake.columns.arrays import Ints, flags
from forecasting.intake.columns.clock import CLOCK, time_of_day
from forecasting.intake.columns.dates import Times
from forecasting.intake.columns.months import month_of
from forecasting.intake.text.table import Table
from forecasting.messages import Message

_HOUR = re.compile(r"hour|\bhr\b|^h$|stunde|heure|hora|^ora$|uhrzeit|^time$|zeit|uhr|^he$|时|時", re.IGNORECASE)
_MONTH = re.compile(r"month|monat|mois|^mes$|mese|^m$|maand|miesi|月", re.IGNORECASE)
_DAY = re.compile(r"day|^tag$|jour|^d[ií]a$|giorno|^d$|^dom$|日", re.IGNORECASE)
_QUARTER = re.compile(r"quarter|^qtr|^q$|quartal|trimest|季", re.IGNORECASE)
_HOURS = 3_600_000_000_000  # nanoseconds


@dataclasses.dataclass(frozen=True, eq=False)
class JoinedTimes:
    """The times, the columns besides the first that they are made of, and a message on it."""

    times: Times
    columns: tuple[str, ...]
    message: Message


def join_times(table: Table, column: str, times: Times, taken: Collection[str | None]) -> JoinedTimes | None:
    """The times of `column` refined by other columns, if they repeat without them; else None."""
    if times.stamps.dtype.kind != "M" or not pd.Series(times.stamps).duplicated().any():
        return None
    others = [name for name in table.columns if name != column and name not in taken]
    if times.format == "years":
        return _in_year(table, column, times, others)
    days = times.stamps[times.ok].astype("datetime64[D]").astype("datetime64[ns]")
    if (times.stamps[times.ok] != days).any():
        return None
    for name in others:
        named = _HOUR.search(name)
        added = _clock(table.cells[name]) if named or _is_clock(table.cells[name]) else None
        if added is None:
            continue
        nanos, ok, what = added
        message = Message(f"intake.joined.{what}", column=name)
        finer = _if_finer(times, nanos.astype("timedelta64[ns]"), ok, name, message)
        if finer is None or named or pd.Series(finer.times.stamps[finer.times.ok]).is_unique:
            return finer
    return None


def _in_year(table: Table, column: str, times: Times, others: list[str]) -> JoinedTimes | None:
    years = times.stamps.astype("datetime64[Y]")
    for name in others:
        if _QUARTER.search(name) and (quarters := _whole(table.cells[name], 1, 4)) is not None:
            stamps = (years.astype("datetime64[M]") + (quarters - 1) * 3).astype("datetime64[ns]")
            joined = dataclasses.replace(times, stamps=stamps, format="year-quarter", weight=3)
            return _if_new(times, joined, (name,), Message("intake.joined.quarters", column=name))
    month = next((name for name in others if _MONTH.search(name) and _months(table.cells[name]) is not None), None)
    if month is None:
        return None
    numbers = _months(table.cells[month])
    if numbers is None:
        return None
    months = years.astype("datetime64[M]") + (numbers - 1)
    for name in others:
        if name != month and _DAY.search(name) and (days := _whole(table.cells[name], 1, 31)) is not None:
            stamps = months.astype("datetime64[D]") + (days - 1)
            ok = times.ok & (stamps.astype("datetime64[M]") == months)
            joined = dataclasses.replace(
                times, stamps=stamps.astype("datetime64[ns]"), ok=ok, format="year-month-and-day", weight=3
            )
            return _if_new(times, joined, (month, name), Message("intake.joined.days", month=month, day=name))
    joined = dataclasses.replace(times, stamps=months.astype("datetime64[ns]"), format="year-month", weight=3)
    return _if_new(times, joined, (month,), Message("intake.joined.months", column=month))


def _if_finer(
    times: Times, added: npt.NDArray[np.timedelta64], ok: npt.NDArray[np.bool_], column: str, message: Message
) -> JoinedTimes | None:
    finer = times.stamps.astype("datetime64[ns]") + added
    joined = dataclasses.replace(times, stamps=finer, ok=times.ok & ok, hours=True)
    return _if_new(times, joined, (column,), message)


def _if_new(times: Times, joined: Times, columns: tuple[str, ...], message: Message) -> JoinedTimes | None:
    before, after = len(pd.unique(times.stamps[times.ok])), len(pd.unique(joined.stamps[joined.ok]))
    return JoinedTimes(joined, columns, message) if after > before else None


def _clock(column: pa.ChunkedArray) -> tuple[Ints, npt.NDArray[np.bool_], str] | None:
    """Nanoseconds after midnight from hours 0 to 23, hours 1 to 24 (which end then) or times as 13:30, and which."""
    hours = _whole(column, 0, 24)
    if hours is not None:
        if hours.min() >= 1 and hours.max() == 24:
            every = np.ones(len(hours), dtype=bool)
            return (hours - 1) * _HOURS, every, "hours-to-24"
        return hours * _HOURS, np.ones(len(hours), dtype=bool), "hours"
    texts = pc.utf8_trim_whitespace(column.combine_chunks())
    parts = pc.extract_regex(texts, "^" + CLOCK + "$")
    fits = flags(parts.is_valid())
    if not len(fits) or fits.mean() < 0.9:
        return None
    clock = time_of_day(parts)
    return clock.nanos, clock.ok & fits, "clock"


def _is_clock(column: pa.ChunkedArray) -> bool:
    """Whether a column whose name does not say so holds times of day such as 13:30."""
    return bool(pc.all(pc.match_substring_regex(column.slice(0, 200), r"^\s*[0-9]{1,2}:[0-9]{2}")).as_py())


def _months(column: pa.ChunkedArray) -> Ints | None:
    numbers = _whole(column, 1, 12)
    if numbers is not None:
        return numbers
    encoded = column.combine_chunks().dictionary_encode()
    named = np.array([month_of((name or "").strip()) for name in encoded.dictionary.to_pylist()], dtype=np.int64)
    if not len(named) or encoded.null_count or not named.all():
        return None
    months: Ints = named[np.asarray(encoded.indices, dtype=np.int64)]
    return months


def _whole(column: pa.ChunkedArray, low: int, high: int) -> Ints | None:
    """A column of whole numbers from `low` to `high`; None if it is anything else."""
    texts = pc.replace_substring_regex(pc.utf8_trim_whitespace(column.combine_chunks()), r"\.0*$", "")
    texts = pc.replace_substring_regex(texts, r"^[QqTtHhMm]([0-9])", r"\1")
    try:
        numbers = pc.cast(texts, pa.int64())
    except pa.ArrowInvalid:
        return None
    if numbers.null_count or not len(numbers):
        return None
    whole = np.asarray(numbers, dtype=np.int64)
    return whole if whole.min() >= low and whole.max() <= high else None
