"""Which columns of numbers are the values to forecast."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from forecasting.errors import DataError
from forecasting.intake.columns.number.numbers import Floats, NumberText
from forecasting.intake.columns.time.dates import Times
from forecasting.intake.text.table import Table
from forecasting.messages import Message

_TARGET_NAMES = re.compile(r"^(y|target|value|values|close|adj\.? ?close)$", re.IGNORECASE)
ID_NAMES = re.compile(  # codes of things, which whole numbers may be
    r"(?i:(^|[_ .-])(id|code|zip|zipcode|postcode|plz|fips|ean|isbn|cik)$|[^\W_][_ .-](no|nr|nbr)\.?$)|"
    r"[a-z](ID|Id|Nr|No)$"
)
_HEAD = 5000  # rows that are looked at first
_KINDS = 6  # different cells up to which a column may be a switch or marks
_MEASURES = re.compile(r"count|anzahl|total|sum|units", re.IGNORECASE)
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


def why_no_target(table: Table, name: str, numbers: NumberText, times: Times) -> str:
    """The word for why a column of numbers cannot be values: "counter", "id", "part" (of the time); "" if it can."""
    if not _in_usual_rows(table, name):
        return "overlong"
    values = numbers.plain
    if values is None or np.isnan(values).any() or numbers.affixes or _TARGET_NAMES.match(name):
        return ""
    if _COUNTER_NAMES.match(name) and _counts_rows(numbers):
        return "counter"
    if ID_NAMES.search(name) and not _MEASURES.search(name) and not (values % 1).any():
        return "id"
    return "part" if _repeats_time(values, times, name) else ""


def _repeats_time(values: Floats, times: Times, name: str) -> bool:
    """Whether numbers repeat a part of the date."""
    if times.stamps.dtype.kind != "M" or not _PART_NAMES.search(name):
        return False
    index = pd.DatetimeIndex(times.stamps)
    parts = (
        *(index.year, index.month, index.day, index.hour, index.minute, index.quarter),
        *(index.weekday, index.weekday + 1, (index.weekday + 1) % 7, (index.weekday + 1) % 7 + 1, index.dayofyear),
    )
    if any(np.array_equal(part.to_numpy(), values) for part in parts):
        return True
    week = index[times.ok].isocalendar()["week"].to_numpy() if times.ok.any() else np.array([])
    return bool(len(week)) and np.array_equal(week, values[times.ok])


def _in_usual_rows(table: Table, name: str) -> bool:
    """Whether a column holds something in rows of the usual length: one made by rows too long does not."""
    if not len(table.ragged):
        return True
    usual = pa.array(~np.isin(table.rows, table.ragged))
    return bool(pc.any(pc.greater(pc.utf8_length(pc.fill_null(table.cells[name].filter(usual), "")), 0)).as_py())


def choose_targets(
    candidates: list[str], table: Table, times: Times, numbers: dict[str, NumberText], keys: list[str]
) -> tuple[list[str], Message, dict[str, str]]:
    """The columns of values among the candidates, why, and of those left out the word for why each was.

    Raises DataError where there is none.
    """
    if not candidates:
        raise DataError(Message("intake.column.no-numbers", name=table.name), field="target")
    if len(candidates) == 1:
        return candidates, Message("intake.why.only-numbers"), {}
    for name in candidates:
        if _TARGET_NAMES.match(name):
            left = {other: "beside" for other in candidates if other != name}
            return [name], Message("intake.why.called", column=name), left
    left = _attributes(candidates, table, numbers, keys)
    kept = [name for name in candidates if name not in left]
    ending = [name for name in kept if not _SIDE_NAMES.search(name)]
    if len(ending) == 1 and len(ending) < len(kept) and _ends_first(ending[0], kept, times, numbers):
        return ending, Message("intake.why.ends-first"), left | {name: "beside" for name in kept if name not in ending}
    if len(kept) == 1:
        return kept, Message("intake.why.only-varying"), left
    return kept, Message("intake.why.numbers"), left


def _attributes(candidates: list[str], table: Table, numbers: dict[str, NumberText], keys: list[str]) -> dict[str, str]:
    """Columns that describe rather than measure: the same everywhere or in each series, 0 and 1, row numbers.

    Empty where all do, so that something is left to forecast.
    """
    left = {name: why for name in candidates if (why := _attribute(numbers[name], table, keys))}
    first = candidates[0]
    if first == table.columns[0] and first not in left and _counts_rows(numbers[first]):
        left[first] = "counter"
    return left if len(left) < len(candidates) else {}


def _attribute(numbers: NumberText, table: Table, keys: list[str]) -> str:
    values = numbers.plain
    if pc.count_distinct(numbers.texts.slice(0, 2000)).as_py() <= _KINDS:
        readable = numbers.readable(".") | numbers.readable(",")
        kinds = pc.unique(numbers.texts.filter(pa.array(readable))).drop_null().to_pylist()
        if len(kinds) <= 1:
            return "constant" if pc.count_distinct(numbers.texts).as_py() <= 1 else "marks"
        if set(kinds) == {"0", "1"}:
            return "switch"
    if values is None:
        return ""
    whole = keys and not np.isnan(values).any()
    return "attribute" if whole and _is_by_series(values, table.cells.select(keys)) else ""


def _is_by_series(values: Floats, cells: pa.Table) -> bool:
    """Whether each of several series has one value only: the first rows seldom leave it open."""
    for count in (_HEAD, len(values)):
        keys = cells.slice(0, count).to_pandas()
        spread = pd.Series(values[:count]).groupby([keys[name] for name in keys], dropna=False).agg(["min", "max"])
        if not (spread["min"] == spread["max"]).all():
            return False
    return len(spread) > 1 and len(values) >= 2 * len(spread)


def _counts_rows(numbers: NumberText) -> bool:
    values = numbers.plain
    if values is None or len(values) < 3 or min(values[0], values[-1]) not in (0, 1):
        return False
    return bool((np.abs(np.diff(values)) == 1).all()) and abs(values[-1] - values[0]) == len(values) - 1


def _ends_first(name: str, candidates: list[str], times: Times, numbers: dict[str, NumberText]) -> bool:
    """Whether a column has no value in the last rows, where all others have one."""
    stamps = times.stamps.astype(np.int64)
    held = {other: np.asarray(numbers[other].texts.is_valid()) & times.ok for other in candidates}
    beyond = times.ok & (stamps > stamps[held[name]].max(initial=np.iinfo(np.int64).min))
    return bool(beyond.any()) and all(held[other][beyond].all() for other in candidates if other != name)
