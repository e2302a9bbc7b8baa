"""Columns that say one thing of each series, such as the region of a shop: keys by which series can be summed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.intake.columns.roles import TypedColumns
from forecasting.intake.columns.series_role import SERIES_NAMES, series_columns
from forecasting.intake.text.table import Table

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

MOST = 6  # columns


def group_columns(table: Table, typed: TypedColumns, codes: Ints, usable: Flags) -> dict[str, list[str]]:
    """Column -> what it says of each series, by code; the one with the fewest different words first.

    Columns of words, or of numbers with the name of a key, that name no series themselves, have one cell that is not
    empty in all usable rows of a series, and fewer different ones than there are series, but two at least.
    """
    roles = typed.roles
    own = series_columns(roles.series)
    there = codes[usable]
    if not own or not len(there):
        return {}
    count = int(codes.max()) + 1
    series = len(np.unique(there))
    found: dict[str, tuple[int, list[str]]] = {}
    for name in typed.candidates.get("series", []):
        if name in {roles.time, *roles.target, *own}:
            continue
        if name in typed.numbers and not SERIES_NAMES.match(name):
            continue
        encoded = table.cells[name].combine_chunks().dictionary_encode()
        words = encoded.dictionary.to_pylist()
        if not 2 <= len(words) < series or encoded.null_count or not all((word or "").strip() for word in words):
            continue
        cells = np.asarray(encoded.indices, dtype=np.int64)[usable]
        ends = pd.Series(cells).groupby(there).agg(["min", "max"])
        if (ends["min"] != ends["max"]).any() or ends["min"].nunique() < 2:
            continue
        of_code = np.full(count, -1)
        of_code[ends.index.to_numpy()] = ends["min"].to_numpy()
        found[name] = ends["min"].nunique(), [str(words[at]).strip() if at >= 0 else "" for at in of_code]
    ranked = sorted(found, key=lambda name: found[name][0])[:MOST]
    return {name: found[name][1] for name in ranked}
