"""What values keep to is found from them, and forecasts, parts and intervals keep to it at every origin."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting import ForecastConfig
from forecasting.evaluation.bounds.support import Support, find
from forecasting.model.origins import Span
from forecasting.panel import Values

CONFIG = ForecastConfig(horizon=5, window=14)
RANDOM = np.random.default_rng(3)
NOISE = RANDOM.normal(size=400)
WEEKS = np.arange(400) % 7


def found(values: Values, name: str = "y", seasons: tuple[int, ...] = (7,), **changes: object) -> Support:
    return find([np.asarray(values, dtype=np.float64)], seasons, CONFIG.replace(**changes), [name])


@pytest.mark.parametrize(
    ("values", "name", "low"),
    [
        (RANDOM.poisson(3, 400), "y", 0),
        (np.where(NOISE > 1, 12.5, 0.0), "y", 0),
        (np.exp(NOISE), "y", 0),  # amounts that come near 0
        (10 + 3 * NOISE, "sales", -np.inf if (10 + 3 * NOISE).min() < 0 else 0),
        (NOISE, "y", -np.inf),
        (np.abs(12 + 4 * NOISE), "temperature", -np.inf),  # a winter may come
        (np.abs(12 + 4 * NOISE).round(), "温度", -np.inf),
        (np.abs(NOISE), "net profit", -np.inf),
        (RANDOM.poisson(3, 400), "network errors", 0),
    ],
)
def test_a_floor_is_found_where_values_have_one(values: Values, name: str, low: float) -> None:
    assert found(values, name).low[0] == low
    assert found(values, name, support="free").free
    assert found(values, name, floor=-5.0).low[0] == -np.inf  # a user who knows of lower values


@pytest.mark.parametrize(
    ("values", "name", "high"),
    [
        (np.minimum(100, 97 + 2 * NOISE), "y", 100),  # touches it
        (100 - 2 * np.abs(NOISE) - 0.01, "y", 100),  # ends there
        (1 / (1 + np.exp(-2 - 2 * NOISE)), "y", 1),
        (50 + 8 * NOISE, "y", np.inf),  # merely below 100
        (50 + 15 * NOISE.clip(-3, 3), "y", np.inf),
        (0.5 + 0.1 * NOISE.clip(-4, 4), "y", np.inf),
        (0.9 + np.cumsum(NOISE) * 1e-4, "EUR/GBP", np.inf),
        (30 + 5 * NOISE, "market share", 100),
        (0.3 + 0.05 * NOISE, "share", 1),
        (30 + 5 * NOISE, "humidity [%]", 100),
        (3 + 0.5 * NOISE, "占比", 100),
        ((NOISE > 0).astype(float), "y", np.inf),  # counts of 0 and 1
        (RANDOM.poisson(60, 400), "y", np.inf),
        (np.minimum(110, 97 + 5 * NOISE), "load %", np.inf),  # has passed it
    ],
)
def test_a_cap_is_found_where_values_end_at_one_or_their_name_says_so(values: Values, name: str, high: float) -> None:
    assert found(values, name).high[0] == high
    assert found(values, name, cap=1e6).high[0] == np.inf


@pytest.mark.parametrize(
    ("values", "direction"),
    [
        (np.cumsum(RANDOM.poisson(0.7, 60)), 1),
        (np.cumsum(RANDOM.poisson(400, 60)), 1),  # a meter
        (1e5 - np.cumsum(RANDOM.poisson(0.8, 29)), -1),
        (np.arange(12) * 10.0 + 0.5 * NOISE[:12], 0),  # a trend over a few years
        (np.cumsum(np.r_[np.ones(50), -1, np.ones(50)]), 0),
        (np.full(50, 3.0), 0),
        (np.cumsum(NOISE), 0),
    ],
)
def test_counters_are_found_and_trends_are_none(values: Values, direction: float) -> None:
    assert found(values).direction[0] == direction


@pytest.mark.parametrize("seed", range(5))
def test_closed_days_are_found_at_every_origin_and_open_ones_are_not_closed(seed: int) -> None:
    random = np.random.default_rng(seed)
    start = int(random.integers(7))
    closed = (np.arange(300) + start) % 7 >= 5
    values = np.where(closed, 0.0, random.poisson(40, 300))
    values[random.integers(0, 300, 4)] = 0.0  # holidays
    support = found(values)
    assert support.closed[0] == 7
    origins = Span(np.array([100]), np.array([290])).origins(10)
    said = support.closed_steps([values], origins, 10)
    truth = closed[origins.seen[:, None] + np.arange(10)]
    np.testing.assert_array_equal(said, truth)
    cut = [values[200 - support.history :]]  # what a model file remembers is enough
    ends = Span(np.array([support.history]), np.array([support.history])).origins(10)
    np.testing.assert_array_equal(support.closed_steps(cut, ends, 10)[0], closed[200:210])


def test_mostly_zeros_are_no_closed_days_and_their_forecast_stays_low() -> None:
    values = np.where(RANDOM.random(400) < 0.18, RANDOM.integers(1, 4, 400), 0).astype(float)
    support = found(values)
    assert (support.closed[0], support.sparse[0]) == (0, 1)
    origins = Span(np.array([399]), np.array([399])).origins(5)
    kept = support.keep(np.full((1, 5), 3.0), [values], origins)
    np.testing.assert_allclose(kept, 1.5 * values[299:399].mean())
    assert (support.keep(np.full((1, 5), 3.0), [values], origins, central=False) == 3).all()  # intervals may
    assert found(np.where(WEEKS == 4, 50.0, 0.0)).sparse[0] == 0  # a market every Friday


def test_a_series_of_amounts_beside_negative_ones_has_a_floor_only_where_that_is_obvious() -> None:
    support = find([NOISE, np.exp(NOISE), RANDOM.poisson(2, 400).astype(float)], (7,), CONFIG, ["a", "b", "c"])
    assert support.low.tolist() == [-np.inf, -np.inf, 0.0]
    assert support.some(slice(2, 3)).low.tolist() == [0.0]
    again = Support.restore(support.export())
    assert again.low.tolist() == support.low.tolist()
    assert again.closed.tolist() == support.closed.tolist()


def test_what_lies_within_keeps_its_bits() -> None:
    values = np.exp(NOISE)
    support = found(values)
    origins = Span(np.array([300]), np.array([350])).origins(5)
    ahead = RANDOM.random((51, 5))
    np.testing.assert_array_equal(support.keep(ahead, [values], origins), ahead)
    np.testing.assert_array_equal(support.keep(ahead - 2, [values], origins), 0.0)
