"""One training loop for all lessons, with the remedies that they compare as arguments.

Axes: N windows, W values in each, H hidden units.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from forecasting.labs.divergence import hopeless
from forecasting.labs.json_values import Values

if TYPE_CHECKING:
    import torch

BATCH = 64

OnEpoch = Callable[[int, float], None] | None  # epoch from 1, training loss


@dataclasses.dataclass(frozen=True, kw_only=True)
class Examples:
    """Windows [N, W] (or [N, W, inputs]) and the value that follows each [N]."""

    windows: Values
    targets: Values

    def part(self, start: int, end: int | None = None) -> Examples:
        """Those from `start` to `end`."""
        return Examples(windows=self.windows[start:end], targets=self.targets[start:end])


@dataclasses.dataclass(frozen=True, kw_only=True)
class History:
    """What a training tells by epoch: losses during it, losses after it on what is held out, learning rates; and the
    length of each step's gradient."""

    losses: list[float]
    held_out: list[float]
    rates: list[float]
    norms: list[float]
    best: int  # epoch with the lowest held-out loss, from 1; 0 where nothing is held out


def examples(y: Values, window: int, targets: Values | None = None) -> Examples:
    """Every `window` consecutive values of `y` and the value after them, or that of `targets` in its place."""
    runs = np.lib.stride_tricks.sliding_window_view(y, window, axis=0)[:-1]  # [N, W], of several inputs [N, inputs, W]
    return Examples(
        windows=runs if y.ndim == 1 else np.swapaxes(runs, 1, 2),
        targets=(y if targets is None else targets)[window:],
    )


def train(
    network: torch.nn.Module,
    taught: Examples,
    *,
    epochs: int,
    rate: float | Callable[[int, int, list[float]], float],
    held_out: Examples | None = None,
    batch: int = BATCH,
    clip: float | None = None,
    robust: bool = False,
    descent: str = "adam",
    keep_best: bool = False,
    on_epoch: OnEpoch = None,
) -> History:
    """Train `network` in place.

    rate: of Adam; or a function (step, steps, held-out losses so far) -> rate, asked before each step. clip: the
    longest gradient, longer ones are shortened to it (Pascanu, Mikolov and Bengio, ICML 2013). robust: Huber's loss,
    which grows with the distance itself beyond one deviation, for the squared error. descent: "adam", or "plain" for
    steps along the gradient. keep_best: end with the weights of the epoch whose held-out loss was lowest.
    """
    import torch

    from forecasting.model.optimiser import AdamW

    windows, targets = _tensor(taught.windows), _tensor(taught.targets)
    steps = epochs * math.ceil(len(windows) / batch)
    weights = list(network.parameters())
    adam = AdamW(weights)
    history = History(losses=[], held_out=[], rates=[], norms=[], best=0)
    best, kept, step, first = math.inf, None, 0, math.nan
    for epoch in range(1, epochs + 1):
        summed, now = 0.0, 0.0
        network.train()
        for some in torch.split(torch.randperm(len(windows)), batch):
            errors = network(windows[some])[:, 0] - targets[some]
            squared = errors**2
            losses = torch.where(errors.abs() <= 1, squared, 2 * errors.abs() - 1) if robust else squared
            loss = losses.mean()
            adam.zero_grad()
            loss.backward()
            with torch.no_grad():
                norm = float(
                    torch.sqrt(sum(((w.grad**2).sum() for w in weights if w.grad is not None), torch.zeros(())))
                )
            history.norms.append(norm)
            if clip is not None and norm > clip:
                for weight in weights:
                    if weight.grad is not None:
                        weight.grad *= clip / norm
            now = rate if isinstance(rate, float) else rate(step, steps, history.held_out)
            if descent == "adam":
                adam.step(now)
            else:
                with torch.no_grad():
                    for weight in weights:
                        if weight.grad is not None:
                            weight.sub_(now * weight.grad)
            summed += loss.item() * len(some)
            step += 1
            first = loss.item() if math.isnan(first) else first
            if hopeless(loss.item(), first):
                break
        history.losses.append(summed / len(windows))
        history.rates.append(now)
        if held_out is not None:
            history.held_out.append(mse(network, held_out))
            if history.held_out[-1] < best:
                best = history.held_out[-1]
                history = dataclasses.replace(history, best=epoch)
                kept = [weight.detach().clone() for weight in weights] if keep_best else None
        if on_epoch is not None:
            on_epoch(epoch, history.losses[-1])
        if hopeless(loss.item(), first):
            break
    if kept is not None:
        with torch.no_grad():
            for weight, value in zip(weights, kept, strict=True):
                weight.copy_(value)
    network.train(False)
    return history


def predict(network: torch.nn.Module, windows: Values) -> Values:
    """What the network says of each window [N]."""
    import torch

    training = network.training
    network.train(False)
    with torch.no_grad():
        values: Values = network(_tensor(windows))[:, 0].double().numpy()
    network.train(training)
    return values


def mse(network: torch.nn.Module, asked: Examples) -> float:
    """Mean squared error of the network on these windows."""
    return float(np.mean((predict(network, asked.windows) - asked.targets) ** 2))


def _tensor(values: Values) -> torch.Tensor:
    import torch

    return torch.tensor(np.ascontiguousarray(values), dtype=torch.float32)
