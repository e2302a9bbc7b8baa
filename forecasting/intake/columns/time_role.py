"""Which columns can be read as time, and which of them is the time."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from forecasting.intake.columns.no_time import no_time
from forecasting.intake.columns.number.numbers import look_for_numbers
from forecasting.intake.columns.target_role import ID_NAMES
from forecasting.intake.columns.time.dates import Times, look_for_times
from forecasting.intake.columns.time.numeric_times import (
    look_for_epochs,
    look_for_serials,
    look_for_steps,
    look_for_years,
)
from forecasting.intake.columns.time.spacing import evenness
from forecasting.intake.text.table import Table
from forecasting.messages import Message

_TIME_NAMES = re.compile(
    r"(^|[^a-z])(ds|date|datetime|time|timestamp|day|month|quarter|week|year|period|datum|zeit|fecha|jour|data|tag|"
    r"monat|jahr|annee|mois|step|index|t)([^a-z]|$)|date|time",
    re.IGNORECASE,
)
_YEAR_NAMES = re.compile(r"^time$|^period$|year|jahr|ann[eé]e|a[nñ]o|anno|\bano\b|yr|rok|^date$|^ds$|年", re.IGNORECASE)
_WEEK_NAMES = re.compile(r"week|woche|\bkw\b|^kw|semaine|semana|settim|vecka|ww$|周|週", re.IGNORECASE)
_MONTH_NAMES = re.compile(r"month|monat|mois|\bmes\b|mese|maand|period|mm$|^ym$|^date$|月", re.IGNORECASE)
_NOT_IN_DIGITS = ("fiscal-years", "half-years")
_AMOUNT_LIKE = "year-month"  # 2012.05 is a month or an amount
_STEP_NAMES = re.compile(r"^(ds|t|n|step|steps|time|index|period|idx|day|week|month|year|hour)$", re.IGNORECASE)
_RECENT = (36_526, 50_000)  # 2000-01-01 and 2036-11-21 in Excel's days
SHARE = 0.9  # of the cells that hold something, the share that must be readable as time
_CHOSEN_SHARE = 0.5  # the same of a column that the user named


def read_as_time(
    table: Table, name: str, chosen: str | None, day_first: bool | str | None, dates: str | None = None
) -> Times | None:
    """A column as time if its cells or its name say that it is one; less is asked of the `chosen` column."""
    if chosen is not None and name != chosen:
        times = look_for_times(table.cells[name], day_first, dates) if len(table) < 100_000 else None
        return times if times is not None and times.share >= SHARE else None
    column = table.cells[name]
    wanted = name == chosen
    times = _by_name(look_for_times(column, day_first, dates), column, name, day_first)
    doubt = times.doubt.key if times is not None and times.doubt is not None else ""
    asked = doubt == "several-periods" or (doubt == "two-forms" and wanted)
    if times is not None and (asked or times.share >= (_CHOSEN_SHARE if wanted else SHARE)):
        if times.format in ("years", *_NOT_IN_DIGITS) or (
            look_for_steps(column) is None and (wanted or times.format != _AMOUNT_LIKE)
        ):
            return times
        times = dataclasses.replace(times, weight=2)
        if wanted or _TIME_NAMES.search(name) or _is_even(times.stamps[times.ok], times.format):
            return times
    years = look_for_years(column)
    if years is not None and (
        wanted or _YEAR_NAMES.search(name) or _is_consecutive(years.stamps[years.ok], balanced=True)
    ):
        return years
    epochs = look_for_epochs(column)
    if epochs is not None and (wanted or _TIME_NAMES.search(name) or _is_even(epochs.stamps[epochs.ok], "seconds")):
        return epochs if len(np.unique(epochs.stamps[epochs.ok])) > 1 else None
    if wanted or _TIME_NAMES.search(name):
        serials = look_for_serials(column)
        if serials is not None and _is_even(serials.stamps[serials.ok], ""):
            return serials
    return look_for_steps(column) if wanted or _STEP_NAMES.match(name) else None


def by_content(table: Table, joins: Callable[[str, Times], bool]) -> dict[str, Times]:
    """Columns that can be nothing else, where no name and no cell alone says which is the time: years that other
    columns make months, weeks or days of, else a column that counts the rows."""
    for name in table.columns:
        years = look_for_years(table.cells[name])
        if years is None or not (_is_consecutive(years.stamps[years.ok]) or len(np.unique(years.stamps)) == 1):
            continue
        if joins(name, years):
            return {name: years}
    for name in table.columns:
        if ID_NAMES.search(name):
            continue  # a list of things, such as albums or customers
        steps = look_for_steps(table.cells[name])
        if steps is not None and len(steps.stamps) > 3:
            ordered = np.sort(steps.stamps.astype(np.int64))
            if bool((np.diff(ordered) == 1).all()):
                if _numeric(table) < 2 or any(_comes_close(table, other) for other in table.columns):
                    return {}
                within = _RECENT[0] <= ordered[0] and ordered[-1] <= _RECENT[1]
                serials = look_for_serials(table.cells[name]) if within else None
                return {name: serials or steps}
    return {}


def _comes_close(table: Table, name: str) -> bool:
    times = look_for_times(table.cells[name])
    return times is not None and times.share > 1 - SHARE


def _numeric(table: Table) -> int:
    """How many columns hold numbers."""
    held = [look_for_numbers(table.cells[name]) for name in table.columns]
    return sum(numbers is not None and numbers.share >= SHARE for numbers in held)


def _by_name(times: Times | None, column: pa.ChunkedArray, name: str, day_first: bool | str | None) -> Times | None:
    """202401 and its like, which are weeks or months, as the column's name says."""
    if times is None or times.doubt is None or times.doubt.key != "week-or-month":
        return times
    if _WEEK_NAMES.search(name):
        return look_for_times(column, day_first, "iso-weeks")
    return dataclasses.replace(times, doubt=None) if _MONTH_NAMES.search(name) else times


def _is_even(stamps: npt.NDArray[np.generic], form: str) -> bool:
    """Whether the different times, in whatever order they stand, are several and spaced alike as numbers seldom are."""
    different = np.unique(stamps)
    if len(different) < 2:
        return False
    least = 0.0 if form == "year-month-day" and len(different) > 2 else 0.8 if form == "seconds" else 0.5
    return (len(different) > 4 or form != "seconds") and evenness(stamps) >= least


def _is_consecutive(stamps: npt.NDArray[np.generic], *, balanced: bool = False) -> bool:
    """Whether every year follows the one before; `balanced`: and all occur equally often."""
    years, counts = np.unique(stamps.astype("datetime64[Y]").astype(np.int64), return_counts=True)
    least = 4 if balanced else 2
    even = not balanced or counts.min() == counts.max()
    return bool(len(years) >= least and (np.diff(years) == 1).all() and even)


def choose_time(table: Table, times: dict[str, Times], taken: set[str]) -> tuple[str, Message]:
    """The column that is the time, and why. Raises DataError where none can be."""

    def rank(name: str) -> tuple[int, int, int, int]:
        one = times[name]
        different = len(pd.unique(one.stamps[one.ok]))
        return (
            one.weight,
            int(bool(_TIME_NAMES.search(name))),
            int(different > 1),
            -table.columns.index(name),
        )

    left = [name for name in times if name not in taken]
    if not left:
        raise no_time(table)
    best = max(left, key=rank)
    return best, Message("intake.why.format", format=times[best].written)
