"""Tables whose time runs along the header, or along both edges -> tables with one time a record."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from forecasting.errors import AmbiguousInput
from forecasting.intake.columns.dates import Times, look_for_times
from forecasting.intake.columns.months import month_of
from forecasting.intake.columns.time_codes import look_for_years
from forecasting.intake.notes import Note
from forecasting.intake.text.cell_types import is_number
from forecasting.intake.text.table import Table

LEAST = 3  # columns named by times that make a table one of this kind


def unfold(table: Table) -> Table:
    """`table` itself, or the same cells with columns "time" and "value" where its column names are times."""
    return _by_month(table) or _by_header(table) or table


def join_decimals(table: Table, decimal: str | None) -> Table:
    """`table`, or with each two cells that a decimal comma had cut apart joined again, if `decimal` says so.

    A table cut by commas whose header has too few names, by one for each column of numbers, is in doubt: asked about.
    """
    missing = len(table.columns) - len(table.few)
    if not table.few or table.dialect.delimiter != "," or len(table.few) - 1 != missing:
        return table
    pairs = [(1 + 2 * i, 2 + 2 * i) for i in range(missing)]
    if all(
        _fits(table, left, r"^\s+[^0-9]?[0-9]{1,3}$") and _fits(table, right, r"^[0-9]{3}(\.[0-9]+)?$")
        for left, right in pairs
    ):
        return _joined(table, pairs, "Numbers that their thousand separator had cut into two cells were joined.")
    if not all(
        _fits(table, left, r"^\s*[+-]?[0-9]+$") and _fits(table, right, r"^[0-9]+\s*$") for left, right in pairs
    ):
        return table
    if decimal is None:
        cells = [table.cells.column(position)[0].as_py() for position in pairs[0]]
        raise AmbiguousInput(
            f"The records have more cells than the header has names: {cells[0]},{cells[1]} in line {table.rows[0]} can "
            "be one number with a decimal comma, or two numbers.",
            question="Which is the decimal mark?",
            argument="decimal",
            choices=(",", "."),
            row=int(table.rows[0]),
        )
    if decimal != ",":
        return table
    return _joined(table, pairs, "Numbers that their decimal comma had cut into two cells were joined.")


def _joined(table: Table, pairs: list[tuple[int, int]], message: str) -> Table:
    joined = [table.cells.column(0)]
    for left, right in pairs:
        joined.append(pc.binary_join_element_wise(table.cells.column(left), table.cells.column(right), ","))
    cells = pa.table(joined, names=list(table.few))
    notes = (*(other for other in table.notes if other.kind != "short header"), Note("decimal", message, len(pairs)))
    return dataclasses.replace(table, cells=cells, few=(), notes=notes)


def _fits(table: Table, position: int, pattern: str) -> bool:
    return bool(pc.all(pc.fill_null(pc.match_substring_regex(table.cells.column(position), pattern), False)).as_py())


def _by_month(table: Table) -> Table | None:
    """Years down, months across: one series of months."""
    months = [month_of(name) if name.isalpha() else 0 for name in table.columns]
    years = [name for name in table.columns if "year" in name.lower() or "jahr" in name.lower() or name == "column 1"]
    if sorted(month for month in months if month) != list(range(1, 13)) or not years:
        return None
    found = look_for_years(table.cells[years[0]])
    if found is None or not found.ok.all():
        return None
    at = [months.index(month) for month in range(1, 13)]
    year = table.cells[years[0]].combine_chunks().to_pylist()
    time: list[str | None] = [f"{str(y).strip()[:4]}-{month:02d}" for y in year for month in range(1, 13)]
    grid = [table.cells.column(position).to_pylist() for position in at]
    value = [cell for record in zip(*grid, strict=True) for cell in record]
    left_out = [name for name, month in zip(table.columns, months, strict=True) if not month and name != years[0]]
    message = (
        f"The columns {table.columns[at[0]]!r} to {table.columns[at[11]]!r} are the months of column {years[0]!r}."
    )
    if left_out:
        message += f" Left out: {', '.join(map(repr, left_out[:10]))}."
    return _long(table, {"time": time, "value": value}, np.repeat(table.rows, 12), message)


def _by_header(table: Table) -> Table | None:
    """Series down, times across: one record a series and time."""
    times = _named_by_time(table.columns)
    if times is None or not times.ok.sum() >= max(LEAST, 0.5 * len(table.columns)):
        return None
    across = [name for name, ok in zip(table.columns, times.ok, strict=True) if ok]
    down = [name for name in table.columns if name not in across]
    if not down or any(_is_time(table, name) for name in down):
        return None
    labels = next((name for name in down if _tells_apart(table, name)), None)
    if labels is None:
        return None
    count = len(table)
    values = [cell for name in across for cell in table.cells[name].to_pylist()]
    held = [cell for cell in values if cell and cell.strip()]
    if not held or sum(map(is_number, held)) < 0.8 * len(held):
        return None
    columns = {
        labels: table.cells[labels].to_pylist() * len(across),
        "year" if times.format == "years" else "time": [name for name in across for _ in range(count)],
        "value": values,
    }
    others = [name for name in down if name != labels]
    message = f"The column names from {across[0]!r} to {across[-1]!r} are times; column {labels!r} names the series."
    if others:
        message += f" Left out: {', '.join(map(repr, others[:10]))}."
    return _long(table, columns, np.tile(table.rows, len(across)), message)


def _named_by_time(columns: list[str]) -> Times | None:
    names = pa.chunked_array([pa.array(columns, pa.string())])
    found = look_for_times(names)
    if found is not None:
        return found
    years = pa.chunked_array([pa.array([name if name.isdigit() else None for name in columns], pa.string())])
    return look_for_years(years)


def _is_time(table: Table, name: str) -> bool:
    found = look_for_times(table.cells[name])
    return found is not None and found.share >= 0.9


def _tells_apart(table: Table, name: str) -> bool:
    cells = table.cells[name].to_pylist()
    return len(set(cells)) == len(cells) and not any(is_number(cell or "") for cell in cells)


def _long(table: Table, columns: dict[str, list[str | None]], rows: npt.NDArray[np.int64], message: str) -> Table:
    cells = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    ragged = np.array([], dtype=np.int64)
    note = Note("unfolded", message, len(table))
    return dataclasses.replace(table, cells=cells, rows=rows, ragged=ragged, notes=(*table.notes, note))
