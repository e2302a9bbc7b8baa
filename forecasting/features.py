"""Inputs of the network beside the values: the calendar, holidays, technical indicators and a Panel's covariates.

minute-of-hour ... day-of-year    a cycle of the calendar as sine and cosine; known in the future
holidays-US                       public holidays of a country, by its ISO 3166 code; known in the future
rsi ... volatility                technical indicators of the values themselves; known up to each step only

Indicators are causal (step t follows from the values up to t), free of scale (a series times a positive number has
the same), finite, and 0 while too few values are there: 0 is also what they are where nothing moves.

Axes: n steps of a series, H horizon, P and K columns.
"""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting import trading
from forecasting.errors import ConfigError
from forecasting.panel import STEP, Panel, Values, steps_after

Days = npt.NDArray[np.datetime64]

HOLIDAYS = "holidays-"  # and a country's code
_HOUR = 3_600_000_000_000  # nanoseconds
_DAY = 24 * _HOUR
_WEEK = 7 * _DAY
_ONE = np.timedelta64(1, "D")

_PHASES: dict[str, Callable[[pd.DatetimeIndex], Any]] = {  # where in its cycle a time is, from 0 up to 1
    "minute-of-hour": lambda ds: ds.asi8 % _HOUR / _HOUR,
    "hour-of-day": lambda ds: ds.asi8 % _DAY / _DAY,
    "day-of-week": lambda ds: ds.dayofweek / 7,
    "day-of-month": lambda ds: (ds.day - 1) / ds.days_in_month,  # the last day is as near to the first in each month
    "month-of-year": lambda ds: (ds.month - 1) / 12,
    "day-of-year": lambda ds: (ds.dayofyear - 1) / (365 + ds.is_leap_year),
}
_HARMONICS = {"day-of-week": 3}  # with three, any pattern of seven days is a weighted sum of the columns
CALENDAR = tuple(_PHASES)


@dataclasses.dataclass(frozen=True, eq=False)
class Features:
    """Columns for each series, in the order of `panel.series_ids`, in their own units and finite.

    past: [n, P], each known up to its step only.
    known: [n + H, K], known beyond the end as well. Series with the same dates may share one array: do not write to it.
    past_names, known_names: a column each, for people. Which they are depends on the names that were asked for, the
        frequency, and how far ahead covariates are known; not on values or dates.
    notes: what was left out or is used from the past only, and why, in sentences.
    """

    past: list[Values]
    known: list[Values]
    past_names: tuple[str, ...]
    known_names: tuple[str, ...]
    notes: tuple[str, ...]


def check_names(names: Sequence[str]) -> None:
    """ConfigError unless each is in CALENDAR or INDICATORS, or `holidays-` with the code of a country."""
    for name in names:
        if name in CALENDAR or name in INDICATORS:
            continue
        if not name.startswith(HOLIDAYS):
            raise ConfigError(
                f"features has {name!r}; each must be one of {', '.join((*CALENDAR, *INDICATORS))}, or {HOLIDAYS}US "
                "with US or another country's code.",
                field="features",
            )
        code, known = name.removeprefix(HOLIDAYS), _countries()
        if code not in known:
            meant = f"; {code.upper()} is one" if code.upper() in known else ""
            raise ConfigError(
                f"features has {name!r}, but no country with known holidays has the code {code!r}{meant}. The codes "
                "are those of ISO 3166, such as US, DE or JP.",
                field="features",
            )


