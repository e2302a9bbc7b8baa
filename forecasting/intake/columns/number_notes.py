"""Notes on numbers that are not as written: limits, scaled magnitudes, flags, what was taken off."""

from __future__ import annotations

import dataclasses

import numpy as np

from forecasting.intake.columns.number.affixes import Affix
from forecasting.intake.columns.number.numbers import NumberText
from forecasting.intake.columns.roles import TypedColumns
from forecasting.intake.notes import Note, some
from forecasting.intake.text.table import Table
from forecasting.messages import Message

LIMITS = ("limit", "half", "missing")  # how "<0.02" can be read
_NAMED = 6  # different flags of a column that have a note of their own


def read_limits(typed: TypedColumns, limits: str) -> TypedColumns:
    """The columns with cells such as "<0.02" read as chosen."""
    numbers = {
        name: dataclasses.replace(held, limits=limits) if held.limited.any() else held
        for name, held in typed.numbers.items()
    }
    return dataclasses.replace(typed, numbers=numbers)


def number_notes(table: Table, typed: TypedColumns) -> list[Note]:
    """What was taken off the values, scaled or read as a limit, each with its count and first lines."""
    notes: list[Note] = []
    for target in typed.roles.target:
        numbers = typed.numbers[target]
        flags = [taken for taken in numbers.affixes if "flag" in taken.message.values]
        others = [taken for taken in numbers.affixes if taken not in flags]
        notes.extend(_note(table, target, taken) for taken in (*others, *flags[:_NAMED]))
        if more := flags[_NAMED:]:
            count = sum(taken.count for taken in more)
            message = Message("intake.note.more-flags", count=count, column=target, different=len(more))
            notes.append(Note("flags", message, count))
        notes.extend(_limits(table, target, numbers))
    return _summed(notes)


def _summed(notes: list[Note]) -> list[Note]:
    """The same notes, the first of each kind with a summary of all."""
    for kind in ("flags", "limits"):
        of_kind = [at for at, note in enumerate(notes) if note.kind == kind]
        if of_kind:
            total = sum(notes[at].count for at in of_kind)
            summary = Message(f"intake.summary.{kind}", count=total)
            notes[of_kind[0]] = dataclasses.replace(notes[of_kind[0]], summary=summary)
    return notes


def _note(table: Table, target: str, taken: Affix) -> Note:
    rows = some(dict.fromkeys(table.rows[taken.at].tolist())) if taken.at is not None else ()
    about = {"count": taken.count, "column": target}
    match taken.message.key:
        case "intake.affix.flag":
            message = Message("intake.note.flag", flag=taken.message.values["flag"], **about)
            return Note("flags", message, taken.count, rows)
        case "intake.affix.factor":
            values = taken.message.values
            message = Message("intake.note.factor", mark=values["mark"], factor=values["factor"], **about)
            return Note("number format", message, taken.count, rows)
        case "intake.affix.missing":
            message = Message("intake.note.flagged-missing", cells=taken.message.values["cells"], **about)
            return Note("number format", message, taken.count, rows)
    return Note("number format", Message("intake.note.affix", affix=taken.message, **about), taken.count, rows)


def _limits(table: Table, target: str, numbers: NumberText) -> list[Note]:
    """A note on the cells that hold a limit only, for those below and those above it."""
    notes = []
    for side, where in (("below", numbers.below), ("above", numbers.above)):
        if where is None or not where.any():
            continue
        at = np.flatnonzero(where)
        count = len(at)
        read = "limit" if side == "above" and numbers.limits == "half" else numbers.limits
        how = Message(f"intake.limits.{read}")
        cell = numbers.original[int(at[0])].as_py()
        message = Message(f"intake.note.limits.{side}", count=count, column=target, cell=cell, how=how)
        notes.append(
            Note("limits", message, count, some(table.rows[at]), Message("intake.summary.limits", count=count))
        )
    return notes
