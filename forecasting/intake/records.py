"""Text and dialect -> records: lists of cells with the line each begins in."""

from __future__ import annotations

import csv
import io

from forecasting.errors import ReadError
from forecasting.intake.dialect import Dialect

Record = tuple[int, list[str]]  # 1-based line, cells


def read_records(text: str, dialect: Dialect, name: str) -> list[Record]:
    """Every record of `text` that is not blank."""
    stream = io.StringIO(text, newline="")
    if not dialect.delimiter:
        return [(row, [line.rstrip("\r\n")]) for row, line in enumerate(stream, 1) if line.strip()]
    reader = csv.reader(stream, delimiter=dialect.delimiter, quotechar=dialect.quotechar or None)
    records: list[Record] = []
    row = 1
    try:
        for cells in reader:
            if cells:
                records.append((row, cells))
            row = reader.line_num + 1
    except csv.Error as error:
        raise ReadError(f"{name!r} cannot be cut into cells at line {row}: {error}.", row=row) from error
    return records
