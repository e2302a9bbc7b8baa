"""Table: the cells of a file as text, before any of them is interpreted."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from forecasting.intake.notes import Assumption, Note
from forecasting.intake.text.dialect import Dialect
from forecasting.messages import Message

__all__ = ["Dialect", "Member", "Reading", "Table"]


@dataclasses.dataclass(frozen=True)
class Reading:
    """The second-best way to read a text: its dialect, the names of its first columns, and why it was not taken.

    `read_table(data, name, **reading.arguments)` reads by it.
    """

    dialect: Dialect
    columns: tuple[str, ...]
    reason: Message

    @property
    def arguments(self) -> dict[str, str | int | bool]:
        header = False if self.dialect.header is None else self.dialect.header
        about = self.dialect
        return {
            "encoding": about.encoding,
            "delimiter": about.delimiter,
            "quotechar": about.quotechar,
            "header": header,
        }


@dataclasses.dataclass(frozen=True, eq=False)
class Member:
    """One of several files: its table, or the `problem` for which it cannot be read."""

    name: str
    table: Table | None
    problem: Message | str = ""


@dataclasses.dataclass(frozen=True, eq=False)
class Table:
    """A file's cells as text.

    name: of the file.
    cells: a pyarrow Table of strings, a column for each name in `columns`; null where a short record has no such cell.
    columns: names as understood: not empty, each once.
    rows: the 1-based line of the file in which each record begins.
    dialect: encoding, delimiter, quotechar, decimal (None: `to_panel` decides), header (line of the names, or None).
    notes: what was assumed, repaired or dropped on the way.
    assumptions: encoding, delimiter, quote and header, with the evidence for each.
    raw: the first lines as the file has them, each with its number, cut short after 500 characters; for text only.
    sheets: those of a workbook, if it has several.
    runner_up: the second-best way to cut the text, if there is one.
    few: the names that the header has, where it has fewer than there are columns.
    files: where several came together, each of them; the rest is then that of the first one that could be read.
    ragged: lines with more or fewer cells than the others: their cells may stand in the wrong columns.
    """

    name: str
    cells: pa.Table
    rows: npt.NDArray[np.int64]
    dialect: Dialect
    notes: tuple[Note, ...] = ()
    ragged: npt.NDArray[np.int64] = dataclasses.field(default_factory=lambda: np.array([], dtype=np.int64))
    assumptions: tuple[Assumption, ...] = ()
    raw: tuple[tuple[int, str], ...] = ()
    runner_up: Reading | None = None
    sheets: tuple[str, ...] = ()
    few: tuple[str, ...] = ()
    files: tuple[Member, ...] = ()

    @property
    def nbytes(self) -> int:
        """Bytes of the cells, of all files."""
        return int(sum(file.table.nbytes for file in self.files if file.table is not None) or self.cells.nbytes)

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
