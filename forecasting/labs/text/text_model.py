"""A trained character LSTM without torch: probabilities of the next character, bits of a text, and writing.

    model = TextModel.load("help.safetensors")
    model.write("The ", 300, temperature=0.7, seed=1)

All in NumPy, some thousand characters a second on one core. Axes: N characters of a text, L layers, H hidden
size, V characters of the alphabet.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from forecasting import model_file
from forecasting.config import check_real, check_whole
from forecasting.errors import ModelFileError
from forecasting.files import write_whole
from forecasting.labs.text.alphabet import UNKNOWN, Alphabet, Ids, split
from forecasting.messages import Message

Floats = npt.NDArray[np.float32]
Values = npt.NDArray[np.float64]
State = tuple[Floats, Floats]  # output and cell of each layer [L, H]

FORMAT = 1  # of a saved TextModel
LONGEST = 100_000  # characters written in one call
LOOK_BACK = 512  # characters of a context
HOTTEST = 5.0  # temperature


class TextModel:
    """An alphabet and the weights of a character LSTM."""

    def __init__(self, alphabet: Alphabet, weights: Mapping[str, Floats], about: Mapping[str, Any]) -> None:
        self.alphabet = alphabet
        self.about = dict(about)  # settings and scores of its training
        self.weights = dict(weights)
        self._embedding = weights["embedding.weight"]  # [V, H]
        self._bias = weights["bias"]  # [V]
        self._layers = []
        for layer in range(len([name for name in weights if name.startswith("lstm.weight_hh")])):
            inner, outer = weights[f"lstm.weight_ih_l{layer}"], weights[f"lstm.weight_hh_l{layer}"]  # [4 H, H]
            both = np.ascontiguousarray(np.concatenate([inner, outer], axis=1))  # one product a layer instead of two
            self._layers.append((both, weights[f"lstm.bias_ih_l{layer}"] + weights[f"lstm.bias_hh_l{layer}"]))

    @property
    def start(self) -> State:
        """The state before any text."""
        zeros = np.zeros((len(self._layers), self._embedding.shape[1]), dtype=np.float32)
        return zeros, zeros.copy()

    @property
    def shape(self) -> tuple[int, int]:
        """How many layers there are, and how many units in each."""
        return len(self._layers), int(self._embedding.shape[1])

    def read(self, ids: Ids, state: State) -> tuple[Floats, State]:
        """The outputs [N, H] of the last layer after each of `ids` [N], and the state after all."""
        if len(ids) > 1:
            return self._read_by_layer(ids, state)
        output, cell = state[0].copy(), state[1].copy()
        outputs = np.empty((len(ids), self._embedding.shape[1]), dtype=np.float32)
        for place, character in enumerate(ids):
            value = self._embedding[character]
            for layer, (weight, bias) in enumerate(self._layers):
                gates = weight @ np.concatenate([value, output[layer]]) + bias
                keep, forget, new, show = np.split(gates, 4)
                cell[layer] = _sigmoid(forget) * cell[layer] + _sigmoid(keep) * np.tanh(new)
                output[layer] = value = _sigmoid(show) * np.tanh(cell[layer])
            outputs[place] = value
        return outputs, (output, cell)

    def _read_by_layer(self, ids: Ids, state: State) -> tuple[Floats, State]:
        """The same, a layer at a time: what the input adds to the gates is one product for all places."""
        output, cell = state[0].copy(), state[1].copy()
        hidden = self._embedding.shape[1]
        values = self._embedding[ids]  # [N, H]
        for layer, (weight, bias) in enumerate(self._layers):
            entering = values @ weight[:, :hidden].T + bias  # [N, 4 H]
            recurrent = np.ascontiguousarray(weight[:, hidden:])
            values = np.empty_like(values)
            for place, given in enumerate(entering):
                keep, forget, new, show = np.split(given + recurrent @ output[layer], 4)
                cell[layer] = _sigmoid(forget) * cell[layer] + _sigmoid(keep) * np.tanh(new)
                values[place] = output[layer] = _sigmoid(show) * np.tanh(cell[layer])
        return values, (output, cell)

    def cells(self, ids: Ids, skip: int = 0, watch: Callable[[float], None] | None = None) -> Floats:
        """What the cells hold, as tanh between -1 and 1, after each of `ids` [B, T] but the first `skip`, from the
        start: [B, T - skip, L, H]. `watch` is told the share that is done now and then."""
        streams, length = ids.shape
        output = np.zeros((len(self._layers), streams, self._embedding.shape[1]), dtype=np.float32)
        cell = output.copy()
        held = np.empty((streams, length - skip, *self.start[1].shape), dtype=np.float32)
        for place in range(length):
            value = self._embedding[ids[:, place]]  # [B, H]
            for layer, (weight, bias) in enumerate(self._layers):
                gates = np.concatenate([value, output[layer]], axis=1) @ weight.T + bias
                keep, forget, new, show = np.split(gates, 4, axis=1)
                cell[layer] = _sigmoid(forget) * cell[layer] + _sigmoid(keep) * np.tanh(new)
                squashed = np.tanh(cell[layer])
                output[layer] = value = _sigmoid(show) * squashed
                if place >= skip:
                    held[:, place - skip, layer] = squashed
            if watch is not None and place % 32 == 31:
                watch((place + 1) / length)
        return held

    def logits(self, outputs: Floats) -> Floats:
        """Logits [..., V] of the next character from outputs [..., H]."""
        logits: Floats = outputs @ self._embedding.T + self._bias
        return logits

    def probabilities(self, context: str) -> Values:
        """The probability of each character of the alphabet [V] after `context`."""
        outputs, _ = self.read(self.context(context), self.start)
        return softmax(self.logits(outputs[-1]).astype(np.float64))

    def bits(self, text: str, context: str = "") -> Values:
        """Bits of each character of `text` [N] after `context`, the spelling of unknown ones included."""
        characters = split(text)
        ids, before = self.alphabet.encode(characters), self.context(context)
        outputs, _ = self.read(np.concatenate([before, ids[:-1]]), self.start)
        probability = softmax(self.logits(outputs[len(before) - 1 :]).astype(np.float64))
        bits: Values = -np.log2(probability[np.arange(len(ids)), ids]) + self.alphabet.spelling(characters)
        return bits

    def write(
        self, prompt: str, length: int, *, temperature: float = 1.0, top_k: int | None = None, seed: int = 0
    ) -> str:
        """`length` characters that continue `prompt`, which is not repeated. Never writes the unknown character.

        temperature: below 1 likely characters become likelier, at 0 only the likeliest is taken; top_k: draw from so
        many of the likeliest only. The same seed writes the same text.
        """
        return "".join(self.writing(prompt, length, temperature=temperature, top_k=top_k, seed=seed))

    def writing(
        self, prompt: str, length: int, *, temperature: float = 1.0, top_k: int | None = None, seed: int = 0
    ) -> Iterator[str]:
        """The same, a character at a time, for callers with something else to do in between."""
        check_whole("length", length, 0, LONGEST)
        check_real("temperature", temperature, 0.0, HOTTEST)
        if top_k is not None:
            check_whole("top_k", top_k, 1, len(self.alphabet))
        return self._writing(self.context(prompt), np.random.default_rng(seed).random(length), temperature, top_k)

    def _writing(self, context: Ids, draws: Values, temperature: float, top_k: int | None) -> Iterator[str]:
        outputs, state = self.read(context, self.start)
        for draw in draws:
            place = drawn(chances(self.logits(outputs[-1]), temperature, top_k), draw)
            yield self.alphabet.characters[place]
            outputs, state = self.read(np.array([place]), state)

    def to_bytes(self) -> bytes:
        """safetensors with JSON in its metadata."""
        from safetensors.numpy import save

        about = {"format": FORMAT, "alphabet": list(self.alphabet.characters), "about": self.about}
        return save(self.weights, {"tidecast-text": json.dumps(about, allow_nan=False)})

    @classmethod
    def from_bytes(cls, data: bytes) -> TextModel:
        """The TextModel that `to_bytes` wrote; ModelFileError if it is not one, or from another format."""
        weights, about = model_file.read(data, "tidecast-text", FORMAT, Message("labs.no-text-model"))
        try:
            alphabet = Alphabet(tuple(str(character) for character in about["alphabet"]))
            _check(weights, len(alphabet))
            return cls(alphabet, weights, about["about"])
        except (KeyError, ValueError, TypeError, IndexError) as error:
            raise ModelFileError(Message("labs.no-text-model")) from error

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write `to_bytes` to `path`, completely or not at all."""
        write_whole(path, self.to_bytes())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> TextModel:
        """The TextModel saved at `path`; ModelFileError if there is none."""
        try:
            data = Path(path).read_bytes()
        except OSError as error:
            raise ModelFileError(Message("labs.model-file", path=str(path), reason=error.strerror)) from error
        return cls.from_bytes(data)

    def context(self, text: str) -> Ids:
        """The ids to read before a prediction: the end of `text`, or the unknown character where there is none."""
        characters: Sequence[str] = split(text[-8 * LOOK_BACK :])[-LOOK_BACK:]
        return self.alphabet.encode(characters) if characters else np.array([UNKNOWN])


