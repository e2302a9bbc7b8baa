"""Records -> columns: which lines are title, header, units, footer or another table, and how columns are called."""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
from collections import Counter

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from forecasting.errors import ReadError
from forecasting.intake import limits
from forecasting.intake.notes import Note, count_of, some
from forecasting.intake.text.cell_types import is_missing, is_number, is_time
from forecasting.intake.text.column_names import name_columns
from forecasting.intake.text.headers import placed
from forecasting.intake.text.margins import (
    quoted,
    without_comments,
    without_footer,
    without_headers,
    without_other_tables,
)
from forecasting.intake.text.realign import realigned
from forecasting.intake.text.records import Record

HEADERS = 4  # lines that a header may have
_UNIT = re.compile(
    r"[\[(].*[\])]|%|‰|°\s?[CFK]?|[µmkMGT]?(?:W|Wh|g|m|s|A|V|Hz|Pa|t|l|L|m[²³23]|J|B)(?:[/ ·]\w+)?|[A-Z]{3}|[$€£¥]|"
    r"USD.*|EUR.*|-|\d+\s?[A-Z]{3}|mln.*|thousand.*|million.*|units?|index|date|time|text|number|string|yyyy.*",
    re.IGNORECASE,
)


@dataclasses.dataclass(frozen=True, eq=False)
class Laid:
    """cells by column, each record's line, the header's line, rows whose cells may stand in the wrong column, notes.

    few: the names that the header has, where it has too few.
    """

    cells: pa.Table
    rows: npt.NDArray[np.int64]
    header: int | None
    ragged: npt.NDArray[np.int64]
    notes: tuple[Note, ...]
    few: tuple[str, ...] = ()


def lay_out(records: list[Record], name: str, header: bool | int | None) -> Laid:
    """The table among the records, and notes on every record that is not part of it."""
    notes: list[Note] = []
    filled = [record for record in records if any(cell.strip() for cell in record[1])]
    if len(filled) < len(records):
        rows = sorted({row for row, _ in records} - {row for row, _ in filled})
        message = f"{count_of(len(rows), 'empty record', 'was')} left out."
        notes.append(Note("blank", message, len(rows), some(rows)))
    if not filled:
        raise ReadError(f"{name!r} has only empty cells. Bring a file with a header line and at least a few rows.")
    width = _usual(filled)
    if width > limits.COLUMNS:
        raise ReadError(
            f"{name!r} has {width:,} columns; at most {limits.COLUMNS:,} are read. Keep the columns you need."
        )
    filled = without_comments(filled, width, notes)
    start, names_at = _start(filled, width, header, name)
    if start:
        message = f"{count_of(start, 'line', 'was')} left out above the table: {quoted(filled[0][1])}."
        notes.append(Note("preamble", message, start, some(row for row, _ in filled[:start])))
    heads = filled[start:names_at]
    body = filled[names_at:]
    if not body:
        raise ReadError(f"{name!r} has a header and no rows below it. Bring a file with at least a few rows.")
    body = without_footer(body, width, notes)
    body = without_headers(body, heads, notes)
    body = without_other_tables(body, width, notes)
    if not body:
        raise ReadError(f"{name!r} has no rows below its header. Bring a file with at least a few rows.")
    given = _names(heads, body, width, notes)
    laid = _columns(given, body, width, heads[0][0] if heads else None, notes)
    few = next((tuple(cells) for _, cells in heads if any(note.kind == "short header" for note in notes)), ())
    return dataclasses.replace(laid, few=tuple(cell.strip() for cell in few))


def _usual(records: list[Record]) -> int:
    widths = Counter(len(cells) for _, cells in records)
    wide = {width: count for width, count in widths.items() if width > 1}
    if not wide:
        return 1
    best = max(wide, key=lambda width: (wide[width], width))
    return best if wide[best] * 4 >= widths[1] else 1


def _start(records: list[Record], width: int, header: bool | int | None, name: str) -> tuple[int, int]:
    """Where the table begins (its header, if it has one) and where its body does, as positions in `records`."""
    if header is not None and not isinstance(header, bool):
        for position, (row, _) in enumerate(records):
            if row == header:
                return position, position + 1
        raise ReadError(f"Line {header} holds no record, so it cannot be the header.", field="header", row=header)
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
    if header is not None:
        return start, start + int(header)
    lines = _header_lines(records[start:], width)
    above = records[start][1]
    if lines > 1 and len(above) != width and above[0].strip() and all(map(str.strip, records[start + 1][1])):
        start, lines = start + 1, lines - 1  # a title that happens to have a separator, above whole names
    return start, start + lines


