"""Notation: how a file writes times, numbers and columns, so that what is shown and exported looks the same.

A Panel's times are UTC where the file had a zone. They become clock times of that zone here, at the edge, and nowhere
else. Templates of times have the directives of strftime, and beside them:

%-d %-m %-H %-I  without a leading zero          %q %E      quarter, half of the year
%:z %h           +01:00, +01 (%z is +0100)       %1f ... %9f  so many digits of the second
%N %-N           the year after, 24, 2024
%P               am, pm (%p is AM, PM)           %b         the file's own name of the month
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import math
import re
import zoneinfo
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

DECIMALS = 6  # at most; values that need more are shown by their leading digits
ISO = "%Y-%m-%dT%H:%M:%S"
EPOCHS = {"seconds": 10**9, "milliseconds": 10**6, "microseconds": 10**3, "nanoseconds": 1}  # nanoseconds in one
_FIXED = re.compile(r"([+-])(\d\d):(\d\d)")
_DIRECTIVE = re.compile(r"%(-[a-zA-Z]|:z|\df|[a-zA-Z%])")
_OFFSETS = ("%z", "%:z", "%h", "%Z")


@dataclasses.dataclass(frozen=True)
class Notation:
    """How one file writes. A default stands for what is not known.

    zone: an IANA name or an offset such as "+02:00" whose clock the times are shown by; "": as they stand.
    kept: a Panel's times are those of the zone's clock already, not of UTC.
    dates: a template, the name of an EPOCHS unit, or "" for ISO 8601. months: the names of %b, January first.
    whole_days: no time has a time of day.
    time, targets, series: the file's own names of these columns.
    decimals: target -> digits after the decimal mark that its values show; without those that need more than DECIMALS.
    units: target -> its unit, such as "EUR" or "%".
    delimiter, decimal, mark: how the file separates cells and decimals, and whether it begins with a byte order mark.
    """

    zone: str = ""
    kept: bool = False
    dates: str = ""
    months: tuple[str, ...] = ()
    whole_days: bool = False
    time: str = ""
    targets: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    decimals: Mapping[str, int] = dataclasses.field(default_factory=dict)
    units: Mapping[str, str] = dataclasses.field(default_factory=dict)
    delimiter: str = ","
    decimal: str = "."
    mark: bool = False

    @classmethod
    def of(cls, report: Mapping[str, Any]) -> Notation:
        """That of a report, also of one that was stored by a version which wrote none."""
        values = report.get("notation") or {}
        known: dict[str, Any] = {
            field.name: tuple(values[field.name]) if isinstance(field.default, tuple) else values[field.name]
            for field in dataclasses.fields(cls)
            if field.name in values
        }
        return cls(**known)

    def to_dict(self) -> dict[str, Any]:
        """Plain values that JSON can hold."""
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return {
            name: list(value) if isinstance(value, tuple) else dict(value) if isinstance(value, Mapping) else value
            for name, value in values.items()
        }

    @property
    def moving(self) -> bool:
        """Whether showing a time moves it: its zone is another than UTC."""
        return self.zone not in ("", "UTC") and not self.kept

    def clock(self, ds: Any) -> pd.Series:
        """Times of a Panel as its zone's clock shows them, still without a zone; whole-number steps as they are."""
        series = pd.Series(ds)
        if not self.moving or series.dtype.kind != "M":
            return series
        local = series.dt.tz_localize("UTC").dt.tz_convert(tzinfo(self.zone)).dt.tz_localize(None)
        return pd.Series(local.astype(series.dtype))

    def write(self, ds: Any, *, iso: bool = False, dated: bool | None = None) -> list[str]:
        """Times of a Panel in the file's own form, or as ISO 8601 with the offset of the zone.

        dated: whether ISO shows days alone; by default where no time of the file has a time of day. A time that the
        form cannot tell from another one is written as ISO 8601, and an hour that comes twice gets its offset.
        """
        series = pd.Series(ds).reset_index(drop=True)
        if series.dtype.kind != "M":
            return [str(int(step)) for step in series]
        different = pd.Series(pd.unique(series))
        texts = self._iso(different, self.whole_days if dated is None else dated)
        if not iso and self.dates:
            own = self._own(different)
            texts = own if len(set(own)) == len(different) else texts
        return list(series.map(dict(zip(different, texts, strict=True))))

    def number(self, value: float, target: str = "") -> str:
        """A value with the decimals of the history, thousands separated as in English; five digits where none hold."""
        digits = self.digits(target)
        if not np.isfinite(value):
            return ""
        return f"{value:.5g}" if digits is None else f"{round(value, digits) + 0.0:,.{digits}f}"

    def digits(self, target: str = "") -> int | None:
        """The decimals of a target's values; of the only one where it is not named; None where there is no such."""
        if target in self.decimals:
            return self.decimals[target]
        known = set(self.decimals.values())
        return known.pop() if not target and len(known) == 1 and len(self.decimals) == len(self.targets) else None

    def column_digits(self, values: npt.ArrayLike, target: str = "") -> int:
        """The decimals of a column of numbers: the history's, else those that give its largest number five digits."""
        digits = self.digits(target)
        if digits is not None:
            return digits
        y = np.abs(np.asarray(values, dtype=np.float64))
        largest = float(y[np.isfinite(y)].max(initial=0.0))
        return 0 if largest == 0 else max(0, min(12, 4 - math.floor(math.log10(largest))))

    def target_of(self, unique_id: str) -> str:
        """The value column that a series comes from."""
        if len(self.targets) == 1:
            return self.targets[0]
        return next((target for target in self.targets if unique_id.endswith(f" / {target}")), unique_id)

    def name_of(self, unique_id: str) -> str:
        """What the file's series columns call a series; "" where it has none."""
        if not self.series:
            return ""
        return unique_id if len(self.targets) == 1 else unique_id.removesuffix(f" / {self.target_of(unique_id)}")

    def _iso(self, times: pd.Series, days: bool) -> list[str]:
        local = self.clock(times)
        if days:
            return list(local.dt.strftime("%Y-%m-%d"))
        texts = local.dt.strftime(ISO)
        if not self.zone:
            return list(texts)
        return [text + _colon(seconds) for text, seconds in zip(texts, self._offsets(times, local), strict=True)]

    def _own(self, times: pd.Series) -> list[str]:
        if self.dates in EPOCHS:
            return [
                str(int(at) // EPOCHS[self.dates]) for at in times.to_numpy(dtype="datetime64[ns]").astype(np.int64)
            ]
        local = self.clock(times)
        offsets, zone = self._offsets(times, local), tzinfo(self.zone) if self.zone else datetime.UTC
        template, twice = self.dates, local.duplicated(keep=False)
        parts = _DIRECTIVE.split(template)
        texts = []
        for at, seconds, double in zip(local, offsets, twice, strict=True):
            text = "".join(
                _PARTS.get(part, _strftime(part))(at, seconds, zone, self.months) if number % 2 else part
                for number, part in enumerate(parts)
            )
            texts.append(f"{text} {_colon(seconds)}" if double and not has_offset(template) else text)
        return texts

    def _offsets(self, times: pd.Series, local: pd.Series) -> npt.NDArray[np.int64]:
        """Seconds east of UTC."""
        if self.kept:
            zoned = local.dt.tz_localize(tzinfo(self.zone), ambiguous=True, nonexistent="shift_forward")
            times = zoned.dt.tz_convert("UTC").dt.tz_localize(None)
        apart = local.to_numpy(dtype="datetime64[s]") - times.to_numpy(dtype="datetime64[s]")
        seconds: npt.NDArray[np.int64] = apart.astype(np.int64)
        return seconds


def tzinfo(zone: str) -> datetime.tzinfo:
    """The zone of a name such as "Europe/Berlin" or "+02:00"."""
    fixed = _FIXED.fullmatch(zone)
    if fixed is None:
        return zoneinfo.ZoneInfo(zone)
    minutes = int(fixed[2]) * 60 + int(fixed[3])
    return datetime.timezone(datetime.timedelta(minutes=-minutes if fixed[1] == "-" else minutes))


@functools.cache
def known_zones() -> frozenset[str]:
    """The names of the IANA's zones: asking for them reads a folder."""
    return frozenset(zoneinfo.available_timezones())


def fixed_zone(seconds: int) -> str:
    """The zone that is always so many seconds east of UTC."""
    return _colon(seconds) if seconds else "UTC"


def decimals_of(values: npt.ArrayLike) -> int | None:
    """The digits after the decimal mark that write every value exactly; None where more than DECIMALS are needed."""
    y = np.asarray(values, dtype=np.float64)
    for digits in range(DECIMALS + 1):
        if (np.abs(np.round(y, digits) - y) <= 1e-12 * np.maximum(1.0, np.abs(y))).all():
            return digits
    return None


def is_fixed(zone: str) -> bool:
    """Whether a zone has one offset all the year."""
    return zone in ("", "UTC") or _FIXED.fullmatch(zone) is not None


def has_offset(template: str) -> bool:
    """Whether a template writes the offset of each time."""
    return any(directive in template for directive in _OFFSETS)


def _colon(seconds: int) -> str:
    return _offset(int(seconds), ":")


def _offset(seconds: int, between: str) -> str:
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02d}{between}{minutes:02d}"


