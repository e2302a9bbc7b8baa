"""Wide tables, with times along the header or along both edges -> long tables, with one time per record."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from forecasting.intake.columns.across import Across, clocks_across, parts_across, steps_across, times_across
from forecasting.intake.columns.series_role import SERIES_NAMES
from forecasting.intake.columns.time.dates import Times, look_for_times
from forecasting.intake.columns.time.numeric_times import look_for_steps, look_for_years
from forecasting.intake.columns.time_role import SHARE, read_as_time
from forecasting.intake.notes import Note, first_of
from forecasting.intake.text.cell_types import is_marked_number, is_missing, is_number, without_flag
from forecasting.intake.text.table import Table
from forecasting.messages import Message

SAMPLE = 2000  # cells by which it is told whether a table holds numbers
NUMBERS = 0.8  # of them, the share that has to look like numbers
TOGETHER = 3  # columns that may name the series together
_LAST_DAYS = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}  # of the months that have no 31

Ints = npt.NDArray[np.int64]


def melt(table: Table, series: Sequence[str] = ()) -> Table:
    """`table` itself, or the same cells with columns "time" (or "year", "step") and "value" where its names are times.

    series: columns that the user chose to name the series; else the fewest that tell the rows apart do. Columns of
    attributes, such as a latitude beside the dates, are left out, and a note names them.
    """
    return _both_edges(table, list(series)) or _header(table, list(series)) or table


def _both_edges(table: Table, series: list[str]) -> Table | None:
    """Days down and hours across, years down and months or quarters across, months down and days across."""
    clocks, parts = clocks_across(table.columns), parts_across(table.columns)
    if clocks is not None and _holds_numbers(table, clocks):
        days = next((name for name in _others(table, clocks) if _are_days(table, name)), None)
        if days is not None:
            return _unfold(table, clocks, [days], {days: _column(table, days)}, series)
    if parts is None or not _holds_numbers(table, parts):
        return None
    others = _others(table, parts)
    years = next((name for name in sorted(others, key=lambda n: not _is_year_name(n)) if _are_years(table, name)), None)
    if parts.kind == "days":
        return _month_days(table, parts, years, series)
    if years is None:
        return None
    texts = pc.utf8_slice_codeunits(pc.utf8_trim_whitespace(table.cells[years].combine_chunks()), 0, 4)
    return _unfold(table, parts, [years], {"time": texts}, series)


def _month_days(table: Table, parts: Across, years: str | None, series: list[str]) -> Table | None:
    """A row for each month, with its days across."""
    others = _others(table, parts)
    months = [name for name in others if name != years and _full(look_for_times(table.cells[name]))]
    if months:
        found = look_for_times(table.cells[months[0]])
        base, stamps = [months[0]], None if found is None else found.stamps
    elif years is not None and (number := next((n for n in others if n != years and _are_months(table, n)), None)):
        year, month = (
            pd.to_numeric(table.cells[name].to_pandas()).to_numpy(dtype=np.int64) for name in (years, number)
        )
        base, stamps = [years, number], ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    else:
        return None
    if stamps is None or (stamps.astype("datetime64[M]") != stamps).any():
        return None
    texts = pa.array(np.datetime_as_string(stamps.astype("datetime64[M]")), pa.string())
    return _unfold(table, parts, base, {"time": texts}, series)


def _header(table: Table, series: list[str]) -> Table | None:
    """Series down, times or steps across: one record per series and time."""
    names = [without_flag(name) for name in table.columns]
    across = times_across(names if len(set(names)) == len(names) else table.columns)
    if across is None or not _holds_numbers(table, across):
        across = steps_across(table.columns)
        if across is not None and not _is_numeric(table, table.columns[across.columns[0]]):  # the first is the label
            across = dataclasses.replace(across, columns=across.columns[1:], cells=across.cells[1:])
    if across is None or not _holds_numbers(table, across):
        return None
    down = _others(table, across)
    few = len(across.columns) < 0.5 * len(table.columns)
    timed = [name for name in down if _is_time(table, name, across)]
    if timed and (few or across.kind == "steps" or not _labels(table, [n for n in down if n not in timed], [])):
        return None  # times go down: what is across are names like any other
    if not down and len(table) > 1:
        return None
    down = [name for name in down if name not in timed]
    name = {"years": "year", "steps": "step"}.get(across.kind, "time")
    long = _unfold(table, across, timed if timed and not down else [], {name: None}, series)
    flagged = [table.columns[at] for at in across.columns if names[at] != table.columns[at]]
    if not flagged or across.kind == "steps":
        return long
    message = Message("intake.note.flagged-times", count=len(flagged), columns=first_of(map(repr, flagged), 8))
    note = Note("flags", message, len(flagged), (), Message("intake.summary.flagged-times", count=len(flagged)))
    return dataclasses.replace(long, notes=(*long.notes, note))


def _unfold(
    table: Table,
    across: Across,
    base: list[str],
    time: dict[str, pa.Array | None],
    series: list[str],
) -> Table:
    """The long table. base: columns with the time along the other edge; time: its name, and its texts if it has any."""
    others = [name for name in _others(table, across) if name not in base]
    labels = [name for name in series if name in others] or _labels(table, others, base)
    count, columns = len(table), len(across.columns)
    names = [table.columns[at] for at in across.columns]
    cells: dict[str, pa.Array | pa.ChunkedArray] = {}
    if labels is None:  # nothing tells the rows apart
        labels = ["row"] if count > 1 and not base else []
        if labels:
            cells["row"] = _tiled(pa.array(table.rows.astype(str), pa.string()), columns)
    elif labels:
        cells[" / ".join(labels)] = _tiled(_together(table, labels), columns)
    if across.measures:
        repeated = pa.array(across.measures, pa.string()).take(np.repeat(np.arange(columns), count))
        cells["measure"] = repeated
    each = pa.array(across.cells, pa.string()).take(np.repeat(np.arange(columns), count))
    name, texts = next(iter(time.items()))
    if texts is None:
        cells[name] = each
    elif across.kind == "clocks":
        cells |= {name: _tiled(texts, columns), "time of day" if name == "time" else "time": each}
    else:
        cells[name] = pc.binary_join_element_wise(_tiled(texts, columns), each, "")
    taken = [table.cells.column(at) for at in across.columns]
    cells["value"] = pa.chunked_array([chunk for column in taken for chunk in column.chunks], pa.string())
    left_out = [name for name in others if name not in labels]
    kind = "times" if across.kind == "years" else across.kind
    message = Message(
        f"intake.note.{kind}-across",
        first=names[0],
        last=names[-1],
        base=_named(base),
        series=Message("intake.note.across.series", labels=_named(labels), count=len(labels)) if labels else "",
        left_out=_left_out(left_out),
    )
    rows = np.tile(table.rows, columns)
    long = pa.table({name: _chunked(column) for name, column in cells.items()})
    if across.kind == "days":
        there = _exists(each, _tiled(texts, columns)) | ~_blank(cells["value"])
        long, rows = long.filter(pa.array(there)), rows[there]
    if base:  # in the order of time, row by row
        order = np.argsort(rows, kind="stable")
        long, rows = long.take(order), rows[order]
    ragged = np.array([], dtype=np.int64)
    note = Note("unfolded", message, count)
    return dataclasses.replace(table, cells=long, rows=rows, ragged=ragged, notes=(*table.notes, note))


def _labels(table: Table, others: list[str], base: list[str]) -> list[str] | None:
    """The fewest columns that tell the rows apart, together with `base`; [] where none is needed, None if none do."""
    codes = {name: pd.factorize(table.cells[name].to_pandas(), use_na_sentinel=False)[0] for name in [*others, *base]}

    def apart(names: Sequence[str]) -> bool:
        return not names or not pd.DataFrame({name: codes[name] for name in names}).duplicated().any()

    if base and apart(base):
        return []
    words = [name for name in others if not _is_numeric(table, name)]
    for count in range(1, TOGETHER + 1):
        fitting = [names for names in itertools.combinations(words, count) if apart([*names, *base])]
        if fitting:
            return list(fitting[0])
    for name in sorted(others, key=lambda name: SERIES_NAMES.match(name) is None):
        if name not in words and look_for_steps(table.cells[name]) is not None and apart([name, *base]):
            return [name]
    return words or None


def _together(table: Table, labels: list[str]) -> pa.Array:
    """What the columns say, " / " between them, without what is empty."""
    if len(labels) == 1:
        return _column(table, labels[0])
    rows = zip(*(table.cells[name].to_pylist() for name in labels), strict=True)
    return pa.array([" / ".join(cell.strip() for cell in row if cell and cell.strip()) for row in rows], pa.string())


def _others(table: Table, across: Across) -> list[str]:
    return [name for at, name in enumerate(table.columns) if at not in set(across.columns)]


def _holds_numbers(table: Table, across: Across) -> bool:
    """Whether the cells below the times are numbers, flags behind them or not."""
    each = max(1, SAMPLE // len(across.columns))
    held = [
        cell
        for at in across.columns
        for cell in table.cells.column(at).slice(0, each).to_pylist()
        if cell and not is_missing(cell)
    ]
    if not held:
        held = [
            cell for at in across.columns for cell in table.cells.column(at).to_pylist() if not is_missing(cell or "")
        ]
    return bool(held) and sum(map(is_marked_number, held)) >= NUMBERS * len(held)


def _is_numeric(table: Table, name: str) -> bool:
    held = [cell for cell in table.cells[name].slice(0, SAMPLE).to_pylist() if not is_missing(cell or "")]
    return bool(held) and sum(map(is_number, held)) >= NUMBERS * len(held)


def _is_time(table: Table, name: str, across: Across) -> bool:
    if across.kind == "steps":
        head = dataclasses.replace(table, cells=table.cells.slice(0, SAMPLE), rows=table.rows[:SAMPLE])
        return read_as_time(head, name, None, None) is not None
    times = look_for_times(table.cells[name])
    return times is not None and times.share >= SHARE


def _full(times: Times | None) -> bool:
    return times is not None and bool(times.ok.all())


def _are_days(table: Table, name: str) -> bool:
    """Whether a column holds days without a time of day."""
    times = look_for_times(table.cells[name])
    if times is None or times.share < SHARE:
        return False
    stamps = times.stamps[times.ok]
    return bool((stamps.astype("datetime64[D]") == stamps).all())


def _are_years(table: Table, name: str) -> bool:
    return _full(look_for_years(table.cells[name]))


def _are_months(table: Table, name: str) -> bool:
    steps = look_for_steps(table.cells[name])
    return steps is not None and bool(np.isin(steps.stamps, np.arange(1, 13)).all())


def _is_year_name(name: str) -> bool:
    return any(word in name.lower() for word in ("year", "jahr", "ann", "año", "年"))


def _exists(days: pa.Array, months: pa.Array) -> npt.NDArray[np.bool_]:
    """Which days ("-30") their months ("2024-02") have, leap years or not."""
    day = -pc.cast(days, pa.int64()).to_numpy(zero_copy_only=False)
    number = pc.cast(pc.utf8_slice_codeunits(months, 5, 7), pa.int64()).to_numpy(zero_copy_only=False)
    longest = np.array([_LAST_DAYS.get(month, 31) for month in range(13)])
    there: npt.NDArray[np.bool_] = day <= longest[number]
    stamps = np.asarray(months.to_numpy(zero_copy_only=False)[there], dtype="datetime64[M]")
    there[there] = (stamps.astype("datetime64[D]") + (day[there] - 1)).astype("datetime64[M]") == stamps
    return there


def _blank(column: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    return np.array([is_missing(cell or "") for cell in column.to_pylist()])


def _column(table: Table, name: str) -> pa.Array:
    return table.cells[name].combine_chunks()


def _tiled(column: pa.Array, times: int) -> pa.Array:
    flat = pa.concat_arrays(column.chunks) if isinstance(column, pa.ChunkedArray) else column
    return pa.concat_arrays([flat] * times)


def _chunked(column: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    return column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column])


def _named(columns: list[str]) -> tuple[str, ...]:
    return tuple(map(repr, columns))


def _left_out(columns: list[str]) -> str:
    """A sentence that ends the note on a melted table; empty where nothing was left out."""
    return Message("intake.note.left-out", columns=tuple(map(repr, columns[:10]))) if columns else ""
