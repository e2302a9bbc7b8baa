"""Records with a separator too many or too few -> cells back in their columns, where that is certain.

Every place where the separator can have come in or gone is tried; those under which all cells are of the kind that
their columns hold remain. A cell that is the same under all of them is kept, any other one counts as missing.
"""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Iterator

from forecasting.intake.notes import Note, some
from forecasting.intake.text.cell_types import is_missing, is_number, is_time
from forecasting.intake.text.records import Record
from forecasting.messages import Message

FEW = 0.2  # share of the records that may be mended in this way
LEAST = 5  # records of the usual length that are enough to tell the kinds of columns
SAMPLE = 400  # of them
LONG = 200  # characters from which on a cell is words: cutting it everywhere would take the square of its length
Row = list[str | None]
Kinds = list[Counter[str]]  # of each column's cells


def realigned(body: list[Record], width: int) -> tuple[list[tuple[int, Row]], list[Note]]:
    """The records, those one cell too long or too short mended where that is certain, and a note on these."""
    records: list[tuple[int, Row]] = [(row, list(cells)) for row, cells in body]
    usual = [cells for _, cells in body if len(cells) == width]
    odd = [at for at, (_, cells) in enumerate(body) if abs(len(cells) - width) == 1 or _ends_empty(cells, width)]
    if width == 2:  # a single cell could be either of the two
        odd = [at for at in odd if len(body[at][1]) > width]
    if width < 2 or not odd or len(odd) > FEW * len(body) or len(usual) < LEAST:
        return records, []
    kinds = [Counter(kind_of(cells[column]) for cells in usual[:SAMPLE]) for column in range(width)]
    mended = []
    for at in odd:
        row, cells = body[at]
        ways = _lengthened(cells, kinds) if len(cells) < width else _shortened(cells, width)
        fitting = [way for way in ways if _fits(way, kinds)]
        fitting = [way for way in fitting if _is_usual(way, kinds)] or fitting
        if fitting:
            records[at] = row, [cells[0] if len(set(cells)) == 1 else None for cells in zip(*fitting, strict=True)]
            mended.append(row)
    if not mended:
        return records, []
    message = Message("intake.note.realigned", count=len(mended))
    summary = Message("intake.summary.realigned", count=len(mended))
    return records, [Note("realigned", message, len(mended), some(mended), summary)]


def _ends_empty(cells: list[str], width: int) -> bool:
    return len(cells) > width and not any(cell.strip() for cell in cells[width:])


def _shortened(cells: list[str], width: int) -> Iterator[Row]:
    """The record without one of its empty cells, or without the several that it has at its end."""
    if len(cells) > width + 1:
        yield list(cells[:width])
        return
    for at, cell in enumerate(cells):
        if not cell.strip():
            yield [*cells[:at], *cells[at + 1 :]]


def _lengthened(cells: list[str], kinds: Kinds) -> Iterator[Row]:
    """The record with one of its cells understood as two that ran together, or with its last one gone.

    Only where the cells before fit their columns and those behind fit the next ones: trying every way in full would
    take the square of the columns.
    """
    held = [kind_of(cell) for cell in cells]
    before = list(itertools.accumulate((_goes(kind, kinds[at]) for at, kind in enumerate(held)), _both, initial=True))
    shifted = [_goes(kind, kinds[at + 1]) for at, kind in enumerate(held)]
    behind = list(itertools.accumulate(reversed(shifted), _both, initial=True))[::-1]
    for at, cell in enumerate(cells):
        if before[at] and behind[at + 1] and _are_two(cell, kinds[at], kinds[at + 1]):
            yield [*cells[:at], None, None, *cells[at + 1 :]]
    if before[len(cells)]:
        yield [*cells, None]


def _are_two(cell: str, first: Counter[str], second: Counter[str]) -> bool:
    """Whether a cell can be cut into two of the kinds of two columns."""
    if len(cell) > LONG:
        return first["words"] > 0 or second["words"] > 0
    return any(first[kind_of(cell[:cut])] and second[kind_of(cell[cut:])] for cut in range(len(cell) + 1))


def _goes(kind: str, column: Counter[str]) -> bool:
    return kind == "missing" or column[kind] > 0


def _both(so_far: bool, here: bool) -> bool:
    return so_far and here


def _fits(cells: Row, kinds: Kinds) -> bool:
    return all(
        cell is None or kind == "missing" or kinds[column][kind] > 0
        for column, cell in enumerate(cells)
        for kind in [kind_of(cell or "")]
    )


def _is_usual(cells: Row, kinds: Kinds) -> bool:
    """Whether empty cells stand only where others are empty as well."""
    return all(cell is None or not is_missing(cell) or kinds[at]["missing"] for at, cell in enumerate(cells))


@functools.lru_cache(maxsize=50_000)
def kind_of(cell: str) -> str:
    """Whether a cell is "missing", a "time", a "number" or "words"."""
    if is_missing(cell):
        return "missing"
    if is_time(cell):
        return "time"
    return "number" if is_number(cell) else "words"
