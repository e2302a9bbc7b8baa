"""The trained network in NumPy says what torch says, draws as it should, and comes back from its file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from forecasting.errors import ConfigError, ModelFileError
from forecasting.labs.text import Alphabet, TextModel
from forecasting.labs.text.text_model import chances

LETTERS = "abcdefghijklmnopqrstuvwxyz .,\nжд👍🏽"


def _network(layers: int, hidden: int) -> object:
    import torch

    from forecasting.model.character_network import Characters

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(layers)
        network = Characters(len(Alphabet.of(LETTERS * 2)), hidden, layers, 0.5).eval()
        for parameter in network.parameters():
            torch.nn.init.normal_(parameter, std=0.4)
    return network


def _model(layers: int = 2, hidden: int = 16) -> TextModel:
    from forecasting.model.character_network import weights

    return TextModel(Alphabet.of(LETTERS * 2), weights(_network(layers, hidden)), {})


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_numpy_computes_what_torch_computes(layers: int) -> None:
    import torch

    network, model = _network(layers, 16), _model(layers)
    ids = np.random.default_rng(0).integers(0, len(model.alphabet), 300)
    with torch.no_grad():
        expected = network(torch.from_numpy(ids)[None])[0][0].numpy()  # type: ignore[operator]
    outputs, state = model.read(ids[:100], model.start)
    after, _ = model.read(ids[100:], state)  # the state carries on
    np.testing.assert_allclose(model.logits(np.concatenate([outputs, after])), expected, rtol=1e-4, atol=2e-5)


def test_bits_are_those_of_the_probabilities_and_of_torch() -> None:
    from forecasting.model.character_network import bits

    model, context, text = _model(), "the cat sat on ", "the mat, ж?"
    step_by_step = []
    for place, character in enumerate(text):
        probability = model.probabilities(context + text[:place])
        assert probability.sum() == pytest.approx(1.0)
        step_by_step.append(-np.log2(probability[model.alphabet.encode([character])[0]]))
    spelling = model.alphabet.spelling(list(text))
    assert spelling[-1] > 20  # the question mark is in no alphabet
    np.testing.assert_allclose(model.bits(text, context), step_by_step + spelling, rtol=1e-5)
    ids, before = model.alphabet.encode(list(text)), model.alphabet.encode(list(context))
    np.testing.assert_allclose(bits(_network(2, 16), ids, before) + spelling, model.bits(text, context), rtol=1e-4)  # type: ignore[arg-type]


@pytest.mark.slow
def test_writing_draws_as_the_probabilities_say() -> None:
    model = _model(1, 8)
    expected = chances(model.logits(model.read(model.alphabet.encode(["a"]), model.start)[0][-1]), 0.8, 6)
    drawn = [model.write("a", 1, temperature=0.8, top_k=6, seed=seed) for seed in range(3000)]
    for character, probability in zip(model.alphabet.characters, expected, strict=True):
        error = 5 * np.sqrt(probability * (1 - probability) / len(drawn))
        assert abs(drawn.count(character) / len(drawn) - probability) <= error, character


def test_the_choices_of_writing() -> None:
    logits = np.array([9.0, 1.0, 3.0, 2.0], dtype=np.float32)
    assert chances(logits, 0.0, None).tolist() == [0, 0, 1, 0]  # never the unknown character, however likely
    assert chances(logits, 1.0, 1).tolist() == [0, 0, 1, 0]
    two = chances(logits, 1.0, 2)
    assert two[[0, 1]].tolist() == [0, 0]
    assert two[2] / two[3] == pytest.approx(np.e)
    assert chances(logits, 0.5, None)[2] / chances(logits, 0.5, None)[3] == pytest.approx(np.e**2)


@pytest.mark.slow
def test_the_same_seed_writes_the_same_and_another_something_else() -> None:
    model = _model()
    first, again, other = (model.write("the ", 80, seed=seed) for seed in (1, 1, 2))
    assert first == again != other
    assert model.write("", 5, seed=1)
    assert model.write("the ", 40, temperature=0.0, seed=1) == model.write("the ", 40, temperature=1.0, top_k=1, seed=2)
    assert "\ufffd" not in model.write("?", 500, temperature=5.0)


@pytest.mark.parametrize(
    ("field", "values"),
    [("length", {"length": -1}), ("temperature", {"temperature": -0.1}), ("top_k", {"top_k": 0})],
)
def test_a_wrong_choice_names_itself(field: str, values: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match=field):
        _model().write("a", **{"length": 1, **values})  # type: ignore[arg-type]


def test_a_saved_model_comes_back_bit_by_bit(tmp_path: Path) -> None:
    model = _model()
    model.about = {"bits": 1.5}
    model.save(tmp_path / "text.safetensors")
    again = TextModel.load(tmp_path / "text.safetensors")
    assert again.to_bytes() == model.to_bytes()
    assert again.alphabet == model.alphabet
    assert again.about == {"bits": 1.5}
    assert again.write("the ", 50) == model.write("the ", 50)


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    data = _model().to_bytes()
    short = _model()
    short.alphabet = Alphabet(short.alphabet.characters[:-1])
    renamed = data.replace(b"lstm.bias", b"lstm.bios")
    for wrong in (b"", b"garbage" * 9, data[: len(data) // 2], short.to_bytes(), renamed):
        with pytest.raises(ModelFileError, match="Train again"):
            TextModel.from_bytes(wrong)
    with pytest.raises(ModelFileError, match="cannot be read"):
        TextModel.load(tmp_path / "none.safetensors")
