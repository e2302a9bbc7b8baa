"""A column of text -> time stamps: one format a column; where two orders fit, neither is taken without asking."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from forecasting.intake.kinds import NA_TOKENS

Stamps = npt.NDArray[np.datetime64]
Flags = npt.NDArray[np.bool_]

_CLOCK = (
    r"(?:[T ,]\s*(?P<h>[0-9]{1,2}):(?P<mi>[0-9]{2})(?::(?P<s>[0-9]{2})(?:[.,](?P<f>[0-9]{1,9}))?)?"
    r"\s?(?P<ap>[AaPp]\.?[Mm]\.?)?\s?(?P<z>Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2})?)?$"
)
_DATES = {
    "year-month-day": r"^(?P<a>[0-9]{4})[-/.](?P<b>[0-9]{1,2})[-/.](?P<c>[0-9]{1,2})\.?",
    "yyyymmdd": r"^(?P<a>(?:1[6-9]|20|21)[0-9]{2})(?P<b>0[1-9]|1[0-2])(?P<c>0[1-9]|[12][0-9]|3[01])",
    "day-month-year": r"^(?P<a>[0-9]{1,2})[-/. ](?P<b>[0-9]{1,2})[-/. ](?P<c>[0-9]{4})\.?",
    "day-month-yy": r"^(?P<a>[0-9]{1,2})[-/.](?P<b>[0-9]{1,2})[-/.](?P<c>[0-9]{2})",
}
_YEAR = r"^(1[6-9]|20|21)[0-9]{2}(\.0+)?$"
_YEAR_MONTH = r"^(?P<a>(?:1[6-9]|20|21)[0-9]{2})[-/.](?P<b>0?[1-9]|1[0-2])$"


@dataclasses.dataclass(frozen=True, eq=False)
class Times:
    """A column read as time.

    stamps: datetime64[ns] (UTC where the file had zones), NaT where a cell could not be read; or int64 steps.
    present, read: cells that hold something; of those, the ones that were read.
    format: in words. both_orders: day-first and month-first both fit, so somebody has to be asked.
    """

    stamps: npt.NDArray[np.generic]
    ok: Flags
    present: Flags
    format: str
    both_orders: bool = False
    zone: str | None = None

    @property
    def share(self) -> float:
        present = int(self.present.sum())
        return float(self.ok.sum()) / present if present else 0.0


def look_for_times(column: pa.ChunkedArray, day_first: bool | None = None) -> Times | None:
    """The column as dates or times; None where hardly a cell looks like one."""
    encoded = pc.dictionary_encode(column.combine_chunks())
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    texts = pc.utf8_trim_whitespace(encoded.dictionary)
    empty = pc.is_in(pc.utf8_lower(texts), pa.array(["", *sorted(NA_TOKENS)], pa.string()))
    texts = pc.if_else(empty, pa.scalar(None, pa.string()), texts)
    if len(texts) == texts.null_count:
        return None
    found = _dates(texts, day_first)
    if found is None:
        return None
    codes = np.asarray(pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False), dtype=np.int64)
    gone = codes < 0
    present = _flags(texts.is_valid())[codes] & ~gone
    stamps, ok = found.stamps[codes].copy(), found.ok[codes] & ~gone
    stamps[~ok] = np.datetime64("NaT")
    return dataclasses.replace(found, stamps=stamps, ok=ok, present=present)


def look_for_steps(column: pa.ChunkedArray) -> Times | None:
    """The column as whole numbers, such as 1, 2, 3 or 2001.0, 2002.0; None if it is anything else."""
    texts = pc.utf8_trim_whitespace(column.combine_chunks())
    texts = pc.replace_substring_regex(texts, r"\.0*$", "")
    try:
        numbers = pc.cast(texts, pa.int64())
    except pa.ArrowInvalid:
        return None
    if numbers.null_count or not len(numbers):
        return None
    stamps = np.asarray(numbers.to_numpy(zero_copy_only=False), dtype=np.int64)
    every = np.ones(len(stamps), dtype=bool)
    return Times(stamps, every, every, "whole numbers")


def look_for_years(column: pa.ChunkedArray) -> Times | None:
    """The column as years, such as 1998 or 1998.0: the first day of each."""
    texts = pc.utf8_trim_whitespace(column.combine_chunks())
    fits = _flags(pc.fill_null(pc.match_substring_regex(texts, _YEAR), False))
    if not len(fits) or not fits.all():
        return None
    years = np.asarray(pc.cast(pc.utf8_slice_codeunits(texts, 0, 4), pa.int64()).to_numpy(zero_copy_only=False))
    stamps = (years - 1970).astype("datetime64[Y]").astype("datetime64[ns]")
    return Times(stamps, fits, fits, "years")


def _dates(texts: pa.Array, day_first: bool | None) -> Times | None:
    sample = texts.slice(0, 500)
    for kind, pattern in {**_DATES, "year-month": _YEAR_MONTH}.items():
        full = pattern if kind == "year-month" else pattern + _CLOCK
        held = len(sample) - sample.null_count
        if held and _flags(pc.fill_null(pc.match_substring_regex(sample, full), False)).sum() >= 0.5 * held:
            return _parse(texts, kind, full, day_first)
    return None


def _parse(texts: pa.Array, kind: str, pattern: str, day_first: bool | None) -> Times:
    parts = pc.extract_regex(texts, pattern)
    fits = _flags(parts.is_valid())
    a, b = _ints(parts, "a"), _ints(parts, "b")
    if kind == "year-month":
        stamps, ok = _stamps(a, b, np.ones_like(a))
        return Times(stamps, ok & fits, _flags(texts.is_valid()), "year and month")
    c = _ints(parts, "c")
    both = False
    if kind in ("year-month-day", "yyyymmdd"):
        stamps, ok, label = *_stamps(a, b, c), kind
    else:
        year = c if kind == "day-month-year" else np.where(c < 70, 2000 + c, 1900 + c)
        first, first_ok = _stamps(year, b, a)
        second, second_ok = _stamps(year, a, b)
        counts = int((first_ok & fits).sum()), int((second_ok & fits).sum())
        differ = bool((first[fits] != second[fits]).any())
        use_first = day_first if day_first is not None else counts[0] >= counts[1]
        both = day_first is None and counts[0] == counts[1] and differ
        stamps, ok = (first, first_ok) if use_first else (second, second_ok)
        label = "day, month, year" if use_first else "month, day, year"
    stamps, clock_ok, zone = _with_clock(stamps, parts)
    return Times(stamps, ok & fits & clock_ok, _flags(texts.is_valid()), label, both, zone)


def _stamps(
    year: npt.NDArray[np.int64], month: npt.NDArray[np.int64], day: npt.NDArray[np.int64]
) -> tuple[Stamps, Flags]:
    ok = (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31) & (year >= 1678) & (year <= 2261)
    months = np.where(ok, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    stamps = months.astype("datetime64[D]") + np.where(ok, day - 1, 0)
    ok &= stamps.astype("datetime64[M]") == months
    return stamps.astype("datetime64[ns]"), ok


def _with_clock(days: Stamps, parts: pa.StructArray) -> tuple[Stamps, Flags, str | None]:
    hours, minutes, seconds = _ints(parts, "h"), _ints(parts, "mi"), _ints(parts, "s")
    half = pc.utf8_slice_codeunits(pc.utf8_lower(parts.field("ap")), 0, 1)
    has_half = _flags(pc.is_in(half, pa.array(["a", "p"], half.type)))
    afternoon = _flags(pc.fill_null(pc.equal(half, "p"), False))
    ok = (hours <= 24) & (minutes <= 59) & (seconds <= 60) & ~((hours == 24) & (minutes + seconds > 0))
    ok &= ~has_half | ((hours >= 1) & (hours <= 12))
    hours = np.where(has_half, hours % 12 + 12 * afternoon, hours)
    fraction = pc.utf8_rpad(pc.fill_null(parts.field("f"), ""), 9, "0")
    nanos = np.asarray(pc.cast(fraction, pa.int64()).to_numpy(zero_copy_only=False), dtype=np.int64)
    offset, zone = _offsets(parts.field("z"))
    total = ((hours * 60 + minutes) * 60 + seconds - offset) * 1_000_000_000 + nanos
    return days + total.astype("timedelta64[ns]"), ok, zone


def _offsets(zones: pa.Array) -> tuple[npt.NDArray[np.int64], str | None]:
    """Seconds east of UTC, and the zone in words if the column has any."""
    seconds = np.zeros(len(zones), dtype=np.int64)
    named = [name for name in pc.unique(zones).to_pylist() if name]
    for name in named:
        if name[0] in "+-":
            digits = name[1:].replace(":", "").ljust(4, "0")
            value = (int(digits[:2]) * 60 + int(digits[2:])) * 60
            seconds[_flags(pc.fill_null(pc.equal(zones, name), False))] = -value if name[0] == "-" else value
    if not named:
        return seconds, None
    return seconds, "UTC" if not seconds.any() else "UTC" + " and ".join(sorted({n for n in named if n[0] in "+-"}))


def _ints(parts: pa.StructArray, field: str) -> npt.NDArray[np.int64]:
    text = parts.field(field)
    text = pc.if_else(pc.fill_null(pc.equal(text, ""), True), "0", text)
    return np.asarray(pc.cast(text, pa.int64()).to_numpy(zero_copy_only=False), dtype=np.int64)


def _flags(array: pa.Array) -> Flags:
    return np.asarray(array.to_numpy(zero_copy_only=False), dtype=bool)


def to_index(stamps: npt.NDArray[np.generic]) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(stamps)
