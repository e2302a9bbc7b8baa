"""Table -> Panel: the columns read as time, values and series names, put on a regular calendar."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from forecasting import trading
from forecasting.errors import AmbiguousInput, DataError
from forecasting.intake.calendar.closing_days import closing_days, names
from forecasting.intake.calendar.covariates import add_covariates, known_ahead
from forecasting.intake.calendar.frequency import Frequency, Stamps, infer, is_irregular, seasons_of
from forecasting.intake.calendar.observations import observe
from forecasting.intake.calendar.opening_hours import by_the_clock, note_on
from forecasting.intake.calendar.repair import AGGREGATIONS, settle
from forecasting.intake.calendar.screening import KEPT, screen
from forecasting.intake.columns.daylight_saving import check_zone, skipped
from forecasting.intake.columns.decimals import Mark, decimal_mark
from forecasting.intake.columns.digits import in_latin_digits
from forecasting.intake.columns.doubts import in_doubt
from forecasting.intake.columns.melt import melt
from forecasting.intake.columns.number_notes import LIMITS, number_notes, read_limits
from forecasting.intake.columns.roles import TypedColumns, find_roles
from forecasting.intake.columns.series_role import series_columns
from forecasting.intake.columns.split_numbers import join_numbers
from forecasting.intake.columns.zones import by_local_days, follows_a_place, zone_of
from forecasting.intake.notes import Assumption, Note
from forecasting.intake.own_notation import notation_of
from forecasting.intake.report import Report
from forecasting.intake.text.table import Table
from forecasting.messages import Message
from forecasting.panel import Panel


def to_panel(
    table: Table,
    *,
    time: str | None = None,
    target: str | Sequence[str] | None = None,
    series: str | Sequence[str] | None = None,
    frequency: str | None = None,
    day_first: bool | str | None = None,
    decimal: str | None = None,
    duplicates: str | None = None,
    covariates: Sequence[str] | None = None,
    outliers: str = "keep",
    zeros: str = "keep",
    limits: str = "limit",
    zone: str | None = None,
    dates: str | None = None,
) -> tuple[Panel, Report]:
    """The series in a table, complete and on a regular calendar, and the report of how they were read.

    target: a column or several (several make several series). series: a column, or several that name the series
    together. decimal: "." or ",". duplicates: how values of the same time are merged, one of mean, sum, first, last,
    min, max. covariates: columns of numbers to carry beside the values. outliers, zeros: "keep", or "missing" to leave
    out what the report flags. limits: how "<0.02" and ">100" are read: "limit" as the number, "half" (of a limit that
    values are below), or "missing". zone: such as "Europe/Berlin", of times that have none in the file; else the one
    they are shown by. dates: one of the readings that a question about dates offered.
    Raises AmbiguousInput where two readings fit (ask, then call again with the answer), DataError where the table
    cannot be used.
    """
    _check_choices(duplicates, outliers, zeros, limits)
    check_zone(zone)
    table = join_numbers(in_latin_digits(table), decimal)
    keys = series_columns(series)
    if not {name for name in (time, *_listed(target)) if name is not None} & set(table.columns):
        table = melt(table, keys)
        series = _melted(table, keys, series)
    typed = read_limits(find_roles(table, time, target, series, day_first, zone, dates), limits)
    roles = typed.roles
    _check_order(table, typed)
    typed = dataclasses.replace(typed, times=by_local_days(typed.times, zone_of(typed.times, zone), frequency))
    shown = zone_of(typed.times, zone)
    on_the_clock = by_the_clock(typed.times, shown, frequency)
    if on_the_clock is not None:
        typed = dataclasses.replace(typed, times=on_the_clock)
    mark = decimal_mark(table, typed, decimal)
    observed, rows, row_notes = observe(table, typed, mark.decimal)
    set_forward = skipped(typed.times, table) if zone is None else []
    notes = [
        *table.notes,
        *_time_notes(typed, shown, kept=on_the_clock is not None),
        *set_forward,
        *mark.notes,
        *number_notes(table, typed),
        *row_notes,
    ]
    stamps = Stamps.of(rows.codes[rows.usable], typed.times.stamps[rows.usable])
    if frequency is not None:
        calendar = Frequency(frequency, Message("intake.why.chosen"))
    else:
        calendar = infer(stamps, roles.time)
        closed = closing_days(observed) if calendar.alias == "D" else None
        if closed is not None:
            calendar = Frequency(closed.frequency, Message("intake.why.closed-days", days=names(closed.weekdays)))
            observed, open_rows = closed.without(observed), ~closed.holds(typed.times.stamps)
            rows = dataclasses.replace(rows, usable=rows.usable & open_rows, beyond=rows.beyond & open_rows)
            notes.append(closed.note)
        if trading.opening_hours(calendar.alias):
            notes.append(note_on(calendar.alias))
        if calendar.alias.startswith("C-") and not trading.open_days(calendar.alias):
            notes.append(Note("calendar", Message("intake.note.exchange", reason=calendar.reason)))
    settled, settle_notes = settle(
        observed,
        calendar.alias,
        roles.time,
        duplicates,
        irregular=frequency is not None and is_irregular(stamps, roles.time),
    )
    seasons = seasons_of(calendar.alias)
    screened = screen(settled, seasons, outliers, zeros)
    notes.extend([*settle_notes, *screened.notes])
    frame, ahead = screened.frame, None
    offered = [name for name in typed.candidates["target"] if name not in roles.target]
    if covariates:
        carried = add_covariates(frame, table, covariates, typed, rows, calendar.alias, mark.decimal)
        frame, ahead = carried.frame, carried.ahead
        notes.extend(carried.notes)
    gaps = screened.filled[["unique_id", "ds"]]
    apart = rows.keys(roles, [str(name) for name in frame["unique_id"].unique()])
    panel = Panel(frame, calendar.alias, seasons, table.name, ahead, gaps, apart)
    report = Report(
        roles=roles,
        candidates={**typed.candidates, "covariates": offered},
        frequency=calendar.alias,
        frequency_reason=calendar.reason,
        seasons=seasons,
        timezone=typed.times.zone,
        filled=screened.filled,
        merged=settled.merged,
        aggregation=settled.aggregation,
        notes=tuple(notes),
        outliers=screened.outliers,
        zeros=screened.zeros,
        limits=sum(int(typed.numbers[target].limited.sum()) for target in roles.target),
        decimal=mark.decimal,
        assumptions=(*table.assumptions, *_assumed(table, typed, mark, calendar, day_first)),
        covariates=tuple(panel.covariates),
        known_ahead=tuple(known_ahead(typed, offered, rows)),
        beyond=int(rows.beyond.sum()),
        notation=notation_of(table, typed, mark.decimal, panel, shown, kept=on_the_clock is not None),
    )
    return panel, report


def _listed(names: str | Sequence[str] | None) -> list[str]:
    return [names] if isinstance(names, str) else list(names or [])


def _melted(table: Table, keys: list[str], series: str | Sequence[str] | None) -> str | Sequence[str] | None:
    """The series columns that were chosen, by their name in a melted table."""
    together = " / ".join(keys)
    return together if keys and together in table.columns else series


def _check_choices(duplicates: str | None, outliers: str, zeros: str, limits: str) -> None:
    for field, value, choices in (
        ("duplicates", duplicates, AGGREGATIONS),
        ("outliers", outliers, KEPT),
        ("zeros", zeros, KEPT),
        ("limits", limits, LIMITS),
    ):
        if value is not None and value not in choices:
            raise DataError(Message("intake.column.no-choice", field=field, value=value, choices=choices), field=field)


def _assumed(
    table: Table, typed: TypedColumns, mark: Mark, calendar: Frequency, day_first: bool | str | None
) -> list[Assumption]:
    """Roles, the writing of dates and numbers, and the frequency, each with its evidence."""
    roles, times = typed.roles, typed.times
    why = Message("intake.why.every-date")
    if day_first is not None:
        why = Message("intake.why.chosen")
    elif times.proof is not None:
        cell, row = table.cells[roles.time][times.proof].as_py(), int(table.rows[times.proof])
        why = Message("intake.why.order", cell=cell, row=row)
    return [
        Assumption("time", roles.time, roles.reasons["time"], "time"),
        Assumption("dates", times.written, why, "day_first" if times.orders or times.proof is not None else ""),
        Assumption("target", roles.target, roles.reasons["target"], "target"),
        Assumption("series", roles.series, roles.reasons["series"], "series"),
        Assumption("decimal", mark.decimal, mark.evidence, "decimal"),
        Assumption("frequency", calendar.alias, calendar.reason, "frequency"),
    ]


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
