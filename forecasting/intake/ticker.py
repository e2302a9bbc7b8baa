"""Prices from Yahoo Finance -> Panel: every way in which that can fail ends in one clear sentence."""

from __future__ import annotations

import contextlib
import os
import re
import threading
import time
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from forecasting.errors import AmbiguousInput, TickerError
from forecasting.intake.calendar import Stamps, infer, seasons_of
from forecasting.intake.repair import Observed, regularise
from forecasting.panel import STEP, Panel

PERIODS = ("5d", "1mo", "3mo", "6mo", "1y", "2y", "5y", "10y", "ytd", "max")
INTERVALS = ("1d", "1wk", "1mo", "1h", "30m", "15m", "5m", "1m")
MOST = 20  # symbols in one call
PATIENCE = 20.0  # seconds that one symbol may take, all of its requests together
_SYMBOL = re.compile(r"[A-Z0-9^][A-Z0-9.=^-]{0,14}")


def fetch_ticker(symbol: str | Sequence[str], period: str = "5y", interval: str = "1d") -> Panel:
    """Closing prices, adjusted for splits and dividends; several symbols make several series.

    Days are the exchange's own dates, on business days (every day where the symbol trades at weekends); holidays take
    the price before. Bars within the day that do not run round the clock become whole-number steps, because no regular
    calendar has the hours in which an exchange is closed. Raises TickerError, with `.field` where an argument is wrong.
    """
    symbols = check_symbols(symbol)
    for field, value, known in (("period", period, PERIODS), ("interval", interval, INTERVALS)):
        if value not in known:
            raise TickerError(f"{field} is {value!r}; it must be one of {', '.join(known)}.", field=field)
    prices = {name: _closes(name, period, interval) for name in symbols}
    return _panel(prices, interval)


def check_symbols(symbol: str | Sequence[str]) -> list[str]:
    """The symbols in upper case, each once, checked before anything goes into an address. Text may hold several."""
    parts = re.split(r"[,;\s]+", symbol.strip()) if isinstance(symbol, str) else [str(part).strip() for part in symbol]
    symbols = list(dict.fromkeys(part.upper() for part in parts if part))
    if not symbols:
        raise TickerError("No ticker was given. Write a symbol such as AAPL, ^GSPC or BTC-USD.", field="symbol")
    if len(symbols) > MOST:
        raise TickerError(f"{len(symbols)} tickers were given; at most {MOST} are fetched at once.", field="symbol")
    for name in symbols:
        if not _SYMBOL.fullmatch(name):
            raise TickerError(
                f"{name[:40]!r} cannot be a ticker. Symbols have letters, digits and . = ^ - only, such as AAPL.",
                field="symbol",
            )
    return symbols


def _panel(prices: dict[str, pd.Series], interval: str) -> Panel:
    symbols = list(prices)
    stamps = np.concatenate([series.index.to_numpy(dtype="datetime64[ns]") for series in prices.values()])
    codes = np.repeat(np.arange(len(symbols)), [len(series) for series in prices.values()])
    seen = Observed(symbols, codes, stamps, np.concatenate(list(prices.values())), np.arange(1, len(stamps) + 1))
    name = ", ".join(symbols)
    try:
        frequency = infer(Stamps.of(codes, stamps), "Date").alias
    except AmbiguousInput:
        if interval[-1] not in "mh" or interval == "1mo":
            frequency = {"1d": "B", "1wk": "W-MON", "1mo": "MS"}[interval]
        else:
            return _bars(prices, name)
    frame, _, _ = regularise(seen, frequency, "Date", "last")
    return Panel(frame, frequency, seasons_of(frequency), name)


def _bars(prices: dict[str, pd.Series], name: str) -> Panel:
    """Bars of trading hours as steps; the bars of one day and of five are the seasons."""
    parts = [
        pd.DataFrame({"unique_id": symbol, "ds": np.arange(1, len(series) + 1), "y": series.to_numpy()})
        for symbol, series in prices.items()
    ]
    days = next(iter(prices.values())).groupby(lambda stamp: stamp.date()).size()
    daily = int(days.median())
    return Panel(pd.concat(parts, ignore_index=True), STEP, (daily, 5 * daily) if daily > 1 else (), name)


def _closes(symbol: str, period: str, interval: str) -> pd.Series:
    """One symbol's closing prices by date (exchange's days) or by time (UTC), without zone."""
    frame = _history(symbol, period, interval)
    if frame.empty or "Close" not in frame or not isinstance(frame.index, pd.DatetimeIndex):
        raise TickerError(
            f"Yahoo Finance has no prices for {symbol!r} in this period. Check the symbol, or choose a longer period.",
            field="symbol",
        )
    closes = pd.Series(frame["Close"]).astype("float64")
    closes = closes[np.isfinite(closes.to_numpy())]
    if len(closes) < 2:
        raise TickerError(
            f"Yahoo Finance has {len(closes)} price{'s' * (len(closes) != 1)} for {symbol!r} in this period. "
            "Choose a longer period.",
            field="period",
        )
    index = pd.DatetimeIndex(closes.index)
    intraday = interval[-1] in "mh"
    if index.tz is not None:
        index = index.tz_convert("UTC").tz_localize(None) if intraday else index.tz_localize(None).normalize()
    closes.index = index
    return closes.sort_index()


