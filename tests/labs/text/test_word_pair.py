"""The word pair: the classic setting learns hello -> elloh, and every wrong pair gets its sentence."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from forecasting.errors import Cancelled, ConfigError
from forecasting.labs.text import PairConfig, rotated, run_pair, split
from forecasting.progress import Progress


@pytest.mark.slow
def test_the_classic_setting_is_the_default_and_learns_elloh() -> None:
    classic = {"hidden_size": 8, "learning_rate": 0.1, "epochs": 200}
    for seed in range(3):
        result = run_pair({"seed": seed})
        assert {name: result["config"][name] for name in classic} == classic
        assert result["letters"] == ["e", "h", "l", "o"]
        assert result["predictions"][-1] == "elloh"
        assert result["predictions"][0] != "elloh"
        assert result["learned_at"] < 100
        assert result["losses"][0] == pytest.approx(2, abs=0.6)  # four letters, nothing known yet: two bits
        assert result["losses"][-1] < 0.01
        assert len(result["losses"]) == len(result["predictions"]) == len(result["probabilities"]) == 200
        assert result["parameters"] == 8 * 4 + 8 * 8 + 2 * 8 + 4 * 8 + 4
        assert json.loads(json.dumps(result, allow_nan=False)) == result


def test_probabilities_are_of_each_letter_at_each_place_and_give_the_loss() -> None:
    result = run_pair({"epochs": 20})
    shares = np.array(result["probabilities"]) / 1000  # [E, T, V]
    assert shares.shape == (20, 5, 4)
    np.testing.assert_allclose(shares.sum(-1), 1.0, atol=0.002)
    said = np.array(result["letters"])[shares.argmax(-1)]
    assert ["".join(word) for word in said] == result["predictions"]
    right = shares[:, np.arange(5), [result["letters"].index(letter) for letter in "elloh"]]
    np.testing.assert_allclose(-np.log2(right).mean(-1)[:5], result["losses"][:5], rtol=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("word", ["abc", "مرحبا", "你好世界", "👨‍👩‍👧🇫🇷é", "x"])
def test_any_script_works(word: str) -> None:
    result = run_pair({"source": word, "target": rotated(word)})
    assert result["predictions"][-1] == rotated(word)
    assert result["source"] == split(word)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_rate_of_ten_has_diverged_wherever_its_loss_ends(seed: int) -> None:
    diverged = run_pair({"learning_rate": 10.0, "seed": seed})["diverged"]
    assert diverged["step"] > 1
    assert diverged["learning_rate"] == 0.1
    assert run_pair({"seed": seed})["diverged"] is None


@pytest.mark.slow
def test_progress_counts_the_epochs_and_can_cancel() -> None:
    seen: list[Progress] = []
    result = run_pair({}, seen.append)
    epochs = [progress.epoch for progress in seen]
    assert epochs == sorted(set(epochs))  # each once
    assert {*range(10, 201, 10)} <= {*epochs}
    assert epochs[-1] == 200
    assert seen[-1].detail == {"prediction": result["predictions"][-1]}

    def stop(progress: Progress) -> None:
        raise Cancelled("The run was cancelled.")

    with pytest.raises(Cancelled):
        run_pair({}, stop)


@pytest.mark.parametrize(
    ("field", "values", "says"),
    [
        ("target", {"target": "hell"}, "differ in length by 1: 5 letters to read, 4 to answer"),
        ("source", {"source": ""}, "to read is missing"),
        ("target", {"target": None}, "to answer is missing"),
        ("source", {"source": "a" * 17, "target": "a" * 17}, "at most 16"),
        ("hidden_size", {"hidden_size": 0}, "hidden_size"),
        ("learning_rate", {"learning_rate": float("nan")}, "learning_rate"),
        ("epochs", {"epochs": 501}, "epochs"),
        ("seed", {"seed": -1}, "seed"),
        ("colour", {"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_setting_names_itself(field: str, values: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        PairConfig.from_dict(values)
    assert caught.value.field == field
