"""The bytes of a file, or of several in a ZIP -> Table."""

from __future__ import annotations

import dataclasses
import io
import itertools
import time
from collections import Counter
from typing import Any

import numpy as np

from forecasting.errors import ReadError
from forecasting.intake import limits
from forecasting.intake.notes import Assumption, Note, first_of, sentences
from forecasting.intake.text.bars import named_bars
from forecasting.intake.text.bulk import lay_out_regular
from forecasting.intake.text.column_names import name_columns
from forecasting.intake.text.containers import Unpacked, kind_of, unpack
from forecasting.intake.text.dialect import LINES, SAMPLE, Dialect, Sniffed, sniff
from forecasting.intake.text.encoding import Decoded, decode
from forecasting.intake.text.file_types import check_kind
from forecasting.intake.text.layout import lay_out
from forecasting.intake.text.records import SPAN, read_records
from forecasting.intake.text.table import Member, Reading, Table
from forecasting.messages import Message

LARGE = 300_000  # characters above which a regular table is read in bulk
RAW = 40  # lines that a Table keeps as the file has them
SHOWN = 500  # characters of each


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

    header: True, False, or the 1-based line that holds the column names; of a ZIP of several files each is read by
    itself, and by what was chosen. Raises ReadError.
    """
    text: dict[str, Any] = {"encoding": encoding, "delimiter": delimiter, "header": header, "quotechar": quotechar}
    if kind_of(data) != "workbook" or len(data) > limits.BYTES:
        return _read(data, name, sheet, **text)
    unpacked = unpack(data, "archive", name, sheet)
    if unpacked.kind == "files":
        return _of_files(name, _members(unpacked, text, sheet))
    return _from_cells(unpacked, name, header, sheet)


def _read(
    data: bytes,
    name: str,
    sheet: str | None,
    *,
    encoding: str | None,
    delimiter: str | None,
    header: bool | int | None,
    quotechar: str | None,
) -> Table:
    """The table of one file; a ZIP is none."""
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
        return _noted(table, Message("intake.note.unpacked"))
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


def _members(unpacked: Unpacked, choices: dict[str, Any], sheet: str | None) -> list[Member]:
    """Each file of an archive, read by its own evidence and what was chosen for all."""
    found: list[Member] = []
    size, seen = 0, Counter[str]()
    end = time.monotonic() + limits.TOGETHER
    for called, data, problem in unpacked.files():
        if time.monotonic() > end:
            raise ReadError(Message("intake.files.time", count=len(found), seconds=limits.TOGETHER))
        seen[called] += 1
        name = called if seen[called] == 1 else f"{called} ({seen[called]})"
        if problem:
            found.append(Member(name, None, Message(f"intake.unpack.{problem}", name=name)))
            continue
        try:
            table = _one(data, name, choices, sheet)
        except ReadError as error:
            found.append(Member(name, None, error.message))
            continue
        found.append(Member(name, table))
        size += table.nbytes
        if size > limits.expanded():
            raise ReadError(Message("intake.files.expanded", count=len(found), megabytes=limits.expanded() // 2**20))
    return found


def _one(data: bytes, name: str, choices: dict[str, Any], sheet: str | None) -> Table:
    """A file of an archive; a sheet is chosen in those workbooks that have it."""
    try:
        return _read(data, name, sheet, **choices)
    except ReadError as error:
        if error.field != "sheet":
            raise
    return _read(data, name, None, **choices)


def _of_files(name: str, members: list[Member]) -> Table:
    """The one table in an archive, or several as one; ReadError where there is none."""
    tables = [member.table for member in members if member.table is not None]
    if not tables:
        why = [Message("intake.files.why", file=member.name, problem=member.problem) for member in members]
        raise ReadError(Message("intake.files.none", name=name, count=len(members), why=sentences(why, 5)))
    if len(tables) == 1:
        left = tuple(repr(member.name) for member in members if member.table is None)
        others = Message("intake.note.unzipped.others", count=len(left), names=first_of(left, 5)) if left else ""
        return _noted(tables[0], Message("intake.note.unzipped", file=tables[0].name, others=others))
    return dataclasses.replace(tables[0], name=name, runner_up=None, files=tuple(members))


def _noted(table: Table, message: Message) -> Table:
    return dataclasses.replace(table, notes=(Note("unpacked", message), *table.notes))


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
