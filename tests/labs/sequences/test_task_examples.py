"""What the Sequence lab shows of a task before anything is trained."""

from __future__ import annotations

import json

import numpy as np
import pytest

from forecasting.labs.sequences import SYSTEMS, CellsConfig, MarkerConfig, RolloutConfig, SineConfig, run_rollout, task


@pytest.mark.parametrize("kind", ["cosine", "cells", "rollout", "marker"])
def test_an_example_is_json_and_has_a_value_for_every_place(kind: str) -> None:
    example = task(SYSTEMS[kind].config())
    assert json.loads(json.dumps(example, allow_nan=False)) == example
    for part in example.values():
        assert len(part["x"]) == len(part["y"])


def test_recall_asks_at_the_end_for_the_first_value_which_is_marked() -> None:
    example = task(CellsConfig(lag=7))
    assert example["read"]["x"] == list(range(8))
    assert example["marked"] == {"x": [0], "y": [example["read"]["y"][0]]}
    assert example["asked"] == {"x": [7], "y": [example["read"]["y"][0]]}


def test_the_sine_asks_for_the_value_after_the_last() -> None:
    example = task(CellsConfig(task="sine", lag=40))
    assert example["asked"]["x"] == [41]
    following = example["read"]["y"][-3:] + example["asked"]["y"]
    assert np.abs(np.diff(following)).max() < 1.0  # 0.3 of x on, with noise of 0.1
    assert example["marked"]["x"] == []


def test_the_marked_value_is_asked_for_at_every_step() -> None:
    example = task(MarkerConfig(length=9))
    assert len(example["asked"]["y"]) == 9
    assert set(example["asked"]["y"]) == set(example["marked"]["y"])
    assert example["marked"]["y"][0] == example["read"]["y"][int(example["marked"]["x"][0])]


def test_the_roll_out_shows_the_first_origin_that_it_is_judged_at() -> None:
    settings = {"window": 8, "future": 5, "epochs": 1, "hidden_size": 2}
    example, first = task(RolloutConfig(**settings)), run_rollout(settings)["paths"][0]
    assert example["read"] == {"x": list(range(-7, 1)), "y": first["history"]}
    assert example["asked"] == {"x": [1, 2, 3, 4, 5], "y": first["true"]}


def test_what_has_no_such_example_is_refused() -> None:
    with pytest.raises(TypeError, match="SineConfig"):
        task(SineConfig())
