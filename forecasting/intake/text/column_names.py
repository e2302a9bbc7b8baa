"""Column names: none empty, none twice, and a note on each that had to be made up."""

from __future__ import annotations

from collections.abc import Collection

from forecasting.intake.notes import Note


def name_columns(names: list[str], width: int, skip: Collection[int] = ()) -> tuple[list[str], tuple[Note, ...]]:
    """One name a column; columns at the positions `skip` are not spoken of."""
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
    shown = ", ".join(made[:8]) + ", …" * (len(made) > 8)
    return columns, (Note("names", f"Columns without a name of their own were called {shown}.", len(made)),)
