"""Numeric dates, whose order of day, month and year the column has to prove, and days swapped with months."""

from __future__ import annotations

import dataclasses

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from forecasting.intake.columns.time.spacing import evenness, span
from forecasting.intake.columns.time.stamps import stamps_of, with_clock
from forecasting.intake.columns.time.times import Answers, Doubt, Stamps, Times
from forecasting.intake.text.arrays import Flags, flags, ints
from forecasting.messages import Message

_WIDER = 4  # times the shortest span that dates of an order may take to be thought of
_LESS_EVEN = 0.25  # of the steps, how many fewer may be alike
_SWAPPABLE = 20  # dates from which on a swap of days and months shows
_IN_ORDER = 0.99


def year_first(texts: pa.Array, pattern: str, answers: Answers) -> Times:
    """The year in front: ISO 8601, digits alone, Chinese and Japanese."""
    parts = pc.extract_regex(texts, pattern)
    stamps, ok = stamps_of(ints(parts, "a"), ints(parts, "b"), ints(parts, "c"))
    return _unswapped(with_clock(stamps, ok, parts, "year-month-day"), answers)


def year_last(texts: pa.Array, pattern: str, answers: Answers) -> Times:
    """Numeric dates, whose order the column has to prove."""
    parts = pc.extract_regex(texts, pattern)
    fits = flags(parts.is_valid())
    a, b, c = ints(parts, "a"), ints(parts, "b"), ints(parts, "c")
    short = fits.any() and int(c[fits].max()) < 100
    full = np.where(c < 70, 2000 + c, 1900 + c) if short else c
    readings: dict[bool | str, tuple[Stamps, Flags]] = {True: stamps_of(full, b, a), False: stamps_of(full, a, b)}
    if short:
        readings["year"] = stamps_of(np.where(a < 70, 2000 + a, 1900 + a), b, c)
    only_day = np.flatnonzero(fits & readings[True][1] & ~readings[False][1])
    only_month = np.flatnonzero(fits & readings[False][1] & ~readings[True][1])
    counts = {order: int((ok & fits).sum()) for order, (_, ok) in readings.items()}
    most = max(counts.values())
    both = len(only_day) > 0 and len(only_month) > 0 and counts.get("year", 0) < max(most, int(fits.sum()))
    mixed = (int(only_day[0]), int(only_month[0])) if both else None
    orders = [order for order, count in counts.items() if count == most]
    if "year" in orders and len(orders) > 1:  # one of the others makes a file of decades out of a month
        spans = {order: span(readings[order][0][fits]) for order in orders}
        orders = [order for order in orders if spans[order] <= _WIDER * min(spans.values())]
        if "year" in orders and len(orders) > 1:
            even = {order: evenness(readings[order][0][fits]) for order in orders}
            orders = [order for order in orders if even[order] >= max(even.values()) - _LESS_EVEN]
    day_first = answers.day_first
    chosen = day_first if day_first in readings and day_first is not None else orders[0]
    stamps, ok = readings[chosen]
    same = all((readings[order][0][fits] == stamps[fits]).all() for order in orders)
    form = {True: "day-month-year", False: "month-day-year", "year": "year-first"}[chosen]
    times = with_clock(stamps, ok & fits, parts, form)
    asked = () if day_first is not None or same else tuple(orders)
    proving = only_day if chosen is True else only_month
    proved = not asked and chosen != "year" and len(proving) > 0
    times = times if asked or mixed is not None else _unswapped(times, answers)
    return dataclasses.replace(times, orders=asked, mixed=mixed, proof=int(proving[0]) if proved else None)


def _unswapped(times: Times, answers: Answers) -> Times:
    """Times in the order of a file that rises only where day and month are swapped wherever they can be.

    A spreadsheet of another language does so with the days up to the twelfth and leaves the others.
    """
    at = np.flatnonzero(times.ok)
    if len(at) < _SWAPPABLE or times.local:
        return times
    stamps = times.stamps[at].astype("datetime64[ns]")
    days = stamps.astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    day, month = (days - months).astype(np.int64) + 1, months.astype(np.int64) % 12 + 1
    can = day <= 12
    if can.all() or not can.any() or _rises(stamps):
        return times
    years = months.astype("datetime64[Y]").astype(np.int64) + 1970
    swapped, _ = stamps_of(years, np.where(can, day, month), np.where(can, month, day))
    swapped += stamps - days.astype("datetime64[ns]")
    if not _rises(swapped):
        return times
    moved = at[np.flatnonzero(can & (day != month))]
    if not len(moved):
        return times
    if answers.dates == "swapped":
        changed = times.stamps.astype("datetime64[ns]")
        changed[at] = swapped
        said = Message("intake.said.swapped", number=len(moved))
        return dataclasses.replace(times, stamps=changed, said=(*times.said, said), written_as=("", ()))
    if answers.dates == "as-written":
        return times
    beyond = at[np.flatnonzero(~can)]
    doubt = Doubt("swapped", (int(moved[0]), int(beyond[0])), ("swapped", "as-written"), {"number": len(moved)})
    return dataclasses.replace(times, doubt=doubt)


def _rises(stamps: Stamps) -> bool:
    """Whether hardly any time is out of order, forwards or backwards."""
    steps = np.diff(stamps.astype(np.int64))
    return bool(max((steps >= 0).mean(), (steps <= 0).mean()) >= _IN_ORDER)