_Part = Callable[[Any, int, datetime.tzinfo, Sequence[str]], str]
_PARTS: dict[str, _Part] = {
    "%": lambda *_: "%",
    "-d": lambda at, *_: str(at.day),
    "-m": lambda at, *_: str(at.month),
    "-H": lambda at, *_: str(at.hour),
    "-I": lambda at, *_: str(at.hour % 12 or 12),
    "-V": lambda at, *_: str(at.isocalendar().week),
    "q": lambda at, *_: str(at.quarter),
    "E": lambda at, *_: str(1 + (at.month > 6)),
    "N": lambda at, *_: f"{(at.year + 1) % 100:02d}",
    "-N": lambda at, *_: str(at.year + 1),
    "b": lambda at, _seconds, _zone, months: months[at.month - 1],
    "p": lambda at, *_: "PM" if at.hour >= 12 else "AM",
    "P": lambda at, *_: "pm" if at.hour >= 12 else "am",
    "z": lambda _at, seconds, *_: _offset(int(seconds), ""),
    ":z": lambda _at, seconds, *_: _colon(seconds),
    "h": lambda _at, seconds, *_: _offset(int(seconds), "")[:3],
    "Z": lambda at, seconds, zone, _: (
        datetime.datetime.fromtimestamp(at.timestamp() - int(seconds), datetime.UTC).astimezone(zone).tzname() or ""
    ),
    **{
        f"{digits}f": lambda at, *_, digits=digits: f"{at.microsecond:06d}{at.nanosecond:03d}"[:digits]
        for digits in range(1, 10)
    },
}


@functools.cache
def _strftime(directive: str) -> _Part:
    return lambda at, *_: str(at.strftime(f"%{directive}"))
