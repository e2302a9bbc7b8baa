"""Intervals that lean on the pretrained network where few errors are held out."""

import itertools
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from forecasting.config import ForecastConfig
from forecasting.evaluation.members import zero_shot
from forecasting.forecaster import Forecaster, fit
from forecasting.messages import Message
from forecasting.model.origins import Span
from forecasting.model.pretrained import predict, weights
from forecasting.model.pretrained.network import LEVELS
from tests.evaluation.members.test_zero_shot import panel, values

CONFIG = ForecastConfig(horizon=5, window=14, hidden_size=8, epochs=2, folds=1)
NORMAL = np.array([NormalDist().inv_cdf(level) for level in LEVELS])


@pytest.fixture
def spread(monkeypatch):
    """Sets how wide the quantiles of the network are: those of a normal distribution about 20."""
    monkeypatch.setattr(weights, "shipped", lambda: weights.Shipped(object()))

    def set_to(deviation):
        def quantiles(_, contexts, seasons, horizon):
            return np.tile(20 + deviation * NORMAL, (len(contexts), horizon, 1))

        monkeypatch.setattr(predict, "quantiles", quantiles)

    return set_to


def width(forecaster, level=80):
    frame = forecaster.predict((level,)).frame
    return (frame[f"forecast-hi-{level}"] - frame[f"forecast-lo-{level}"]).to_numpy()


@pytest.mark.slow
@pytest.mark.parametrize("method", ["recurrent", "best"])
@pytest.mark.parametrize("length", [22, 90])  # without a network of the fit, and with one
def test_where_the_pretrained_network_is_less_certain_intervals_are_wider(spread, method, length):
    series, config = panel(values(length), values(length, 1)), CONFIG.replace(method=method)
    wide = []
    for deviation in (0.5, 1.5):
        spread(deviation)
        forecaster = fit(series, config)
        frame = forecaster.predict().frame
        assert (frame["forecast-lo-80"] <= frame["forecast"]).all()
        assert (frame["forecast"] <= frame["forecast-hi-80"]).all()
        wide.append(width(forecaster).mean())
    lean = forecaster._predictor.lean
    assert Message("pretrained.lean", percent=round(100 * lean)) in forecaster.training["notes"]
    assert wide[1] - wide[0] == pytest.approx(lean * 2 * NORMAL[LEVELS.index(0.9)], rel=0.5)  # other limits are near


@pytest.mark.slow
def test_without_the_weights_a_stored_forecaster_has_the_widths_of_its_errors(spread, monkeypatch, tmp_path):
    spread(3.0)
    forecaster = fit(panel(values(90)), CONFIG)
    forecaster.save(tmp_path / "model")
    again = Forecaster.load(tmp_path / "model")
    pd.testing.assert_frame_equal(again.predict().frame, forecaster.predict().frame)
    before = width(again)
    monkeypatch.setattr(weights, "shipped", lambda: weights.Shipped(None))
    assert (width(again) < before).all()


def test_they_lean_the_less_the_more_blocks_each_series_has_and_not_where_series_are_long(spread):
    def lean(length, horizon, count=1):
        ends = np.full(count, length - horizon)
        origins = Span(ends // 2 + 1, ends).origins(horizon)
        return zero_shot.lean([values(length)] * count, origins, horizon)

    spread(1.0)
    assert lean(30, 10) == lean(30, 10, count=5) == zero_shot.LEAN / (zero_shot.LEAN + 1)
    assert lean(200, 1) < 0.02 < lean(200, 20) < lean(40, 10)
    assert lean(zero_shot.LONGEST + 1, 20) == 0
    assert zero_shot.lean([values(20)], Span(np.array([21]), np.array([20])).origins(21), 21) == 0  # never tested


def test_without_the_weights_nothing_leans(monkeypatch):
    monkeypatch.setattr(weights, "shipped", lambda: weights.Shipped(None))
    assert zero_shot.lean([values(40)], Span(np.array([20]), np.array([30])).origins(5), 5) == 0


@pytest.mark.parametrize("level", [20, 50, 80, 90, 95, 99])
def test_the_quantiles_of_a_normal_distribution_give_its_intervals_at_any_level(level):
    below, above = zero_shot.distances(np.tile(3 + 2 * NORMAL, (4, 6, 1)), level)
    expected = np.full((4, 6), 2 * NormalDist().inv_cdf(0.5 + level / 200))
    np.testing.assert_allclose(below, expected)
    np.testing.assert_allclose(above, expected)


def test_intervals_of_any_quantiles_are_nested_and_lean_as_these_do():
    random = np.random.default_rng(0)
    quantiles = np.cumsum(random.gamma(1, 1, (5, 3, len(LEVELS))), axis=2)
    every = [zero_shot.distances(quantiles, level) for level in (10, 30, 60, 80, 95, 99)]
    for inner, outer in itertools.pairwise(every):
        assert all((one < other).all() for one, other in zip(inner, outer, strict=True))
    below, above = zero_shot.distances(quantiles, 95)
    np.testing.assert_allclose(below, quantiles[:, :, 4] - quantiles[:, :, 0])
    np.testing.assert_allclose(above, quantiles[:, :, 8] - quantiles[:, :, 4])
