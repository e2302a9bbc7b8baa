"""One table read up to its values: which column is what, times and numbers, before any calendar."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from forecasting.errors import AmbiguousInput, DataError
from forecasting.intake.calendar.closing_days import Closed
from forecasting.intake.calendar.observations import Rows, observe
from forecasting.intake.calendar.opening_hours import by_the_clock
from forecasting.intake.calendar.repair import Observed
from forecasting.intake.columns.decimals import Mark, decimal_mark
from forecasting.intake.columns.melt import melt
from forecasting.intake.columns.number.split_numbers import join_numbers
from forecasting.intake.columns.number_notes import number_notes, read_limits
from forecasting.intake.columns.roles import TypedColumns, find_roles
from forecasting.intake.columns.series_role import series_columns
from forecasting.intake.columns.time.daylight_saving import skipped
from forecasting.intake.columns.time.digits import in_latin_digits
from forecasting.intake.columns.time.doubts import in_doubt
from forecasting.intake.columns.time.zones import by_local_days, follows_a_place, zone_of
from forecasting.intake.notes import Assumption, Note
from forecasting.intake.text.table import Table
from forecasting.messages import Message


@dataclasses.dataclass(frozen=True, eq=False)
class Understood:
    """A table and its columns in their roles, with the values that they give.

    table: melted where its header has times. mark: the decimal mark. rows: what each row of the table is.
    zone: whose clock the times are shown by; kept: they are that clock's already, not UTC. order: why the days and
    months stand as they do. notes: those of the table, its columns and its rows.
    """

    table: Table
    typed: TypedColumns
    mark: Mark
    observed: Observed
    rows: Rows
    zone: str
    kept: bool
    order: Message
    notes: tuple[Note, ...]

    @property
    def limited(self) -> int:
        """How many values are known only to be below or above a number."""
        return sum(int(self.typed.numbers[target].limited.sum()) for target in self.typed.roles.target)

    def without(self, observed: Observed, left: npt.NDArray[np.int64]) -> Understood:
        """What remains, `observed`, when the series of some codes are left out: their rows are of no use either."""
        names = len(self.rows.names)
        every = np.bincount(left % names, minlength=names) == len(self.typed.roles.target)
        gone = every[self.rows.codes]
        rows = dataclasses.replace(self.rows, usable=self.rows.usable & ~gone, beyond=self.rows.beyond & ~gone)
        return dataclasses.replace(self, observed=observed, rows=rows)

    def on_open_days(self, closed: Closed) -> Understood:
        """Without the rows of closing days."""
        open_rows = ~closed.holds(self.typed.times.stamps)
        rows = self.rows
        rows = dataclasses.replace(rows, usable=rows.usable & open_rows, beyond=rows.beyond & open_rows)
        return dataclasses.replace(self, rows=rows)

    @property
    def assumptions(self) -> list[Assumption]:
        """Roles, the writing of dates and numbers, each with its evidence."""
        roles, times = self.typed.roles, self.typed.times
        order = "day_first" if times.orders or times.proof is not None else ""
        return [
            Assumption("time", roles.time, roles.reasons["time"], "time"),
            Assumption("dates", times.written, self.order, order),
            Assumption("target", roles.target, roles.reasons["target"], "target"),
            Assumption("series", roles.series, roles.reasons["series"], "series"),
            Assumption("decimal", self.mark.decimal, self.mark.evidence, "decimal"),
        ]


def understand(
    table: Table,
    *,
    time: str | None = None,
    target: str | Sequence[str] | None = None,
    series: str | Sequence[str] | None = None,
    frequency: str | None = None,
    day_first: bool | str | None = None,
    decimal: str | None = None,
    limits: str = "limit",
    zone: str | None = None,
    dates: str | None = None,
) -> Understood:
    """The values of a table; see `to_panel` for the keywords.

    Raises AmbiguousInput where two readings of a column fit, DataError where the table has no time or no values.
    """
    table = join_numbers(in_latin_digits(table), decimal)
    keys = series_columns(series)
    if not {name for name in (time, *_listed(target)) if name is not None} & set(table.columns):
        table = melt(table, keys)
        series = _melted(table, keys, series)
    typed = read_limits(find_roles(table, time, target, series, day_first, zone, dates), limits)
    _check_order(table, typed)
    typed = dataclasses.replace(typed, times=by_local_days(typed.times, zone_of(typed.times, zone), frequency))
    shown = zone_of(typed.times, zone)
    on_the_clock = by_the_clock(typed.times, shown, frequency)
    if on_the_clock is not None:
        typed = dataclasses.replace(typed, times=on_the_clock)
    mark = decimal_mark(table, typed, decimal)
    observed, rows, row_notes = observe(table, typed, mark.decimal)
    set_forward = skipped(typed.times, table) if zone is None else []
    notes = (
        *table.notes,
        *_time_notes(typed, shown, kept=on_the_clock is not None),
        *set_forward,
        *mark.notes,
        *number_notes(table, typed),
        *row_notes,
    )
    kept, order = on_the_clock is not None, _why_order(table, typed, day_first)
    return Understood(table, typed, mark, observed, rows, shown, kept, order, notes)


def _listed(names: str | Sequence[str] | None) -> list[str]:
    return [names] if isinstance(names, str) else list(names or [])


def _melted(table: Table, keys: list[str], series: str | Sequence[str] | None) -> str | Sequence[str] | None:
    """The series columns that were chosen, by their name in a melted table."""
    together = " / ".join(keys)
    return together if keys and together in table.columns else series


def _why_order(table: Table, typed: TypedColumns, day_first: bool | str | None) -> Message:
    if day_first is not None:
        return Message("intake.why.chosen")
    proof = typed.times.proof
    if proof is None:
        return Message("intake.why.every-date")
    cell, row = table.cells[typed.roles.time][proof].as_py(), int(table.rows[proof])
    return Message("intake.why.order", cell=cell, row=row)


def _time_notes(typed: TypedColumns, zone: str, *, kept: bool) -> list[Note]:
    times, column = typed.times, typed.roles.time
    notes = [*typed.role_notes]
    if times.local or times.hours or times.format not in ("year-month-day", "whole-numbers"):
        notes.append(Note("time", Message("intake.note.format", column=column, format=times.written)))
    if times.local:
        notes.append(Note("time zone", Message("intake.note.midnights", zone=times.zone)))
    elif times.zone not in (None, zone) or zone not in ("", "UTC"):
        key = "kept" if kept else "like" if follows_a_place(times, zone) else "utc" if zone == "UTC" else "shown"
        notes.append(Note("time zone", Message(f"intake.note.zone.{key}", zone=times.zone, shown=zone)))
    return notes


def _check_order(table: Table, typed: TypedColumns) -> None:
    """Raises AmbiguousInput where day and month are interchangeable, DataError where both orders occur."""
    times, column = typed.times, typed.roles.time
    if times.doubt is not None and times.mixed is None:
        raise in_doubt(table, column, times.doubt)
    cells = table.cells[column]
    if times.mixed is not None:
        day, month = times.mixed
        message = Message(
            "intake.column.both-orders",
            column=column,
            day=cells[day].as_py(),
            day_row=int(table.rows[day]),
            month=cells[month].as_py(),
            month_row=int(table.rows[month]),
        )
        raise DataError(message, field="time", column=column, row=int(table.rows[month]))
    if times.orders:
        at = int(np.flatnonzero(times.present)[0])
        raise AmbiguousInput(
            Message("intake.ask.order", column=column, cell=cells[at].as_py()),
            question=Message("intake.question.order"),
            argument="day_first",
            choices=times.orders,
            column=column,
            row=int(table.rows[at]),
        )
