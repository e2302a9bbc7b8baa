"""What is nothing is called nothing, what is something is found: the seeds are the evidence."""

import numpy as np
import pandas as pd
import pytest

from forecasting.config import ForecastConfig
from forecasting.forecaster import evaluate, suggest_config
from forecasting.panel import STEP, Panel

SEEDS = 20


def panel(y, seasons=()):
    return Panel(pd.DataFrame({"unique_id": "a", "ds": np.arange(len(y)), "y": y}), STEP, seasons)


def verdicts(make, seasons, **changes):
    found = []
    for seed in range(SEEDS):
        data = panel(make(np.random.default_rng(seed)), seasons)
        config, _ = suggest_config(data)
        found.append(evaluate(data, config.replace(**changes)))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("method", ["recurrent", "best"])
def test_random_walks_are_called_random_walks(method):
    found = verdicts(lambda random: np.cumsum(random.normal(size=600)), (), method=method, epochs=8, horizon=10)
    assert sum(one.verdict.key == "same" for one in found) >= 0.9 * SEEDS
    # and nothing is lost by having tried
    ratio = [one.scores["methods"]["forecast"]["mae"] / one.scores["methods"]["naive"]["mae"] for one in found]
    assert np.mean(ratio) < 1.01


@pytest.mark.slow
def test_a_seasonal_signal_is_found_skilful():
    season = np.tile(10 * np.sin(2 * np.pi * np.arange(7) / 7), 100)[:600]
    found = verdicts(lambda random: season + 4 * random.normal(size=600), (7,), epochs=8, horizon=7)
    assert sum(one.verdict.grade == "better" for one in found) >= 0.95 * SEEDS


def test_the_direction_has_a_band_that_a_coin_stays_in():
    config = ForecastConfig(horizon=5, window=10, hidden_size=4, epochs=1, folds=1)
    trend = evaluate(panel(np.arange(300.0) + np.random.default_rng(0).normal(size=300)), config).scores["direction"]
    assert trend["right"] == 1.0
    assert trend["right"] > 0.5 + trend["band"]
    assert trend["throws"] == pytest.approx(56 / 5, abs=1)
    assert trend["band"] == pytest.approx(0.98 / np.sqrt(trend["throws"]))


def test_a_forecast_that_repeats_the_last_value_tells_no_direction():
    walk = np.cumsum(np.random.default_rng(3).normal(size=600))
    found = evaluate(panel(walk), ForecastConfig(horizon=5, window=10, hidden_size=4, epochs=1, folds=1))
    assert found.scores["shrink"] == [0.0]
    assert found.scores["direction"] is None
