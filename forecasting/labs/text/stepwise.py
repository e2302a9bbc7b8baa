"""Writing one character at a time: what could come next, what was drawn, and the state to go on from.

Each function returns a new `Written`; with the same settings its text is the one that `TextModel.write` writes.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from forecasting.labs.text.text_model import Floats, State, TextModel, Values, chances, drawn

MOST_STEPS = 2_000  # characters of one text


@dataclasses.dataclass(frozen=True)
class Choice:
    """One step: the `places` in the alphabet of the likeliest characters and their `shares`, the place that was
    `taken`, and the random number (0 to 1) that took it."""

    places: tuple[int, ...]
    shares: tuple[float, ...]
    taken: int
    number: float


@dataclasses.dataclass(frozen=True)
class Written:
    """A text so far: the random numbers' `seed`, the places of what was written, the last choice, and the network."""

    seed: int
    places: tuple[int, ...]
    choice: Choice | None
    output: Floats  # [H], after all that was read and written
    state: State


def begin(model: TextModel, prompt: str, seed: int = 0) -> Written:
    """Nothing written after `prompt` yet."""
    outputs, state = model.read(model.context(prompt), model.start)
    return Written(seed, (), None, outputs[-1], state)


def likeliest(model: TextModel, written: Written, temperature: float, top_k: int, most: int) -> Choice:
    """What may come next, the likeliest `most` of it, and what will be drawn, which is always among them."""
    probability = chances(model.logits(written.output), temperature, top_k)
    number = _number(written)
    taken = drawn(probability, number)
    best = [int(place) for place in np.argsort(-probability, kind="stable")[:most] if probability[place] > 0]
    if taken not in best:
        best[-1] = taken
    return Choice(tuple(best), _shares(probability, best), taken, number)


def go_on(model: TextModel, written: Written, temperature: float, top_k: int, most: int) -> Written:
    """`written` and one more character."""
    choice = likeliest(model, written, temperature, top_k, most)
    outputs, state = model.read(np.array([choice.taken]), written.state)
    return Written(written.seed, (*written.places, choice.taken), choice, outputs[-1], state)


def _number(written: Written) -> float:
    """The random number of the next character: the same as in a text that is written in one go."""
    random = np.random.default_rng(written.seed)
    return float(random.random(len(written.places) + 1)[-1])


def _shares(probability: Values, places: list[int]) -> tuple[float, ...]:
    return tuple(float(probability[place]) for place in places)
