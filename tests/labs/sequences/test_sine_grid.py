"""The grid over the sine wave: each network is the run of its own settings, and effects are between likes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from forecasting.errors import ConfigError
from forecasting.labs.sequences import (
    SineGridConfig,
    grid_effects,
    grid_names,
    grid_parts,
    grid_seconds,
    run_sine,
    run_sine_grid,
)

QUICK: dict[str, Any] = {"points": 120, "epochs": 2, "rollout": 0, "hidden_size": 4}


@pytest.mark.slow
def test_a_network_of_the_grid_is_the_one_that_is_trained_alone() -> None:
    grid = run_sine_grid({**QUICK, "windows": [5, 9], "noises": [0.3], "cells": ["gru"], "layers": [1, 2], "seed": 4})
    assert list(grid["parts"]) == ["5/0.3/gru/1", "5/0.3/gru/2", "9/0.3/gru/1", "9/0.3/gru/2"]
    alone = run_sine({**QUICK, "window": 9, "noise": 0.3, "cell": "gru", "num_layers": 2, "seed": 4})
    part = grid["parts"]["9/0.3/gru/2"]
    assert part["test_mse"] == alone["recipes"]["classic"]["test_mse"]
    assert part["naive_mse"] == alone["naive_mse"]
    assert part["predicted"] == pytest.approx(alone["recipes"]["classic"]["predicted"], abs=1e-4)
    assert part["kept"] is None  # there is no roll-out


@pytest.mark.slow
def test_a_longer_window_helps_the_classic_recipe_where_there_is_no_noise() -> None:
    grid = run_sine_grid({"windows": [10, 50], "noises": [0.0], "cells": ["lstm"], "layers": [1], "rollout": 0})
    (effect,) = grid_effects(grid)
    assert (effect["axis"], effect["before"], effect["after"]) == ("window", 10, 50)
    assert effect["ratios"][0] > 3


def test_effects_are_between_networks_that_differ_in_nothing_else() -> None:
    config = SineGridConfig(windows=(5, 10), noises=(0.0, 0.2), cells=("rnn", "lstm"), layers=(2,)).to_dict()
    errors = {"5": 8.0, "10": 2.0}
    parts = {}
    for name in grid_names(config):
        window, noise, cell, layers = name.split("/")
        mse = errors[window] * (3.0 if noise == "0.2" else 1.0) * (1.0 if cell == "rnn" else 0.5)
        diverged = {"step": 1, "learning_rate": 1.0} if name == "10/0.2/lstm/2" else None
        parts[name] = {
            "window": int(window), "noise": float(noise), "cell": cell, "num_layers": int(layers), "test_mse": mse,
            "diverged": diverged,
        }  # fmt: skip
    result = json.loads(json.dumps({"config": config, "parts": parts}, sort_keys=True))  # as it is stored
    assert [part["cell"] for part in grid_parts(result)[:2]] == ["rnn", "lstm"]
    found = [(one["axis"], one["noise"], one["ratios"]) for one in grid_effects(result)]
    assert found == [
        ("window", 0.0, [4.0, 4.0]), ("window", 0.2, [4.0]), ("cell", 0.0, [2.0, 2.0]), ("cell", 0.2, [2.0]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"windows": ()}, "windows"),
        ({"windows": (5, 2.5)}, "windows"),
        ({"windows": (400,)}, "windows"),
        ({"noises": (-1.0,)}, "noises"),
        ({"cells": ("lstm", "transformer")}, "cells"),
        ({"layers": (9,)}, "layers"),
        ({"recipe": "none"}, "recipe"),
        ({"windows": (1, 2, 3, 4, 5), "layers": (1, 2, 3, 4)}, "windows"),
        ({"points": 10}, "points"),
        ({"amplitude": 0.0, "noises": (0.0,)}, "amplitude"),
    ],
)
def test_what_cannot_be_trained_names_the_list_that_it_stands_in(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(ConfigError) as caught:
        SineGridConfig.from_dict({"points": 300, **wrong})
    assert caught.value.field == field


def test_values_are_taken_once_and_in_order_and_cost_more_where_there_is_more_to_read() -> None:
    config = SineGridConfig.from_dict({"windows": [50, 10, 10], "noises": [0.2, 0], "cells": ["rnn", "lstm"]})
    assert (config.windows, config.noises, config.cells) == ((10, 50), (0.0, 0.2), ("rnn", "lstm"))
    seconds = grid_seconds(config)
    assert seconds["50/0/lstm/2"] > seconds["50/0/lstm/1"] > seconds["50/0/rnn/1"] > seconds["10/0/rnn/1"]
