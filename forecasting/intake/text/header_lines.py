"""Where the table begins among the records, and how many header lines it has."""

from __future__ import annotations

import math
import re

import numpy as np

from forecasting.errors import ReadError
from forecasting.intake.text.cell_types import is_marked_number, is_missing, is_number, is_time, without_flag
from forecasting.intake.text.records import Record
from forecasting.messages import Message

# Letters that could be a currency, or a per cent sign, beside digits.
_NAME = re.compile(r"[A-Za-z]{3}\d+|\d+[A-Za-z]{3}|\d+(?:[.,]\d+)?\s?%")
TITLES = 20  # lines with separators of their own that may stand above a header
HEADERS = 4  # lines that a header may have
_CLEAN = 10  # records from which on a column is known to hold times only
STEPS = 5  # names that are 1, 2, 3 ... from which on they are no values


def find_header(records: list[Record], width: int, header: bool | int | None) -> tuple[int, int]:
    """The positions in `records` where the table begins (with its header, if it has one) and where its body begins."""
    if header is not None and not isinstance(header, bool):
        for position, (row, _) in enumerate(records):
            if row == header:
                return position, position + 1
        raise ReadError(Message("intake.read.header-line", row=header), field="header", row=header)
    start = 0
    enough = max(2, math.ceil(width / 2)) if width > 1 else 1
    typed = _typed(records[1:800], width)
    for position, (_, cells) in enumerate(records):
        if len(cells) < width - 1:
            continue
        below = records[position + 1][1] if position + 1 < len(records) else []
        names = typed and _is_header(cells, typed) and len(below) == width and not _is_header(below, typed)
        if names or sum(bool(cell.strip()) for cell in cells) >= enough:
            start = position
            break
    if width == 1:
        start = _one_column_start(records)
    elif len(records[start][1]) < width and typed:
        start = _first_complete(records, start, width, typed)
    if header is not None:
        return start, start + int(header)
    lines = _header_lines(records[start:], width)
    above = records[start][1]
    if lines > 1 and len(above) != width and above[0].strip() and all(map(str.strip, records[start + 1][1])):
        start, lines = start + 1, lines - 1  # a title that happens to contain a separator, above complete names
    return start, start + lines


def _first_complete(records: list[Record], start: int, width: int, typed: dict[int, bool]) -> int:
    """The first record of full width from `start` on, if it is a header above data: what is shorter are titles."""
    at = next((at for at in range(start, min(start + TITLES, len(records))) if len(records[at][1]) == width), start)
    if at == start or at + 1 >= len(records) or len(records[at + 1][1]) != width:
        return start
    return at if _is_header(records[at][1], typed) and not _is_header(records[at + 1][1], typed) else start


def _one_column_start(records: list[Record]) -> int:
    """Titles above a single column: several lines of words before the first number."""
    cells = [cells[0] for _, cells in records[:50]]
    typed = [is_number(cell) or is_time(cell) for cell in cells]
    first = typed.index(True) if True in typed else 0
    letters = sum(map(_has_letter, cells)) > 0.1 * len(cells)
    if first + 1 < len(cells) and typed[first + 1] and _is_name(cells[first], letters):
        first += 1
    return max(0, first - 1)


def _header_lines(records: list[Record], width: int) -> int:
    """How many lines of names the table begins with."""
    sample = [cells for _, cells in records[1:400] if len(cells) == width]
    if len(records) == 1:
        return 0 if any(is_number(cell) or is_time(cell) for cell in records[0][1]) else 1
    typed = _typed(records[1:400], width)
    if not typed:
        first = [cell.strip() for cell in records[0][1]]
        return int(all(first) and len(set(first)) == len(first) and not any(map(is_number, first)))
    lines = 0
    for _, cells in records[:HEADERS]:
        damaged = len(cells) != width and any(_has_digit(cell) for cell in cells)
        if not _is_header(cells, typed) or (lines and (damaged or any(map(_is_mostly_digits, cells)))):
            break  # a damaged record is not a second header line
        lines += 1
    if lines == 0 and (_is_header_of_times(records[0][1], typed, sample) or _names_times(records[0][1], sample)):
        return 1
    return min(lines, len(records) - 1) if lines else 0


