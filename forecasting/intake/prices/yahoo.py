"""One request to Yahoo Finance by the yfinance client: every failure becomes one clear sentence."""

from __future__ import annotations

import dataclasses
import os
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import pandas as pd

from forecasting.errors import TickerError
from forecasting.messages import Message

PATIENCE = 20.0  # seconds that one symbol may take, all of its requests together
LARGEST = 64 * 1024 * 1024  # bytes of one answer; a century of days is 2 MB
_TOO_LARGE = 63  # libcurl's CURLE_FILESIZE_EXCEEDED


@dataclasses.dataclass(frozen=True, eq=False)
class Reply:
    """Yahoo's bars as yfinance gives them, and what it reports on the symbol: `exchangeName`, `currency`, ..."""

    frame: pd.DataFrame
    meta: dict[str, Any]


class UnavailableError(TickerError):
    """Yahoo cannot answer now: it asks to slow down, is down, or cannot be reached. Another symbol fares no better.

    reason: the same without advice, for messages with advice of their own.
    """

    def __init__(self, reason: Message, advice: Message) -> None:
        super().__init__(Message("intake.yahoo.unavailable", reason=reason, advice=advice))
        self.reason = reason


# Yahoo knows one client a process: one session, cookie and crumb for all users. So one request goes out at a time, and
# after it asked to slow down or did not answer, none goes out until `_quiet_until`.
_turn = threading.Lock()
_failures = 0
_quiet_until = 0.0
_quiet_because: Message | None = None
_QUIET = (1.0, 15.0, 60.0, 300.0)  # seconds after the first, second, ... such failure in a row
_WAIT = 2.0  # a shorter quiet time is waited for rather than reported


def ask(symbol: str, period: str, interval: str) -> Reply:
    """What Yahoo has for a checked `symbol`. TickerError for every failure; while backing off nothing is sent."""
    global _failures, _quiet_until, _quiet_because
    if not _turn.acquire(timeout=PATIENCE):
        raise UnavailableError(Message("intake.yahoo.busy"), Message("intake.advice.moment"))
    try:
        left = _quiet_until - time.monotonic()
        if _quiet_because is not None and left > _WAIT:
            raise UnavailableError(_quiet_because, Message("intake.advice.seconds", count=int(left) + 1))
        time.sleep(max(0.0, left))
        try:
            reply = _ask(symbol, period, interval)
        except UnavailableError as error:
            _quiet_until = time.monotonic() + _QUIET[min(_failures, len(_QUIET) - 1)]
            _quiet_because = error.reason
            _failures += 1
            raise
        _failures = 0
        return reply
    finally:
        _turn.release()


def forget() -> None:
    """Forget earlier failures: the next request goes out at once."""
    global _failures, _quiet_until
    _failures, _quiet_until = 0, 0.0


def _ask(symbol: str, period: str, interval: str) -> Reply:
    import yfinance
    from yfinance.exceptions import YFRateLimitError

    yfinance.config.debug.hide_exceptions = False  # its empty frames would hide why there is nothing
    yfinance.base._tz_info_fetch_ctr = 2  # its limit: no search for the zone of a symbol that Yahoo does not know
    data = _client()
    data._session.deadline = time.monotonic() + PATIENCE
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # yfinance's own deprecations are nothing that a user could act on
            ticker = yfinance.Ticker(symbol)
            frame: pd.DataFrame = ticker.history(period=period, interval=interval, timeout=PATIENCE / 2)
            known = ticker.history_metadata
            meta = {name: known.get(name) for name in _META}
        return Reply(frame, meta)
    except Exception as error:  # what escapes is not documented: JSON and key errors, curl's, Yahoo's own
        data.cache_get.cache_clear()  # it keeps bad replies for ever
        if isinstance(error, YFRateLimitError):
            raise _slow_down() from error
        raise _translated(symbol, error, getattr(data._session, "status", 0)) from error


_META = ("symbol", "exchangeName", "exchangeTimezoneName", "currency", "dataGranularity", "currentTradingPeriod")


def _translated(symbol: str, error: Exception, status: int) -> TickerError:
    from curl_cffi.requests import exceptions as http
    from yfinance.exceptions import YFDataException, YFInvalidPeriodError, YFTickerMissingError

    later = Message("intake.advice.later")
    if isinstance(error, YFInvalidPeriodError):
        return TickerError(Message("intake.yahoo.no-period", symbol=symbol), field="period")
    if getattr(error, "code", 0) == _TOO_LARGE:
        return UnavailableError(Message("intake.yahoo.too-large", megabytes=LARGEST // 1024**2), later)
    if isinstance(error, http.Timeout | TimeoutError):
        return UnavailableError(Message("intake.yahoo.timeout"), later)
    if status == 404:
        return TickerError(Message("intake.yahoo.unknown", symbol=symbol), field="symbol")
    if status in (400, 422):
        return TickerError(Message("intake.yahoo.not-given", symbol=symbol), field="period")
    if status == 429:
        return _slow_down()
    if isinstance(error, YFDataException):
        return UnavailableError(Message("intake.yahoo.down"), later)
    if status >= 500 or isinstance(error, http.HTTPError):
        return UnavailableError(Message("intake.yahoo.error"), later)
    if isinstance(error, YFTickerMissingError):
        return TickerError(Message("intake.yahoo.no-prices", symbol=symbol), field="symbol")
    if isinstance(error, OSError):
        return UnavailableError(Message("intake.yahoo.unreachable"), Message("intake.advice.network"))
    return TickerError(Message("intake.yahoo.not-understood", symbol=symbol))


def _slow_down() -> UnavailableError:
    return UnavailableError(Message("intake.yahoo.slow-down"), Message("intake.advice.minute"))


def session_class() -> type[Any]:
    """The session that yfinance asks with: it keeps to `PATIENCE` and `LARGEST`, and remembers the last status."""
    from curl_cffi import CurlOpt, requests

    class Session(requests.Session):  # type: ignore[type-arg]  # generic only in the stub
        deadline = 0.0
        status = 0

        def __init__(self, **kwargs: Any) -> None:
            super().__init__(curl_options={CurlOpt.MAXFILESIZE_LARGE: LARGEST}, **kwargs)

        def request(self, *args: Any, **kwargs: Any) -> Any:
            left = self.deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("out of patience")
            kwargs["timeout"] = min(float(kwargs.get("timeout") or left), left, PATIENCE / 2)
            self.status = 0
            response = super().request(*args, **kwargs)
            self.status = response.status_code
            return response

    return Session


def _client() -> Any:
    """yfinance's shared client, with a session of ours unless somebody has set another one."""
    import yfinance
    from yfinance.data import SingletonMeta, YfData

    if YfData in SingletonMeta._instances:
        return YfData()
    yfinance.set_tz_cache_location(str(_cache_folder()))
    return YfData(session=session_class()(impersonate="chrome"))


def _cache_folder() -> Path:
    """Where yfinance keeps time zones and its cookie."""
    if folder := os.environ.get("TIDECAST_DATA"):
        return Path(folder) / "yahoo"
    import platformdirs

    return Path(platformdirs.user_cache_dir("tidecast")) / "yahoo"
