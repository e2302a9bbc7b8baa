"""The sine wave: the classic setting lands where textbooks land, and every setting says what it does not accept."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any

import numpy as np
import pytest

from forecasting import sequences
from forecasting.errors import Cancelled, ConfigError
from forecasting.forecaster import Progress
from forecasting.sequences import RECIPES, SineConfig, run_sine, wave

QUICK = {"points": 200, "epochs": 2, "rollout": 5}


def test_the_classic_setting_is_the_default() -> None:
    assert dataclasses.asdict(SineConfig()) == {
        "period": 2 * math.pi,
        "amplitude": 1.0,
        "noise": 0.0,
        "points": 1000,
        "window": 10,
        "cell": "lstm",
        "num_layers": 1,
        "hidden_size": 32,
        "epochs": 50,
        "learning_rate": 0.01,
        "recipe": "classic",
        "rollout": 200,
        "seed": 0,
    }


@pytest.mark.slow
def test_the_classic_recipe_lands_where_textbooks_land() -> None:
    for seed in range(3):
        result = run_sine({"seed": seed})
        assert 1e-3 < result["test_mse"] < 1e-2
        assert result["parameters"] == 4 * 32 * (1 + 32 + 2) + 33  # four gates with two biases each, and the head


@pytest.mark.slow
def test_the_tidecast_recipe_reaches_a_millionth_on_the_same_network() -> None:
    for seed in range(3):
        result = run_sine({"seed": seed, "recipe": "tidecast"})
        assert result["test_mse"] <= 1e-6
        assert result["parameters"] == run_sine({**QUICK})["parameters"]


def test_what_is_predicted_is_the_last_fifth_in_time_order() -> None:
    result = run_sine(QUICK)
    x, y = wave(SineConfig(**QUICK))
    split = result["split"]
    assert split == 10 + int(0.8 * 190)
    assert result["test"]["x"] == x[split:].tolist()
    assert result["test"]["true"] == y[split:].tolist()
    assert result["test"]["naive"] == y[split - 1 : -1].tolist()
    predicted = np.array(result["test"]["predicted"])
    assert result["test_mse"] == pytest.approx(np.mean((predicted - y[split:]) ** 2))
    assert result["naive_mse"] == pytest.approx(np.mean(np.diff(y)[split - 1 :] ** 2))


def test_the_wave_has_the_period_amplitude_and_noise_asked_for() -> None:
    x, clean = wave(SineConfig(period=12.5, amplitude=3.0, points=401))
    assert (x[0], x[-1]) == (0.0, 50.0)
    np.testing.assert_allclose(clean[:301], clean[100:], atol=1e-12)  # 100 points are one period
    assert clean.max() == pytest.approx(3.0)
    _, noisy = wave(SineConfig(period=12.5, amplitude=3.0, points=401, noise=0.5))
    assert np.std(noisy - clean) == pytest.approx(0.5, rel=0.15)


def test_values_of_the_test_part_change_nothing_in_training(monkeypatch: pytest.MonkeyPatch) -> None:
    before = run_sine(QUICK)
    x, y = wave(SineConfig(**QUICK))
    y[before["split"] :] = 1e6
    monkeypatch.setattr(sequences, "wave", lambda config: (x, y))
    after = run_sine(QUICK)
    assert (after["losses"], after["scale"]) == (before["losses"], before["scale"])
    assert after["test"]["predicted"][0] == before["test"]["predicted"][0]
    assert after["test_losses"] != before["test_losses"]


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_roll_out_goes_on_from_its_own_predictions(recipe: str) -> None:
    short, long = (run_sine({**QUICK, "recipe": recipe, "rollout": steps})["rollout"] for steps in (3, 30))
    assert long["predicted"][:3] == short["predicted"]
    step = 50 / 199
    np.testing.assert_allclose(long["x"], 50 + step * np.arange(1, 31))
    np.testing.assert_allclose(long["true"], np.sin(long["x"]), atol=1e-12)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize("recipe", RECIPES)
def test_every_cell_learns_under_every_recipe(cell: str, recipe: str) -> None:
    result = run_sine({"points": 300, "epochs": 15, "cell": cell, "recipe": recipe, "num_layers": 2, "rollout": 1})
    assert len(result["losses"]) == len(result["test_losses"]) == 15
    assert result["losses"][-1] < 0.5 * result["losses"][0]


def test_the_same_seed_gives_the_same_result_and_leaves_the_callers_random_numbers_alone() -> None:
    import torch

    torch.manual_seed(7)
    expected = torch.rand(3).tolist()
    torch.manual_seed(7)
    first, again, other = (run_sine({**QUICK, "seed": seed, "noise": 0.1}) for seed in (1, 1, 2))
    assert torch.rand(3).tolist() == expected
    assert first["test"] == again["test"]
    assert first["test"] != other["test"]


def test_progress_counts_the_epochs_and_carries_the_losses() -> None:
    seen: list[Progress] = []
    result = run_sine({**QUICK, "epochs": 4}, seen.append)
    assert [progress.epoch for progress in seen] == [1, 2, 3, 4]
    assert [progress.fraction for progress in seen] == [0.25, 0.5, 0.75, 1.0]
    assert [progress.train_loss for progress in seen] == result["losses"]
    assert [progress.valid_loss for progress in seen] == result["test_losses"]


def test_progress_can_cancel() -> None:
    def stop(progress: Progress) -> None:
        if progress.epoch == 3:
            raise Cancelled("The run was cancelled.")

    with pytest.raises(Cancelled):
        run_sine(QUICK | {"epochs": 500}, stop)


def test_a_learning_rate_that_diverges_is_shown_as_what_it_is() -> None:
    result = run_sine({"points": 200, "learning_rate": 10.0, "cell": "rnn", "hidden_size": 64, "epochs": 20})
    assert json.loads(json.dumps(result, allow_nan=False)) == result
    assert result["losses"][-1] > result["losses"][0]
    assert result["diverged"]


@pytest.mark.parametrize(
    "config",
    [
        {"noise": 0.3},
        {"amplitude": 0.0, "noise": 1.0},
        {"amplitude": 1000.0},
        {"points": 50, "window": 38, "rollout": 0},
        {"rollout": 0},
        {"window": 1, "hidden_size": 1},
        {"period": 100.0},
        {"period": 0.5},
    ],
)
def test_odd_settings_train_and_the_result_is_json(config: dict[str, Any]) -> None:
    result = run_sine({"points": 120, "epochs": 2, **config})
    assert json.loads(json.dumps(result, allow_nan=False)) == result
    assert not result["diverged"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("period", 0.0),
        ("amplitude", -1.0),
        ("noise", float("nan")),
        ("points", 49),
        ("points", 100.0),
        ("window", 0),
        ("window", 800),
        ("cell", "LSTM"),
        ("num_layers", 5),
        ("hidden_size", 257),
        ("epochs", 0),
        ("epochs", True),
        ("learning_rate", float("inf")),
        ("recipe", "magic"),
        ("rollout", 5001),
        ("seed", -1),
        ("colour", "red"),
    ],
)
def test_a_wrong_setting_names_itself(field: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=field) as caught:
        SineConfig.from_dict({field: value})
    assert caught.value.field == field


def test_nothing_but_zeros_is_refused_with_an_offer() -> None:
    with pytest.raises(ConfigError, match="raise one of them") as caught:
        SineConfig(amplitude=0.0)
    assert caught.value.field == "amplitude"


def test_a_window_that_leaves_nothing_to_train_on_is_refused_with_what_fits() -> None:
    with pytest.raises(ConfigError, match="at most 78") as caught:
        SineConfig(points=100, window=79)
    assert caught.value.field == "window"
    assert run_sine({"points": 100, "window": 78, "epochs": 1, "rollout": 1})["split"] < 100
