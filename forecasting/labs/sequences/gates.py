"""The equations of the three recurrent cells, step by step, to show their gates and states.

Weights are named and stacked as torch has them: `weight_ih` [G * H, inputs], `weight_hh` [G * H, H] and a bias each,
with G blocks of H rows, one for each gate. Axes: T steps, H hidden units.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from forecasting.labs.json_values import Values

INSIDE = {  # gates and states of each cell, the state first
    "rnn": ("hidden",),
    "lstm": ("hidden", "cell", "input", "forget", "candidate", "output"),
    "gru": ("hidden", "reset", "update", "candidate"),
}


def inside(cell: str, weights: Mapping[str, Values], x: Values) -> dict[str, Values]:
    """Gates and states [T, H] of `cell` over one sequence `x` [T, inputs], from a state of zeros.

    RNN: Elman (1990). LSTM: Hochreiter and Schmidhuber (1997) with the forget gate of Gers and others (2000).
    GRU: Cho and others (2014), with the reset gate after the product, as torch and cuDNN have it.
    """
    step = {"rnn": _rnn, "lstm": _lstm, "gru": _gru}[cell]
    size = weights["weight_hh"].shape[1]
    now = {"hidden": np.zeros(size), "cell": np.zeros(size)}
    steps = []
    for value in x:
        from_input = weights["weight_ih"] @ value + weights["bias_ih"]
        from_state = weights["weight_hh"] @ now["hidden"] + weights["bias_hh"]
        now = step(from_input, from_state, now)
        steps.append(now)
    return {name: np.stack([at[name] for at in steps]) for name in INSIDE[cell]}


def _rnn(from_input: Values, from_state: Values, _before: Mapping[str, Values]) -> dict[str, Values]:
    return {"hidden": np.tanh(from_input + from_state)}


def _lstm(from_input: Values, from_state: Values, before: Mapping[str, Values]) -> dict[str, Values]:
    enter, forget, candidate, leave = np.split(from_input + from_state, 4)
    gates = {"input": _sigmoid(enter), "forget": _sigmoid(forget), "output": _sigmoid(leave)}
    gates["candidate"] = np.tanh(candidate)
    cell = gates["forget"] * before["cell"] + gates["input"] * gates["candidate"]
    return {"hidden": gates["output"] * np.tanh(cell), "cell": cell, **gates}


def _gru(from_input: Values, from_state: Values, before: Mapping[str, Values]) -> dict[str, Values]:
    reset_x, update_x, candidate_x = np.split(from_input, 3)
    reset_h, update_h, candidate_h = np.split(from_state, 3)
    reset, update = _sigmoid(reset_x + reset_h), _sigmoid(update_x + update_h)
    candidate = np.tanh(candidate_x + reset * candidate_h)
    hidden = (1 - update) * candidate + update * before["hidden"]
    return {"hidden": hidden, "reset": reset, "update": update, "candidate": candidate}


def _sigmoid(x: Values) -> Values:
    result: Values = 0.5 * (1 + np.tanh(0.5 * x))  # the same as 1 / (1 + exp(-x)), without overflow
    return result
