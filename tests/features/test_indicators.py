"""Indicators against slow loops, and what holds for all of them: causal, free of scale, finite."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.features import INDICATORS, build
from forecasting.panel import LARGEST, STEP
from tests.features.panels import Array, panel, walk


def indicator(name: str, y: Sequence[float] | Array) -> Array:
    (past,) = build(panel(y, STEP), [name], 1).past
    return past


def _average(changes: Array, period: int, weight: float) -> Array:
    """Exponential, from the mean of the first `period` on."""
    out = np.full(len(changes), np.nan)
    out[period - 1] = changes[:period].mean()
    for t in range(period, len(changes)):
        out[t] = out[t - 1] + weight * (changes[t] - out[t - 1])
    return out


def _movement(y: Array, period: int) -> Array:
    return np.append(np.nan, _average(np.abs(np.diff(y)), period, 2 / (period + 1)))


def test_rsi_is_wilders() -> None:
    y = walk(200)
    change = np.diff(y)
    gain, loss = (_average(np.maximum(sign * change, 0), 14, 1 / 14) for sign in (1, -1))
    rsi = 100 - 100 / (1 + gain / loss)
    np.testing.assert_allclose(indicator("rsi", y)[1:, 0], np.nan_to_num(rsi / 50 - 1), atol=1e-9)


def test_macd_is_the_difference_of_two_averages_in_units_of_movement() -> None:
    y = walk(300)
    line = _average(y, 26, 2 / 27).copy()
    fast = np.append(np.full(14, np.nan), _average(y[14:], 12, 2 / 13))  # both begin at the same step
    line = fast - line
    signal = np.append(np.full(25, np.nan), _average(line[25:], 9, 2 / 10))
    movement = _movement(y, 26)
    found = indicator("macd", y)
    assert (found[:33] == 0).all()
    np.testing.assert_allclose(found[33:, 0], (line / movement)[33:], atol=1e-9)
    np.testing.assert_allclose(found[33:, 1], ((line - signal) / movement)[33:], atol=1e-9)


def test_bollinger_is_the_place_between_bands_and_their_width() -> None:
    y = walk(200)
    rolling = pd.Series(y).rolling(20)
    deviation = rolling.std(ddof=0).to_numpy()
    found = indicator("bollinger", y)
    np.testing.assert_allclose(found[:, 0], np.nan_to_num((y - rolling.mean().to_numpy()) / (2 * deviation)), atol=1e-9)
    np.testing.assert_allclose(found[:, 1], np.nan_to_num(deviation / _movement(y, 20)), atol=1e-9)


def test_momentum_stochastic_and_volatility_are_what_they_say() -> None:
    y = walk(200)
    series = pd.Series(y)
    momentum = series.diff(10).to_numpy() / np.sqrt(10) / _movement(y, 26)
    np.testing.assert_allclose(indicator("momentum", y)[:, 0], np.nan_to_num(momentum), atol=1e-9)
    least, greatest = series.rolling(14).min(), series.rolling(14).max()
    place = 2 * (series - least) / (greatest - least) - 1
    np.testing.assert_allclose(indicator("stochastic", y)[:, 0], np.nan_to_num(place), atol=1e-9)
    late, usual = _movement(y, 10), _movement(y, 60)
    np.testing.assert_allclose(
        indicator("volatility", y)[:, 0], np.nan_to_num((late - usual) / (late + usual)), atol=1e-9
    )


@pytest.mark.parametrize("name", INDICATORS)
@pytest.mark.parametrize("later", [0.0, -1e6, LARGEST])
def test_an_indicator_does_not_change_when_later_values_change(name: str, later: float) -> None:
    y = walk(150)
    before = indicator(name, y)
    for t in (0, 20, 61, 148):
        changed = y.copy()
        changed[t + 1 :] = later
        np.testing.assert_array_equal(indicator(name, changed)[: t + 1], before[: t + 1])
        np.testing.assert_array_equal(indicator(name, y[: t + 1]), before[: t + 1])


@pytest.mark.parametrize("name", INDICATORS)
def test_an_indicator_depends_on_the_present_value(name: str) -> None:
    y = walk(100)
    changed = y.copy()
    changed[-1] += 5
    assert (indicator(name, changed)[-1] != indicator(name, y)[-1]).all()


@pytest.mark.parametrize("name", INDICATORS)
@pytest.mark.parametrize("scale", [1e-100, 1e-9, 0.37, 2.0**40, 1e95])
@pytest.mark.parametrize("level", [0.0, 1000.0, -1000.0])
def test_an_indicator_is_the_same_at_any_scale(name: str, scale: float, level: float) -> None:
    y = walk(200) + level
    np.testing.assert_allclose(indicator(name, scale * y), indicator(name, y), atol=1e-6)


@pytest.mark.parametrize("name", ["rsi", "macd", "momentum", "stochastic"])
def test_a_mirrored_series_has_mirrored_indicators(name: str) -> None:
    y = walk(200)
    np.testing.assert_allclose(indicator(name, -y), -indicator(name, y), atol=1e-9)


@pytest.mark.parametrize("name", INDICATORS)
@pytest.mark.parametrize("value", [0.0, 0.1, -3.7, 1e-300, 1e9 + 0.1, LARGEST, -LARGEST])
def test_a_constant_series_is_neutral(name: str, value: float) -> None:
    assert (indicator(name, np.full(150, value)) == 0).all()


@pytest.mark.parametrize("name", INDICATORS)
def test_a_short_series_is_neutral(name: str) -> None:
    for y in ([5.0], [5.0, 6.0], [5.0, 4.0, 6.0]):
        assert (indicator(name, y) == 0).all()


def test_a_series_that_stands_still_after_a_move_ends_in_no_rounding_error() -> None:
    y = np.full(3000, 1e9 + 0.1)
    y[:50] += walk(50)
    for name in INDICATORS:
        assert (np.abs(indicator(name, y)) < 20).all(), name
    assert (np.abs(indicator("macd", y)[-1]) < 0.01).all()
    assert (indicator("bollinger", y)[-1] == 0).all()


def test_a_huge_value_is_forgotten() -> None:
    y = walk(2000)
    spoilt = y.copy()
    spoilt[50] = 1e15
    for name in INDICATORS:
        np.testing.assert_allclose(indicator(name, spoilt)[-1], indicator(name, y)[-1], atol=1e-6, err_msg=name)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-LARGEST, LARGEST), min_size=1, max_size=90))
def test_indicators_are_finite_and_bounded_whatever_the_values(values: list[float]) -> None:
    found = build(panel(values * 2, STEP), INDICATORS, 1)
    assert np.isfinite(found.past[0]).all()
    assert (np.abs(found.past[0]) < 100).all()
