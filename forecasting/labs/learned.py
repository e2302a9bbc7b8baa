"""Whether a network has learned anything: its error between that of guessing and that of what cannot be predicted."""

from __future__ import annotations

import math
from typing import Literal

Learning = Literal["learned", "guessing", "worse", "noise"]

LEAST = 0.1  # share of what can be learned that has to be, to say more of a network than that it is untrained
LEAST_SIGNAL = 0.02  # share of the error of guessing: where less can be learned, the data do not tell who has


def learning(error: float | None, guess: float, floor: float = 0.0) -> Learning:
    """What a network has made of its task: of three mean squared errors (or bits) on the same data.

    error: of the network; None or not finite where it has none. guess: of the best constant answer. floor: of one who
    knows all but the noise.

    "learned": at least a tenth of the way from guess to floor. "worse": as far away on the other side, or without an
    error. "guessing": between the two. "noise": there is nothing to learn.
    """
    if not guess - floor > LEAST_SIGNAL * guess:
        return "noise"
    if error is None or not math.isfinite(error):
        return "worse"
    share = (guess - error) / (guess - floor)
    return "learned" if share >= LEAST else "worse" if share <= -LEAST else "guessing"
