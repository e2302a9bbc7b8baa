"""When a network has learned: how far its error is from that of guessing, towards what cannot be predicted."""

from __future__ import annotations

import math

import pytest

from forecasting.labs.learned import learning


@pytest.mark.parametrize(
    ("error", "guess", "floor", "how"),
    [
        (0.05, 0.5, 0.0, "learned"),
        (0.44, 0.5, 0.0, "learned"),  # 12 % of the way
        (0.46, 0.5, 0.0, "guessing"),  # 8 %
        (0.54, 0.5, 0.0, "guessing"),
        (0.57, 0.5, 0.0, "worse"),  # 114 % of guessing
        (4.01, 4.5, 4.0, "learned"),  # nearly all that the noise leaves, though but a ninth of the error
        (4.47, 4.5, 4.0, "guessing"),
        (3.9, 4.5, 4.0, "learned"),  # below the floor by chance
        (1.0, 1.0, 1.0, "noise"),
        (0.2, 1.0, 0.99, "noise"),
        (None, 1.0, 0.0, "worse"),
        (math.nan, 1.0, 0.0, "worse"),
        (math.inf, 1.0, 0.0, "worse"),
    ],
)
def test_a_network_has_learned_who_comes_a_tenth_of_the_way(
    error: float | None, guess: float, floor: float, how: str
) -> None:
    assert learning(error, guess, floor) == how
