"""A server on 127.0.0.1 that answers as Yahoo Finance does, and ways to send the real yfinance client to it.

    with yahoo_server() as yahoo:
        yahoo.add("AAPL", start="2024-01-02", closes=[...])      # daily bars on business days
        connect(yahoo.url)                                        # this process: the real client goes there
        subprocess.Popen(..., env={**os.environ, **environment(yahoo.url)})   # another process does, too
        yahoo.status = 429                                        # every answer from here on

Nothing in the product knows of this: `environment` puts a `sitecustomize` on the path of the other process.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
import urllib.parse
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pandas as pd

from forecasting.intake.prices import yahoo

SITE = Path(__file__).parent / "yahoo_site"
VARIABLE = "TEST_YAHOO_URL"


class Yahoo:
    """What the server answers. `status` not 200, or a `body`, replaces every answer of the chart address."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.status = 200
        self.body: str | None = None
        self.delay = 0.0  # seconds before each answer
        self.requests: list[str] = []
        self._charts: dict[tuple[str, str], dict[str, Any]] = {}

    def add(
        self,
        symbol: str,
        start: str,
        closes: Sequence[float | None],
        *,
        frequency: str = "B",
        interval: str = "1d",
        zone: str = "America/New_York",
        times: pd.DatetimeIndex | None = None,
        exchange: str = "NMS",
        told: dict[str, Any] | None = None,
    ) -> None:
        """Bars for `symbol`: one a step of `frequency` from `start`, opening at half past nine; or at `times`.

        `told` replaces what the reply says about itself.
        """
        if times is None:
            days = pd.date_range(start, periods=len(closes), freq=frequency)
            times = (days + pd.Timedelta("9h30min")).tz_localize(zone)
        stamps = [int(stamp.timestamp()) for stamp in times]
        opens = pd.Series(stamps, index=times).groupby(lambda stamp: stamp.date()).first().tolist()
        quote = {name: list(closes) for name in ("open", "high", "low", "close")}
        quote["volume"] = [1000] * len(closes)
        session = {
            "timezone": "EST",
            "start": stamps[-1],
            "end": stamps[-1] + 23400,
            "gmtoffset": int(times[-1].utcoffset().total_seconds()),
        }
        meta = {
            "currency": "USD",
            "symbol": symbol,
            "exchangeName": exchange,
            "fullExchangeName": "NasdaqGS",
            "instrumentType": "EQUITY",
            "firstTradeDate": stamps[0],
            "regularMarketTime": stamps[-1],
            "gmtoffset": session["gmtoffset"],
            "timezone": "EST",
            "exchangeTimezoneName": zone,
            "regularMarketPrice": closes[-1],
            "priceHint": 2,
            "currentTradingPeriod": dict.fromkeys(("pre", "regular", "post"), session),
            "tradingPeriods": [[{**session, "start": day, "end": day + 25200}] for day in opens],
            "dataGranularity": interval,
            "range": "",
            "validRanges": ["1d", "5d", "1mo", "3mo", "6mo", "1y", "2y", "5y", "10y", "ytd", "max"],
            **(told or {}),
        }
        self._charts[symbol, interval] = {
            "meta": meta,
            "timestamp": stamps,
            "indicators": {"quote": [quote], "adjclose": [{"adjclose": list(closes)}]},
        }

    def answer(self, path: str) -> tuple[int, str]:
        """Status and body for one request."""
        self.requests.append(path)
        time.sleep(self.delay)
        parts = urllib.parse.urlsplit(path)
        if parts.path.startswith("/v1/test/getcrumb"):
            return (200, "crumb") if self.status == 200 else (self.status, "Too Many Requests")
        if not parts.path.startswith("/v8/finance/chart/"):
            return 200, "<html></html>"
        if self.status != 200 or self.body is not None:
            return self.status, self.body if self.body is not None else "Too Many Requests"
        symbol = urllib.parse.unquote(parts.path.rsplit("/", 1)[1])
        query = urllib.parse.parse_qs(parts.query)
        chart = self._charts.get((symbol, query["interval"][0]))
        if chart is None and query.get("range") == ["1d"]:
            chart = next((found for (name, _), found in self._charts.items() if name == symbol), None)
        if chart is None:
            error = {"code": "Not Found", "description": "No data found, symbol may be delisted"}
            return 404, json.dumps({"chart": {"result": None, "error": error}})
        return 200, json.dumps({"chart": {"result": [chart], "error": None}})


@contextlib.contextmanager
def yahoo_server() -> Iterator[Yahoo]:
    """The server, on a free port of 127.0.0.1, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = yahoo.answer(self.path)
            payload = body.encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_POST = do_GET  # noqa: N815  # the name that http.server calls

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    yahoo = Yahoo(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield yahoo
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def connect(url: str) -> None:
    """Send this process's yfinance to `url` instead of to Yahoo, with nothing remembered from before."""
    from yfinance.data import YfData

    class Session(yahoo.session_class()):
        def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
            parts = urllib.parse.urlsplit(url)
            return super().request(method, base + urllib.parse.urlunsplit(("", "", *parts[2:])), *args, **kwargs)

    base = url

    yahoo.forget()
    data = YfData(session=Session())
    data.cache_get.cache_clear()
    data._crumb = data._cookie = None
    data._cookie_strategy = "basic"


def environment(url: str) -> dict[str, str]:
    """Variables for another Python process that send its yfinance to `url` as soon as it imports it."""
    path = os.pathsep.join(part for part in (str(SITE), str(SITE.parents[2]), os.environ.get("PYTHONPATH", "")) if part)
    return {VARIABLE: url, "PYTHONPATH": path}
