"""Roles and cells -> observations: which series, time and value each row stands for, and what it lacks."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc

from forecasting.errors import DataError
from forecasting.intake.calendar.repair import Observed
from forecasting.intake.columns.roles import TypedColumns
from forecasting.intake.columns.series_role import series_columns
from forecasting.intake.notes import NAMED, Note, first_of, some
from forecasting.intake.report import Roles
from forecasting.intake.text.table import Table
from forecasting.messages import Message

FEW = 0.2  # share of rows of another length up to which they are dropped; above it the file is refused
BLANK = "(blank)"
JOINT = " / "  # between the columns that name a series together

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclasses.dataclass(frozen=True, eq=False)
class Rows:
    """What each row of the table is.

    parts: what each column that names the series says, by code. codes: each row's. usable: it has a time and stands for
    itself. beyond: it is later than the last value of its series, so that only covariates known ahead can be in it.
    given_ids: the unique_id of each code, column after column, where other files have a say in it.
    """

    parts: list[tuple[str, ...]]
    codes: Ints
    usable: Flags
    beyond: Flags
    given_ids: list[str] | None = None

    @property
    def names(self) -> list[str]:
        """Of the series, by code."""
        return [JOINT.join(of_name) for of_name in self.parts]

    def ids(self, roles: Roles) -> list[list[str]]:
        """The unique_id of each code, for each value column."""
        if self.given_ids is not None:
            count = len(self.names)
            return [self.given_ids[at : at + count] for at in range(0, len(self.given_ids), count)]
        if roles.series is None:
            return [[target] for target in roles.target]
        names = self.names
        if len(roles.target) == 1:
            return [names]
        return [[f"{name} / {target}" for name in names] for target in roles.target]

    def keys(
        self, roles: Roles, series_ids: Sequence[str], groups: Mapping[str, Sequence[str]] | None = None
    ) -> pd.DataFrame | None:
        """What tells the series apart, a column a key of the file and one for several value columns; None where it is
        a single column. A melted column that several were joined in counts as these. groups: further columns and what
        they say by code, which come first."""
        columns = series_columns(roles.series)
        values = self.parts
        if len(columns) == 1:
            melted = columns[0].split(JOINT)
            split = [tuple(name.split(JOINT)) for name in self.names]
            if all(len(of_name) == len(melted) for of_name in split):
                columns, values = melted, split
        for name, words in reversed(list((groups or {}).items())):
            if name not in columns:
                columns = [name, *columns]
                values = [(word, *of_name) for word, of_name in zip(words, values, strict=True)]
        if len(roles.target) > 1:
            columns = [*columns, _unlike("column", columns)] if roles.series is not None else ["column"]
        if len(columns) < 2:
            return None
        of_id: dict[str, list[str]] = {}
        for target, ids in zip(roles.target, self.ids(roles), strict=True):
            several = [target] if len(roles.target) > 1 else []
            of_id |= {name: [*of_name, *several] for name, of_name in zip(ids, values, strict=True)}
        return pd.DataFrame([of_id[name] for name in series_ids], columns=columns, dtype=object)


def observe(table: Table, typed: TypedColumns, decimal: str) -> tuple[Observed, Rows, list[Note]]:
    """One entry for each value in the file, in its order; and what each row is."""
    roles = typed.roles
    notes: list[Note] = []
    usable = _usable(table, typed, notes)
    for column in series_columns(roles.series) if table.dialect.delimiter else []:
        unsure = usable & np.asarray(table.cells[column].is_null())  # not empty: torn off by a damaged separator
        if unsure.any():
            why = Message("intake.dropped.no-series", column=column)
            notes.append(_dropped("series", table.rows[unsure], why))
            usable &= ~unsure
    names, codes = _series_of(table, roles.series, usable, notes)
    parts = []
    blank = np.zeros((len(roles.target), len(table)), dtype=bool)
    for number, target in enumerate(roles.target):
        values, odd = typed.numbers[target].values(decimal)
        if (odd & usable).any():
            notes.append(_no_number(table, typed, target, odd & usable))
        keep = usable & np.isfinite(values)
        blank[number] = usable & ~keep & ~odd
        parts.append((np.flatnonzero(keep), np.full(int(keep.sum()), number), values[keep]))
    if not sum(len(part[0]) for part in parts):
        columns = tuple(map(repr, roles.target))
        raise DataError(Message("intake.calendar.no-values", count=len(columns), columns=columns), field="target")
    at = np.concatenate([part[0] for part in parts])
    position = np.concatenate([part[1] for part in parts])
    y = np.concatenate([part[2] for part in parts])
    rows = Rows(names, codes, usable, np.zeros(len(table), dtype=bool))
    ids = [name for part in rows.ids(roles) for name in part]
    stamps = typed.times.stamps
    observed = Observed(ids, codes[at] + position * len(names), stamps[at], y, table.rows[at])
    firsts, lasts = _spans(observed)
    for number, target in enumerate(roles.target):
        series = codes + number * len(names)
        notes.extend(_blanks(table, target, blank[number], stamps, firsts[series], lasts[series]))
    notes.extend(_empty(ids, lasts, np.unique(codes[usable]), len(names)))
    latest = lasts.reshape(len(roles.target), -1).max(axis=0)
    beyond = usable & (stamps.astype(np.int64) > latest[codes]) & (latest[codes] > _NEVER)
    return observed, dataclasses.replace(rows, beyond=beyond), notes


def _unlike(name: str, others: Sequence[str]) -> str:
    """`name`, with an underscore for each of the others that is called so."""
    while name in others:
        name += "_"
    return name


_NEVER = np.iinfo(np.int64).min


def _spans(observed: Observed) -> tuple[Ints, Ints]:
    """First and last time of each series; later than every time and earlier than every time where it has none."""
    firsts = np.full(len(observed.ids), np.iinfo(np.int64).max)
    lasts = np.full(len(observed.ids), _NEVER)
    spans = pd.Series(observed.ds.astype(np.int64)).groupby(observed.codes).agg(["min", "max"])
    firsts[spans.index.to_numpy()] = spans["min"].to_numpy()
    lasts[spans.index.to_numpy()] = spans["max"].to_numpy()
    return firsts, lasts


def _usable(table: Table, typed: TypedColumns, notes: list[Note]) -> Flags:
    usable: Flags = typed.times.ok.copy()
    if not usable.all():
        why = Message("intake.dropped.no-time", column=typed.roles.time)
        notes.append(_dropped("time", table.rows[~usable], why))
    if not len(table.ragged):
        return usable
    doubtful = usable & np.isin(table.rows, table.ragged)
    if len(table.ragged) > FEW * len(table):
        row = int(table.ragged[0])
        message = Message("intake.calendar.ragged", ragged=len(table.ragged), records=len(table), row=row)
        raise DataError(message, row=row)
    if doubtful.any():
        notes.append(_dropped("ragged", table.rows[doubtful], Message("intake.dropped.ragged")))
    return usable & ~doubtful


def _no_number(table: Table, typed: TypedColumns, target: str, odd: Flags) -> Note:
    count = int(odd.sum())
    cells = tuple(repr(typed.numbers[target].original[int(i)].as_py()) for i in np.flatnonzero(odd)[:3])
    message = Message("intake.note.no-number", count=count, column=target, cells=cells)
    return Note("not a number", message, count, some(table.rows[odd]), Message("intake.summary.no-number", count=count))


def _blanks(
    table: Table, target: str, blank: Flags, stamps: npt.NDArray[np.generic], first: Ints, last: Ints
) -> list[Note]:
    """Rows without a value: before the first, after the last, and between them."""
    times = stamps.astype(np.int64)
    notes = []
    for kind, where, key in (
        ("leading blanks", (times < first) & (last > _NEVER), "leading"),
        ("trailing blanks", (times > last) & (last > _NEVER), "trailing"),
        ("missing", (times >= first) & (times <= last), "between"),
    ):
        rows = table.rows[blank & where]
        if len(rows):
            message = Message(f"intake.blank.{key}", count=len(rows), column=target)
            notes.append(Note(kind, message, len(rows), some(dict.fromkeys(rows.tolist()))))
    return notes


def _empty(ids: list[str], lasts: Ints, used: Ints, names: int) -> list[Note]:
    empty = [name for at, name in enumerate(ids) if lasts[at] == _NEVER and at % names in used]
    if not empty:
        return []
    message = Message("intake.note.empty-series", count=len(empty), names=first_of(map(repr, empty), 5))
    summary = Message("intake.summary.empty-series", count=len(empty))
    return [Note("empty series", message, len(empty), (), summary, tuple(empty[:NAMED]))]


def _series_of(
    table: Table, series: str | list[str] | None, usable: Flags, notes: list[Note]
) -> tuple[list[tuple[str, ...]], Ints]:
    columns = series_columns(series)
    if not columns:
        return [("",)], np.zeros(len(table), dtype=np.int64)
    first, codes = _named(table, columns[0])
    names: list[tuple[str, ...]] = [(name,) for name in first]
    for column in columns[1:]:
        more, inner = _named(table, column)
        pairs = pd.factorize(codes * len(more) + inner)
        names = [(*names[int(pair) // len(more)], more[int(pair) % len(more)]) for pair in pairs[1]]
        codes = pairs[0].astype(np.int64)
    blank = np.array([BLANK in JOINT.join(name).split(JOINT) for name in names])[codes] & usable
    if blank.any():
        count = int(blank.sum())
        message = Message("intake.note.no-name", count=count, columns=tuple(map(repr, columns)), name=BLANK)
        summary = Message("intake.summary.no-name", count=count)
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


def _dropped(kind: str, rows: Ints, why: Message) -> Note:
    message = Message("intake.note.dropped", count=len(rows), why=why)
    return Note(kind, message, len(rows), some(rows), Message("intake.summary.dropped", count=len(rows)))
