"""Tickers: prices on the calendar of their exchange, and questions that are refused before anything is sent."""

import numpy as np
import pandas as pd
import pytest

from forecasting import trading
from forecasting.errors import TickerError
from forecasting.intake import fetch_ticker
from forecasting.intake.prices.quotes import get_quotes
from forecasting.intake.prices.ticker import INTERVALS, PERIODS, check_span, quoted_panel
from forecasting.panel import STEP
from tests.intake.prices.conftest import sessions
from tests.intake.yahoo import Yahoo


@pytest.mark.slow
def test_daily_closes_are_on_the_trading_days_of_their_exchange(yahoo: Yahoo) -> None:
    closes = list(np.linspace(100.0, 150.0, 300))
    yahoo.add("AAPL", "", closes, times=sessions(300))
    panel = fetch_ticker("aapl")
    assert panel.frequency == "C-XNYS"
    assert panel.name == "AAPL"
    assert panel.series_ids == ["AAPL"]
    assert panel.frame["y"].tolist() == pytest.approx(closes)
    assert "2024-07-04" not in panel.frame["ds"].astype(str).tolist()
    assert len(panel.frame) == 300
    end = pd.Timestamp(panel.frame["ds"].iloc[-1])
    assert panel.future(1)["ds"].iloc[0] == end + pd.tseries.offsets.BDay(1)  # 2025-03-14: no holiday is near


@pytest.mark.slow
def test_a_session_that_is_really_missing_takes_the_price_before(yahoo: Yahoo) -> None:
    yahoo.add("SPY", "", list(range(1, 60)), times=sessions(60).delete(20))
    panel, report = quoted_panel([get_quotes("SPY", "1y", "1d")])
    assert panel.frame["y"].tolist() == [*range(1, 21), 20, *range(21, 60)]
    assert [step["ds"][:10] for step in report["filled"]] == [f"{sessions(60)[20]:%Y-%m-%d}"]
    assert report["summary"] == "1 gap filled"


@pytest.mark.slow
def test_a_price_of_a_day_on_which_the_exchange_was_closed_is_left_out_and_noted(yahoo: Yahoo) -> None:
    times = sessions(260).append(pd.DatetimeIndex(["2024-07-04 09:30"], tz="America/New_York")).sort_values()
    yahoo.add("SPY", "", list(range(1, 262)), times=times)
    panel, report = quoted_panel([get_quotes("SPY", "1y", "1d")])
    assert len(panel.frame) == 260
    (note,) = [note for note in report["notes"] if note["kind"] == "closed"]
    assert "2024-07-04" in note["message"]


def test_another_calendar_than_that_of_the_exchange_makes_business_days(yahoo: Yahoo) -> None:
    yahoo.add("SPY", "2024-01-01", list(range(1, 301)))  # on holidays, too
    assert fetch_ticker("SPY").frequency == "B"


def test_currencies_have_business_days(yahoo: Yahoo) -> None:
    yahoo.add("EURUSD=X", "2024-01-01", list(range(1, 101)), exchange="CCY", zone="Europe/London")
    panel = fetch_ticker("EURUSD=X")
    assert panel.frequency == "B"
    assert len(panel.frame) == 100


@pytest.mark.slow
def test_tickers_of_different_exchanges_share_a_calendar_and_a_note(yahoo: Yahoo) -> None:
    yahoo.add("AAPL", "", list(range(1, 101)), times=sessions(100))
    berlin = trading.sessions("XETR", pd.Timestamp("2024-01-02"), pd.Timestamp("2024-06-28")) + pd.Timedelta("9h")
    yahoo.add("SAP.DE", "", [1.0] * len(berlin), times=berlin.tz_localize("Europe/Berlin"), exchange="GER")
    panel, report = quoted_panel([get_quotes(name, "1y", "1d") for name in ("AAPL", "SAP.DE")])
    assert panel.frequency == "B"
    (note,) = [note for note in report["notes"] if note["kind"] == "calendar"]
    assert "Frankfurt" in note["message"]
    assert "New York" in note["message"]


def test_weeks_and_months_keep_their_calendars(yahoo: Yahoo) -> None:
    for interval, frequency, alias in (("1wk", "W-MON", "W-MON"), ("1mo", "MS", "MS")):
        yahoo.add("AAPL", "2020-01-01", list(range(1, 41)), frequency=frequency, interval=interval)
        panel = fetch_ticker("AAPL", interval=interval)
        assert panel.frequency == alias
        assert len(panel.frame) == 40


