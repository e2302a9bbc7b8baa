"""Whole numbers: which series are counts, and what rounding does to forecasts and intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecasting import Forecast, ForecastConfig
from forecasting.panel import STEP, Panel, Values
from forecasting.whole import find, notes, rounded

COUNTS = np.random.default_rng(0).poisson(7, 40).astype(np.float64)


def panel(filled: pd.DataFrame | None = None, **series: Values) -> Panel:
    frames = [pd.DataFrame({"unique_id": name, "ds": np.arange(len(y)), "y": y}) for name, y in series.items()]
    return Panel(pd.concat(frames, ignore_index=True), STEP, filled=filled)


def forecast(low: list[float], middle: list[float], high: list[float]) -> Forecast:
    return Forecast({"unique_id": "a", "ds": 0, "forecast": middle, "forecast-lo-80": low, "forecast-hi-80": high})


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("visitors", COUNTS, True),
        ("sales [pcs]", COUNTS, True),
        ("visitors", COUNTS + 0.5, []),
        ("visitors", COUNTS - 20, []),  # changes, which may be any number
        ("visitors", COUNTS * 100, []),  # rounded by whoever wrote them
        ("visitors", COUNTS[:9], []),
        ("visitors", np.zeros(40), []),
        ("Close", COUNTS + 1000, []),
        ("temperature", COUNTS, []),
        ("revenue (EUR)", COUNTS, []),
        ("load [kW]", COUNTS, []),
    ],
)
def test_counts_are_whole_numbers_and_what_is_measured_is_none(name: str, values: Values, expected: object) -> None:
    assert find(panel(**{name: values}), ForecastConfig()) == expected
    assert find(panel(**{name: values}), ForecastConfig(whole="off")) == []
    assert find(panel(**{name: values}), ForecastConfig(whole="on")) is True


def test_of_several_series_those_that_are_counts_are_named_and_none_where_totals_have_to_add_up() -> None:
    data = panel(a=COUNTS, b=COUNTS / 3, c=COUNTS)
    assert find(data, ForecastConfig()) == ["a", "c"]
    (note,) = notes(data, ForecastConfig())
    assert note.startswith("In 2 series")
    assert find(panel(a=COUNTS), ForecastConfig(totals=("all",))) == []


def test_a_filled_gap_does_not_count() -> None:
    values, filled = COUNTS.copy(), pd.DataFrame({"unique_id": ["a"], "ds": [5]})
    values[5] = 6.5
    assert find(panel(a=values, filled=filled), ForecastConfig()) is True


def test_an_interval_keeps_the_whole_numbers_in_it_and_the_forecast() -> None:
    found = forecast([3.4, 3.2, 0.0, 2.0, -0.4], [5.5, 3.6, 0.2, 2.0, 0.1], [7.6, 3.8, 0.9, 5.0, 0.3]).rounded(True)
    assert found["forecast-lo-80"].tolist() == [4, 4, 0, 2, 0]
    assert found["forecast"].tolist() == [6, 4, 0, 2, 0]
    assert found["forecast-hi-80"].tolist() == [7, 4, 0, 5, 0]


def test_as_many_true_values_are_in_rounded_intervals() -> None:
    random = np.random.default_rng(1)
    middle = random.uniform(0, 30, 4000)
    low, high = middle - random.uniform(1, 6, 4000), middle + random.uniform(1, 6, 4000)
    truth = random.poisson(middle).astype(np.float64)
    shown = rounded(forecast(list(low), list(middle), list(high)), True)
    held = (truth >= low) & (truth <= high)
    assert (held == ((truth >= shown["forecast-lo-80"]) & (truth <= shown["forecast-hi-80"]))).all()


def test_series_that_are_no_counts_stay_as_they_are() -> None:
    both = pd.concat([forecast([1.5], [2.5], [3.5]).frame, forecast([1.5], [2.7], [3.5]).frame.assign(unique_id="b")])
    found = rounded(both, ["b"])
    assert found["forecast"].tolist() == [2.5, 3]
    assert rounded(both, None) is both
