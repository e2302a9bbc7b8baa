"""Training on a text: the tail is held out, results are repeatable, and unusable texts get a sentence."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import pytest

from forecasting.errors import Cancelled, ConfigError, DataError
from forecasting.labs.text import (
    MOST_BYTES,
    TextConfig,
    TrainedText,
    expected_seconds,
    sample_text,
    split,
    suggest_text_config,
    train_text,
)
from forecasting.progress import Progress

QUICK = TextConfig(hidden_size=16, num_layers=1, steps=30, batch_size=4, sequence_length=16)
RHYME = "the cat sat on the mat and the rat ran off with the hat. " * 20
MIXED = "Привет, мир! 你好 世界。 مرحبا بالعالم 👨‍👩‍👧 é 🇫🇷\n" * 30


def _trained(text: str = RHYME, **changes: Any) -> TrainedText:
    return train_text(text, dataclasses.replace(QUICK, **changes))


@pytest.mark.slow
def test_the_tail_changes_nothing_but_its_own_bits() -> None:
    cut = int(0.9 * len(RHYME))
    other = RHYME[:cut] + "zebra 斑马 " * 20
    first, second = _trained(), _trained(other[: len(RHYME)])
    for name, array in first.model.weights.items():
        np.testing.assert_array_equal(array, second.model.weights[name])
    assert first.model.alphabet == second.model.alphabet
    assert [point[1] for point in first.result["curve"]] == [point[1] for point in second.result["curve"]]
    assert second.result["bits"] > first.result["bits"] + 3
    assert second.result["unknown"] > 0


@pytest.mark.slow
def test_bits_of_the_tail_come_after_everything_before_it() -> None:
    trained = _trained(steps=300)
    cut = trained.result["split"]
    assert cut == int(0.9 * len(RHYME))
    np.testing.assert_allclose(
        trained.tail["network"], trained.model.bits(RHYME[cut:], RHYME[:cut]), rtol=1e-2, atol=1e-3
    )  # the model reads 512 characters before the tail, training 2,000
    assert trained.result["bits"] == pytest.approx(trained.tail["network"].mean())
    assert min(trained.result["ngrams"].values()) == pytest.approx(trained.tail["ngram"].mean())
    assert trained.result["bits"] < trained.result["ngrams"]["1"] / 3
    quick = trained.result["curve"][-1][2]
    assert quick == pytest.approx(trained.result["bits"], abs=0.2)


@pytest.mark.slow
def test_unknown_characters_cost_both_the_same_spelling() -> None:
    text = RHYME[:900] + "ж" * 100
    trained = train_text(text, QUICK)
    assert trained.result["unknown"] == 100
    assert trained.tail["network"].min() > 21
    assert trained.tail["ngram"].min() > 21


@pytest.mark.slow(seconds=90)
def test_a_third_of_the_usual_steps_beats_every_n_gram_on_the_sample() -> None:
    """docs/benchmarks.md has the whole training: more than 5 % below the best n-gram."""
    text = sample_text()
    assert len(text) == 100_000
    result = train_text(text, TextConfig(steps=1200)).result
    assert result["bits"] < min(result["ngrams"].values())
    assert not result["diverged"]


@pytest.mark.slow
def test_the_same_seed_gives_the_same_and_leaves_the_callers_random_numbers_alone() -> None:
    import torch

    torch.manual_seed(7)
    expected = torch.rand(3).tolist()
    torch.manual_seed(7)
    first, again, other = (_trained(seed=seed) for seed in (1, 1, 2))
    assert torch.rand(3).tolist() == expected
    assert first.model.to_bytes() == again.model.to_bytes()
    assert first.tail["network"].tolist() == again.tail["network"].tolist() != other.tail["network"].tolist()
    assert first.result["samples"] == again.result["samples"]


@pytest.mark.slow
@pytest.mark.parametrize("text", [MIXED, "ab" * 200, "a" * 300 + "b" * 60, "你好世界" * 60])
def test_any_script_is_learned_and_written(text: str) -> None:
    trained = train_text(text, dataclasses.replace(QUICK, steps=60))
    assert json.loads(json.dumps(trained.result, allow_nan=False)) == trained.result
    assert set(split(trained.model.write("", 100))) <= set(split(text))
    assert len(trained.tail["network"]) == trained.result["characters"] - trained.result["split"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no text yet"),
        (" \n ", "no text yet"),
        ("x", "has 1 character; at least 200"),
        ("aaaa" * 200, "one character again and again"),
        ("a" * (MOST_BYTES + 1), "at most 1,000,000"),
        ("".join(chr(0x4E00 + place) for place in range(500)), "comes twice"),
    ],
)
def test_a_text_that_teaches_nothing_gets_a_sentence_that_does_not_quote_it(text: str, says: str) -> None:
    with pytest.raises(DataError, match=says) as caught:
        train_text(text, QUICK)
    assert caught.value.field == "text"
    assert len(caught.value.message) < 200


@pytest.mark.slow
def test_progress_has_steps_losses_and_samples_and_can_cancel() -> None:
    seen: list[Progress] = []
    result = train_text(RHYME, QUICK, seen.append).result
    assert [progress.epoch for progress in seen] == [point[0] for point in result["curve"]]
    assert (seen[-1].epoch, seen[-1].fraction) == (30, 1.0)
    assert [[p.train_loss, p.valid_loss] for p in seen] == [point[1:] for point in result["curve"]]
    assert seen[-1].detail is not None
    assert seen[-1].detail["samples"] == result["samples"][-6:]
    assert len(json.dumps(seen[-1].detail)) < 10_000

    def stop(progress: Progress) -> None:
        raise Cancelled("The run was cancelled.")

    with pytest.raises(Cancelled):
        train_text(RHYME, QUICK, stop)


@pytest.mark.slow
def test_a_rate_of_ten_has_diverged_and_the_result_is_json() -> None:
    result = _trained(learning_rate=10.0, steps=200).result
    assert 1 < result["diverged"]["step"] <= 200
    assert result["diverged"]["learning_rate"] == 0.01
    assert json.loads(json.dumps(result, allow_nan=False)) == result
    assert not _trained(steps=200).result["diverged"]


@pytest.mark.slow
def test_steps_are_chosen_so_that_it_takes_about_a_minute() -> None:
    for text in (sample_text(), sample_text("help-topics-all"), "你" * 1000 + MIXED * 40):
        config = suggest_text_config(text)
        assert expected_seconds(text, config) < 70
    short = suggest_text_config(RHYME)
    assert short.steps < suggest_text_config(sample_text()).steps


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hidden_size", 7),
        ("num_layers", 0),
        ("dropout", 1.0),
        ("learning_rate", 0.0),
        ("batch_size", 1.5),
        ("sequence_length", 7),
        ("steps", 0),
        ("seed", -1),
        ("colour", "red"),
    ],
)
def test_a_wrong_setting_names_itself(field: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=field) as caught:
        TextConfig.from_dict({field: value})
    assert caught.value.field == field
