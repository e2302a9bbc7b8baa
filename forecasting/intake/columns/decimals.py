"""Which mark the decimals of a table have: proved by its cells, named by the user, or asked for."""

from __future__ import annotations

import dataclasses

import numpy as np

from forecasting.errors import AmbiguousInput, DataError
from forecasting.intake.columns.roles import Found
from forecasting.intake.notes import Note
from forecasting.intake.text.table import Table


@dataclasses.dataclass(frozen=True)
class Mark:
    """The decimal mark, the evidence for it, and notes on cells that could have been read otherwise."""

    decimal: str
    evidence: str
    notes: tuple[Note, ...] = ()


def decimal_mark(table: Table, found: Found, decimal: str | None) -> Mark:
    """The decimal mark of the value columns: proved by one of them, named by the user, or asked for."""
    if decimal is not None:
        if decimal not in (".", ","):
            raise DataError(f"decimal is {decimal!r}; it must be '.' or ','.", field="decimal")
        return Mark(decimal, "you chose it")
    proofs = {}
    shown = {}
    for name, numbers in found.numbers.items():
        point, comma = numbers.proofs
        if point.any() and comma.any() and name in found.roles.target:
            first, second = int(np.flatnonzero(point)[0]), int(np.flatnonzero(comma)[0])
            raise DataError(
                f"Column {name!r} has numbers with a decimal point (line {table.rows[first]}) and with a decimal comma "
                f"(line {table.rows[second]}). Write them in one way and bring the file again.",
                column=name,
                row=int(table.rows[second]),
            )
        if point.any() != comma.any():
            proofs[name] = "." if point.any() else ","
            at = int(np.flatnonzero(point | comma)[0])
            shown[name] = f"{numbers.original[at].as_py()!r} in line {table.rows[at]} can be read in no other way"
    wanted = {proofs[name] for name in found.roles.target if name in proofs}
    if len(wanted) > 1:
        raise DataError(
            "Some value columns have a decimal point and others a decimal comma. Choose columns of one kind.",
            field="target",
        )
    marks = wanted or set(proofs.values())
    if len(marks) == 1:
        mark = marks.pop()
        evidence = next(shown[name] for name in [*found.roles.target, *proofs] if proofs.get(name) == mark)
        return Mark(mark, evidence, (Note("decimal", "The decimal mark is a comma."),) if mark == "," else ())
    if table.dialect.decimal:
        return Mark(table.dialect.decimal, "the file holds numbers, not texts of them")
    return _unproved(table, found)


def _unproved(table: Table, found: Found) -> Mark:
    """The decimal mark where no cell proves it: by how the column as a whole is written, or by asking."""
    notes: list[Note] = []
    decided: set[str] = set()
    for name in found.roles.target:
        numbers = found.numbers[name]
        for shape, thousands in (("comma3", "."), ("point3", ",")):
            doubtful = numbers.shapes[shape]
            if not doubtful.any():
                continue
            at = int(np.flatnonzero(doubtful)[0])
            cell = numbers.original[at].as_py()
            if numbers.are_thousands(shape):
                decided.add(thousands)
                notes.append(Note("decimal", f"{cell!r} in column {name!r} was read as a number above a thousand."))
            else:
                decided = {".", ","}
            if len(decided) > 1:
                raise AmbiguousInput(
                    f"{cell!r} in column {name!r} can be a number above a thousand or one with three decimals.",
                    question="Which is the decimal mark?",
                    argument="decimal",
                    choices=(".", ","),
                    column=name,
                    row=int(table.rows[at]),
                )
    if not decided:
        return Mark(".", "no value has a mark in it")
    return Mark(decided.pop(), "its values with three digits behind a mark are above a thousand", tuple(notes))
