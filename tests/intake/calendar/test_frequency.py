"""Frequencies: dates made by pandas come back under its own name, whole and with holes."""

import numpy as np
import pandas as pd
import pytest

from forecasting.errors import AmbiguousInput, DataError
from forecasting.intake import read_table, to_panel
from forecasting.intake.calendar.frequency import Stamps, infer, seasons_of
from forecasting.intake.calendar.grid import buckets
from forecasting.panel import steps_after

ALIASES = [
    "D",
    "B",
    "h",
    "2h",
    "30min",
    "15min",
    "min",
    "10s",
    "MS",
    "ME",
    "BME",
    "BMS",
    "QS",
    "QE",
    "QS-FEB",
    "QE-NOV",
]
ALIASES += [
    "YS",
    "YE",
    "YS-APR",
    "YE-JUN",
    "W-MON",
    "W-TUE",
    "W-WED",
    "W-THU",
    "W-FRI",
    "W-SAT",
    "W-SUN",
    "2W-SUN",
    "2MS",
]


def stamps(index: pd.DatetimeIndex) -> Stamps:
    ds = index.to_numpy(dtype="datetime64[ns]")
    return Stamps.of(np.zeros(len(ds), dtype=np.int64), ds)


@pytest.mark.slow
@pytest.mark.parametrize("alias", ALIASES)
@pytest.mark.parametrize("hole", [False, True])
def test_a_frequency_is_found_again(alias: str, hole: bool) -> None:
    index = pd.date_range("2003-05-07", periods=60, freq=alias)
    known = index.delete([7, 20, 21, 40]) if hole else index
    found = infer(stamps(known), "date")
    again = pd.date_range(known[0], known[-1], freq=found.alias)
    assert again.equals(index)
    steps, place = buckets(known.to_numpy(), found.alias)
    assert (steps[place] == known.to_numpy()).all()
    assert (steps_after(known[-1], found.alias, 3) == pd.date_range(index[-1], periods=4, freq=alias)[1:]).all()


def test_days_keep_their_hour() -> None:
    index = pd.date_range("2024-01-01 16:00", periods=30, freq="D")
    assert infer(stamps(index), "date").alias == "D"
    assert (buckets(index.to_numpy(), "D")[0] == index.to_numpy()).all()


@pytest.mark.parametrize(
    ("alias", "seasons"),
    [
        ("h", (24, 168)),
        ("D", (7, 365)),
        ("B", (5, 260)),
        ("W-SAT", (52,)),
        ("MS", (12,)),
        ("ME", (12,)),
        ("QS", (4,)),
        ("QE-NOV", (4,)),
        ("YS", ()),
        ("30min", (48, 336)),
        ("15min", (96, 672)),
        ("2h", (12, 84)),
        ("step", ()),
        ("3MS", (4,)),
    ],
)
def test_seasons_of_a_frequency(alias: str, seasons: tuple[int, ...]) -> None:
    assert seasons_of(alias) == seasons


@pytest.mark.parametrize("seed", range(5))
def test_times_without_order_are_asked_about(seed: int) -> None:
    rng = np.random.default_rng(seed)
    index = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.cumsum(rng.integers(1, 100_000, 50)), unit="s")
    with pytest.raises(AmbiguousInput) as caught:
        infer(stamps(pd.DatetimeIndex(index)), "t")
    assert caught.value.argument == "frequency"


@pytest.mark.parametrize("alias", ["10s", "min", "5min", "10min", "15min", "30min", "h", "6h"])
def test_a_clock_that_is_not_exact_is_offered_its_own_step_first(alias: str) -> None:
    steps = pd.date_range("2024-03-01", periods=300, freq=alias)
    off = np.random.default_rng(0).uniform(-0.1, 0.1, 300) * (steps[1] - steps[0]).total_seconds()
    with pytest.raises(AmbiguousInput) as caught:
        infer(stamps(pd.DatetimeIndex(steps + pd.to_timedelta(off.round(3), unit="s"))), "t")
    assert caught.value.choices[0] == alias


def test_the_hours_of_an_exchange_are_a_calendar_rather_than_filled_through_the_night() -> None:
    index = pd.DatetimeIndex(
        [d + pd.Timedelta(f"{h}h") for d in pd.bdate_range("2024-01-01", periods=20) for h in range(9, 16)]
    )
    assert infer(stamps(index), "t").alias == "60min-1111100@09:00-16:00"


