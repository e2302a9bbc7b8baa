"""Clock times without a zone: the hour that comes twice in autumn, and the one that does not in spring."""

import numpy as np
import pandas as pd
import pytest

from forecasting.errors import AmbiguousInput, DataError
from forecasting.intake import read_table, to_panel


def local(zone: str, start: str, end: str, every: str = "h") -> pd.DatetimeIndex:
    """The instants between two dates of a place, by pandas' own zones."""
    return pd.date_range(start, end, freq=every, tz=zone, inclusive="left")


def text(instants: pd.DatetimeIndex, order: slice = slice(None)) -> bytes:
    lines = [f"{at:%Y-%m-%d %H:%M},{i}.5" for i, at in enumerate(instants)][order]
    return ("time,load\n" + "\n".join(lines) + "\n").encode()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("zone", "start", "end", "every"),
    [
        ("Europe/Berlin", "2023-10-01", "2023-11-20", "h"),
        ("Europe/Berlin", "2022-02-01", "2023-12-20", "h"),
        ("Europe/London", "2023-10-01", "2023-11-20", "30min"),
        ("Europe/Helsinki", "2021-10-20", "2021-11-05", "15min"),
        ("America/New_York", "2023-10-20", "2023-11-20", "h"),
        ("America/Los_Angeles", "2022-10-20", "2022-11-20", "15min"),
        ("Australia/Sydney", "2023-03-20", "2023-04-20", "h"),
    ],
)
@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)], ids=["ascending", "descending"])
def test_an_hour_that_comes_twice_is_asked_about_and_kept_twice(
    zone: str, start: str, end: str, every: str, order: slice
) -> None:
    instants = local(zone, start, end, every)
    table = read_table(text(instants, order), "a.csv")
    with pytest.raises(AmbiguousInput, match="clocks are put back") as caught:
        to_panel(table)
    assert caught.value.argument == "zone"
    assert zone in caught.value.choices
    panel, report = to_panel(table, zone=zone)
    assert panel.frame["ds"].tolist() == instants.tz_convert("UTC").tz_localize(None).tolist()
    assert panel.frame["y"].tolist() == (np.arange(len(instants)) + 0.5).tolist()
    assert len(report.filled) == len(report.merged) == 0
    assert report.timezone == zone


@pytest.mark.slow
def test_the_same_hour_of_several_series_is_kept_for_each() -> None:
    instants = local("Europe/Berlin", "2023-10-20", "2023-11-10")
    lines = [f"{name},{at:%d.%m.%Y %H:%M},{i + k}" for k, name in enumerate("abc") for i, at in enumerate(instants)]
    table = read_table(("sensor;time;load\n" + "\n".join(lines).replace(",", ";")).encode(), "a.csv")
    with pytest.raises(AmbiguousInput, match="clocks"):
        to_panel(table)
    panel, report = to_panel(table, zone="Europe/Berlin")
    assert panel.series_ids == ["a", "b", "c"]
    assert panel.lengths.tolist() == [len(instants)] * 3
    assert panel.frame["y"].tolist() == [i + k for k in range(3) for i in range(len(instants))]
    assert len(report.merged) == 0


def test_a_column_that_differs_in_the_doubled_hour_alone_makes_no_series() -> None:
    instants = local("Europe/Berlin", "2023-10-20", "2023-11-10")
    lines = [f"{at:%Y-%m-%d %H:%M},{i},{'summer' if at.dst() else 'winter'}" for i, at in enumerate(instants)]
    table = read_table(("time,load,clock\n" + "\n".join(lines)).encode(), "a.csv")
    panel, _ = to_panel(table, zone="Europe/Berlin")
    assert panel.series_ids == ["load"]
    assert len(panel.frame) == len(instants)


def test_taken_as_they_stand_the_hour_is_merged_and_that_is_noted() -> None:
    instants = local("Europe/Berlin", "2023-10-20", "2023-11-10")
    _, report = to_panel(read_table(text(instants), "a.csv"), zone="UTC")
    assert len(report.merged) == 1
    assert "duplicates" in {note.kind for note in report.notes}


@pytest.mark.slow
def test_an_hour_skipped_in_spring_is_named_as_such_and_no_gap_in_its_zone() -> None:
    instants = local("Europe/Berlin", "2023-03-10", "2023-04-10")
    table = read_table(text(instants), "a.csv")
    _, report = to_panel(table)
    note = next(note for note in report.notes if note.kind == "daylight saving")
    assert "2023-03-26 02:00" in note.message
    panel, report = to_panel(table, zone="Europe/Berlin")
    assert len(report.filled) == 0
    assert len(panel.frame) == len(instants)


def test_times_that_do_not_exist_in_a_zone_and_zones_that_do_not_exist_are_refused() -> None:
    hours = pd.date_range("2023-03-20", "2023-04-10", freq="h")
    with pytest.raises(DataError, match=r"2023-03-26 02:00.*does not exist"):
        to_panel(read_table(text(hours), "a.csv"), zone="Europe/Berlin")
    with pytest.raises(DataError, match="There is no time zone 'Berlin'"):
        to_panel(read_table(text(hours), "a.csv"), zone="Berlin")


@pytest.mark.slow
def test_ordinary_duplicates_and_gaps_on_other_nights_are_no_daylight_saving() -> None:
    hours = pd.date_range("2023-10-20", "2023-11-10", freq="h")
    doubled = hours.append(pd.DatetimeIndex(["2023-10-25 02:00"])).sort_values()
    _, report = to_panel(read_table(text(doubled), "a.csv"))
    assert len(report.merged) == 1
    gone = hours.drop(pd.Timestamp("2023-10-25 02:00"))
    _, report = to_panel(read_table(text(gone), "a.csv"))
    assert "daylight saving" not in {note.kind for note in report.notes}


def test_days_have_no_zone() -> None:
    days = pd.date_range("2023-10-01", "2023-12-10", freq="D")
    panel, _ = to_panel(read_table(text(days), "a.csv"), zone="Europe/Berlin")
    assert panel.frame["ds"].tolist() == days.tolist()
