"""Which exchange a series was traded on, by the weekdays on which it has no value."""

from __future__ import annotations

import dataclasses

import pandas as pd

from forecasting import trading
from forecasting.messages import Message

_CLOSED: dict[str, tuple[str, ...]] = {  # candidate for a file -> days of the year on which it never opens
    "XNYS": ("01-01", "07-04", "12-25"),
    "XLON": ("01-01", "12-25", "12-26"),
    "XETR": ("01-01", "05-01", "12-25", "12-26"),
    "XPAR": ("01-01", "05-01", "12-25", "12-26"),
    "XTSE": ("01-01", "07-01", "12-25", "12-26"),
    "XSWX": ("01-01", "01-02", "05-01", "08-01", "12-25", "12-26"),
    "XTKS": ("01-01", "01-02", "01-03", "05-03", "05-04", "05-05", "12-31"),
    "XASX": ("01-01", "04-25", "12-25", "12-26"),
    "XHKG": ("01-01", "05-01", "07-01", "12-25"),
    "XSHG": ("01-01", "05-01", "10-01", "10-02", "10-03"),
    "XTAI": ("01-01", "02-28", "05-01", "10-10"),
    "XKRX": ("01-01", "03-01", "05-05", "12-25", "12-31"),
    "XBOM": ("01-26", "05-01", "08-15", "10-02", "12-25"),
    "BVMF": ("01-01", "05-01", "09-07", "10-12", "12-25"),
}
FEWEST = 4  # holidays that have to be missing: fewer may be missing by chance
EXPLAINED = 0.8  # of the weekdays that are missing, the share that has to be holidays


@dataclasses.dataclass(frozen=True)
class Fit:
    """How dates lie on an exchange's calendar. off: those on which it was closed; missing: sessions without one."""

    off: pd.DatetimeIndex
    missing: int
    holidays: int  # weekdays between the first and the last date on which it was closed


def fit(days: pd.DatetimeIndex, exchange: str) -> Fit:
    """Lay `days` (different, sorted, at midnight) on the calendar of `exchange`."""
    sessions = trading.sessions(exchange, days[0], days[-1])
    weekdays = pd.bdate_range(days[0], days[-1])
    return Fit(days.difference(sessions), len(sessions.difference(days)), len(weekdays.difference(sessions)))


def exchange_of(days: pd.DatetimeIndex) -> tuple[str, Message] | None:
    """The exchange whose holidays are the weekdays that `days` lack, and the reason; None where there is none.

    Every date has to be one of its sessions and nearly every missing weekday one of its holidays.
    """
    absent = pd.bdate_range(days[0], days[-1]).difference(days)
    if len(absent) < FEWEST or len(absent) > 0.1 * len(days):
        return None
    present, best = set(days.strftime("%m-%d")), ("", 0)
    for exchange, closed in _CLOSED.items():
        if present.intersection(closed):
            continue
        fitted = fit(days, exchange)
        enough = fitted.holidays >= max(FEWEST, EXPLAINED * len(absent))
        if not len(fitted.off) and enough and fitted.holidays > best[1]:
            best = exchange, fitted.holidays
    if not best[0]:
        return None
    exchange, holidays = best
    place = trading.exchange_name(exchange)
    return exchange, Message("intake.why.exchange", holidays=holidays, missing=len(absent), exchange=place)
