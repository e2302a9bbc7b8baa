"""Which frequency time stamps have, and what it suggests as seasons."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting import trading
from forecasting.errors import AmbiguousInput, DataError
from forecasting.intake.calendar.closing_days import open_week
from forecasting.intake.calendar.opening_hours import in_words, opening_hours
from forecasting.intake.calendar.trading_days import exchange_of
from forecasting.messages import Message
from forecasting.panel import STEP

_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_SEASONS = {"h": (24, 168), "D": (7, 365), "B": (5, 260), "W": (52,), "M": (12,), "Q": (4,), "Y": ()}
_DAY = 86_400_000_000_000  # nanoseconds
MOST = 0.9  # of the times, the share that is enough to offer their frequency
_EDGES = {"S": "is_month_start", "E": "is_month_end"}
_CLOCK = {"s": (1, 2, 5, 10, 15, 30), "min": (2, 5, 10, 15, 20, 30), "h": (2, 3, 4, 6, 8, 12)}
# alias -> length of the steps that clocks and calendars have; months and years by their days on average
_LENGTHS = {f"{n}{unit}": f"{n}{unit}" for unit, counts in _CLOCK.items() for n in counts} | {
    "min": "1min",
    "h": "1h",
    "D": "1D",
    "W-SUN": "7D",
    "MS": "730.5h",
    "QS": "2191.5h",
    "YS": "8766h",
}
_COARSE = ("min", "h", "D", "W-SUN", "MS", "QS", "YS")
FULL = 0.5  # share of a calendar's steps that must have a value for it to be the file's own


@dataclasses.dataclass(frozen=True)
class Frequency:
    """`alias`: pandas' word, or one of `trading` or STEP."""

    alias: str
    reason: Message


