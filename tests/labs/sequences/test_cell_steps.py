"""What one unit computes at one step, against torch and against slow loops."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from forecasting.labs.sequences import BLOCKS, read_through, same_input, softmax, unit_sums

STEPS, INPUTS, HIDDEN, OUTPUTS = 6, 3, 4, 2


def random_network(cell: str) -> tuple[dict[str, Any], Any, tuple[Any, Any]]:
    """Weights as nested lists, an input, and what torch makes of it: the states at every step and the answers."""
    import torch

    from forecasting.model.teaching_networks import KINDS, seeded

    with seeded(5):
        recurrent, head = KINDS[cell](INPUTS, HIDDEN), torch.nn.Linear(HIDDEN, OUTPUTS)
        x = torch.randn(STEPS, INPUTS)
    recurrent, head, x = recurrent.double(), head.double(), x.double()
    with torch.no_grad():
        states = recurrent(x)[0]
        answers = head(states)
    weights = {name.removesuffix("_l0"): weight.tolist() for name, weight in recurrent.named_parameters()}
    weights |= {f"{name}_out": weight.tolist() for name, weight in head.named_parameters()}
    return weights, x.tolist(), (states.numpy(), answers.numpy())


@pytest.mark.parametrize("cell", BLOCKS)
def test_states_and_answers_are_those_that_torch_computes(cell: str) -> None:
    weights, x, (states, answers) = random_network(cell)
    values = read_through(cell, weights, x)
    np.testing.assert_allclose(values["hidden"], states, atol=1e-9)
    np.testing.assert_allclose(values["answer"], answers, atol=1e-9)
    np.testing.assert_allclose(values["hidden_before"][0], 0)
    np.testing.assert_allclose(values["hidden_before"][1:], states[:-1], atol=1e-9)


@pytest.mark.parametrize("cell", BLOCKS)
def test_each_sum_is_that_of_its_products_and_gives_the_value_of_its_gate(cell: str) -> None:
    weights, x, (states, _) = random_network(cell)
    values = read_through(cell, weights, x)
    for step in range(STEPS):
        for unit in range(HIDDEN):
            parts = {part.name: part for part in unit_sums(cell, weights, x, values, step, unit)}
            assert tuple(parts) == BLOCKS[cell]
            for block, part in enumerate(parts.values()):
                row = block * HIDDEN + unit
                read, state = weights["bias_ih"][row], weights["bias_hh"][row]
                for i in range(INPUTS):
                    read += weights["weight_ih"][row][i] * x[step][i]
                for j in range(HIDDEN if step else 0):
                    state += weights["weight_hh"][row][j] * states[step - 1][j]
                reset = parts["reset"].value if (cell, part.name) == ("gru", "candidate") else 1.0
                assert (part.from_input, part.from_state) == pytest.approx((read, state))
                assert part.total == pytest.approx(read + reset * state)
                squashed = math.tanh(part.total) if part.squash == "tanh" else 1 / (1 + math.exp(-part.total))
                assert part.value == pytest.approx(squashed)


def test_softmax_gives_shares_in_the_ratio_of_powers_of_e() -> None:
    shares = softmax(np.array([[0.0, math.log(3)], [1000.0, 1000.0]]))
    np.testing.assert_allclose(shares, [[0.25, 0.75], [0.5, 0.5]])


def test_steps_with_the_same_input_are_the_first_two() -> None:
    assert same_input(np.eye(4)[[1, 0, 2, 2, 3]]) == (2, 3)
    assert same_input([[0.1], [0.2], [0.3]]) is None
