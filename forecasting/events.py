"""Own events: days that the calendar does not know, such as sales, strikes and trade fairs, by their names."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from forecasting.errors import ConfigError
from forecasting.messages import Message

Days = npt.NDArray[np.datetime64]

REPEATS = ("none", "weekly", "monthly", "yearly")
MOST = 40  # events
MOST_DATES = 1000  # of an event
LONGEST_NAME = 60  # letters
LONGEST = 366  # days from the first to the last of one date
SPAN = ".."  # between the first and the last day of a date of several

_DATE = re.compile(r"\s*(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\s*")
_BETWEEN = re.compile(r"[,;、\s]+")  # dates in one text, whose wide commas are narrow by then
_FIRST, _LAST = np.datetime64("1678-01-01"), np.datetime64("2261-12-31")  # that time stamps can hold
_HEADERS = {"name", "event", "名称", "事件"}


@dataclasses.dataclass(frozen=True)
class Event:
    """dates: ISO 8601 days, or "2024-11-25..2024-11-29" for several in a row. The last of them repeats: on the same day
    of each week, month or year after it; where a month lacks the day, on its last one."""

    name: str
    dates: tuple[str, ...]
    repeats: str = "none"


def events_of(value: object) -> tuple[Event, ...]:
    """Events, each an Event or a mapping with its fields. ConfigError, `.field` "events", names the place (from 1) and
    the name of one that cannot be."""
    if not isinstance(value, list | tuple):
        raise _wrong("setting.events", value=repr(value))
    if len(value) > MOST:
        raise _wrong("setting.events-many", count=len(value), most=MOST)
    events = tuple(_event(one, place) for place, one in enumerate(value, 1))
    names = [event.name.casefold() for event in events]
    for place, name in enumerate(names):
        if name in names[:place]:
            raise _wrong("setting.event-twice", name=events[place].name, first=names.index(name) + 1, place=place + 1)
    return events


def days(event: Event, last: np.datetime64) -> Days:
    """All days of an event until `last`, in order."""
    spans = sorted(_span(date) for date in event.dates)
    begin, end = spans[-1]
    if event.repeats != "none":
        spans += [(start, start + (end - begin)) for start in _repeated(begin, event.repeats, last)]
    found = np.concatenate([np.arange(first, until + 1, dtype="datetime64[D]") for first, until in spans])
    return np.unique(found[found <= last])


def split_dates(text: str) -> tuple[str, ...]:
    """The dates in one text, between commas, semicolons or spaces."""
    text = re.sub(r"\s*\.\.+\s*", SPAN, unicodedata.normalize("NFKC", text).strip())
    return tuple(part for part in _BETWEEN.split(text) if part)


def parse(text: str) -> dict[str, Any]:
    """ "Name=2024-11-29 2025-11-28,yearly" as what `events_of` takes, which also finds what is wrong."""
    name, _, rest = text.rpartition("=")
    dates = split_dates(rest)
    repeats = "none"
    if dates and not _starts_as_date(dates[-1]):
        repeats, dates = dates[-1], dates[:-1]
    return {"name": name, "dates": dates, "repeats": repeats}


def read(text: str) -> list[dict[str, Any]]:
    """The events of a CSV file with a name, dates and how the last repeats in each row, as what `events_of` takes.

    Rows of one name are one event. A first row that begins with "name" is no event.
    """
    rows = [row for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"))) if any(cell.strip() for cell in row)]
    if rows and rows[0][0].strip().casefold() in _HEADERS:
        rows = rows[1:]
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        name, dates, repeats = ([cell.strip() for cell in row] + ["", "", ""])[:3]
        repeats = repeats or "none"
        one = found.setdefault((name, repeats), {"name": name, "dates": (), "repeats": repeats})
        one["dates"] += split_dates(dates)
    return list(found.values())


def read_file(path: str) -> list[dict[str, Any]]:
    """`read` of a file; ConfigError where it cannot be read."""
    try:
        return read(Path(path).read_text("utf-8-sig"))
    except (OSError, ValueError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _wrong("cli.events-file", path=path, reason=reason) from error


def _event(value: object, place: int) -> Event:
    if isinstance(value, Event):
        value = dataclasses.asdict(value)
    if not isinstance(value, Mapping) or not set(value) <= {"name", "dates", "repeats"}:
        raise _wrong("setting.events", value=repr(value))
    name, dates, repeats = value.get("name"), value.get("dates"), value.get("repeats", "none")
    name = " ".join("".join(c if c.isprintable() else " " for c in name).split()) if isinstance(name, str) else ""
    if not name:
        raise _wrong("setting.event-name", place=place)
    if len(name) > LONGEST_NAME:
        raise _wrong("setting.event-long", place=place, count=len(name), most=LONGEST_NAME)
    if not isinstance(dates, list | tuple) or not dates:
        raise _wrong("setting.event-dates", place=place, name=name)
    if len(dates) > MOST_DATES:
        raise _wrong("setting.event-dates-many", place=place, name=name, count=len(dates), most=MOST_DATES)
    if repeats not in REPEATS:
        raise _wrong("setting.event-repeats", place=place, name=name, value=repr(repeats), choices=REPEATS)
    return Event(name, tuple(dict.fromkeys(_date(date, name, place) for date in dates)), repeats)


def _date(value: object, name: str, place: int) -> str:
    """A date in its one form."""
    first, *more = [_day(part) for part in str(value).split(SPAN)]
    last = more[0] if more else first
    if first is None or last is None or len(more) > 1 or not _FIRST <= first <= last <= _LAST:
        raise _wrong("setting.event-date", place=place, name=name, value=repr(value))
    if (last - first).astype(int) >= LONGEST:
        raise _wrong("setting.event-span", place=place, name=name, value=repr(value), most=LONGEST)
    return str(first) if first == last else f"{first}{SPAN}{last}"


def _day(text: str) -> np.datetime64 | None:
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day = map(int, found.groups())
    try:
        return np.datetime64(f"{year:04}-{month:02}-{day:02}", "D")
    except ValueError:
        return None


def _starts_as_date(text: str) -> bool:
    return text[:1].isdigit()


def _span(date: str) -> tuple[np.datetime64, np.datetime64]:
    first, _, last = date.partition(SPAN)
    return np.datetime64(first, "D"), np.datetime64(last or first, "D")


def _repeated(begin: np.datetime64, repeats: str, last: np.datetime64) -> Iterable[np.datetime64]:
    """The days after `begin` that it repeats on, until `last`."""
    if repeats == "weekly":
        return list(np.arange(begin + 7, last + 1, 7, dtype="datetime64[D]"))
    month = begin.astype("datetime64[M]")
    months = np.arange(month, last.astype("datetime64[M]") + 1, 1 if repeats == "monthly" else 12)[1:]
    into = begin - month.astype("datetime64[D]")
    ends = (months + 1).astype("datetime64[D]") - 1
    return list(np.minimum(months.astype("datetime64[D]") + into, ends))


def _wrong(key: str, **values: Any) -> ConfigError:
    return ConfigError(Message(key, **values), field="events")
