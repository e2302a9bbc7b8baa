"""Text and dialect -> records: lists of cells with the line each begins in; broken quotes are mended line by line."""

from __future__ import annotations

import csv
import dataclasses
import io
import itertools
from collections import Counter

from forecasting.errors import ReadError
from forecasting.intake import limits
from forecasting.intake.notes import Note, some
from forecasting.intake.text.cell_types import is_data
from forecasting.intake.text.dialect import Dialect
from forecasting.messages import Message

Record = tuple[int, list[str]]  # 1-based line, cells
SPAN = 5_000  # lines that one quoted cell may run over
MARKS = 60  # quotes in a line up to which leaving out each one is tried


def read_records(text: str, dialect: Dialect, name: str) -> tuple[list[Record], tuple[Note, ...]]:
    """Every record of `text` that is not a blank line, and notes on those that had to be mended."""
    lines = list(io.StringIO(text, newline=""))
    if not dialect.delimiter:
        odd = [row for row, line in enumerate(lines, 1) if line.count(dialect.quotechar) % 2]
        stray = set(odd)
        records = [
            (row, [_bare(cell, dialect) if row in stray else cell])
            for row, line in enumerate(lines, 1)
            if line.strip()
            for cell in [_unquoted(line.rstrip("\r\n"), dialect)]
        ]
        return records, _notes({"quotes": odd, "delimiter": []}, dialect)
    width = _usual_width(lines, dialect)
    records = []
    mended: dict[str, list[int]] = {"quotes": [], "delimiter": []}
    at = 0
    while at < len(lines):
        line = lines[at]
        row = at + 1
        if dialect.quotechar in line or (dialect.escapechar and dialect.escapechar in line):
            bare = line.rstrip("\r\n")
            other = (
                _by_another(bare, dialect, width, first=not records and _below_is_data(lines, at, dialect, width))
                if dialect.delimiter not in bare
                else None
            )
            cells, used, sound = (other, 1, True) if other else _quoted(lines, at, dialect, width)
            at += used
            if other:
                mended["delimiter"].append(row)
            elif not sound:
                mended["quotes"].append(row)
        else:
            bare = line.rstrip("\r\n")
            cells = _plain(bare, dialect)
            at += 1
            if len(cells) == 1:
                if not bare.strip():
                    continue
                other = _by_another(
                    bare, dialect, width, first=not records and _below_is_data(lines, at, dialect, width)
                )
                if other:
                    cells = other
                    mended["delimiter"].append(row)
        if any(len(cell) > limits.CELL for cell in cells):
            raise ReadError(Message("intake.read.long-cell", name=name, most=limits.CELL, row=row), row=row)
        records.append((row, cells))
    return records, _notes(mended, dialect)


def _usual_width(lines: list[str], dialect: Dialect) -> int:
    """Cells of most records, judged by the lines that need no unquoting; the beginning decides if there are none."""
    plain = (line for line in lines[:5000] if dialect.quotechar not in line and line.strip())
    widths = Counter(len(_plain(line.rstrip("\r\n"), dialect)) for line in plain)
    widths.pop(1, None)
    return widths.most_common(1)[0][0] if widths and widths.total() >= 3 else dialect.width


def _plain(line: str, dialect: Dialect) -> list[str]:
    if not dialect.spaced:
        return line.split(dialect.delimiter)
    if dialect.delimiter == " ":
        return line.split()
    return [cell.lstrip(" ") for cell in line.split(dialect.delimiter)]


def _quoted(lines: list[str], at: int, dialect: Dialect, width: int) -> tuple[list[str], int, bool]:
    """The cells of the record at line `at`, the lines it takes, and whether its quotes were sound."""
    cells, used = _next(itertools.islice(lines, at, at + SPAN), dialect, strict=True)
    sound = cells is not None and (used == 1 or len(cells) == width or width < 2)
    if cells is not None and sound and not _swallows_records(lines[at + 1 : at + used - 1], dialect, width):
        if used == 1 and not dialect.escapechar and lines[at].count(dialect.quotechar) % 2:
            return [_bare(cell, dialect) for cell in cells], 1, False  # one is a letter of a cell
        return cells, used, True
    line = lines[at].rstrip("\r\n")
    for mended in (_without_one_quote(line, dialect, width), _by_edges(line, dialect)):
        if mended is not None and len(mended) == width:
            return [_bare(cell, dialect) for cell in mended], 1, False
    loose, _ = _next([line], dialect, strict=False)
    if loose is not None and len(loose) == width and not _swallowed(loose, dialect):
        return [_bare(cell, dialect) for cell in loose], 1, False
    literal = [_bare(cell, dialect) for cell in _literal(line, dialect)]
    if len(literal) == width or cells is None or not sound:
        return literal, 1, False
    return cells, used, True


def _swallows_records(between: list[str], dialect: Dialect, width: int) -> bool:
    """Whether one of the lines inside a quoted cell is a whole record by itself: then the quote never closed."""
    return width > 2 and any(len(_plain(line.rstrip("\r\n"), dialect)) == width for line in between)


