"""Features: calendars against pandas, holidays against dates that everybody knows, indicators against slow loops."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting import config, features
from forecasting.errors import ConfigError
from forecasting.features import CALENDAR, INDICATORS, build, check_names, suitable
from forecasting.panel import LARGEST, STEP, Panel
from tests.conftest import ROOT
from tests.naughty import naughty

Array = npt.NDArray[np.float64]


def panel(
    values: Sequence[float] | Array, frequency: str = "D", start: str = "2024-01-01", **covariates: Array
) -> Panel:
    n = len(values)
    ds = np.arange(n) if frequency == STEP else pd.date_range(start, periods=n, freq=frequency)
    return Panel(pd.DataFrame({"unique_id": "a", "ds": ds, "y": np.asarray(values, float), **covariates}), frequency)


def walk(n: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).normal(size=n).cumsum()


def known(names: Sequence[str], frequency: str, start: str, n: int, horizon: int = 1) -> pd.DataFrame:
    """The known columns by name and date, the last `horizon` of them beyond the end."""
    data = panel(np.zeros(n), frequency, start)
    found = build(data, names, horizon)
    dates = np.concatenate([data.times()[0], data.future(horizon)["ds"].to_numpy()])
    return pd.DataFrame(found.known[0], columns=list(found.known_names), index=pd.DatetimeIndex(dates))


def indicator(name: str, y: Sequence[float] | Array) -> Array:
    (past,) = build(panel(y, STEP), [name], 1).past
    return past


# Names


@pytest.mark.parametrize("name", ["rsy", "", "RSI", "holidays", "week-of-year", "day-of-week ", *naughty()[:40]])
def test_an_unknown_name_is_refused_with_those_that_there_are(name: str) -> None:
    with pytest.raises(ConfigError, match=r"hour-of-day.*rsi.*holidays-US") as caught:
        check_names(["rsi", name])
    assert caught.value.field == "features"
    assert repr(name) in caught.value.message


@pytest.mark.parametrize("code", ["", "ZZ", "XNYS", "ECB", "HolidayBase", "US-CA", "\u202eSU"])
def test_an_unknown_country_is_refused_by_its_code(code: str) -> None:
    with pytest.raises(ConfigError, match="no country") as caught:
        check_names([f"holidays-{code}"])
    assert caught.value.field == "features"
    assert repr(code) in caught.value.message


def test_a_code_in_small_letters_is_told_the_code_that_was_meant() -> None:
    with pytest.raises(ConfigError, match="'us'; US is one"):
        check_names(["holidays-us"])


def test_every_name_is_accepted() -> None:
    check_names([*CALENDAR, *INDICATORS, "holidays-US", "holidays-DE", "holidays-JP"])
    check_names([])


@pytest.mark.slow
def test_neither_importing_nor_checking_names_without_countries_loads_the_libraries() -> None:
    code = (
        "import sys; from forecasting import features as f; f.check_names([*f.CALENDAR, *f.INDICATORS]);"
        "f.suitable('D');"
        "print([name for name in ('talib', 'holidays', 'torch', 'exchange_calendars') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# Calendar


@pytest.mark.parametrize(
    ("frequency", "names"),
    [
        ("step", ()),
        ("YS", ()),
        ("12MS", ()),
        ("QE", ("month-of-year",)),
        ("MS", ("month-of-year",)),
        ("BME", ("month-of-year",)),
        ("W-SAT", ("day-of-month", "month-of-year", "day-of-year")),
        ("7D", ("day-of-month", "month-of-year", "day-of-year")),
        ("D", ("day-of-week", "day-of-month", "month-of-year", "day-of-year")),
        ("24h", ("day-of-week", "day-of-month", "month-of-year", "day-of-year")),
        ("B", ("day-of-week", "day-of-month", "month-of-year", "day-of-year")),
        ("C-XNYS", ("day-of-week", "day-of-month", "month-of-year", "day-of-year")),
        ("h", ("hour-of-day", "day-of-week", "day-of-month", "month-of-year", "day-of-year")),
        ("60min-XNYS", ("hour-of-day", "day-of-week", "day-of-month", "month-of-year", "day-of-year")),
        ("30min", CALENDAR),
        ("15min-XNYS", CALENDAR),
    ],
)
def test_calendar_names_suit_a_frequency_if_they_vary_in_it(frequency: str, names: tuple[str, ...]) -> None:
    assert suitable(frequency) == names


@pytest.mark.parametrize("frequency", ["10min", "h", "D", "B", "W-SUN", "SMS", "MS", "QS", "2h", "36h"])
def test_what_is_suitable_varies_and_what_is_built_is_a_point_on_the_circle(frequency: str) -> None:
    n = {"10min": 9000, "h": 2000, "2h": 1000}.get(frequency, 400)
    found = build(panel(np.zeros(n), frequency), suitable(frequency), 3)
    columns = found.known[0]
    assert columns.shape == (n + 3, len(found.known_names))
    angles = np.arctan2(columns[:, 0::2], columns[:, 1::2])
    assert (np.ptp(angles, axis=0) > 1).all()
    np.testing.assert_allclose(columns[:, 0::2] ** 2 + columns[:, 1::2] ** 2, 1.0)


@pytest.mark.parametrize(
    ("name", "words", "turn"),
    [
        ("minute-of-hour", "minute of hour", lambda ds: ds.minute / 60),
        ("hour-of-day", "hour of day", lambda ds: ds.hour / 24 + ds.minute / 1440),
        ("day-of-month", "day of month", lambda ds: (ds.day - 1) / ds.days_in_month),
        ("month-of-year", "month of year", lambda ds: (ds.month - 1) / 12),
        ("day-of-year", "day of year", lambda ds: (ds.dayofyear - 1) / np.where(ds.is_leap_year, 366, 365)),
    ],
)
def test_a_cycle_is_the_sine_and_cosine_of_what_pandas_says(name, words, turn) -> None:  # type: ignore[no-untyped-def]
    for start in ("1969-12-20", "2024-02-20"):  # before time stamps are positive, and in a leap year
        found = known([name], "30min", start, 3000, horizon=500)
        angle = 2 * np.pi * turn(found.index)
        np.testing.assert_allclose(found[f"{words}, sine"], np.sin(angle), atol=1e-12)
        np.testing.assert_allclose(found[f"{words}, cosine"], np.cos(angle), atol=1e-12)


def test_any_pattern_of_the_week_is_a_weighted_sum_of_the_columns_of_the_day_of_the_week() -> None:
    found = known(["day-of-week"], "D", "2024-01-01", 70)
    assert found.shape[1] == 6
    pattern = np.array([3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0])[found.index.dayofweek]
    design = np.column_stack([np.ones(len(found)), found])
    weights = np.linalg.lstsq(design, pattern, rcond=None)[0]
    np.testing.assert_allclose(design @ weights, pattern, atol=1e-9)


def test_the_horizon_goes_on_where_a_longer_history_would() -> None:
    names = [*suitable("D"), "holidays-US"]
    short = build(panel(np.zeros(300)), names, 60).known[0]
    long = build(panel(np.zeros(355)), names, 5).known[0]
    np.testing.assert_array_equal(short, long)


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


# Holidays


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


# Indicators


def _average(changes: Array, period: int, weight: float) -> Array:
    """Exponential, from the mean of the first `period` on."""
    out = np.full(len(changes), np.nan)
    out[period - 1] = changes[:period].mean()
    for t in range(period, len(changes)):
        out[t] = out[t - 1] + weight * (changes[t] - out[t - 1])
    return out


def _movement(y: Array, period: int) -> Array:
    return np.append(np.nan, _average(np.abs(np.diff(y)), period, 2 / (period + 1)))


def test_rsi_is_wilders() -> None:
    y = walk(200)
    change = np.diff(y)
    gain, loss = (_average(np.maximum(sign * change, 0), 14, 1 / 14) for sign in (1, -1))
    rsi = 100 - 100 / (1 + gain / loss)
    np.testing.assert_allclose(indicator("rsi", y)[1:, 0], np.nan_to_num(rsi / 50 - 1), atol=1e-9)


def test_macd_is_the_difference_of_two_averages_in_units_of_movement() -> None:
    y = walk(300)
    line = _average(y, 26, 2 / 27).copy()
    fast = np.append(np.full(14, np.nan), _average(y[14:], 12, 2 / 13))  # both begin at the same step
    line = fast - line
    signal = np.append(np.full(25, np.nan), _average(line[25:], 9, 2 / 10))
    movement = _movement(y, 26)
    found = indicator("macd", y)
    assert (found[:33] == 0).all()
    np.testing.assert_allclose(found[33:, 0], (line / movement)[33:], atol=1e-9)
    np.testing.assert_allclose(found[33:, 1], ((line - signal) / movement)[33:], atol=1e-9)


def test_bollinger_is_the_place_between_bands_and_their_width() -> None:
    y = walk(200)
    rolling = pd.Series(y).rolling(20)
    deviation = rolling.std(ddof=0).to_numpy()
    found = indicator("bollinger", y)
    np.testing.assert_allclose(found[:, 0], np.nan_to_num((y - rolling.mean().to_numpy()) / (2 * deviation)), atol=1e-9)
    np.testing.assert_allclose(found[:, 1], np.nan_to_num(deviation / _movement(y, 20)), atol=1e-9)


def test_momentum_stochastic_and_volatility_are_what_they_say() -> None:
    y = walk(200)
    series = pd.Series(y)
    momentum = series.diff(10).to_numpy() / np.sqrt(10) / _movement(y, 26)
    np.testing.assert_allclose(indicator("momentum", y)[:, 0], np.nan_to_num(momentum), atol=1e-9)
    least, greatest = series.rolling(14).min(), series.rolling(14).max()
    place = 2 * (series - least) / (greatest - least) - 1
    np.testing.assert_allclose(indicator("stochastic", y)[:, 0], np.nan_to_num(place), atol=1e-9)
    late, usual = _movement(y, 10), _movement(y, 60)
    np.testing.assert_allclose(
        indicator("volatility", y)[:, 0], np.nan_to_num((late - usual) / (late + usual)), atol=1e-9
    )


@pytest.mark.parametrize("name", INDICATORS)
@pytest.mark.parametrize("later", [0.0, -1e6, LARGEST])
def test_an_indicator_does_not_change_when_later_values_change(name: str, later: float) -> None:
    y = walk(150)
    before = indicator(name, y)
    for t in (0, 20, 61, 148):
        changed = y.copy()
        changed[t + 1 :] = later
        np.testing.assert_array_equal(indicator(name, changed)[: t + 1], before[: t + 1])
        np.testing.assert_array_equal(indicator(name, y[: t + 1]), before[: t + 1])


@pytest.mark.parametrize("name", INDICATORS)
def test_an_indicator_depends_on_the_present_value(name: str) -> None:
    y = walk(100)
    changed = y.copy()
    changed[-1] += 5
    assert (indicator(name, changed)[-1] != indicator(name, y)[-1]).all()


@pytest.mark.parametrize("name", INDICATORS)
@pytest.mark.parametrize("scale", [1e-100, 1e-9, 0.37, 2.0**40, 1e95])
@pytest.mark.parametrize("level", [0.0, 1000.0, -1000.0])
def test_an_indicator_is_the_same_at_any_scale(name: str, scale: float, level: float) -> None:
    y = walk(200) + level
    np.testing.assert_allclose(indicator(name, scale * y), indicator(name, y), atol=1e-6)


@pytest.mark.parametrize("name", ["rsi", "macd", "momentum", "stochastic"])
def test_a_mirrored_series_has_mirrored_indicators(name: str) -> None:
    y = walk(200)
    np.testing.assert_allclose(indicator(name, -y), -indicator(name, y), atol=1e-9)


@pytest.mark.parametrize("name", INDICATORS)
@pytest.mark.parametrize("value", [0.0, 0.1, -3.7, 1e-300, 1e9 + 0.1, LARGEST, -LARGEST])
def test_a_constant_series_is_neutral(name: str, value: float) -> None:
    assert (indicator(name, np.full(150, value)) == 0).all()


@pytest.mark.parametrize("name", INDICATORS)
def test_a_short_series_is_neutral(name: str) -> None:
    for y in ([5.0], [5.0, 6.0], [5.0, 4.0, 6.0]):
        assert (indicator(name, y) == 0).all()


def test_a_series_that_stands_still_after_a_move_ends_in_no_rounding_error() -> None:
    y = np.full(3000, 1e9 + 0.1)
    y[:50] += walk(50)
    for name in INDICATORS:
        assert (np.abs(indicator(name, y)) < 20).all(), name
    assert (np.abs(indicator("macd", y)[-1]) < 0.01).all()
    assert (indicator("bollinger", y)[-1] == 0).all()


def test_a_huge_value_is_forgotten() -> None:
    y = walk(2000)
    spoilt = y.copy()
    spoilt[50] = 1e15
    for name in INDICATORS:
        np.testing.assert_allclose(indicator(name, spoilt)[-1], indicator(name, y)[-1], atol=1e-6, err_msg=name)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-LARGEST, LARGEST), min_size=1, max_size=90))
def test_indicators_are_finite_and_bounded_whatever_the_values(values: list[float]) -> None:
    found = build(panel(values * 2, STEP), INDICATORS, 1)
    assert np.isfinite(found.past[0]).all()
    assert (np.abs(found.past[0]) < 100).all()


def test_values_are_not_changed_and_may_be_read_only() -> None:
    y = walk(100)
    data = panel(y)
    data.frame["y"].to_numpy().flags.writeable = False
    found = build(data, [*INDICATORS, *suitable("D")], 3)
    np.testing.assert_array_equal(data.values()[0], y)
    assert len(found.past) == len(found.known) == 1
    assert found.past[0].shape == (100, len(found.past_names))
    assert found.past[0].dtype == found.known[0].dtype == np.float64


# Covariates


def _two(horizons: tuple[int, int], names: Sequence[str] = ("price", "plan")) -> Panel:
    """Two series of six days with two covariates; the second is known for so many steps ahead."""
    first, second = names
    frame = pd.DataFrame(
        {"unique_id": np.repeat(["a", "b"], 6), "ds": np.tile(pd.date_range("2024-01-01", periods=6), 2)}
    )
    frame["y"], frame[first], frame[second] = 1.0, np.arange(12.0), 100.0 + np.arange(12)
    parts = [
        pd.DataFrame({"unique_id": name, "ds": pd.date_range("2024-01-07", periods=h), second: 500.0 + np.arange(h)})
        for name, h in zip("ab", horizons, strict=True)
        if h
    ]
    return Panel(frame, "D", ahead=pd.concat(parts, ignore_index=True) if parts else None)


def test_a_covariate_known_for_the_horizon_goes_on_and_another_does_not() -> None:
    found = build(_two((3, 4)), ["month-of-year", "rsi"], 3)
    assert found.past_names == ("RSI", "price")
    assert found.known_names == ("month of year, sine", "month of year, cosine", "plan")
    assert found.notes == ()
    assert found.past[1][:, 1].tolist() == [6, 7, 8, 9, 10, 11]
    assert found.known[0][:, 2].tolist() == [100, 101, 102, 103, 104, 105, 500, 501, 502]
    assert found.known[1][:, 2].tolist() == [106, 107, 108, 109, 110, 111, 500, 501, 502]


@pytest.mark.parametrize(("horizons", "steps"), [((3, 4), 3), ((4, 0), 0), ((0, 2), 0)])
def test_a_covariate_known_for_a_part_of_the_horizon_is_used_from_the_past_with_a_note(
    horizons: tuple[int, int], steps: int
) -> None:
    found = build(_two(horizons), [], 4)
    assert (found.past_names, found.known_names) == (("price", "plan"), ())
    assert found.known[0].shape == (10, 0)
    (note,) = found.notes
    assert "'plan'" in note
    assert f"of the 4 steps ahead, {steps} are known for every series" in note


def test_a_gap_in_what_is_known_ahead_ends_it() -> None:
    data = _two((4, 4))
    assert data.ahead is not None
    gap = Panel(data.frame, "D", ahead=data.ahead.drop(index=1).reset_index(drop=True))
    (note,) = build(gap, [], 4).notes
    assert "of the 4 steps ahead, 1 is known for every series" in note


def test_covariates_can_be_chosen() -> None:
    data = _two((3, 3))
    assert build(data, [], 3, []).past_names == ()
    found = build(data, [], 3, ["plan"])
    assert (found.past_names, found.known_names) == ((), ("plan",))
    assert found.past[0].shape == (6, 0)
    assert build(data, [], 3, ["plan", "price", "plan"]).past_names == ("price",)


@pytest.mark.parametrize("name", ["prize", "y", "unique_id", "", *naughty()[:10]])
def test_an_unknown_covariate_is_refused_with_those_that_there_are(name: str) -> None:
    with pytest.raises(ConfigError, match="'price', 'plan'") as caught:
        build(_two((3, 3)), [], 3, ["price", name])
    assert caught.value.field == "covariates"
    assert repr(name) in caught.value.message
    with pytest.raises(ConfigError, match="none"):
        build(panel([1.0, 2.0]), [], 3, ["price"])


def test_covariates_may_have_any_name() -> None:
    names = list(dict.fromkeys([*naughty(), "rsi", "day-of-week", "index", "level_0", "ds_x"]))
    frame = pd.DataFrame({"unique_id": "a", "ds": pd.date_range("2024-01-01", periods=3), "y": 1.0})
    columns = {name: np.arange(5.0) + i for i, name in enumerate(names)}
    past = pd.concat([frame, pd.DataFrame({name: values[:3] for name, values in columns.items()})], axis=1)
    ahead = pd.DataFrame({name: values[3:] for name, values in columns.items()})
    dates = pd.DataFrame({"unique_id": "a", "ds": pd.date_range("2024-01-04", periods=2)})
    data = Panel(past, "D", ahead=pd.concat([dates, ahead], axis=1))
    found = build(data, [], 2)
    assert found.known_names == tuple(names)
    np.testing.assert_array_equal(found.known[0], np.column_stack(list(columns.values())))
    demoted = build(data, [], 3)
    assert demoted.past_names == tuple(names)
    assert all(repr(name) in note for name, note in zip(names, demoted.notes, strict=True))


def test_the_settings_allow_just_the_names_that_there_are():
    assert (config.CALENDAR, config.INDICATORS, config.HOLIDAYS) == (
        features.CALENDAR,
        features.INDICATORS,
        features.HOLIDAYS,
    )
