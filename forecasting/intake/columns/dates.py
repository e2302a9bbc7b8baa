"""A column of text -> time stamps: one format per column; where two orders fit, the user is asked."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from forecasting.intake.columns.arrays import Flags, Ints, flags, ints
from forecasting.intake.columns.clock import time_of_day
from forecasting.intake.columns.date_patterns import NAMED, NEEDED, PATTERNS
from forecasting.intake.columns.months import month_of
from forecasting.intake.columns.written_form import Form, form_of
from forecasting.intake.text.cell_types import NA_TOKENS
from forecasting.messages import Message

Stamps = npt.NDArray[np.datetime64]
SOME = 100  # cells from each of three places by which the form of a column is found
SHARE = 0.5  # share of a sample's cells that must look like one format for the column to be read by it


@dataclasses.dataclass(frozen=True, eq=False)
class Times:
    """A column read as time.

    stamps: datetime64[ns] (UTC where the file had zones), NaT where a cell could not be read; or int64 steps.
    ok, present: which cells were read; which hold something at all. format: a stable word, put into others by
    `written`. local: dates with a zone, taken as the days of that place. hours: from a column of their own.
    orders: the readings of 01/02/2024 that fit, if more than one: True day first, False month first, "year".
    mixed: two cells, one of which fits day-first only and the other month-first only. proof: a cell that has one order.
    zone: in words, if the file had any. offsets: seconds east of UTC, of each cell, if any had a zone. place: the IANA
    name beside all of them. written_as: the template of the cells, and the names of months in it. weight: how sure this
    is a time (explicit dates 3, years and counts less).
    """

    stamps: npt.NDArray[np.generic]
    ok: Flags
    present: Flags
    format: str
    orders: tuple[bool | str, ...] = ()
    mixed: tuple[int, int] | None = None
    proof: int | None = None
    zone: str | None = None
    weight: int = 3
    local: bool = False
    hours: bool = False
    offsets: Ints | None = None
    place: str | None = None
    written_as: Form = ("", ())

    @property
    def share(self) -> float:
        """Of the cells that hold something, the share that was read."""
        present = int(self.present.sum())
        return float(self.ok.sum()) / present if present else 0.0

    @property
    def written(self) -> Message:
        """How the times are written, such as "day, month, year"."""
        words = Message(f"intake.format.{self.format}")
        if self.local:
            words = Message("intake.format.local-days", format=words)
        return Message("intake.format.with-hours", format=words) if self.hours else words


def look_for_times(column: pa.ChunkedArray, day_first: bool | str | None = None) -> Times | None:
    """The column as dates or times; None where hardly any cell looks like one."""
    head = _cleaned(pc.unique(column.slice(0, 2000)))
    form = _format(head)
    if form is None:
        return None
    encoded = column.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    texts = _cleaned(encoded.dictionary)
    read = _READERS[form](texts, PATTERNS[form], day_first)
    codes = np.asarray(pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False), dtype=np.int64)
    gone = codes < 0
    present = flags(texts.is_valid())[codes] & ~gone
    ok = read.ok[codes] & present
    stamps = read.stamps[codes].copy()
    stamps[~ok] = np.datetime64("NaT")
    mixed = read.mixed
    if mixed is not None:
        mixed = (int(np.flatnonzero(codes == mixed[0])[0]), int(np.flatnonzero(codes == mixed[1])[0]))
    proof = None if read.proof is None else int(np.flatnonzero(codes == read.proof)[0])
    return dataclasses.replace(
        read,
        stamps=stamps,
        ok=ok,
        present=present,
        mixed=mixed,
        proof=proof,
        offsets=None if read.offsets is None else read.offsets[codes],
        written_as=("", ()) if read.local else form_of(_some(texts), PATTERNS[form], read.format),
    )


def _some(texts: pa.Array) -> list[str]:
    """Cells from the beginning, the middle and the end."""
    starts = {0, max(0, len(texts) // 2 - SOME // 2), max(0, len(texts) - SOME)}
    return [cell for start in sorted(starts) for cell in texts.slice(start, SOME).to_pylist() if cell]


def _cleaned(texts: pa.Array) -> pa.Array:
    texts = pc.utf8_trim_whitespace(texts)
    empty = pc.is_in(pc.utf8_lower(texts), pa.array(["", *sorted(NA_TOKENS)], pa.string()))
    return pc.if_else(empty, pa.scalar(None, pa.string()), texts)


def _format(sample: pa.Array) -> str | None:
    """The first format that most of the sample has."""
    held = len(sample) - sample.null_count
    if not held:
        return None
    best, most = None, SHARE * held
    possible = _possible([cell for cell in sample.to_pylist() if cell])
    for form, pattern in PATTERNS.items():
        if form not in possible:
            continue
        fits = int(flags(pc.fill_null(pc.match_substring_regex(sample, pattern), False)).sum())
        if fits > most or (fits == most and best is None):
            best, most = form, fits
    if best in NAMED and not _has_months(sample, best):
        return None
    return best


def _possible(cells: list[str]) -> set[str]:
    """The formats that the cells can have by the characters in them: trying every pattern would be slow."""
    if not any(re.search("[0-9]", cell) for cell in cells):
        return set()
    possible = set(PATTERNS)
    for needed, forms in NEEDED:
        if not any(needed.search(cell) for cell in cells):
            possible -= forms
    return possible


def _has_months(sample: pa.Array, form: str) -> bool:
    names = pc.extract_regex(sample, PATTERNS[form]).field("mon").drop_null().unique().to_pylist()
    names = [name for name in names if name]
    return bool(names) and sum(month_of(name) > 0 for name in names) >= 0.8 * len(names)


def _year_first(texts: pa.Array, pattern: str, _: object) -> Times:
    parts = pc.extract_regex(texts, pattern)
    stamps, ok = _stamps(ints(parts, "a"), ints(parts, "b"), ints(parts, "c"))
    return _with_clock(stamps, ok, parts, "year-month-day")


def _year_last(texts: pa.Array, pattern: str, day_first: bool | str | None) -> Times:
    """Numeric dates, whose order the column has to prove."""
    parts = pc.extract_regex(texts, pattern)
    fits = flags(parts.is_valid())
    a, b, c = ints(parts, "a"), ints(parts, "b"), ints(parts, "c")
    short = fits.any() and int(c[fits].max()) < 100
    full = np.where(c < 70, 2000 + c, 1900 + c) if short else c
    readings: dict[bool | str, tuple[Stamps, Flags]] = {True: _stamps(full, b, a), False: _stamps(full, a, b)}
    if short:
        readings["year"] = _stamps(np.where(a < 70, 2000 + a, 1900 + a), b, c)
    only_day = np.flatnonzero(fits & readings[True][1] & ~readings[False][1])
    only_month = np.flatnonzero(fits & readings[False][1] & ~readings[True][1])
    mixed = (int(only_day[0]), int(only_month[0])) if len(only_day) and len(only_month) and not short else None
    counts = {order: int((ok & fits).sum()) for order, (_, ok) in readings.items()}
    most = max(counts.values())
    orders = [order for order, count in counts.items() if count == most]
    if "year" in orders and len(orders) > 1:  # files are sorted far more often than not
        rising = {order: _rising(readings[order][0][fits]) for order in orders}
        orders = [order for order in orders if rising[order] == max(rising.values())]
    chosen = day_first if day_first in readings and day_first is not None else orders[0]
    stamps, ok = readings[chosen]
    same = all((readings[order][0][fits] == stamps[fits]).all() for order in orders)
    form = {True: "day-month-year", False: "month-day-year", "year": "year-first"}[chosen]
    times = _with_clock(stamps, ok & fits, parts, form)
    asked = () if day_first is not None or same else tuple(orders)
    proving = only_day if chosen is True else only_month
    proved = not asked and chosen != "year" and len(proving) > 0
    return dataclasses.replace(times, orders=asked, mixed=mixed, proof=int(proving[0]) if proved else None)


def _rising(stamps: Stamps) -> bool:
    steps = np.diff(stamps.astype(np.int64))
    return bool((steps >= 0).all() or (steps <= 0).all())


def _named_month(texts: pa.Array, pattern: str, _: object) -> Times:
    parts = pc.extract_regex(texts, pattern)
    fits = flags(parts.is_valid())
    encoded = parts.field("mon").dictionary_encode()
    numbers = np.array([month_of(name or "") for name in encoded.dictionary.to_pylist()] + [0], dtype=np.int64)
    month = numbers[np.asarray(pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False), dtype=np.int64)]
    names = {field.name for field in parts.type}
    day = ints(parts, "d") if "d" in names else np.ones(len(texts), dtype=np.int64)
    year = ints(parts, "y")
    year = np.where(year < 70, 2000 + year, np.where(year < 100, 1900 + year, year))
    stamps, ok = _stamps(year, month, day)
    form = "named-month-day" if "d" in names else "named-month"
    return _with_clock(stamps, ok & fits, parts, form) if "h" in names else _plain(stamps, ok & fits, form)


def _month(texts: pa.Array, pattern: str, _: object) -> Times:
    parts = pc.extract_regex(texts, pattern)
    year = ints(parts, "a")
    stamps, ok = _stamps(year, ints(parts, "b"), np.ones_like(year))
    return _plain(stamps, ok & flags(parts.is_valid()), "year-month")


def _quarter(texts: pa.Array, pattern: str, _: object) -> Times:
    parts = pc.extract_regex(texts, pattern)
    year = ints(parts, "a")
    stamps, ok = _stamps(year, ints(parts, "b") * 3 - 2, np.ones_like(year))
    return _plain(stamps, ok & flags(parts.is_valid()), "year-quarter")


def _week(texts: pa.Array, pattern: str, _: object) -> Times:
    """ISO 8601 weeks: week 1 has the year's first Thursday; the stamp is the Monday, or the day named."""
    parts = pc.extract_regex(texts, pattern)
    year, week = ints(parts, "a"), ints(parts, "b")
    day = np.maximum(ints(parts, "c"), 1)
    fourth, ok = _stamps(year, np.ones_like(year), np.full_like(year, 4))
    days = fourth.astype("datetime64[D]").astype(np.int64)
    monday = days - (days + 3) % 7
    stamps = (monday + (week - 1) * 7 + day - 1).astype("datetime64[D]")
    ok &= (week >= 1) & (week <= 53) & (day <= 7) & flags(parts.is_valid())
    thursday = (monday + (week - 1) * 7 + 3).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    return _plain(stamps.astype("datetime64[ns]"), ok & (thursday == year), "iso-weeks")


