"""Tickers: the real yfinance client, from end to end, against a server on this machine that answers as Yahoo does."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from forecasting.errors import TickerError
from forecasting.intake import fetch_ticker, ticker
from forecasting.panel import STEP
from tests.intake.yahoo import Yahoo, connect, environment, yahoo_server


@pytest.fixture
def yahoo(tmp_path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Yahoo]:
    import yfinance

    yfinance.set_tz_cache_location(str(tmp_path))
    monkeypatch.setattr(ticker, "_failures", 0)
    monkeypatch.setattr(ticker, "_quiet_until", 0.0)
    with yahoo_server() as server:
        connect(server.url)
        yield server


def test_daily_closes_become_business_days_of_the_exchange(yahoo: Yahoo) -> None:
    closes = list(np.linspace(100.0, 150.0, 300))
    yahoo.add("AAPL", "2024-01-01", closes)
    panel = fetch_ticker("aapl")
    assert panel.frequency == "B"
    assert panel.name == "AAPL"
    assert panel.series_ids == ["AAPL"]
    assert panel.frame["y"].tolist() == pytest.approx(closes)
    expected = pd.bdate_range("2024-01-01", periods=300)
    assert (panel.frame["ds"].to_numpy() == expected.to_numpy()).all()


def test_a_holiday_takes_the_price_before(yahoo: Yahoo) -> None:
    days = pd.bdate_range("2024-01-01", periods=60).delete(20)
    times = (days + pd.Timedelta("9h30min")).tz_localize("America/New_York")
    yahoo.add("SPY", "", list(range(59)), times=times)
    panel = fetch_ticker("SPY")
    assert panel.frame["y"].tolist() == [*range(20), 19, *range(20, 59)]


def test_a_symbol_that_trades_at_weekends_has_every_day(yahoo: Yahoo) -> None:
    yahoo.add("BTC-USD", "2024-01-01", list(range(1, 101)), frequency="D", zone="UTC")
    assert fetch_ticker("BTC-USD").frequency == "D"


def test_several_symbols_make_several_series(yahoo: Yahoo) -> None:
    yahoo.add("AAPL", "2024-01-01", list(range(1, 101)))
    yahoo.add("MSFT", "2024-02-01", list(range(1, 51)))
    panel = fetch_ticker(["AAPL", "MSFT"])
    assert panel.series_ids == ["AAPL", "MSFT"]
    assert panel.lengths.tolist() == [100, 50]
    assert fetch_ticker("AAPL, MSFT").id == panel.id


def test_hours_of_an_exchange_become_steps_with_a_daily_season(yahoo: Yahoo) -> None:
    days = pd.bdate_range("2024-01-01", periods=20)
    times = pd.DatetimeIndex([day + pd.Timedelta(f"{9 + h}h30min") for day in days for h in range(7)])
    yahoo.add("AAPL", "", list(range(140)), times=times.tz_localize("America/New_York"), interval="1h")
    panel = fetch_ticker("AAPL", period="1mo", interval="1h")
    assert panel.frequency == STEP
    assert panel.seasons == (7, 35)
    assert panel.frame["y"].tolist() == list(range(140))


def test_missing_closes_are_left_out(yahoo: Yahoo) -> None:
    yahoo.add("AAPL", "2024-01-01", [1.0, 2.0, None, 4.0, 5.0, 6.0, 7.0, 8.0])
    assert fetch_ticker("AAPL").frame["y"].tolist() == [1.0, 2.0, 2.0, 4.0, 5.0, 6.0, 7.0, 8.0]


def test_an_unknown_symbol_is_named(yahoo: Yahoo) -> None:
    with pytest.raises(TickerError, match="NOPE") as caught:
        fetch_ticker("NOPE")
    assert caught.value.field == "symbol"


def test_a_rate_limit_asks_to_wait_and_the_next_call_works(yahoo: Yahoo) -> None:
    yahoo.add("AAPL", "2024-01-01", list(range(1, 101)))
    yahoo.status = 429
    with pytest.raises(TickerError, match="slow down"):
        fetch_ticker("AAPL")
    yahoo.status = 200
    connect(yahoo.url)
    assert len(fetch_ticker("AAPL").frame) == 100


def test_after_several_rate_limits_nothing_is_sent_for_a_while(yahoo: Yahoo) -> None:
    yahoo.status = 429
    for _ in range(2):
        with pytest.raises(TickerError, match="slow down"):
            fetch_ticker("AAPL")
    sent = len(yahoo.requests)
    with pytest.raises(TickerError, match="seconds"):
        fetch_ticker("AAPL")
    assert len(yahoo.requests) == sent


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, "not json"),
        (200, "Will be right back"),
        (200, "{}"),
        (200, '{"chart": {"result": [], "error": null}}'),
        (200, '{"chart": {"result": [{"meta": {}}], "error": null}}'),
        (500, "<html>sorry</html>"),
        (503, ""),
    ],
)
def test_a_broken_answer_is_one_sentence_and_is_not_remembered(yahoo: Yahoo, status: int, body: str) -> None:
    yahoo.add("AAPL", "2024-01-01", list(range(1, 101)))
    yahoo.status, yahoo.body = status, body
    with pytest.raises(TickerError) as caught:
        fetch_ticker("AAPL")
    assert str(caught.value).endswith(".")
    yahoo.status, yahoo.body = 200, None
    assert len(fetch_ticker("AAPL").frame) == 100


def test_one_price_is_too_few(yahoo: Yahoo) -> None:
    yahoo.add("AAPL", "2024-01-01", [1.0])
    with pytest.raises(TickerError, match="longer period"):
        fetch_ticker("AAPL")


@pytest.mark.parametrize("symbol", ["", " ", "../../etc", "A B/C", "AAPL?x=1", "<script>", "ÄÖ", "A" * 16, "$AAPL", []])
def test_what_cannot_be_a_symbol_is_never_sent(yahoo: Yahoo, symbol: str) -> None:
    with pytest.raises(TickerError) as caught:
        fetch_ticker(symbol)
    assert caught.value.field == "symbol"
    assert yahoo.requests == []


@pytest.mark.parametrize(("period", "interval", "field"), [("7y", "1d", "period"), ("1y", "7d", "interval")])
def test_an_unknown_period_or_interval_names_its_field(period: str, interval: str, field: str) -> None:
    with pytest.raises(TickerError) as caught:
        fetch_ticker("AAPL", period, interval)
    assert caught.value.field == field


def test_an_unreachable_network_is_said_fast(yahoo: Yahoo) -> None:
    connect("http://127.0.0.1:1")
    begun = time.monotonic()
    with pytest.raises(TickerError, match="cannot be reached"):
        fetch_ticker("AAPL")
    assert time.monotonic() - begun < 3


def test_another_process_is_connected_by_its_environment(yahoo: Yahoo, tmp_path) -> None:
    yahoo.add("AAPL", "2024-01-01", list(range(1, 101)))
    script = "from forecasting.intake import fetch_ticker; print(len(fetch_ticker('AAPL').frame))"
    variables = {**os.environ, **environment(yahoo.url), "TIDECAST_DATA": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", script], env=variables, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "100", done.stderr


def test_without_a_test_the_session_keeps_to_its_patience(tmp_path) -> None:
    script = (
        "import time\nfrom forecasting.intake import ticker\n"
        "data = ticker._client()\ndata._session.deadline = time.monotonic() - 1\n"
        "try:\n    data._session.get('http://127.0.0.1:1')\nexcept TimeoutError:\n    print('out')"
    )
    variables = {**os.environ, "TIDECAST_DATA": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", script], env=variables, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "out", done.stderr
