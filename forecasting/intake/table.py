"""Table: what a file said, cell by cell, before any of it is interpreted."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from forecasting.errors import ReadError
from forecasting.intake.bulk import lay_out_regular
from forecasting.intake.dialect import Dialect, sniff
from forecasting.intake.encoding import decode
from forecasting.intake.layout import lay_out
from forecasting.intake.magic import check_kind
from forecasting.intake.notes import Note
from forecasting.intake.records import read_records

LARGE = 300_000  # characters from which on a regular table is read in bulk

__all__ = ["Dialect", "Table", "read_table"]


@dataclasses.dataclass(frozen=True, eq=False)
class Table:
    """A file's cells as text.

    name: of the file.
    cells: a pyarrow Table of strings, one column a name in `columns`; null where a short record has no such cell.
    columns: names as understood: not empty, each once.
    rows: the 1-based line of the file in which each record begins.
    dialect: encoding, delimiter, quotechar, decimal (None: `to_panel` decides), header (line of the names, or None).
    notes: what was assumed, repaired or dropped on the way.
    ragged: lines with more or fewer cells than the others: their cells may stand in the wrong columns.
    """

    name: str
    cells: pa.Table
    rows: npt.NDArray[np.int64]
    dialect: Dialect
    notes: tuple[Note, ...] = ()
    ragged: npt.NDArray[np.int64] = dataclasses.field(default_factory=lambda: np.array([], dtype=np.int64))

    @property
    def columns(self) -> list[str]:
        return list(self.cells.column_names)

    def head(self, n: int = 10) -> pd.DataFrame:
        """The first `n` records as text, indexed by their line in the file."""
        frame: pd.DataFrame = self.cells.slice(0, n).to_pandas()
        frame.index = pd.Index(self.rows[:n], name="row")
        return frame

    def __len__(self) -> int:
        return int(self.cells.num_rows)


def read_table(
    data: bytes,
    name: str,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    header: bool | int | None = None,
    sheet: str | None = None,
) -> Table:
    """The table in a file's bytes; every keyword overrules what would be found.

    header: True, False, or the 1-based line that holds the column names. Raises ReadError.
    """
    if not data:
        raise ReadError(f"{name!r} is empty. Bring a file with a header line and at least a few rows.")
    check_kind(data, name)
    text, encoding, notes = decode(data, name, encoding)
    if not text.strip():
        raise ReadError(f"{name!r} has no text in it. Bring a file with a header line and at least a few rows.")
    dialect = sniff(text, delimiter)
    laid = lay_out_regular(text, dialect, name, header) if len(text) > LARGE else None
    record_notes: tuple[Note, ...] = ()
    if laid is None:
        records, record_notes = read_records(text, dialect, name)
        laid = lay_out(records, name, header)
    dialect = dataclasses.replace(dialect, encoding=encoding, header=laid.header)
    return Table(name, laid.cells, laid.rows, dialect, notes + record_notes + laid.notes, laid.ragged)
