"""Anomalies of backtests whose forecasts are known: what was planted is found, what follows from it is told as such."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from forecasting.errors import DataError
from forecasting.evaluation.backtests.backtest import Backtest
from forecasting.evaluation.findings.anomalies import anomalies
from forecasting.panel import Values
from tests.evaluation.rows import backtest_of, panel_of

WEEK = np.array([0.0, 1.0, 3.0, 2.0, 0.0, -2.0, -4.0])
pytestmark = pytest.mark.slow

LENGTH, TEST, AT = 500, 300, 400


def noisy(seed: int = 0) -> Values:
    return 50 + np.resize(WEEK, LENGTH) + np.random.default_rng(seed).normal(0, 1, LENGTH)


def by_week(values: Values, seen: int, steps: Values) -> Values:
    """The season and the mean: nothing of one value gets into it."""
    return 50 + np.resize(WEEK, 2 * LENGTH)[seen + steps - 1]


def by_last(values: Values, seen: int, steps: Values) -> Values:
    """The last miss goes on at once: a spike is repeated one step later, a new level is followed."""
    return by_week(values, seen, steps) + (values[seen - 1] - by_week(values, seen - 1, np.array([1]))[0])


def by_season(values: Values, seen: int, steps: Values) -> Values:
    """The values of the week before."""
    return values[seen - 7 + (steps - 1) % 7]


def backtested(values: Values, forecast: Any = by_week, horizon: int = 4) -> Backtest:
    return backtest_of(panel_of(values), horizon, TEST, forecast)


def moved(size: float, *, level: bool = False) -> Values:
    values = noisy()
    values[AT : None if level else AT + 1] += size
    return values


def stamp(place: int) -> pd.Timestamp:
    return panel_of(noisy()).frame["ds"].iloc[place]


def test_a_spike_is_found_with_its_date_value_and_band() -> None:
    values = moved(8.0)
    found = backtested(values).anomalies()
    row = found.own.iloc[0]
    assert len(found.own) == 1
    assert (row["ds"], row["y"]) == (stamp(AT), pytest.approx(values[AT]))
    assert row["forecast"] == pytest.approx(50 + WEEK[AT % 7])
    assert row["high"] < row["y"]
    assert row["forecast"] - row["low"] == pytest.approx(row["high"] - row["forecast"])
    assert row["spreads"] == pytest.approx(values[AT] - row["forecast"], rel=0.2)  # the noise has a deviation of one
    assert row["one_in"] > 1_000


def test_clean_noise_has_no_more_than_a_few() -> None:
    found = sum(len(backtested(noisy(seed)).anomalies().table) for seed in range(3))
    assert found <= 4  # 0.9 are expected


def test_a_stricter_rate_lists_fewer_and_has_a_wider_band() -> None:
    backtest = backtested(moved(14.0))
    loose, strict = backtest.anomalies(0.01), backtest.anomalies(0.0001)
    assert set(strict.table["ds"]) <= set(loose.table["ds"])
    at = [found.own.loc[found.own["ds"] == stamp(AT), "high"].iloc[0] for found in (loose, strict)]
    assert at[0] < at[1]


@pytest.mark.parametrize(("forecast", "lag"), [(by_last, 1), (by_season, 7)])
def test_the_echo_of_a_spike_is_its_after_effect(forecast: Any, lag: int) -> None:
    found = backtested(moved(14.0), forecast).anomalies()
    echo = found.table[found.table["ds"] == stamp(AT + lag)]
    assert found.own["ds"].tolist() == [stamp(AT)]
    assert echo["after"].tolist() == [stamp(AT)]


def test_a_new_level_is_listed_at_its_first_value_only() -> None:
    found = backtested(moved(12.0, level=True), by_season, horizon=8).anomalies()
    assert found.own["ds"].tolist() == [stamp(AT)]
    assert set(found.table["after"].dropna()) == {stamp(AT)}


def test_a_second_spike_is_no_after_effect_of_the_first() -> None:
    values = moved(12.0)
    values[AT + 2] -= 12.0
    assert sorted(backtested(values).anomalies().own["ds"]) == [stamp(AT), stamp(AT + 2)]


def test_a_constant_series_has_no_spread_and_a_short_one_too_few_errors() -> None:
    constant = backtested(np.full(LENGTH, 3.0), lambda values, seen, steps: np.full(len(steps), 3.0)).anomalies()
    short = backtest_of(panel_of(noisy()), 4, 30, by_week).anomalies()
    assert constant.message.key == "anomalies.exact"
    assert short.message.key == "anomalies.few"
    assert (len(constant.table), len(short.table)) == (0, 0)


def test_series_are_held_against_their_own_errors() -> None:
    loud = 50 + np.resize(WEEK, LENGTH) + 10 * (noisy(1) - 50 - np.resize(WEEK, LENGTH))
    both = backtest_of(panel_of(moved(8.0), loud), 4, TEST, by_week).anomalies()
    assert both.own[["unique_id", "ds"]].to_numpy().tolist()[0] == ["a", stamp(AT)]
    assert both.of_series("b").looked["errors"].tolist() == [TEST - 3]


@pytest.mark.parametrize("rate", [0.0, 0.5, float("nan")])
def test_a_rate_that_cannot_be_kept_is_refused(rate: float) -> None:
    with pytest.raises(DataError, match="must be between"):
        backtested(noisy()).anomalies(rate)


def test_a_series_by_itself_has_the_anomalies_that_it_has_among_others() -> None:
    generator = np.random.default_rng(5)
    rows = []
    for name, size in (("a", 1.0), ("b", 40.0)):
        error = size * generator.standard_t(4, 400)
        error[[120, 300]] = 12 * size, -15 * size
        ds = pd.date_range("2024-01-02", periods=400)
        of_series = pd.DataFrame({"unique_id": name, "ds": ds, "cutoff": ds - pd.Timedelta(days=1), "step": 1})
        of_series = of_series.assign(y=100 + error, forecast=100.0)
        rows.append(of_series.assign(**{"forecast-lo-80": 100 - 1.3 * size, "forecast-hi-80": 100 + 1.3 * size}))
    together = anomalies(pd.concat(rows, ignore_index=True), 0.001)
    for part, name in zip(rows, "ab", strict=True):
        alone, among = anomalies(part, 0.001), together.of_series(name)
        assert len(alone.table) >= 2
        pd.testing.assert_frame_equal(alone.table, among.table.reset_index(drop=True))
        assert alone.message.to_dict() == among.message.to_dict()
