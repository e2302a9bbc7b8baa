"""What a task allows, against slow loops over the values themselves."""

from __future__ import annotations

import math

import numpy as np
import pytest

from forecasting.labs.sequences import RolloutConfig, SineConfig, rollout_limits, sine_limits, wave
from forecasting.labs.sequences.multi_step import noisy_wave


def test_the_noise_of_a_sine_is_what_its_test_part_has_and_guessing_is_the_mean_of_the_training() -> None:
    config = SineConfig(points=300, noise=0.3, trend=0.02, second_amplitude=0.5, seed=4)
    x, y = wave(config)
    guess, noise = sine_limits({"config": config.to_dict(), "split": 242})
    mean = sum(y[:242]) / 242
    assert guess == pytest.approx(sum((value - mean) ** 2 for value in y[242:]) / 58)
    true = [math.sin(at) + 0.5 * math.sin(math.pi * at) + 0.02 * at for at in x]
    assert noise == pytest.approx(sum((y[at] - true[at]) ** 2 for at in range(242, 300)) / 58)
    assert noise == pytest.approx(0.09, rel=0.5)  # near the variance, and not it
    assert noise != 0.09


def test_the_noise_ahead_is_what_the_values_have_that_each_step_is_scored_on() -> None:
    config = RolloutConfig(window=5, future=3, noise=0.2, seed=1)
    y = noisy_wave(config)
    guess, noise = rollout_limits(config)
    true = [(math.sin(0.2 * at) + 0.5 * math.sin(0.46 * at)) / 1.5 for at in range(1500)]
    for step in range(3):
        scored = range(1000 + 5 + step, 1500 - 2 + step)
        assert noise[step] == pytest.approx(math.sqrt(np.mean([(y[at] - true[at]) ** 2 for at in scored])))
    assert guess == pytest.approx(math.sqrt(np.mean((y[1000:] - sum(y[:1000]) / 1000) ** 2)))
