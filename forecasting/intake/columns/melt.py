"""Wide tables, with times along the header or along both edges -> long tables, with one time per record."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from forecasting.intake.columns.dates import Times, look_for_times
from forecasting.intake.columns.months import month_of
from forecasting.intake.columns.numeric_times import look_for_years
from forecasting.intake.columns.time_role import SHARE
from forecasting.intake.notes import Note, first_of
from forecasting.intake.text.cell_types import is_marked_number, is_number, without_flag
from forecasting.intake.text.table import Table
from forecasting.messages import Message

LEAST = 3  # columns named by times from which on a table is wide


def melt(table: Table) -> Table:
    """`table` itself, or the same cells with columns "time" and "value" where its column names are times."""
    return _by_month(table) or _by_header(table) or table


def _by_month(table: Table) -> Table | None:
    """Years down, months across: one series of months."""
    months = [month_of(name) if name.isalpha() else 0 for name in table.columns]
    years = [name for name in table.columns if "year" in name.lower() or "jahr" in name.lower() or name == "column 1"]
    if sorted(month for month in months if month) != list(range(1, 13)) or not years:
        return None
    times = look_for_years(table.cells[years[0]])
    if times is None or not times.ok.all():
        return None
    at = [months.index(month) for month in range(1, 13)]
    year = table.cells[years[0]].combine_chunks().to_pylist()
    time: list[str | None] = [f"{str(y).strip()[:4]}-{month:02d}" for y in year for month in range(1, 13)]
    grid = [table.cells.column(position).to_pylist() for position in at]
    value = [cell for record in zip(*grid, strict=True) for cell in record]
    left_out = [name for name, month in zip(table.columns, months, strict=True) if not month and name != years[0]]
    first, last = table.columns[at[0]], table.columns[at[11]]
    message = Message("intake.note.months-across", first=first, last=last, years=years[0], left_out=_left_out(left_out))
    return _long(table, {"time": time, "value": value}, np.repeat(table.rows, 12), message)


def _by_header(table: Table) -> Table | None:
    """Series down, times across: one record per series and time."""
    names = [without_flag(name) for name in table.columns]
    if len(set(names)) < len(names):
        names = table.columns
    times = _named_by_time(names)
    if times is None or not times.ok.sum() >= max(LEAST, 0.5 * len(table.columns)):
        return None
    across = [name for name, ok in zip(table.columns, times.ok, strict=True) if ok]
    plain = dict(zip(table.columns, names, strict=True))
    down = [name for name in table.columns if name not in across]
    if not down or any(_is_time(table, name) for name in down):
        return None
    labels = next((name for name in down if _tells_apart(table, name)), None)
    if labels is None:
        return None
    count = len(table)
    values = [cell for name in across for cell in table.cells[name].to_pylist()]
    held = [cell for cell in values if cell and cell.strip()]
    if not held or sum(map(is_marked_number, held)) < 0.8 * len(held):
        return None
    columns = {
        labels: table.cells[labels].to_pylist() * len(across),
        "year" if times.format == "years" else "time": [plain[name] for name in across for _ in range(count)],
        "value": values,
    }
    others = [name for name in down if name != labels]
    message = Message(
        "intake.note.times-across", first=across[0], last=across[-1], labels=labels, left_out=_left_out(others)
    )
    flagged = [name for name in across if plain[name] != name]
    melted = _long(table, columns, np.tile(table.rows, len(across)), message)
    if not flagged:
        return melted
    message = Message("intake.note.flagged-times", count=len(flagged), columns=first_of(map(repr, flagged), 8))
    note = Note("flags", message, len(flagged), (), Message("intake.summary.flagged-times", count=len(flagged)))
    return dataclasses.replace(melted, notes=(*melted.notes, note))


def _left_out(columns: list[str]) -> str:
    """A sentence that ends the note on a melted table; empty where nothing was left out."""
    return Message("intake.note.left-out", columns=tuple(map(repr, columns[:10]))) if columns else ""


def _named_by_time(columns: list[str]) -> Times | None:
    names = pa.chunked_array([pa.array(columns, pa.string())])
    times = look_for_times(names)
    if times is not None:
        return times
    years = pa.chunked_array([pa.array([name if name.isdigit() else None for name in columns], pa.string())])
    return look_for_years(years)


def _is_time(table: Table, name: str) -> bool:
    times = look_for_times(table.cells[name])
    return times is not None and times.share >= SHARE


def _tells_apart(table: Table, name: str) -> bool:
    cells = table.cells[name].to_pylist()
    return len(set(cells)) == len(cells) and not any(is_number(cell or "") for cell in cells)


def _long(table: Table, columns: dict[str, list[str | None]], rows: npt.NDArray[np.int64], message: Message) -> Table:
    cells = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    ragged = np.array([], dtype=np.int64)
    note = Note("unfolded", message, len(table))
    return dataclasses.replace(table, cells=cells, rows=rows, ragged=ragged, notes=(*table.notes, note))
