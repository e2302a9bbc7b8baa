"""A pair of words, letter by letter: the network reads "hello" and answers "elloh", a letter at each step.

    result = run_pair({"source": "hello", "target": "elloh"})
    result["predictions"][-1]

The classic setting: letters as one-hot vectors, a simple recurrent layer of 8, Adam at 0.1, the whole pair in each of
200 epochs. The first l of hello has to become l and the second o: only the hidden state tells them apart.

Axes: E epochs, T letters of a word, V distinct letters.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from forecasting.config import check_real, check_whole
from forecasting.errors import ConfigError
from forecasting.labs import frames
from forecasting.labs.divergence import FAR, divergence
from forecasting.labs.json_values import finite
from forecasting.labs.lab_settings import Settings
from forecasting.labs.text.alphabet import split
from forecasting.messages import Message
from forecasting.progress import Progress

LONGEST = 16  # letters of a word
REPORTS = 20  # of progress


@dataclasses.dataclass(frozen=True, kw_only=True)
class PairConfig(Settings):
    """Settings of `run_pair`; the defaults are the classic setting. A wrong value raises ConfigError with `.field`."""

    source: str = "hello"  # the word that is read
    target: str = "elloh"  # the answer, a letter for each that is read
    hidden_size: int = 8
    learning_rate: float = 0.1  # of Adam
    epochs: int = 200
    seed: int = 0

    def __post_init__(self) -> None:
        for field in ("source", "target"):
            _check_word(field, getattr(self, field))
        source, target = len(split(self.source)), len(split(self.target))
        if source != target:
            raise ConfigError(
                Message("labs.words-differ", difference=abs(source - target), source=source, target=target),
                field="target",
            )
        check_whole("hidden_size", self.hidden_size, 1, 128)
        check_real("learning_rate", self.learning_rate, 1e-5, 100.0)
        check_whole("epochs", self.epochs, 1, 500)
        check_whole("seed", self.seed, 0, 2**31 - 1)


def rotated(word: str, by: int = 1) -> str:
    """The classic answer to a word: its first letter last; with -1 the word that has `word` for an answer."""
    letters = split(word)
    return "".join([*letters[by:], *letters[:by]])


def run_pair(
    config: PairConfig | Mapping[str, Any] | None = None, on_progress: Callable[[Progress], None] | None = None
) -> dict[str, Any]:
    """Train on the pair, with the answer of the network at each epoch. All JSON-able.

    letters: the distinct ones [V]; source, target: letters of the words [T].
    losses: bits a letter at each epoch, before its step [E]; None where not finite.
    predictions: the likeliest letters at each epoch, as a word; probabilities: of every letter at every place
    [E, T, V], in thousandths.
    diverged: None or `divergence`. learned_at: the first epoch from which on all letters were right.
    """
    import torch
    from torch import nn

    from forecasting.model.optimiser import AdamW
    from forecasting.model.teaching_networks import largest_weight, seeded

    settings = PairConfig.of(config)
    source, target = split(settings.source), split(settings.target)
    letters = sorted({*source, *target})
    places = {letter: place for place, letter in enumerate(letters)}
    inputs = torch.eye(len(letters))[[places[letter] for letter in source]]  # [T, V]
    answers = torch.tensor([places[letter] for letter in target])
    losses: list[float] = []
    predictions, probabilities = [], []
    moments = frames.moments(settings.epochs)
    started = time.perf_counter()
    with seeded(settings.seed):
        recurrent = nn.RNN(len(letters), settings.hidden_size)
        head = nn.Linear(settings.hidden_size, len(letters))
        weights = [*recurrent.parameters(), *head.parameters()]
        optimiser = AdamW(weights)  # without decay: Adam
        for epoch in range(1, settings.epochs + 1):
            logits = head(recurrent(inputs)[0])  # [T, V]
            loss = nn.functional.cross_entropy(logits, answers)
            losses.append(loss.item() / math.log(2))
            shares = logits.detach().softmax(-1).double().numpy()
            predictions.append("".join(letters[place] for place in shares.argmax(-1)))
            probabilities.append(np.rint(np.nan_to_num(shares) * 1000).astype(int).tolist())
            filmed = epoch in moments
            if on_progress is not None and (filmed or epoch % max(1, settings.epochs // REPORTS) == 0):
                on_progress(
                    Progress(
                        stage="pair",
                        fold=0,
                        folds=0,
                        epoch=epoch,
                        epochs=settings.epochs,
                        train_loss=finite(losses[-1]),
                        valid_loss=None,
                        fraction=epoch / settings.epochs,
                        detail={"prediction": predictions[-1]},
                        frame=_frame(epoch, losses[-1], predictions[-1], probabilities[-1]) if filmed else None,
                    )
                )
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch gives it no types
            optimiser.step(settings.learning_rate)
    wrong = [epoch for epoch, word in enumerate(predictions, 1) if word != settings.target]
    last = wrong[-1] if wrong else 0
    return {
        "config": settings.to_dict(),
        "letters": letters,
        "source": source,
        "target": target,
        "losses": [finite(loss) for loss in losses],
        "predictions": predictions,
        "probabilities": probabilities,
        "learned_at": last + 1 if last < settings.epochs else None,
        "diverged": divergence(
            losses,
            guess=math.log2(len(letters)),
            learning_rate=settings.learning_rate,
            largest_weight=largest_weight(weights),
            far=FAR,
            highest_rate=PairConfig.learning_rate,
        ),
        "seconds": time.perf_counter() - started,
        "parameters": sum(weight.numel() for weight in weights),
    }


def film_scene(config: PairConfig) -> dict[str, Any]:
    """The scene of the frames, see `forecasting.labs.frames`: what it answers, and how sure it is at each place."""
    source, target = split(config.source), split(config.target)
    cells = {"name": "sure", "rows": sorted({*source, *target}), "columns": source, "wanted": target}
    return frames.scene("epoch", config.epochs, ("pair",), [cells, {"name": "answer"}])


def _frame(epoch: int, loss: float, answer: str, shares: list[list[int]]) -> dict[str, Any]:
    """shares: of every letter at every place [T, V], in thousandths."""
    return frames.frame("pair", epoch, loss, None, {"texts": {"answer": answer}, "lines": {"sure": shares}})


def _check_word(field: str, word: object) -> None:
    if not isinstance(word, str) or not word:
        raise ConfigError(Message(f"labs.word-missing.{field}"), field=field)
    letters = len(split(word))
    if letters > LONGEST:
        raise ConfigError(Message(f"labs.word-long.{field}", letters=letters, longest=LONGEST), field=field)
