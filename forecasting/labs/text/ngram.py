"""The naive forecast of text: an n-gram, interpolated after Witten and Bell (1991), method C.

    p(c | h) = (N(h c) + T(h) p(c | h')) / (N(h) + T(h))

N(h c) counts how often c followed h, N(h) how often anything did, T(h) how many distinct characters did; h' is h
without its oldest character. Below order 1 every character of the alphabet is equally likely. Where h never occurred,
h' decides alone. Order n looks back n - 1 characters.

Axes: N characters of a text, V characters of the alphabet, K orders.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from forecasting.labs.text.alphabet import Ids

Values = npt.NDArray[np.float64]

ORDERS = (1, 2, 3, 4, 5, 6)


class NGram:
    """An n-gram of `order` fitted on `ids` out of an alphabet of `size` characters."""

    def __init__(self, ids: Ids, size: int, order: int) -> None:
        self._ids = ids
        self._size = size
        self._order = order

    def probabilities(self, context: Ids) -> Values:
        """The probability of each character of the alphabet [V] after `context` [N]."""
        probability = np.full(self._size, 1.0 / self._size)
        ends = np.arange(len(self._ids))  # places whose character follows the context so far
        for back in range(min(self._order, len(context) + 1)):
            if back:
                ends = ends[ends >= back]
                ends = ends[self._ids[ends - back] == context[-back]]
            if not len(ends):
                break
            counts = np.bincount(self._ids[ends], minlength=self._size)
            distinct = np.count_nonzero(counts)
            probability = (counts + distinct * probability) / (len(ends) + distinct)
        return probability


def bits_by_order(train: Ids, tail: Ids, size: int, orders: Sequence[int] = ORDERS) -> Values:
    """Bits of each character of `tail` under n-grams of `orders` fitted on `train`, which comes before it: [K, N].

    All at once: a context is a number, made of the number of the context one shorter and one older character.
    """
    ids = np.concatenate([train, tail])
    total, split = len(ids), len(train)
    probability = np.full(len(tail), 1.0 / size)
    context = np.zeros(total, dtype=np.int64)  # of the characters before each place; 0 where it is the empty one
    bits = []
    for order in range(1, max(orders) + 1):
        if order > 1:
            older = np.full(total, -1, dtype=np.int64)  # no character: the text begins here
            older[order - 1 :] = ids[: max(0, total - order + 1)]
            context = _numbered(context * (size + 1) + older + 1)
        following = _numbered(context * size + ids)
        contexts, followings = int(context.max()) + 1, int(following.max()) + 1
        counts = np.bincount(following[:split], minlength=followings)
        seen = np.bincount(context[:split], minlength=contexts)
        owner = np.zeros(followings, dtype=np.int64)
        owner[following] = context
        distinct = np.bincount(owner[counts > 0], minlength=contexts)
        here = context[split:]
        total_here, distinct_here = seen[here], distinct[here]
        known = total_here > 0
        mixed = (counts[following[split:]] + distinct_here * probability) / np.maximum(total_here + distinct_here, 1)
        probability = np.where(known, mixed, probability)
        if order in orders:
            bits.append(-np.log2(probability))
    return np.array(bits)


def _numbered(codes: Ids) -> Ids:
    """Equal numbers for equal codes, from 0 on without gaps."""
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)
