"""Numbers that were cut into two cells at their own comma, joined again."""

from __future__ import annotations

import dataclasses

import pyarrow as pa
import pyarrow.compute as pc

from forecasting.errors import AmbiguousInput
from forecasting.intake.notes import Note
from forecasting.intake.text.table import Table
from forecasting.messages import Message


def join_numbers(table: Table, decimal: str | None) -> Table:
    """The table with the two cells of each number joined where thousands were cut, or where `decimal` is a comma.

    Raises AmbiguousInput where the header lacks one name for each column of numbers and `decimal` is not given.
    """
    missing = len(table.columns) - len(table.few)
    if not table.few or table.dialect.delimiter != "," or len(table.few) - 1 != missing:
        return table
    pairs = [(1 + 2 * i, 2 + 2 * i) for i in range(missing)]
    if all(
        _fits(table, left, r"^\s+[^0-9]?[0-9]{1,3}$") and _fits(table, right, r"^[0-9]{3}(\.[0-9]+)?$")
        for left, right in pairs
    ):
        return _joined(table, pairs, Message("intake.note.joined-thousands"))
    if not all(
        _fits(table, left, r"^\s*[+-]?[0-9]+$") and _fits(table, right, r"^[0-9]+\s*$") for left, right in pairs
    ):
        return table
    if decimal is None:
        cells = [table.cells.column(position)[0].as_py() for position in pairs[0]]
        raise AmbiguousInput(
            Message("intake.ask.split", number=",".join(cells), row=int(table.rows[0])),
            question=Message("intake.question.decimal"),
            argument="decimal",
            choices=(",", "."),
            row=int(table.rows[0]),
        )
    if decimal != ",":
        return table
    return _joined(table, pairs, Message("intake.note.joined-decimals"))


def _joined(table: Table, pairs: list[tuple[int, int]], message: Message) -> Table:
    joined = [table.cells.column(0)]
    for left, right in pairs:
        joined.append(pc.binary_join_element_wise(table.cells.column(left), table.cells.column(right), ","))
    cells = pa.table(joined, names=list(table.few))
    notes = (*(other for other in table.notes if other.kind != "short header"), Note("decimal", message, len(pairs)))
    return dataclasses.replace(table, cells=cells, few=(), notes=notes)


def _fits(table: Table, position: int, pattern: str) -> bool:
    return bool(pc.all(pc.fill_null(pc.match_substring_regex(table.cells.column(position), pattern), False)).as_py())
