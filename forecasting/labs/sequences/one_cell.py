"""RNN, LSTM and GRU so small that every number in them can be read, with their trained weights.

    result = run_one_cell({"example": "pair"})
    result["cells"]["rnn"]["weights"]["weight_hh"]

"pair": "hello" is read letter by letter as one-hot vectors, and "elloh" is the answer, as in `run_pair`; its two l's
differ only in the hidden state. "sine": the next value at every step, after sequences at random phases.

Axes: T steps, I inputs, H hidden units.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from forecasting.config import check_choice, check_whole
from forecasting.labs.json_values import finite, plain
from forecasting.labs.lab_settings import Settings
from forecasting.labs.reporter import OnProgress, Reporter
from forecasting.labs.sequences.cell_comparison import SINE_STEP

if TYPE_CHECKING:
    import torch
    from torch import nn

EXAMPLES = ("pair", "sine")
TRAINED = ("rnn", "lstm", "gru")
SOURCE, TARGET = "hello", "elloh"
LETTERS = tuple(sorted({*SOURCE, *TARGET}))
LENGTH = 24  # values of the sine
BATCH_SIZE = 16  # sequences of it in each training step
RATES = {  # of Adam; on the pair the RNN has that of `run_pair`, at which all gates of the others end wide open or shut
    "pair": {"rnn": 0.1, "lstm": 0.02, "gru": 0.02},
    "sine": {"rnn": 0.03, "lstm": 0.03, "gru": 0.03},
}
DIGITS = 6  # after the point, of weights: their networks answer the same to about 1e-6


@dataclasses.dataclass(frozen=True, kw_only=True)
class OneCellConfig(Settings):
    """Settings of `run_one_cell`. A wrong value raises ConfigError with `.field`."""

    example: str = "pair"
    hidden_size: int = 8
    steps: int = 200  # of training
    seed: int = 0

    def __post_init__(self) -> None:
        check_choice("example", self.example, EXAMPLES)
        check_whole("hidden_size", self.hidden_size, 1, 16)
        check_whole("steps", self.steps, 1, 1000)
        check_whole("seed", self.seed, 0, 2**31 - 1)


def run_one_cell(
    config: OneCellConfig | Mapping[str, Any] | None = None, on_progress: OnProgress = None
) -> dict[str, Any]:
    """Train the three cells on the example; JSON-able.

    x: what they read [T, I]; target: the place in `letters` of the right letter, or the right value, at each step [T].
    letters: of the pair, in the order of one-hot vectors and of answers; none for the sine.
    cells: for each {weights, losses, loss, seconds, parameters}: weights by name as torch stacks them, without the
        suffix of their layer, and `weight_out`, `bias_out`; the loss at each training step, before it, and after the
        last: bits a letter, or mean squared error.
    """
    from forecasting.model.teaching_networks import seeded

    settings = OneCellConfig.of(config)
    pair = settings.example == "pair"
    places = [LETTERS.index(letter) for letter in SOURCE]
    wave = np.sin(SINE_STEP * np.arange(LENGTH + 1))
    cells = {}
    for number, cell in enumerate(TRAINED, start=1):
        with seeded(settings.seed):
            cells[cell] = _train(cell, settings, Reporter(on_progress, number, len(TRAINED)))
    return {
        "config": settings.to_dict(),
        "letters": list(LETTERS) if pair else [],
        "x": plain(np.eye(len(LETTERS))[places]) if pair else plain(wave[:-1, None], DIGITS),
        "target": [LETTERS.index(letter) for letter in TARGET] if pair else plain(wave[1:], DIGITS),
        "cells": cells,
    }


def _train(cell: str, config: OneCellConfig, report: Reporter) -> dict[str, Any]:
    import torch
    from torch import nn

    from forecasting.model.optimiser import AdamW
    from forecasting.model.teaching_networks import KINDS

    inputs = outputs = len(LETTERS) if config.example == "pair" else 1
    recurrent, head = KINDS[cell](inputs, config.hidden_size), nn.Linear(config.hidden_size, outputs)
    parameters = [*recurrent.parameters(), *head.parameters()]
    optimiser = AdamW(parameters)  # without decay: Adam
    torch.manual_seed(config.seed)  # from here on the same sequences for every cell
    unit = math.log(2) if config.example == "pair" else 1.0  # bits are reported, and nats trained on as in `run_pair`
    losses: list[float] = []
    started = time.perf_counter()
    for step in range(1, config.steps + 1):
        loss = _loss(config.example, recurrent, head)
        losses.append(loss.item() / unit)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch gives it no types
        optimiser.step(RATES[config.example][cell])
        if step % max(1, config.steps // 20) == 0:
            report(step, config.steps, losses[-1])
    seconds = time.perf_counter() - started
    with torch.no_grad():
        last = _loss(config.example, recurrent, head).item() / unit
    named = {name.removesuffix("_l0"): weight for name, weight in recurrent.named_parameters()}
    named |= {f"{name}_out": weight for name, weight in head.named_parameters()}
    return {
        "weights": {name: plain(weight.detach().double().numpy(), DIGITS) for name, weight in named.items()},
        "losses": plain(losses, DIGITS),
        "loss": finite(last),
        "seconds": seconds,
        "parameters": sum(weight.numel() for weight in parameters),
    }


def _loss(example: str, recurrent: nn.RNNBase, head: nn.Linear) -> torch.Tensor:
    """Cross entropy of the pair, in nats; mean squared error of the sine, at new phases each time."""
    import torch
    from torch.nn import functional

    if example == "pair":
        read = torch.eye(len(LETTERS))[[LETTERS.index(letter) for letter in SOURCE]]  # [T, I]
        right = torch.tensor([LETTERS.index(letter) for letter in TARGET])
        return functional.cross_entropy(head(recurrent(read)[0]), right)
    phases = 2 * math.pi * torch.rand(BATCH_SIZE)
    wave = torch.sin(phases + SINE_STEP * torch.arange(LENGTH + 1)[:, None])[..., None]  # [T + 1, batch, 1]
    error: torch.Tensor = ((head(recurrent(wave[:-1])[0]) - wave[1:]) ** 2).mean()
    return error
