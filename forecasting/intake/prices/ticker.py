"""Prices from Yahoo Finance -> Panel, on the calendar of the exchange where they were made."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from forecasting import trading
from forecasting.errors import AmbiguousInput, TickerError
from forecasting.intake.calendar.frequency import Stamps, infer, seasons_of
from forecasting.intake.calendar.repair import Observed, regularise
from forecasting.intake.calendar.trading_days import fit
from forecasting.intake.notes import Note, first_of, summary_of, with_messages
from forecasting.intake.prices.exchange_codes import exchange_code
from forecasting.intake.prices.quotes import Quotes, get_quotes
from forecasting.intake.report import listed
from forecasting.messages import Message
from forecasting.panel import STEP, Panel

PERIODS = ("5d", "1mo", "3mo", "6mo", "ytd", "1y", "2y", "5y", "10y", "max")
INTERVALS = ("1d", "1wk", "1mo", "1h", "30m", "15m", "5m", "1m")
MOST = 20  # symbols in one call
STRAY = 0.005  # share of the prices that may lie on days on which their exchange was closed
_LONGEST = {"1m": ("5d", 7), "1h": ("2y", 730)}  # bar -> its longest period, and Yahoo's limit in days
_SHORTEST = {"1wk": "1mo", "1mo": "6mo"}
_SYMBOL = re.compile(r"[A-Z0-9^][A-Z0-9.=^-]{0,14}")


def fetch_ticker(symbol: str | Sequence[str], period: str = "5y", interval: str = "1d") -> Panel:
    """Closing prices, adjusted for splits and dividends; several symbols make several series.

    Days are the exchange's own dates on its trading calendar: holidays are no gaps. Where its calendar is not known, or
    the symbols come from different exchanges, they are business days (every day where a symbol trades at weekends), and
    days without a price take the one before. Bars within the day are on the exchange's hours in UTC, or else on
    whole-number steps. Raises TickerError, with `.field` where an argument is wrong.
    """
    symbols = check_symbols(symbol)
    check_span(period, interval)
    return quoted_panel([get_quotes(name, period, interval) for name in symbols])[0]


def check_symbols(symbol: str | Sequence[str]) -> list[str]:
    """The symbols in upper case, each once, checked before anything goes into an address. Text may hold several."""
    parts = re.split(r"[,;\s]+", symbol.strip()) if isinstance(symbol, str) else [str(part).strip() for part in symbol]
    symbols = list(dict.fromkeys(part.upper() for part in parts if part))
    if not symbols:
        raise TickerError(Message("intake.ticker.none"), field="symbol")
    if len(symbols) > MOST:
        raise TickerError(Message("intake.ticker.too-many", tickers=len(symbols), most=MOST), field="symbol")
    for name in symbols:
        if not _SYMBOL.fullmatch(name):
            raise TickerError(Message("intake.ticker.no-symbol", symbol=name[:40]), field="symbol")
    return symbols


def check_span(period: str, interval: str) -> None:
    """TickerError unless Yahoo has bars of `interval` for `period`, and enough of them to be a series."""
    for field, value, known in (("period", period, PERIODS), ("interval", interval, INTERVALS)):
        if value not in known:
            message = Message("intake.column.no-choice", field=field, value=value, choices=known)
            raise TickerError(message, field=field)
    if interval[-1] in "mh" and period != "max":
        longest, days = _LONGEST.get(interval, ("1mo", 60))
        if PERIODS.index(period) > PERIODS.index(longest):
            message = Message("intake.ticker.long-period", interval=interval, days=days, longest=longest)
            raise TickerError(message, field="period")
    shortest = _SHORTEST.get(interval, "5d")
    if PERIODS.index(period) < PERIODS.index(shortest):
        message = Message("intake.ticker.short-period", period=period, interval=interval, shortest=shortest)
        raise TickerError(message, field="period")


def quoted_panel(quotes: Sequence[Quotes]) -> tuple[Panel, dict[str, Any]]:
    """Quotes of one interval -> Panel, and a report like that of a file: frequency, notes, filled steps, tickers."""
    notes = [note for one in quotes for note in _notes(one)]
    exchange, why = _exchange(quotes)
    frequency, reason, kept = _calendar(quotes, exchange, notes)
    name = ", ".join(one.symbol for one in quotes)
    symbols = [one.symbol for one in quotes]
    codes = np.repeat(np.arange(len(symbols)), [int(keep.sum()) for keep in kept])
    stamps = np.concatenate([one.times[keep] for one, keep in zip(quotes, kept, strict=True)])
    closes = np.concatenate([one.closes[keep] for one, keep in zip(quotes, kept, strict=True)])
    if frequency == STEP:
        frame = _steps(quotes)
        filled = frame.iloc[:0]
        seasons = _daily_seasons(quotes[0])
    else:
        observed = Observed(symbols, codes, stamps, closes, np.arange(1, len(stamps) + 1))
        frame, filled, more = regularise(observed, frequency, "Date", "last")
        filled = filled.drop(columns=["row_before", "row_after"])
        notes.extend(dataclasses.replace(note, rows=()) for note in more)
        seasons = seasons_of(frequency)
    if why is not None:
        notes.append(Note("calendar", why))
    if quotes[0].interval[-1] in "mh" and frequency != STEP:
        notes.append(Note("time zone", Message("intake.note.times-in-utc")))
    until = trading.known_until(exchange) if exchange and trading.parse(frequency) else None
    if until is not None and until < pd.Timestamp(stamps.max()) + pd.Timedelta(days=366):
        place = trading.exchange_name(exchange or "")
        notes.append(Note("calendar", Message("intake.note.holidays", exchange=place, until=f"{until:%Y-%m-%d}")))
    panel = Panel(frame, frequency, seasons, name, filled=filled[["unique_id", "ds"]])
    report = {
        "frequency": frequency,
        "seasons": list(seasons),
        "filled": listed(filled),
        "filled_count": len(filled),
        "merged": [],
        "merged_count": 0,
        "notes": [note.to_dict() for note in notes],
        "tickers": [
            {
                "symbol": one.symbol,
                "exchange": one.exchange,
                "currency": one.currency,
                "fetched": one.fetched,
                "values": len(one.times),
            }
            for one in quotes
        ],
        **with_messages(summary=summary_of(notes), frequency_reason=reason),
    }
    return panel, report


def _notes(one: Quotes) -> list[Note]:
    """What one symbol's reply was like."""
    notes = []
    if count := len(one.absent):
        message = Message("intake.note.no-price", count=count, symbol=one.symbol, times=_moments(one.absent))
        notes.append(Note("missing", message, count, summary=Message("intake.summary.no-price", count=count)))
    if one.open:
        notes.append(Note("open", Message("intake.note.open-session", symbol=one.symbol)))
    return notes


