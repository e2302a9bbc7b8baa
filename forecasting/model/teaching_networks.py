"""The small networks of `forecasting.labs`: a few lines of torch each, their weights and their seeds.

Axes: B sequences (or windows) of T values, H hidden units.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterable, Iterator

import torch
from torch import Tensor, nn

KINDS: dict[str, Callable[..., nn.RNNBase]] = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


class NextValue(nn.Module):
    """Reads a window; from the last state, the next value or the next `outputs` values.

    inputs: values at each step, of which the first is that of the series. dropout: share of the last state that is set
    to nothing while it is trained.
    """

    def __init__(
        self, cell: str, hidden_size: int, num_layers: int = 1, outputs: int = 1, offset: bool = False,
        inputs: int = 1, dropout: float = 0.0,
    ):  # fmt: skip
        super().__init__()
        self.recurrent = KINDS[cell](inputs, hidden_size, num_layers, batch_first=True)
        self.head = nn.Linear(hidden_size, outputs)
        self.offset = offset  # predict the difference from the last value
        self.dropout = nn.Dropout(dropout)

    def forward(self, windows: Tensor) -> Tensor:  # [B, T] or [B, T, inputs] -> [B, outputs]
        steps = windows[..., None] if windows.ndim == 2 else windows
        states, _ = self.recurrent(steps)  # [B, T, H]
        values: Tensor = self.head(self.dropout(states[:, -1]))
        return steps[:, -1, :1] + values if self.offset else values


class EveryStep(nn.Module):
    """A value at every step; takes and returns a state, so that a sequence can be read chunk by chunk."""

    def __init__(self, cell: str, inputs: int, hidden_size: int, bidirectional: bool = False):
        super().__init__()
        self.recurrent = KINDS[cell](inputs, hidden_size, batch_first=True, bidirectional=bidirectional)
        self.head = nn.Linear(hidden_size * (2 if bidirectional else 1), 1)

    def forward(self, x: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:  # [B, T, inputs] -> [B, T]
        states, state = self.recurrent(x, state)  # [B, T, H]
        return self.head(states)[..., 0], state


class Attention(nn.Module):
    """A recurrent network in which every step attends to the states of all steps.

    Scaled dot products: Vaswani and others (2017), section 3.2.1.
    """

    def __init__(self, cell: str, inputs: int, hidden_size: int):
        super().__init__()
        self.recurrent = KINDS[cell](inputs, hidden_size, batch_first=True)
        self.query = nn.Linear(hidden_size, hidden_size)
        self.key = nn.Linear(hidden_size, hidden_size)
        self.head = nn.Linear(2 * hidden_size, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:  # [B, T, inputs] -> [B, T], weights [B, T, T]
        states, _ = self.recurrent(x)  # [B, T, H]
        scores = self.query(states) @ self.key(states).transpose(1, 2) / math.sqrt(states.shape[-1])
        weights = scores.softmax(-1)  # row: the step that attends; column: the step attended to
        return self.head(torch.cat([states, weights @ states], -1))[..., 0], weights


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Random numbers of torch from `seed` inside; what the caller draws afterwards is as if nothing had happened."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def open_gates(network: nn.Module, by: float = 3.0) -> None:
    """Open the gates that keep the state: forget gate of an LSTM, update gate of a GRU.

    Gers and others (2000), Jozefowicz and others (2015). torch initialises them half open, which halves the
    memory at each step. In both, those gates are the second block of H biases.
    """
    for part in network.modules():
        if isinstance(part, nn.LSTM | nn.GRU):
            with torch.no_grad():
                part.get_parameter("bias_hh_l0")[part.hidden_size : 2 * part.hidden_size] += by


def largest_weight(weights: Iterable[Tensor]) -> float:
    """The largest of all weights in absolute value; not a number where one is none."""
    return float(torch.stack([weight.detach().abs().max() for weight in weights]).max())


def parameters(network: nn.Module) -> int:
    """The number of weights of a network."""
    return sum(weight.numel() for weight in network.parameters())
