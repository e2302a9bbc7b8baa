"""The pretrained network in the pool: used where it was the better one, and nowhere needed."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from forecasting.config import ForecastConfig
from forecasting.evaluation.members import combining, zero_shot
from forecasting.forecaster import Forecaster, fit
from forecasting.messages import Message
from forecasting.model.origins import Span
from forecasting.model.pretrained import predict, weights
from forecasting.panel import STEP, Panel

CONFIG = ForecastConfig(horizon=5, window=14, hidden_size=8, epochs=2, folds=1, method="best")


def values(length, seed=0):
    random = np.random.default_rng(seed)
    return 20 + 3 * np.sin(2 * np.pi * np.arange(length) / 7) + 0.5 * random.normal(size=length)


def panel(*series):
    frames = [
        pd.DataFrame({"unique_id": f"s{number}", "ds": np.arange(len(y)), "y": y}) for number, y in enumerate(series)
    ]
    return Panel(pd.concat(frames, ignore_index=True), STEP, (7,))


@pytest.fixture
def forecasts(monkeypatch):
    """Sets what the network forecasts, by a function of what it sees: (contexts, horizon) -> medians [O, H]."""
    asked = []
    monkeypatch.setattr(weights, "shipped", lambda: weights.Shipped(object()))

    def set_to(forecast):
        def quantiles(_, contexts, seasons, horizon):
            asked.append(len(contexts))
            return np.repeat(forecast(contexts, horizon)[:, :, None], 9, axis=2)

        monkeypatch.setattr(predict, "quantiles", quantiles)
        return asked

    return set_to


def clean(contexts, horizon):
    """The season without its noise: what nothing that is fitted can know."""
    return np.stack([_season(len(one), horizon) for one in contexts])


def _season(seen, horizon):
    return 20 + 3 * np.sin(2 * np.pi * np.arange(seen, seen + horizon) / 7)


def opposite(contexts, horizon):
    return np.stack([40 - _season(len(one), horizon) for one in contexts])


@pytest.mark.slow
@pytest.mark.parametrize("length", [30, 150])
def test_it_is_used_where_it_is_right_and_not_where_it_is_wrong(forecasts, length):
    series = panel(values(length), values(length, 1))
    forecasts(clean)
    right = fit(series, CONFIG).weights()
    forecasts(opposite)
    wrong = fit(series, CONFIG).weights()
    assert (right[zero_shot.NAME] > 0.15).all()
    assert (wrong[zero_shot.NAME] < 1e-3).all()


@pytest.mark.slow
def test_where_validation_says_no_the_forecast_is_as_without_it(forecasts, monkeypatch):
    series = panel(values(150), values(150, 1))
    forecasts(opposite)
    beside = fit(series, CONFIG).predict()
    monkeypatch.setattr(weights, "shipped", lambda: weights.Shipped(None))
    alone = fit(series, CONFIG).predict()
    np.testing.assert_allclose(beside["forecast"], alone["forecast"], rtol=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("length", [30, 150])
def test_without_its_weights_a_saved_forecaster_goes_on_with_the_others_and_says_so(
    forecasts, monkeypatch, tmp_path, length
):
    series = panel(values(length), values(length, 1))
    forecasts(clean)
    fit(series, CONFIG).save(tmp_path / "model")
    problem = Message("pretrained.damaged", file=weights.WEIGHTS)
    monkeypatch.setattr(weights, "shipped", lambda: weights.Shipped(None, problem))
    forecast = Forecaster.load(tmp_path / "model").predict()
    assert np.isfinite(forecast["forecast"]).all()
    assert fit(series, CONFIG).training["notes"].count(problem) == 1
    assert zero_shot.problem([values(zero_shot.LONGEST + 1)]) is None  # it would take no part there anyway


@pytest.mark.slow
@pytest.mark.parametrize("length", range(3, 12))  # fewer are refused by `fit`
def test_series_of_a_few_values_are_forecast_by_the_others(length):
    forecaster = fit(panel(values(length)), CONFIG)
    assert np.isfinite(forecaster.predict()["forecast"]).all()


@pytest.mark.slow
@pytest.mark.parametrize("horizon", [2, 6])
@pytest.mark.parametrize("length", [12, 13, 16, 20, 23, 24, 29])  # half of it is less than the network needs, or not
def test_series_whose_first_half_is_too_short_for_it_are_judged_where_it_can_be(length, horizon):
    config = dataclasses.replace(CONFIG, horizon=horizon, window=3, epochs=1)
    for series in (panel(values(length)), panel(values(length), values(8, 1), values(length + 30, 2))):
        forecaster = fit(series, config)
        assert np.isfinite(forecaster.predict()["forecast"]).all()
        assert all(
            abs(sum(weights) - 1) < 1e-9 for weights in forecaster.weights().drop(columns="unique_id").to_numpy()
        )


def test_of_many_series_it_is_tried_at_some_origins_of_each_the_last_among_them(forecasts):
    forecasts(clean)
    series = [values(200, seed) for seed in range(zero_shot.FEW + 1)]
    ends = np.full(len(series), 200 - 24)
    origins = Span(ends - 47, ends).origins(24)
    found = zero_shot.held_out(series, origins, (7,), 24)[zero_shot.NAME]
    tried = np.isfinite(found).all(axis=1).reshape(len(series), 48)
    assert (tried.sum(axis=1) == 8).all()
    assert tried[:, -1].all()
    few = Span(ends[:2] - 47, ends[:2]).origins(24)
    assert np.isfinite(zero_shot.held_out(series[:2], few, (7,), 24)[zero_shot.NAME]).all()


def test_a_forecast_from_an_origin_does_not_change_with_what_comes_after():
    if weights.shipped().network is None:
        pytest.fail(str(weights.shipped().problem))
    series, later = values(100), values(100)
    later[60:] += 100
    origins = Span(np.array([60]), np.array([60])).origins(5)
    one, other = (zero_shot.ahead([y], origins, (7,), 5)[zero_shot.NAME] for y in (series, later))
    np.testing.assert_array_equal(one, other)


def test_of_long_series_it_is_no_member(forecasts):
    asked = forecasts(clean)
    series = [values(zero_shot.LONGEST + 1, seed) for seed in range(3)]
    ends = np.full(3, zero_shot.LONGEST - 10)
    assert zero_shot.held_out(series, Span(ends - 5, ends).origins(5), (7,), 5) == {}
    assert asked == []


def test_weights_of_forecasts_that_are_not_there_are_shared_out():
    forecasts = [np.full((3, 2), 1.0), np.array([[3.0, 3.0], [np.nan, np.nan], [np.nan, np.nan]]), np.full((3, 2), 5.0)]
    weighted = np.array([[0.25, 0.5, 0.25], [0.25, 0.5, 0.25], [0.0, 1.0, 0.0]])
    np.testing.assert_allclose(combining.combine(forecasts, weighted), [[3, 3], [3, 3], [3, 3]])
    np.testing.assert_allclose(combining.present(forecasts, weighted)[1], [0.5, 0, 0.5])


def test_the_error_of_a_member_that_was_tried_at_some_origins_is_relative_to_the_naive_one_there():
    errors = np.array([[1.0, 0.5], [1.0, np.nan], [4.0, np.nan], [2.0, 2.0]])
    mean = combining.mean_by_series(errors, np.array([0, 0, 0, 1]), np.array([3, 1]), ["naive", "other"])
    np.testing.assert_allclose(mean, [[2.0, 1.0], [2.0, 2.0]])
