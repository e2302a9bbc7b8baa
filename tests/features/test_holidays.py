"""Holidays against dates that everybody knows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecasting.errors import ConfigError
from forecasting.features import build, check_names, occasions, suitable
from forecasting.panel import Panel
from tests.features.panels import known, panel


def test_holidays_are_those_that_everybody_knows() -> None:
    found = known(["holidays-US", "holidays-DE"], "D", "2024-01-01", 300, horizon=80)
    assert list(found.columns[:3]) == ["US holiday", "before a US holiday", "after a US holiday"]
    assert found.loc["2024-07-03":"2024-07-05", "US holiday"].tolist() == [0, 1, 0]
    assert found.loc["2024-07-03":"2024-07-05", "before a US holiday"].tolist() == [1, 0, 0]
    assert found.loc["2024-07-03":"2024-07-05", "after a US holiday"].tolist() == [0, 0, 1]
    assert found.loc["2024-11-27":"2024-11-29", "US holiday"].tolist() == [0, 1, 0]  # Thanksgiving, within the horizon
    assert found.loc["2024-10-03", "DE holiday"] == 1  # German Unity Day
    assert found.loc["2024-12-25":"2024-12-26", "DE holiday"].tolist() == [1, 1]
    assert found.loc["2024-07-04", "DE holiday"] == 0
    assert found.loc["2024-01-01", "US holiday"] == 1
    assert set(np.unique(found)) == {0, 1}


def test_a_part_of_a_country_has_holidays_of_its_own_beside_those_of_the_country() -> None:
    alone = known(["holidays-DE-BY"], "D", "2024-01-01", 366)
    assert alone.loc[["2024-01-06", "2024-05-30", "2024-10-03"], "DE-BY holiday"].tolist() == [1, 1, 1]
    both = known(["holidays-DE", "holidays-DE-BY"], "D", "2024-01-01", 366)
    assert both.loc[["2024-01-06", "2024-05-30", "2024-10-03"], "DE holiday"].tolist() == [0, 0, 1]
    assert both.loc[["2024-01-06", "2024-05-30", "2024-10-03"], "DE-BY holiday"].tolist() == [1, 1, 0]  # counted once


def test_a_part_that_a_country_does_not_have_is_refused_with_those_that_it_has() -> None:
    with pytest.raises(ConfigError, match=r"part .XX.*BY") as caught:
        check_names(["holidays-DE-XX"])
    assert caught.value.field == "features"
    with pytest.raises(ConfigError, match="no part of CN"):
        check_names(["holidays-CN-01"])


def test_of_several_countries_each_holiday_is_one_occasion_and_the_day_itself_comes_first() -> None:
    data = panel(np.zeros(14), "D", "2024-04-25")
    found = occasions(data, ["holidays-DE", "holidays-CN"], 3)
    assert found is not None
    days = dict(zip(pd.date_range("2024-04-25", periods=17).strftime("%m-%d"), found[0], strict=True))
    assert days["05-01"] == "DE 0 Labor Day"
    assert days["05-02"].startswith("CN 0 Day off")  # for Germany only the day after one
    assert days["05-08"] == "DE -1 Ascension Day"


def test_the_last_day_of_a_year_is_before_the_holiday_of_the_next() -> None:
    found = known(["holidays-US"], "D", "2023-12-20", 11)
    assert found.loc["2023-12-31", "before a US holiday"] == 1
    assert known(["holidays-US"], "D", "2024-01-02", 3).iloc[0].tolist() == [0, 0, 1]


def test_on_business_days_a_friday_is_before_the_holiday_of_monday() -> None:
    found = known(["holidays-US"], "B", "2024-05-20", 10)  # Memorial Day is Monday 27 May 2024
    assert found.index[found["US holiday"] == 1].astype(str).tolist() == ["2024-05-27"]
    assert found.index[found["before a US holiday"] == 1].astype(str).tolist() == ["2024-05-24"]
    assert found.index[found["after a US holiday"] == 1].astype(str).tolist() == ["2024-05-28"]


def test_the_hours_of_a_holiday_are_holiday() -> None:
    found = known(["holidays-US"], "6h", "2024-07-03", 12)
    assert found["US holiday"].tolist() == [0] * 4 + [1] * 4 + [0] * 5
    assert found["before a US holiday"].tolist() == [1] * 4 + [0] * 9
    assert found["after a US holiday"].tolist() == [0] * 8 + [1] * 4 + [0]


@pytest.mark.slow
def test_the_bars_of_the_session_before_a_holiday_are_before_it() -> None:
    bars = pd.date_range("2024-07-02 13:30", periods=7, freq="60min")
    data = Panel(pd.DataFrame({"unique_id": "a", "ds": bars, "y": 1.0}), "60min-XNYS")
    found = build(data, ["holidays-US"], 5)  # 3 July closes early: four bars, then one of 5 July
    assert found.known[0][:, 1].tolist() == [0] * 7 + [1] * 4 + [0]
    assert found.known[0][:, 2].tolist() == [0] * 11 + [1]


@pytest.mark.parametrize(
    ("frequency", "start", "holidays"),
    [
        ("W-SAT", "2024-06-22", {"2024-06-22": 1, "2024-07-06": 1, "2024-09-07": 1}),  # a week until its Saturday
        ("W-THU", "2024-06-20", {"2024-06-20": 1, "2024-07-04": 1, "2024-09-05": 1}),
        ("7D", "2024-06-19", {"2024-06-19": 1, "2024-07-03": 1, "2024-08-28": 1}),  # from its day on
        ("MS", "2024-06-01", {"2024-06-01": 1, "2024-07-01": 1, "2024-09-01": 1}),
        ("ME", "2024-06-30", {"2024-06-30": 1, "2024-07-31": 1, "2024-09-30": 1}),
        ("2D", "2024-06-18", {"2024-06-18": 1, "2024-07-04": 1, "2024-09-02": 1}),
    ],
)
def test_longer_steps_count_their_holidays(frequency: str, start: str, holidays: dict[str, int]) -> None:
    """Juneteenth, Independence Day, Labor Day."""
    n = len(pd.date_range(start, "2024-09-30", freq=frequency))
    found = known(["holidays-US"], frequency, start, n - 1)
    assert list(found.columns) == ["US holidays in the step"]
    counts = found["US holidays in the step"]
    assert {str(day)[:10]: int(count) for day, count in counts[counts > 0].items()} == holidays


def test_the_count_of_a_year_is_the_sum_of_its_months() -> None:
    months = known(["holidays-DE"], "MS", "2010-01-01", 119)["DE holidays in the step"]
    for frequency, start in (("YS", "2010-01-01"), ("YE", "2010-12-31")):
        years = known(["holidays-DE"], frequency, start, 9)["DE holidays in the step"]
        assert years.tolist() == months.groupby(months.index.year).sum().tolist()


def test_years_without_known_holidays_are_noted() -> None:
    (note,) = build(panel(np.zeros(30), "MS", "1989-01-01"), ["holidays-DE"], 1).notes
    assert "1991" in note
    assert build(panel(np.zeros(30), "D", "1991-01-01"), ["holidays-DE"], 1).notes == ()
    notes = build(panel(np.zeros(30), "MS", "1995-01-01"), ["holidays-IN"], 1).notes  # the library warns of it
    assert any("2001" in note for note in notes)


@pytest.mark.parametrize(
    ("frequency", "start"),
    [("W-SAT", "1677-09-25"), ("D", "1677-09-22"), ("B", "1677-09-22"), ("MS", "1677-10-01"), ("YE", "1677-12-31")],
)
def test_the_first_days_of_time_have_holidays_without_an_error(frequency: str, start: str) -> None:
    assert np.isfinite(known([*suitable(frequency), "holidays-US"], frequency, start, 4)).all().all()
