"""What a task allows: the error of the best constant answer, and that of one who knows everything but the noise.

Both are measured on the values that the networks are scored on. The variance of the noise is what to expect of it, and
a score may lie below that by chance; the noise that there really was is what it can be compared with.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from forecasting.labs.json_values import Values
from forecasting.labs.sequences.multi_step import TRAIN_POINTS, RolloutConfig, clean_wave, noisy_wave
from forecasting.labs.sequences.sine_recipes import SineConfig, clean, wave


def sine_limits(result: Mapping[str, Any]) -> tuple[float, float]:
    """(guess, noise) of a `run_sine` result: mean squared errors on its test part, of always answering the mean of the
    training part, and of the noise that the test part has."""
    config, split = SineConfig.from_dict(result["config"]), int(result["split"])
    x, y = wave(config)
    guess = float(np.mean((y[split:] - y[:split].mean()) ** 2))
    return guess, float(np.mean((y[split:] - clean(x[split:], config)) ** 2))


def rollout_limits(config: RolloutConfig) -> tuple[float, Values]:
    """(guess, noise [F]) of `run_rollout`: root mean squared errors over its test origins, of always answering the mean
    of the training part, and by step ahead of the noise that those values have."""
    y = noisy_wave(config)
    guess = float(np.sqrt(np.mean((y[TRAIN_POINTS:] - y[:TRAIN_POINTS].mean()) ** 2)))
    noise = np.lib.stride_tricks.sliding_window_view(y - clean_wave(), config.window + config.future)[TRAIN_POINTS:]
    by_step: Values = np.sqrt(np.mean(noise[:, config.window :] ** 2, axis=0))
    return guess, by_step
