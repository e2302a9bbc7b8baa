"""Public holidays of countries and their parts, and own events: in the step, and on the days beside it where steps are
no longer than a day.

A name is `holidays-` and the ISO 3166-1 code of a country, with the code of a part of it (ISO 3166-2) for what is a
holiday there: `holidays-DE`, `holidays-DE-BY`.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting import trading
from forecasting.config import HOLIDAYS
from forecasting.errors import ConfigError
from forecasting.features.calendar import DAY, unit_of
from forecasting.messages import Message
from forecasting.panel import Values, steps_after

Days = npt.NDArray[np.datetime64]

_ONE_DAY = np.timedelta64(1, "D")


def check_country(name: str) -> None:
    """ConfigError unless `name` ends in the code of a country, or a part of one, whose holidays are known."""
    code, known = name.removeprefix(HOLIDAYS), parts_of_countries()
    country, _, part = code.partition("-")
    if country in known and (not part or part in known[country]):
        return
    if country in known:
        message = Message("inputs.part-of-country", name=name, country=country, part=part, parts=known[country])
        if not known[country]:
            message = Message("inputs.no-parts-of-country", name=name, country=country)
    elif country.upper() in known:
        message = Message("inputs.country-in-capitals", name=name, code=code, meant=code.upper())
    else:
        message = Message("inputs.country", name=name, code=code)
    raise ConfigError(message, field="features")


def parts_of_countries() -> dict[str, list[str]]:
    """Code of each country whose holidays are known -> codes of its parts with holidays of their own."""
    import holidays

    known = holidays.list_supported_countries()
    return {code: [part for part in parts if re.fullmatch("[A-Z0-9]{1,3}", part)] for code, parts in known.items()}


def labels(name: str, frequency: str) -> list[Message]:
    """What the columns of `columns` are called."""
    country = name.removeprefix(HOLIDAYS)
    if _spans_days(frequency):
        return [Message("feature.holidays-in-step", country=country)]
    keys = ("feature.holiday", "feature.holiday-before", "feature.holiday-after")
    return [Message(key, country=country) for key in keys]


def bounds(ds: pd.DatetimeIndex, frequency: str) -> Days:
    """The first day of each step and the day after its last; for steps within a day also the days beside it.

    [n + H, 2 or 4]. With a calendar of ends (weeks, month ends) a step lasts until its day, else until the next step
    begins. On calendars without weekends the days beside are working days: a Friday is before the holiday on Monday.
    """
    day = _days(ds)
    if not _spans_days(frequency):
        before, after = _working(ds, day, frequency) or (day - _ONE_DAY, day + _ONE_DAY)
        return np.column_stack([day, day + _ONE_DAY, before, after])
    offset = pd.tseries.frequencies.to_offset(frequency)
    if isinstance(offset, pd.offsets.Week) or unit_of(offset).endswith("E"):
        ends = np.concatenate([_days(_step_before(ds[0], frequency)), day])
        return np.column_stack([ends[:-1] + _ONE_DAY, ends[1:] + _ONE_DAY])
    begins = np.concatenate([day, _days(pd.DatetimeIndex(steps_after(ds[-1], frequency, 1)))])
    return np.column_stack([begins[:-1], begins[1:]])


def days_of(name: str, bounds: Days, before: Sequence[str] = ()) -> tuple[Days, list[Message]]:
    """The holidays of a country in all years concerned, observed days included, in order; notes on years without.

    `before`: names of the same country; a holiday that one of them has under the same name on the same day is left out.
    """
    first, last = pd.Timestamp(bounds[:, 0].min()).year, pd.Timestamp(bounds[:, 1].max() - _ONE_DAY).year
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        within = _holidays(name, range(first, last + 1))
        notes = [
            Message("inputs.holidays-warning", name=name, warning=str(warning.message))
            for warning in caught
            if issubclass(warning.category, UserWarning)
        ]
        beside = _holidays(name, (first - 1, last + 1))  # 31 December is before a holiday
        counted: set[tuple[Any, str]] = set()
        if before:
            every = range(first - 1, last + 2)
            counted = {pair for other in before for pair in _named(other, every)}
            own = {day for day, label in _named(name, every) if (day, label) not in counted}
    start, end = within.start_year, within.end_year
    if first < start or last > end:
        notes.append(Message("inputs.holidays-known", name=name, first=start, last=end))
    days = {*within, *beside}
    return np.array(sorted(days & own if before else days), dtype="datetime64[D]"), notes


def occasions(name: str, ds: pd.DatetimeIndex, frequency: str) -> list[str]:
    """Which holiday each step is, or is the day before or after: see `named`."""
    if not have_occasions(ds, frequency):
        return []
    days = bounds(ds, frequency)
    first, last = pd.Timestamp(days.min()).year, pd.Timestamp(days.max()).year
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # `days_of` tells them
        found = _holidays(name, range(first, last + 1))
    stamps = np.array(sorted(found), dtype="datetime64[D]")
    return named(name.removeprefix(HOLIDAYS), stamps, [str(found[day]) for day in sorted(found)], days, frequency)


def have_occasions(ds: pd.DatetimeIndex, frequency: str) -> bool:
    """Not where steps are parts of a day, or longer than a day and no weeks."""
    return _spans_days(frequency) == _is_weeks(frequency) and not _within_days(ds)


def named(
    code: str, stamps: Days, names: Sequence[str], bounds: Days, frequency: str, *, once: bool = False
) -> list[str]:
    """Which of the days `stamps` with `names` each step is, or is the day before or after: its name behind `code` and
    "0", "-1" or "1"; "" for all other steps. [n + H]

    A day that is one itself is none beside one; else it is the one after before it is the one before. Of weeks it is
    which are in them, each as often as it is, or `once`.
    """

    def within(since: Days, until: Days) -> list[Sequence[str]]:
        return [names[a:b] for a, b in zip(stamps.searchsorted(since), stamps.searchsorted(until), strict=True)]

    if _is_weeks(frequency):
        in_weeks = within(bounds[:, 0], bounds[:, 1])
        return [f"{code} 0 {' + '.join(dict.fromkeys(here) if once else here)}" if here else "" for here in in_weeks]
    day, after = bounds[:, 0], bounds[:, 1]
    beside = ((0, within(day, after)), (1, within(bounds[:, 2], day)), (-1, within(after, bounds[:, 3] + _ONE_DAY)))
    steps = [""] * len(bounds)
    for offset, of_offset in beside:
        for place, here in enumerate(of_offset):
            if here and not steps[place]:
                steps[place] = f"{code} {offset} {here[0 if offset < 0 else -1]}"
    return steps


def columns(days: Days, bounds: Days) -> list[Values]:
    """How many of the holidays `days` are in each step; with the days beside a step also whether these are holidays."""

    def count(since: Days, until: Days) -> Values:
        return (days.searchsorted(until) - days.searchsorted(since)).astype(np.float64)

    first, until, *beside = bounds.T
    if not beside:
        return [count(first, until)]
    before, after = beside
    return [
        count(first, until),
        np.minimum(count(until, after + _ONE_DAY), 1.0),
        np.minimum(count(before, first), 1.0),
    ]


def _holidays(name: str, years: Iterable[int]) -> Any:
    import holidays

    country, _, part = name.removeprefix(HOLIDAYS).partition("-")
    return holidays.country_holidays(country, subdiv=part or None, years=years)


def _named(name: str, years: Iterable[int]) -> set[tuple[Any, str]]:
    """(Day, label) of each holiday."""
    return {(day, label) for day, labels in _holidays(name, years).items() for label in labels.split("; ")}


def _spans_days(frequency: str) -> bool:
    """Whether a step is longer than a day, weekends apart."""
    if trading.parse(frequency):
        return False
    offset = pd.tseries.frequencies.to_offset(frequency)
    if isinstance(offset, pd.offsets.Tick):
        return bool(offset.nanos > DAY)
    unit = unit_of(offset)
    return unit not in ("bh", "cbh") and (unit not in ("B", "C") or bool(offset.n > 1))


def _is_weeks(frequency: str) -> bool:
    if trading.parse(frequency):
        return False
    offset = pd.tseries.frequencies.to_offset(frequency)
    return isinstance(offset, pd.offsets.Week) and offset.n == 1


def _within_days(ds: pd.DatetimeIndex) -> bool:
    """Whether several steps are of one day."""
    return bool(_days(ds).size > 1 and (np.diff(_days(ds)) == np.timedelta64(0, "D")).any())


def _days(ds: pd.DatetimeIndex) -> Days:
    return ds.to_numpy().astype("datetime64[D]")


def _step_before(time: pd.Timestamp, frequency: str) -> pd.DatetimeIndex:
    try:
        steps = pd.date_range(end=time, periods=2, freq=frequency)
    except (pd.errors.OutOfBoundsDatetime, OverflowError):  # time begins in 1677
        return pd.DatetimeIndex([time])
    return steps[steps < time][-1:]


def _working(ds: pd.DatetimeIndex, day: Days, frequency: str) -> tuple[Days, Days] | None:
    """The working days before and after each day; None where every day has steps."""
    if not trading.parse(frequency):
        offset = pd.tseries.frequencies.to_offset(frequency)
        if isinstance(offset, pd.offsets.Tick):
            return None
        return np.busday_offset(day, -1, roll="forward"), np.busday_offset(day, 1, roll="backward")
    margin = pd.Timedelta(days=15)  # no exchange stays closed for longer than two weeks
    low, high = max(ds[0] - margin, pd.Timestamp("1678-01-01")), min(ds[-1] + margin, pd.Timestamp("2261-12-31"))
    open_days = np.unique(np.concatenate([_days(trading.steps(frequency, low, high)), day]))
    place = open_days.searchsorted(day)
    around = np.concatenate([[open_days[0] - _ONE_DAY], open_days, [open_days[-1] + _ONE_DAY]])
    return around[place], around[place + 2]
