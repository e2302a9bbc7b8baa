"""The equations that a page shows are true: their numbers, put together again, give their value."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from forecasting.labs.sequences import BLOCKS, read_through, unit_sums
from pages.learn.sequence_lab.cell_equations import answer_equation, state_equations, sum_equation

TERM = re.compile(r"([+-]?\d+(?:\.\d+)?)(?:\\cdot \(?(-?\d+(?:\.\d+)?)\)?)?")
HIDDEN, INPUTS = 3, 2


def total(terms: str) -> float:
    """The sum of products and numbers in LaTeX."""
    return sum(
        float(one) * float(other or 1) for one, other in TERM.findall(terms.replace(" ", "").replace("cdot", "cdot "))
    )


def network(cell: str) -> tuple[dict[str, np.ndarray], np.ndarray]:  # type: ignore[type-arg]
    draw, rows = np.random.default_rng(1), len(BLOCKS[cell]) * HIDDEN
    weights = {
        "weight_ih": draw.normal(size=(rows, INPUTS)),
        "weight_hh": draw.normal(size=(rows, HIDDEN)),
        "bias_ih": draw.normal(size=rows),
        "bias_hh": draw.normal(size=rows),
        "weight_out": draw.normal(size=(1, HIDDEN)),
        "bias_out": draw.normal(size=1),
    }
    return {name: np.round(values, 2) for name, values in weights.items()}, np.round(draw.normal(size=(4, INPUTS)), 2)


@pytest.mark.parametrize("cell", BLOCKS)
def test_the_products_of_each_equation_add_up_to_its_sum_and_give_its_value(cell: str) -> None:
    weights, x = network(cell)
    values = read_through(cell, weights, x)
    for step in (0, 2):
        for part in unit_sums(cell, weights, x, values, step, 1):
            latex = sum_equation(cell, part, 2)
            rows = latex.split(r"\\")
            products = (
                "".join(rows[1:-1]).split(r"\big(")[1].removesuffix(r"\big)").replace("&", "").replace(r"\quad", "")
            )
            scaled = re.search(r"\+(\d\.\d\d)\\,\((.*)\)$", products)
            if scaled:
                found = total(products[: scaled.start()]) + float(scaled[1]) * total(scaled[2])
            else:
                found = total(products)
            said = re.search(r"(tanh|sigma)\((-?[\d.]+)\) = \\mathbf\{(-?[\d.]+)\}", rows[-1])
            assert said is not None
            assert float(said[2]) == pytest.approx(found, abs=0.05)  # each number is rounded to two decimals
            squash = math.tanh if said[1] == "tanh" else lambda value: 1 / (1 + math.exp(-value))
            assert float(said[3]) == pytest.approx(squash(float(said[2])), abs=0.011)
            assert latex.count("{") == latex.count("}")


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_the_states_follow_from_the_gates_shown(cell: str) -> None:
    weights, x = network(cell)
    values = read_through(cell, weights, x)
    now = {name: float(array[3, 0]) for name, array in values.items()}
    first = re.search(r"\[1\] &= (.*) = \\mathbf\{(-?[\d.]+)\}", state_equations(cell, now, 1)[0])
    assert first is not None
    assert float(first[2]) == pytest.approx(total(first[1]), abs=0.03)


def test_inputs_of_zero_are_left_out_and_a_one_hot_input_is_one_product() -> None:
    weights, _ = network("rnn")
    x = np.eye(INPUTS)
    (part,) = unit_sums("rnn", weights, x, read_through("rnn", weights, x), 0, 0)
    latex = sum_equation("rnn", part, 1)
    assert latex.count(r"\cdot") == 1  # the letter: the state before the first step is zero
    assert rf"{weights['weight_ih'][0, 0]:.2f}\cdot 1" in latex


def test_the_answer_lists_scores_and_shares() -> None:
    assert "(0.50,\\ -1.25)" in answer_equation([0.5, -1.25], [0.85, 0.15])
    assert "softmax" not in answer_equation([0.5], None)
