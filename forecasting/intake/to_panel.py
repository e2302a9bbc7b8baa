"""Table -> Panel: the columns read as time, values and series names, put on a regular calendar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from forecasting.errors import DataError
from forecasting.intake.calendar.covariates import add_covariates, known_ahead
from forecasting.intake.calendar.frequency import Stamps
from forecasting.intake.calendar.groups import group_columns
from forecasting.intake.calendar.lone_keys import check_answer, check_keys, check_unique_id, series_by
from forecasting.intake.calendar.other_frequencies import set_apart
from forecasting.intake.calendar.regular import Regular, regular
from forecasting.intake.calendar.repair import AGGREGATIONS
from forecasting.intake.calendar.screening import KEPT
from forecasting.intake.columns.number_notes import LIMITS
from forecasting.intake.columns.series_role import series_columns
from forecasting.intake.columns.time.daylight_saving import check_zone
from forecasting.intake.many_files import join_files
from forecasting.intake.notes import Note
from forecasting.intake.one_table import Understood, understand
from forecasting.intake.own_notation import notation_of
from forecasting.intake.report import Report
from forecasting.intake.text.table import Table
from forecasting.messages import Message
from forecasting.panel import Panel

FILES = ("join", "apart")  # whether files without a column of series continue each other


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
    lone: str | None = None,
    files: str | None = None,
) -> tuple[Panel, Report]:
    """The series in a table, complete and on a regular calendar, and the report of how they were read.

    target: a column or several (several make several series). series: a column, or several that name the series
    together; "" for none. decimal: "." or ",". duplicates: how values of the same time are merged, one of mean, sum,
    first, last, min, max. covariates: columns of numbers to carry beside the values. outliers, zeros: "keep", or
    "missing" to leave out what the report flags. limits: how "<0.02" and ">100" are read: "limit" as the number, "half"
    (of a limit that values are below), or "missing". zone: such as "Europe/Berlin", of times that have none in the
    file; else the one they are shown by. dates: one of the readings that a question about dates offered. lone: where
    the series column gives nearly each row a series of its own, "keep" takes it, "without" leaves it out, the name of
    another column is taken instead. files: whether files of one table without series columns are one series ("join")
    or one each ("apart"). For a table of several files see `join_files`.
    Raises AmbiguousInput where two readings fit (ask, then call again with the answer), DataError where the table
    cannot be used.
    """
    _check_choices(duplicates=duplicates, outliers=outliers, zeros=zeros, limits=limits, files=files)
    check_zone(zone)
    columns: dict[str, Any] = {"time": time, "target": target, "series": series}
    cells: dict[str, Any] = {"day_first": day_first, "decimal": decimal, "limits": limits, "zone": zone, "dates": dates}
    calendar: dict[str, Any] = {"frequency": frequency, "duplicates": duplicates, "outliers": outliers, "zeros": zeros}
    if table.files:
        return join_files(
            table, columns=columns, cells=cells, calendar=calendar, covariates=covariates, lone=lone, files=files
        )
    check_answer(lone, table.columns)
    columns["series"] = series_by(lone, series)
    one = understand(table, frequency=frequency, **columns, **cells)
    _check_series(table, one, series, lone)
    apart = set_apart(one.observed, frequency)
    if len(apart.left):
        one = one.without(apart.observed, apart.left)
    usable = one.rows.usable
    stamps = Stamps.of(one.rows.codes[usable], one.typed.times.stamps[usable])
    on = regular(one.observed, stamps, one.typed.roles.time, **calendar)
    if on.closed is not None:
        one = one.on_open_days(on.closed)
    return _reported(one, on, apart.notes, covariates)


def _reported(
    one: Understood, on: Regular, apart: Sequence[Note], covariates: Sequence[str] | None
) -> tuple[Panel, Report]:
    """The Panel, with its covariates, and the report."""
    table, typed, roles, alias = one.table, one.typed, one.typed.roles, on.calendar.alias
    notes, frame, ahead = [*one.notes, *apart, *on.notes], on.frame, None
    offered = [name for name in typed.candidates["target"] if name not in roles.target]
    if covariates:
        carried = add_covariates(frame, table, covariates, typed, one.rows, alias, one.mark.decimal)
        frame, ahead = carried.frame, carried.ahead
        notes.extend(carried.notes)
    groups = group_columns(table, typed, one.rows.codes, one.rows.usable)
    keys = one.rows.keys(roles, [str(name) for name in frame["unique_id"].unique()], groups)
    panel = Panel(frame, alias, on.seasons, table.name, ahead, on.filled[["unique_id", "ds"]], keys)
    report = Report(
        roles=roles,
        candidates={**typed.candidates, "covariates": offered},
        frequency=alias,
        frequency_reason=on.calendar.reason,
        seasons=on.seasons,
        timezone=typed.times.zone,
        filled=on.filled,
        merged=on.merged,
        aggregation=on.aggregation,
        notes=tuple(notes),
        outliers=on.outliers,
        zeros=on.zeros,
        limits=one.limited,
        decimal=one.mark.decimal,
        assumptions=(*table.assumptions, *one.assumptions, on.assumption),
        covariates=tuple(panel.covariates),
        known_ahead=tuple(known_ahead(typed, offered, one.rows)),
        beyond=int(one.rows.beyond.sum()),
        notation=notation_of(table, typed, one.mark.decimal, panel, one.zone, kept=one.kept),
    )
    return panel, report


def _check_series(table: Table, one: Understood, series: str | Sequence[str] | None, lone: str | None) -> None:
    """AmbiguousInput where the column of series is nearly unique; one called unique_id is one to begin with."""
    if one.table.cells.num_columns == table.cells.num_columns and set(one.table.columns) == set(table.columns):
        keys, others = series_columns(one.typed.roles.series), one.typed.candidates["series"]
        check_keys(one.observed, keys, others, lone)
        if series is None and lone is None and "unique_id" in table.columns and "unique_id" not in keys:
            check_unique_id(table, others)


def _check_choices(**choices: str | None) -> None:
    known = {"duplicates": AGGREGATIONS, "outliers": KEPT, "zeros": KEPT, "limits": LIMITS, "files": FILES}
    for field, value in choices.items():
        if value is not None and value not in known[field]:
            raise DataError(
                Message("intake.column.no-choice", field=field, value=value, choices=known[field]), field=field
            )
