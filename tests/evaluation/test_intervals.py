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
        table = intervals.calibrate(scores)
        fresh = random.gamma(2, 1, (500, 3)) - 1.0
        low, high = intervals.bounds(np.zeros_like(fresh), np.ones_like(fresh), table, level)
        held.append(((fresh >= low) & (fresh <= high)).mean())
    assert np.mean(held) == pytest.approx(level / 100, abs=0.02)


def test_quantiles_never_cross_and_the_forecast_is_inside():
    table = intervals.calibrate(np.random.default_rng(1).normal(3, 1, (25, 4)))
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
    low, high = intervals.bounds(np.zeros((1, 1)), np.ones((1, 1)), intervals.calibrate(scores), 99)
    assert low[0, 0] < -1
    assert high[0, 0] > 1
