"""Large regular tables -> columns at the speed of pyarrow; anything irregular is left to `records` and `layout`."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from forecasting.intake import limits
from forecasting.intake.notes import Note, some
from forecasting.intake.text.dialect import Dialect
from forecasting.intake.text.layout import Laid, lay_out
from forecasting.intake.text.preamble_and_footer import without_footer
from forecasting.intake.text.records import Record, read_records
from forecasting.messages import Message

HEAD = 400  # lines that are searched for preamble and header
TAIL = 40  # lines that are searched for a footer
Ints = npt.NDArray[np.int64]


def lay_out_regular(text: str, dialect: Dialect, name: str, header: bool | int | None) -> Laid | None:
    """What `read_records` and `lay_out` would give, if every record below the header has the same cells; else None.

    Each line is checked (delimiters counted, quotes paired) before pyarrow reads it, so that nothing is skipped.
    """
    if len(dialect.delimiter.encode()) != 1 or dialect.escapechar or dialect.spaced or dialect.width < 2:
        return None
    data = text.encode()
    lines = _Lines(data, dialect)
    if not lines.sound or len(lines.starts) < 4 * HEAD:
        return None
    top = lay_out(_first_records(text, HEAD, dialect, name), name, header)
    width = top.cells.num_columns
    if len(top.ragged) or width != dialect.width or any(note.kind in ("comments", "quotes") for note in top.notes):
        return None
    first = int(top.rows[0]) - 1
    last, end_notes = _end(data, lines, dialect, name)
    body = slice(first, last)
    regular = lines.counts[body] == width - 1
    blank = lines.lengths[body] == 0
    longest = int(lines.lengths[body].max(initial=0))
    if not (regular | blank).all() or longest > limits.CELL or (lines.lengths[body] == width - 1).any():
        return None
    cells = _read(data, int(lines.starts[first]), int(lines.stops[last - 1]), dialect, top.cells.column_names)
    rows = np.flatnonzero(~blank) + first + 1
    if cells.num_rows != len(rows):
        return None
    notes = [note for note in top.notes if note.kind not in ("footer", "repeated header")]
    if any(note.kind in ("footer", "repeated header") for note in top.notes):
        return None
    cells, rows, again = _without_headers(cells, rows)
    return Laid(cells, rows, top.header, top.ragged, (*notes, *again, *end_notes))


class _Lines:
    """Where each line of the data begins and stops, its length without line end, and its delimiters outside quotes."""

    def __init__(self, data: bytes, dialect: Dialect) -> None:
        buffer = np.frombuffer(data, dtype=np.uint8)
        ends = np.flatnonzero(buffer == ord("\n"))
        returns = data.count(b"\r")
        self.sound = returns == 0 or returns == data.count(b"\r\n")
        if not len(ends) or ends[-1] != len(buffer) - 1:
            ends = np.append(ends, len(buffer))
        self.starts = np.concatenate([[0], ends[:-1] + 1])
        self.stops = ends
        self.lengths = ends - self.starts
        if returns:
            before = buffer[np.maximum(ends - 1, 0)] == ord("\r")
            self.lengths -= before & (self.lengths > 0)
        marks = np.flatnonzero(buffer == ord(dialect.delimiter))
        if dialect.quotechar.encode() in data:
            quotes = np.flatnonzero(buffer == ord(dialect.quotechar))
            self.sound &= self._paired(buffer, quotes, dialect)
            marks = marks[np.searchsorted(quotes, marks) % 2 == 0]
        self.counts = np.diff(np.append(np.searchsorted(marks, self.starts), len(marks)))

    def _paired(self, buffer: npt.NDArray[np.uint8], quotes: Ints, dialect: Dialect) -> bool:
        """Whether every line has its quotes in pairs, each at an edge of a cell or doubled."""
        per_line = np.diff(np.append(np.searchsorted(quotes, self.starts), len(quotes)))
        if (per_line % 2).any():
            return False
        edges = np.frombuffer((dialect.delimiter + dialect.quotechar + "\r\n").encode(), dtype=np.uint8)
        before = np.where(quotes > 0, buffer[np.maximum(quotes - 1, 0)], ord("\n"))
        after = np.where(quotes < len(buffer) - 1, buffer[np.minimum(quotes + 1, len(buffer) - 1)], ord("\n"))
        opening = np.arange(len(quotes)) % 2 == 0
        return bool((np.isin(before, edges) | ~opening).all() and (np.isin(after, edges) | opening).all())


def _first_records(text: str, lines: int, dialect: Dialect, name: str) -> list[Record]:
    """The records of the text's first lines."""
    stop = 0
    for _ in range(lines):
        end = text.find("\n", stop)
        if end < 0:
            stop = len(text)
            break
        stop = end + 1
    return read_records(text[:stop], dialect, name)[0]


def _end(data: bytes, lines: _Lines, dialect: Dialect, name: str) -> tuple[int, tuple[Note, ...]]:
    """One past the last line of the body, and a note on the footer below it."""
    total = len(lines.starts)
    first = max(0, total - TAIL)
    tail = data[int(lines.starts[first]) :].decode()
    records = [(row + first, cells) for row, cells in read_records(tail, dialect, name)[0]]
    notes: list[Note] = []
    kept = without_footer(records, dialect.width, notes)
    return (kept[-1][0] if kept else total), tuple(notes)


def _read(data: bytes, start: int, stop: int, dialect: Dialect, names: list[str]) -> pa.Table:
    quoted = dialect.quotechar.encode() in data
    return pyarrow.csv.read_csv(
        pa.py_buffer(memoryview(data)[start:stop]),
        read_options=pyarrow.csv.ReadOptions(column_names=names, block_size=1 << 22),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=dialect.delimiter, quote_char=dialect.quotechar if quoted else False, newlines_in_values=False
        ),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
        ),
    )


def _without_headers(cells: pa.Table, rows: Ints) -> tuple[pa.Table, Ints, tuple[Note, ...]]:
    """Without the records that repeat the header."""
    same = [pc.equal(column, name) for name, column in zip(cells.column_names, cells.columns, strict=True)]
    if not pc.any(same[0]).as_py():
        return cells, rows, ()
    again = np.asarray(same[0])
    for column in itertools.islice(same, 1, None):
        again = again & np.asarray(column)
    repeats = rows[again]
    if not len(repeats):
        return cells, rows, ()
    message = Message("intake.note.repeated-header", count=len(repeats))
    note = Note("repeated header", message, len(repeats), some(repeats))
    return cells.filter(pa.array(~again)), rows[~again], (note,)
