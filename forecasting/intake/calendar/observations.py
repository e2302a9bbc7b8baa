"""Roles and cells -> observations: which series, time and value each row stands for, and what it lacks."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc

from forecasting.errors import DataError
from forecasting.intake.calendar.repair import Observed
from forecasting.intake.columns.roles import Found, series_columns
from forecasting.intake.notes import NAMED, Note, count_of, some
from forecasting.intake.text.table import Table

FEW = 0.2  # share of rows of another length up to which they are set aside; above it nothing can be trusted
BLANK = "(blank)"

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclasses.dataclass(frozen=True, eq=False)
class Rows:
    """What each row of the table is.

    names: of the series, by code. codes: each row's. usable: it has a time and stands for itself. beyond: it is later
    than the last value of its series, so that it can only tell what is known ahead.
    """

    names: list[str]
    codes: Ints
    usable: Flags
    beyond: Flags

    def ids(self, found: Found) -> list[list[str]]:
        """The unique_id of each code, for each value column."""
        roles = found.roles
        if roles.series is None:
            return [[target] for target in roles.target]
        if len(roles.target) == 1:
            return [self.names]
        return [[f"{name} / {target}" for name in self.names] for target in roles.target]


def observe(table: Table, found: Found, decimal: str) -> tuple[Observed, Rows, list[Note]]:
    """One entry a series and time that the file gives a value for, in the order of the file; and what each row is."""
    roles = found.roles
    notes: list[Note] = []
    usable = _usable(table, found, notes)
    for column in series_columns(roles.series) if table.dialect.delimiter else []:
        unsure = usable & np.asarray(table.cells[column].is_null())  # not empty: torn off by a damaged separator
        if unsure.any():
            notes.append(_dropped("series", table.rows[unsure], f"the cell of column {column!r} is not there"))
            usable &= ~unsure
    names, codes = _series_of(table, roles.series, usable, notes)
    parts = []
    blank = np.zeros((len(roles.target), len(table)), dtype=bool)
    for number, target in enumerate(roles.target):
        values, odd = found.numbers[target].values(decimal)
        if (odd & usable).any():
            notes.append(_odd(table, found, target, odd & usable))
        keep = usable & np.isfinite(values)
        blank[number] = usable & ~keep & ~odd
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
    rows = Rows(names, codes, usable, np.zeros(len(table), dtype=bool))
    ids = [name for part in rows.ids(found) for name in part]
    stamps = found.times.stamps
    seen = Observed(ids, codes[at] + position * len(names), stamps[at], y, table.rows[at])
    firsts, lasts = _spans(seen)
    for number, target in enumerate(roles.target):
        series = codes + number * len(names)
        notes.extend(_blanks(table, target, blank[number], stamps, firsts[series], lasts[series]))
    notes.extend(_empty(ids, lasts, np.unique(codes[usable]), len(names)))
    latest = lasts.reshape(len(roles.target), -1).max(axis=0)
    beyond = usable & (stamps.astype(np.int64) > latest[codes]) & (latest[codes] > _NEVER)
    return seen, dataclasses.replace(rows, beyond=beyond), notes


_NEVER = np.iinfo(np.int64).min


def _spans(seen: Observed) -> tuple[Ints, Ints]:
    """First and last time of each series; later than every time and earlier than every time where it has none."""
    firsts = np.full(len(seen.ids), np.iinfo(np.int64).max)
    lasts = np.full(len(seen.ids), _NEVER)
    spans = pd.Series(seen.ds.astype(np.int64)).groupby(seen.codes).agg(["min", "max"])
    firsts[spans.index.to_numpy()] = spans["min"].to_numpy()
    lasts[spans.index.to_numpy()] = spans["max"].to_numpy()
    return firsts, lasts


def _usable(table: Table, found: Found, notes: list[Note]) -> Flags:
    usable: Flags = found.times.ok.copy()
    if not usable.all():
        rows = table.rows[~usable]
        notes.append(_dropped("time", rows, f"no readable time in column {found.roles.time!r}"))
    if not len(table.ragged):
        return usable
    doubtful = usable & np.isin(table.rows, table.ragged)
    if len(table.ragged) > FEW * len(table):
        raise DataError(
            f"{len(table.ragged):,} of {len(table):,} records have more or fewer cells than the others, first in "
            f"line {table.ragged[0]}. If numbers have a decimal comma, separate the cells by semicolons.",
            row=int(table.ragged[0]),
        )
    if doubtful.any():
        notes.append(_dropped("ragged", table.rows[doubtful], "their cells may stand in the wrong columns"))
    return usable & ~doubtful


def _odd(table: Table, found: Found, target: str, odd: Flags) -> Note:
    count = int(odd.sum())
    shown = ", ".join(repr(found.numbers[target].original[int(i)].as_py()) for i in np.flatnonzero(odd)[:3])
    message = f"{count_of(count, 'cell')} of column {target!r} without a number ({shown}): missing."
    return Note("not a number", message, count, some(table.rows[odd]), f"{count_of(count, 'cell')} without a number")


def _blanks(
    table: Table, target: str, blank: Flags, stamps: npt.NDArray[np.generic], first: Ints, last: Ints
) -> list[Note]:
    """Rows without a value: before the first, after the last, and between them."""
    times = stamps.astype(np.int64)
    notes = []
    for kind, where, words in (
        ("leading blanks", (times < first) & (last > _NEVER), "before its first value; the series begins there"),
        ("trailing blanks", (times > last) & (last > _NEVER), "after its last value; the series ends there"),
        ("missing", (times >= first) & (times <= last), "between others; the last value before is carried on"),
    ):
        rows = table.rows[blank & where]
        if len(rows):
            message = f"{count_of(len(rows), 'row', 'has')} no value in column {target!r} {words}."
            notes.append(Note(kind, message, len(rows), some(rows)))
    return notes


def _empty(ids: list[str], lasts: Ints, used: Ints, names: int) -> list[Note]:
    empty = [name for at, name in enumerate(ids) if lasts[at] == _NEVER and at % names in used]
    if not empty:
        return []
    shown = ", ".join(map(repr, empty[:5])) + ", …" * (len(empty) > 5)
    message = f"{count_of(len(empty), 'series')} without any value left out: {shown}."
    return [
        Note("empty series", message, len(empty), (), f"{len(empty):,} empty series left out", tuple(empty[:NAMED]))
    ]


def _series_of(
    table: Table, series: str | list[str] | None, usable: Flags, notes: list[Note]
) -> tuple[list[str], Ints]:
    columns = series_columns(series)
    if not columns:
        return [""], np.zeros(len(table), dtype=np.int64)
    names, codes = _named(table, columns[0])
    for column in columns[1:]:
        more, inner = _named(table, column)
        pairs = pd.factorize(codes * len(more) + inner)
        names = [f"{names[int(pair) // len(more)]} / {more[int(pair) % len(more)]}" for pair in pairs[1]]
        codes = pairs[0].astype(np.int64)
    blank = np.array([BLANK in name.split(" / ") for name in names])[codes] & usable
    if blank.any():
        count = int(blank.sum())
        message = f"{count_of(count, 'row', 'has')} no name in column {' or '.join(map(repr, columns))}: {BLANK!r}."
        summary = f"{count_of(count, 'row')} without a series name"
        notes.append(Note("series", message, count, some(table.rows[blank]), summary))
    return names, codes


def _named(table: Table, column: str) -> tuple[list[str], Ints]:
    """The different names of a column in the order of the file, blanks around them taken off; each row's code."""
    encoded = table.cells[column].combine_chunks().dictionary_encode()
    names = [(name or "").strip() or BLANK for name in encoded.dictionary.to_pylist()]
    codes = pc.fill_null(encoded.indices, len(names)).to_numpy(zero_copy_only=False).astype(np.int64)
    names.append(BLANK)
    final, first = np.unique(np.array(names, dtype=object), return_inverse=True)
    order = pd.factorize(first[codes])
    return [str(final[i]) for i in order[1]], order[0].astype(np.int64)


def _dropped(kind: str, rows: Ints, why: str) -> Note:
    count = len(rows)
    summary = f"{count_of(count, 'row')} dropped"
    return Note(kind, f"{count_of(count, 'row', 'was')} dropped: {why}.", count, some(rows), summary)
