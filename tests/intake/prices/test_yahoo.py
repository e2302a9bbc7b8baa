"""Requests to Yahoo Finance: every failure is one sentence, and none is remembered too long."""

import os
import subprocess
import sys

import pytest

from forecasting.errors import TickerError
from forecasting.intake import fetch_ticker
from forecasting.intake.prices import yahoo as client
from tests.intake.prices.conftest import sessions
from tests.intake.yahoo import Yahoo, connect, environment

BODY = (  # a reply whose prices are to be filled in
    '{"chart": {"result": [{"meta": {"symbol": "AAPL", "instrumentType": "EQUITY", "currency": "USD", '
    '"exchangeTimezoneName": "America/New_York", "validRanges": ["5y"]}, "timestamp": [1704205800, 1704292200], '
    '"indicators": {"quote": [%s]}}], "error": null}}'
)


@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.parametrize(("status", "words"), [(429, "slow down"), (503, "answered with an error")])
def test_after_several_failures_nothing_is_sent_for_a_while(yahoo: Yahoo, status: int, words: str) -> None:
    yahoo.status = status
    for _ in range(2):
        with pytest.raises(TickerError, match=words):
            fetch_ticker("AAPL")
    sent = len(yahoo.requests)
    with pytest.raises(TickerError, match=rf"{words}.* in \d+ seconds"):
        fetch_ticker("MSFT")
    assert len(yahoo.requests) == sent


@pytest.mark.slow
def test_a_slow_answer_is_not_waited_for_for_ever(yahoo: Yahoo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "PATIENCE", 0.6)
    yahoo.add("AAPL", "", list(range(1, 31)), times=sessions(30))
    yahoo.delay = 1.0
    with pytest.raises(TickerError, match="did not answer in time"):
        fetch_ticker("AAPL")


def test_an_answer_without_end_is_not_read_to_its_end(yahoo: Yahoo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "LARGEST", 2 * 1024 * 1024)
    connect(yahoo.url)  # anew, with a session that has the bound
    yahoo.body = "[" + "1," * 2_000_000
    with pytest.raises(TickerError, match="sent more than 2 MB"):
        fetch_ticker("AAPL")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, "not json"),
        (200, "Will be right back"),
        (200, "{}"),
        (200, '{"chart": {"result": [], "error": null}}'),
        (200, '{"chart": {"result": [{"meta": {}}], "error": null}}'),
        (200, '{"chart": {"result": [{"meta": {"symbol": "AAPL"'),
        (200, BODY % "null"),
        (200, BODY % '{"open": null, "high": null, "low": null, "close": null, "volume": null}'),
        (200, "[]"),
        (200, "null"),
        (422, '{"chart": {"result": null, "error": {"code": "Unprocessable Entity", "description": "no"}}}'),
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


def test_an_unreachable_network_is_one_sentence(yahoo: Yahoo) -> None:
    connect("http://127.0.0.1:1")
    with pytest.raises(TickerError, match="cannot be reached"):
        fetch_ticker("AAPL")


@pytest.mark.slow
def test_another_process_is_connected_by_its_environment(yahoo: Yahoo, tmp_path) -> None:
    yahoo.add("AAPL", "2024-01-01", list(range(1, 101)))
    script = "from forecasting.intake import fetch_ticker; print(len(fetch_ticker('AAPL').frame))"
    variables = {**os.environ, **environment(yahoo.url), "TIDECAST_DATA": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", script], env=variables, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "100", done.stderr


@pytest.mark.slow
def test_without_a_test_the_session_keeps_to_its_patience(tmp_path) -> None:
    script = (
        "import time\nfrom forecasting.intake.prices import yahoo\n"
        "data = yahoo._client()\ndata._session.deadline = time.monotonic() - 1\n"
        "try:\n    data._session.get('http://127.0.0.1:1')\nexcept TimeoutError:\n    print('out')"
    )
    variables = {**os.environ, "TIDECAST_DATA": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", script], env=variables, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "out", done.stderr
