"""Column names: those of the header lines, units set aside and lines joined; none empty, none twice."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection

from forecasting.intake.notes import Note, first_of, some
from forecasting.intake.text.records import Record
from forecasting.intake.text.short_header import place_names
from forecasting.messages import Message

_UNIT = re.compile(
    r"[\[(].*[\])]|%|‰|°\s?[CFK]?|[µmkMGT]?(?:W|Wh|g|m|s|A|V|Hz|Pa|t|l|L|m[²³23]|J|B)(?:[/ ·]\w+)?|[A-Z]{3}|[$€£¥]|"
    r"USD.*|EUR.*|-|\d+\s?[A-Z]{3}|mln.*|thousand.*|million.*|units?|index|date|time|text|number|string|yyyy.*|\d{1,3}[snd]",
    re.IGNORECASE,
)


def header_names(heads: list[Record], body: list[Record], width: int, notes: list[Note]) -> list[str]:
    """One name per column from the header lines: units set aside, several lines joined."""
    if not heads:
        notes.append(Note("header", Message("intake.note.no-header")))
        return []
    lines = [[cell.strip() for cell in cells] for _, cells in heads]
    names = lines[0]
    if len(lines) > 1:
        units = lines[1]
        held = [cell for cell in units if cell]
        if all(names) and held and all(_UNIT.fullmatch(cell) for cell in held):
            message = Message("intake.note.units", row=heads[1][0], units=tuple(held[:4]))
            notes.append(Note("units", message, 1, (heads[1][0],)))
            lines = [names, *lines[2:]]
        else:
            message = Message("intake.note.header-lines", lines=len(lines))
            notes.append(Note("header", message, len(lines), some(row for row, _ in heads)))
        names = _joined(lines)
    if len(names) == width + 1 and names.count("") == 1 and not any(len(cells) > width for _, cells in body):
        message = Message("intake.note.header-separator", row=heads[0][0])
        notes.append(Note("header", message, 1, (heads[0][0],), Message("intake.summary.header")))
        names.remove("")
    if 0 < len(names) < width:
        names = _placed(names, body, width, heads[0][0], notes)
    if names and names[0].startswith("#") and len(names[0]) > 1:
        names[0] = names[0].lstrip("# ")
    return names


def _placed(names: list[str], body: list[Record], width: int, row: int, notes: list[Note]) -> list[str]:
    """One name per column for a header that has too few, and a note unless the surplus columns are empty."""
    for mark in (";", "\t", "|", ",", " "):
        cut = [name.strip() for name in names[0].split(mark)]
        if len(names) == 1 and len(cut) == width and all(cut):
            message = Message("intake.note.header-delimiter", row=row, delimiter=mark)
            notes.append(Note("header", message, 1, (row,), Message("intake.summary.header")))
            return cut
    placed, explained = place_names(names, body, width)
    if explained and not placed[0]:
        notes.append(Note("header", Message("intake.note.header-without-first")))
    if explained:
        return placed if not placed[0] else names
    if all(placed):
        apart = tuple(repr(name) for name in placed if name not in names)
        message = Message("intake.note.short-header", row=row, names=len(names), cells=width, apart=apart)
    else:
        unsure = [str(column) for column, name in enumerate(placed, 1) if not name]
        message = Message(
            "intake.note.unsure-header",
            row=row,
            names=len(names),
            cells=width,
            count=len(unsure),
            columns=first_of(unsure, 8),
        )
    notes.append(Note("short header", message, width - len(names), (row,)))
    return placed


def _joined(lines: list[list[str]]) -> list[str]:
    """Names of several lines: a cell that spans several columns belongs to each of them."""
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


def name_columns(names: list[str], width: int, skip: Collection[int] = ()) -> tuple[list[str], tuple[Note, ...]]:
    """One name per column; columns at the positions `skip` are not mentioned in the note."""
    columns: list[str] = []
    made: list[str] = []
    given = {name.strip() for name in names}
    used: set[str] = set()
    for index in range(width):
        name = names[index].strip() if index < len(names) else ""
        base = name or f"column {index + 1}"
        column, number = base, 2
        while column in used or (column != name and column in given):
            column, number = f"{base} ({number})", number + 1
        used.add(column)
        columns.append(column)
        if column != name and index not in skip:
            made.append(column)
    if not made or not names:
        return columns, ()
    return columns, (Note("names", Message("intake.note.names", columns=first_of(made, 8)), len(made)),)
