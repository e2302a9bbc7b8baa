"""Quotes: the closing prices of one symbol, checked, as they came and as they are kept."""

from __future__ import annotations

import dataclasses
import json
import time
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.errors import TickerError
from forecasting.intake.prices.yahoo import Reply, ask
from forecasting.messages import Message
from forecasting.panel import LARGEST

FORMAT = 1  # of kept quotes
_BARS = {"1h": ("1h", "60m"), "30m": ("30m", "15m")}  # interval -> its names in Yahoo's replies
_DAY = 86_400_000_000_000  # nanoseconds


@dataclasses.dataclass(frozen=True, eq=False)
class Quotes:
    """Closes of `symbol`, adjusted for splits and dividends, oldest first.

    times: the exchange's dates, or within the day the beginnings of the bars in UTC; different, ascending. closes:
    finite. exchange, zone, currency: in Yahoo's words. fetched: seconds since 1970. absent: times that came without a
    price. open: whether the last price was not final when it was fetched.
    """

    symbol: str
    interval: str
    times: npt.NDArray[np.datetime64]
    closes: npt.NDArray[np.float64]
    exchange: str
    zone: str
    currency: str
    fetched: float
    absent: npt.NDArray[np.datetime64]
    open: bool

    def to_bytes(self) -> bytes:
        """JSON, compressed."""
        values = dataclasses.asdict(self) | {"format": FORMAT, "closes": self.closes.tolist()}
        values |= {name: values[name].astype(np.int64).tolist() for name in ("times", "absent")}
        return zlib.compress(json.dumps(values).encode())

    @classmethod
    def from_bytes(cls, data: bytes) -> Quotes:
        """The quotes that `to_bytes` wrote; ValueError if they are none."""
        try:
            values = json.loads(zlib.decompress(data))
            if values.pop("format") != FORMAT:
                raise ValueError("quotes of another format")
            for name in ("times", "absent"):
                values[name] = np.asarray(values[name], dtype=np.int64).astype("datetime64[ns]")
            values["closes"] = np.asarray(values["closes"], dtype=np.float64)
            quotes = cls(**values)
        except (zlib.error, KeyError, TypeError, AttributeError, OverflowError) as error:
            raise ValueError("these are no quotes") from error
        if not _sound(quotes.times, quotes.closes, time.time()):
            raise ValueError("these quotes are damaged")
        return quotes


def get_quotes(symbol: str, period: str, interval: str) -> Quotes:
    """Ask Yahoo for a checked symbol and check its answer. TickerError where that gives no prices."""
    return checked(symbol, interval, ask(symbol, period, interval), time.time())


def checked(symbol: str, interval: str, reply: Reply, fetched: float) -> Quotes:
    """The quotes in a reply; TickerError where it holds too few, those of something else, or nonsense."""
    frame, meta = reply.frame, reply.meta
    answered = str(meta.get("symbol") or symbol)
    if answered.upper() != symbol:
        message = Message("intake.yahoo.other-symbol", answered=answered[:20], symbol=symbol)
        raise TickerError(message, field="symbol")
    grain = str(meta.get("dataGranularity") or interval)
    if grain not in _BARS.get(interval, (interval,)):
        message = Message("intake.yahoo.other-bars", bars=grain[:10], interval=interval, symbol=symbol)
        raise TickerError(message, field="period")
    if frame.empty or "Close" not in frame or not isinstance(frame.index, pd.DatetimeIndex):
        raise TickerError(Message("intake.yahoo.none-in-period", symbol=symbol), field="symbol")
    intraday = interval[-1] in "mh"
    times = pd.DatetimeIndex(frame.index)
    if times.tz is not None:
        times = times.tz_convert("UTC").tz_localize(None) if intraday else times.tz_localize(None).normalize()
    prices = pd.Series(pd.to_numeric(frame["Close"], errors="coerce").to_numpy(dtype=np.float64), index=times)
    prices = prices[~prices.index.duplicated(keep="last")].sort_index()  # the last row may come twice: live and final
    there = np.isfinite(prices.to_numpy()) & (prices.to_numpy() != 0)  # nothing is traded at a price of zero
    absent, prices = prices.index[~there], prices[there]
    if len(prices) < 2:
        raise TickerError(Message("intake.yahoo.few-prices", count=len(prices), symbol=symbol), field="period")
    stamps, closes = prices.index.to_numpy(dtype="datetime64[ns]"), prices.to_numpy()
    if not _sound(stamps, closes, fetched):
        raise TickerError(Message("intake.yahoo.impossible", symbol=symbol))
    return Quotes(
        symbol,
        interval,
        stamps,
        closes,
        str(meta.get("exchangeName") or ""),
        str(meta.get("exchangeTimezoneName") or ""),
        str(meta.get("currency") or ""),
        fetched,
        absent.to_numpy(dtype="datetime64[ns]"),
        _still_open(meta, interval, stamps[-1], fetched),
    )


def _sound(times: npt.NDArray[np.datetime64], closes: npt.NDArray[np.float64], now: float) -> bool:
    """Whether times ascend and lie between 1800 and tomorrow, and prices are numbers that can be computed with."""
    if len(times) < 2 or len(times) != len(closes):
        return False
    last = np.datetime64(int((now + 2 * 86_400) * 1e9), "ns")
    ascending = bool((np.diff(times).astype(np.int64) > 0).all())
    finite = bool(np.isfinite(closes).all()) and float(np.abs(closes).max()) <= LARGEST
    return ascending and finite and bool(times[0] >= np.datetime64("1800-01-01")) and bool(times[-1] <= last)


def _still_open(meta: dict[str, Any], interval: str, last: np.datetime64, fetched: float) -> bool:
    """Whether the session of the last price had not ended: its price goes on changing."""
    period = meta.get("currentTradingPeriod")
    regular = period.get("regular") if isinstance(period, dict) else None
    if not isinstance(regular, dict):
        return False
    try:
        start, end = (pd.Timestamp(regular[name]) for name in ("start", "end"))
        now = pd.Timestamp(fetched, unit="s", tz="UTC")
        if start.tz is None or end.tz is None:
            return False
    except (KeyError, TypeError, ValueError):
        return False
    if not start <= now < end:
        return False
    if interval[-1] in "mh":
        return bool(pd.Timestamp(last) >= start.tz_convert("UTC").tz_localize(None))
    day = np.datetime64(start.tz_localize(None).normalize())
    length = {"1d": 1, "1wk": 7, "1mo": 31}.get(interval, 1)
    return bool((day - last).astype("timedelta64[ns]").astype(np.int64) < length * _DAY)
