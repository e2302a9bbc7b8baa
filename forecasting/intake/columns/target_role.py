"""Which columns of numbers are the values to forecast."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from forecasting.errors import DataError
from forecasting.intake.columns.dates import Times
from forecasting.intake.columns.numbers import NumberText
from forecasting.intake.text.table import Table
from forecasting.messages import Message

_TARGET_NAMES = re.compile(r"^(y|target|value|values|close|adj\.? ?close)$", re.IGNORECASE)
_SIDE_NAMES = re.compile(  # of what accompanies a series
    r"price|preis|prix|promo|discount|holiday|feiertag|event|weather|temp|rain|wind|humid|open|closed|campaign|budget|"
    r"weekend|weekday|flag|^is_|advert|\\bads?\\b|forecast|planned|plan$",
    re.IGNORECASE,
)
_COUNTER_NAMES = re.compile(
    r"^(column 1|row_?(names?|num|number|id)?|index|idx|id|no\.?|nr\.?|n|num|number|obs|#|unnamed: ?0|x)$",
    re.IGNORECASE,
)
_PART_NAMES = re.compile(
    r"year|month|day|week|quarter|hour|minute|date|jahr|monat|tag|woche|quartal|stunde|mois|jour|semaine|dow|doy|dom",
    re.IGNORECASE,
)


def may_be_target(table: Table, name: str, numbers: NumberText, times: Times) -> bool:
    """Whether a column of numbers can be values: it does not describe the time, and not only overlong rows have it."""
    return not _describes_time(numbers, times, name) and _in_usual_rows(table, name)


def _describes_time(numbers: NumberText, times: Times, name: str) -> bool:
    """Whether a number column only counts rows or repeats a part of the date."""
    if numbers.plain is None or np.isnan(numbers.plain).any():
        return False
    values = numbers.plain
    if len(values) > 2 and (np.diff(values) == 1).all() and values[0] in (0, 1):
        return _COUNTER_NAMES.match(name) is not None
    if times.stamps.dtype.kind != "M" or not _PART_NAMES.search(name):
        return False
    index = pd.DatetimeIndex(times.stamps)
    parts = (index.year, index.month, index.day, index.hour, index.weekday, index.weekday + 1, index.dayofyear)
    return any(np.array_equal(part.to_numpy(), values) for part in parts)


def _in_usual_rows(table: Table, name: str) -> bool:
    """Whether a column holds something in rows of the usual length: one made by rows too long does not."""
    if not len(table.ragged):
        return True
    usual = pa.array(~np.isin(table.rows, table.ragged))
    return bool(pc.any(pc.greater(pc.utf8_length(pc.fill_null(table.cells[name].filter(usual), "")), 0)).as_py())


def choose_targets(
    candidates: list[str], table: Table, times: Times, numbers: dict[str, NumberText]
) -> tuple[list[str], Message]:
    """The columns of values among the candidates, and why. Raises DataError where there is none."""
    if not candidates:
        raise DataError(Message("intake.column.no-numbers", name=table.name), field="target")
    if len(candidates) == 1:
        return candidates, Message("intake.why.only-numbers")
    for name in candidates:
        if _TARGET_NAMES.match(name):
            return [name], Message("intake.why.called", column=name)
    ending = [name for name in candidates if not _SIDE_NAMES.search(name)]
    if len(ending) == 1 and len(ending) < len(candidates) and _ends_first(ending[0], candidates, times, numbers):
        return ending, Message("intake.why.ends-first")
    return candidates, Message("intake.why.numbers")


def _ends_first(name: str, candidates: list[str], times: Times, numbers: dict[str, NumberText]) -> bool:
    """Whether a column has no value in the last rows, where all others have one."""
    stamps = times.stamps.astype(np.int64)
    held = {other: np.asarray(numbers[other].texts.is_valid()) & times.ok for other in candidates}
    beyond = times.ok & (stamps > stamps[held[name]].max(initial=np.iinfo(np.int64).min))
    return bool(beyond.any()) and all(held[other][beyond].all() for other in candidates if other != name)