def suitable(frequency: str) -> tuple[str, ...]:
    """The names of CALENDAR that say something at this frequency; none where steps are whole numbers."""
    if frequency == STEP:
        return ()
    if found := trading.parse(frequency):
        return _cycles(found[0] * _HOUR // 60 if found[0] else _DAY)
    offset = pd.tseries.frequencies.to_offset(frequency)
    if isinstance(offset, pd.offsets.Tick):
        return _cycles(offset.nanos)
    unit = _unit(offset)
    if unit in ("bh", "cbh"):
        return _cycles(_HOUR)
    if unit in ("B", "C"):
        return _cycles(_DAY if offset.n % 5 else _WEEK)
    if unit in ("W", "SMS", "SME"):
        return _cycles(_WEEK)
    months = pd.date_range("1700-01-01", periods=5, freq=offset).month
    return ("month-of-year",) if months.nunique() > 1 else ()


def build(panel: Panel, names: Sequence[str], horizon: int, covariates: Sequence[str] | None = None) -> Features:
    """The columns of `names`, then the Panel's `covariates` (None: all), for its steps and the `horizon` after them.

    A covariate is known beyond the end if it is for all of the horizon in every series, else used from the past only.
    ConfigError with `.field` "features" or "covariates" for a name that there is not.
    """
    check_names(names)
    chosen, each = _chosen(panel, covariates), list(dict.fromkeys(names))
    indicators = [name for name in each if name in INDICATORS]
    dated, left_out = _meaningful([name for name in each if name not in INDICATORS], panel.frequency)
    known, warned = _dated(panel, dated, horizon)
    ahead, demoted = _ahead(panel, chosen, horizon)
    behind = [name for name in chosen if name not in ahead]

    past = [
        np.column_stack([*_indicators(y, indicators), given])
        for y, given in zip(panel.values(), _given(panel, behind), strict=True)
    ]
    if ahead:
        beyond = np.stack(list(ahead.values()), axis=2)  # [series, H, columns]
        known = [
            np.column_stack([calendar, np.concatenate([given, future])])
            for calendar, given, future in zip(known, _given(panel, list(ahead)), beyond, strict=True)
        ]
    return Features(
        past,
        known,
        past_names=(*(label for name in indicators for label in _INDICATORS[name][0]), *behind),
        known_names=(*(label for name in dated for label in _labels(name, panel.frequency)), *ahead),
        notes=(*left_out, *warned, *demoted),
    )


# Names


def _countries() -> Iterable[str]:
    import holidays

    return holidays.list_supported_countries().keys()


def _unit(offset: pd.offsets.BaseOffset) -> str:
    return str(offset.name).split("-")[0]


def _cycles(step: int) -> tuple[str, ...]:
    """Those that steps of so many nanoseconds do not always meet at the same point."""
    always = {"minute-of-hour": _HOUR, "hour-of-day": _DAY, "day-of-week": _WEEK}
    return tuple(name for name in CALENDAR if name not in always or step % always[name])


def _meaningful(names: list[str], frequency: str) -> tuple[list[str], list[str]]:
    """Calendar and holiday names that the frequency gives a meaning, and a note for the others."""
    if frequency == STEP:
        note = f"Left out, because steps that are whole numbers have no dates: {', '.join(names)}."
        return [], [note] if names else []
    usable = suitable(frequency)
    out = [name for name in names if name in CALENDAR and name not in usable]
    note = f"Left out, because it adds nothing at steps of {frequency!r}: {', '.join(out)}."
    return [name for name in names if name not in out], [note] if out else []


def _labels(name: str, frequency: str) -> list[str]:
    if name.startswith(HOLIDAYS):
        code = name.removeprefix(HOLIDAYS)
        if _spans_days(frequency):
            return [f"{code} holidays in the step"]
        return [f"{code} holiday", f"before a {code} holiday", f"after a {code} holiday"]
    words, harmonics = name.replace("-", " "), _HARMONICS.get(name, 1)
    numbers = [""] if harmonics == 1 else [f" {k}" for k in range(1, harmonics + 1)]
    return [f"{words}, {wave}{number}" for number in numbers for wave in ("sine", "cosine")]


# Columns that follow from dates


def _dated(panel: Panel, names: list[str], horizon: int) -> tuple[list[Values], list[str]]:
    """[n + H, columns] of each series, one array for all that have the same dates; notes on holidays."""
    if not names:
        return [np.empty((n + horizon, 0)) for n in panel.lengths.tolist()], []
    axes: dict[bytes, pd.DatetimeIndex] = {}
    keys = []
    for times in panel.times():
        keys.append(key := times.tobytes())
        if key not in axes:
            steps = np.concatenate([times, steps_after(times[-1], panel.frequency, horizon)])
            axes[key] = pd.DatetimeIndex(steps).as_unit("ns")
    whole = pd.DatetimeIndex(np.concatenate([ds.to_numpy() for ds in axes.values()]))
    columns: list[Values] = []
    notes: list[str] = []
    bounds: Days | None = None
    for name in names:
        if name in CALENDAR:
            columns += _waves(whole, name)
            continue
        if bounds is None:
            bounds = np.concatenate([_bounds(ds, panel.frequency) for ds in axes.values()])
        days, more = _holidays(name, bounds)
        columns += _holiday_columns(days, bounds)
        notes += more
    ends = np.cumsum([len(ds) for ds in axes.values()])
    blocks = dict(zip(axes, np.split(np.column_stack(columns), ends[:-1]), strict=True))
    return [blocks[key] for key in keys], notes


def _waves(ds: pd.DatetimeIndex, name: str) -> list[Values]:
    angle = 2 * np.pi * np.asarray(_PHASES[name](ds), dtype=np.float64)
    return [wave(k * angle) for k in range(1, _HARMONICS.get(name, 1) + 1) for wave in (np.sin, np.cos)]


def _spans_days(frequency: str) -> bool:
    """Whether a step is longer than a day, weekends apart."""
    if trading.parse(frequency):
        return False
    offset = pd.tseries.frequencies.to_offset(frequency)
    if isinstance(offset, pd.offsets.Tick):
        return bool(offset.nanos > _DAY)
    return _unit(offset) not in ("B", "C", "bh", "cbh") or (_unit(offset) in ("B", "C") and offset.n > 1)


def _bounds(ds: pd.DatetimeIndex, frequency: str) -> Days:
    """The first day of each step and the day after its last; for steps within a day also the days beside it.

    [n + H, 2 or 4]. With a calendar of ends (weeks, month ends) a step lasts until its day, else until the next step
    begins. On calendars without weekends the days beside are working days: a Friday is before the holiday on Monday.
    """
    day = _days(ds)
    if not _spans_days(frequency):
        before, after = _working(ds, day, frequency) or (day - _ONE, day + _ONE)
        return np.column_stack([day, day + _ONE, before, after])
    offset = pd.tseries.frequencies.to_offset(frequency)
    if isinstance(offset, pd.offsets.Week) or _unit(offset).endswith("E"):
        ends = np.concatenate([_days(_step_before(ds[0], frequency)), day])
        return np.column_stack([ends[:-1] + _ONE, ends[1:] + _ONE])
    begins = np.concatenate([day, _days(pd.DatetimeIndex(steps_after(ds[-1], frequency, 1)))])
    return np.column_stack([begins[:-1], begins[1:]])


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
    around = np.concatenate([[open_days[0] - _ONE], open_days, [open_days[-1] + _ONE]])
    return around[place], around[place + 2]


def _holidays(name: str, bounds: Days) -> tuple[Days, list[str]]:
    """The holidays of a country in all years concerned, observed days included, in order; notes on years without."""
    import holidays

    code = name.removeprefix(HOLIDAYS)
    first, last = pd.Timestamp(bounds[:, 0].min()).year, pd.Timestamp(bounds[:, 1].max() - _ONE).year
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        found = holidays.country_holidays(code, years=range(first, last + 1))
        notes = [f"{name}: {warning.message}" for warning in said if issubclass(warning.category, UserWarning)]
        beside = holidays.country_holidays(code, years=(first - 1, last + 1))  # 31 December is before a holiday
    if first < found.start_year or last > found.end_year:
        notes.append(f"{name}: known from {found.start_year} to {found.end_year}; other years count as without any.")
    return np.array(sorted({*found, *beside}), dtype="datetime64[D]"), notes


def _holiday_columns(days: Days, bounds: Days) -> list[Values]:
    def count(since: Days, until: Days) -> Values:
        return (days.searchsorted(until) - days.searchsorted(since)).astype(np.float64)

    first, until, *beside = bounds.T
    if not beside:
        return [count(first, until)]
    before, after = beside
    return [count(first, until), np.minimum(count(until, after + _ONE), 1.0), np.minimum(count(before, first), 1.0)]


# Covariates


def _chosen(panel: Panel, covariates: Sequence[str] | None) -> list[str]:
    known = panel.covariates
    if covariates is None:
        return known
    for name in covariates:
        if name not in known:
            there = f"there are: {', '.join(map(repr, known))}" if known else "the data has none"
            raise ConfigError(f"covariates has {name!r}; {there}.", field="covariates")
    return list(dict.fromkeys(covariates))


def _ahead(panel: Panel, names: list[str], horizon: int) -> tuple[dict[str, Values], list[str]]:
    """The covariates that are known for the whole horizon, [series, H] each; notes on those known for a part of it."""
    partly = [name for name in names if name in panel.known_ahead]
    if not partly:
        return {}, []
    future, found, notes = panel.future(horizon), {}, []
    for name in partly:
        values = future[name].to_numpy(dtype=np.float64).reshape(-1, horizon)  # [series, H]
        steps = int(np.logical_and.accumulate(np.isfinite(values), axis=1).sum(axis=1).min())
        if steps == horizon:
            found[name] = values
        else:
            known = f"{steps:,} {'is' if steps == 1 else 'are'} known{' for every series' if len(values) > 1 else ''}"
            notes.append(f"The covariate {name!r} is used from the past only: of the {horizon:,} steps ahead, {known}.")
    return found, notes


def _given(panel: Panel, names: list[str]) -> list[Values]:
    """[n, columns] of each series."""
    columns = panel.frame[names].to_numpy(dtype=np.float64)
    return np.split(columns, np.cumsum(panel.lengths)[:-1])


# Technical indicators. Movement is the moving average of absolute changes: what replaces a price as the unit, since
# values may be negative or near 0. It fades no faster than the averages that it divides, which bounds the ratio.

_ROUNDING = 1e-12  # of the level; what moves less may be rounding


def _indicators(y: Values, names: list[str]) -> list[Values]:
    return [column for name in names for column in _INDICATORS[name][1](y)]


def _movement(y: Values, period: int) -> Values:
    import talib

    return np.concatenate([[np.nan], talib.EMA(np.abs(np.diff(y)), period)])


def _ratio(change: Values, size: Values, level: Values | float = 0.0) -> Values:
    """`change` in units of `size`; 0 where they are not known yet, and where nothing moved."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        ratio = change / (size + _ROUNDING * level)
    return np.where((size > 0) & np.isfinite(ratio), ratio, 0.0)


def _rsi(y: Values) -> list[Values]:
    """Wilder's relative strength index as RSI / 50 - 1. TA-Lib's CMO / 100 is that, and 0 where nothing moved."""
    import talib

    return [np.nan_to_num(talib.CMO(y, 14) / 100)]


def _macd(y: Values) -> list[Values]:
    """Appel's 12 - 26 line and its distance from the signal, in units of movement."""
    import talib

    line, _, histogram = talib.MACD(y, 12, 26, 9)
    movement, level = _movement(y, 26), talib.EMA(np.abs(y), 26)
    return [_ratio(line, movement, level), _ratio(histogram, movement, level)]


def _bollinger(y: Values) -> list[Values]:
    """Where the value is between bands two deviations off the mean (-1 lower, 1 upper); the deviation by movement."""
    import talib

    deviation, level = talib.STDDEV(y, 20), talib.MAX(np.abs(y), 20)
    mean = np.full(len(y), np.nan)
    if len(y) >= 20:  # not by TA-Lib: its sums keep the rounding error of a large value that has left the window
        mean[19:] = np.lib.stride_tricks.sliding_window_view(y, 20).mean(axis=1)
    return [_ratio(y - mean, 2 * deviation, level), _ratio(deviation, _movement(y, 20), level)]


def _momentum(y: Values) -> list[Values]:
    """The change over 10 steps in units of movement, by the root of 10: as large as a random walk's at any length."""
    import talib

    return [_ratio(talib.MOM(y, 10) / np.sqrt(10), _movement(y, 26))]


def _stochastic(y: Values) -> list[Values]:
    """Lane's oscillator: where the value is between the least (-1) and the greatest (1) of 14."""
    import talib

    least, greatest = talib.MIN(y, 14), talib.MAX(y, 14)
    return [_ratio((y - least) - (greatest - y), greatest - least)]


def _volatility(y: Values) -> list[Values]:
    """Movement of late against that of a longer time: from -1 (calmer) to 1 (wilder)."""
    late, usual = _movement(y, 10), _movement(y, 60)
    return [_ratio(late - usual, late + usual)]


_INDICATORS: dict[str, tuple[tuple[str, ...], Callable[[Values], list[Values]]]] = {
    "rsi": (("RSI",), _rsi),
    "macd": (("MACD", "MACD histogram"), _macd),
    "bollinger": (("Bollinger position", "Bollinger width"), _bollinger),
    "momentum": (("Momentum",), _momentum),
    "stochastic": (("Stochastic oscillator",), _stochastic),
    "volatility": (("Volatility",), _volatility),
}
INDICATORS = tuple(_INDICATORS)
