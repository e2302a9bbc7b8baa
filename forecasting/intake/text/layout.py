"""Records -> columns: lines outside the table are set aside, columns are named, records of other lengths mended."""

from __future__ import annotations

import dataclasses
import itertools
from collections import Counter

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from forecasting.errors import ReadError
from forecasting.intake import limits
from forecasting.intake.notes import Note, some
from forecasting.intake.text.column_names import header_names, name_columns
from forecasting.intake.text.header_lines import find_header
from forecasting.intake.text.preamble_and_footer import (
    is_before_the_data,
    other_table,
    without_comments,
    without_footer,
    without_headers,
    without_other_table,
    without_preamble,
)
from forecasting.intake.text.realign import realigned
from forecasting.intake.text.records import Record
from forecasting.messages import Message


@dataclasses.dataclass(frozen=True, eq=False)
class Laid:
    """Cells by column, each record's line, the header's line, rows whose cells may be in the wrong column, notes.

    few: the names that the header has, where it has too few.
    """

    cells: pa.Table
    rows: npt.NDArray[np.int64]
    header: int | None
    ragged: npt.NDArray[np.int64]
    notes: tuple[Note, ...]
    few: tuple[str, ...] = ()


def lay_out(records: list[Record], name: str, header: bool | int | None) -> Laid:
    """The table among the records, and notes on every record outside it."""
    notes: list[Note] = []
    filled = [record for record in records if any(cell.strip() for cell in record[1])]
    if len(filled) < len(records):
        rows = sorted({row for row, _ in records} - {row for row, _ in filled})
        message = Message("intake.note.blank", count=len(rows))
        notes.append(Note("blank", message, len(rows), some(rows)))
    if not filled:
        raise ReadError(Message("intake.read.empty-cells", name=name))
    width = _usual(filled)
    if width > limits.COLUMNS:
        raise ReadError(Message("intake.read.too-many-columns", name=name, columns=width, most=limits.COLUMNS))
    filled = without_comments(filled, width, notes)
    start, names_at = find_header(filled, width, header)
    table = without_preamble(filled, start, notes)
    heads, body = table[: names_at - start], table[names_at - start :]
    if not body:
        raise ReadError(Message("intake.read.only-header", name=name))
    body = without_footer(body, width, notes)
    body = without_headers(body, heads, notes)
    second = other_table(body, width)
    if second is not None:
        at = next(place for place, record in enumerate(filled) if record[0] == body[second][0])
        if header is None and is_before_the_data(filled[:at], body[second:]):
            return _below(filled, at, name, notes)
        body = without_other_table(body, second, notes)
    if not body:
        raise ReadError(Message("intake.read.no-rows-below", name=name))
    given = header_names(heads, body, width, notes)
    laid = _columns(given, body, width, heads[0][0] if heads else None, notes)
    few = next((tuple(cells) for _, cells in heads if any(note.kind == "short header" for note in notes)), ())
    return dataclasses.replace(laid, few=tuple(cell.strip() for cell in few))


def _below(records: list[Record], at: int, name: str, notes: list[Note]) -> Laid:
    """The table that begins at position `at`, with what stands above it set aside."""
    kept = [note for note in notes if note.kind in ("blank", "comments")]
    without_preamble(records, at, kept)
    laid = lay_out(records[at:], name, None)
    return dataclasses.replace(laid, notes=(*kept, *laid.notes))


def _usual(records: list[Record]) -> int:
    widths = Counter(len(cells) for _, cells in records)
    wide = {width: count for width, count in widths.items() if width > 1}
    if not wide:
        return 1
    best = max(wide, key=lambda width: (wide[width], width))
    return best if wide[best] * 4 >= widths[1] else 1


def _columns(given: list[str], body: list[Record], width: int, header: int | None, notes: list[Note]) -> Laid:
    total = max(width, len(given))
    records, mended = realigned(_trimmed(body, total), width)
    notes.extend(mended)
    total = max(total, max(len(cells) for _, cells in records))
    usual = Counter(len(cells) for _, cells in records)
    short = [row for row, cells in records if len(cells) < width]
    long = [row for row, cells in records if len(cells) > max(width, len(given))]
    ragged = [row for row, cells in records if len(cells) not in (width, len(given))]
    if ragged:
        others = tuple(
            Message("intake.note.ragged.others", count=count, cells=cells)
            for cells, count in sorted(usual.items())
            if cells != width
        )
        message = Message("intake.note.ragged", cells=width, others=others)
        summary = Message("intake.summary.ragged", count=len(ragged))
        notes.append(Note("ragged", message, len(ragged), some(ragged), summary))
    columns, name_notes = name_columns(given, total)
    values = list(itertools.zip_longest(*(cells for _, cells in records), fillvalue=None))
    values += [(None,) * len(body)] * (total - len(values))
    arrays = [pa.array(column, pa.string()) for column in values]
    empty = [
        position
        for position in range(total)
        if (position >= len(given) or not given[position])
        and not any((cell or "").strip() for cell in values[position])
    ]
    if empty and len(empty) < total:
        notes.append(Note("empty columns", Message("intake.note.empty-columns", count=len(empty)), len(empty)))
        columns = [column for position, column in enumerate(columns) if position not in empty]
        arrays = [array for position, array in enumerate(arrays) if position not in empty]
        name_notes = name_columns([*given, *[""] * (total - len(given))], total, skip=set(empty))[1]
    notes.extend(name_notes)
    rows = np.array([row for row, _ in body], dtype=np.int64)
    doubtful = sorted({*short, *long} & set(ragged))
    return Laid(pa.table(arrays, names=columns), rows, header, np.array(doubtful, dtype=np.int64), tuple(notes))


def _trimmed(body: list[Record], width: int) -> list[Record]:
    """Without the empty cells that trailing delimiters make, if many records have them.

    In a single record they may as well be the sign of a separator too many further in front.
    """
    ends = [(row, _without_end(cells, width)) for row, cells in body]
    long = [len(cells) > width for _, cells in body]
    return ends if sum(long) > 0.2 * len(body) else body


def _without_end(cells: list[str], width: int) -> list[str]:
    while len(cells) > width and not cells[-1].strip():
        cells = cells[:-1]
    return cells
