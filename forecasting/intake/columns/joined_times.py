"""Time that a file has split over columns, joined: date and hour, year and month, year and week."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterator

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from forecasting.errors import AmbiguousInput
from forecasting.intake.columns.series_role import SERIES_NAMES
from forecasting.intake.columns.time import time_names
from forecasting.intake.columns.time.long_days import in_periods
from forecasting.intake.columns.time.spacing import evenness
from forecasting.intake.columns.time.stamps import weeks_of
from forecasting.intake.columns.time.time_names import says
from forecasting.intake.columns.time.time_parts import (
    ONE_MINUTE,
    Months,
    PartOfDay,
    is_clock,
    numbered_months,
    part_of_day,
    whole,
)
from forecasting.intake.columns.time.times import Times
from forecasting.intake.text.table import Table
from forecasting.messages import Message

_MADE_UP = re.compile(r"column \d+")  # of a column without a name
_REGULAR = 0.98  # of the steps, the share that must be alike for columns to be joined that no name says to be times
TOGETHER, ALONE = "together", "alone"


@dataclasses.dataclass(frozen=True, eq=False)
class JoinedTimes:
    """The times, the columns besides the first that they are made of, and a message on it."""

    times: Times
    columns: tuple[str, ...]
    message: Message
    named: bool = True


def join_times(
    table: Table,
    column: str,
    times: Times,
    taken: Collection[str | None],
    dates: str | None = None,
    zone: str | None = None,
) -> JoinedTimes | None:
    """The times of `column` refined by other columns, if they repeat without them; else None.

    Columns whose names say what they are, are joined; others if that alone makes the times unique and regular.
    Raises AmbiguousInput where it does so only beside a column that tells series apart, or where a day has periods more
    than usual and no zone is given.
    """
    if times.stamps.dtype.kind != "M" or dates == ALONE or not pd.Series(times.stamps).duplicated().any():
        return None
    if not times.ok.all():
        return _of_times_alone(table, column, times, taken, dates, zone)
    others = [name for name in table.columns if name != column and name not in taken]
    years = times.format == "years"
    found = _in_year(table, column, times, others, zone) if years else _in_days(table, column, times, others, zone)
    doubtful: JoinedTimes | None = None
    for joined in found:
        if not _is_finer(times, joined.times):
            continue
        if joined.named or _is_regular(joined.times) or dates == TOGETHER:
            return joined
        if doubtful is None and _beside_others(table, times, joined, others):
            doubtful = joined
    if doubtful is not None:
        raise AmbiguousInput(
            Message("intake.ask.join", column=column, parts=tuple(map(repr, doubtful.columns))),
            question=Message("intake.question.join"),
            argument="dates",
            choices=(TOGETHER, ALONE),
            column=column,
        )
    return None


def _of_times_alone(
    table: Table, column: str, times: Times, taken: Collection[str | None], dates: str | None, zone: str | None
) -> JoinedTimes | None:
    """As `join_times` by the rows that have a time: others, such as footers, hold nothing of it."""
    at = np.flatnonzero(times.ok)
    if not len(at):
        return None
    every = np.ones(len(at), dtype=bool)
    offsets = None if times.offsets is None else times.offsets[at]
    dated = dataclasses.replace(times, stamps=times.stamps[at], ok=every, present=every, offsets=offsets)
    joined = join_times(
        dataclasses.replace(table, cells=table.cells.take(at), rows=table.rows[at]), column, dated, taken, dates, zone
    )
    if joined is None:
        return None
    stamps, ok = times.stamps.astype("datetime64[ns]"), times.ok.copy()
    stamps[at], ok[at] = joined.times.stamps, joined.times.ok
    whole = dataclasses.replace(joined.times, stamps=stamps, ok=ok, present=times.present, offsets=times.offsets)
    return dataclasses.replace(joined, times=whole)


def _in_days(table: Table, column: str, times: Times, others: list[str], zone: str | None) -> Iterator[JoinedTimes]:
    """Days with a column of hours, periods or times of day: first those that are named so."""
    stamps = times.stamps.astype("datetime64[ns]")
    days = stamps[times.ok].astype("datetime64[D]").astype("datetime64[ns]")
    if (stamps[times.ok] != days).any():
        return
    for name in sorted(others, key=lambda name: not (says(time_names.HOUR, name) or says(time_names.PERIOD, name))):
        named = says(time_names.HOUR, name)
        if not named and SERIES_NAMES.match(name):
            continue
        part = part_of_day(table.cells[name])
        named = named or (part is not None and part.periods > 0 and says(time_names.PERIOD, name))
        if part is None or not (named or part.full or part.kind == "clock"):
            continue
        if part.kind == "clock" and not named and not is_clock(table.cells[name]):
            continue
        yield _with_part(table, column, times, part, name, named, zone, others)


def _with_part(
    table: Table,
    column: str,
    times: Times,
    part: PartOfDay,
    name: str,
    named: bool,
    zone: str | None,
    others: list[str],
) -> JoinedTimes:
    message = Message(f"intake.joined.{part.kind}", column=name)
    joined = in_periods(table, column, times, part, zone)
    if joined is None:
        stamps = times.stamps.astype("datetime64[ns]") + part.nanos.astype("timedelta64[ns]")
        joined = dataclasses.replace(times, stamps=stamps, ok=times.ok & part.ok, hours=True)
    minute = next((other for other in others if other != name and says(time_names.MINUTE, other)), None)
    minutes = whole(table.cells[minute], 0, 59) if minute is not None else None
    if minute is None or minutes is None or not part.kind.startswith("hours"):
        return JoinedTimes(joined, (name,), message, named)
    stamps = joined.stamps.astype("datetime64[ns]") + (minutes * ONE_MINUTE).astype("timedelta64[ns]")
    message = Message("intake.joined.minutes", hours=message, column=minute)
    return JoinedTimes(dataclasses.replace(joined, stamps=stamps), (name, minute), message, named)


def _in_year(table: Table, column: str, times: Times, others: list[str], zone: str | None) -> Iterator[JoinedTimes]:
    """Years with columns of months and perhaps days and hours, of quarters, of weeks, or of days of the year."""
    years = times.stamps.astype("datetime64[Y]")
    number = np.where(times.ok, years.astype(np.int64) + 1970, 1970)
    for name in [name for name in others if says(time_names.QUARTER, name)]:
        if (quarters := whole(table.cells[name], 1, 4)) is not None:
            stamps = (years.astype("datetime64[M]") + (quarters - 1) * 3).astype("datetime64[ns]")
            yield _joined(
                times, stamps, times.ok, "year-quarter", (name,), Message("intake.joined.quarters", column=name)
            )
    for name in sorted(others, key=lambda name: not says(time_names.MONTH, name)):
        named = says(time_names.MONTH, name)
        months = None if not named and SERIES_NAMES.match(name) else numbered_months(table.cells[name])
        named |= months is not None and months.sure
        if months is not None and (named or len(np.unique(months.numbers)) == 12 or _is_next(table, column, name)):
            yield from _in_months(table, times, years.astype("datetime64[M]"), months, name, named, others, zone)
    for name in [name for name in others if says(time_names.DAY_OF_YEAR, name)]:
        if (days := whole(table.cells[name], 1, 366)) is not None:
            stamps = years.astype("datetime64[D]") + (days - 1)
            ok = times.ok & (stamps.astype("datetime64[Y]") == years)
            message = Message("intake.joined.days-of-year", column=name)
            dated = _joined(times, stamps.astype("datetime64[ns]"), ok, "ordinal-dates", (name,), message)
            yield from _with_hours(table, name, times, dated, others, zone, named=True)
            yield dated
    for name in sorted(others, key=lambda name: not says(time_names.WEEK, name)):
        named = says(time_names.WEEK, name)
        weeks = None if not named and SERIES_NAMES.match(name) else whole(table.cells[name], 1, 53)
        if weeks is not None and (named or len(np.unique(weeks)) >= 52):
            stamps, ok = weeks_of(number, weeks, np.ones_like(weeks))
            message = Message("intake.joined.weeks", column=name)
            yield _joined(times, stamps, times.ok & ok, "iso-weeks", (name,), message, named)


def _in_months(
    table: Table,
    times: Times,
    years: np.ndarray,
    months: Months,
    month: str,
    named: bool,
    others: list[str],
    zone: str | None,
) -> Iterator[JoinedTimes]:
    """Years and months, with days and hours where there are such."""
    begins = years + (months.numbers - 1)
    for name in sorted(others, key=lambda name: not says(time_names.DAY, name)):
        beside = _MADE_UP.fullmatch(name) or _is_next(table, month, name)
        if name == month or (not says(time_names.DAY, name) and (SERIES_NAMES.match(name) or not beside)):
            continue
        days = whole(table.cells[name], 1, 31)
        if days is None or not (
            says(time_names.DAY, name) or len(np.unique(days)) == 31 or _is_next(table, month, name)
        ):
            continue
        stamps = begins.astype("datetime64[D]") + (days - 1)
        if not says(time_names.DAY, name) and len(np.unique(stamps)) == len(np.unique(begins)):
            continue  # a value that happens to stand there
        ok = times.ok & months.ok & (stamps.astype("datetime64[M]") == begins)
        both = named and says(time_names.DAY, name)
        message = Message("intake.joined.days", month=month, day=name)
        dated = _joined(times, stamps.astype("datetime64[ns]"), ok, "year-month-and-day", (month, name), message, both)
        if not _is_finer(times, dated.times):
            continue
        yield from _with_hours(table, month, times, dated, others, zone, named=both)
        yield dated
    if not (named or len(np.unique(months.numbers)) == 12):
        return
    key = "months" if months.other is None else "months-only"
    message = Message(f"intake.joined.{key}", column=month, cell=months.other)
    ok = times.ok & months.ok
    dated = _joined(times, begins.astype("datetime64[ns]"), ok, "year-month", (month,), message, named)
    yield dataclasses.replace(dated, columns=(month, *_decimal_years(table, dated.times, others)))


def _with_hours(
    table: Table, column: str, times: Times, dated: JoinedTimes, others: list[str], zone: str | None, *, named: bool
) -> Iterator[JoinedTimes]:
    """Days of several columns with hours of a further one, where the days repeat."""
    if not pd.Series(dated.times.stamps[dated.times.ok]).duplicated().any():
        return
    rest = [other for other in others if other not in dated.columns]
    for finer in _in_days(table, column, dated.times, rest, zone):
        if _is_finer(dated.times, finer.times) and (finer.named or _is_regular(finer.times)):
            message = Message("intake.why.both", first=dated.message, second=finer.message)
            yield JoinedTimes(finer.times, (*dated.columns, *finer.columns), message, named and finer.named)


def _is_next(table: Table, column: str, name: str) -> bool:
    """Whether a column stands right behind another, as months do behind years whatever they are called."""
    return table.columns.index(name) == table.columns.index(column) + 1


def _decimal_years(table: Table, times: Times, others: list[str]) -> list[str]:
    """Columns that have the same months as fractions of years, such as 1974.042."""
    months = times.stamps.astype("datetime64[M]").astype(np.int64)
    found = []
    for name in others:
        try:
            numbers = np.asarray(pc.cast(table.cells[name], "float64").to_numpy(), dtype=np.float64)
        except pa.ArrowInvalid:
            continue
        apart = (numbers - 1970) * 12 - months
        if len(apart) and bool((apart >= 0).all()) and bool((apart <= 1).all()):
            found.append(name)
    return found


def _joined(
    times: Times,
    stamps: np.ndarray,
    ok: np.ndarray,
    form: str,
    columns: tuple[str, ...],
    message: Message,
    named: bool = True,
) -> JoinedTimes:
    joined = dataclasses.replace(times, stamps=stamps, ok=ok, format=form, weight=3, written_as=("", ()))
    return JoinedTimes(joined, columns, message, named)


def _is_finer(times: Times, joined: Times) -> bool:
    return len(pd.unique(joined.stamps[joined.ok])) > len(pd.unique(times.stamps[times.ok]))


def _is_regular(times: Times) -> bool:
    """Whether each time comes once and hardly any step has another length."""
    stamps = times.stamps[times.ok]
    enough = len(stamps) >= _REGULAR * int(times.present.sum())
    return enough and bool(pd.Series(stamps).is_unique) and evenness(stamps) >= _REGULAR


def _beside_others(table: Table, times: Times, joined: JoinedTimes, others: list[str]) -> bool:
    """Whether one further column makes the joined times unique that does not do so for the others."""
    rest = [name for name in others if name not in joined.columns]
    for name in rest:
        cells = table.cells[name]
        if pc.count_distinct(cells).as_py() > max(1, len(cells) // 10):
            continue
        codes = pd.factorize(cells.to_pandas())[0]
        pairs = pd.DataFrame({"code": codes, "ds": joined.times.stamps})[joined.times.ok]
        before = pd.DataFrame({"code": codes, "ds": times.stamps})[times.ok]
        if not pairs.duplicated().any() and before.duplicated().any() and evenness(joined.times.stamps) >= _REGULAR:
            return True
    return False
