"""Predictors: those of model files that earlier versions wrote, and of more series than fit into memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting import model_file
from forecasting.config import ForecastConfig
from forecasting.evaluation import sampling
from forecasting.evaluation.fit import fit
from forecasting.evaluation.predictor import ahead
from forecasting.forecaster import Forecaster
from forecasting.model.origins import Span
from tests.evaluation.members.test_pool import weekly

OLD = Path(__file__).with_name("old")  # a model file in the format 4, and its forecast
CONFIG = ForecastConfig(horizon=5, window=14, hidden_size=4, epochs=1, method="best")


def test_a_model_file_of_an_earlier_version_opens_and_forecasts_the_same() -> None:
    """With covariates, a pool, deviations of each series and a spread that follows the volatility."""
    forecaster = Forecaster.load(OLD / "forecaster.safetensors")
    expected = pd.read_csv(OLD / "forecast.csv", parse_dates=["ds"])
    forecast = forecaster.predict().frame
    assert forecast["unique_id"].tolist() == expected["unique_id"].tolist()
    assert forecast["ds"].tolist() == expected["ds"].tolist()
    numbers = [name for name in expected.columns if name not in ("unique_id", "ds")]
    np.testing.assert_allclose(forecast[numbers], expected[numbers], rtol=1e-4, atol=1e-3)
    before, after = (
        model_file.unpack(data) for data in ((OLD / "forecaster.safetensors").read_bytes(), forecaster.to_bytes())
    )
    assert after[1] == before[1]
    assert after[0].keys() == before[0].keys()
    for name, array in before[0].items():
        np.testing.assert_array_equal(after[0][name], array)


@pytest.mark.parametrize("anchor", ["auto", "constant"])
def test_series_that_were_not_trained_on_are_scaled_by_their_own_values(
    anchor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    series = [weekly(120 + 7 * seed, seed) for seed in range(8)]
    series[1] = 1e4 + 100 * series[1]  # neither the longest nor in an even place
    monkeypatch.setattr(sampling, "MOST_VALUES", 2000)
    predictor, _ = fit(series, (7,), CONFIG.replace(anchor=anchor, method="recurrent"))
    assert 1 not in sampling.sample(series, CONFIG)
    assert len(predictor.states) == len(predictor.width) == 8
    lengths = np.array([len(values) for values in series])
    forecast = ahead(predictor, series, Span(lengths, lengths)).forecast
    assert forecast[1].mean() == pytest.approx(series[1].mean(), rel=0.1)
    if anchor == "constant":
        state = predictor.states[1]
        assert (series[1].min() - state.centre) / state.scale == pytest.approx(-1)
        assert (series[1].max() - state.centre) / state.scale == pytest.approx(1)
