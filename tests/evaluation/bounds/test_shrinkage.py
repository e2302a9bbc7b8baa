"""How far a forecast may deviate from a naive one."""

import numpy as np
import pytest

from forecasting.config import ForecastConfig
from forecasting.evaluation.bounds.shrinkage import Shrinkage, shrinkage_factor
from forecasting.evaluation.fit import fit as fit_predictor
from forecasting.forecaster import evaluate, fit
from forecasting.model import scaling
from forecasting.model.origins import Origins
from tests.evaluation.members.test_pool import panel, weekly

CONFIG = ForecastConfig(horizon=5, window=14, hidden_size=8, epochs=3, folds=1, method="best")


def test_what_is_kept_grows_with_the_evidence():
    random = np.random.default_rng(0)
    reference = 1 + random.random(40)
    assert shrinkage_factor(reference, 0.5 * reference) > 0.99
    assert shrinkage_factor(reference, 1.5 * reference) == 0
    assert shrinkage_factor(reference, reference) == 1
    noise = random.normal(size=40)
    shares = [
        np.mean([shrinkage_factor(reference, reference - gain + 0.3 * random.permutation(noise)) for _ in range(50)])
        for gain in (0.0, 0.05, 0.1, 0.3)
    ]
    assert shares == sorted(shares)
    assert shares[0] < 0.25
    assert shares[-1] > 0.9


@pytest.mark.slow
def test_a_forecast_that_keeps_nothing_is_the_last_value_to_the_last_bit_and_gets_that_verdict():
    walk = np.cumsum(np.random.default_rng(4).normal(size=600)) + 3
    data = panel(walk, seasons=())
    forecaster = fit(data, CONFIG)
    if forecaster.training["shrink"]["share"] == 0:
        assert (forecaster.predict()["forecast"] == walk[-1]).all()
    backtest = evaluate(data, CONFIG.replace(folds=2))
    assert backtest.scores["shrink"] == [0.0, 0.0]
    assert (backtest["forecast"] == backtest["naive"]).all()
    assert backtest.verdict.key == "same"


def test_the_reference_of_a_seasonal_series_is_its_last_season():
    predictor, _ = fit_predictor([weekly(noise=0.01)], (7,), CONFIG.replace(method="recurrent"))
    assert predictor.shrinkage.period == 7


def test_a_shrunk_forecast_lies_by_its_factor_between_the_reference_and_the_forecast():
    y = np.arange(20.0) ** 1.5
    state = scaling.fit(y, (), False)
    origins = Origins.of(np.array([0]), np.array([12]), 3)
    scaled = np.array([[1.0, 2.0, 3.0]])
    for period, reference in ((1, y[[11, 11, 11]]), (4, y[[8, 9, 10]])):
        shrinkage = Shrinkage(factor=0.25, period=period, gain=0.0, blocks=9)
        expected = 0.75 * scaling.transform(reference, state) + 0.25 * scaled[0]
        np.testing.assert_allclose(shrinkage.apply(scaled, [y], [state], origins)[0], expected)
