"""Files as people have them elsewhere: how their times are written, and what is right for each."""

import pandas as pd
import pytest

from forecasting.errors import AmbiguousInput, DataError
from tests.intake.case_files import case


@pytest.mark.parametrize(
    ("number", "choices", "frequency", "first", "last", "length", "values"),
    [
        ("02", {}, "W-SUN", "2022-01-02", "2023-07-09", 80, {0: 13, 79: 17}),
        ("08", {}, "h", "2020-04-01 00:00", "2020-04-09 07:00", 200, {}),
        ("09", {}, "h", "2020-04-01 00:00", "2020-04-09 07:00", 200, {0: 6983.20, 1: 7002.61}),
        ("10", {}, "h", "2024-12-28 00:00", "2025-01-05 07:00", 200, {0: 6990.18620398, 4: None}),
        ("11", {}, "h", "2025-01-01 00:00", "2025-01-07 05:00", 150, {}),
        ("15", {}, "MS", "2001-01-01", "2003-12-01", 36, {0: 287.6, 12: 210.9, 35: 695.2}),
        ("16", {}, "h", "2004-03-10 18:00", "2004-03-23 05:00", 300, {1: 1.2, 6: 1.7}),
        ("29", {}, "W-MON", "2020-11-02", "2022-02-28", 70, {}),
        ("30", {}, "W-MON", "2019-01-07", "2021-04-19", 120, {0: 48, 50: 72, 51: 54, 119: 52}),
        ("31", {}, "YS", "2001-01-01", "2011-01-01", 11, {0: 197.6, 10: 282.7}),
        ("33", {}, "MS", "2019-01-01", "2022-12-01", 48, {}),
        ("34", {}, "D", "2023-01-05", "2023-05-04", 120, {}),
        ("35", {}, "D", "2023-01-01", "2023-04-10", 100, {0: 45, 5: 60}),
        ("37", {}, "D", "2023-03-21", "2023-07-22", 124, {0: 52208, 9: 54671}),
        ("40", {}, "h", "2024-03-28 23:00", "2024-04-02 22:00", 120, {}),
        ("41", {"day_first": False}, "h", "2024-01-01 01:00", "2024-01-11 00:00", 240, {0: 1025.87}),
        ("42", {"zone": "Europe/London"}, "30min", "2023-10-24 23:00", "2023-11-05 23:30", 578, {0: 25391, 7: 27597}),
        ("44", {}, "MS", "2015-01-01", "2019-12-01", 60, {}),
        ("46", {}, "MS", "1974-01-01", "1983-12-01", 120, {0: 330.00, 119: 342.78}),
        ("51", {}, "MS", "2001-01-01", "2010-12-01", 120, {}),
        ("54", {}, "h", "2020-01-01 00:10", "2020-01-10 23:10", 240, {0: 0.0, 7: 124.2, 8: 240.0}),
        ("85", {}, "MS", "2015-01-01", "2023-09-01", 105, {0: 100, 11: 111}),
        ("87", {}, "2QS", "2008-01-01", "2023-07-01", 32, {0: 0.153, 31: 0.306}),
        ("93", {}, "h", "2018-05-19 00:00", "2018-05-23 23:00", 120, {0: 50, 119: 44.92}),
    ],
)
def test_a_case_is_read(
    number: str,
    choices: dict[str, object],
    frequency: str,
    first: str,
    last: str,
    length: int,
    values: dict[int, float | None],
) -> None:
    panel, _ = case(number, **choices)
    series = panel.frame[panel.frame["unique_id"] == panel.frame["unique_id"].iloc[0]].reset_index(drop=True)
    assert panel.frequency == frequency
    assert (series["ds"].iloc[0], series["ds"].iloc[-1]) == (pd.Timestamp(first), pd.Timestamp(last))
    assert len(series) == length
    for place, value in values.items():
        if value is not None:
            assert series["y"][place] == pytest.approx(value)


@pytest.mark.slow
@pytest.mark.parametrize(("number", "value", "count"), [("16", -200, 47), ("46", -99.99, 1)])
def test_numbers_that_stand_for_nothing_measured_are_flagged(number: str, value: float, count: int) -> None:
    _, report = case(number)
    assert (report.outliers["y"] == value).sum() == count


@pytest.mark.slow
def test_hours_in_four_columns_begin_with_the_first_value() -> None:
    panel, report = case("43")
    pollution = panel.frame[panel.frame["unique_id"] == "pm2.5"].reset_index(drop=True)
    assert (panel.frequency, pollution["ds"].iloc[0]) == ("h", pd.Timestamp("2010-01-02 00:00"))
    assert not {"No", "year", "month", "day", "hour"} & set(report.roles.target)


@pytest.mark.slow
def test_the_ends_of_intervals_are_no_duplicates_where_clocks_are_set_back() -> None:
    with pytest.raises(AmbiguousInput) as asked:
        case("06")
    assert asked.value.argument == "zone"
    panel, report = case("06", zone="Europe/Berlin", target="Day-ahead Total Load Forecast [MW] - BZN|XX")
    assert (panel.frequency, len(panel.frame), len(report.filled), report.merged.empty) == ("h", 337, 0, True)
    assert panel.frame["y"].iloc[0] == 7623


def test_a_day_of_fifty_half_hours_asks_for_the_zone() -> None:
    with pytest.raises(AmbiguousInput) as asked:
        case("42")
    assert (asked.value.argument, asked.value.choices[0], asked.value.row) == ("zone", "Europe/London", 194)


@pytest.mark.parametrize("choices", [{}, {"time": "date"}])
def test_two_forms_of_dates_are_refused_with_lines(choices: dict[str, str]) -> None:
    with pytest.raises(DataError, match="line 42") as refused:
        case("59", **choices)
    assert refused.value.row in (2, 42)


@pytest.mark.slow
@pytest.mark.parametrize(("answer", "frequency", "length"), [("year-month", "MS", 192), ("year-quarter", "QS", 64)])
def test_years_quarters_and_months_below_one_another_are_asked_about(answer: str, frequency: str, length: int) -> None:
    with pytest.raises(AmbiguousInput, match=r"'2008' \(line 9\)") as asked:
        case("14")
    assert (asked.value.argument, asked.value.choices) == ("dates", ("year-month", "year-quarter", "years"))
    panel, _ = case("14", dates=answer)
    assert (panel.frequency, len(panel.frame), panel.frame["ds"].iloc[0]) == (frequency, length, pd.Timestamp("2008"))


@pytest.mark.slow
def test_zones_in_a_column_make_the_night_on_which_clocks_are_set_no_gap() -> None:
    panel, report = case("05")
    assert (panel.frequency, len(panel.frame), len(report.filled)) == ("15min", 300, 6)
    assert panel.frame["ds"].iloc[0] == pd.Timestamp("2024-03-09 05:00")
    assert report.notation.zone == "America/New_York"


def test_dates_without_a_year_are_refused_with_what_is_missing() -> None:
    with pytest.raises(DataError, match=r"'1-Jan' \(line 2\) cannot. It has no year"):
        case("52")