def _one_column_start(records: list[Record]) -> int:
    """Titles above a single column: several lines of words before the first number."""
    kinds = [is_number(cells[0]) or is_time(cells[0]) for _, cells in records[:50]]
    first = kinds.index(True) if True in kinds else 0
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
            break  # a record that is damaged is no second line of the header
        lines += 1
    if lines == 0 and _is_header_of_times(records[0][1], typed, sample):
        return 1
    return min(lines, len(records) - 1) if lines else 0


def _typed(records: list[Record], width: int) -> list[int]:
    """The columns that mostly hold numbers or times."""
    sample = [cells for _, cells in records if len(cells) == width]
    return [column for column in range(width) if _is_typed([cells[column] for cells in sample])]


def _is_typed(cells: list[str]) -> bool:
    held = [cell for cell in cells if not is_missing(cell)]
    return bool(held) and sum(is_number(cell) or is_time(cell) for cell in held) >= 0.7 * len(held)


def _is_header(cells: list[str], typed: list[int]) -> bool:
    held = [cells[column] for column in typed if column < len(cells) and cells[column].strip()]
    data = sum(is_number(cell) or is_time(cell) for cell in held)
    words = sum(not (is_number(cell) or is_time(cell) or is_missing(cell)) for cell in held)
    return words > 0 and data <= words / 3


def _has_digit(cell: str) -> bool:
    return any(character.isdigit() for character in cell)


def _is_mostly_digits(cell: str) -> bool:
    return len(cell) > 5 and 2 * sum(character.isdigit() for character in cell) >= len(cell) and not is_time(cell)


def _is_header_of_times(cells: list[str], typed: list[int], sample: list[list[str]]) -> bool:
    """Names such as 2019, 2020, 2021 over columns of other numbers."""
    over = [cells[column].strip() for column in typed if column < len(cells)]
    outside = [cell for column, cell in enumerate(cells) if column not in typed]
    years = [int(cell) for cell in over if re.fullmatch(r"(1[6-9]|20|21)\d\d", cell)]
    if len(years) >= 2 and len(years) >= len(over) - 1:
        steps = set(np.diff(years).tolist())
        below = [cells[typed[-1]] for cells in sample[:50]]
        return (
            len(steps) == 1
            and 0 not in steps
            and not all(re.fullmatch(r"(1[6-9]|20|21)\d\d", c.strip()) for c in below)
        )
    times = [cell for cell in over if is_time(cell)]
    below = [cells[column] for cells in sample[:50] for column in typed[1:]]
    return len(times) >= 3 and len(times) >= len(over) - 1 and bool(outside) and not any(map(is_time, below))


def _names(heads: list[Record], body: list[Record], width: int, notes: list[Note]) -> list[str]:
    """One name a column from the header lines: units set aside, lines above each other joined."""
    if not heads:
        notes.append(Note("header", "The first line is data, so the columns were numbered."))
        return []
    lines = [[cell.strip() for cell in cells] for _, cells in heads]
    names = lines[0]
    if len(lines) > 1:
        units = lines[1]
        held = [cell for cell in units if cell]
        if all(names) and held and all(_UNIT.fullmatch(cell) for cell in held):
            notes.append(Note("units", f"Line {heads[1][0]} holds units ({', '.join(held[:4])}).", 1, (heads[1][0],)))
            lines = [names, *lines[2:]]
        else:
            message = f"The header has {len(lines)} lines, which were joined."
            notes.append(Note("header", message, len(lines), some(row for row, _ in heads)))
        names = _joined(lines)
    if len(names) == width + 1 and names.count("") == 1 and not any(len(cells) > width for _, cells in body):
        message = f"Line {heads[0][0]} has a separator too many; the name that it made empty was left out."
        notes.append(Note("header", message, 1, (heads[0][0],), "1 header mended"))
        names.remove("")
    if 0 < len(names) < width:
        names = _placed(names, body, width, heads[0][0], notes)
    if names and names[0].startswith("#") and len(names[0]) > 1:
        names[0] = names[0].lstrip("# ")
    return names