def _without_one_quote(line: str, dialect: Dialect, width: int) -> list[str] | None:
    """The cells if leaving out one quote makes a sound record of the usual width, and only one."""
    places = [at for at, mark in enumerate(line) if mark == dialect.quotechar]
    if len(places) % 2 == 0 or len(places) > MARKS or width < 2:
        return None
    found = set()
    for at in places:
        cells, _ = _next([line[:at] + line[at + 1 :]], dialect, strict=True)
        if cells is not None and len(cells) == width:
            found.add(tuple(cells))
    return list(found.pop()) if len(found) == 1 else None


def _by_edges(line: str, dialect: Dialect) -> list[str] | None:
    """The cells where a quote opens only behind a delimiter and closes only before one: those between are letters."""
    quote, mark = dialect.quotechar, dialect.delimiter
    if not line.startswith(quote) and mark + quote not in line:
        return None
    cells: list[str] = []
    rest: str | None = line
    while rest is not None:
        opened = rest.startswith(quote)
        end = rest.find(quote + mark, 1) + 1 if opened else rest.find(mark)
        if opened and end == 0:
            if len(rest) < 2 or not rest.endswith(quote):
                return None
            end = -1
        cell, rest = (rest, None) if end < 0 else (rest[:end], rest[end + len(mark) :])
        cells.append(cell[1:-1].replace(quote * 2, quote) if opened else cell)
    return cells


def _bare(cell: str, dialect: Dialect) -> str:
    """A cell without a quote that stands at one end of it, where what is left is a number, a date or missing."""
    stripped = cell.strip().strip(dialect.quotechar)
    return stripped if stripped != cell.strip() and is_data(stripped) else cell


def _next(lines: object, dialect: Dialect, *, strict: bool) -> tuple[list[str] | None, int]:
    """The first record of `lines` by the csv module; None where it is malformed (strict) or has no end."""
    reader = csv.reader(
        lines,  # type: ignore[arg-type]  # any iterable of lines
        delimiter=dialect.delimiter,
        quotechar=dialect.quotechar,
        escapechar=dialect.escapechar or None,
        skipinitialspace=dialect.spaced,
        strict=strict,
    )
    try:
        cells = next(reader)
    except (csv.Error, StopIteration):
        return None, 0
    if dialect.delimiter == " " and dialect.spaced:
        cells = [cell for cell in cells if cell]
    return cells, reader.line_num


def _swallowed(cells: list[str], dialect: Dialect) -> bool:
    """Whether a cell contains delimiters because its quote never closed."""
    return bool(cells) and cells[-1].count(dialect.delimiter) > 0


def _literal(line: str, dialect: Dialect) -> list[str]:
    """The cells where quotes count only around a complete cell; all others are ordinary characters."""
    return [_unquoted(cell, dialect) for cell in _plain(line, dialect)]


def _unquoted(cell: str, dialect: Dialect) -> str:
    quote = dialect.quotechar
    bare = cell.strip()
    if len(bare) >= 2 and bare[0] == bare[-1] == quote:
        return bare[1:-1].replace(quote * 2, quote)
    return cell


def _below_is_data(lines: list[str], at: int, dialect: Dialect, width: int) -> bool:
    """Whether the next line is a record of values, so that this one is more likely their header than a title."""
    below = _plain(lines[at + 1].rstrip("\r\n"), dialect) if at + 1 < len(lines) else []
    return len(below) >= width and 5 * sum(map(is_data, below)) >= 2 * width


def _by_another(line: str, dialect: Dialect, width: int, *, first: bool) -> list[str] | None:
    """The line cut by another common delimiter, if that makes exactly as many cells as a record has."""
    if width < 3:
        return None
    for delimiter in (",", ";", "\t", "|", " "):
        if delimiter != dialect.delimiter and line.count(delimiter) >= width - 1:
            cells, _ = _next([line], dataclasses.replace(dialect, delimiter=delimiter, spaced=False), strict=True)
            if cells is None or len(cells) != width:
                continue
            if delimiter != " " or first or 5 * sum(map(is_data, cells)) >= 2 * width:  # sentences have blanks, too
                return cells
    return None


def _notes(mended: dict[str, list[int]], dialect: Dialect) -> tuple[Note, ...]:
    notes = []
    if rows := mended["quotes"]:
        message = Message("intake.note.quotes", count=len(rows))
        summary = Message("intake.summary.quotes", count=len(rows))
        notes.append(Note("quotes", message, len(rows), some(rows), summary))
    if rows := mended["delimiter"]:
        message = Message("intake.note.delimiter", count=len(rows), delimiter=dialect.delimiter)
        summary = Message("intake.summary.delimiter", count=len(rows))
        notes.append(Note("delimiter", message, len(rows), some(rows), summary))
    return tuple(notes)
