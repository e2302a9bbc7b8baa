"""All inputs of a Panel: their names, their dates, one array for equal dates."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from forecasting.errors import ConfigError
from forecasting.features import CALENDAR, INDICATORS, build, check_names, suitable
from forecasting.messages import Message, catalogue
from forecasting.panel import STEP, Panel
from tests.conftest import ROOT
from tests.features.panels import panel, walk
from tests.naughty import naughty


@pytest.mark.parametrize("name", ["rsy", "", "RSI", "holidays", "week-of-year", "day-of-week ", *naughty()[:40]])
def test_an_unknown_name_is_refused_with_those_that_there_are(name: str) -> None:
    with pytest.raises(ConfigError, match=r"hour-of-day.*rsi.*holidays-US") as caught:
        check_names(["rsi", name])
    assert caught.value.field == "features"
    assert repr(name) in caught.value.message


@pytest.mark.parametrize("code", ["", "ZZ", "XNYS", "ECB", "HolidayBase", "ZZ-CA", "\u202eSU"])
def test_an_unknown_country_is_refused_by_its_code(code: str) -> None:
    with pytest.raises(ConfigError, match="no country") as caught:
        check_names([f"holidays-{code}"])
    assert caught.value.field == "features"
    assert repr(code) in caught.value.message


def test_a_code_in_small_letters_gets_the_code_that_was_meant() -> None:
    with pytest.raises(ConfigError, match="'us'; US is one"):
        check_names(["holidays-us"])


def test_every_name_that_the_settings_allow_is_accepted_and_has_columns_with_names_in_every_language() -> None:
    check_names([*CALENDAR, *INDICATORS, "holidays-US", "holidays-DE", "holidays-JP"])
    check_names([])
    for name in (*CALENDAR, *INDICATORS, "holidays-JP"):
        found = build(panel(walk(100), "30min"), [name], 1)
        labels = (*found.past_names, *found.known_names)
        assert labels, name
        for label in labels:
            assert isinstance(label, Message)
            assert catalogue("zh").text(label.key, label.values)


@pytest.mark.slow
def test_neither_importing_nor_checking_names_without_countries_loads_the_libraries() -> None:
    code = (
        "import sys; from forecasting import features as f; f.check_names([*f.CALENDAR, *f.INDICATORS]);"
        "f.suitable('D');"
        "print([name for name in ('talib', 'holidays', 'torch', 'exchange_calendars') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_horizon_goes_on_where_a_longer_history_would() -> None:
    names = [*suitable("D"), "holidays-US"]
    short = build(panel(np.zeros(300)), names, 60).known[0]
    long = build(panel(np.zeros(355)), names, 5).known[0]
    np.testing.assert_array_equal(short, long)


@pytest.mark.slow
def test_a_trading_calendar_goes_on_over_the_sessions_of_its_exchange() -> None:
    days = pd.bdate_range("2024-11-18", "2024-11-26")
    frame = pd.DataFrame({"unique_id": "a", "ds": days, "y": 1.0})
    found = build(Panel(frame, "C-XNYS"), ["day-of-week", "holidays-US"], 3)
    ahead = found.known[0][-3:]
    sessions = pd.DatetimeIndex(["2024-11-27", "2024-11-29", "2024-12-02"])  # Thanksgiving is none
    np.testing.assert_allclose(ahead[:, 0], np.sin(2 * np.pi * sessions.dayofweek / 7))
    assert ahead[:, -3:].tolist() == [[0, 1, 0], [0, 0, 1], [0, 0, 0]]


def test_names_that_add_nothing_at_the_frequency_are_left_out_with_a_note() -> None:
    found = build(panel(np.zeros(20), "MS"), ["hour-of-day", "month-of-year", "day-of-week"], 2)
    assert found.known_names == ("month of year, sine", "month of year, cosine")
    (note,) = found.notes
    assert "hour-of-day, day-of-week" in note
    assert "'MS'" in note


def test_whole_number_steps_have_no_calendar_and_no_holidays_but_indicators() -> None:
    found = build(panel(walk(40), STEP), ["day-of-week", "rsi", "holidays-US"], 2)
    assert (found.past[0].shape, found.known[0].shape) == ((40, 1), (42, 0))
    (note,) = found.notes
    assert "day-of-week, holidays-US" in note


def test_a_name_given_twice_counts_once() -> None:
    found = build(panel(walk(40)), ["rsi", "day-of-year", "rsi", "day-of-year"], 2)
    assert (len(found.past_names), len(found.known_names)) == (1, 2)


def test_series_on_other_dates_have_their_own_calendar() -> None:
    dates = [pd.date_range("2024-01-01", periods=5), pd.date_range("2024-01-03", periods=4)]
    dates = [*dates, dates[0]]
    frame = pd.concat([pd.DataFrame({"unique_id": f"s{i}", "ds": ds, "y": 0.0}) for i, ds in enumerate(dates)])
    found = build(Panel(frame.reset_index(drop=True), "D"), ["day-of-week"], 2)
    for columns, ds in zip(found.known, dates, strict=True):
        weekday = np.append(ds.dayofweek, (ds[-1] + pd.to_timedelta([1, 2], "D")).dayofweek)
        np.testing.assert_allclose(columns[:, 0], np.sin(2 * np.pi * weekday / 7))


def test_a_thousand_series_on_the_same_days_have_one_calendar() -> None:
    ds = pd.date_range("2020-01-01", periods=100)
    ids = np.repeat([f"s{i:04}" for i in range(1000)], 100)
    data = Panel(pd.DataFrame({"unique_id": ids, "ds": np.tile(ds, 1000), "y": 1.0}), "D")
    found = build(data, suitable("D"), 14)
    assert len(found.known) == 1000
    assert found.known[0].shape == (114, 12)
    assert all(columns is found.known[0] for columns in found.known)


def test_values_are_not_changed_and_may_be_read_only() -> None:
    y = walk(100)
    data = panel(y)
    data.frame["y"].to_numpy().flags.writeable = False
    found = build(data, [*INDICATORS, *suitable("D")], 3)
    np.testing.assert_array_equal(data.values()[0], y)
    assert len(found.past) == len(found.known) == 1
    assert found.past[0].shape == (100, len(found.past_names))
    assert found.past[0].dtype == found.known[0].dtype == np.float64
