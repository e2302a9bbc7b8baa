import itertools

import numpy as np
import pytest

from forecasting.config import ForecastConfig
from forecasting.evaluation.bounds import intervals
from forecasting.forecaster import fit
from forecasting.model.origins import Span
from tests.evaluation.members.test_pool import panel, weekly


@pytest.mark.parametrize("level", [50, 80, 95])
def test_intervals_hold_their_level_on_fresh_errors_of_any_shape(level):
    random = np.random.default_rng(0)
    held = []
    for _ in range(50):
        scores = random.gamma(2, 1, (120, 3)) - 1.0  # skewed
        table = intervals.calibrate(scores, 360)
        fresh = random.gamma(2, 1, (500, 3)) - 1.0
        low, high = intervals.bounds(np.zeros_like(fresh), np.ones_like(fresh), table, level)
        held.append(((fresh >= low) & (fresh <= high)).mean())
    assert np.mean(held) == pytest.approx(level / 100, abs=0.02)


def test_quantiles_never_cross_and_the_forecast_is_inside():
    table = intervals.calibrate(np.random.default_rng(1).normal(3, 1, (25, 4)), 25)
    assert (np.diff(table, axis=1) >= 0).all()
    central = np.zeros((1, 4))
    ends = [intervals.bounds(central, np.ones((1, 4)), table, level) for level in (50, 80, 95)]
    for (low, high), (lower, higher) in itertools.pairwise(ends):
        assert (lower <= low).all()
        assert (high <= higher).all()
        assert (low <= central).all()
        assert (central <= high).all()


def test_few_scores_give_wider_tails_than_they_saw():
    scores = np.linspace(-1, 1, 10)[:, None]
    low, high = intervals.bounds(np.zeros((1, 1)), np.ones((1, 1)), intervals.calibrate(scores, 10), 99)
    assert low[0, 0] < -1
    assert high[0, 0] > 1


@pytest.mark.slow
@pytest.mark.parametrize("origins", [45, 150])
@pytest.mark.parametrize("level", [80, 95])
def test_intervals_hold_their_level_when_the_errors_of_neighbouring_origins_overlap(origins, level):
    """Errors of a random walk, 14 steps ahead: each shares 13 of its 14 shocks with its neighbour's."""
    held = []
    for seed in range(150):
        walk = np.cumsum(np.random.default_rng(seed).normal(size=origins + 300))
        errors = np.stack([walk[h : h - 14] - walk[:-14] for h in range(1, 14)] + [walk[14:] - walk[:-14]], axis=1)
        spread = np.sqrt(np.arange(1, 15))
        scores = errors[: origins - 14] / spread
        table = intervals.calibrate(scores, -(-len(scores) // 14))
        fresh = errors[origins:]
        low, high = intervals.bounds(np.zeros_like(fresh), np.broadcast_to(spread, fresh.shape), table, level)
        held.append(((fresh >= low) & (fresh <= high)).mean())
    assert np.mean(held) == pytest.approx(level / 100, abs=0.05)


@pytest.mark.slow
def test_a_series_with_wild_errors_of_its_own_gets_wider_intervals():
    random = np.random.default_rng(0)
    calm = [weekly(300, seed, noise=0.2) for seed in range(4)]
    wild = weekly(300, 9, noise=0.2)
    wild[::9] += 3 * random.standard_t(3, size=len(wild[::9]))
    forecast = fit(panel(*calm, wild), ForecastConfig(horizon=5, window=14, hidden_size=8, epochs=3)).predict()
    width = (forecast["forecast-hi-80"] - forecast["forecast-lo-80"]).groupby(forecast["unique_id"]).mean()
    # In units of each series' own scale, wild is scaled by its larger naive error already: compare in plain units.
    assert width["s4"] > 1.5 * width[:4].max()


def test_a_series_is_as_wide_as_its_other_groups_say():
    """Scores of one series are three times those of the other, in two groups of three blocks."""
    origins = Span(np.array([1, 1]), np.array([12, 12])).origins(2)
    group = np.tile(np.repeat([0, 1], 6), 2)
    scores = np.where(origins.series == 0, 1.0, 3.0)[:, None] * np.ones(2)
    scaled, width = intervals.widths(scores, origins, group, 2)
    # Each over the mean of all, 2; the logarithms shrunk by six blocks, or three of the other group, beside two.
    assert width == pytest.approx([0.5 ** (6 / 8), 1.5 ** (6 / 8)])
    assert scaled[0, 0] == pytest.approx(1 / 0.5 ** (3 / 5))
    assert scaled[-1, 0] == pytest.approx(3 / 1.5 ** (3 / 5))
