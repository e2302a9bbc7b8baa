"""Table: what a file said, cell by cell, before any of it is interpreted."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from forecasting.errors import ReadError
from forecasting.intake import limits
from forecasting.intake.bulk import lay_out_regular
from forecasting.intake.containers import Unpacked, kind_of, unpack
from forecasting.intake.dialect import Dialect, sniff
from forecasting.intake.encoding import decode
from forecasting.intake.layout import lay_out
from forecasting.intake.magic import check_kind
from forecasting.intake.names import name_columns
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
    if len(data) > limits.BYTES:
        raise ReadError(f"{name!r} has {len(data) / 2**20:,.0f} MB; at most {limits.BYTES / 2**20:,.0f} MB are read.")
    packed = kind_of(data)
    if packed == "gzip":
        inner = unpack(data, packed, name, sheet).data
        if kind_of(inner) is not None:
            raise ReadError(f"{name!r} holds another packed file. Unpack it and bring the file inside.")
        table = read_table(inner, name, encoding=encoding, delimiter=delimiter, header=header)
        return dataclasses.replace(table, notes=(Note("unpacked", "The file was unpacked (gzip)."), *table.notes))
    if packed is not None:
        return _from_cells(unpack(data, packed, name, sheet), name, header)
    check_kind(data, name)
    text, encoding, notes = decode(data, name, encoding)
    if not text.strip():
        raise ReadError(f"{name!r} has no text in it. Bring a file with a header line and at least a few rows.")
    if not text.strip(" \t\r\n,;|\"'"):
        raise ReadError(f"{name!r} has only empty cells. Bring a file with a header line and at least a few rows.")
    dialect = sniff(text, delimiter)
    laid = lay_out_regular(text, dialect, name, header) if len(text) > LARGE else None
    record_notes: tuple[Note, ...] = ()
    if laid is None:
        records, record_notes = read_records(text, dialect, name)
        laid = lay_out(records, name, header)
    dialect = dataclasses.replace(dialect, encoding=encoding, header=laid.header)
    if len(laid.rows) > limits.ROWS:
        raise ReadError(f"{name!r} has {len(laid.rows):,} rows; at most {limits.ROWS:,} are read. Bring a part of it.")
    return Table(name, laid.cells, laid.rows, dialect, notes + record_notes + laid.notes, laid.ragged)


def _from_cells(unpacked: Unpacked, name: str, header: bool | int | None) -> Table:
    """The table of a workbook's sheet or of a Parquet file, whose cells are known already."""
    cells = unpacked.cells
    notes: tuple[Note, ...] = ()
    if unpacked.kind == "parquet":
        columns, notes = name_columns(unpacked.about["names"], cells.num_columns)
        if left_out := unpacked.about["left_out"]:
            notes += (
                Note("columns", f"Columns of nested values were left out: {', '.join(left_out)}.", len(left_out)),
            )
        if not cells.num_rows or not cells.num_columns:
            raise ReadError(f"{name!r} has no rows. Bring a file with at least a few.")
        rows = np.arange(1, cells.num_rows + 1, dtype=np.int64)
        return Table(name, cells.rename_columns(columns), rows, Dialect(delimiter="", decimal="."), notes)
    sheets = unpacked.about["sheets"]
    if len(sheets) > 1:
        others = ", ".join(repr(sheet) for sheet in sheets if sheet != unpacked.about["sheet"])
        notes = (Note("sheet", f"Sheet {unpacked.about['sheet']!r} was read; there are also {others}.", len(sheets)),)
    lists = [column.to_pylist() for column in cells.columns]
    records = [(row, list(values)) for row, values in enumerate(zip(*lists, strict=True), 1) if any(values)]
    laid = lay_out(records, name, header)
    dialect = Dialect(delimiter="", decimal=".", header=laid.header)
    return Table(name, laid.cells, laid.rows, dialect, notes + laid.notes, laid.ragged)
