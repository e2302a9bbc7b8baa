"""Wide tables of other shapes: attributes beside the times, steps across, times along both edges."""

import datetime

import numpy as np
import pandas as pd
import pytest

from tests.intake.tables import kinds, read

DAYS = [datetime.date(2023, 1, 1) + datetime.timedelta(days=n) for n in range(40)]
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def text(header: list[object], rows: list[list[object]]) -> str:
    return "".join(",".join(map(str, row)) + "\n" for row in [header, *rows])


def numbers(count: int, first: int) -> list[object]:
    return list(range(first, first + count))


def message(report: object, kind: str = "unfolded") -> str:
    return next(str(note.message) for note in report.notes if note.kind == kind)  # type: ignore[attr-defined]


@pytest.mark.parametrize("written", ["%Y-%m-%d", "%d.%m.%Y", "X%Y.%m.%d", "sales %Y-%m-%d"])
def test_attributes_beside_dates_are_left_out_and_named(written: str) -> None:
    dates: list[object] = [day.strftime(written) for day in DAYS]
    rows = [["north", 47.1, 8.5, *numbers(40, 1)], ["south", 46.2, 7.5, *numbers(40, 101)]]
    panel, report = read(text(["station", "lat", "lon", *dates], rows))
    assert panel.series_ids == ["north", "south"]
    assert panel.frequency == "D"
    assert panel.frame["ds"].iloc[0] == pd.Timestamp("2023-01-01")
    assert panel.values()[1].tolist() == numbers(40, 101)
    assert message(report).endswith("Left out: 'lat', 'lon'.")


def test_two_columns_name_the_series_where_neither_does_alone() -> None:
    rows = [["", "Albania", *numbers(4, 1)], ["Victoria", "Australia", *numbers(4, 5)], ["", "Korea", *numbers(4, 9)]]
    rows.append(["Tasmania", "Australia", *numbers(4, 13)])
    panel, _ = read(text(["Province", "Country", "1/29/20", "1/30/20", "1/31/20", "2/1/20"], rows))
    assert set(panel.series_ids) == {"Albania", "Victoria / Australia", "Korea", "Tasmania / Australia"}
    assert panel.frame["ds"].max() == pd.Timestamp("2020-02-01")


def test_the_user_chooses_what_names_the_series_and_is_asked_how_to_merge() -> None:
    rows = [[p, c, *numbers(6, 10 * at)] for at, (p, c) in enumerate([("a", "X"), ("b", "X"), ("c", "Y")])]
    table = text(["province", "country", *(day.isoformat() for day in DAYS[:6])], rows)
    panel, _ = read(table, series="country", duplicates="sum")
    assert panel.series_ids == ["X", "Y"]
    assert panel.values()[0].tolist() == [10.0 + 2 * n for n in range(6)]


@pytest.mark.parametrize("prefix", ["d_", "", "W", "week "])
def test_numbered_columns_are_steps(prefix: str) -> None:
    rows = [[f"item{at}", "food", *numbers(30, 100 * at + 7)] for at in range(4)]
    panel, report = read(text(["id", "dept", *(f"{prefix}{n}" for n in range(1, 31))], rows))
    assert panel.frequency == "step"
    assert panel.series_ids == [f"item{at}" for at in range(4)]
    assert panel.values()[2].tolist() == numbers(30, 207)
    assert "count steps without a date" in message(report)


def test_numbered_columns_beside_dates_stay_columns() -> None:
    rows: list[list[object]] = [[day, *numbers(8, at)] for at, day in enumerate(DAYS)]
    panel, report = read(text(["date", *(f"x{n}" for n in range(1, 9))], rows))
    assert len(panel.series_ids) == 8
    assert "unfolded" not in kinds(report)


@pytest.mark.parametrize(
    ("names", "frequency"),
    [
        ([f"H{n}" for n in range(1, 25)], "h"),
        ([str(n) for n in range(24)], "h"),
        ([f"{n // 2:02d}:{n % 2 * 30:02d}" for n in range(48)], "30min"),
    ],
)
def test_hours_across_and_days_down(names: list[str], frequency: str) -> None:
    rows: list[list[object]] = [[day, *numbers(len(names), 7 + at * len(names))] for at, day in enumerate(DAYS)]
    panel, report = read(text(["Date", *names], rows))
    assert panel.frequency == frequency
    assert panel.values()[0].tolist() == numbers(40 * len(names), 7)
    assert panel.frame["ds"].iloc[0] == pd.Timestamp("2023-01-01")
    assert "first at 00:00" in message(report)


def test_days_of_the_month_across_know_how_long_months_are() -> None:
    starts = pd.date_range("2023-11-01", "2024-03-01", freq="MS")
    rows: list[list[object]] = [
        [start.year, start.month, *(n + 50 if n <= start.days_in_month else "" for n in range(1, 32))]
        for start in starts
    ]
    panel, report = read(text(["Year", "Month", *range(1, 32)], rows))
    expected = pd.date_range("2023-11-01", "2024-03-31")
    assert np.array_equal(panel.frame["ds"], expected)
    assert panel.values()[0].tolist() == (expected.day + 50).tolist()
    assert "time" not in kinds(report)


def test_months_across_of_several_series() -> None:
    rows: list[list[object]] = [
        [land, year, *numbers(12, year)] for land in ("DE", "FR") for year in (2021, 2022, 2023)
    ]
    panel, _ = read(text(["Country", "Year", *MONTHS], rows))
    assert panel.series_ids == ["DE", "FR"]
    assert panel.frequency == "MS"
    assert panel.lengths.tolist() == [36, 36]


def test_measures_in_the_names_make_series_of_their_own() -> None:
    years = range(2001, 2007)
    header = ["shop", *(f"{what}_{year}" for what in ("sales", "cost") for year in years)]
    panel, _ = read(text(list(header), [["A", *numbers(12, 0)], ["B", *numbers(12, 50)]]))
    assert panel.series_ids == ["A / sales", "B / sales", "A / cost", "B / cost"]
    assert panel.values()[2].tolist() == numbers(6, 6)
