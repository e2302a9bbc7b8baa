"""Tickers on the page: what comes, what fails, and the copy that is offered. Yahoo is a server on this machine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import Open, address, figure, values, words
from tests.intake.yahoo import Yahoo, connect, yahoo_server

pytestmark = pytest.mark.slow  # each opens the page, in a second or less


@pytest.fixture
def yahoo(tmp_path: Path) -> Iterator[Yahoo]:
    import yfinance

    yfinance.set_tz_cache_location(str(tmp_path))
    with yahoo_server() as server:
        connect(server.url)
        server.add("AAPL", "2024-01-01", list(range(1, 101)))
        server.add("MSFT", "2024-01-01", list(range(2, 102)))
        yield server


def fetch(app: AppTest, symbols: str) -> AppTest:
    app.segmented_control(key="source").set_value("ticker").run()
    app.text_input(key="ticker").set_value(symbols).run()
    app.button(key="fetch").click().run()
    assert not app.exception, [e.message for e in app.exception]
    return app


def test_a_ticker_is_drawn_and_its_age_is_shown_also_after_a_reload(open_app: Open, yahoo: Yahoo) -> None:
    app = fetch(open_app(), "aapl")
    assert values(figure(app, "chart_series")["data"][0]).tolist() == list(range(1, 101))
    assert "Fetched just now." in words(app)
    again = open_app(**address(app))
    assert "Fetched just now." in words(again)
    assert again.text_input(key="ticker").value == "aapl"  # as it was typed


def test_of_several_tickers_those_that_come_are_shown_and_the_others_named(open_app: Open, yahoo: Yahoo) -> None:
    app = fetch(open_app(), "AAPL, NOPE, MSFT")
    assert app.selectbox(key="series_shown").options == ["AAPL", "MSFT"]
    (said,) = (error.value for error in app.error)
    assert "NOPE" in said
    app.selectbox(key="series_shown").select("MSFT").run()
    assert "NOPE" in app.error[0].value  # it stays while the question is the same
    app.text_input(key="ticker").set_value("AAPL, MSFT").run()
    assert not app.error


def test_when_yahoo_is_down_the_kept_copy_is_one_click_away(
    open_app: Open, yahoo: Yahoo, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = fetch(open_app(), "AAPL")
    shown = address(app)["dataset"]
    yahoo.status = 503
    real = time.time
    monkeypatch.setattr("forecasting.runs.quote_cache.time.time", lambda: real() + 3 * 3600)
    app = fetch(app, "AAPL")
    assert "answered with an error" in app.error[0].value.replace("\\", "")
    assert address(app)["dataset"] == shown  # the page goes on showing what it showed
    offer = app.button(key="use_copy")
    assert "AAPL" in offer.label
    assert "3 hours ago" in offer.label
    offer.click().run()
    assert not app.error
    assert "Fetched 3 hours ago." in words(app).replace("\\", "")
    assert values(figure(app, "chart_series")["data"][0]).tolist() == list(range(1, 101))


def test_a_period_that_yahoo_does_not_have_is_explained_before_anything_is_asked(open_app: Open, yahoo: Yahoo) -> None:
    app = open_app()
    app.segmented_control(key="source").set_value("ticker").run()
    app.selectbox(key="interval").select("1m").run()
    assert "last 7 days" in app.error[0].value
    assert app.button(key="fetch").disabled
    app.selectbox(key="period").select("5d").run()
    assert not app.error
    assert yahoo.requests == []


def test_many_tickers_a_minute_are_refused_in_a_sentence(
    open_app: Open, yahoo: Yahoo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDECAST_FETCHES_A_MINUTE", "1")
    app = fetch(open_app(), "AAPL, MSFT")
    assert "(1 a minute)" in app.error[0].value.replace("\\", "")
    assert values(figure(app, "chart_series")["data"][0]).tolist() == list(range(1, 101))