# Yahoo knows one client a process: one session, cookie and crumb for all users. So one request goes out at a time, and
# after it asked to slow down, nobody goes out until `_quiet_until`.
_turn = threading.Lock()
_failures = 0
_quiet_until = 0.0
_QUIET = (1.0, 15.0, 60.0, 300.0)  # seconds after the first, second, ... rate limit in a row
_WAIT = 2.0  # a shorter quiet time is waited for rather than reported


def _history(symbol: str, period: str, interval: str) -> pd.DataFrame:
    global _failures, _quiet_until
    with _turn:
        left = _quiet_until - time.monotonic()
        if left > _WAIT:
            raise TickerError(f"Yahoo Finance asks us to slow down. Try again in {int(left) + 1} seconds.")
        time.sleep(max(0.0, left))
        try:
            frame = _ask(symbol, period, interval)
        except TickerError as error:
            if isinstance(error, _SlowDownError):
                _quiet_until = time.monotonic() + _QUIET[min(_failures, len(_QUIET) - 1)]
                _failures += 1
            raise
        _failures = 0
        return frame


class _SlowDownError(TickerError):
    """Yahoo answered 429."""


def _ask(symbol: str, period: str, interval: str) -> pd.DataFrame:
    import yfinance
    from yfinance.exceptions import YFRateLimitError

    yfinance.config.debug.hide_exceptions = False  # its empty frames would hide why there is nothing
    yfinance.base._tz_info_fetch_ctr = 2  # its limit: no search for the zone of a symbol that Yahoo does not know
    data = _client()
    try:
        with _patience(data), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # yfinance's own deprecations are nothing that a user could act on
            frame: pd.DataFrame = yfinance.Ticker(symbol).history(period=period, interval=interval)
        return frame
    except Exception as error:  # what escapes is not documented: JSON and key errors, curl's, Yahoo's own
        data.cache_get.cache_clear()  # it keeps bad replies for ever
        if isinstance(error, YFRateLimitError):
            raise _SlowDownError("Yahoo Finance asks us to slow down. Try again in a minute.") from error
        raise _translated(symbol, error) from error


def _translated(symbol: str, error: Exception) -> TickerError:
    from curl_cffi.requests import exceptions as http
    from yfinance.exceptions import YFInvalidPeriodError, YFTickerMissingError

    if isinstance(error, YFInvalidPeriodError):
        return TickerError(f"Yahoo Finance has no such period for {symbol!r}. Choose another one.", field="period")
    if isinstance(error, YFTickerMissingError):
        return TickerError(
            f"Yahoo Finance has no prices for {symbol!r}. Check the symbol, or choose another period.", field="symbol"
        )
    if isinstance(error, http.Timeout | TimeoutError):
        return TickerError("Yahoo Finance did not answer in time. Try again later, or upload a file.")
    if isinstance(error, http.HTTPError) and getattr(error.response, "status_code", None) == 404:
        return TickerError(f"Yahoo Finance does not know {symbol!r}. Check the symbol.", field="symbol")
    if isinstance(error, http.HTTPError):
        return TickerError("Yahoo Finance answered with an error. Try again later, or upload a file.")
    if isinstance(error, OSError):
        return TickerError("Yahoo Finance cannot be reached from here. Check the network, or upload a file.")
    return TickerError(
        f"Yahoo Finance's answer for {symbol!r} could not be understood. Try again later, or upload a file."
    )


def _client() -> Any:
    """yfinance's shared client, with a session that keeps to `PATIENCE` unless somebody has set another one."""
    import yfinance
    from curl_cffi import requests
    from yfinance.data import SingletonMeta, YfData

    if YfData in SingletonMeta._instances:
        return YfData()

    class Session(requests.Session):  # type: ignore[type-arg]  # generic only in the stub
        deadline = 0.0

        def request(self, *args: Any, **kwargs: Any) -> Any:
            left = self.deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("out of patience")
            kwargs["timeout"] = min(float(kwargs.get("timeout") or left), left, PATIENCE / 2)
            return super().request(*args, **kwargs)

    yfinance.set_tz_cache_location(str(_cache_folder()))
    return YfData(session=Session(impersonate="chrome"))


@contextlib.contextmanager
def _patience(data: Any) -> Iterator[None]:
    if hasattr(data._session, "deadline"):
        data._session.deadline = time.monotonic() + PATIENCE
    yield


def _cache_folder() -> Path:
    """Where yfinance keeps time zones and its cookie."""
    if folder := os.environ.get("TIDECAST_DATA"):
        return Path(folder) / "yahoo"
    import platformdirs

    return Path(platformdirs.user_cache_dir("tidecast")) / "yahoo"
