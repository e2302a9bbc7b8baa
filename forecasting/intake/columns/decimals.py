"""The decimal mark of a table: proved by its cells, chosen by the user, or asked for."""

from __future__ import annotations

import dataclasses

import numpy as np

from forecasting.errors import AmbiguousInput, DataError
from forecasting.intake.columns.roles import TypedColumns
from forecasting.intake.notes import Note
from forecasting.intake.text.table import Table
from forecasting.messages import Message


@dataclasses.dataclass(frozen=True)
class Mark:
    """The decimal mark, the evidence for it, and notes on cells that could have been read otherwise."""

    decimal: str
    evidence: Message
    notes: tuple[Note, ...] = ()


def decimal_mark(table: Table, typed: TypedColumns, decimal: str | None) -> Mark:
    """The decimal mark of the value columns. Raises AmbiguousInput where no cell proves it, DataError where two do."""
    if decimal is not None:
        if decimal not in (".", ","):
            raise DataError(Message("intake.column.no-decimal", decimal=decimal), field="decimal")
        return Mark(decimal, Message("intake.why.chosen"))
    proofs = {}
    shown = {}
    for name, numbers in typed.numbers.items():
        point, comma = numbers.proofs
        if point.any() and comma.any() and name in typed.roles.target:
            first, second = int(np.flatnonzero(point)[0]), int(np.flatnonzero(comma)[0])
            point_row, comma_row = int(table.rows[first]), int(table.rows[second])
            message = Message("intake.column.both-marks", column=name, point_row=point_row, comma_row=comma_row)
            raise DataError(message, column=name, row=comma_row)
        if point.any() != comma.any():
            proofs[name] = "." if point.any() else ","
            at = int(np.flatnonzero(point | comma)[0])
            shown[name] = Message("intake.why.decimal", cell=numbers.original[at].as_py(), row=int(table.rows[at]))
    wanted = {proofs[name] for name in typed.roles.target if name in proofs}
    if len(wanted) > 1:
        raise DataError(Message("intake.column.different-marks"), field="target")
    marks = wanted or set(proofs.values())
    if len(marks) == 1:
        mark = marks.pop()
        evidence = next(shown[name] for name in [*typed.roles.target, *proofs] if proofs.get(name) == mark)
        note = Note("decimal", Message("intake.note.decimal-comma"))
        return Mark(mark, evidence, (note,) if mark == "," else ())
    if table.dialect.decimal:
        return Mark(table.dialect.decimal, Message("intake.why.typed-numbers"))
    return _unproved(table, typed)


def _unproved(table: Table, typed: TypedColumns) -> Mark:
    """The decimal mark where no cell proves it: by how the column as a whole is written, or by asking."""
    notes: list[Note] = []
    decided: set[str] = set()
    for name in typed.roles.target:
        numbers = typed.numbers[name]
        for shape, thousands in (("comma3", "."), ("point3", ",")):
            doubtful = numbers.shapes[shape]
            if not doubtful.any():
                continue
            at = int(np.flatnonzero(doubtful)[0])
            cell = numbers.original[at].as_py()
            if numbers.are_thousands(shape):
                decided.add(thousands)
                notes.append(Note("decimal", Message("intake.note.thousands", cell=cell, column=name)))
            else:
                decided = {".", ","}
            if len(decided) > 1:
                raise AmbiguousInput(
                    Message("intake.ask.decimal", cell=cell, column=name),
                    question=Message("intake.question.decimal"),
                    argument="decimal",
                    choices=(".", ","),
                    column=name,
                    row=int(table.rows[at]),
                )
    if not decided:
        return Mark(".", Message("intake.why.no-mark"))
    return Mark(decided.pop(), Message("intake.why.thousands"), tuple(notes))
