"""How fast this machine computes now: a burst of some twenty milliseconds, of the kind that trainings are made of."""

from __future__ import annotations

import time

import numpy as np

REFERENCE = 0.0227  # processor seconds of a burst on the machine that the prices of `forecasting.work` are of
STEPS = 2000


def burst() -> tuple[float, float]:
    """(processor seconds for a reference second, seconds by the clock for a processor second)."""
    random = np.random.default_rng(0)
    weights = random.normal(0, 0.1, (64, 256)).astype(np.float32)
    state = np.zeros((8, 64), dtype=np.float32)
    began, used = time.monotonic(), time.thread_time()
    for _ in range(STEPS):
        gates = np.tanh(state @ weights + 0.1)
        state = gates[:, :64] * gates[:, 64:128] + gates[:, 128:192] * gates[:, 192:]
    took, used = time.monotonic() - began, time.thread_time() - used
    return used / REFERENCE, max(1.0, took / max(used, 1e-6))
