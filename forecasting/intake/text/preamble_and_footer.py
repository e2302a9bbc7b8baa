"""Lines outside the table: preamble, footer, comments, repeated headers, further tables."""

from __future__ import annotations

import re

from forecasting.intake.notes import Note, some
from forecasting.intake.text.cell_types import is_missing, is_number, is_time
from forecasting.intake.text.records import Record
from forecasting.messages import Message

_YEAR = re.compile(r"(?:1[6-9]|20|21)\d\d")
FEW = 0.1  # share of the records that may be comments
_COMMENT = re.compile(r"\s*(#|//|%%|--\s|;)")


def without_comments(records: list[Record], width: int, notes: list[Note]) -> list[Record]:
    marked = [row for row, cells in records if len(cells) != width and _COMMENT.match(cells[0])]
    hashed = [row for row, cells in records[1:] if cells[0].startswith("# ")]  # with as many commas as a record
    if len(hashed) <= FEW * len(records) and not records[0][1][0].startswith("#"):
        marked = sorted({*marked, *hashed})
    if not marked or len(marked) == len(records):
        return records
    notes.append(Note("comments", Message("intake.note.comments", count=len(marked)), len(marked), some(marked)))
    left_out = set(marked)
    return [record for record in records if record[0] not in left_out]


def without_preamble(records: list[Record], start: int, notes: list[Note]) -> list[Record]:
    """The records from position `start`, where the table begins."""
    if start:
        message = Message("intake.note.preamble", count=start, first=_shortened(records[0][1]))
        notes.append(Note("preamble", message, start, some(row for row, _ in records[:start])))
    return records[start:]


def without_footer(body: list[Record], width: int, notes: list[Note]) -> list[Record]:
    if width < 2:
        return body
    end = len(body)
    while end > 1:
        cells = body[end - 1][1]
        held = [cell for cell in cells if cell.strip()]
        sparse = len(cells) != width or len(held) < width
        if not (sparse and len(held) <= max(1, width // 3) and not (is_number(held[0]) or is_time(held[0]))):
            break
        if (len(body) - end > 30 and len(cells) > 1) or (len(cells) == width and is_missing(held[0])):
            break
        end -= 1
    left_out = body[end:]
    alone = all(len(cells) == 1 for _, cells in left_out)  # lines without a separator
    if not left_out or len(left_out) > max(3, (0.5 if alone else 0.3) * len(body)):
        return body
    message = Message("intake.note.footer", count=len(left_out), first=_shortened(left_out[0][1]))
    notes.append(Note("footer", message, len(left_out), some(row for row, _ in left_out)))
    return body[:end]


def without_headers(body: list[Record], heads: list[Record], notes: list[Note]) -> list[Record]:
    if not heads:
        return body
    names = [[cell.strip().lower() for cell in cells] for _, cells in heads]
    first = names[0][0]
    again = [
        row for row, cells in body if cells[0].strip().lower() == first and [c.strip().lower() for c in cells] in names
    ]
    if not again or len(again) > 0.2 * len(body):
        return body
    message = Message("intake.note.repeated-header", count=len(again))
    notes.append(Note("repeated header", message, len(again), some(again)))
    left_out = set(again)
    return [record for record in body if record[0] not in left_out]


def other_table(body: list[Record], width: int) -> int | None:
    """Where a second table begins: two records or more of another width, or under a header of their own."""
    typed = [column for column in range(width) if _holds_data(body, column, width)]
    for position in range(1, len(body) - 1):
        cells, after = body[position][1], body[position + 1][1]
        if not 1 < len(cells) == len(after) or not _looks_like_names(cells):
            continue
        if len(cells) == width and (len(typed) < 2 or not any(_is_data(after[column]) for column in typed)):
            continue
        rest = body[position:]
        if sum(len(record[1]) == len(cells) for record in rest) >= 0.8 * len(rest):
            return position
    return None


def without_other_table(body: list[Record], position: int, notes: list[Note]) -> list[Record]:
    """Without the second table, which begins at `position`."""
    row, lines, columns = body[position][0], len(body) - position, len(body[position][1])
    message = Message("intake.note.another-table", columns=columns, row=row, lines=lines)
    summary = Message("intake.summary.another-table", lines=lines)
    notes.append(Note("another table", message, lines, some(row for row, _ in body[position:]), summary))
    return body[:position]


def is_before_the_data(above: list[Record], below: list[Record]) -> bool:
    """Whether records are titles or a summary above the table that has the times: much shorter, or without a time."""
    return len(above) * 8 <= len(below) or (not _has_times(above) and _has_times(below))


def _has_times(records: list[Record]) -> bool:
    width = max(len(cells) for _, cells in records)
    for column in range(width):
        held = [cells[column] for _, cells in records[:200] if len(cells) > column and not is_missing(cells[column])]
        if held and sum(is_time(cell) or bool(_YEAR.fullmatch(cell.strip())) for cell in held) >= 0.8 * len(held):
            return True
    return False


def _holds_data(body: list[Record], column: int, width: int) -> bool:
    held = [cells[column] for _, cells in body[:400] if len(cells) == width and not is_missing(cells[column])]
    return bool(held) and sum(map(_is_data, held)) >= 0.8 * len(held)


def _is_data(cell: str) -> bool:
    return is_number(cell) or is_time(cell)


def _looks_like_names(cells: list[str]) -> bool:
    return all(
        any(character.isalpha() for character in cell)
        and 2 * sum(character.isdigit() for character in cell) < len(cell)
        and not is_number(cell)
        and not is_time(cell)
        for cell in cells
    )


def _shortened(cells: list[str]) -> str:
    text = " ".join(cell.strip() for cell in cells if cell.strip())
    return text if len(text) <= 60 else text[:59] + "…"
