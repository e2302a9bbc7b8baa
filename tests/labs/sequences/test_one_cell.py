"""The trained cells of One cell: what they learned, and that their stored weights are all of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from forecasting.labs.sequences import SOURCE, TARGET, read_through, run_one_cell, same_input, softmax
from forecasting.labs.text import run_pair

pytestmark = [pytest.mark.together, pytest.mark.slow]


@pytest.fixture(scope="module")
def pair() -> dict[str, Any]:
    return run_one_cell()


def test_every_cell_answers_elloh_by_its_stored_weights_alone(pair: dict[str, Any]) -> None:
    for cell, network in pair["cells"].items():
        shares = softmax(read_through(cell, network["weights"], pair["x"])["answer"])
        assert "".join(pair["letters"][place] for place in shares.argmax(axis=1)) == TARGET
        bits = -np.log2(shares[np.arange(len(TARGET)), pair["target"]]).mean()
        assert bits == pytest.approx(network["loss"], rel=1e-2, abs=1e-5)  # weights are rounded


def test_the_two_ls_have_one_input_and_different_states_and_answers(pair: dict[str, Any]) -> None:
    first, second = same_input(pair["x"]) or (0, 0)
    assert (SOURCE[first], SOURCE[second], TARGET[first], TARGET[second]) == ("l", "l", "l", "o")
    for cell, network in pair["cells"].items():
        values = read_through(cell, network["weights"], pair["x"])
        assert np.abs(values["hidden"][first] - values["hidden"][second]).max() > 0.3


def test_its_rnn_learns_as_that_of_the_text_lab(pair: dict[str, Any]) -> None:
    other = run_pair()
    np.testing.assert_allclose(pair["cells"]["rnn"]["losses"], other["losses"], rtol=1e-3, atol=1e-5)
    shares = softmax(read_through("rnn", pair["cells"]["rnn"]["weights"], pair["x"])["answer"])
    np.testing.assert_allclose(1000 * shares, other["probabilities"][-1], atol=1)


def test_on_the_sine_every_cell_beats_repeating_the_value_once_it_knows_the_phase() -> None:
    sine = run_one_cell({"example": "sine"})
    read, right = np.array(sine["x"])[:, 0], np.array(sine["target"])
    np.testing.assert_allclose(read[1:], right[:-1])
    for cell, network in sine["cells"].items():
        answers = read_through(cell, network["weights"], sine["x"])["answer"][:, 0]
        assert np.sqrt(np.mean((answers - right)[8:] ** 2)) < 0.3 * np.sqrt(np.mean((read - right)[8:] ** 2))
