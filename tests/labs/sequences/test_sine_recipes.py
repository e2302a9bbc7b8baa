"""The sine wave: the classic setting gives the results of textbooks, and every setting is checked."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from forecasting.errors import ConfigError
from forecasting.labs.sequences import CELLS, RECIPES, SineConfig, effects, run_sine, sine_recipes, wave
from forecasting.progress import Progress

QUICK = {"points": 200, "epochs": 2, "rollout": 5}


def test_the_classic_setting_is_the_default() -> None:
    assert SineConfig().to_dict() == {
        "period": 2 * math.pi,
        "amplitude": 1.0,
        "second_period": 2.0,
        "second_amplitude": 0.0,
        "trend": 0.0,
        "noise": 0.0,
        "points": 1000,
        "window": 10,
        "cell": "lstm",
        "num_layers": 1,
        "hidden_size": 32,
        "epochs": 50,
        "learning_rate": 0.01,
        "recipes": ["classic", "tidecast"],
        "rollout": 500,
        "repeats": 1,
        "seed": 0,
    }


@pytest.mark.slow
def test_classic_lands_where_textbooks_land_and_tidecast_reaches_a_millionth_on_the_same_network() -> None:
    for seed in range(3):
        result = run_sine(SineConfig(seed=seed))
        classic, tidecast = result["recipes"]["classic"], result["recipes"]["tidecast"]
        assert (3e-3 if seed == 0 else 1e-3) < classic["test_mse"] < (6e-3 if seed == 0 else 1e-2)
        assert tidecast["test_mse"] <= 1e-6
        assert classic["steps"] == 50  # full batch: one step an epoch
        assert tidecast["steps"] == 50 * math.ceil(792 / 64)
        parameters = 4 * 32 * (1 + 32 + 2) + 33  # four gates with two biases each, and the head
        assert classic["parameters"] == tidecast["parameters"] == parameters
        # Free-running, the textbook's network loses the wave; the other keeps its time over four periods.
        assert classic["phase"]["faded"] is not None
        assert abs(tidecast["phase"]["degrees"][-1]) < 10
        assert tidecast["phase"]["amplitude"][-1] > 0.9


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 3])
def test_classic_is_the_loop_of_the_textbook_number_by_number(seed: int) -> None:
    import torch

    torch.manual_seed(seed)
    values = torch.tensor(np.sin(np.linspace(0, 50, 1000)), dtype=torch.float32).unfold(0, 11, 1)
    windows, targets, count = values[:, :-1, None], values[:, -1:], int(0.8 * 990)
    lstm, head = torch.nn.LSTM(1, 32, batch_first=True), torch.nn.Linear(32, 1)
    optimiser = torch.optim.Adam([*lstm.parameters(), *head.parameters()], lr=0.01)
    for _ in range(50):
        loss = torch.nn.functional.mse_loss(head(lstm(windows[:count])[0][:, -1]), targets[:count])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        mse = torch.nn.functional.mse_loss(head(lstm(windows[count:])[0][:, -1]), targets[count:]).item()
    result = run_sine(SineConfig(seed=seed, recipes=("classic",), rollout=0))
    assert result["recipes"]["classic"]["test_mse"] == pytest.approx(mse, rel=1e-2)


@pytest.mark.slow
def test_a_longer_window_sees_through_noise() -> None:
    short, long = (run_sine(SineConfig(noise=0.2, window=w))["recipes"]["tidecast"] for w in (10, 50))
    assert 0.2**2 * 0.7 < long["test_mse"] < 0.9 * short["test_mse"]
    assert long["phase"]["faded"] is None


@pytest.mark.slow
def test_the_effect_of_a_change_is_that_of_adding_it_to_each_of_the_other_four_recipes() -> None:
    result = run_sine({**QUICK, "epochs": 8, "recipes": list(RECIPES), "repeats": 2, "rollout": 0})
    mse = {name: np.median(recipe["test_mses"]) for name, recipe in result["recipes"].items()}
    assert effects(result)["batches"] == pytest.approx(
        [
            mse["classic"] / mse["batches"],
            mse["schedule"] / mse["batches+schedule"],
            mse["offset"] / mse["batches+offset"],
            mse["schedule+offset"] / mse["tidecast"],
        ]
    )
    assert [recipe["changes"] for recipe in result["recipes"].values()] == [
        list(changes) for changes in RECIPES.values()
    ]
    first = run_sine({**QUICK, "epochs": 8, "seed": 1, "rollout": 0})
    assert result["recipes"]["tidecast"]["test_mses"][1] == first["recipes"]["tidecast"]["test_mse"]


def test_effects_of_a_result_in_which_a_recipe_has_no_error_leave_the_change_out() -> None:
    recipes = {
        name: {"changes": changes, "test_mses": [1.0 + len(changes)], "diverged": None}
        for name, changes in RECIPES.items()
    }
    assert len(effects({"recipes": recipes})) == 3
    recipes["tidecast"]["test_mses"] = [None]
    assert effects({"recipes": recipes}) == {}


def test_what_is_predicted_is_the_last_fifth_in_time_order() -> None:
    result = run_sine(QUICK)
    x, y = wave(SineConfig(**QUICK))
    split = result["split"]
    assert split == 10 + int(0.8 * 190)
    assert result["test"]["x"] == x[split:].tolist()
    assert result["test"]["true"] == y[split:].tolist()
    assert result["test"]["naive"] == y[split - 1 : -1].tolist()
    for recipe in result["recipes"].values():
        predicted = np.array(recipe["predicted"])
        assert recipe["test_mse"] == pytest.approx(np.mean((predicted - y[split:]) ** 2))
    assert result["naive_mse"] == pytest.approx(np.mean(np.diff(y)[split - 1 :] ** 2))


def test_the_wave_has_the_period_amplitude_and_noise_asked_for() -> None:
    x, clean = wave(SineConfig(period=12.5, amplitude=3.0, points=401))
    assert (x[0], x[-1]) == (0.0, 50.0)
    np.testing.assert_allclose(clean[:301], clean[100:], atol=1e-12)  # 100 points are one period
    assert clean.max() == pytest.approx(3.0)
    _, noisy = wave(SineConfig(period=12.5, amplitude=3.0, points=401, noise=0.5))
    assert np.std(noisy - clean) == pytest.approx(0.5, rel=0.15)
    _, rising = wave(SineConfig(period=12.5, amplitude=3.0, points=401, trend=0.2, second_period=5, second_amplitude=2))
    np.testing.assert_allclose(rising - clean, 0.2 * x + 2 * np.sin(2 * np.pi * x / 5), atol=1e-12)


def test_values_of_the_test_part_change_nothing_in_training(monkeypatch: pytest.MonkeyPatch) -> None:
    before = run_sine(QUICK)
    x, y = wave(SineConfig(**QUICK))
    y[before["split"] :] = 1e6
    monkeypatch.setattr(sine_recipes, "wave", lambda config: (x, y))
    after = run_sine(QUICK)
    assert after["scale"] == before["scale"]
    for name, recipe in after["recipes"].items():
        assert recipe["losses"] == before["recipes"][name]["losses"]
        assert recipe["predicted"][0] == before["recipes"][name]["predicted"][0]
        assert recipe["test_losses"] != before["recipes"][name]["test_losses"]


@pytest.mark.parametrize("name", RECIPES)
def test_the_roll_out_goes_on_from_its_own_predictions(name: str) -> None:
    short, long = (run_sine({**QUICK, "recipes": [name], "rollout": steps}) for steps in (3, 30))
    assert long["recipes"][name]["rollout"][:3] == short["recipes"][name]["rollout"]
    step = 50 / 199
    np.testing.assert_allclose(long["rollout"]["x"], 50 + step * np.arange(1, 31))
    np.testing.assert_allclose(long["rollout"]["true"], np.sin(long["rollout"]["x"]), atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_learns_under_both_recipes(cell: str) -> None:
    result = run_sine({"points": 300, "epochs": 15, "cell": cell, "num_layers": 2, "rollout": 1})
    for recipe in result["recipes"].values():
        assert len(recipe["losses"]) == len(recipe["test_losses"]) == 15
        assert recipe["losses"][-1] < 0.5 * recipe["losses"][0]


def test_another_seed_is_another_training() -> None:
    one, other = (run_sine({**QUICK, "seed": seed, "noise": 0.1})["recipes"]["classic"] for seed in (1, 2))
    assert one["predicted"] != other["predicted"]


def test_progress_counts_the_epochs_and_carries_the_losses() -> None:
    seen: list[Progress] = []
    result = run_sine({**QUICK, "epochs": 4}, seen.append)
    untrained = [progress for progress in seen if not progress.epoch]  # the first frame of each network
    assert [(progress.fold, progress.fraction, progress.train_loss) for progress in untrained] == [
        (1, 0.0, None),
        (2, 0.5, None),
    ]
    seen = [progress for progress in seen if progress.epoch]
    assert [(progress.fold, progress.epoch) for progress in seen] == [(n, e) for n in (1, 2) for e in (1, 2, 3, 4)]
    assert [progress.fraction for progress in seen] == [k / 8 for k in range(1, 9)]
    both = result["recipes"].values()
    assert [progress.train_loss for progress in seen] == [loss for recipe in both for loss in recipe["losses"]]
    assert [progress.valid_loss for progress in seen] == [loss for recipe in both for loss in recipe["test_losses"]]


@pytest.mark.slow
@pytest.mark.parametrize("cell", CELLS)
def test_a_learning_rate_that_diverges_is_reported_with_the_step_and_a_rate_that_does_not(cell: str) -> None:
    config = {"points": 200, "cell": cell, "hidden_size": 64, "epochs": 20, "rollout": 1}
    result = run_sine({**config, "learning_rate": 10.0})
    assert json.loads(json.dumps(result, allow_nan=False)) == result
    for name, recipe in result["recipes"].items():
        diverged = recipe["diverged"]
        assert diverged is not None, name
        assert 2 <= diverged["step"] <= recipe["steps"] + 1
        again = run_sine({**config, "learning_rate": diverged["learning_rate"], "recipes": [name]})
        assert again["recipes"][name]["diverged"] is None


@pytest.mark.slow
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
        {"trend": 1.0, "amplitude": 0.0},
        {"second_amplitude": 1.0, "amplitude": 0.0},
        {"period": 0.5},
    ],
)
def test_odd_settings_train_and_the_result_is_json(config: dict[str, Any]) -> None:
    result = run_sine({"points": 120, "epochs": 2, **config})
    assert json.loads(json.dumps(result, allow_nan=False)) == result
    assert [recipe["diverged"] for recipe in result["recipes"].values()] == [None, None]


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
        ("recipes", ["magic"]),
        ("recipes", []),
        ("recipes", ["classic", "classic"]),
        ("repeats", 6),
        ("trend", 1e9),
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