def _placed(names: list[str], body: list[Record], width: int, row: int, notes: list[Note]) -> list[str]:
    """One name a column for a header that has too few, and a note unless the columns too many are empty."""
    for mark in (";", "\t", "|", ",", " "):
        cut = [name.strip() for name in names[0].split(mark)]
        if len(names) == 1 and len(cut) == width and all(cut):
            message = f"The header in line {row} has its names apart by {mark!r}; it was read so."
            notes.append(Note("header", message, 1, (row,), "1 header mended"))
            return cut
    found, explained = placed(names, body, width)
    if explained and not found[0]:
        notes.append(Note("header", "The header has one name less than there are columns; the first has none."))
    if explained:
        return found if not found[0] else names
    message = f"The header in line {row} has {len(names)} names but the records have {width} cells. "
    if all(found):
        whole = ", ".join(repr(name) for name in found if name not in names)
        message += f"By what the columns hold, a separator is missing between {whole}."
    else:
        unsure = [str(column) for column, name in enumerate(found, 1) if not name]
        shown = ", ".join(unsure[:8]) + ", \u2026" * (len(unsure) > 8)
        message += f"Which stands over which is not certain, so column{'s' * (len(unsure) > 1)} {shown} got no name."
    notes.append(Note("short header", message, width - len(names), (row,)))
    return found


def _joined(lines: list[list[str]]) -> list[str]:
    """Names of several lines: a cell that stands over several columns belongs to each of them."""
    width = max(map(len, lines))
    full: list[list[str]] = []
    for depth, line in enumerate(lines):
        cells = [*line, *[""] * (width - len(line))]
        if depth < len(lines) - 1 and sum(map(bool, cells)) < width:
            cells = list(itertools.accumulate(cells, _carried))
        full.append(cells)
    return [" ".join(dict.fromkeys(part for part in parts if part)) for parts in zip(*full, strict=True)]


def _carried(held: str, cell: str) -> str:
    return cell or held


def _columns(given: list[str], body: list[Record], width: int, header: int | None, notes: list[Note]) -> Laid:
    total = max(width, len(given))
    records, mended = realigned(_trimmed(body, total), width)
    notes.extend(mended)
    total = max(total, max(len(cells) for _, cells in records))
    usual = Counter(len(cells) for _, cells in records)
    short = [row for row, cells in records if len(cells) < width]
    long = [row for row, cells in records if len(cells) > max(width, len(given))]
    ragged = [row for row, cells in records if len(cells) not in (width, len(given))]
    if ragged:
        kinds = ", ".join(f"{count:,} have {cells}" for cells, count in sorted(usual.items()) if cells != width)
        message = f"Most records have {width} cells, but {kinds}. Their cells may stand in the wrong columns."
        notes.append(
            Note("ragged", message, len(ragged), some(ragged), f"{count_of(len(ragged), 'row')} of another length")
        )
    columns, name_notes = name_columns(given, total)
    values = list(itertools.zip_longest(*(cells for _, cells in records), fillvalue=None))
    values += [(None,) * len(body)] * (total - len(values))
    arrays = [pa.array(column, pa.string()) for column in values]
    empty = [
        position
        for position in range(total)
        if (position >= len(given) or not given[position])
        and not any((cell or "").strip() for cell in values[position])
    ]
    if empty and len(empty) < total:
        message = f"{count_of(len(empty), 'column', 'was')} left out that had neither name nor values."
        notes.append(Note("empty columns", message, len(empty)))
        columns = [column for position, column in enumerate(columns) if position not in empty]
        arrays = [array for position, array in enumerate(arrays) if position not in empty]
        name_notes = name_columns([*given, *[""] * (total - len(given))], total, skip=set(empty))[1]
    notes.extend(name_notes)
    rows = np.array([row for row, _ in body], dtype=np.int64)
    doubtful = sorted({*short, *long} & set(ragged))
    return Laid(pa.table(arrays, names=columns), rows, header, np.array(doubtful, dtype=np.int64), tuple(notes))


def _trimmed(body: list[Record], width: int) -> list[Record]:
    """Without the empty cells that delimiters at the end make, where most records or the header have them.

    In a single record they may as well be the sign of a separator too many further in front.
    """
    ends = [(row, _without_end(cells, width)) for row, cells in body]
    long = [len(cells) > width for _, cells in body]
    return ends if sum(long) > 0.2 * len(body) else body


def _without_end(cells: list[str], width: int) -> list[str]:
    while len(cells) > width and not cells[-1].strip():
        cells = cells[:-1]
    return cells
