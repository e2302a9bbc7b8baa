"""Series that break forecasters: they are forecast all the same, with or without a network, and it is reported."""

import numpy as np
import pandas as pd
import pytest

from forecasting.config import CELLS, METHODS, ForecastConfig
from forecasting.forecaster import Forecaster, evaluate, fit
from forecasting.model import train as training
from forecasting.panel import STEP, Panel

CONFIG = ForecastConfig(horizon=5, window=14, hidden_size=8, epochs=3, folds=1)
RANDOM = np.random.default_rng(0)
SERIES = {
    "constant": np.full(200, 3.25),
    "almost constant": np.r_[np.full(199, 3.25), 3.2500001],
    "zeros": np.zeros(200),
    "intermittent": np.where(RANDOM.random(300) < 0.1, RANDOM.poisson(5, 300), 0).astype(float),
    "negative": -50 - np.cumsum(np.abs(RANDOM.normal(size=200))),
    "huge": 1e12 * (2 + np.sin(np.arange(200) / 3)),
    "tiny": 1e-12 * (2 + np.sin(np.arange(200) / 3)),
    "steps": np.repeat([1.0, 100.0, 3.0, 1e4], 60),
    "one spike": np.r_[np.ones(150), 1e9, np.ones(49)],
    "growing": np.exp(np.arange(200) / 10),
}


def panel(*series, seasons=(7,)):
    frames = [
        pd.DataFrame({"unique_id": f"s{number}", "ds": np.arange(len(y)), "y": np.asarray(y, dtype=float)})
        for number, y in enumerate(series)
    ]
    return Panel(pd.concat(frames, ignore_index=True), STEP, seasons)


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", SERIES)
def test_awkward_series_are_forecast_finitely_and_scored(name, method):
    y = SERIES[name]
    config = CONFIG.replace(method=method)
    forecaster = fit(panel(y), config)
    forecast = forecaster.predict()
    assert np.isfinite(forecast.select_dtypes("number")).all(axis=None)
    assert (forecast["forecast-lo-95"] <= forecast["forecast"]).all()
    assert (forecast["forecast"] <= forecast["forecast-hi-95"]).all()
    again = Forecaster.from_bytes(forecaster.to_bytes())
    pd.testing.assert_frame_equal(again.predict().frame, forecast.frame, check_exact=True)
    backtest = evaluate(panel(y), config)
    assert backtest.verdict.text
    assert backtest.scores["methods"]["forecast"]["mae"] <= 10 * backtest.scores["methods"]["naive"]["mae"] + 1e-9 * (
        np.abs(y).max()
    )


@pytest.mark.slow
def test_all_of_them_at_once_share_a_network():
    forecast = fit(panel(*SERIES.values()), CONFIG.replace(method="best")).predict()
    assert np.isfinite(forecast.select_dtypes("number")).all(axis=None)
    constant = forecast.loc[forecast["unique_id"] == "s0", "forecast"]
    np.testing.assert_allclose(constant, 3.25, rtol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("cell", CELLS)
def test_forecasts_and_intervals_follow_a_linear_change_of_unit(cell, method):
    y = np.cumsum(np.random.default_rng(3).normal(size=220)) - 10 + 3 * np.sin(np.arange(220) * 2 * np.pi / 7)
    config = CONFIG.replace(cell=cell, method=method)
    base = fit(panel(y), config).predict().select_dtypes("number").to_numpy()[:, 1:]
    for scale, shift in ((1e9, 0.0), (1e-9, 0.0), (40.0, -1e3)):
        moved = fit(panel(scale * y + shift), config).predict().select_dtypes("number").to_numpy()[:, 1:]
        typical = scale * np.abs(np.diff(y)).mean()
        np.testing.assert_allclose((moved - shift) / scale, base, rtol=1e-3, atol=1e-2 * typical / scale)


def test_weights_that_are_no_longer_finite_end_the_training_with_the_best_ones_and_are_reported(monkeypatch):
    """In the middle of it, and in the training on everything as well, which holds nothing out."""
    original, calls = training._loss, []

    def breaks(*arguments):
        calls.append(1)
        loss, shown = original(*arguments)
        return loss * (np.nan if len(calls) in (4, 9) else 1.0), shown

    monkeypatch.setattr(training, "_loss", breaks)
    y = np.sin(np.arange(400) / 3) + 0.1 * np.random.default_rng(0).normal(size=400)
    forecaster = fit(panel(y), CONFIG.replace(epochs=8))
    assert "no longer finite" in forecaster.training["stopped"]
    assert np.isfinite(forecaster.predict().select_dtypes("number")).all(axis=None)
