"""Which exchange a series was traded on: by what Yahoo calls it, or by the weekdays that a file does not have."""

from __future__ import annotations

import dataclasses

import pandas as pd

from forecasting import trading
from forecasting.intake.notes import count_of

_YAHOO = {  # exchangeName in Yahoo's replies -> market identifier code
    **dict.fromkeys(
        ("NMS", "NGM", "NCM", "NYQ", "NYS", "PCX", "ASE", "BTS", "PNK", "NAS", "SNP", "DJI", "NIM", "OQB", "OQX"),
        "XNYS",
    ),
    **dict.fromkeys(("LSE", "IOB", "FGI"), "XLON"),
    **dict.fromkeys(("TOR", "VAN", "CNQ", "NEO"), "XTSE"),
    **dict.fromkeys(("SHH", "SHZ"), "XSHG"),
    **dict.fromkeys(("KSC", "KOE"), "XKRX"),
    **dict.fromkeys(("TAI", "TWO"), "XTAI"),
    **dict.fromkeys(("NSI", "BSE"), "XBOM"),
    **dict.fromkeys(("JPX", "OSA"), "XTKS"),
    "GER": "XETR",
    "FRA": "XFRA",
    "STU": "XSTU",
    "DUS": "XDUS",
    "HAM": "XHAM",
    "PAR": "XPAR",
    "AMS": "XAMS",
    "BRU": "XBRU",
    "LIS": "XLIS",
    "MIL": "XMIL",
    "MCE": "XMAD",
    "EBS": "XSWX",
    "VIE": "XWBO",
    "STO": "XSTO",
    "HEL": "XHEL",
    "CPH": "XCSE",
    "OSL": "XOSL",
    "ICE": "XICE",
    "HKG": "XHKG",
    "ASX": "XASX",
    "NZE": "XNZE",
    "SAO": "BVMF",
    "MEX": "XMEX",
    "BUE": "XBUE",
    "SGO": "XSGO",
    "SES": "XSES",
    "SET": "XBKK",
    "KLS": "XKLS",
    "JKT": "XIDX",
    "IST": "XIST",
    "TLV": "XTAE",
    "SAU": "XSAU",
    "JNB": "XJSE",
    "WSE": "XWAR",
    "PRA": "XPRA",
    "BUD": "XBUD",
    "ATH": "ASEX",
    "ISE": "XDUB",
    "TAL": "XTAL",
    "LIT": "XLIT",
    "RIS": "XRIS",
    "PHS": "XPHS",
}
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
    """How dates lie on an exchange's calendar. strange: those on which it was closed; missing: sessions without one."""

    strange: pd.DatetimeIndex
    missing: int
    holidays: int  # weekdays between the first and the last date on which it was closed


def of_yahoo(exchange: str) -> str | None:
    """The market identifier code for Yahoo's name of an exchange; None where there is no calendar of it."""
    return _YAHOO.get(exchange.upper())


def fit(days: pd.DatetimeIndex, exchange: str) -> Fit:
    """Lay `days` (different, sorted, at midnight) on the calendar of `exchange`."""
    found = trading.sessions(exchange, days[0], days[-1])
    weekdays = pd.bdate_range(days[0], days[-1])
    return Fit(days.difference(found), len(found.difference(days)), len(weekdays.difference(found)))


def exchange_of(days: pd.DatetimeIndex) -> tuple[str, str] | None:
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
        found = fit(days, exchange)
        enough = found.holidays >= max(FEWEST, EXPLAINED * len(absent))
        if not len(found.strange) and enough and found.holidays > best[1]:
            best = exchange, found.holidays
    if not best[0]:
        return None
    exchange, holidays = best
    reason = (
        f"no date is on a weekend, and {holidays} of {count_of(len(absent), 'missing weekday')} are holidays of the "
        f"exchange in {trading.exchange_name(exchange)}"
    )
    return exchange, reason
