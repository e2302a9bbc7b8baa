"""The equations of a cell in LaTeX, with the numbers of one unit at one step put in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from forecasting.labs.sequences import Sum

SYMBOLS = {
    "rnn": {"hidden": "h"},
    "lstm": {"input": "i", "forget": "f", "candidate": "g", "output": "o"},
    "gru": {"reset": "r", "update": "z", "candidate": "n"},
}
ACROSS = 31  # characters in a line of products: more do not fit a phone


def sum_equation(cell: str, part: Sum, unit: int) -> str:
    """One gate, candidate or state: its equation, all its products, their sum, its value. `unit` counts from 1."""
    symbol = SYMBOLS[cell][part.name]
    index = "h" if cell == "rnn" else symbol
    squash = r"\sigma" if part.squash == "sigmoid" else r"\tanh"
    before = f"W_{{h{index}}}h_{{t-1}}+b_{{h{index}}}"
    scaled = (cell, part.name) == ("gru", "candidate")
    if scaled:
        before = rf"r_t\odot({before})"
    read = _products(part.weights_ih, part.x, part.bias_ih)
    opened = rf"+{_number(part.factor)}\,(" if scaled else ""
    state = _products(part.weights_hh, part.before, part.bias_hh, opened)
    state[0] = _signed(state[0])
    state[-1] += r")\big)" if scaled else r"\big)"
    return _aligned(
        rf"{symbol}_t &= {squash}(W_{{i{index}}}x_t+b_{{i{index}}}+{before})",
        rf"{symbol}_t[{unit}] &= {squash}\big({read[0]}",
        *(rf"&\quad {line}" for line in [*read[1:], *state]),
        rf"&= {squash}({_number(part.total)}) = \mathbf{{{_number(part.value)}}}",
    )


def state_equations(cell: str, now: Mapping[str, float], unit: int) -> list[str]:
    """How the states follow from the gates. now: gates and states of the unit by name, also before the step."""
    if cell == "lstm":
        kept = f"{_product(now['forget'], now['cell_before'])}{_signed(_product(now['input'], now['candidate']))}"
        return [
            _aligned(
                r"c_t &= f_t\odot c_{t-1}+i_t\odot g_t",
                rf"c_t[{unit}] &= {kept} = \mathbf{{{_number(now['cell'])}}}",
            ),
            _aligned(
                r"h_t &= o_t\odot\tanh(c_t)",
                rf"h_t[{unit}] &= {_number(now['output'])}\cdot\tanh({_number(now['cell'])})"
                rf" = \mathbf{{{_number(now['hidden'])}}}",
            ),
        ]
    if cell == "gru":
        entered, kept = _product(1 - now["update"], now["candidate"]), _product(now["update"], now["hidden_before"])
        return [
            _aligned(
                r"h_t &= (1-z_t)\odot n_t+z_t\odot h_{t-1}",
                rf"h_t[{unit}] &= {entered}{_signed(kept)} = \mathbf{{{_number(now['hidden'])}}}",
            )
        ]
    return []


def answer_equation(scores: Sequence[float], shares: Sequence[float] | None) -> str:
    """What the linear layer makes of the hidden state, and the softmax of that where there are `shares`."""
    if shares is None:
        return rf"\small y_t = W_y h_t+b_y = \mathbf{{{_number(scores[0])}}}"
    return _aligned(
        r"s_t &= W_y h_t+b_y",
        rf"&= ({_listed(scores)})",
        r"p_t &= \mathrm{softmax}(s_t)",
        rf"&= ({_listed(shares)})",
    )


def _aligned(*lines: str) -> str:
    return r"\small\begin{aligned}" + r"\\".join(lines) + r"\end{aligned}"


def _products(weights: Iterable[float], values: Iterable[float], bias: float, opened: str = "") -> list[str]:
    """Lines of weight times value, and the bias; values of 0 are left out, since they add nothing.

    opened: what comes before them.
    """
    terms = [_product(weight, value) for weight, value in zip(weights, values, strict=True) if value]
    terms.append(_number(bias))
    lines = [opened + terms[0]]
    for term in map(_signed, terms[1:]):
        if len((lines[-1] + term).replace(r"\cdot ", " ").replace(r"\,", "")) > ACROSS:
            lines.append(term)
        else:
            lines[-1] += term
    return lines


def _product(weight: float, value: float) -> str:
    factor = _number(value)
    return rf"{_number(weight)}\cdot {f'({factor})' if factor.startswith('-') else factor}"


def _signed(term: str) -> str:
    return term if term[0] in "+-" else f"+{term}"


def _listed(values: Iterable[float]) -> str:
    return r",\ ".join(_number(value) for value in values)


def _number(value: float) -> str:
    """With two decimals; one-hot inputs without."""
    if value in (0.0, 1.0):
        return f"{value:.0f}"
    text = f"{value:.2f}"
    return "0.00" if text == "-0.00" else text
