"""Gaps as training takes them, over made-up series."""

from __future__ import annotations

import numpy as np

from forecasting.evaluation import filling


def with_gaps(values, share, seed=0, hole=()):
    """(The values with the last one repeated in gaps, which were measured)"""
    measured = np.random.default_rng(seed).random(len(values)) >= share
    measured[list(hole)] = False
    measured[0] = True
    last = np.maximum.accumulate(np.where(measured, np.arange(len(values)), 0))
    return values[last], measured


def test_gaps_of_seasonal_series_keep_the_season() -> None:
    truth = 200 + 60.0 * (np.arange(400) % 7 >= 5) + np.random.default_rng(1).normal(0, 3, 400)
    values, measured = with_gaps(truth, 0.35, hole=range(200, 320))
    (found,) = filling.filled([values], [measured], (7, 365), np.array([400]))
    np.testing.assert_array_equal(found[measured], values[measured])
    missing = ~measured
    missing[:40] = False  # too early to know the season
    assert np.abs(found - truth)[missing].mean() < 5 < np.abs(values - truth)[missing].mean()


def test_gaps_of_a_walk_keep_the_last_value() -> None:
    walk = 100 + np.cumsum(np.random.default_rng(2).normal(size=500))
    values, measured = with_gaps(walk, 0.1)
    (found,) = filling.filled([values], [measured], (5,), np.array([500]))
    np.testing.assert_array_equal(found, values)


def test_nothing_after_a_step_is_used_for_it() -> None:
    truth = 200 + 60.0 * (np.arange(300) % 7 >= 5) + np.random.default_rng(3).normal(0, 3, 300)
    values, measured = with_gaps(truth, 0.3)
    other = np.where(np.arange(300) < 200, values, -1e3)
    ends = np.array([200])
    before, after = (filling.filled([y], [measured], (7,), ends)[0] for y in (values, other))
    np.testing.assert_array_equal(before[:200], after[:200])
