import numpy as np
import pandas as pd
import pytest
import utilsforecast.losses as oracle

from forecasting.evaluation.backtests import metrics


@pytest.fixture
def cells():
    random = np.random.default_rng(0)
    truth = random.normal(5, 3, (40, 6))
    return truth, truth + random.normal(0, 1, truth.shape)


def frame(truth, forecast, **more):
    return pd.DataFrame({"unique_id": "a", "ds": range(truth.size), "y": truth.ravel(), "m": forecast.ravel(), **more})


@pytest.mark.parametrize(("name", "factor"), [("mae", 1), ("rmse", 1), ("smape", 200)])
def test_point_scores_agree_with_utilsforecast(cells, name, factor):
    truth, forecast = cells
    expected = getattr(oracle, name)(frame(truth, forecast), models=["m"])["m"].item() * factor
    assert getattr(metrics, name)(truth, forecast) == pytest.approx(expected)


def test_mase_agrees_with_utilsforecast(cells):
    truth, forecast = cells
    train = np.random.default_rng(1).normal(size=100)
    history = pd.DataFrame({"unique_id": "a", "ds": range(100), "y": train})
    expected = oracle.mase(frame(truth, forecast), models=["m"], seasonality=7, train_df=history)["m"].item()
    scale = np.full(len(truth), metrics.naive_scale(train, 7))
    assert metrics.mase(truth, forecast, scale) == pytest.approx(expected)


def test_coverage_and_interval_score_agree_with_a_slow_loop(cells):
    truth, forecast = cells
    low, high = forecast - 1, forecast + 0.5
    scale = np.linspace(1, 2, len(truth))
    inside, score = 0, 0.0
    for o in range(truth.shape[0]):
        for h in range(truth.shape[1]):
            y, a, b = truth[o, h], low[o, h], high[o, h]
            inside += a <= y <= b
            score += ((b - a) + 40 * max(a - y, 0) + 40 * max(y - b, 0)) / scale[o]
    assert metrics.coverage(truth, low, high) == pytest.approx(inside / truth.size)
    assert metrics.interval_score(truth, low, high, scale, 95) == pytest.approx(score / truth.size)


def test_smape_of_two_zeros_is_zero():
    assert metrics.smape(np.zeros((1, 3)), np.zeros((1, 3))) == 0


@pytest.mark.parametrize("origins", [70, 400])
def test_the_skill_interval_holds_its_level_on_overlapping_errors(origins):
    """Errors of neighbouring origins overlap; an interval that ignored it would hold far less often than 95 %."""
    held = 0
    for seed in range(200):
        noise = np.random.default_rng(seed).normal(size=(2, origins + 13))
        window = np.ones(14) / 14
        errors, reference = (1 + 0.5 * np.convolve(row, window, "valid") for row in noise)
        low, high = metrics.skill_interval(errors, reference, horizon=14)
        held += low <= 0 <= high
    assert held >= 0.9 * 200


def test_too_few_origins_say_nothing():
    assert metrics.skill_interval(np.ones(5), np.ones(5), horizon=3) == (-np.inf, np.inf)


def test_the_skill_interval_is_finite_where_the_reference_is_mostly_exact():
    reference = np.zeros(200)
    reference[:20] = 1.0
    low, high = metrics.skill_interval(np.full(200, 0.01), reference, horizon=5)
    assert -10 < low <= 1 - 0.1 <= high < 10
