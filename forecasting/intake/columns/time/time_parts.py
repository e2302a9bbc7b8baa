"""Columns that hold a part of a time: months, hours, periods of a day, times of day."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from forecasting.intake.columns.time.clock import CLOCK, time_of_day
from forecasting.intake.columns.time.months import months_of
from forecasting.intake.text.arrays import Flags, Ints, flags

FEW = 2_000  # cells that are looked at before all of them
ONE_MINUTE = 60_000_000_000  # nanoseconds
HOUR = 60 * ONE_MINUTE
_INTERVAL = r"^([0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2})?)\s?[-\x{2013}]\s?[0-9:.]+$"  # from, to
_LONGER = re.compile(
    r"M13|[SHQA]0\d|Annual|Year|Total|Avg|Average|HALF[12]|[SH][12]|Q[1-4]|Jahr|Gesamt|Summe|Année|Ann[ée]e|Año|Anno",
    re.IGNORECASE,
)
_COUNTED_MONTH = re.compile(r"M(0[1-9]|1[0-2])")
_PERIODS = {24: HOUR, 48: HOUR // 2, 96: HOUR // 4}  # in a day -> their length


@dataclasses.dataclass(frozen=True, eq=False)
class PartOfDay:
    """Nanoseconds after midnight, which rows have them, and a word for what the column holds.

    periods: how many a usual day has, where they are counted from midnight on whatever clocks do; else 0.
    full: whether every hour or period of a day occurs, so that the numbers are hardly anything else.
    """

    nanos: Ints
    ok: Flags
    kind: str
    periods: int = 0
    full: bool = True


def part_of_day(column: pa.ChunkedArray) -> PartOfDay | None:
    """Hours 0 to 23 or 1 to 24, half and quarter hours by number, 1330, 133000, 13:30, 13.30.00 and 13:30 - 14:00."""
    numbers = whole(column, 0, 235_959)
    if numbers is not None:
        return _counted(numbers) or _digits(numbers)
    if len(column) > 2 * FEW:  # where nine of ten have to be clocks, half of a few from all over must
        some = _clocks(column.take(np.linspace(0, len(column) - 1, FEW).astype(np.int64)))
        if flags(some.is_valid()).mean() < 0.5:
            return None
    parts = _clocks(column)
    fits = flags(parts.is_valid())
    if not len(fits) or fits.mean() < 0.9:
        return None
    clock = time_of_day(parts)
    return PartOfDay(clock.nanos, clock.ok & fits, "clock")


def _clocks(column: pa.ChunkedArray) -> pa.Array:
    """Hours, minutes and seconds of each cell that has the form of a time of day."""
    texts = pc.utf8_trim_whitespace(column.combine_chunks())
    texts = pc.replace_substring_regex(texts, _INTERVAL, r"\1")
    return pc.extract_regex(texts, "^" + CLOCK + "$")


def _counted(numbers: Ints) -> PartOfDay | None:
    every = np.ones(len(numbers), dtype=bool)
    low, high = int(numbers.min()), int(numbers.max())
    if high <= 24 and not (low >= 1 and high == 24):
        return PartOfDay(numbers * HOUR, every, "hours", full=_all(numbers, 0, 23) and high < 24)
    for count, length in _PERIODS.items():
        slack = count // 24  # an hour more or less where clocks are set
        if low == 1 and count - slack <= high <= count + slack:
            kind = "hours-to-24" if count == 24 else "periods"
            return PartOfDay((numbers - 1) * length, every, kind, count, _all(numbers, 1, count - slack))
        if low == 0 and high == count - 1:
            return PartOfDay(numbers * length, every, "periods", full=_all(numbers, 0, count - 1))
    return None


def _digits(numbers: Ints) -> PartOfDay | None:
    """Times of day such as 930, 1330 or 133000."""
    seconds = int(numbers.max()) > 2400
    clock = numbers if seconds else numbers * 100
    hours, minutes, rest = clock // 10_000, clock // 100 % 100, clock % 100
    if int(hours.max()) > 24 or int(minutes.max()) > 59 or int(rest.max()) > 59:
        return None
    nanos = hours * HOUR + minutes * ONE_MINUTE + rest * (ONE_MINUTE // 60)
    different = len(np.unique(numbers))
    return PartOfDay(nanos, np.ones(len(numbers), dtype=bool), "digits", full=different >= 24 and hours.max() >= 23)


def _all(numbers: Ints, low: int, high: int) -> bool:
    return bool(np.isin(np.arange(low, high + 1), numbers).all())


def is_clock(column: pa.ChunkedArray) -> bool:
    """Whether a column whose name does not say so holds times of day such as 13:30 or 13.30.00."""
    pattern = r"^\s*[0-9]{1,2}(?::[0-9]{2}|\.[0-9]{2}\.[0-9]{2})"
    return bool(pc.all(pc.match_substring_regex(column.slice(0, 200), pattern)).as_py())


@dataclasses.dataclass(frozen=True, eq=False)
class Months:
    """Months 1 to 12, which rows have one, and the cell of one that has a longer period, such as M13 for the year.

    sure: the cells are nothing but months, whatever the column is called: M01 to M12.
    """

    numbers: Ints
    ok: Flags
    other: str | None = None
    sure: bool = False


def numbered_months(column: pa.ChunkedArray) -> Months | None:
    """Months as numbers or words; rows of other periods (M13, S01, Q01, Annual) are none."""
    numbers = whole(column, 1, 12)
    if numbers is not None:
        marked = pc.all(pc.match_substring_regex(column, r"^\s*M(0[1-9]|1[0-2])\s*$")).as_py()
        return Months(numbers, np.ones(len(numbers), dtype=bool), sure=bool(marked))
    encoded = column.combine_chunks().dictionary_encode()
    words = [(name or "").strip() for name in encoded.dictionary.to_pylist()]
    if not words or encoded.null_count or len(words) > 40:
        return None
    others = [word for word in words if _LONGER.fullmatch(word)]
    if others and len(words) - len(others) == 12:
        known = months_of([word for word in words if word not in others])
        known |= {word: int(found[1]) for word in words if (found := _COUNTED_MONTH.fullmatch(word))}
    else:
        known, others = months_of(words), []
    named = np.array([known.get(word, 0) for word in words], dtype=np.int64)
    if (named == 0).sum() != len(others):
        return None
    months: Ints = named[np.asarray(encoded.indices, dtype=np.int64)]
    return Months(np.maximum(months, 1), months > 0, others[0] if others else None, sure=bool(others))


def whole(column: pa.ChunkedArray, low: int, high: int) -> Ints | None:
    """A column of whole numbers from `low` to `high`; None if it is anything else."""
    # Each cell has to be one: most other columns are told by their first ones.
    if len(column) > 2 * FEW and _whole(column.slice(0, FEW), low, high) is None:
        return None
    return _whole(column, low, high)


def _whole(column: pa.ChunkedArray, low: int, high: int) -> Ints | None:
    texts = pc.utf8_trim_whitespace(column.combine_chunks())
    numbers = _integers(texts)
    if numbers is None:
        texts = pc.replace_substring_regex(texts, r"\.0*$", "")
        texts = pc.replace_substring_regex(texts, r"^(?:[QqTtHhMmWwPp]|KW|Kw|kw|S|SP) ?([0-9])", r"\1")
        numbers = _integers(texts)
    if numbers is None:
        return None
    if numbers.null_count or not len(numbers):
        return None
    held = np.asarray(numbers, dtype=np.int64)
    return held if held.min() >= low and held.max() <= high else None


def _integers(texts: pa.Array) -> pa.Array | None:
    try:
        return pc.cast(texts, pa.int64())
    except pa.ArrowInvalid:
        return None
