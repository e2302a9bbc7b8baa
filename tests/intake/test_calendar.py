"""Frequencies: dates made by pandas come back under its own name, whole and with holes."""

import numpy as np
import pandas as pd
import pytest

from forecasting.errors import AmbiguousInput, DataError
from forecasting.intake.calendar import Stamps, buckets, infer, seasons_of
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


def test_the_hours_of_an_exchange_are_asked_about_rather_than_filled_through_the_night() -> None:
    index = pd.DatetimeIndex(
        [d + pd.Timedelta(f"{h}h") for d in pd.bdate_range("2024-01-01", periods=20) for h in range(9, 16)]
    )
    with pytest.raises(AmbiguousInput):
        infer(stamps(index), "t")


def test_one_wrong_year_does_not_build_a_calendar_of_centuries() -> None:
    index = pd.date_range("2024-01-01", periods=50, freq="s").append(pd.DatetimeIndex(["2224-01-01"]))
    with pytest.raises(DataError, match="steps"):
        buckets(index.to_numpy(), "s")
