"""Table -> Panel: the columns read as time, values and series names, put on a regular calendar."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from forecasting.errors import AmbiguousInput, DataError
from forecasting.intake.calendar.checks import KEPT, check
from forecasting.intake.calendar.covariates import add_covariates, known_ahead
from forecasting.intake.calendar.frequency import Frequency, Stamps, infer, seasons_of
from forecasting.intake.calendar.observations import observe
from forecasting.intake.calendar.repair import AGGREGATIONS, settle
from forecasting.intake.columns.dates import LOCAL
from forecasting.intake.columns.decimals import Mark, decimal_mark
from forecasting.intake.columns.melt import join_decimals, unfold
from forecasting.intake.columns.roles import Found, find_roles
from forecasting.intake.columns.zones import check_zone, skipped
from forecasting.intake.notes import Assumption, Note, count_of
from forecasting.intake.report import Report
from forecasting.intake.text.table import Table
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
    zone: str | None = None,
) -> tuple[Panel, Report]:
    """The series in a table, complete and on a regular calendar, and the report of how they were read.

    target: a column or several (several make several series). series: a column, or several that name the series
    together. decimal: "." or ",". duplicates: how values of the same time are merged, one of mean, sum, first, last,
    min, max. covariates: columns of numbers to carry beside the values. outliers, zeros: "keep", or "missing" to leave
    out what the report flags. zone: of times that have none in the file, such as "Europe/Berlin".
    Raises AmbiguousInput where two readings fit (ask, then call again with the answer), DataError where the table
    cannot be used.
    """
    _check_choices(duplicates, outliers, zeros)
    check_zone(zone)
    table = join_decimals(table, decimal)
    if time is None and target is None and series is None:
        table = unfold(table)
    found = find_roles(table, time, target, series, day_first, zone)
    roles = found.roles
    _check_order(table, found)
    mark = decimal_mark(table, found, decimal)
    observed, rows, row_notes = observe(table, found, mark.decimal)
    put_forward = skipped(found.times, table) if zone is None else []
    notes = [*table.notes, *_time_notes(found), *put_forward, *mark.notes, *_dress_notes(found), *row_notes]
    chosen = Frequency(frequency, "you chose it") if frequency is not None else None
    frequent = chosen or infer(Stamps.of(rows.codes[rows.usable], found.times.stamps[rows.usable]), roles.time)
    if chosen is None and frequent.alias.startswith("C-"):
        notes.append(Note("calendar", f"The calendar is that of an exchange: {frequent.reason}."))
    settled, settle_notes = settle(observed, frequent.alias, roles.time, duplicates)
    seasons = seasons_of(frequent.alias)
    checked = check(settled, seasons, outliers, zeros)
    notes.extend([*settle_notes, *checked.notes])
    frame, ahead = checked.frame, None
    offered = [name for name in found.candidates["target"] if name not in roles.target]
    if covariates:
        carried = add_covariates(frame, table, covariates, found, rows, frequent.alias, mark.decimal)
        frame, ahead = carried.frame, carried.ahead
        notes.extend(carried.notes)
    panel = Panel(frame, frequent.alias, seasons, table.name, ahead)
    report = Report(
        roles=roles,
        candidates={**found.candidates, "covariates": offered},
        frequency=frequent.alias,
        frequency_reason=frequent.reason,
        seasons=seasons,
        timezone=found.times.zone,
        filled=checked.filled,
        merged=settled.merged,
        aggregation=settled.aggregation,
        notes=tuple(notes),
        outliers=checked.outliers,
        zeros=checked.zeros,
        decimal=mark.decimal,
        assumptions=(*table.assumptions, *_assumed(table, found, mark, frequent, day_first)),
        covariates=tuple(panel.covariates),
        known_ahead=tuple(known_ahead(found, offered, rows)),
        beyond=int(rows.beyond.sum()),
    )
    return panel, report


def _check_choices(duplicates: str | None, outliers: str, zeros: str) -> None:
    for field, value, choices in (
        ("duplicates", duplicates, AGGREGATIONS),
        ("outliers", outliers, KEPT),
        ("zeros", zeros, KEPT),
    ):
        if value is not None and value not in choices:
            raise DataError(f"{field} is {value!r}; it must be one of {', '.join(choices)}.", field=field)


def _assumed(
    table: Table, found: Found, mark: Mark, frequency: Frequency, day_first: bool | str | None
) -> list[Assumption]:
    """Roles, the writing of dates and numbers, and the frequency, each with its evidence."""
    roles, times = found.roles, found.times
    why = "every date that is held fits it"
    if day_first is not None:
        why = "you chose it"
    elif times.proof is not None:
        cell = table.cells[roles.time][times.proof].as_py()
        why = f"{cell!r} in line {table.rows[times.proof]} can be read in no other order"
    return [
        Assumption("time", roles.time, roles.reasons["time"], "time"),
        Assumption("dates", times.format, why, "day_first" if times.orders or times.proof is not None else ""),
        Assumption("target", roles.target, roles.reasons["target"], "target"),
        Assumption("series", roles.series, roles.reasons["series"], "series"),
        Assumption("decimal", mark.decimal, mark.evidence, "decimal"),
        Assumption("frequency", frequency.alias, frequency.reason, "frequency"),
    ]


def _time_notes(found: Found) -> list[Note]:
    times, column = found.times, found.roles.time
    notes = [Note("roles", note) for note in found.time_notes]
    if times.format not in ("year-month-day", "whole numbers"):
        notes.append(Note("time", f"Column {column!r} was read as {times.format}."))
    if times.format.endswith(LOCAL):
        notes.append(Note("time zone", f"The times are midnights in {times.zone}; their dates were kept."))
    elif times.zone not in (None, "UTC"):
        notes.append(Note("time zone", f"The times are in {times.zone}; they were turned into UTC."))
    return notes


def _dress_notes(found: Found) -> list[Note]:
    return [
        Note("number format", f"{count_of(count, 'cell', 'has')} {what} in column {target!r}; it was taken off.", count)
        for target in found.roles.target
        for what, count in found.numbers[target].dress
    ]


def _check_order(table: Table, found: Found) -> None:
    """Raises AmbiguousInput where days and months can change places, DataError where they do within the column."""
    times, column = found.times, found.roles.time
    cells = table.cells[column]
    if times.mixed is not None:
        day, month = times.mixed
        raise DataError(
            f"Column {column!r} has dates with the day first ({cells[day].as_py()!r}, line {table.rows[day]}) and "
            f"with the month first ({cells[month].as_py()!r}, line {table.rows[month]}). Write them in one way.",
            field="time",
            column=column,
            row=int(table.rows[month]),
        )
    if times.orders:
        at = int(np.flatnonzero(times.present)[0])
        raise AmbiguousInput(
            f"The dates in column {column!r} fit more than one order of day, month and year "
            f"(the first is {cells[at].as_py()!r}).",
            question="Day or month first?",
            argument="day_first",
            choices=times.orders,
            column=column,
            row=int(table.rows[at]),
        )
