"""Trading calendars against dates that the exchanges published."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecasting import ForecastConfig, Forecaster, fit, trading
from forecasting.errors import DataError
from forecasting.intake import read_table, to_panel
from forecasting.panel import Panel, steps_after

HOLIDAYS_2024 = (  # NYSE's own list
    *("2024-01-01", "2024-01-15", "2024-02-19", "2024-03-29", "2024-05-27", "2024-06-19", "2024-07-04"),
    *("2024-09-02", "2024-11-28", "2024-12-25"),
)


def new_york(start: str = "2024-01-02", end: str = "2024-12-31") -> pd.DatetimeIndex:
    """Weekdays without the holidays of 2024."""
    return pd.bdate_range(start, end).difference(pd.DatetimeIndex(HOLIDAYS_2024))


def prices(days: pd.DatetimeIndex) -> bytes:
    return ("date,close\n" + "".join(f"{day:%Y-%m-%d},{100 + i / 10}\n" for i, day in enumerate(days))).encode()


def test_sessions_are_weekdays_without_the_holidays_of_the_exchange() -> None:
    found = trading.sessions("XNYS", pd.Timestamp("2024-01-01"), pd.Timestamp("2024-12-31"))
    assert list(found) == list(new_york())


def test_a_week_with_other_closing_days_is_a_calendar_without_holidays() -> None:
    assert trading.parse("C-1111110") == (None, "1111110")
    assert trading.parse("C-0000000") is trading.parse("C-111111") is None
    assert trading.open_days("C-0111110") == (1, 2, 3, 4, 5)
    assert trading.open_days("C-XNYS") == trading.open_days("D") == ()
    weeks = [trading.week_calendar(days) for days in (range(7), range(5), (0, 2, 4))]
    assert weeks == ["D", "B", "C-1010100"]
    after = steps_after(np.datetime64("2024-12-24"), "C-1111110", 6)  # a Tuesday
    assert [str(day)[5:10] for day in after] == ["12-25", "12-26", "12-27", "12-28", "12-30", "12-31"]
    early = steps_after(np.datetime64("1900-01-06"), "C-1111110", 1)  # no record begins late, none ends
    assert str(early[0])[:10] == "1900-01-08"


@pytest.mark.slow
def test_a_forecast_of_a_week_with_closing_days_has_open_days_only() -> None:
    days = [day for day in pd.date_range("2024-01-01", periods=200) if day.weekday() < 6]
    panel, _ = to_panel(read_table(prices(pd.DatetimeIndex(days)), "shop.csv"))
    config = ForecastConfig(
        horizon=8, window=12, hidden_size=4, epochs=1, folds=1, features=("day-of-week", "day-of-year", "holidays-DE")
    )
    ahead = fit(panel, config).predict()
    assert ahead["ds"].tolist() == panel.future(8)["ds"].tolist()
    assert set(ahead["ds"].dt.weekday) == set(range(6))


@pytest.mark.slow
def test_a_forecast_over_christmas_has_only_days_on_which_the_exchange_opens() -> None:
    after = steps_after(np.datetime64("2026-12-23"), "C-XNYS", 6)
    days = ["2026-12-24", "2026-12-28", "2026-12-29", "2026-12-30", "2026-12-31", "2027-01-04"]
    assert [str(day)[:10] for day in after] == days


@pytest.mark.slow
def test_bars_follow_the_opening_hours_with_early_closes_and_daylight_saving() -> None:
    # 3 July 2024 closes at 13:00; the fourth is a holiday. On 4 November 2024 New York is an hour later in UTC.
    after = trading.steps_after("60min-XNYS", pd.Timestamp("2024-07-03 14:30"), 4)
    assert [f"{time:%d %H:%M}" for time in after] == ["03 15:30", "03 16:30", "05 13:30", "05 14:30"]
    after = trading.steps_after("60min-XNYS", pd.Timestamp("2024-11-01 19:30"), 1)
    assert list(after) == [pd.Timestamp("2024-11-04 14:30")]
    assert trading.bars_a_session("60min-XNYS") == 7
    assert trading.bars_a_session("60min-XTKS") == 6  # with a break at noon


@pytest.mark.parametrize("frequency", ["C-XSHG", "60min-XSHG"])
def test_beyond_what_is_known_of_holidays_weekdays_count(frequency: str) -> None:
    known = trading.known_until("XSHG")
    assert known is not None
    after = trading.steps_after(frequency, known, 30)
    assert len(after) == 30
    assert (np.diff(after.to_numpy()).astype(np.int64) > 0).all()
    assert set(after.weekday) == {0, 1, 2, 3, 4}


def test_before_the_records_begin_weekdays_of_the_exchange_count() -> None:
    found = trading.sessions("XSAU", pd.Timestamp("2020-12-28"), pd.Timestamp("2021-01-06"))
    assert [f"{day:%a}" for day in found] == ["Mon", "Tue", "Wed", "Thu", "Sun", "Mon", "Tue", "Wed"]


def test_a_horizon_beyond_the_last_year_of_time_is_a_sentence() -> None:
    with pytest.raises(DataError, match="shorter horizon"):
        steps_after(np.datetime64("2261-12-01"), "C-XNYS", 10_000)


@pytest.mark.parametrize("frequency", ["C-ZZZZ", "C-NYS", "C", "W-SUN", "B", "0min-XNYS", "60min", "step", "C-XNYS\n"])
def test_other_frequencies_are_no_trading_calendar(frequency: str) -> None:
    assert trading.parse(frequency) is None


@pytest.mark.slow
def test_holidays_of_an_exchange_are_no_gaps_of_a_file_and_real_ones_are() -> None:
    days = new_york()
    panel, report = to_panel(read_table(prices(days), "prices.csv"))
    assert panel.frequency == "C-XNYS"
    assert panel.frame["ds"].tolist() == list(days)
    assert report.filled.empty
    assert "10 of 10 missing weekdays" not in report.frequency_reason  # 1 January is before the first date
    assert "9 of 9 missing weekdays" in report.frequency_reason
    assert [note.message for note in report.notes if note.kind == "calendar"]

    panel, report = to_panel(read_table(prices(days.delete([50])), "prices.csv"))
    assert panel.frequency == "C-XNYS"
    assert report.filled["ds"].tolist() == [days[50]]


def test_the_calendar_of_an_exchange_can_be_overruled() -> None:
    panel, report = to_panel(read_table(prices(new_york()), "prices.csv"), frequency="B")
    assert panel.frequency == "B"
    assert len(report.filled) == 9


@pytest.mark.slow
@pytest.mark.parametrize("exchange", ["XLON", "XETR", "XTKS", "XHKG", "XSHG", "XASX", "XTSE"])
def test_the_exchange_is_recognised_by_its_holidays(exchange: str) -> None:
    days = trading.sessions(exchange, pd.Timestamp("2022-03-01"), pd.Timestamp("2024-05-31"))
    panel, _ = to_panel(read_table(prices(days), "prices.csv"))
    assert panel.frequency == f"C-{exchange}"


def test_weekdays_missing_by_chance_are_gaps() -> None:
    days = pd.bdate_range("2024-01-01", "2024-12-31").delete([20, 51, 77, 120, 160, 200])
    panel, report = to_panel(read_table(prices(days), "prices.csv"))
    assert panel.frequency == "B"
    assert len(report.filled) == 6


def test_a_date_on_a_holiday_speaks_against_the_exchange() -> None:
    days = new_york().union(pd.DatetimeIndex(["2024-03-29"]))  # Good Friday
    panel, _ = to_panel(read_table(prices(days), "prices.csv"))
    assert panel.frequency == "B"


def test_a_chosen_trading_calendar_counts_what_it_moves() -> None:
    panel, report = to_panel(
        read_table(prices(pd.bdate_range("2024-01-02", "2024-12-31")), "p.csv"), frequency="C-XNYS"
    )
    assert panel.frame["ds"].tolist() == list(new_york())
    (note,) = [note for note in report.notes if note.kind == "resampled"]
    assert note.count == 9


def test_a_panel_keeps_its_trading_calendar_when_stored() -> None:
    panel, _ = to_panel(read_table(prices(new_york()), "prices.csv"))
    again = Panel.from_bytes(panel.to_bytes())
    assert again.frequency == "C-XNYS"
    assert again.id == panel.id
    assert again.future(2)["ds"].tolist() == [pd.Timestamp("2025-01-02"), pd.Timestamp("2025-01-03")]


@pytest.mark.slow
def test_a_forecast_falls_on_trading_days_also_after_it_was_saved() -> None:
    panel, _ = to_panel(read_table(prices(new_york(end="2024-12-20")), "prices.csv"))
    config = ForecastConfig(horizon=6, window=10, hidden_size=4, epochs=1)
    forecaster = fit(panel, config)
    days = ["2024-12-23", "2024-12-24", "2024-12-26", "2024-12-27", "2024-12-30", "2024-12-31"]
    for trained in (forecaster, Forecaster.from_bytes(forecaster.to_bytes())):
        assert trained.predict()["ds"].astype(str).tolist() == days
