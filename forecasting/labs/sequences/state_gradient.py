"""How much an answer depends on the state of each earlier step: backpropagation through time, by hand.

The derivatives of the equations in gates.py, with the same names and shapes of weights. Axes: T steps, H hidden units.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from forecasting.labs.json_values import Values


def state_gradient(
    cell: str, weights: Mapping[str, npt.ArrayLike], values: Mapping[str, Values], step: int, output: int = 0
) -> list[float]:
    """Norms of the gradient of answer `output` at `step` (from 0) by the state after each step, from `step` back to 0.

    The state of an LSTM is its hidden and its cell state together. values: what `read_through` gave.
    """
    arrays = {name: np.asarray(one, dtype=np.float64) for name, one in weights.items()}
    back = {"rnn": _rnn, "lstm": _lstm, "gru": _gru}[cell]
    by_hidden, by_cell = arrays["weight_out"][output], np.zeros_like(arrays["weight_out"][output])
    norms = []
    for at in range(step, -1, -1):
        norms.append(float(np.linalg.norm([by_hidden, by_cell])))
        now = {name: one[at] for name, one in values.items()}
        by_hidden, by_cell = back(arrays, now, by_hidden, by_cell)
    return norms


def _rnn(weights: Mapping[str, Values], now: Mapping[str, Values], by_hidden: Values, none: Values) -> _Pair:
    return weights["weight_hh"].T @ (by_hidden * (1 - now["hidden"] ** 2)), none


def _lstm(weights: Mapping[str, Values], now: Mapping[str, Values], by_hidden: Values, by_cell: Values) -> _Pair:
    squashed = np.tanh(now["cell"])
    by_cell = by_cell + by_hidden * now["output"] * (1 - squashed**2)
    by_sums = np.concatenate(
        [
            by_cell * now["candidate"] * _slope(now["input"]),
            by_cell * now["cell_before"] * _slope(now["forget"]),
            by_cell * now["input"] * (1 - now["candidate"] ** 2),
            by_hidden * squashed * _slope(now["output"]),
        ]
    )
    return weights["weight_hh"].T @ by_sums, by_cell * now["forget"]


def _gru(weights: Mapping[str, Values], now: Mapping[str, Values], by_hidden: Values, none: Values) -> _Pair:
    before, count = now["hidden_before"], len(by_hidden)
    from_state = weights["weight_hh"][2 * count :] @ before + weights["bias_hh"][2 * count :]  # of the candidate
    by_candidate = by_hidden * (1 - now["update"]) * (1 - now["candidate"] ** 2)
    by_sums = np.concatenate(
        [
            by_candidate * from_state * _slope(now["reset"]),
            by_hidden * (before - now["candidate"]) * _slope(now["update"]),
            by_candidate * now["reset"],
        ]
    )
    return weights["weight_hh"].T @ by_sums + by_hidden * now["update"], none


_Pair = tuple[Values, Values]  # the gradient by the hidden and by the cell state before


def _slope(gate: Values) -> Values:
    """The derivative of the logistic function where it has the value `gate`."""
    return gate * (1 - gate)
