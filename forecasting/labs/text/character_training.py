"""Training a character LSTM on a text, beside the n-grams that are the naive forecast of it.

The first 90 % of the characters are for training, the last 10 % for the score: bits a character, read in one pass after
the end of the training part. The alphabet, the n-grams and the network are fitted on the training part alone.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from forecasting.config import check_real, check_whole
from forecasting.errors import DataError, TooShortError
from forecasting.labs import frames
from forecasting.labs.divergence import divergence
from forecasting.labs.json_values import finite
from forecasting.labs.lab_settings import Settings
from forecasting.labs.text.alphabet import Alphabet, split
from forecasting.labs.text.ngram import ORDERS, bits_by_order
from forecasting.labs.text.text_model import TextModel, Values
from forecasting.messages import Message
from forecasting.progress import Progress

if TYPE_CHECKING:
    from forecasting.model.character_network import Checkpoint

TRAIN_SHARE = 0.9
MOST_BYTES = 1_000_000  # of a text in UTF-8
FEWEST = 200  # characters of a text
CLIP = 1.0  # largest norm of a gradient
CHECKPOINTS = 24
SAMPLE = 240  # characters written at each checkpoint
SAMPLE_TEMPERATURE = 0.7
FAR_MEAN = 1.25  # times guessing evenly: a mean over many steps hides how far the loss rose in one


@dataclasses.dataclass(frozen=True, kw_only=True)
class TextConfig(Settings):
    """Settings of `train_text`; `suggest_text_config` has those that suit a text."""

    hidden_size: int = 128
    num_layers: int = 2
    dropout: float = 0.25  # between the layers and before the last one
    learning_rate: float = 0.015  # the highest of a one-cycle schedule
    batch_size: int = 8  # streams of the text that are read side by side
    sequence_length: int = 64  # characters between two steps of the optimiser
    steps: int = 3500
    seed: int = 0

    def __post_init__(self) -> None:
        for field, low, high in _WHOLE:
            check_whole(field, getattr(self, field), low, high)
        check_real("dropout", self.dropout, 0.0, 0.9)
        check_real("learning_rate", self.learning_rate, 1e-5, 10.0)


@dataclasses.dataclass(frozen=True)
class TrainedText:
    """What `train_text` returns: `result` is JSON-able, `tail` has the bits of each character of the last 10 %."""

    model: TextModel
    result: dict[str, Any]
    tail: dict[str, Values]  # network, ngram


def check_text(text: str) -> list[str]:
    """The characters of `text`; DataError where nothing can be learned from it."""
    size = len(text.encode())
    if not text.strip():
        raise DataError(Message("labs.no-text"), field="text")
    if size > MOST_BYTES:
        raise DataError(Message("labs.text-long", bytes=size, most=MOST_BYTES), field="text")
    characters = split(text)
    if len(characters) < FEWEST:
        raise TooShortError(
            Message("labs.text-short", count=len(characters), fewest=FEWEST),
            needed=FEWEST,
            available=len(characters),
            field="text",
        )
    if len(set(characters)) == 1:
        raise DataError(Message("labs.one-character"), field="text")
    return characters


def split_at(count: int) -> int:
    """Where the last 10 % of `count` characters begin."""
    return int(TRAIN_SHARE * count)


def suggest_text_config(text: str) -> TextConfig:
    """Settings that take well under a minute on one core; on short texts less, about 30 passes at most."""
    count = split_at(len(split(text)))
    config = TextConfig(batch_size=8 if count < 200_000 else 16)
    a_pass = max(1.0, count / (config.batch_size * config.sequence_length))
    affordable = BUDGET_SECONDS / expected_seconds(text, config) * config.steps
    return dataclasses.replace(config, steps=_rounded(min(affordable, max(400.0, 30 * a_pass))))


def expected_seconds(text: str, config: TextConfig) -> float:
    """How long `train_text` is likely to take on one core."""
    size = min(len(set(text)), 4096)
    characters = min(config.batch_size, max(1, len(text) // config.sequence_length)) * config.sequence_length
    layers = config.num_layers * (2e-5 * config.sequence_length + 3.6e-10 * characters * config.hidden_size**2)
    a_step = layers + 1.5e-8 * characters * size
    return config.steps * a_step + 1 + 2e-5 * len(text)


def work_of_text(raw: bytes | None, config: Mapping[str, Any]) -> dict[str, float]:
    """The same of UTF-8 bytes, for the queue."""
    text = (raw or b"").decode("utf-8", errors="replace")
    return {"text": expected_seconds(text, TextConfig.from_dict(config))}


def train_text(
    text: str, config: TextConfig | None = None, on_progress: Callable[[Progress], None] | None = None
) -> TrainedText:
    """Train on the first 90 % of `text` and score the rest.

    result: characters, split (where the rest begins), alphabet (its size), unknown (characters of the rest that are
    not in it), bits (a character of the rest, None where not finite), ngrams ({order: bits}), best_order, train_bits,
    curve ([step, bits on the training part since the last point, bits on the rest]), samples ([step, bits, text]),
    diverged (None or `divergence`, by the mean loss between two points of the curve), steps, seconds, parameters.
    Bits of the rest are those of each character given all before it, the training part included, plus the cost of
    spelling out an unknown one. Raises DataError where there is nothing to learn from.
    """
    from forecasting.model import character_network as recurrent

    settings = config or TextConfig()
    characters = check_text(text)
    cut = split_at(len(characters))
    alphabet = Alphabet.of(characters[:cut])
    train, rest = alphabet.encode(characters[:cut]), alphabet.encode(characters[cut:])
    spelling = alphabet.spelling(characters[cut:])
    grams = bits_by_order(train, rest, len(alphabet)) + spelling
    means = grams.mean(1)
    prompt = "".join(characters[max(0, cut - 200) : cut])
    curve: list[list[float | None]] = []
    samples: list[list[Any]] = []
    train_bits: dict[int, float] = {}
    about = {"config": settings.to_dict()}
    started = time.perf_counter()

    def report(point: Checkpoint) -> None:
        bits = recurrent.quick_bits(point.network, rest, train) + float(spelling.mean())
        model = TextModel(alphabet, recurrent.weights(point.network), about)
        written = model.write(prompt, SAMPLE, temperature=SAMPLE_TEMPERATURE, seed=settings.seed)
        train_bits[point.step] = point.train_bits
        curve.append([point.step, finite(point.train_bits), finite(bits)])
        samples.append([point.step, finite(bits), written])
        if on_progress is not None:
            on_progress(
                Progress(
                    stage="text",
                    fold=0,
                    folds=0,
                    epoch=point.step,
                    epochs=settings.steps,
                    train_loss=curve[-1][1],
                    valid_loss=curve[-1][2],
                    fraction=point.step / settings.steps,
                    detail={"samples": samples[-SHOWN:], "ngram": float(means.min())},
                    frame=frames.frame("text", point.step, curve[-1][1], curve[-1][2], {"texts": {"sample": written}}),
                )
            )

    network = recurrent.train(
        train,
        len(alphabet),
        recurrent.Settings(**settings.to_dict(), clip=CLIP),
        _checkpoints(settings.steps),
        report,
    )
    tail = recurrent.bits(network, rest, train) + spelling
    model = TextModel(alphabet, recurrent.weights(network), about)
    bits = float(tail.mean())
    done = max(train_bits, default=0)
    if done < settings.steps:  # the next loss was not finite
        train_bits[done + 1] = math.nan
    result = {
        **about,
        "characters": len(characters),
        "split": cut,
        "alphabet": len(alphabet) - 1,
        "unknown": int((rest == 0).sum()),
        "bits": finite(bits),
        "ngrams": {str(order): float(mean) for order, mean in zip(ORDERS, means, strict=True)},
        "best_order": ORDERS[int(means.argmin())],
        "curve": curve,
        "samples": samples,
        "diverged": divergence(
            list(train_bits.values()),
            steps=list(train_bits),
            guess=math.log2(len(alphabet)),
            learning_rate=settings.learning_rate,
            largest_weight=max(float(np.abs(array).max()) for array in model.weights.values()),
            far=FAR_MEAN,
        ),
        "steps": done,
        "seconds": time.perf_counter() - started,
        "parameters": sum(array.size for array in model.weights.values()),
    }
    model.about |= {"bits": result["bits"], "characters": len(characters)}
    return TrainedText(model, result, {"network": tail, "ngram": grams[int(means.argmin())]})


def film_scene(config: TextConfig) -> dict[str, Any]:
    """The scene of the frames, see `forecasting.labs.frames`: what it writes."""
    return frames.scene("step", config.steps, ("text",), [{"name": "sample"}])


def _checkpoints(steps: int) -> list[int]:
    """Steps of the checkpoints, closer together at the beginning, where most happens; the last step is one of them."""
    return sorted({max(1, round(steps * (number / CHECKPOINTS) ** 1.6)) for number in range(1, CHECKPOINTS + 1)})


def _rounded(steps: float) -> int:
    """To two digits, within the bounds of `steps`."""
    digits = 10 ** max(0, math.floor(math.log10(max(1.0, steps))) - 1)
    return int(max(1, min(100_000, steps // digits * digits)))


SHOWN = 6  # samples that progress carries
BUDGET_SECONDS = 36.0  # leaves room for slower machines

_WHOLE: Sequence[tuple[str, int, int]] = (  # setting, lowest, highest
    ("hidden_size", 8, 512),
    ("num_layers", 1, 4),
    ("batch_size", 1, 256),
    ("sequence_length", 8, 512),
    ("steps", 1, 100_000),
    ("seed", 0, 2**31 - 1),
)
