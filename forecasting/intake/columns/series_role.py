"""Which columns name the series, so that each time occurs once for each."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from forecasting.intake.columns.number.numbers import NumberText
from forecasting.intake.columns.time.dates import Times
from forecasting.intake.text.table import Table
from forecasting.messages import Message

SERIES_NAMES = re.compile(
    r"^(unique_?id|series(_?(id|name))?|id|item(_?id)?|sku|store(_?(id|nbr))?|shop|product(_?id)?|ticker|symbol|name|"
    r"dept|department|branch|client(_?id)?|customer(_?id)?|family|brand|channel|warehouse|site(_?id)?|state|county|"
    r"region|country|city|station|sensor(_?id)?|meter(_?id)?|location|place|group|category)$",
    re.IGNORECASE,
)
_CLEAR = 0.02  # share of the rows that may still have the time of another where columns tell series apart
_PAIRED = 6  # columns of which pairs are tried
_THROUGHOUT = 0.5  # of the times, the share at which things that numbers name are there
_NUMBERED = 12  # columns of whole numbers that are tried
_TOGETHER = 5  # of which three are tried


def series_columns(series: str | Sequence[str] | None) -> list[str]:
    """The columns that name the series: none ("" chooses that), one, or several together."""
    if not series:
        return []
    return [series] if isinstance(series, str) else list(series)


def may_name_series(table: Table, name: str) -> bool:
    """Whether a column can tell series apart: fewer different values than rows, none a fraction."""
    head = table.cells[name].slice(0, 5000)
    different = pc.count_distinct(head).as_py()
    if different > max(1, len(head) // 2) and len(head) > 3:
        return False
    fractions = pc.fill_null(pc.match_substring_regex(head, r"^\s*[+-]?[0-9]*[.,][0-9]+\s*$"), False)
    return bool(pc.sum(fractions).as_py() <= 0.5 * len(head))


def choose_series(
    table: Table, times: Times, candidates: list[str], numbers: dict[str, NumberText]
) -> tuple[list[str], Message]:
    """The column or pair of columns within whose values each time occurs once, and why; empty if there is none."""
    if "unique_id" in candidates:
        return ["unique_id"], Message("intake.why.called", column="unique_id")
    stamps = times.stamps[times.ok]
    repeated = pd.Series(stamps).duplicated().to_numpy()
    if not repeated.any():
        return [], Message("intake.why.one-series")
    coded = {
        name: pd.factorize(table.cells[name].to_pandas())[0][times.ok]
        for name in candidates
        if name not in numbers or SERIES_NAMES.match(name)
    }

    def left(codes: np.ndarray) -> int:
        return int(pd.DataFrame({"code": codes, "ds": stamps}).duplicated().sum())

    fewest: dict[tuple[str, ...], int] = {(name,): left(codes) for name, codes in coded.items()}
    best = min(fewest, key=lambda names: _rank(names, fewest, table)) if fewest else ()
    enough = _CLEAR * len(stamps)
    if fewest and fewest[best] <= enough:
        told_apart = fewest[best] <= 0.5 * repeated.sum()
        return (list(best), Message("intake.why.series")) if told_apart else ([], Message("intake.why.no-series"))
    for count, among in ((2, _PAIRED), (3, _TOGETHER)):  # such as country and product
        several = _several(coded, {name: fewest[name,] for name in coded}, left, table, count, among)
        clear = {names: rows for names, rows in several.items() if rows <= enough and rows < 0.1 * fewest[best]}
        if clear:
            together = min(clear, key=lambda names: _rank(names, clear, table))
            return list(together), Message("intake.why.pair")
    whole = [name for name in candidates if name in numbers and name not in coded and _is_whole(numbers[name])]
    if keys := _numbers_of_things(table, times, whole, coded):
        return keys, Message("intake.why.pair" if len(keys) > 1 else "intake.why.series")
    if not fewest or fewest[best] > 0.5 * repeated.sum():
        return [], Message("intake.why.no-series")
    return list(best), Message("intake.why.series")


def _is_whole(numbers: NumberText) -> bool:
    values = numbers.plain
    return values is not None and not numbers.affixes and bool(np.isfinite(values).all() and not (values % 1).any())


def _numbers_of_things(table: Table, times: Times, whole: list[str], coded: Mapping[str, np.ndarray]) -> list[str]:
    """Columns of whole numbers, one or two or one beside words, each of whose values goes on through the times.

    Measured values do not: nearly every time has to come once for every value. Empty where none does so.
    """
    stamps = pd.factorize(times.stamps[times.ok])[0].astype(np.int64)
    every = int(stamps.max(initial=0)) + 1
    held = {name: pd.factorize(table.cells[name].to_pandas())[0][times.ok].astype(np.int64) for name in whole}
    held = {name: codes for name, codes in held.items() if 1 < codes.max(initial=0) + 1 <= max(2, len(codes) // 10)}
    held = dict(list(held.items())[:_NUMBERED])
    known = {**held, **{name: codes.astype(np.int64) for name, codes in list(coded.items())[:_PAIRED]}}
    for count in (1, 2):
        for names in itertools.combinations(sorted(known, key=table.columns.index), count):
            most = every * int(np.prod([int(known[name].max()) + 1 for name in names], dtype=np.float64))
            if not set(names) & set(held) or most < len(stamps):
                continue  # too few to tell all times apart
            codes = np.zeros(len(stamps), dtype=np.int64)
            for name in names:
                codes = pd.factorize(codes * (int(known[name].max()) + 2) + known[name])[0].astype(np.int64)
            series = int(codes.max()) + 1
            once = len(np.unique(codes * every + stamps)) == len(stamps)
            if once and series > 1 and len(stamps) >= _THROUGHOUT * series * every:
                return list(names)
    return []


def _several(
    coded: Mapping[str, np.ndarray],
    alone: Mapping[str, int],
    left: Callable[[np.ndarray], int],
    table: Table,
    count: int,
    among: int,
) -> dict[tuple[str, ...], int]:
    """For each `count` of the columns that leave the fewest repeated times, how many they leave together."""
    names = sorted(sorted(coded, key=lambda name: alone[name])[:among], key=table.columns.index)
    found = {}
    for together in itertools.combinations(names, count):
        codes = np.zeros(len(coded[together[0]]), dtype=np.int64)
        for name in together:
            codes = pd.factorize(codes * (int(coded[name].max()) + 2) + coded[name])[0].astype(np.int64)
        found[together] = left(codes)
    return found


def _rank(names: tuple[str, ...], left: Mapping[tuple[str, ...], int], table: Table) -> tuple[int, int, int]:
    unusual = sum(not SERIES_NAMES.match(name) for name in names)
    return left[names], unusual, table.columns.index(names[0])
