"""Bars of prices without a header: time, open, high, low, close, volume."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from forecasting.intake.notes import Note
from forecasting.messages import Message

_NAMES = ("open", "high", "low", "close", "volume")
_LEAST = 10  # bars
_DIFFERENT = 0.5  # of the bars, the share in which the highest price is above the lowest


def named_bars(cells: pa.Table) -> tuple[pa.Table, tuple[Note, ...]]:
    """The cells with prices named, if the second to fifth columns are prices of bars in every record."""
    if cells.num_columns < 5 or cells.num_rows < _LEAST:
        return cells, ()
    prices = [_numbers(cells.column(place)) for place in range(1, 5)]
    opened, high, low, closed = prices
    if opened is None or high is None or low is None or closed is None:
        return cells, ()
    inside = (high >= np.maximum(opened, closed)) & (low <= np.minimum(opened, closed)) & (low > 0)
    if not inside.all() or (high > low).mean() < _DIFFERENT:
        return cells, ()
    names = list(cells.column_names)
    known = len(_NAMES) if cells.num_columns > 5 and _numbers(cells.column(5)) is not None else 4
    before = tuple(repr(name) for name in names[1:5])
    names[: 1 + known] = ("time", *_NAMES[:known])
    if _repeats_first(cells):
        names[6] = "close time"
    return cells.rename_columns(names), (Note("header", Message("intake.note.prices", columns=before)),)


def _repeats_first(cells: pa.Table) -> bool:
    """Whether the seventh column is the end of the bar whose beginning is the first, as exchanges give them."""
    if cells.num_columns < 7:
        return False
    first, last = _numbers(cells.column(0)), _numbers(cells.column(6))
    return first is not None and last is not None and bool(((last > first) & (last < first * 1.01)).all())


def _numbers(column: pa.ChunkedArray) -> npt.NDArray[np.float64] | None:
    try:
        numbers = pc.cast(pc.utf8_trim_whitespace(column), pa.float64())
    except pa.ArrowInvalid:
        return None
    if numbers.null_count:
        return None
    return np.asarray(numbers.to_numpy(), dtype=np.float64)
