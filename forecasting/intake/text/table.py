"""Table: the cells of a file as text, before any of them is interpreted."""

from __future__ import annotations

import dataclasses
import io
import itertools

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from forecasting.errors import ReadError
from forecasting.intake import limits
from forecasting.intake.notes import Assumption, Note
from forecasting.intake.text.bars import named_bars
from forecasting.intake.text.bulk import lay_out_regular
from forecasting.intake.text.column_names import name_columns
from forecasting.intake.text.containers import Unpacked, kind_of, unpack
from forecasting.intake.text.dialect import LINES, SAMPLE, Dialect, Sniffed, sniff
from forecasting.intake.text.encoding import Decoded, decode
from forecasting.intake.text.file_types import check_kind
from forecasting.intake.text.layout import lay_out
from forecasting.intake.text.records import SPAN, read_records
from forecasting.messages import Message

LARGE = 300_000  # characters above which a regular table is read in bulk
RAW = 40  # lines that a Table keeps as the file has them
SHOWN = 500  # characters of each

__all__ = ["Dialect", "Reading", "Table", "read_table"]


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
    quotechar: str | None = None,
) -> Table:
    """The table in a file's bytes; every keyword overrules what would be inferred.

    header: True, False, or the 1-based line that holds the column names. Raises ReadError.
    """
    if not data:
        raise ReadError(Message("intake.read.empty", name=name))
    if len(data) > limits.BYTES:
        megabytes, most = len(data) / 2**20, limits.BYTES / 2**20
        raise ReadError(Message("intake.read.too-large", name=name, megabytes=megabytes, most=most))
    packed = kind_of(data)
    if packed == "gzip":
        inner = unpack(data, packed, name, sheet).data
        if kind_of(inner) is not None:
            raise ReadError(Message("intake.read.packed-twice", name=name))
        table = read_table(inner, name, encoding=encoding, delimiter=delimiter, header=header, quotechar=quotechar)
        unpacked = Note("unpacked", Message("intake.note.unpacked"))
        return dataclasses.replace(table, notes=(unpacked, *table.notes))
    if packed is not None:
        return _from_cells(unpack(data, packed, name, sheet), name, header, sheet)
    check_kind(data, name)
    decoded = decode(data, name, encoding)
    text = decoded.text
    if not text.strip():
        raise ReadError(Message("intake.read.no-text", name=name))
    if not text.strip(" \t\r\n,;|\"'"):
        raise ReadError(Message("intake.read.empty-cells", name=name))
    if (lines := text.count("\n")) > limits.ROWS + SPAN:
        raise ReadError(Message("intake.read.too-many-lines", name=name, lines=lines, most=limits.ROWS))
    sniffed = sniff(text, delimiter, quotechar)
    laid = lay_out_regular(text, sniffed.best, name, header) if len(text) > LARGE else None
    record_notes: tuple[Note, ...] = ()
    if laid is None:
        records, record_notes = read_records(text, sniffed.best, name)
        laid = lay_out(records, name, header)
    dialect = dataclasses.replace(sniffed.best, encoding=decoded.encoding, header=laid.header)
    if len(laid.rows) > limits.ROWS:
        raise ReadError(Message("intake.read.too-many-rows", name=name, rows=len(laid.rows), most=limits.ROWS))
    cells, price_notes = named_bars(laid.cells) if laid.header is None else (laid.cells, ())
    return Table(
        name,
        cells,
        laid.rows,
        dialect,
        decoded.notes + record_notes + laid.notes + price_notes,
        laid.ragged,
        _assumed(decoded, sniffed, dialect, header),
        tuple((row, line[:SHOWN].rstrip("\r\n")) for row, line in enumerate(_first_lines(text, RAW), 1)),
        _runner_up(text, sniffed, decoded.encoding, name),
        few=laid.few,
    )


def _first_lines(text: str, count: int) -> list[str]:
    return list(itertools.islice(io.StringIO(text[:SAMPLE], newline=""), count))


def _assumed(decoded: Decoded, sniffed: Sniffed, dialect: Dialect, header: bool | int | None) -> tuple[Assumption, ...]:
    assumed = [
        Assumption("encoding", dialect.encoding, decoded.evidence, "encoding"),
        Assumption("delimiter", dialect.delimiter, sniffed.evidence, "delimiter"),
    ]
    if dialect.quotechar in decoded.text and dialect.delimiter:
        assumed.append(Assumption("quotechar", dialect.quotechar, Message("intake.why.quotechar"), "quotechar"))
    assumed.append(Assumption("header", dialect.header, _why_header(dialect.header, header), "header"))
    return tuple(assumed)


def _why_header(line: int | None, header: bool | int | None) -> Message:
    if header is not None:
        return Message("intake.why.chosen")
    if line is None:
        return Message("intake.why.no-header")
    return Message("intake.why.header", line=line)


def _runner_up(text: str, sniffed: Sniffed, encoding: str, name: str) -> Reading | None:
    """The second-best reading with the header that it would have; None where it makes no table at all."""
    if sniffed.runner_up is None or sniffed.lost is None:
        return None
    try:
        laid = lay_out(read_records("".join(_first_lines(text, LINES)), sniffed.runner_up, name)[0], name, None)
    except ReadError:
        return None
    dialect = dataclasses.replace(sniffed.runner_up, encoding=encoding, header=laid.header)
    return Reading(dialect, tuple(laid.cells.column_names[:20]), sniffed.lost)


def _from_cells(unpacked: Unpacked, name: str, header: bool | int | None, sheet: str | None) -> Table:
    """The table of a workbook's sheet or of a Parquet file, whose cells are known already."""
    cells = unpacked.cells
    notes: tuple[Note, ...] = ()
    if unpacked.kind == "parquet":
        columns, notes = name_columns(unpacked.about["names"], cells.num_columns)
        if left_out := unpacked.about["left_out"]:
            message = Message("intake.note.nested-columns", columns=tuple(left_out))
            notes += (Note("columns", message, len(left_out)),)
        if not cells.num_rows or not cells.num_columns:
            raise ReadError(Message("intake.read.no-rows", name=name))
        rows = np.arange(1, cells.num_rows + 1, dtype=np.int64)
        return Table(name, cells.rename_columns(columns), rows, Dialect(delimiter="", decimal="."), notes)
    sheets = unpacked.about["sheets"]
    if len(sheets) > 1:
        taken = unpacked.about["sheet"]
        others = tuple(repr(other) for other in sheets if other != taken)
        notes = (Note("sheet", Message("intake.note.sheet", sheet=taken, others=others), len(sheets)),)
    lists = [column.to_pylist() for column in cells.columns]
    records = [(row, list(values)) for row, values in enumerate(zip(*lists, strict=True), 1) if any(values)]
    laid = lay_out(records, name, header)
    dialect = Dialect(delimiter="", decimal=".", header=laid.header)
    why = Message("intake.why.first-sheet") if sheet is None else Message("intake.why.chosen")
    assumed = (
        Assumption("sheet", unpacked.about["sheet"], why, "sheet"),
        Assumption("header", laid.header, _why_header(laid.header, header), "header"),
    )
    several = tuple(sheets) if len(sheets) > 1 else ()
    return Table(name, laid.cells, laid.rows, dialect, notes + laid.notes, laid.ragged, assumed, sheets=several)
