"""What tests of reading share: texts of tables, and what was read."""

from forecasting.intake import Report, Table, read_table, to_panel
from forecasting.panel import Panel

PLAIN = "date,value\n2024-01-01,1\n2024-01-02,2\n2024-01-03,3\n"
CELLS = [["2024-01-01", "1"], ["2024-01-02", "2"], ["2024-01-03", "3"]]  # of PLAIN


def read(text: str, **choices: object) -> tuple[Panel, Report]:
    return to_panel(read_table(text.encode(), "a.csv"), **choices)  # type: ignore[arg-type]


def daily(days: list[int], values: list[object], head: str = "date,v") -> str:
    """A text with one value a day of January 2024."""
    return head + "\n" + "".join(f"2024-01-{day:02d},{value}\n" for day, value in zip(days, values, strict=True))


def cells(table: Table) -> list[list[str | None]]:
    return [list(record.values()) for record in table.cells.to_pylist()]


def kinds(noted: Table | Report) -> set[str]:
    """Of notes."""
    return {note.kind for note in noted.notes}
