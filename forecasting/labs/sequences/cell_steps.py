"""What one hidden unit computes at one step, term by term, from the weights of a network.

Weights are named and stacked as in gates.py, with `weight_out` [outputs, H] and `bias_out` of the linear layer behind.
The equations are those of torch.nn.RNN, LSTM and GRU (its documentation, "Definition"), with both of their biases.
Axes: T steps, I inputs, H hidden units.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Literal

import numpy as np
import numpy.typing as npt

from forecasting.labs.json_values import Values
from forecasting.labs.sequences.gates import inside

# The blocks of rows that weights consist of, in torch's order: what each computes.
BLOCKS = {
    "rnn": ("hidden",),
    "lstm": ("input", "forget", "candidate", "output"),
    "gru": ("reset", "update", "candidate"),
}
SQUASHED = ("hidden", "candidate")  # by tanh, between -1 and 1; gates by the logistic function, between 0 and 1


@dataclasses.dataclass(frozen=True)
class Sum:
    """One gate, candidate or state of one unit at one step: `value` = squash(`total`).

    total = from_input + factor * from_state, where from_input = weights_ih @ x + bias_ih and
    from_state = weights_hh @ before + bias_hh.
    """

    name: str
    weights_ih: Values  # [I]
    x: Values  # [I]
    bias_ih: float
    weights_hh: Values  # [H]
    before: Values  # [H], the hidden state of the step before
    bias_hh: float
    factor: float  # the reset gate in the candidate of a GRU, else 1
    from_input: float
    from_state: float
    total: float
    squash: Literal["tanh", "sigmoid"]
    value: float


def read_through(cell: str, weights: Mapping[str, npt.ArrayLike], x: npt.ArrayLike) -> dict[str, Values]:
    """Gates and states [T, H] of `cell` while it reads `x` [T, I] from a state of zeros, and its `answer` [T, outputs].

    Also the states before each step: `hidden_before`, and `cell_before` of an LSTM.
    """
    arrays = {name: np.asarray(values, dtype=np.float64) for name, values in weights.items()}
    values = inside(cell, arrays, np.asarray(x, dtype=np.float64))
    for state in {"hidden", "cell"} & set(values):
        values[f"{state}_before"] = np.vstack([np.zeros_like(values[state][:1]), values[state][:-1]])
    values["answer"] = values["hidden"] @ arrays["weight_out"].T + arrays["bias_out"]
    return values


def unit_sums(
    cell: str,
    weights: Mapping[str, npt.ArrayLike],
    x: npt.ArrayLike,
    values: Mapping[str, Values],
    step: int,
    unit: int,
) -> list[Sum]:
    """The sums of `unit` at `step` (both from 0), one for each block of `cell`.

    values: what `read_through` gave for `x`.
    """
    arrays = {name: np.asarray(one, dtype=np.float64) for name, one in weights.items()}
    now, before = np.asarray(x, dtype=np.float64)[step], values["hidden_before"][step]
    parts = []
    for block, name in enumerate(BLOCKS[cell]):
        row = block * len(before) + unit
        from_input = float(arrays["weight_ih"][row] @ now + arrays["bias_ih"][row])
        from_state = float(arrays["weight_hh"][row] @ before + arrays["bias_hh"][row])
        factor = float(values["reset"][step, unit]) if (cell, name) == ("gru", "candidate") else 1.0
        parts.append(
            Sum(
                name=name,
                weights_ih=arrays["weight_ih"][row],
                x=now,
                bias_ih=float(arrays["bias_ih"][row]),
                weights_hh=arrays["weight_hh"][row],
                before=before,
                bias_hh=float(arrays["bias_hh"][row]),
                factor=factor,
                from_input=from_input,
                from_state=from_state,
                total=from_input + factor * from_state,
                squash="tanh" if name in SQUASHED else "sigmoid",
                value=float(values[name][step, unit]),
            )
        )
    return parts


def softmax(scores: Values) -> Values:
    """Shares that add up to 1 along the last axis."""
    grown = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Values = grown / grown.sum(axis=-1, keepdims=True)
    return shares


def same_input(x: npt.ArrayLike) -> tuple[int, int] | None:
    """The first two steps (from 0) at which `x` [T, I] has the same input; None where all differ."""
    rows = [tuple(row) for row in np.asarray(x, dtype=np.float64).tolist()]
    return next(((rows.index(row), at) for at, row in enumerate(rows) if rows.index(row) < at), None)