def _stamps(year: Ints, month: Ints, day: Ints) -> tuple[Stamps, Flags]:
    ok = (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31) & (year >= 1678) & (year <= 2261)
    months = np.where(ok, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    stamps = months.astype("datetime64[D]") + np.where(ok, day - 1, 0)
    ok &= stamps.astype("datetime64[M]") == months
    return stamps.astype("datetime64[ns]"), ok


def _plain(stamps: Stamps, ok: Flags, form: str) -> Times:
    return Times(stamps, ok, ok, form)


def _with_clock(days: Stamps, ok: Flags, parts: pa.StructArray, form: str) -> Times:
    clock = time_of_day(parts)
    ok = ok & clock.ok & flags(parts.is_valid())
    if (
        clock.zone not in (None, "UTC")
        and ok.any()
        and not any(ints(parts, field)[ok].any() for field in ("h", "mi", "s", "f"))
    ):
        # Days of a place: in UTC they would begin the evening before.
        return Times(days, ok, ok, form, zone=clock.zone, local=True)
    stamps = days + clock.nanos.astype("timedelta64[ns]")
    return Times(stamps, ok, ok, form, zone=clock.zone, offsets=clock.offsets, place=clock.place)


_READERS: dict[str, Callable[[pa.Array, str, bool | str | None], Times]] = {
    "year first": _year_first,
    "yyyymmdd": _year_first,
    "year last": _year_last,
    "short year": _year_last,
    "quarter": _quarter,
    "quarter first": _quarter,
    "quarter number": _quarter,
    "week": _week,
    "east asian": _year_first,
    **dict.fromkeys(("year month", "year M month", "month year", "yyyymm", "east asian month"), _month),
    **dict.fromkeys(NAMED, _named_month),
}
