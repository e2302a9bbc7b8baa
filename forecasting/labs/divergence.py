"""When a training has diverged: its loss rose out of reach, or its weights or errors ended beyond any sensible value.

Where such a training ends is chance: a loss that rose a thousandfold may come back to that of guessing or stay above
it, and rounding, which differs between processors, decides which. Both have diverged.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

FAR = 10.0  # times the loss at the start, for losses in bits
FAR_SQUARED = FAR**2  # the same for squared errors; an overshoot of the first steps stays below
ABOVE = 1.5  # times the loss at the start, at the end
LARGEST_WEIGHT = 100.0  # weights of trained networks stay below about 20
HOPELESS = 1e6  # times the first loss: it will not come back
HIGHEST_RATE = 0.01  # that is offered


def divergence(
    losses: Sequence[float],
    *,
    guess: float,
    learning_rate: float,
    largest_weight: float,
    after: float | None = None,
    steps: Sequence[int] | None = None,
    far: float = FAR_SQUARED,
    highest_rate: float = HIGHEST_RATE,
) -> dict[str, Any] | None:
    """{step, learning_rate} of a training that diverged, wherever it ended; None of one that did not.

    losses: of the training steps, or at `steps`, each before the weights move. guess: the loss of a constant answer.
    after: a loss after the last step. far: how many times the larger of the first loss and `guess` is out of reach.

    step: the first with a loss out of reach; where none is, the first from which on the loss stayed above the start
    until the end; None where only the weights say it. learning_rate: one to try, `highest_rate` at most.
    """
    numbers = [*(steps or range(1, len(losses) + 1))]
    start = max(losses[0], guess)
    reached = [*zip(numbers, losses, strict=True), *([] if after is None else [(numbers[-1] + 1, after)])]
    gone = [step for step, loss in reached if not (math.isfinite(loss) and loss <= far * start)]
    rate = {"learning_rate": min(highest_rate, float(f"{learning_rate / 10:.1g}"))}
    if gone:
        return {"step": gone[0], **rate}
    if float(np.median(losses[-max(1, len(losses) // 20) :])) > ABOVE * start:
        below = [place for place, loss in enumerate(losses) if loss <= start]
        return {"step": numbers[below[-1] + 1 if below else 0], **rate}
    if not largest_weight <= LARGEST_WEIGHT:
        return {"step": None, **rate}
    return None


def hopeless(loss: float, first: float) -> bool:
    """Whether a training is not worth another step."""
    return not loss <= HOPELESS * first
