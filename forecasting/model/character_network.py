"""The character LSTM and its training: streams of text read side by side, the state carried on, a loss at every step.

The embedding is also what the last layer compares its output with (Press and Wolf, 2017), so it is as wide as a layer.

Axes: N characters of a text, B streams, T steps of a piece, H hidden size (and width of the embedding), V characters of
the alphabet.
"""

from __future__ import annotations

import copy
import dataclasses
import math
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from forecasting.model.optimiser import AdamW, move_average, one_cycle

Ids = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]
Weights = dict[str, npt.NDArray[np.float32]]
State = tuple[Tensor, Tensor]

REACH = 0.1  # share of the steps that the running mean of the weights looks back over
PIECE = 1000  # characters of a text whose probabilities are in memory at once
LEAD = 2000  # characters before a text that are read first, for the state


class Characters(nn.Module):
    """From the characters so far, the logits of the next."""

    def __init__(self, size: int, hidden_size: int, num_layers: int, dropout: float) -> None:
        super().__init__()
        self.embedding = nn.Embedding(size, hidden_size)
        nn.init.normal_(self.embedding.weight, std=0.1)
        between = dropout if num_layers > 1 else 0.0
        self.lstm = nn.LSTM(hidden_size, hidden_size, num_layers, batch_first=True, dropout=between)
        self.dropout = nn.Dropout(dropout)
        self.bias = nn.Parameter(torch.zeros(size))
        with torch.no_grad():
            for layer in range(num_layers):  # begin by remembering: Jozefowicz, Zaremba and Sutskever (2015)
                getattr(self.lstm, f"bias_ih_l{layer}")[hidden_size : 2 * hidden_size] = 1.0

    def forward(self, ids: Tensor, state: State | None = None) -> tuple[Tensor, State]:  # [B, T] -> [B, T, V]
        outputs, state = self.lstm(self.embedding(ids), state)
        return self.dropout(outputs) @ self.embedding.weight.T + self.bias, state


@dataclasses.dataclass(frozen=True)
class Settings:
    """Settings of `train`."""

    hidden_size: int
    num_layers: int
    dropout: float
    learning_rate: float  # the highest one of the schedule
    batch_size: int  # streams read side by side
    sequence_length: int  # characters between two steps of the optimiser
    steps: int
    clip: float  # largest norm of the gradient
    seed: int


@dataclasses.dataclass(frozen=True)
class Checkpoint:
    """After `step` steps: bits a character in training since the last checkpoint, and the mean weights."""

    step: int
    train_bits: float
    network: Characters


def train(
    ids: Ids, size: int, settings: Settings, steps: list[int], report: Callable[[Checkpoint], None]
) -> Characters:
    """Train on `ids` [N] and call `report` after each of `steps`; returns the mean weights, the last finite ones.

    Training ends early when the loss or its gradient is no longer finite; then not all `steps` are reported.
    """
    random = np.random.default_rng(settings.seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        network = Characters(size, settings.hidden_size, settings.num_layers, settings.dropout)
        average = copy.deepcopy(network).train(False)
        optimiser = AdamW(network.parameters(), weight_decay=0.01)
        newest = min(0.3, 1 / (REACH * settings.steps))
        pieces = _pieces(torch.from_numpy(ids), settings, random)
        state: State | None = None
        summed, since = 0.0, 0
        for step in range(1, settings.steps + 1):
            inputs, targets, first = next(pieces)
            logits, state = network(inputs, None if first else state)
            state = (state[0].detach(), state[1].detach())
            loss = nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch gives it no types
            norm = nn.utils.clip_grad_norm_(network.parameters(), settings.clip)
            if not math.isfinite(loss.item()) or not math.isfinite(norm.item()):
                break
            optimiser.step(one_cycle(settings.learning_rate, step - 1, settings.steps))
            move_average(average, network, newest)
            summed, since = summed + loss.item(), since + 1
            if step in steps:
                report(Checkpoint(step, summed / since / math.log(2), average))
                summed, since = 0.0, 0
    return average


def bits(network: Characters, ids: Ids, before: Ids) -> Values:
    """Bits of each character of `ids` [N], read in one pass, the state carried over from the end of `before`."""
    lead = before[-LEAD:]
    both = torch.from_numpy(np.concatenate([lead, ids]))
    losses, state = [], None
    with torch.no_grad():
        for start in range(0, len(both) - 1, PIECE):
            targets = both[start + 1 : start + 1 + PIECE]
            logits, state = network(both[start : start + len(targets)][None], state)
            losses.append(nn.functional.cross_entropy(logits[0], targets, reduction="none"))
    nats: Values = torch.cat(losses)[len(lead) - 1 :].double().numpy()
    return nats / math.log(2)


def quick_bits(
    network: Characters, ids: Ids, before: Ids, streams: int = 16, lead: int = 64, most: int = 20_000
) -> float:
    """About the mean of `bits` over the first `most` characters: many blocks at once, each after a short lead."""
    both = torch.from_numpy(np.concatenate([before[-lead:], ids[:most]]))
    lead = len(both) - len(ids[:most])
    length = max(1, len(ids[:most]) // streams)
    starts = torch.arange(0, len(ids[:most]) - length + 1, length)
    blocks = both[starts[:, None] + torch.arange(lead + length)]  # [B, lead + length]
    summed, state = 0.0, None
    with torch.no_grad():
        for start in range(0, lead + length - 1, PIECE // streams):
            targets = blocks[:, start + 1 : start + 1 + PIECE // streams]
            logits, state = network(blocks[:, start : start + targets.shape[1]], state)
            counted = slice(max(0, lead - 1 - start), None)
            nats = nn.functional.cross_entropy(logits.transpose(1, 2), targets, reduction="none")
            summed += float(nats[:, counted].sum())
    return summed / (len(starts) * length) / math.log(2)


def weights(network: Characters) -> Weights:
    """The weights as arrays, by name."""
    return {name: value.detach().numpy().copy() for name, value in network.state_dict().items()}


def _pieces(ids: Tensor, settings: Settings, random: np.random.Generator) -> Iterator[tuple[Tensor, Tensor, bool]]:
    """Endless (inputs, targets [B, T], whether the streams begin): each pass cuts the text, rotated by a random number
    of characters, into streams that are read in parallel."""
    streams = max(1, min(settings.batch_size, len(ids) // (settings.sequence_length + 1)))
    length = len(ids) // streams
    while True:
        rotated = torch.roll(ids, -int(random.integers(len(ids))))[: streams * length].view(streams, length)
        for start in range(0, length - 1, settings.sequence_length):
            targets = rotated[:, start + 1 : start + 1 + settings.sequence_length]
            yield rotated[:, start : start + targets.shape[1]], targets, start == 0
