"""Columns written in digits of another script, such as ۱۴۰۲ or ๒๕๖๖, in ASCII digits."""

from __future__ import annotations

import dataclasses

import pyarrow as pa
import pyarrow.compute as pc

from forecasting.intake.columns.time.eras import latin_digits
from forecasting.intake.notes import Note
from forecasting.intake.text.table import Table
from forecasting.messages import Message

_HEAD = 2000  # cells by which a column is judged
_SHARE = 0.8
_OTHER = r"[\p{Nd}]"
_WRITTEN = r"^[\p{Nd}\s\p{P}\p{S}\x{200e}\x{200f}]*$"
_MARKS = {"\u066b": ".", "\u066c": ",", "\u066a": "%", "\u2212": "-"}  # of Arabic, and the minus sign


def in_latin_digits(table: Table) -> Table:
    """`table`, its columns of numbers and dates in ASCII digits, with a note; itself where there is no such column."""
    changed = [name for name in table.columns if _has_other_digits(table.cells[name])]
    if not changed:
        return table
    cells = table.cells
    for name in changed:
        texts = [None if cell is None else _latin(cell) for cell in cells[name].to_pylist()]
        cells = cells.set_column(cells.column_names.index(name), name, pa.array(texts, pa.string()))
    note = Note("number format", Message("intake.note.digits", columns=tuple(map(repr, changed[:10]))), len(changed))
    return dataclasses.replace(table, cells=cells, notes=(*table.notes, note))


def _has_other_digits(column: pa.ChunkedArray) -> bool:
    head = column.slice(0, _HEAD)
    digits = pc.replace_substring_regex(head, "[0-9]+", "")
    if not pc.any(pc.match_substring_regex(digits, _OTHER)).as_py():
        return False
    written = pc.sum(pc.match_substring_regex(head, _WRITTEN)).as_py() or 0
    return bool(written >= _SHARE * (len(head) - head.null_count))


def _latin(cell: str) -> str:
    return "".join(_MARKS.get(c, c) for c in latin_digits(cell))
