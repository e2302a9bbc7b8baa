"""Which columns name the series, so that each time occurs once for each."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from forecasting.intake.columns.dates import Times
from forecasting.intake.columns.numbers import NumberText
from forecasting.intake.text.table import Table
from forecasting.messages import Message

SERIES_NAMES = re.compile(
    r"^(unique_?id|series(_?(id|name))?|id|item(_?id)?|sku|store(_?(id|nbr))?|shop|product(_?id)?|ticker|symbol|name|"
    r"region|country|city|station|sensor(_?id)?|meter(_?id)?|location|place|group|category)$",
    re.IGNORECASE,
)
_CLEAR = 0.02  # share of the rows that may still have the time of another where columns tell series apart
_PAIRED = 6  # columns of which pairs are tried


def series_columns(series: str | Sequence[str] | None) -> list[str]:
    """The columns that name the series: none, one, or several together."""
    if series is None:
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
    if not fewest:
        return [], Message("intake.why.no-series")
    best = min(fewest, key=lambda names: _rank(names, fewest, table))
    enough = _CLEAR * len(stamps)
    if fewest[best] > enough:  # perhaps it takes two columns, such as country and product
        two = sorted(coded, key=lambda name: fewest[name,])[:_PAIRED]
        pairs: dict[tuple[str, ...], int] = {
            (a, b): left(coded[a].astype(np.int64) * (int(coded[b].max()) + 2) + coded[b])
            for a, b in itertools.combinations(sorted(two, key=table.columns.index), 2)
        }
        clear = {names: count for names, count in pairs.items() if count <= enough and count < 0.1 * fewest[best]}
        if clear:
            together = min(clear, key=lambda names: _rank(names, clear, table))
            return list(together), Message("intake.why.pair")
    if fewest[best] > 0.5 * repeated.sum():
        return [], Message("intake.why.no-series")
    return list(best), Message("intake.why.series")


def _rank(names: tuple[str, ...], left: Mapping[tuple[str, ...], int], table: Table) -> tuple[int, int, int]:
    unusual = sum(not SERIES_NAMES.match(name) for name in names)
    return left[names], unusual, table.columns.index(names[0])
