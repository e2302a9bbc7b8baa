"""Table -> Panel: the columns read as time, values and series names, put on a regular calendar."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.errors import AmbiguousInput, DataError
from forecasting.intake.calendar import Frequency, Stamps, infer, seasons_of
from forecasting.intake.covariates import add_covariates
from forecasting.intake.dates import LOCAL
from forecasting.intake.decimals import Mark, decimal_mark
from forecasting.intake.notes import Assumption, Note, count_of, some
from forecasting.intake.repair import AGGREGATIONS, Observed, regularise
from forecasting.intake.report import Report
from forecasting.intake.roles import Found, find_roles
from forecasting.intake.table import Table
from forecasting.intake.unfold import join_decimals, unfold
from forecasting.panel import Panel

FEW = 0.2  # share of rows of another length up to which they are set aside; above it nothing can be trusted


def to_panel(
    table: Table,
    *,
    time: str | None = None,
    target: str | Sequence[str] | None = None,
    series: str | None = None,
    frequency: str | None = None,
    day_first: bool | str | None = None,
    decimal: str | None = None,
    duplicates: str | None = None,
    covariates: Sequence[str] | None = None,
) -> tuple[Panel, Report]:
    """The series in a table, complete and on a regular calendar, and the report of how they were read.

    target: a column or several (several make several series). decimal: "." or ",". duplicates: how values of the same
    time are merged, one of mean, sum, first, last, min, max. Raises AmbiguousInput where two readings fit (ask, then
    call again with the answer), DataError where the table cannot be used.
    """
    if duplicates is not None and duplicates not in AGGREGATIONS:
        raise DataError(
            f"duplicates is {duplicates!r}; it must be one of {', '.join(AGGREGATIONS)}.", field="duplicates"
        )
    table = join_decimals(table, decimal)
    if time is None and target is None and series is None:
        table = unfold(table)
    found = find_roles(table, time, target, series, day_first)
    roles = found.roles
    _check_order(table, found)
    mark = decimal_mark(table, found, decimal)
    notes = [*table.notes, *_time_notes(found), *mark.notes, *_dress_notes(found)]
    observed, rows = _observe(table, found, mark.decimal, notes)
    reason = "you chose it"
    if frequency is None:
        inferred = infer(Stamps.of(rows.codes[rows.usable], found.times.stamps[rows.usable]), roles.time)
        frequency, reason = inferred.alias, inferred.reason
        if frequency.startswith("C-"):
            notes.append(Note("calendar", f"The calendar is that of an exchange: {reason}."))
    frame, repairs, repair_notes = regularise(observed, frequency, roles.time, duplicates)
    notes.extend(repair_notes)
    if covariates:
        base = len(observed.ids) // len(roles.target)
        ids = [observed.ids[start : start + base] for start in range(0, len(observed.ids), base)]
        ds, usable = found.times.stamps, rows.usable
        frame, more = add_covariates(frame, table, covariates, ids, rows.codes, ds, usable, frequency, mark.decimal)
        notes.extend(more)
    seasons = seasons_of(frequency)
    panel = Panel(frame, frequency, seasons, table.name)
    report = Report(
        roles=roles,
        candidates={**found.candidates, "covariates": _remaining(found)},
        frequency=frequency,
        frequency_reason=reason,
        seasons=seasons,
        timezone=found.times.zone,
        filled=repairs.filled,
        merged=repairs.merged,
        aggregation=repairs.aggregation,
        notes=tuple(notes),
        decimal=mark.decimal,
        assumptions=(*table.assumptions, *_assumed(table, found, mark, Frequency(frequency, reason), day_first)),
    )
    return panel, report


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


def _remaining(found: Found) -> list[str]:
    """Columns of numbers that are not forecast: they can be covariates."""
    return [name for name in found.candidates["target"] if name not in found.roles.target]


def _time_notes(found: Found) -> list[Note]:
    times, column = found.times, found.roles.time
    notes = [Note("time", note) for note in found.time_notes]
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


@dataclasses.dataclass(frozen=True, eq=False)
class _Rows:
    """The series that each row of the table belongs to, and whether it has a time and stands for itself."""

    codes: npt.NDArray[np.int64]
    usable: npt.NDArray[np.bool_]


def _observe(table: Table, found: Found, decimal: str, notes: list[Note]) -> tuple[Observed, _Rows]:
    """One entry a series and time that the file gives a value for, in the order of the file; and what each row is."""
    roles = found.roles
    usable = found.times.ok.copy()
    if not usable.all():
        rows = table.rows[~usable]
        notes.append(_dropped("time", rows, f"no readable time in column {roles.time!r}"))
    if len(table.ragged):
        doubtful = usable & np.isin(table.rows, table.ragged)
        if len(table.ragged) > FEW * len(table):
            raise DataError(
                f"{len(table.ragged):,} of {len(table):,} records have more or fewer cells than the others, first in "
                f"line {table.ragged[0]}. If numbers have a decimal comma, separate the cells by semicolons.",
                row=int(table.ragged[0]),
            )
        usable &= ~doubtful
        if doubtful.any():
            notes.append(_dropped("ragged", table.rows[doubtful], "their cells may stand in the wrong columns"))
    names, codes = _series_of(table, roles.series, usable, notes)
    parts = []
    for number, target in enumerate(roles.target):
        values, odd = found.numbers[target].values(decimal)
        if odd.any():
            shown = ", ".join(repr(found.numbers[target].original[int(i)].as_py()) for i in np.flatnonzero(odd)[:3])
            notes.append(
                Note(
                    "not a number",
                    f"{count_of(int(odd.sum()), 'cell')} of column {target!r} without a number ({shown}): missing.",
                    int(odd.sum()),
                    some(table.rows[odd]),
                    f"{count_of(int(odd.sum()), 'cell')} without a number",
                )
            )
        keep = usable & np.isfinite(values)
        missing = usable & ~keep & ~odd
        if missing.any():
            notes.append(_missing(table, target, missing))
        parts.append((np.flatnonzero(keep), np.full(int(keep.sum()), number), values[keep]))
    if not sum(len(part[0]) for part in parts):
        raise DataError(
            f"The value column{'s' * (len(roles.target) > 1)} {', '.join(map(repr, roles.target))} "
            "hold no number in any row with a time.",
            field="target",
        )
    at = np.concatenate([part[0] for part in parts])
    position = np.concatenate([part[1] for part in parts])
    y = np.concatenate([part[2] for part in parts])
    ids = _ids(names, roles.series, roles.target)
    seen = Observed(ids, codes[at] + position * len(names), found.times.stamps[at], y, table.rows[at])
    return seen, _Rows(codes, usable)


def _missing(table: Table, target: str, missing: npt.NDArray[np.bool_]) -> Note:
    count = int(missing.sum())
    message = (
        f"{count_of(count, 'row', 'has')} no value in column {target!r}. Nothing is filled before the first and after "
        "the last value; in between the last value is carried on."
    )
    return Note("missing", message, count, some(table.rows[missing]))


def _ids(names: list[str], series: str | None, targets: list[str]) -> list[str]:
    if series is None:
        return list(targets)
    if len(targets) == 1:
        return names
    return [f"{name} / {target}" for target in targets for name in names]


def _series_of(
    table: Table, series: str | None, usable: npt.NDArray[np.bool_], notes: list[Note]
) -> tuple[list[str], npt.NDArray[np.int64]]:
    if series is None:
        return [""], np.zeros(len(table), dtype=np.int64)
    encoded = table.cells[series].combine_chunks().dictionary_encode()
    names = [(name or "").strip() or "(blank)" for name in encoded.dictionary.to_pylist()]
    codes = encoded.indices.fill_null(len(names)).to_numpy(zero_copy_only=False).astype(np.int64)
    names.append("(blank)")
    final, first = np.unique(np.array(names, dtype=object), return_inverse=True)
    order = pd.factorize(first[codes])  # names in the order of the file, so that series keep it
    blank = np.array([final[i] == "(blank)" for i in order[1]])[order[0]] & usable
    if blank.any():
        notes.append(
            Note(
                "series",
                f"{int(blank.sum()):,} rows have no name in column {series!r}; they form the series '(blank)'.",
                int(blank.sum()),
                some(table.rows[blank]),
                f"{int(blank.sum()):,} rows without a series name",
            )
        )
    return [str(final[i]) for i in order[1]], order[0].astype(np.int64)


def _dropped(kind: str, rows: npt.NDArray[np.int64], why: str) -> Note:
    count = len(rows)
    summary = f"{count_of(count, 'row')} dropped"
    return Note(kind, f"{count_of(count, 'row', 'was')} dropped: {why}.", count, some(rows), summary)
