"""How large a file may be. Beyond each limit reading ends in an error message; pages show some of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

BYTES = 200 * 1024 * 1024  # of an upload
EXPANDED = 600 * 1024 * 1024  # bytes that a compressed file may grow to, in all its parts or as cells
ROWS = 5_000_000
COLUMNS = 1_000
CELL = 100_000  # characters
SECONDS = {"gzip": 10, "parquet": 30, "workbook": 60, "archive": 60}  # of processor time that unpacking may take
MEMORY = 3 * 1024 * 1024 * 1024  # bytes of address space that it may take, unless `unpacking_in` says otherwise
MEMBERS = 100_000  # of a gzip file: programs that write blocks make one of 64 kB each
ENTRIES = 10_000  # files in a workbook: a part for each sheet, picture and relation
FILES = 500  # that are read as one
TOGETHER = 120  # seconds that reading all of them may take
SERIES = 100_000  # of a Panel
VALUES = 20_000_000  # of all its series, gaps filled

_memory: ContextVar[int | None] = ContextVar("memory", default=None)


@contextmanager
def unpacking_in(memory: int) -> Iterator[None]:
    """Within it, unpacking a file takes `memory` bytes at most, and everything that follows from it."""
    before = _memory.set(memory)
    try:
        yield
    finally:
        _memory.reset(before)


def memory() -> int:
    """Bytes of address space that unpacking a file may take."""
    given = _memory.get()
    return MEMORY if given is None else given


def expanded() -> int:
    """Bytes that a compressed file may grow to: the reader of a workbook needs up to four times as many."""
    return min(EXPANDED, memory() // 4)


def text() -> int:
    """Bytes of text that a gzip file may grow to: its table and series take up to nine times as many."""
    return min(BYTES, expanded(), memory() // 10)


def cells() -> int:
    """Cells of a workbook or Parquet file: the reader needs some 250 bytes for each."""
    return memory() // 256
