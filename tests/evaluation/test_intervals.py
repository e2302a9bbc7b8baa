import itertools

import numpy as np
import pytest

from forecasting.evaluation import intervals


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
