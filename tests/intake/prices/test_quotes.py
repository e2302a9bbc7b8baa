"""Quotes: what is taken of Yahoo's replies, and that it comes back from its bytes."""

import time
import zlib

import pandas as pd
import pytest

from forecasting.errors import TickerError
from forecasting.intake import fetch_ticker
from forecasting.intake.prices.quotes import Quotes, get_quotes
from tests.intake.prices.conftest import sessions
from tests.intake.yahoo import Yahoo


@pytest.mark.slow
def test_quotes_come_back_from_their_bytes_and_damaged_ones_do_not(yahoo: Yahoo) -> None:
    yahoo.add("AAPL", "", [1.5, None, 3.25, 4.0], times=sessions(4))
    quotes = get_quotes("AAPL", "5d", "1d")
    again = Quotes.from_bytes(quotes.to_bytes())
    assert again.times.tolist() == quotes.times.tolist()
    assert again.closes.tolist() == [1.5, 3.25, 4.0]
    assert (again.symbol, again.exchange, again.fetched) == ("AAPL", "NMS", quotes.fetched)
    for data in (b"", b"x", zlib.compress(b"{}"), zlib.compress(b"[1]"), quotes.to_bytes()[:-9]):
        with pytest.raises(ValueError, match=r"quotes|format"):
            Quotes.from_bytes(data)


def test_a_session_under_way_is_marked(yahoo: Yahoo) -> None:
    today = pd.Timestamp.now("America/New_York").normalize()  # the session began today, also right after midnight
    period = {"timezone": "EST", "start": int(today.timestamp()), "end": int(time.time()) + 3600, "gmtoffset": -18000}
    days = pd.bdate_range(end=today.tz_localize(None), periods=30)
    times = (days + pd.Timedelta("9h30min")).tz_localize("America/New_York")
    told = {"currentTradingPeriod": dict.fromkeys(("pre", "regular", "post"), period)}
    yahoo.add("AAPL", "", list(range(1, 31)), times=times, told=told)
    quotes = get_quotes("AAPL", "1mo", "1d")
    assert quotes.open == (times[-1].date() == today.date())  # not on a weekend


@pytest.mark.parametrize(("told", "words"), [({"symbol": "META"}, "META"), ({"dataGranularity": "3mo"}, "3mo")])
def test_an_answer_to_another_question_is_not_taken(yahoo: Yahoo, told: dict[str, str], words: str) -> None:
    yahoo.add("FB", "", list(range(1, 31)), times=sessions(30), told=told)
    with pytest.raises(TickerError, match=words):
        fetch_ticker("FB")


def test_one_price_is_too_few(yahoo: Yahoo) -> None:
    yahoo.add("AAPL", "2024-01-01", [1.0])
    with pytest.raises(TickerError, match="longer period"):
        fetch_ticker("AAPL")


@pytest.mark.slow
def test_a_last_row_that_comes_twice_counts_once(yahoo: Yahoo) -> None:
    times = sessions(10)
    yahoo.add("AAPL", "", [*range(1, 11), 11], times=times.append(times[-1:] + pd.Timedelta("3h")))
    assert fetch_ticker("AAPL").frame["y"].tolist() == [*range(1, 10), 11]
