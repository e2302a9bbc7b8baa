"""Which columns can be read as time, and which of them is the time."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.errors import DataError
from forecasting.intake.columns.dates import Times, look_for_times
from forecasting.intake.columns.numeric_times import look_for_epochs, look_for_serials, look_for_steps, look_for_years
from forecasting.intake.text.table import Table
from forecasting.messages import Message

_TIME_NAMES = re.compile(
    r"(^|[^a-z])(ds|date|datetime|time|timestamp|day|month|quarter|week|year|period|datum|zeit|fecha|jour|data|tag|"
    r"monat|jahr|annee|mois|step|index|t)([^a-z]|$)|date|time",
    re.IGNORECASE,
)
_YEAR_NAMES = re.compile(r"^time$|^period$|year|jahr|ann[eé]e|a[nñ]o|anno|\bano\b|yr|rok|^date$|^ds$|年", re.IGNORECASE)
_AMOUNT_LIKE = "year-month"  # 2012.05 is a month or an amount
_STEP_NAMES = re.compile(r"^(ds|t|n|step|steps|time|index|period|idx|day|week|month|year|hour)$", re.IGNORECASE)
SHARE = 0.9  # of the cells that hold something, the share that must be readable as time
_CHOSEN_SHARE = 0.5  # the same of a column that the user named


def read_as_time(table: Table, name: str, chosen: str | None, day_first: bool | str | None) -> Times | None:
    """A column as time if its cells or its name say that it is one; less is asked of the `chosen` column."""
    if chosen is not None and name != chosen:
        times = look_for_times(table.cells[name], day_first) if len(table) < 100_000 else None
        return times if times is not None and times.share >= SHARE else None
    column = table.cells[name]
    wanted = name == chosen
    times = look_for_times(column, day_first)
    if times is not None and times.share >= (_CHOSEN_SHARE if wanted else SHARE):
        if look_for_steps(column) is None and (wanted or times.format != _AMOUNT_LIKE):
            return times
        times = dataclasses.replace(times, weight=2)
        return times if wanted or _TIME_NAMES.search(name) or _rises(times) else None
    years = look_for_years(column)
    if years is not None and (wanted or _YEAR_NAMES.search(name) or _consecutive(years.stamps)):
        return years
    if wanted or _TIME_NAMES.search(name):
        for look in (look_for_epochs, look_for_serials):
            counted = look(column)
            if counted is not None and _rises(counted):
                return counted
    return look_for_steps(column) if wanted or _STEP_NAMES.match(name) else None


def _rises(times: Times) -> bool:
    """Whether the times do not fall, but for breaks between series."""
    steps = np.diff(times.stamps[times.ok].astype(np.int64))
    return bool(len(steps)) and float((steps >= 0).mean()) >= 0.9 and bool((steps > 0).any())


def _consecutive(stamps: npt.NDArray[np.generic]) -> bool:
    """Whether every year follows the one before."""
    steps = np.diff(stamps.astype("datetime64[Y]").astype(np.int64))
    return bool(len(steps) >= 3 and (steps == 1).all())


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
        columns = tuple(map(repr, table.columns[:20]))
        raise DataError(Message("intake.column.no-time", name=table.name, columns=columns), field="time")
    best = max(left, key=rank)
    return best, Message("intake.why.format", format=times[best].written)
