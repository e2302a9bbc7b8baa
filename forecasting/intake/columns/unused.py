"""Columns that are neither time, values nor names of series: each is named, with the reason."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow.compute as pc

from forecasting.intake.columns.number.numbers import NumberText
from forecasting.intake.columns.time.dates import Times
from forecasting.intake.notes import Note, first_of, some
from forecasting.intake.text.table import Table
from forecasting.messages import Message

_NAMED = 8  # columns that one note names
_QUIET = "chosen"  # a column of numbers beside those that the user chose
_ORDER = (
    "beside",
    "constant",
    "switch",
    "marks",
    "attribute",
    "counter",
    "id",
    "part",
    "overlong",
    "time",
    "empty",
    "words",
)


def unused_notes(
    table: Table, why: Mapping[str, str], times: Mapping[str, Times], numbers: Mapping[str, NumberText]
) -> list[Note]:
    """A note for each reason why columns are not used, and one for each column that is numbers in part.

    why: the word for the reason by column, "" where the cells tell.
    """
    notes: list[Note] = []
    reasons: dict[str, list[str]] = {}
    for name, known in why.items():
        reason = known or _by_cells(table, name, times)
        if reason == "words" and name in numbers:
            notes.append(_mixed(table, name, numbers[name]))
        elif reason != _QUIET:
            reasons.setdefault(reason, []).append(name)
    for reason in _ORDER:
        if names := reasons.get(reason):
            columns = first_of(map(repr, names), _NAMED)
            message = Message(f"intake.unused.{reason}", count=len(names), columns=columns)
            notes.append(Note("unused columns", message, len(names)))
    return notes


def _by_cells(table: Table, name: str, times: Mapping[str, Times]) -> str:
    if name in times:
        return "time"
    held = pc.any(pc.greater(pc.utf8_length(pc.utf8_trim_whitespace(table.cells[name])), 0)).as_py()
    return "words" if held else "empty"


def _mixed(table: Table, name: str, numbers: NumberText) -> Note:
    """A column of numbers and words: how many are which, and the first words with their line."""
    readable = numbers.readable(".") | numbers.readable(",")
    other = np.flatnonzero(~readable & np.asarray(numbers.texts.is_valid()))
    if not len(other):
        return Note("unused columns", Message("intake.unused.words", count=1, columns=(repr(name),)), 1)
    cell, row = numbers.original[int(other[0])].as_py(), int(table.rows[other[0]])
    message = Message(
        "intake.unused.mixed", column=name, numbers=int(readable.sum()), count=len(other), cell=cell, row=row
    )
    return Note(
        "unused columns", message, len(other), some(table.rows[other]), Message("intake.summary.unused", count=1)
    )