def _exchange(quotes: Sequence[Quotes]) -> tuple[str | None, Message | None]:
    """The one exchange of all symbols; else None, and a message where they come from different ones."""
    exchanges = [exchange_code(one.exchange) for one in quotes]
    if len(set(exchanges)) == 1:
        return exchanges[0], None
    elsewhere = Message("intake.note.elsewhere")
    places = tuple(
        Message(
            "intake.note.place",
            symbol=one.symbol,
            exchange=trading.exchange_name(exchange) if exchange else one.exchange or elsewhere,
        )
        for one, exchange in zip(quotes, exchanges, strict=True)
    )
    return None, Message("intake.note.different-calendars", places=places)


def _calendar(
    quotes: Sequence[Quotes], exchange: str | None, notes: list[Note]
) -> tuple[str, Message, list[np.typing.NDArray[np.bool_]]]:
    """Frequency, its reason, and which prices of each symbol lie on it."""
    interval = quotes[0].interval
    every = [np.ones(len(one.times), dtype=bool) for one in quotes]
    if exchange is not None and (frequency := _traded(interval, exchange)):
        on = [_on_calendar(one, frequency) for one in quotes]
        stray = sum(int((~keep).sum()) for keep in on)
        fits = all((~keep).sum() <= max(1, STRAY * len(keep)) for keep in on)
        if fits and (interval != "1d" or all(_fewer_gaps(one, exchange) for one in quotes)):
            if stray:
                days = np.concatenate([one.times[~keep] for one, keep in zip(quotes, on, strict=True)])
                message = Message("intake.note.closed", count=stray, times=_moments(days))
                notes.append(Note("closed", message, stray, summary=Message("intake.summary.closed", count=stray)))
            return frequency, Message("intake.why.yahoo", exchange=trading.exchange_name(exchange)), on
    codes = np.repeat(np.arange(len(quotes)), [len(one.times) for one in quotes])
    stamps = np.concatenate([one.times for one in quotes])
    try:
        calendar = infer(Stamps.of(codes, stamps), "Date")
        if not trading.opening_hours(calendar.alias):  # in UTC they would move with summer time
            return calendar.alias, calendar.reason, every
    except AmbiguousInput:
        if interval[-1] not in "mh":
            return {"1d": "B", "1wk": "W-MON", "1mo": "MS"}[interval], Message("intake.why.interval"), every
    return STEP, Message("intake.why.closed-hours"), every


def _traded(interval: str, exchange: str) -> str | None:
    """The trading calendar of an interval; weeks and months need none."""
    if interval == "1d":
        return f"C-{exchange}"
    minutes = {"1h": 60, "30m": 30, "15m": 15, "5m": 5, "1m": 1}.get(interval)
    return f"{minutes}min-{exchange}" if minutes else None


def _on_calendar(one: Quotes, frequency: str) -> np.typing.NDArray[np.bool_]:
    """Which of the times are steps of a trading calendar."""
    index = pd.DatetimeIndex(one.times)
    steps = trading.steps(frequency, index[0], index[-1])
    on: np.typing.NDArray[np.bool_] = index.isin(steps)
    return on


def _fewer_gaps(one: Quotes, exchange: str) -> bool:
    """Whether the exchange's calendar explains the days better than business days: prices older than its records, or
    of something that trades on more days, may not."""
    fitted = fit(pd.DatetimeIndex(one.times), exchange)
    weekdays = pd.bdate_range(one.times[0], one.times[-1])
    return fitted.missing <= len(weekdays) - len(one.times) + len(fitted.off)


def _steps(quotes: Sequence[Quotes]) -> pd.DataFrame:
    """Bars that no calendar has, as whole-number steps."""
    parts = [
        pd.DataFrame({"unique_id": one.symbol, "ds": np.arange(1, len(one.closes) + 1), "y": one.closes})
        for one in quotes
    ]
    return pd.concat(parts, ignore_index=True)


def _daily_seasons(one: Quotes) -> tuple[int, ...]:
    """The bars of one day and of five."""
    daily = int(pd.Series(one.times).dt.date.value_counts().median())
    return (daily, 5 * daily) if daily > 1 else ()


def _moments(times: np.typing.NDArray[np.datetime64]) -> tuple[str, ...]:
    """The first of some times for a message."""
    index = pd.DatetimeIndex(times)
    days = bool((index == index.normalize()).all())
    return first_of(index.strftime("%Y-%m-%d" if days else "%Y-%m-%d %H:%M"), 5)
