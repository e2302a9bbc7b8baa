"""What the guided path says is so, of networks trained with the settings that its steps open."""

from __future__ import annotations

import math

import numpy as np
import pytest

from forecasting import evaluate, load_sample, suggest_config
from forecasting.labs.sequences import run_cells, run_cosine, run_sine
from pages.learn.path.steps import ANSWERS, STEPS

pytestmark = pytest.mark.slow(seconds=30)
VALUES = {step.name: dict(step.values) for step in STEPS}


def test_a_clean_sine_is_forecast_far_better_than_by_its_last_value() -> None:
    result = run_sine({**VALUES["next"], "rollout": 0})
    assert result["recipes"]["tidecast"]["test_mse"] < result["naive_mse"] / 10


def test_the_error_of_a_noisy_sine_ends_near_the_variance_of_the_noise() -> None:
    result = run_sine({**VALUES["noise"], "rollout": 0, "recipes": ["tidecast"]})
    assert result["recipes"]["tidecast"]["test_mse"] == pytest.approx(0.04, rel=0.4)


def test_a_network_that_begins_anew_errs_at_the_first_steps() -> None:
    errors = run_cosine(VALUES["cosine"])["ways"]["reset"]["error_by_position"]
    assert errors[0] == max(errors)
    assert errors[0] > 5 * errors[-1]


def test_gates_remember_what_a_simple_network_does_not() -> None:
    result = run_cells(VALUES["modules"])
    kept = {name: cell["test_mse"] / result["guess_mse"] for name, cell in result["cells"].items()}
    assert kept["lstm"] < 0.5
    assert kept["gru"] < 0.5
    assert kept["rnn"] > 0.8


def test_a_letter_of_27_costs_its_logarithm() -> None:
    assert math.log2(27) == pytest.approx(4.75, abs=0.01)


def test_nothing_forecasts_a_walk_better_than_its_last_value() -> None:
    panel = load_sample(str(VALUES["prices"]["sample"]))
    config = suggest_config(panel)[0].replace(method="recurrent", epochs=3, folds=1)
    low, high = evaluate(panel, config).scores["skill_interval"]
    assert low <= 0
    assert high < 0.2


def test_each_step_has_one_of_its_answers() -> None:
    assert {step.right for step in STEPS} <= set(ANSWERS)
    assert len({step.right for step in STEPS}) > 1
    assert np.unique([step.name for step in STEPS]).size == len(STEPS)
