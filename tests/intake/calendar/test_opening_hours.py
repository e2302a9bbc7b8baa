"""Series that exist only in opening hours get a calendar of these hours: no invented nights."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from forecasting import trading
from forecasting.errors import AmbiguousInput
from forecasting.intake import Report
from forecasting.panel import Panel, steps_after
from tests.intake.tables import kinds, read

HOURS = pd.date_range("2024-01-01", "2024-04-22", freq="h", inclusive="left")
Times = pd.DatetimeIndex


def series(times: Times, **choices: object) -> tuple[Panel, Report]:
    return read("t,y\n" + "".join(f"{time},{n % 89 + 1}\n" for n, time in enumerate(times)), **choices)


def inside(hours: range, days: range = range(7)) -> Times:
    return HOURS[np.isin(HOURS.hour, hours) & np.isin(HOURS.dayofweek, days)]


@pytest.mark.parametrize(
    ("times", "frequency", "seasons"),
    [
        (inside(range(7, 18)), "60min-1111111@07:00-18:00", (11, 77)),
        (inside(range(6, 23)), "60min-1111111@06:00-23:00", (17, 119)),
        (inside(range(9, 17), range(5)), "60min-1111100@09:00-17:00", (8, 40)),
        (
            inside(range(9, 17), range(5)).union(inside(range(9, 12), range(5, 6))),
            "60min-1111100@09:00-17:00+0000010@09:00-12:00",
            (43,),
        ),
        (
            inside(range(9, 12)).union(inside(range(14, 18))),
            "60min-1111111@09:00-12:00+1111111@14:00-18:00",
            (7, 49),
        ),
        (inside(range(18, 24)).union(inside(range(2))), "60min-1111111@00:00-02:00+1111111@18:00-24:00", (8, 56)),
        (inside(range(24), range(5)), "60min-1111100@00:00-24:00", (24, 120)),
    ],
)
def test_hours_without_any_value_are_closed(times: Times, frequency: str, seasons: tuple[int, ...]) -> None:
    panel, report = series(times)
    assert panel.frequency == frequency
    assert panel.seasons == seasons
    assert panel.frame["ds"].tolist() == list(times)
    assert not len(report.filled)
    assert "closed" in kinds(report)
    week = times[times < times[0] + pd.Timedelta(weeks=1)]
    later = week + pd.Timedelta(weeks=16)  # the file has sixteen whole weeks
    assert panel.future(len(week))["ds"].tolist() == list(later)


@pytest.mark.slow
def test_gaps_in_opening_hours_are_gaps() -> None:
    times = inside(range(7, 18))
    panel, report = series(times.delete([100, 101, 500]))
    assert panel.frame["ds"].tolist() == list(times)
    assert report.filled["ds"].tolist() == [times[100], times[101], times[500]]


@pytest.mark.slow
def test_every_hour_can_be_kept() -> None:
    panel, _ = series(inside(range(7, 18)), frequency="h")
    assert set(panel.frame["ds"].dt.hour) == set(range(24))


@pytest.mark.slow
@pytest.mark.parametrize(
    "change", [lambda t: t.union([pd.Timestamp("2024-02-03 03:00")]), lambda t: t[::2].union(t[::3])]
)
def test_where_a_calendar_is_likely_but_not_sure_it_is_offered(change: Callable[[Times], Times]) -> None:
    with pytest.raises(AmbiguousInput) as asked:
        series(change(inside(range(7, 18))))
    assert asked.value.argument == "frequency"
    assert asked.value.choices[0] == "60min-1111111@07:00-18:00"
    panel, _ = series(change(inside(range(7, 18))), frequency=str(asked.value.choices[0]))
    assert set(panel.frame["ds"].dt.hour) == set(range(7, 18))


@pytest.mark.slow
@pytest.mark.parametrize(
    "times", [HOURS, HOURS[HOURS.hour != 3], HOURS[np.random.default_rng(1).random(len(HOURS)) > 0.3]]
)
def test_gaps_that_follow_no_opening_hours_are_filled(times: Times) -> None:
    panel, report = series(times)
    assert panel.frequency == "h"
    assert len(panel.frame) == len(HOURS)
    assert "closed" not in kinds(report)


def test_a_calendar_of_hours_as_a_frequency() -> None:
    frequency = "30min-1111100@07:30-09:00+0000001@10:00-11:00"
    assert trading.parse(frequency) == (30, "1111100@07:30-09:00+0000001@10:00-11:00")
    assert trading.parse("30min-0000000@07:30-09:00") is trading.parse("30min-1111100@09:00-07:30") is None
    after = steps_after(np.datetime64("2024-01-05T08:30"), frequency, 3)  # a Friday
    assert [str(step)[5:16] for step in after] == ["01-07T10:00", "01-07T10:30", "01-08T07:30"]
    assert trading.opening_hours(frequency)[0] == ((0, 1, 2, 3, 4), "07:30", "08:30")
    assert trading.steps_a_day(frequency) == (3, 3, 3, 3, 3, 2)
    assert not trading.opening_hours("C-1111110")
    assert not trading.steps_a_day("h")


@pytest.mark.slow
@pytest.mark.parametrize("place", ["Europe/Berlin", "America/New_York", "Etc/GMT-8"])
def test_hours_of_a_zone_are_kept_by_its_clock(place: str) -> None:
    days = pd.date_range("2024-02-05", "2024-05-05")
    clock = [day + pd.Timedelta(hours=hour) for day in days if day.dayofweek < 6 for hour in range(8, 17)]
    local = pd.DatetimeIndex(clock).tz_localize(place)
    panel, report = read("t,y\n" + "".join(f"{t.isoformat()},{n % 89 + 1}\n" for n, t in enumerate(local)))
    assert panel.frequency == "60min-1111110@08:00-17:00"
    assert panel.frame["ds"].tolist() == clock
    assert not len(report.filled)
    assert report.notation.write(panel.frame["ds"], iso=True) == [t.isoformat() for t in local]
    assert "from 08:00 to 16:00" in next(note.message for note in report.notes if note.kind == "closed")
