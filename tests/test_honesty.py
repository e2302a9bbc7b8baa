"""Random walks get the verdict that they are random walks, clear seasons the verdict of skill: over many seeds."""

import numpy as np
import pandas as pd
import pytest

from forecasting.forecaster import evaluate, suggest_config
from forecasting.panel import STEP, Panel

SEEDS = 20
SUGGESTED = 4  # of them with a network of the size that is suggested, which takes three times as long


def panel(y, seasons=()):
    return Panel(pd.DataFrame({"unique_id": "a", "ds": np.arange(len(y)), "y": y}), STEP, seasons)


def verdicts(make, seasons, **changes):
    backtests = []
    for seed in range(SEEDS):
        data = panel(make(np.random.default_rng(seed)), seasons)
        config, _ = suggest_config(data)
        if seed >= SUGGESTED:
            config = config.replace(hidden_size=16, folds=2)  # shrinkage decides; the origins are the same
        backtests.append(evaluate(data, config.replace(**changes)))
    return backtests


@pytest.mark.slow(seconds=30)
@pytest.mark.parametrize("method", ["recurrent", "best"])
def test_random_walks_are_called_random_walks(method):
    backtests = verdicts(lambda random: np.cumsum(random.normal(size=600)), (), method=method, epochs=8, horizon=10)
    assert sum(one.verdict.key == "same" for one in backtests) >= 0.9 * SEEDS
    # and nothing is lost by having tried
    ratio = [one.scores["methods"]["forecast"]["mae"] / one.scores["methods"]["naive"]["mae"] for one in backtests]
    assert np.mean(ratio) < 1.01


@pytest.mark.slow(seconds=50)
def test_a_seasonal_signal_is_found_skilful():
    season = np.tile(10 * np.sin(2 * np.pi * np.arange(7) / 7), 100)[:600]
    backtests = verdicts(lambda random: season + 4 * random.normal(size=600), (7,), epochs=8, horizon=7)
    assert sum(one.verdict.grade == "better" for one in backtests) >= 0.95 * SEEDS