def test_one_wrong_year_does_not_build_a_calendar_of_centuries() -> None:
    index = pd.date_range("2024-01-01", periods=50, freq="s").append(pd.DatetimeIndex(["2224-01-01"]))
    with pytest.raises(DataError, match="steps"):
        buckets(index.to_numpy(), "s")


def lines_of(times: list[pd.Timestamp], form: str = "%Y-%m-%d") -> bytes:
    return ("time,v\n" + "".join(f"{at.strftime(form)},{i}.5\n" for i, at in enumerate(times))).encode()


def moved(times: pd.DatetimeIndex, at: int, by: str) -> list[pd.Timestamp]:
    found = list(times)
    found[at] += pd.Timedelta(by)
    return found


CLOCK = "%Y-%m-%d %H:%M:%S"


@pytest.mark.parametrize(
    ("times", "form", "usual"),
    [
        (moved(pd.date_range("2022-01-03", periods=80, freq="7D"), 40, "1D"), "%Y-%m-%d", "W-MON"),
        (moved(pd.date_range("2022-01-03", periods=80, freq="7D"), 79, "-2D"), "%Y-%m-%d", "W-MON"),
        (moved(pd.date_range("2022-01-03", periods=80, freq="7D"), 0, "1D"), "%Y-%m-%d", "W-MON"),
        (moved(pd.date_range("2020-01-31", periods=48, freq="ME"), 10, "-1D"), "%Y-%m-%d", "ME"),
        (moved(pd.date_range("2022-01-03", periods=400, freq="30min"), 100, "1min"), CLOCK, "30min"),
        (moved(pd.date_range("2022-01-03 08:00", periods=100), 50, "3min"), CLOCK, "D"),
    ],
)
def test_one_time_that_is_off_is_asked_about_and_keeps_a_step_of_its_own(
    times: list[pd.Timestamp], form: str, usual: str
) -> None:
    table = read_table(lines_of(times, form), "a.csv")
    with pytest.raises(AmbiguousInput) as caught:
        to_panel(table)
    assert caught.value.argument == "frequency"
    assert caught.value.choices[0] == usual
    panel, report = to_panel(table, frequency=usual)
    assert panel.frame["y"].tolist() == [i + 0.5 for i in range(len(times))]
    assert len(report.filled) == len(report.merged) == 0
    assert "resampled" in {note.kind for note in report.notes}


@pytest.mark.slow
def test_month_ends_business_days_half_hours_and_seconds_are_read_as_they_are() -> None:
    for frequency, form in (("ME", "%Y-%m-%d"), ("B", "%Y-%m-%d"), ("30min", CLOCK), ("s", CLOCK)):
        times = list(pd.date_range("2021-01-29", periods=300, freq=frequency))
        panel, report = to_panel(read_table(lines_of(times, form), "a.csv"))
        assert panel.frequency == frequency
        assert panel.frame["ds"].tolist() == times
        assert not {note.kind for note in report.notes} & {"gaps", "resampled", "duplicates"}


@pytest.mark.slow
def test_irregular_times_are_asked_about_and_merged_as_named() -> None:
    steps = np.cumsum(np.random.default_rng(0).integers(3_000, 40_000, 300))
    times = [pd.Timestamp("2022-01-01") + pd.Timedelta(seconds=int(step)) for step in steps]
    table = read_table(lines_of(times, CLOCK), "a.csv")
    with pytest.raises(AmbiguousInput, match="averaged"):
        to_panel(table)
    expected = pd.Series(np.arange(300) + 0.5, index=times).resample("D").sum()
    panel, report = to_panel(table, frequency="D", duplicates="sum")
    assert np.allclose(panel.frame["y"], expected)
    assert report.aggregation == "sum"


@pytest.mark.slow
def test_a_second_far_away_makes_no_calendar_of_years_but_a_question() -> None:
    times = list(pd.date_range("2022-01-03", periods=600, freq="s"))
    times[300] = pd.Timestamp("2025-01-03")
    with pytest.raises(AmbiguousInput) as caught:
        to_panel(read_table(lines_of(times, CLOCK), "a.csv"))
    assert caught.value.choices[0] == "s"
    with pytest.raises(DataError, match="look for a wrong date"):
        to_panel(read_table(lines_of(times, CLOCK), "a.csv"), frequency="s")
