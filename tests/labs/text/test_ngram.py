"""The n-gram after Witten and Bell: by hand, as a distribution, and two ways of computing it against each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.labs.text import NGram, bits_by_order

texts = st.lists(st.integers(0, 4), min_size=1, max_size=60).map(lambda ids: np.array(ids, dtype=np.int64))


def test_the_probabilities_of_a_worked_example() -> None:
    """Text a a b out of the alphabet ?, a, b. Order 1: N = 3, T = 2, each character a third below it.

    p(a) = (2 + 2/3) / 5, p(b) = (1 + 2/3) / 5, p(?) = (2/3) / 5. After a came a and b once each: N = 2, T = 2.
    """
    train = np.array([1, 1, 2])
    one = np.array([2 / 3, 8 / 3, 5 / 3]) / 5
    np.testing.assert_allclose(NGram(train, 3, 1).probabilities(np.array([], dtype=np.int64)), one)
    two = (np.array([0, 1, 1]) + 2 * one) / 4
    np.testing.assert_allclose(NGram(train, 3, 2).probabilities(np.array([1])), two)
    np.testing.assert_allclose(NGram(train, 3, 3).probabilities(np.array([2, 1])), two)  # b a never came: a decides
    np.testing.assert_allclose(bits_by_order(train, np.array([1]), 3, [1]), [[-np.log2(one[1])]])


@pytest.mark.slow
@given(texts, texts, st.integers(1, 6))
def test_probabilities_are_positive_and_sum_to_one(train: np.ndarray, context: np.ndarray, order: int) -> None:
    probability = NGram(train, 5, order).probabilities(context)
    assert probability.min() > 0
    assert probability.sum() == pytest.approx(1.0)


@pytest.mark.slow
@given(texts, texts)
@settings(max_examples=60, deadline=None)
def test_all_orders_at_once_say_what_each_says_character_by_character(train: np.ndarray, tail: np.ndarray) -> None:
    bits = bits_by_order(train, tail, 5)
    both = np.concatenate([train, tail])
    for order in range(1, 7):
        gram = NGram(train, 5, order)
        slow = [-np.log2(gram.probabilities(both[:place])[both[place]]) for place in range(len(train), len(both))]
        np.testing.assert_allclose(bits[order - 1], slow)


def test_the_tail_changes_nothing_in_what_was_counted() -> None:
    random = np.random.default_rng(0)
    train, tail = random.integers(0, 5, 200), random.integers(0, 5, 50)
    other = np.concatenate([tail[:10], 4 - tail[10:]])
    np.testing.assert_array_equal(bits_by_order(train, tail, 5)[:, :10], bits_by_order(train, other, 5)[:, :10])
