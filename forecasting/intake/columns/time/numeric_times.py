"""Numbers that stand for times: years, steps, seconds since 1970, the day count of Excel."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from forecasting.intake.columns.time.times import Times
from forecasting.intake.text.arrays import Flags, flags
from forecasting.messages import Message

_YEAR = r"^(1[6-9]|20|21)[0-9]{2}(\.0+)?$"
_EPOCHS = {"seconds": 1, "milliseconds": 10**3, "microseconds": 10**6, "nanoseconds": 10**9}  # in a second
_FROM, _TO = 631_152_000, 4_102_444_800  # 1990-01-01 and 2100-01-01 in seconds: numbers between are taken for times
_SERIAL_FROM, _SERIAL_TO = 20_000, 75_000  # 1954-10-03 and 2105-05-07 in Excel's days


def look_for_years(column: pa.ChunkedArray) -> Times | None:
    """The column as years, such as 1998 or 1998.0: the first day of each."""
    if not _begins(column, _YEAR):
        return None
    texts, present = _held(column)
    fits = flags(pc.fill_null(pc.match_substring_regex(texts, _YEAR), False))
    if not fits.any() or not (fits | ~present).all():
        return None
    years = pc.cast(pc.if_else(pa.array(fits), pc.utf8_slice_codeunits(texts, 0, 4), "1970"), pa.int64())
    stamps = (np.asarray(years) - 1970).astype("datetime64[Y]").astype("datetime64[ns]")
    return Times(stamps, fits, present, "years", weight=2)


def look_for_steps(column: pa.ChunkedArray) -> Times | None:
    """The column as whole numbers, such as 1, 2, 3; None if it is anything else."""
    if not _begins(column, r"^[+-]?[0-9]+(\.0*)?$"):
        return None
    texts, present = _held(column)
    if not present.all():
        return None
    try:
        numbers = pc.cast(pc.replace_substring_regex(texts, r"\.0*$", ""), pa.int64())
    except pa.ArrowInvalid:
        return None
    stamps = np.asarray(numbers, dtype=np.int64)
    return Times(stamps, present, present, "whole-numbers", weight=1) if len(stamps) else None


def look_for_epochs(column: pa.ChunkedArray) -> Times | None:
    """The column as seconds, milli-, micro- or nanoseconds since 1970, in UTC; the unit of each row by its range."""
    numbers, present = _numbers(column)
    if numbers is None:
        return None
    nanos = np.zeros(len(numbers), dtype=np.int64)
    units: dict[str, Flags] = {}
    for unit, scale in _EPOCHS.items():
        within = present & (numbers >= _FROM * scale) & (numbers <= _TO * scale)
        if not within.any():
            continue
        units[unit] = within
        if scale > 10**3:
            texts, _ = _held(column)
            digits = pc.if_else(pa.array(within), texts, "0")
            whole = pc.cast(pc.replace_substring_regex(digits, r"\.\d*$", ""), pa.int64())
            nanos[within] = np.asarray(whole, dtype=np.int64)[within] * (10**9 // scale)
        else:
            nanos[within] = (numbers[within] * (10**9 // scale)).astype(np.int64)
    if not units or not (np.logical_or.reduce(list(units.values())) | ~present).all():
        return None
    form = next(iter(units)) if len(units) == 1 else "mixed-epochs"
    said = tuple(_of_unit(unit, rows) for unit, rows in units.items()) if len(units) > 1 else ()
    return Times(nanos.astype("datetime64[ns]"), present, present, form, zone="UTC", weight=2, said=said)


def _of_unit(unit: str, rows: Flags) -> Message:
    at = np.flatnonzero(rows)
    words = Message(f"intake.format.{unit}")
    return Message("intake.said.epochs", number=len(at), unit=words, first=int(at[0]) + 1, last=int(at[-1]) + 1)


def look_for_serials(column: pa.ChunkedArray) -> Times | None:
    """The column as Excel counts days: 1 is 1900-01-01, with the 29 February 1900 that never was."""
    numbers, present = _numbers(column)
    if numbers is None:
        return None
    held = numbers[present]
    if not ((held >= _SERIAL_FROM) & (held <= _SERIAL_TO)).all():
        return None
    seconds = np.round((numbers - 25_569) * 86_400).astype(np.int64)
    return Times(seconds.astype("datetime64[s]").astype("datetime64[ns]"), present, present, "excel-days", weight=1)


def _begins(column: pa.ChunkedArray, pattern: str) -> bool:
    """Whether any of the first cells matches, so that a long column is not read in vain."""
    head = pc.utf8_trim_whitespace(column.slice(0, 200).combine_chunks())
    return bool(pc.any(pc.match_substring_regex(head, pattern)).as_py())


def _held(column: pa.ChunkedArray) -> tuple[pa.Array, Flags]:
    texts = pc.utf8_trim_whitespace(column.combine_chunks())
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    texts = pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
    return texts, flags(texts.is_valid())


def _numbers(column: pa.ChunkedArray) -> tuple[npt.NDArray[np.float64] | None, Flags]:
    if not _begins(column, r"^[0-9]+(\.[0-9]*)?$"):
        return None, np.zeros(len(column), dtype=bool)
    texts, present = _held(column)
    try:
        numbers = np.asarray(pc.cast(texts, pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
    except pa.ArrowInvalid:
        return None, present
    if not present.any() or not np.isfinite(numbers[present]).all():
        return None, present
    return np.where(present, numbers, 0.0), present
