"""The calendar of a Panel: which frequency time stamps have, and what that suggests as seasons."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting import trading
from forecasting.errors import AmbiguousInput, DataError
from forecasting.intake.calendar.exchanges import exchange_of
from forecasting.intake.notes import count_of
from forecasting.panel import STEP

_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_SEASONS = {"h": (24, 168), "D": (7, 365), "B": (5, 260), "W": (52,), "M": (12,), "Q": (4,), "Y": ()}
_DAY = 86_400_000_000_000  # nanoseconds
GRID_LIMIT = 20_000_000  # steps of a calendar that is still built
MOST = 0.9  # of the times, the share that is enough to offer their frequency, or to keep to its steps
_EDGES = {"S": "is_month_start", "E": "is_month_end"}
FULL = 0.5  # share of a calendar's steps that must be there for it to be the file's own


@dataclasses.dataclass(frozen=True)
class Frequency:
    """`alias`: pandas' word; `reason`: a sentence; `words`: for people."""

    alias: str
    reason: str


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
        raise DataError(
            f"Column {column!r} has one point in time only; a forecast needs a history of at least a few.",
            column=column,
        )
    if times.dtype.kind == "i":
        return _steps(stamps, column)
    index = pd.DatetimeIndex(times)
    clock = np.asarray(times).astype(np.int64) % _DAY
    found = None
    if (clock == clock[0]).all():
        found = _monthly(index, stamps) or _daily(index, stamps)
    found = found or _clockwise(index, stamps)
    if found is None:
        raise _irregular(index, column)
    return found


def seasons_of(frequency: str) -> tuple[int, ...]:
    """Season lengths in steps that a calendar suggests."""
    if frequency == STEP:
        return ()
    if trading.parse(frequency):
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


def buckets(stamps: npt.NDArray[np.generic], frequency: str) -> tuple[npt.NDArray[np.generic], npt.NDArray[np.int64]]:
    """A calendar over all of `stamps`, and the place on it to which each belongs.

    Times that lie between two steps belong to the one before; with a calendar of ends (weeks, month ends) to the one
    after. ValueError for an alias that pandas does not know.
    """
    if frequency == STEP:
        first, last = int(stamps.astype(np.int64).min()), int(stamps.astype(np.int64).max())
        _check_size(last - first + 1, frequency)
        numbers: npt.NDArray[np.int64] = stamps.astype(np.int64) - first
        return np.arange(first, last + 1, dtype=np.int64), numbers
    codes, different = pd.factorize(stamps, sort=True)
    index = pd.DatetimeIndex(different)
    if trading.parse(frequency):
        steps = trading.steps(frequency, index[0], index[-1])
        place = np.maximum(steps.searchsorted(index, side="right") - 1, 0).astype(np.int64)
        return steps.to_numpy(dtype="datetime64[ns]"), place[codes]
    offset = pd.tseries.frequencies.to_offset(frequency)
    _check_size(_estimate(index[0], index[-1], offset), frequency)
    steps = pd.date_range(index[0], index[-1], freq=frequency)
    exact = _exactly(steps, index)
    if exact is None:
        steps, exact = _between(index, offset, frequency)
    return steps.to_numpy(dtype="datetime64[ns]"), exact[codes]


def _exactly(steps: pd.DatetimeIndex, index: pd.DatetimeIndex) -> npt.NDArray[np.int64] | None:
    """The place of each time among the steps; None if one is no step."""
    place: npt.NDArray[np.int64] = steps.get_indexer(index).astype(np.int64)
    return None if (place < 0).any() else place


def _between(
    index: pd.DatetimeIndex, offset: pd.offsets.BaseOffset, frequency: str
) -> tuple[pd.DatetimeIndex, npt.NDArray[np.int64]]:
    if isinstance(offset, pd.offsets.Tick) and offset.nanos < _DAY:
        floored = index.floor(frequency)
        steps = pd.date_range(floored[0], floored[-1], freq=frequency)
        return steps, np.searchsorted(steps.to_numpy(), floored.to_numpy()).astype(np.int64)
    days = index.normalize()
    steps = pd.date_range(offset.rollback(days[0]), offset.rollforward(days[-1]), freq=frequency)
    place = steps.get_indexer(days).astype(np.int64)
    if (place >= 0).mean() >= MOST:  # a few dates are off: each goes to the nearest step that is free
        free = np.setdiff1d(np.arange(len(steps)), place)
        for at in np.flatnonzero(place < 0):
            near = free if len(free) else np.arange(len(steps))
            place[at] = near[np.abs(steps.to_numpy()[near] - days.to_numpy()[at]).argmin()]
            free = free[free != place[at]]
        if (np.diff(place) > 0).all():
            return steps, place
    ends = isinstance(offset, pd.offsets.Week) or offset.name.split("-")[0].endswith("E")
    if ends:
        steps = pd.date_range(offset.rollforward(days[0]), offset.rollforward(days[-1]), freq=frequency)
        return steps, np.searchsorted(steps.to_numpy(), days.to_numpy(), side="left").astype(np.int64)
    steps = pd.date_range(offset.rollback(days[0]), offset.rollback(days[-1]), freq=frequency)
    return steps, np.searchsorted(steps.to_numpy(), days.to_numpy(), side="right").astype(np.int64) - 1


def _estimate(first: pd.Timestamp, last: pd.Timestamp, offset: pd.offsets.BaseOffset) -> int:
    step = (first + offset).value - first.value  # plain integers: centuries overflow a Timedelta
    return (last.value - first.value) // step + 1 if step > 0 else 1


def _check_size(steps: int, frequency: str) -> None:
    if steps > GRID_LIMIT:
        raise DataError(
            f"From the first to the last time there are {steps:,} steps of {frequency!r}; at most {GRID_LIMIT:,} can "
            "be used. Choose a longer frequency, or look for a wrong date.",
            field="frequency",
        )