def chances(logits: Floats, temperature: float, top_k: int | None) -> Values:
    """The probabilities [V] that `write` draws from; the unknown character's is 0."""
    heights = logits.astype(np.float64)
    heights[UNKNOWN] = -np.inf
    if top_k is not None and top_k < len(heights) - 1:
        heights[np.argsort(-heights, kind="stable")[top_k:]] = -np.inf
    if temperature == 0:
        best = np.zeros_like(heights)
        best[int(np.argmax(heights))] = 1.0
        return best
    return softmax(heights / temperature)


def drawn(probability: Values, draw: float) -> int:
    """The place in `probability` [V] where their running sum passes `draw` (0 to 1)."""
    place = int(np.searchsorted(np.cumsum(probability), draw, side="right"))
    return min(place, int(np.flatnonzero(probability)[-1]))


def softmax(logits: Values) -> Values:
    """Over the last axis."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probability: Values = raised / raised.sum(axis=-1, keepdims=True)
    return probability


def _sigmoid(x: Floats) -> Floats:
    result: Floats = np.float32(0.5) * (np.tanh(np.float32(0.5) * x) + np.float32(1))
    return result


def _check(weights: Mapping[str, Floats], size: int) -> None:
    """ValueError unless the arrays fit together."""
    hidden = weights["embedding.weight"].shape[1]
    layers = sum(name.startswith("lstm.weight_hh") for name in weights)
    shapes = {"embedding.weight": (size, hidden), "bias": (size,)}
    for layer in range(layers):
        for side in ("ih", "hh"):
            shapes[f"lstm.weight_{side}_l{layer}"] = (4 * hidden, hidden)
            shapes[f"lstm.bias_{side}_l{layer}"] = (4 * hidden,)
    actual = {name: array.shape for name, array in weights.items()}
    if layers < 1 or size < 2 or actual != shapes or any(array.dtype != np.float32 for array in weights.values()):
        raise ValueError("arrays do not fit together")
