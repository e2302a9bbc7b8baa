"""The cells of each format of dates -> time stamps."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from forecasting.intake.columns.time.date_patterns import NAMED
from forecasting.intake.columns.time.day_orders import year_first, year_last
from forecasting.intake.columns.time.months import month_of
from forecasting.intake.columns.time.spacing import evenness
from forecasting.intake.columns.time.stamps import plain, stamps_of, weeks_of, with_clock
from forecasting.intake.columns.time.times import Answers, Doubt, Stamps, Times
from forecasting.intake.text.arrays import Ints, flags, ints
from forecasting.messages import Message

_RUN = 3  # years, each after the one before, that prove 2001-02 to be a fiscal year


def _named_month(texts: pa.Array, pattern: str, _: Answers) -> Times:
    parts = pc.extract_regex(texts, pattern)
    fits = flags(parts.is_valid())
    encoded = parts.field("mon").dictionary_encode()
    numbers = np.array([month_of(name or "") for name in encoded.dictionary.to_pylist()] + [0], dtype=np.int64)
    month = numbers[np.asarray(pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False), dtype=np.int64)]
    names = {field.name for field in parts.type}
    day = ints(parts, "d") if "d" in names else np.ones(len(texts), dtype=np.int64)
    year = ints(parts, "y")
    year = np.where(year < 70, 2000 + year, np.where(year < 100, 1900 + year, year))
    stamps, ok = stamps_of(year, month, day)
    form = "named-month-day" if "d" in names else "named-month"
    read = with_clock(stamps, ok & fits, parts, form) if "h" in names else plain(stamps, ok & fits, form)
    return dataclasses.replace(read, doubt=_unknown_month(parts.field("mon"), month, read))


def _month_and_number(texts: pa.Array, pattern: str, answers: Answers) -> Times:
    """Jan 21: a month of 2021, if the months follow one another; days of January have no year, and are not read."""
    read = _named_month(texts, pattern, answers)
    months = np.unique(read.stamps[read.ok].astype("datetime64[M]"))
    steps = np.diff(months.astype(np.int64))
    even = len(months) >= 3 and evenness(months) >= 0.9 and bool(np.median(steps) in (1, 3))
    return read if even else dataclasses.replace(read, ok=np.zeros_like(read.ok), doubt=None)


def _unknown_month(names: pa.Array, month: Ints, read: Times) -> Doubt | None:
    """A word in the place of the month that is not known, where a month is lacking altogether."""
    unknown = np.flatnonzero(flags(names.is_valid()) & (month == 0))
    lacking = sorted(set(range(1, 13)) - set(month[read.ok].tolist()))
    if not len(unknown) or not lacking or not read.ok.any():
        return None
    word = str(names[int(unknown[0])].as_py())
    same = np.asarray(pc.fill_null(pc.equal(names, word), False).to_numpy(zero_copy_only=False)).sum()
    if same < 2 and len(lacking) > 1:
        return None
    at = (int(unknown[0]), int(np.flatnonzero(read.ok)[0]))
    return Doubt("unknown-month", at, values={"word": word, "number": int(same)})


def _year_and_number(texts: pa.Array, pattern: str, answers: Answers) -> Times:
    """Years with a month, a week or the year after: which of them, the run of values decides, or the user."""
    parts = pc.extract_regex(texts, pattern)
    fits = flags(parts.is_valid())
    year, number = ints(parts, "a"), ints(parts, "b")
    short = np.where(number >= 1000, number % 100, number)
    follows = fits & (short == (year + 1) % 100) & ((number < 100) | (number == year + 1))
    digits = flags(pc.fill_null(pc.equal(parts.field("mark"), ""), False))
    dots = flags(pc.fill_null(pc.match_substring(parts.field("mark"), "."), False))
    months, of_month = stamps_of(year, number, np.ones_like(year))
    weeks, of_week = weeks_of(year, number, np.ones_like(year))
    years, of_year = stamps_of(year, np.ones_like(year), np.ones_like(year))
    readings = {
        "year-month": (months, of_month & fits),
        "fiscal-years": (years, of_year & follows & ~digits & ~dots),
        "iso-weeks": (weeks, of_week & fits & ~dots),
    }
    if digits[fits].all() and _are_quarters(year[fits], number[fits]):
        readings["year-quarter"] = (stamps_of(year, number * 3 - 2, np.ones_like(year))[0], of_month & fits)
    counts = {form: int(ok.sum()) for form, (_, ok) in readings.items()}
    if answers.dates in readings:
        chosen, doubt = answers.dates, None
    else:
        best = [form for form in readings if counts[form] == max(counts.values())]
        chosen, doubt = _of_a_run(best, readings["year-month"][0], year, fits, bool(digits[fits].all()))
    stamps, ok = readings[chosen]
    said = (Message("intake.said.fiscal-years"),) if chosen == "fiscal-years" else ()
    return dataclasses.replace(plain(stamps, ok, chosen), doubt=doubt, said=said)


def _of_a_run(best: list[str], months: Stamps, year: Ints, fits: np.ndarray, digits: bool) -> tuple[str, Doubt | None]:
    """Which of the readings that fit all cells alike the cells follow, and the question where they follow several."""
    at = (int(np.flatnonzero(fits)[0]), int(np.flatnonzero(fits)[-1])) if fits.any() else (0, 0)
    if "year-quarter" in best:
        return "year-quarter", None
    if "fiscal-years" in best:
        apart = np.unique(year[fits])
        if "year-month" not in best or (len(apart) >= _RUN and bool((np.diff(apart) == 1).all())):
            return "fiscal-years", None
        return "fiscal-years", Doubt("fiscal-years", at, ("fiscal-years", "year-month"))
    if not digits or best != ["year-month", "iso-weeks"]:
        return best[0], None
    apart = np.unique(months[fits])
    if len(np.unique(year[fits])) > 1 and evenness(apart) >= 0.5:
        return "year-month", None  # 202312 is followed by 202401
    doubt = Doubt("week-or-month", at, ("year-month", "iso-weeks")) if len(apart) > 1 else None
    return "year-month", doubt


def _are_quarters(year: Ints, number: Ints) -> bool:
    """Whether numbers beside years are 1 to 4 in each of three years or more, without a gap."""
    quarters = np.unique(year * 4 + number - 1)
    return bool(number.max(initial=0) == 4 and len(quarters) >= 9 and (np.diff(quarters) == 1).all())


def _ordinal(texts: pa.Array, pattern: str, _: Answers) -> Times:
    """Years with the day of the year, such as 2023-032 and 2023032."""
    parts = pc.extract_regex(texts, pattern)
    year, number = ints(parts, "a"), ints(parts, "c")
    first, ok = stamps_of(year, np.ones_like(year), np.ones_like(year))
    days = first.astype("datetime64[D]") + (number - 1)
    ok &= flags(parts.is_valid()) & (number >= 1) & (days.astype("datetime64[Y]") == first.astype("datetime64[Y]"))
    return with_clock(days.astype("datetime64[ns]"), ok, parts, "ordinal-dates")


def _quarter_digit(texts: pa.Array, pattern: str, answers: Answers) -> Times:
    """20231 to 20234 as quarters, where they follow one another."""
    read = _quarter(texts, pattern, answers)
    quarters = np.unique(read.stamps[read.ok].astype("datetime64[M]").astype(np.int64) // 3)
    follow = len(quarters) >= 9 and bool((np.diff(quarters) == 1).all())
    return read if follow else dataclasses.replace(read, ok=np.zeros_like(read.ok))


def _month(texts: pa.Array, pattern: str, _: Answers) -> Times:
    parts = pc.extract_regex(texts, pattern)
    year = ints(parts, "a")
    stamps, ok = stamps_of(year, ints(parts, "b"), np.ones_like(year))
    return plain(stamps, ok & flags(parts.is_valid()), "year-month")


def _quarter(texts: pa.Array, pattern: str, _: Answers) -> Times:
    parts = pc.extract_regex(texts, pattern)
    year = ints(parts, "a")
    stamps, ok = stamps_of(year, ints(parts, "b") * 3 - 2, np.ones_like(year))
    return plain(stamps, ok & flags(parts.is_valid()), "year-quarter")


def _half(texts: pa.Array, pattern: str, _: Answers) -> Times:
    parts = pc.extract_regex(texts, pattern)
    year = ints(parts, "a")
    stamps, ok = stamps_of(year, ints(parts, "b") * 6 - 5, np.ones_like(year))
    return plain(stamps, ok & flags(parts.is_valid()), "half-years")


def _marked_year(texts: pa.Array, pattern: str, _: Answers) -> Times:
    """Years with a sign before or behind them, such as FY2023, 2023年 and 2023p."""
    parts = pc.extract_regex(texts, pattern)
    year, short = ints(parts, "a"), ints(parts, "short")
    year = np.where(year > 0, year, np.where(short < 70, 2000, 1900) + short)
    stamps, ok = stamps_of(year, np.ones_like(year), np.ones_like(year))
    ok &= flags(parts.is_valid())
    after = [mark for mark in pc.unique(parts.field("after")).to_pylist() if mark]
    marked = int(pc.sum(pc.fill_null(pc.not_equal(parts.field("after"), ""), False)).as_py() or 0)
    said = (Message("intake.said.marked-years", number=marked, marks=tuple(after[:4])),) if after else ()
    return dataclasses.replace(plain(stamps, ok, "years"), weight=2, said=said)


def _week(texts: pa.Array, pattern: str, _: Answers) -> Times:
    parts = pc.extract_regex(texts, pattern)
    stamps, ok = weeks_of(ints(parts, "a"), ints(parts, "b"), np.maximum(ints(parts, "c"), 1))
    return plain(stamps, ok & flags(parts.is_valid()), "iso-weeks")


READERS: dict[str, Callable[[pa.Array, str, Answers], Times]] = {
    "year first": year_first,
    "yyyymmdd": year_first,
    "year last": year_last,
    "short year": year_last,
    "marked year": _marked_year,
    "ordinal": _ordinal,
    "yyyyq": _quarter_digit,
    "week": _week,
    "east asian": year_first,
    **dict.fromkeys(("year number", "yyyynn"), _year_and_number),
    **dict.fromkeys(("year M month", "month year", "east asian month"), _month),
    **dict.fromkeys(("quarter", "quarter first", "quarter number"), _quarter),
    **dict.fromkeys(("half", "half first", "half number"), _half),
    **dict.fromkeys(NAMED, _named_month),
    "month name and number": _month_and_number,
}
