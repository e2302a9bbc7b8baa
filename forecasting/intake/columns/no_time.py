"""Why a table has no time: the column that comes closest, its first cell that cannot be read, what it would take."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa

from forecasting.errors import DataError
from forecasting.intake.columns.time.dates import Times, look_for_times
from forecasting.intake.columns.time.months import month_of
from forecasting.intake.columns.time.numeric_times import look_for_years
from forecasting.intake.text.cell_types import is_missing
from forecasting.intake.text.table import Table
from forecasting.messages import Message

_HEAD = 5_000  # rows of long tables that are looked at
_NAMES = re.compile(
    r"date|time|month|year|week|period|datum|zeit|monat|jahr|fecha|quarter|(?:^|[^a-z])(?:day|tag|data|ds|step|t)(?:[^a-z]|$)",
    re.IGNORECASE,
)
_CLOCK_AND_WORDS = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d:\d\d")
_YEAR = re.compile(r"^(?:1[6-9]|20|21)\d\d$")
_NO_YEAR = r"\d{1,2}[-/.]\d{1,2}\.?|\d{1,2}[-/ .]*[^\W\d_]{3,12}\.?|[^\W\d_]{3,12}\.?[-/ .]*\d{1,2}"
_DAY, _MONTH = r"(?:0[1-9]|[12]\d|3[01])", r"(?:0[1-9]|1[0-2])"
_WORD = re.compile(r"[^\W\d_]{3,}")
_REASONS = (  # what a cell looks like -> what it would take
    (re.compile(r"^\d[.,]\d+[eE]\+\d\d$"), "cut-short"),
    (re.compile(rf"^(?:{_NO_YEAR})\s*(?:-|\u2013|—|~|to|bis|au|al)\s*(?:{_NO_YEAR})$"), "no-year"),
    (re.compile(r"^\d{1,2}[-/ .]?[^\W\d_]{3,12}\.?$|^[^\W\d_]{3,12}\.?[-/ .]\d{1,2}$"), "no-year"),
    (
        re.compile(r"^\d{1,2}[-/]\d{1,2}$|^(?:0[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2])\.?$|^\d{1,2}\.\d{1,2}\.$"),
        "no-year",
    ),
    (re.compile(r"^\d{1,2}(?:[:h]\d{2}|\.\d{2}\.\d{2})"), "no-day"),
    (re.compile(r"\d\s?[A-Z]{3,5}$"), "zone-name"),
    (re.compile(r"^1[34]\d\d[-/.]\d{1,2}([-/.]\d{1,2})?$"), "other-calendar"),
    (re.compile(r"^(?:1[6-9]|20|21)\d\d"), "other-kinds"),
)


def no_time(table: Table) -> DataError:
    """The refusal that names the best candidate; without one, the columns."""
    best: tuple[float, str, Times | None] | None = None
    for name in table.columns:
        score, times = _score(table, name)
        if score > 0 and (best is None or score > best[0]):
            best = (score, name, times)
    if best is None:
        columns = tuple(map(repr, table.columns[:20]))
        return DataError(Message("intake.column.no-time", name=table.name, columns=columns), field="time")
    _, name, times = best
    cells = table.cells[name].slice(0, _HEAD).to_pylist()
    unread = [place for place, cell in enumerate(cells) if not is_missing(cell or "") and not _is_read(times, place)]
    place = _of_another_kind(cells, unread) if times is not None and times.ok.any() else None
    kind = "other-kinds" if place is not None else None
    place = place if place is not None else unread[0] if unread else 0
    cell, row = str(cells[place])[:40], int(table.rows[place])
    present = sum(not is_missing(cell or "") for cell in cells)
    return DataError(
        Message(
            "intake.column.almost-time",
            name=table.name,
            column=name,
            read=present - len(unread),
            present=present,
            cell=cell,
            row=row,
            takes=Message(f"intake.takes.{kind or _takes(cell)}"),
        ),
        field="time",
        column=name,
        row=row,
    )


def _score(table: Table, name: str) -> tuple[float, Times | None]:
    """How much a column is like a time: by the share that was read, its name, and digits in its cells."""
    column = table.cells[name].slice(0, _HEAD)
    times = look_for_times(column)
    if times is None:
        years = look_for_years(column)
        times = years if years is not None and len(np.unique(years.stamps)) > 1 else None
    named = 0.3 if _NAMES.search(name) else 0.0
    if times is not None and times.ok.any():
        return 1.0 + times.share + named, times
    held = [cell for cell in column.slice(0, 200).to_pylist() if cell and not is_missing(cell)]
    like = sum(_is_like_a_time(cell.strip()) for cell in held)
    share = like / len(held) if held else 0.0
    return (share + named, None) if share >= 0.5 or (named and held) else (0.0, None)


def _is_like_a_time(cell: str) -> bool:
    """Whether a cell is a part of a time, such as 31.12. and Jan-1; a word beside a number may be anything else."""
    words = _WORD.findall(cell)
    if words and not any(map(month_of, words)):
        return bool(_CLOCK_AND_WORDS.search(cell))
    return any(pattern.search(cell) for pattern, _ in _REASONS[:-1])


def _of_another_kind(cells: list[str | None], unread: list[int]) -> int | None:
    """The first unread cell that is a time of another kind than those that were read."""
    if len(unread) < 2:
        return None
    column = pa.chunked_array([pa.array([cells[place] for place in unread], pa.string())])
    years = pa.chunked_array([pa.array([c if _YEAR.match(c or "") else None for c in column.to_pylist()], pa.string())])
    for times in (look_for_years(years), look_for_times(column)):
        if times is not None and times.ok.sum() > 1:
            return unread[int(np.flatnonzero(times.ok)[0])]
    return None


def _is_read(times: Times | None, place: int) -> bool:
    return times is not None and bool(times.ok[place])


def _takes(cell: str) -> str:
    return next((word for pattern, word in _REASONS if pattern.search(cell.strip())), "a-format")
