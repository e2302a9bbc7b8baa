"""Kept quotes: asked for once within their time, offered when Yahoo is down, counted for each workspace."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import func, select, update

from forecasting.intake.prices.ticker import quoted_panel
from forecasting.runs import Store, Workspace, housekeeping, quote_cache, schema
from tests.intake.yahoo import Yahoo, connect, yahoo_server

ONE, TWO = Workspace("one"), Workspace("two")


@pytest.fixture
def yahoo(tmp_path: Path) -> Iterator[Yahoo]:
    import yfinance

    yfinance.set_tz_cache_location(str(tmp_path))
    with yahoo_server() as server:
        connect(server.url)
        server.add("AAPL", "2024-01-01", list(range(1, 101)))
        server.add("MSFT", "2024-01-01", list(range(2, 102)))
        yield server


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(f"sqlite:///{tmp_path / 'store.db'}")
    yield made
    made.close()


def fetch(store: Store, *symbols: str, workspace: Workspace = ONE, old: tuple[str, ...] = ()) -> quote_cache.Fetched:
    return quote_cache.fetch(store, workspace, symbols, "5y", "1d", old)


def age(store: Store, seconds: float) -> None:
    """Make every kept quote older by rewriting it."""
    here = schema.quotes
    with store.database.read() as connection:
        rows = connection.execute(select(here)).all()
    for row in rows:
        kept = quote_cache.Quotes.from_bytes(row.data)
        quote_cache._keep(store.database, row.period, dataclasses.replace(kept, fetched=kept.fetched - seconds))


@pytest.mark.slow
def test_a_kept_copy_answers_within_its_time_to_live_for_every_workspace(store: Store, yahoo: Yahoo) -> None:
    first = fetch(store, "AAPL")
    asked = len(yahoo.requests)
    again = fetch(store, "AAPL", workspace=TWO)
    assert len(yahoo.requests) == asked
    assert again.quotes[0].fetched == first.quotes[0].fetched
    assert quoted_panel(again.quotes)[0].id == quoted_panel(first.quotes)[0].id
    age(store, 16 * 60)
    assert fetch(store, "AAPL").quotes[0].fetched > first.quotes[0].fetched
    assert len(yahoo.requests) > asked


@pytest.mark.slow
def test_when_yahoo_is_down_the_last_good_copy_is_offered_with_its_age(store: Store, yahoo: Yahoo) -> None:
    fetch(store, "AAPL")
    age(store, 3 * 3600)
    yahoo.status = 503
    down = fetch(store, "AAPL", "MSFT")
    assert down.quotes == ()
    assert set(down.problems) == {"AAPL", "MSFT"}
    assert list(down.copies) == ["AAPL"]
    assert pd.Timestamp.now().timestamp() - down.copies["AAPL"] == pytest.approx(3 * 3600, abs=60)
    taken = fetch(store, "AAPL", "MSFT", old=("AAPL",))
    assert [one.symbol for one in taken.quotes] == ["AAPL"]
    assert set(taken.problems) == {"MSFT"}


@pytest.mark.slow
def test_a_failing_ticker_is_named_and_the_others_come(store: Store, yahoo: Yahoo) -> None:
    found = fetch(store, "AAPL", "NOPE", "MSFT")
    assert [one.symbol for one in found.quotes] == ["AAPL", "MSFT"]
    assert "NOPE" in found.problems["NOPE"].message
    assert found.copies == {}


def test_what_stops_yahoo_for_one_ticker_is_not_tried_with_the_next(store: Store, yahoo: Yahoo) -> None:
    yahoo.status = 429
    found = fetch(store, "AAPL", "MSFT", "SPY")
    charts = {path.split("?")[0] for path in yahoo.requests if "/chart/" in path}
    assert charts <= {"/v8/finance/chart/AAPL"}
    assert len(found.problems) == 3


@pytest.mark.slow
def test_tickers_a_minute_are_limited_for_each_workspace(store: Store, yahoo: Yahoo) -> None:
    store.settings = dataclasses.replace(store.settings, fetches_a_minute=1, ticker_minutes=0.0)
    assert fetch(store, "AAPL").problems == {}
    asked = len(yahoo.requests)
    refused = fetch(store, "MSFT").problems["MSFT"]
    assert "(1 a minute)" in refused.message
    assert len(yahoo.requests) == asked
    assert fetch(store, "MSFT", workspace=TWO).problems == {}


@pytest.mark.slow
def test_a_damaged_copy_is_not_used(store: Store, yahoo: Yahoo) -> None:
    fetch(store, "AAPL")
    with store.database.write() as connection:
        connection.execute(update(schema.quotes).values(data=b"broken"))
    asked = len(yahoo.requests)
    assert len(fetch(store, "AAPL").quotes) == 1
    assert len(yahoo.requests) > asked


def test_a_bad_answer_does_not_replace_a_good_copy(store: Store, yahoo: Yahoo) -> None:
    fetch(store, "AAPL")
    age(store, 3600)
    yahoo.body = '{"chart": {"result": [{"meta": {}}], "error": null}}'
    assert list(fetch(store, "AAPL").copies) == ["AAPL"]
    assert len(fetch(store, "AAPL", old=("AAPL",)).quotes[0].closes) == 100


def test_old_copies_go_with_the_sweep(store: Store, yahoo: Yahoo) -> None:
    fetch(store, "AAPL")
    count = select(func.count()).select_from(schema.quotes)
    housekeeping.sweep(store.database, store.settings)
    with store.database.read() as connection:
        assert connection.execute(count).scalar_one() == 1
    age(store, 31 * 86_400)
    housekeeping.sweep(store.database, store.settings)
    with store.database.read() as connection:
        assert connection.execute(count).scalar_one() == 0