def _steps(stamps: Stamps, column: str) -> Frequency:
    first, last = int(stamps.firsts.min()), int(stamps.lasts.max())
    if stamps.share(1) < FULL:
        raise DataError(
            f"The whole numbers in column {column!r} run from {first:,} to {last:,}, but most of them are not there. "
            "Choose another time column.",
            field="time",
            column=column,
        )
    return Frequency(STEP, f"whole numbers from {first} to {last}")


def _monthly(index: pd.DatetimeIndex, stamps: Stamps) -> Frequency | None:
    days = pd.DatetimeIndex(index.normalize().to_numpy())  # without the frequency that normalize infers: it bends edges
    ordinal = days.year.to_numpy() * 12 + days.month.to_numpy() - 1
    if len(np.unique(ordinal)) != len(index):
        return None
    for ending, fits, words in (
        ("S", days.is_month_start, "the first day"),
        ("E", days.is_month_end, "the last day"),
        ("BS", _is_business_edge(days, start=True), "the first business day"),
        ("BE", _is_business_edge(days, start=False), "the last business day"),
        ("S", days.day == days.day[0], f"day {days.day[0]}"),
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
            return Frequency(alias, f"every date is {words} of {days[0].month_name()}")
        if step % 3 == 0:
            anchor = _MONTHS[month % 3] if edge == "S" else _MONTHS[month % 3 + 9]
            alias = f"{_count(step // 3)}{business}Q{edge}-{anchor}"
            alias = alias.removesuffix("-JAN") if edge == "S" else alias.removesuffix("-DEC")
            return Frequency(alias, f"every date is {words} of a quarter")
        if stamps.share(step * 31 * _DAY) < FULL:
            return None
        return Frequency(f"{_count(step)}{business}M{edge}", f"every date is {words} of a month")
    return None


def _is_business_edge(days: pd.DatetimeIndex, *, start: bool) -> npt.NDArray[np.bool_]:
    offset = pd.offsets.BMonthBegin() if start else pd.offsets.BMonthEnd()
    return np.array([offset.is_on_offset(day) for day in days[:2000]], dtype=bool)


def _daily(index: pd.DatetimeIndex, stamps: Stamps) -> Frequency | None:
    days = index.normalize().to_numpy(dtype="datetime64[D]").astype(np.int64)
    step = int(np.gcd.reduce(np.diff(days)))
    if step % 7 == 0:
        anchor = _DAYS[index[0].weekday()]
        weekly = Frequency(f"{_count(step // 7)}W-{anchor}", f"every date is a {index[0].day_name()}")
        return _if_full(weekly, stamps, step * _DAY)
    weekdays = np.unique(index.weekday)
    if step == 1 and len(weekdays) == 5 and weekdays.max() == 4:
        if index[0] == index[0].normalize() and (traded := exchange_of(index)):
            return Frequency(f"C-{traded[0]}", traded[1])
        return Frequency("B", "there are dates from Monday to Friday and none on a weekend")
    return _if_full(Frequency(f"{_count(step)}D", f"dates are {count_of(step, 'day')} apart"), stamps, step * _DAY)


def _clockwise(index: pd.DatetimeIndex, stamps: Stamps) -> Frequency | None:
    step = int(np.gcd.reduce(np.diff(index.to_numpy(dtype="datetime64[ns]").astype(np.int64))))
    alias = pd.tseries.frequencies.to_offset(pd.Timedelta(step, "ns")).freqstr
    return _if_full(Frequency(alias, f"times are {_span(pd.Timedelta(step, 'ns'))} apart"), stamps, step)


def _span(length: pd.Timedelta) -> str:
    """A stretch of time in words: "3 days", or hours, minutes and seconds as "01:30:00"."""
    whole = length == pd.Timedelta(days=length.days)
    return count_of(length.days, "day") if whole else str(length).removeprefix("0 days ")


def _if_full(frequency: Frequency, stamps: Stamps, step: int) -> Frequency | None:
    """The frequency, if most of its steps have values, and if it is none of the odd ones that any two dates make."""
    usual = step % (7 * _DAY) == 0 or step <= _DAY or step // _DAY in (2, 3, 4, 5, 6, 8, 10, 14, 15, 16, 28, 30)
    if len(stamps.times) < 4 and (not usual or frequency.alias[0].isdigit()):
        return None
    return frequency if stamps.share(step) >= FULL else None


def _irregular(index: pd.DatetimeIndex, column: str) -> AmbiguousInput:
    typical = pd.Series(index).diff().median()
    choices = [
        alias
        for alias, length in (("min", "1min"), ("h", "1h"), ("D", "1D"), ("W-SUN", "7D"), ("MS", "28D"))
        if pd.Timedelta(length) >= typical / 2
    ][:3] or ["MS"]
    usual = _usual(index)
    choices = [*usual, *(alias for alias in choices if alias not in usual)]
    return AmbiguousInput(
        f"The times in column {column!r} follow no regular calendar (typically {_span(typical)} apart). "
        "Choose a frequency: values that fall into one step are then averaged.",
        question="Which frequency should the series have?",
        argument="frequency",
        choices=(*choices, STEP),
        column=column,
    )


def _usual(index: pd.DatetimeIndex) -> list[str]:
    """The frequency that most of the times have, if there is one: a few that are wrong hide it."""
    steps, counts = np.unique(np.diff(index.to_numpy(dtype="datetime64[ns]").astype(np.int64)), return_counts=True)
    if (edge := next((end for end in ("E", "S") if getattr(index, _EDGES[end]).mean() >= MOST), "")) and len(index) > 4:
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
