"""AdamW and learning-rate schedules, the same numbers as torch.optim's.

A torch.optim.Optimizer imports torch._dynamo when it is made: 800 modules, about two seconds and 110 MB in every
process that trains, for compiling that is never asked for. The function that its step calls does not.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.optim.adamw import adamw


class AdamW:
    """Decoupled weight decay, Loshchilov and Hutter (2019), algorithm 2, by torch's function for one step of it.

    Without decay it is Adam.
    """

    def __init__(self, parameters: Iterable[Tensor], *, weight_decay: float = 0.0) -> None:
        self._parameters = list(parameters)
        self._decay = weight_decay
        self._mean = [torch.zeros_like(parameter) for parameter in self._parameters]
        self._square = [torch.zeros_like(parameter) for parameter in self._parameters]
        self._steps = [torch.zeros(()) for _ in self._parameters]

    @property
    def state(self) -> list[Tensor]:
        """What it remembers of the steps so far; whoever writes into these tensors sets it back to another time."""
        return [*self._mean, *self._square, *self._steps]

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for parameter in self._parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self, learning_rate: float) -> None:
        """Move the parameters that have a gradient by one step of size `learning_rate`."""
        used = [i for i, parameter in enumerate(self._parameters) if parameter.grad is not None]
        adamw(
            [self._parameters[i] for i in used],
            [gradient for i in used if (gradient := self._parameters[i].grad) is not None],
            [self._mean[i] for i in used],
            [self._square[i] for i in used],
            [],
            [self._steps[i] for i in used],
            foreach=True,
            amsgrad=False,
            beta1=0.9,
            beta2=0.999,
            lr=learning_rate,
            weight_decay=self._decay,
            eps=1e-8,
            maximize=False,
        )


def move_average(average: nn.Module, network: nn.Module, weight: float) -> None:
    """Move the running mean of the weights towards the current ones (Polyak and Juditsky, 1992)."""
    with torch.no_grad():
        torch._foreach_lerp_(list(average.parameters()), list(network.parameters()), weight)


def one_cycle(peak: float, step: int, steps: int, warm_up: float = 0.1) -> float:
    """The learning rate of step 0 ... steps - 1: up from peak / 25 over `warm_up`, then down to almost nothing.

    Both along half a cosine; Smith and Topin (2019) with the constants that torch's OneCycleLR has.
    """
    if steps == 1:
        return peak
    start, end = peak / 25, peak / 25 / 1e4
    top = warm_up * steps - 1
    if step <= top:
        return _cosine(start, peak, step / top if top else 1.0)
    return _cosine(peak, end, (step - top) / (steps - 1 - top))


class Plateau:
    """The learning rate times `factor` whenever the loss has not improved for more than `patience` epochs, as torch's
    ReduceLROnPlateau; the defaults are those of tutorials."""

    def __init__(self, learning_rate: float, patience: int = 5, factor: float = 0.1) -> None:
        self.learning_rate = learning_rate
        self._patience, self._factor = patience, factor
        self.best = math.inf
        self.waited = 0

    def step(self, loss: float) -> None:
        """Take note of an epoch's loss."""
        if loss < self.best * (1 - 1e-4):
            self.best, self.waited = loss, 0
        else:
            self.waited += 1
        if self.waited > self._patience:
            self.learning_rate, self.waited = self.learning_rate * self._factor, 0


def _cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) / 2 * (1 + math.cos(math.pi * share))
