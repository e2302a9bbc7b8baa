"""Records -> columns: where the header is, what the columns are called, which records are no data."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from forecasting.errors import ReadError
from forecasting.intake.kinds import is_data
from forecasting.intake.notes import Note
from forecasting.intake.records import Record


def lay_out(
    records: list[Record], name: str, header: bool | int | None
) -> tuple[pa.Table, npt.NDArray[np.int64], int | None, tuple[Note, ...]]:
    """The cells by column, each record's line, the header's line, and notes."""
    header_line = _header_line(records, header)
    names = next((cells for row, cells in records if row == header_line), [])
    body = [(row, cells) for row, cells in records if header_line is None or row > header_line]
    if not body:
        raise ReadError(f"{name!r} has a header and no rows below it. Bring a file with at least a few rows.")
    width = max(len(names), max(len(cells) for _, cells in body))
    columns, notes = name_columns(names, width)
    values = itertools.zip_longest(*(cells for _, cells in body), fillvalue=None)
    arrays = [pa.array(column, pa.large_string()) for column in values]
    arrays += [pa.nulls(len(body), pa.large_string())] * (width - len(arrays))
    rows = np.array([row for row, _ in body], dtype=np.int64)
    return pa.table(arrays, names=columns), rows, header_line, notes


def name_columns(names: list[str], width: int) -> tuple[list[str], tuple[Note, ...]]:
    """One name a column, none empty, none twice; notes on those that had to be made up."""
    columns: list[str] = []
    made: list[str] = []
    taken = {name.strip() for name in names}
    for index in range(width):
        given = names[index].strip() if index < len(names) else ""
        column = given or f"column {index + 1}"
        number = 2
        while column in columns or (column != given and column in taken):
            column, number = f"{given or f'column {index + 1}'} ({number})", number + 1
        if column != given:
            made.append(column)
        columns.append(column)
    if not made:
        return columns, ()
    return columns, (Note("names", f"Columns without a name of their own were called {', '.join(made)}.", len(made)),)


def _header_line(records: list[Record], header: bool | int | None) -> int | None:
    if header is False:
        return None
    if header is True:
        return records[0][0]
    if header is not None:
        if header not in {row for row, _ in records}:
            raise ReadError(f"Line {header} holds no record, so it cannot be the header.", field="header", row=header)
        return header
    first = records[0][1]
    return None if any(is_data(cell) for cell in first) else records[0][0]
