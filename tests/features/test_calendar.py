"""Calendar columns against what pandas says of each date."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.features import CALENDAR, build, suitable
from tests.features.panels import known, panel


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