def test_a_symbol_that_trades_at_weekends_has_every_day(yahoo: Yahoo) -> None:
    yahoo.add("BTC-USD", "2024-01-01", list(range(1, 101)), frequency="D", zone="UTC", exchange="CCC")
    assert fetch_ticker("BTC-USD").frequency == "D"


@pytest.mark.slow
def test_several_symbols_make_several_series(yahoo: Yahoo) -> None:
    yahoo.add("AAPL", "2024-01-01", list(range(1, 101)))
    yahoo.add("MSFT", "2024-02-01", list(range(1, 51)))
    panel = fetch_ticker(["AAPL", "MSFT"])
    assert panel.series_ids == ["AAPL", "MSFT"]
    assert panel.lengths.tolist() == [100, 50]
    assert fetch_ticker("AAPL, MSFT").id == panel.id


def hours(days: pd.DatetimeIndex, first: str = "9h30min") -> pd.DatetimeIndex:
    return pd.DatetimeIndex(
        [day.normalize() + pd.Timedelta(first) + pd.Timedelta(hours=h) for day in days for h in range(7)]
    )


def test_bars_within_the_day_are_on_the_hours_of_the_exchange(yahoo: Yahoo) -> None:
    times = hours(sessions(30, "2024-02-26").tz_localize(None)).tz_localize("America/New_York")
    yahoo.add("AAPL", "", list(range(1, 211)), times=times, interval="1h")
    panel = fetch_ticker("AAPL", period="3mo", interval="1h")
    assert panel.frequency == "60min-XNYS"
    assert panel.seasons == (7, 35)
    assert panel.frame["y"].tolist() == list(range(1, 211))
    assert panel.frame["ds"].tolist() == list(
        times.tz_convert("UTC").tz_localize(None)
    )  # summer time began on 10 March


def test_bars_of_unknown_hours_become_steps_with_a_daily_season(yahoo: Yahoo) -> None:
    times = hours(pd.bdate_range("2024-01-01", periods=20), "8h15min").tz_localize("America/New_York")
    yahoo.add("AAPL", "", list(range(1, 141)), times=times, interval="1h")
    panel = fetch_ticker("AAPL", period="1mo", interval="1h")
    assert panel.frequency == STEP
    assert panel.seasons == (7, 35)
    assert panel.frame["y"].tolist() == list(range(1, 141))


def test_bars_without_a_price_are_gaps_and_counted(yahoo: Yahoo) -> None:
    yahoo.add("AAPL", "", [1.0, 2.0, None, 4.0, 0.0, 6.0, 7.0, 8.0], times=sessions(8))
    panel, report = quoted_panel([get_quotes("AAPL", "1y", "1d")])
    assert panel.frame["y"].tolist() == [1.0, 2.0, 2.0, 4.0, 4.0, 6.0, 7.0, 8.0]
    assert report["summary"] == "2 bars without a price, 2 gaps filled"


def test_every_pair_of_period_and_interval_is_allowed_or_explained() -> None:
    allowed, refused = set(), []
    for period in PERIODS:
        for interval in INTERVALS:
            try:
                check_span(period, interval)
            except TickerError as problem:
                refused.append((problem.field, "Choose" in problem.message))
            else:
                allowed.add((period, interval))
    assert set(refused) == {("period", True)}
    assert {("5d", "1m"), ("max", "1m"), ("1mo", "5m"), ("2y", "1h"), ("5d", "1d"), ("1mo", "1wk")} <= allowed
    assert not {("1mo", "1m"), ("3mo", "30m"), ("5y", "1h"), ("5d", "1wk"), ("3mo", "1mo")} & allowed
    with pytest.raises(TickerError, match="last 7 days"):
        check_span("1y", "1m")


@pytest.mark.parametrize("symbol", ["", " ", "../../etc", "A B/C", "AAPL?x=1", "<script>", "ÄÖ", "A" * 16, "$AAPL", []])
def test_what_cannot_be_a_symbol_is_never_sent(yahoo: Yahoo, symbol: str) -> None:
    with pytest.raises(TickerError) as caught:
        fetch_ticker(symbol)
    assert caught.value.field == "symbol"
    assert yahoo.requests == []


@pytest.mark.parametrize(
    ("period", "interval", "field"), [("7y", "1d", "period"), ("1y", "7d", "interval"), ("5y", "1h", "period")]
)
def test_an_unknown_period_or_interval_names_its_field(period: str, interval: str, field: str) -> None:
    with pytest.raises(TickerError) as caught:
        fetch_ticker("AAPL", period, interval)
    assert caught.value.field == field