def _typed(records: list[Record], width: int) -> dict[int, bool]:
    """The columns that mostly hold numbers or times, and whether their cells have letters, such as EUR 5."""
    sample = [cells for _, cells in records if len(cells) == width]
    typed = {}
    for column in range(width):
        cells = [cells[column] for cells in sample]
        if _is_typed(cells):
            typed[column] = sum(map(_has_letter, cells)) > 0.1 * len(cells)
    return typed


def _is_typed(cells: list[str]) -> bool:
    held = [cell for cell in cells if not is_missing(cell)]
    return bool(held) and sum(is_marked_number(cell) or is_time(cell) for cell in held) >= 0.7 * len(held)


def _is_header(cells: list[str], typed: dict[int, bool]) -> bool:
    held = [(cells[column], letters) for column, letters in typed.items() if column < len(cells)]
    held = [(cell, letters) for cell, letters in held if cell.strip()]
    data = sum(is_time(cell) or (is_number(cell) and not _is_name(cell, letters)) for cell, letters in held)
    words = sum(not is_missing(cell) for cell, _ in held) - data
    return words > 0 and data <= words / 3


def _is_name(cell: str, letters: bool) -> bool:
    """Whether a cell like DGS10, EUR5 or 95% is a name: the column has no such letters or signs below."""
    return not letters and _NAME.fullmatch(cell.strip()) is not None


def _has_letter(cell: str) -> bool:
    return _NAME.search(cell) is not None


def _has_digit(cell: str) -> bool:
    return any(character.isdigit() for character in cell)


def _is_mostly_digits(cell: str) -> bool:
    return len(cell) > 5 and 2 * sum(character.isdigit() for character in cell) >= len(cell) and not is_time(cell)


def _names_times(cells: list[str], sample: list[list[str]]) -> bool:
    """Whether a word stands above a column of nothing but times, whatever numbers name the columns beside it."""
    for column, cell in enumerate(cells):
        word = cell.strip()
        if word.isalpha() and not is_missing(word) and not is_time(word) and len(sample) >= _CLEAN:
            below = [row[column] for row in sample if column < len(row)]
            if all(map(is_time, below)):
                return True
    return False


def _is_header_of_times(cells: list[str], typed: dict[int, bool], sample: list[list[str]]) -> bool:
    """Names such as 2019, 2020, 2021, or 1, 2, 3, over columns of other numbers; what is beside them are words."""
    over = [(column, without_flag(cells[column]).strip()) for column in typed if column < len(cells)]
    years = [(column, cell) for column, cell in over if re.fullmatch(r"(1[6-9]|20|21)\d\d", cell)]
    words = [cell for cell in map(str.strip, cells) if cell and not (is_number(cell) or is_time(cell))]
    beside = sum(not (is_number(cell) or is_time(cell)) for _, cell in over)  # names of attributes over numbers
    if len(years) >= 2 and len(years) >= len(over) - max(1, beside):
        steps = set(np.diff([int(cell) for _, cell in years]).tolist())
        below = [row[years[-1][0]] for row in sample[:50]]
        return (
            len(steps) == 1
            and 0 not in steps
            and not all(re.fullmatch(r"(1[6-9]|20|21)\d\d", c.strip()) for c in below)
        )
    steps_at = [column for column, cell in over if re.fullmatch(r"\d{1,4}", cell)]
    if words and len(steps_at) == len(over) - beside and is_numbered_on([cells[at].strip() for at in steps_at]):
        return not any(is_numbered_on([row[at].strip() for at in steps_at]) for row in sample[:50])
    times = [column for column, cell in over if is_time(cell)]
    below = [row[column] for row in sample[:50] for column in times]
    named = bool(words) or len(times) == len(cells)
    return named and len(times) >= max(3, len(over) - max(1, beside)) and not any(map(is_time, below))


def is_numbered_on(cells: list[str]) -> bool:
    """Whether texts are whole numbers from 0 or 1 on, each one more than the one before."""
    return len(cells) >= STEPS and cells in ([str(first + at) for at in range(len(cells))] for first in (0, 1))