@dataclasses.dataclass(frozen=True, eq=False)
class Stamps:
    """The different times of all series in order; the first and last time of each series; how many values there are."""

    times: npt.NDArray[np.generic]
    firsts: npt.NDArray[np.int64]
    lasts: npt.NDArray[np.int64]
    values: int

    @classmethod
    def of(cls, codes: npt.NDArray[np.int64], ds: npt.NDArray[np.generic]) -> Stamps:
        """Of observations: series `codes[i]` has a value at `ds[i]`."""
        spans = pd.Series(ds.astype(np.int64)).groupby(codes).agg(["min", "max"])
        different = len(pd.unique(codes * (1 << 40) + pd.factorize(ds)[0]))
        return cls(np.sort(pd.unique(ds)), spans["min"].to_numpy(), spans["max"].to_numpy(), different)

    def share(self, step: int) -> float:
        """Of the steps from the first to the last time of each series, the share that has a value."""
        return self.values / float(((self.lasts - self.firsts) // step + 1).sum())


def infer(stamps: Stamps, column: str) -> Frequency:
    """The frequency of time stamps. AmbiguousInput where they follow none."""
    times = stamps.times
    if len(times) < 2:
        raise DataError(Message("intake.calendar.one-time", column=column), column=column)
    if times.dtype.kind == "i":
        return _steps(stamps, column)
    index = pd.DatetimeIndex(times)
    clock = np.asarray(times).astype(np.int64) % _DAY
    frequency = None
    if (clock == clock[0]).all():
        frequency = _monthly(index, stamps) or _daily(index, stamps)
    frequency = frequency or _within_the_day(index, stamps)
    if frequency is None:
        raise _irregular(index, column)
    return frequency


def is_irregular(stamps: Stamps, column: str) -> bool:
    """Whether time stamps follow no frequency of their own."""
    try:
        infer(stamps, column)
    except AmbiguousInput:
        return True
    except DataError:
        return False
    return False


def seasons_of(frequency: str) -> tuple[int, ...]:
    """Season lengths in steps that a calendar suggests."""
    if frequency == STEP:
        return ()
    if week := trading.open_days(frequency):
        return (len(week), 52 * len(week))
    if trading.parse(frequency):
        if counts := trading.steps_a_day(frequency):  # a day is a season where all have as many steps
            alike = len(set(counts)) == 1 and counts[0] > 1
            return (counts[0], sum(counts)) if alike and len(counts) > 1 else (sum(counts),)
        daily = trading.bars_a_session(frequency)
        return (5, 252) if frequency.startswith("C-") else (daily, 5 * daily) if daily > 1 else ()
    offset = pd.tseries.frequencies.to_offset(frequency)
    unit, n = offset.name.split("-")[0], offset.n
    if isinstance(offset, pd.offsets.Tick) and offset.nanos < _DAY:
        day = _DAY / offset.nanos
        return tuple(int(day * k) for k in (1, 7) if day.is_integer() and day > 1)
    for prefix in ("B", "D", "W", "M", "Q", "Y"):
        if unit in (prefix, prefix + "S", prefix + "E", "B" + prefix + "S", "B" + prefix + "E"):
            return tuple(season // n for season in _SEASONS[prefix] if season % n == 0 and season // n > 1)
    return ()


def _steps(stamps: Stamps, column: str) -> Frequency:
    first, last = int(stamps.firsts.min()), int(stamps.lasts.max())
    if stamps.share(1) < FULL:
        message = Message("intake.calendar.few-steps", column=column, first=first, last=last)
        raise DataError(message, field="time", column=column)
    return Frequency(STEP, Message("intake.why.steps", first=first, last=last))


def _monthly(index: pd.DatetimeIndex, stamps: Stamps) -> Frequency | None:
    days = pd.DatetimeIndex(index.normalize().to_numpy())  # a frequency changes is_month_start
    ordinal = days.year.to_numpy() * 12 + days.month.to_numpy() - 1
    if len(np.unique(ordinal)) != len(index):
        return None
    for ending, fits, day in (
        ("S", days.is_month_start, Message("intake.day.first")),
        ("E", days.is_month_end, Message("intake.day.last")),
        ("BS", _is_business_edge(days, start=True), Message("intake.day.first-business")),
        ("BE", _is_business_edge(days, start=False), Message("intake.day.last-business")),
        ("S", days.day == days.day[0], Message("intake.day.number", day=int(days.day[0]))),
    ):
        if not fits.all():
            continue
        step = int(np.gcd.reduce(np.diff(ordinal)))
        business, edge = ("B", ending[1]) if len(ending) == 2 else ("", ending)
        month = int(days.month[0]) - 1
        if step % 12 == 0:
            anchor = _MONTHS[month]
            alias = f"{_count(step // 12)}{business}Y{edge}-{anchor}"
            alias = alias.removesuffix("-JAN") if edge == "S" else alias.removesuffix("-DEC")
            named = Message(f"intake.month.{_MONTHS[month]}")
            return Frequency(alias, Message("intake.why.yearly", day=day, month=named))
        if step % 3 == 0:
            anchor = _MONTHS[month % 3] if edge == "S" else _MONTHS[month % 3 + 9]
            alias = f"{_count(step // 3)}{business}Q{edge}-{anchor}"
            alias = alias.removesuffix("-JAN") if edge == "S" else alias.removesuffix("-DEC")
            return Frequency(alias, Message("intake.why.quarterly", day=day))
        if stamps.share(step * 31 * _DAY) < FULL:
            return None
        return Frequency(f"{_count(step)}{business}M{edge}", Message("intake.why.monthly", day=day))
    return None


def _is_business_edge(days: pd.DatetimeIndex, *, start: bool) -> npt.NDArray[np.bool_]:
    offset = pd.offsets.BMonthBegin() if start else pd.offsets.BMonthEnd()
    return np.array([offset.is_on_offset(day) for day in days[:2000]], dtype=bool)


def _daily(index: pd.DatetimeIndex, stamps: Stamps) -> Frequency | None:
    days = index.normalize().to_numpy(dtype="datetime64[D]").astype(np.int64)
    step = int(np.gcd.reduce(np.diff(days)))
    if step % 7 == 0:
        anchor = _DAYS[index[0].weekday()]
        reason = Message("intake.why.weekly", day=Message(f"intake.weekday.{anchor}"))
        return _if_full(Frequency(f"{_count(step // 7)}W-{anchor}", reason), stamps, step * _DAY)
    weekdays = np.unique(index.weekday)
    if step == 1 and len(weekdays) == 5 and weekdays.max() == 4:
        if index[0] == index[0].normalize() and (traded := exchange_of(index)):
            return Frequency(f"C-{traded[0]}", traded[1])
        return Frequency("B", Message("intake.why.business-days"))
    if step == 1 and (week := open_week(index.weekday.to_numpy(), (days[-1] - days[0]) / 7)):
        return Frequency(*week)
    return _if_full(Frequency(f"{_count(step)}D", Message("intake.why.days", count=step)), stamps, step * _DAY)


def _within_the_day(index: pd.DatetimeIndex, stamps: Stamps) -> Frequency | None:
    step = int(np.gcd.reduce(np.diff(index.to_numpy(dtype="datetime64[ns]").astype(np.int64))))
    alias = pd.tseries.frequencies.to_offset(pd.Timedelta(step, "ns")).freqstr
    found = _opening_hours(index, step)
    if found is not None and found[1]:
        return Frequency(found[0], Message("intake.why.opening-hours", hours=in_words(found[0])))
    reason = Message("intake.why.clock", span=_span(pd.Timedelta(step, "ns")))
    return _if_full(Frequency(alias, reason), stamps, step)


def _opening_hours(index: pd.DatetimeIndex, step: int) -> tuple[str, bool] | None:
    minutes, rest = divmod(step, 60_000_000_000)
    return None if rest else opening_hours(index, minutes)


def _span(length: pd.Timedelta) -> str:
    """A length of time: "3 days", or hours, minutes and seconds as "01:30:00"."""
    if length == pd.Timedelta(days=length.days):
        return Message("intake.days", count=length.days)
    return str(length).removeprefix("0 days ")


def _if_full(frequency: Frequency, stamps: Stamps, step: int) -> Frequency | None:
    """The frequency, if most of its steps have values, and unless it is one that any two dates would make."""
    usual = step % (7 * _DAY) == 0 or step <= _DAY or step // _DAY in (2, 3, 4, 5, 6, 8, 10, 14, 15, 16, 28, 30)
    if len(stamps.times) < 4 and (not usual or frequency.alias[0].isdigit()):
        return None
    return frequency if stamps.share(step) >= FULL else None


def _irregular(index: pd.DatetimeIndex, column: str) -> AmbiguousInput:
    typical = pd.Series(index).diff().median()
    lengths = {alias: pd.Timedelta(length) for alias, length in _LENGTHS.items()}
    nearest = min(lengths, key=lambda alias: abs(math.log(lengths[alias] / typical)))
    coarser = [alias for alias in _COARSE if lengths[alias] > lengths[nearest]]
    choices = [nearest, *coarser][:3]
    step = int(np.gcd.reduce(np.diff(index.to_numpy(dtype="datetime64[ns]").astype(np.int64))))
    found = _opening_hours(index, step)
    usual = [*([found[0]] if found else []), *_usual(index)]
    choices = [*usual, *(alias for alias in choices if alias not in usual)]
    return AmbiguousInput(
        Message("intake.ask.frequency", column=column, span=_span(typical)),
        question=Message("intake.question.frequency"),
        argument="frequency",
        choices=(*choices, STEP),
        column=column,
    )


def _usual(index: pd.DatetimeIndex) -> list[str]:
    """The frequency that most of the times have, if there is one: a few that are wrong hide it."""
    steps, counts = np.unique(np.diff(index.to_numpy(dtype="datetime64[ns]").astype(np.int64)), return_counts=True)
    days = index.normalize().unique()
    if (edge := next((end for end in ("E", "S") if getattr(days, _EDGES[end]).mean() >= MOST), "")) and len(days) > 4:
        return [f"M{edge}"] if np.median(steps) < 32 * _DAY else []
    step = int(steps[counts.argmax()])
    rests, times = np.unique(index.to_numpy(dtype="datetime64[ns]").astype(np.int64) % step, return_counts=True)
    if times.max() < MOST * len(index) or step % 1_000_000_000:
        return []
    if step == 7 * _DAY:
        return [f"W-{_DAYS[int(pd.Timestamp(int(rests[times.argmax()])).weekday())]}"]
    return [str(pd.tseries.frequencies.to_offset(pd.Timedelta(step, "ns")).freqstr)] if step <= _DAY else []


def _count(number: int) -> str:
    return "" if number == 1 else str(number)
