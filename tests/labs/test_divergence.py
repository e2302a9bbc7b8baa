"""When a training counts as diverged: by a loss out of reach or senseless weights, wherever it ends."""

from __future__ import annotations

import math
from typing import Any

import pytest

from forecasting.labs.divergence import divergence


def diverged(losses: list[float], **about: Any) -> dict[str, Any] | None:
    return divergence(losses, **{"guess": 0.2, "learning_rate": 0.5, "largest_weight": 3.0, **about})


@pytest.mark.parametrize("bad", [150.0, math.inf, math.nan])
def test_a_loss_that_was_out_of_reach_once_has_diverged_at_that_step(bad: float) -> None:
    assert diverged([1.0, 0.9, bad, 0.1, 0.01]) == {"step": 3, "learning_rate": 0.01}
    assert diverged([1.0, 0.9], after=bad) == {"step": 3, "learning_rate": 0.01}


@pytest.mark.parametrize("bad", [math.inf, math.nan])
def test_a_first_loss_that_is_no_number_has_diverged_at_the_first_step(bad: float) -> None:
    assert diverged([bad, 0.9]) == {"step": 1, "learning_rate": 0.01}


def test_a_loss_that_ends_above_the_start_has_diverged_from_the_step_after_which_it_stays_there() -> None:
    assert diverged([1.0, 0.5, 3.0, 0.9, 7.0, 8.0, 9.0]) == {"step": 5, "learning_rate": 0.01}
    assert diverged([1.0, 2.0]) == {"step": 2, "learning_rate": 0.01}


def test_weights_beyond_any_sensible_value_have_diverged_even_where_the_loss_is_small() -> None:
    assert diverged([1.0, 0.1], largest_weight=101.0) == {"step": None, "learning_rate": 0.01}
    assert diverged([1.0, 0.1], largest_weight=math.nan) == {"step": None, "learning_rate": 0.01}


def test_what_is_no_divergence() -> None:
    assert diverged([1.0, 50.0, 0.2]) is None  # the first steps overshot
    assert diverged([1.0, 1.2]) is None  # the jitter of batches
    assert diverged([1e-6, 1e-3]) is None  # still far better than guessing
    assert diverged([0.0, 0.0], guess=0.0) is None  # nothing to learn


def test_the_threshold_the_steps_and_the_highest_rate_can_be_given() -> None:
    bits = diverged([2.0, 50.0, 1.4], far=10.0, steps=[5, 10, 20], learning_rate=10.0, highest_rate=0.1)
    assert bits == {"step": 10, "learning_rate": 0.1}
    assert diverged([1.0, 500.0], learning_rate=0.02) == {"step": 2, "learning_rate": 0.002}
