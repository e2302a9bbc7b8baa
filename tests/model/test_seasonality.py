"""Trend and season of series that hold few seasons, against made-up ones whose parts are known."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.model import seasonality

PATTERN = np.array([3.0, 1, -2, -4, -1, 2, 5, 4, 0, -3, -4, -1])


@pytest.mark.parametrize("length", [24, 30, 36, 60])
@pytest.mark.parametrize("positive", [True, False])
def test_a_season_is_found_beside_a_trend_that_hides_it(length: int, positive: bool) -> None:
    random = np.random.default_rng(length)
    steps = np.arange(length)
    z = 0.05 * steps + 0.1 * PATTERN[steps % 12] + 0.03 * random.normal(size=length)
    factors, multiplicative = seasonality.seasonal_factors(np.exp(z) if positive else z - 10, 12)
    assert multiplicative == positive
    found = np.log(factors) if positive else factors
    assert np.corrcoef(found, PATTERN)[0, 1] > 0.97
    assert np.abs(found - 0.1 * PATTERN).mean() < 0.06


def test_noise_walks_and_lines_have_no_season() -> None:
    found = 0
    for seed in range(40):
        noise = np.random.default_rng(seed).normal(size=36)
        for values in (100 + noise, 100 + np.cumsum(noise), 100 + np.arange(36.0) + noise):
            found += len(seasonality.seasonal_factors(values, 12)[0]) > 1
    assert found <= 12  # of 120


def test_a_line_with_a_season_goes_on_and_looks_at_nothing_after_its_origin() -> None:
    steps = np.arange(60)
    values = np.exp(5 + 0.01 * steps + 0.1 * PATTERN[steps % 12])
    learned = seasonality.fit_line(values[:36], 12)
    assert learned is not None
    ahead = seasonality.line_ahead(learned, values, np.array([36]), 12)
    np.testing.assert_allclose(ahead[0], values[36:48], rtol=0.05)
    changed = np.where(steps < 40, values, 1e6)
    origins = np.array([30, 40])
    np.testing.assert_array_equal(
        seasonality.line_ahead(learned, changed, origins, 12), seasonality.line_ahead(learned, values, origins, 12)
    )


def test_smoothing_is_that_of_a_slow_loop() -> None:
    values = np.random.default_rng(0).normal(size=50)
    weights = 0.3 * 0.7 ** np.arange(50)
    expected = [float(values[: end + 1][::-1] @ weights[: end + 1]) for end in range(50)]
    np.testing.assert_allclose(seasonality.smoothed(values, 0.3), expected)
