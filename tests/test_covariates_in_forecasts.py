"""Inputs beside the values: covariates known ahead or not, calendar features, indicators; no leakage."""

import numpy as np
import pandas as pd
import pytest

from forecasting import errors
from forecasting.config import CELLS, ForecastConfig
from forecasting.forecaster import Forecaster, evaluate, fit
from forecasting.panel import Panel

CONFIG = ForecastConfig(horizon=4, window=14, hidden_size=8, epochs=4, folds=1)


def promoted(length=420, seed=0):
    """Sales of a week's rhythm, ten more on days of a promotion, which no past value predicts."""
    random = np.random.default_rng(seed)
    promotion = (random.random(length) < 0.2).astype(float)
    y = 30 + 3 * np.sin(2 * np.pi * np.arange(length) / 7) + 10 * promotion + 0.3 * random.normal(size=length)
    return y, promotion


def panel(y, promotion=None, ahead=None, seasons=(7,)):
    frame = pd.DataFrame({"unique_id": "a", "ds": pd.date_range("2024-01-01", periods=len(y)), "y": y})
    beyond = None
    if promotion is not None:
        frame["promotion"] = promotion[: len(y)]
    if ahead:
        days = pd.date_range(frame["ds"].iloc[-1], periods=ahead + 1)[1:]
        beyond = pd.DataFrame({"unique_id": "a", "ds": days, "promotion": promotion[len(y) : len(y) + ahead]})
    return Panel(frame, "D", seasons, ahead=beyond)


@pytest.mark.slow
def test_a_covariate_that_is_known_ahead_is_used_where_it_happens():
    y, promotion = promoted()
    plain = evaluate(panel(y[:400]), CONFIG)
    informed = evaluate(panel(y[:400], promotion, ahead=4), CONFIG)
    mae = [backtest.scores["methods"]["forecast"]["mae"] for backtest in (plain, informed)]
    assert mae[1] < 0.4 * mae[0]
    forecaster = fit(panel(y[:400], promotion, ahead=4), CONFIG)
    changed = promotion.copy()
    changed[401] = 1 - changed[401]
    other = fit(panel(y[:400], changed, ahead=4), CONFIG)
    moved = (other.predict()["forecast"] - forecaster.predict()["forecast"]).to_numpy()
    assert abs(moved[1]) == pytest.approx(10, abs=2.5)
    assert np.abs(moved[[0, 2, 3]]).max() < 2.5


@pytest.mark.slow
def test_a_covariate_that_ends_with_the_values_is_used_from_the_past_only():
    """The value follows what the covariate was four steps before."""
    random = np.random.default_rng(1)
    signal = random.normal(size=424)
    y = 5 * signal[:420] + 0.1 * random.normal(size=420)
    backtest = evaluate(panel(y[4:], signal[4:]), CONFIG.replace(epochs=8))
    leading = evaluate(panel(y[4:], signal[8:]), CONFIG.replace(epochs=8))  # known four steps before its effect
    assert leading.scores["methods"]["forecast"]["mae"] < 0.6 * backtest.scores["methods"]["forecast"]["mae"]


@pytest.mark.slow
@pytest.mark.parametrize("cell", CELLS)
def test_forecasts_do_not_change_when_what_was_not_known_changes(cell):
    y, promotion = promoted(300)
    config = CONFIG.replace(cell=cell, method="best", features=("day-of-week", "rsi"), epochs=2)
    first = evaluate(panel(y, promotion), config)
    place = 280
    after, later = y.copy(), promotion.copy()
    after[place + 1 :] *= -3
    later[place + 1 :] = 7
    second = evaluate(panel(after, later), config)
    cutoff = pd.Timestamp("2024-01-01") + pd.Timedelta(days=place)
    columns = [name for name in first.columns if name not in ("y", "cutoff", "ds", "unique_id")]
    kept = (first["cutoff"] <= cutoff).to_numpy()
    assert 0 < kept.sum() < len(kept)
    pd.testing.assert_frame_equal(first.frame.loc[kept, columns], second.frame.loc[kept, columns], check_exact=True)
    assert not np.allclose(first.loc[~kept, "forecast"], second.loc[~kept, "forecast"])


@pytest.mark.slow
def test_a_forecaster_with_features_survives_its_bytes():
    y, promotion = promoted(300)
    config = CONFIG.replace(features=("day-of-week", "holidays-US", "momentum"), method="best", lookbacks=(7,))
    forecaster = fit(panel(y[:290], promotion, ahead=4), config)
    again = Forecaster.from_bytes(forecaster.to_bytes())
    pd.testing.assert_frame_equal(again.predict().frame, forecaster.predict().frame, check_exact=True)
    explained = again.explain()
    assert {"promotion", "Momentum"} <= {row["name"] for row in explained["inputs"]}
    assert list(explained["parts"]) == ["a"]


def test_a_calendar_feature_that_the_steps_do_not_have_is_left_out_with_a_note():
    y, _ = promoted(200)
    forecaster = fit(panel(y), CONFIG.replace(features=("hour-of-day",), epochs=1))
    assert "hour-of-day" in " ".join(forecaster.training["notes"])


def test_unknown_columns_and_countries_are_refused_by_name():
    y, promotion = promoted(200)
    with pytest.raises(errors.ConfigError) as caught:
        fit(panel(y, promotion), CONFIG.replace(covariates=("price",)))
    assert caught.value.field == "covariates"
    assert "price" in caught.value.message
    with pytest.raises(errors.ConfigError) as caught:
        fit(panel(y), CONFIG.replace(features=("holidays-QQ",)))
    assert "QQ" in caught.value.message


@pytest.mark.slow
def test_a_column_that_is_not_chosen_changes_nothing():
    y, promotion = promoted(200)
    config = CONFIG.replace(covariates=(), epochs=2)
    first, second = fit(panel(y, promotion), config).predict(), fit(panel(y), CONFIG.replace(epochs=2)).predict()
    np.testing.assert_array_equal(first["forecast"], second["forecast"])
