"""What the pages of the labs share: findings and the warning of networks that diverged."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from forecasting.labs.sequences import RolloutConfig, SineConfig
from pages.learn.sequence_lab import cells_tab, cosine_tab, marker_tab, rollout_tab
from pages.learn.sine_wave import sine_result
from pages.shared.i18n import chart_words


def _warnings() -> None:
    from pages.learn import parts

    parts.diverged({"First": {"step": 1234, "learning_rate": 0.01}, "Second": None}, "sine")
    parts.diverged({"Third": {"step": None, "learning_rate": 0.002}}, "sine")
    parts.diverged({"Fourth": True, "Fifth": False}, "pair")  # as results of earlier versions have it
    parts.diverged({"Sixth": None}, "text")


@pytest.mark.slow
def test_each_network_that_diverged_is_named_with_its_step_and_a_rate_to_try() -> None:
    first, second, third = (warning.value for warning in AppTest.from_function(_warnings).run().warning)
    assert first.startswith("**First** diverged at step 1,234. ")
    assert "Try a learning rate of 0.01." in first
    assert "Second" not in first
    assert second.startswith("**Third** diverged: its weights")
    assert "0.002" in second
    assert third.startswith("**Fourth** diverged: its weights")
    assert "Fifth" not in third


@pytest.mark.parametrize(("tab", "networks"), [(cosine_tab, "ways"), (rollout_tab, "methods"), (marker_tab, "readers")])
def test_there_are_no_findings_where_a_network_diverged(tab: ModuleType, networks: str) -> None:
    result = {networks: {"one": {"diverged": None}, "other": {"diverged": {"step": 3, "learning_rate": 0.01}}}}
    assert tab._findings(result) == []


def _way(error: float) -> dict[str, Any]:
    return {"diverged": None, "mse": error**2, "error_by_position": [error] * 10}


def _reader(error: float) -> dict[str, Any]:
    return {"diverged": None, "rmse_before": error, "rmse_after": error}


def _method(error: float) -> dict[str, Any]:
    return {"diverged": None, "rmse": [error] * 5}


ROLLOUT = {"config": RolloutConfig(future=5, noise=0.0).to_dict(), "naive_rmse": [0.2] * 5}
MARKER = {"guess_rmse": 0.58, "attention": {"weights": [[0.9, 0.1]], "positions": [0]}}
COSINE = {"config": {"chunk": 10}}


@pytest.mark.parametrize(
    ("tab", "result"),
    [
        (cosine_tab, {**COSINE, "ways": {"carried": _way(0.71), "reset": _way(0.3)}}),
        (rollout_tab, {**ROLLOUT, "methods": {"one-step": _method(0.53), "direct": _method(0.1)}}),
        (marker_tab, {**MARKER, "readers": {"lstm": _reader(0.57), "bilstm": _reader(0.1), "attention": _reader(0.1)}}),
    ],
)
def test_of_a_network_that_learned_nothing_only_that_is_said(tab: ModuleType, result: dict[str, Any]) -> None:
    (said,) = tab._findings(result)
    assert "no better than guessing" in said


def test_fourteen_percent_more_than_guessing_is_worse_than_guessing() -> None:
    gradient = {"before": [1e-3]}
    cells = {
        cell: {"test_mse": share / 3, "diverged": None, "gradient": gradient}
        for cell, share in (("rnn", 1.14), ("lstm", 1.02), ("gru", 0.05))
    }
    result = {"cells": cells, "guess_mse": 1 / 3, "config": {"lag": 30}}
    learned, guessing, worse, _ = cells_tab._findings(result, chart_words())
    assert learned.startswith("GRU: learned")
    assert guessing.startswith("LSTM: no better than guessing")
    assert worse.startswith("RNN: worse than guessing")
    cells["rnn"]["diverged"] = {"step": 3, "learning_rate": 0.01}
    assert [said[:3] for said in cells_tab._findings(result, chart_words())] == [
        "GRU",
        "LST",
    ]  # and of gradients nothing


def test_a_state_that_is_carried_and_no_better_after_the_first_point_is_explained() -> None:
    carried = {"diverged": None, "mse": 0.01, "error_by_position": [0.01] + [0.1] * 9}
    reset = {"diverged": None, "mse": 0.1, "error_by_position": [1.0] + [0.01] * 9}
    said = cosine_tab._findings({**COSINE, "ways": {"carried": carried, "reset": reset}})
    assert "At the other points carrying on is no better" in said[-1]
    better = {"diverged": None, "mse": 1e-5, "error_by_position": [0.003] * 10}
    assert len(cosine_tab._findings({**COSINE, "ways": {"carried": better, "reset": reset}})) == 2


def _sine(classic: float, tidecast: float, noise: float, phase: dict[str, Any] | None = None) -> list[str]:
    recipes = {
        name: {"test_mse": error, "diverged": None, "phase": phase, "changes": []}
        for name, error in (("classic", classic), ("tidecast", tidecast))
    }
    config = SineConfig(points=200, noise=noise, seed=3).to_dict()
    result = {"config": config, "split": 162, "recipes": recipes, "naive_mse": 0.5}
    return sine_result._findings(result, chart_words())


def test_the_noise_that_there_was_is_the_bound_and_below_it_is_luck() -> None:
    noise = 0.2 * np.random.default_rng(3).normal(0.0, 1.0, 200)[162:]
    there_was = float(np.mean(noise**2))
    said = _sine(1.5 * there_was, 0.9 * there_was, 0.2)
    (bound,) = (one for one in said if "really has" in one)
    assert f"{there_was:.3g}" in bound
    assert "Classic is at 1.5 times" in bound
    assert "Tidecast at 0.9 times" in bound
    assert "luck" in said[said.index(bound) + 1]
    assert not any("luck" in one for one in _sine(1.5 * there_was, 1.1 * there_was, 0.2))


def test_a_roll_out_that_swings_far_beyond_the_wave_keeps_no_amplitude_and_has_no_phase() -> None:
    phase = {"steps": [25, 26, 27], "degrees": [1.0, 2.0, 3.0], "amplitude": [1.0, 1.2, 4.06], "faded": None}
    said = _sine(1e-3, 1e-4, 0.0, phase)
    assert sum("runs away: after 27 steps" in one for one in said) == 2
    assert not any("406 %" in one or "ahead" in one for one in said)


def test_where_all_is_noise_nothing_is_said_to_be_learned() -> None:
    recipes = {"classic": {"test_mse": 1.0, "diverged": None, "phase": None, "changes": []}}
    config = SineConfig(points=200, amplitude=0.0, noise=1.0).to_dict()
    (said,) = sine_result._findings(
        {"config": config, "split": 162, "recipes": recipes, "naive_mse": 2.0}, chart_words()
    )
    assert "nothing to learn" in said
