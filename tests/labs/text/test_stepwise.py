"""Writing step by step is writing: the same characters, shown with what could have come instead."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.labs.text import begin, go_on, likeliest
from forecasting.labs.text.text_model import softmax
from tests.labs.text.test_text_model import _model


@pytest.mark.parametrize(("temperature", "top_k"), [(0.0, 5), (0.5, 30), (1.2, 3), (2.0, 30)])
def test_step_by_step_it_writes_what_it_writes_at_once(temperature: float, top_k: int) -> None:
    model = _model()
    written = begin(model, "the cat", seed=7)
    for _ in range(40):
        written = go_on(model, written, temperature, top_k, 10)
    at_once = model.write("the cat", 40, temperature=temperature, top_k=top_k, seed=7)
    assert model.alphabet.decode(written.places) == at_once


def test_the_likeliest_are_shown_with_their_chances_and_the_one_that_is_drawn() -> None:
    model = _model()
    written = begin(model, "the cat sat", seed=3)
    context = model.alphabet.encode("the cat sat")
    for _ in range(30):
        before = written
        written = go_on(model, before, 1.0, len(model.alphabet), 6)
        choice = written.choice
        assert choice == likeliest(model, before, 1.0, len(model.alphabet), 6)
        read = np.array([*context, *before.places])
        expected = softmax(model.logits(model.read(read, model.start)[0][-1]).astype(float))
        expected[0] = 0.0  # the unknown character is never written
        expected /= expected.sum()
        np.testing.assert_allclose(choice.shares, expected[list(choice.places)], rtol=1e-4)
        assert choice.taken == written.places[-1]
        assert choice.taken in choice.places
        below = float(expected[: choice.taken].sum())
        assert below - 1e-5 <= choice.number <= below + expected[choice.taken] + 1e-5


def test_only_the_likeliest_is_shown_where_nothing_else_can_come() -> None:
    model = _model()
    assert likeliest(model, begin(model, "a"), 0.0, 10, 8).shares == (1.0,)
    assert len(likeliest(model, begin(model, ""), 1.0, 3, 8).places) == 3
