"""Weights by inverse errors."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.model import weighting


def test_weights_are_the_inverse_power_of_errors_of_those_that_are_able() -> None:
    errors = np.array([[1.0, 2.0, 2.0], [3.0, 3.0, 1.0], [0.0, 0.0, 0.0]])  # of two deviations, then of none
    weights = weighting.by_errors(errors, np.array([True, True, True]), 12)
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    assert weights[0, 0] / weights[0, 1] == pytest.approx(2**12)
    assert weights[1].argmax() == 2
    assert weights[2].tolist() == [0, 0, 1]
    assert weighting.by_errors(errors, np.array([False, True, True]), 12)[0].tolist() == [0, 0.5, 0.5]


def test_logarithms_of_errors_give_the_same_weights() -> None:
    errors = np.random.default_rng(0).uniform(1, 3, (5, 4))
    relative = np.log(errors / errors.min(axis=1, keepdims=True))
    by_errors = weighting.by_errors(errors, np.ones(4, dtype=bool), 8)
    np.testing.assert_allclose(weighting.by_log_errors(relative, 8), by_errors, rtol=1e-9)


def test_weights_of_a_block_come_from_those_that_share_no_truth_with_it_where_there_are_any() -> None:
    errors = np.array([[1.0], [10.0], [100.0], [1000.0]])
    assert weighting.of_other_blocks(errors)[:, 0].tolist() == [1100, 1000, 1, 11]
    assert weighting.of_other_blocks(errors[:3])[:, 0].tolist() == [100, 101, 1]  # the middle one has only neighbours
    assert weighting.of_other_blocks(errors[:2])[:, 0].tolist() == [10, 1]
    assert weighting.of_other_blocks(errors[:1])[:, 0].tolist() == [1]
