"""A linear recurrence over patches of values that goes on over the horizon, with quantiles as its forecast.

The recurrence is that of minGRU (Feng et al., "Were RNNs All We Needed?", 2024): gate and candidate depend on the input
alone, so that all products of matrices are taken over all patches at once. Each future patch enters with its anchors;
the forecast is a mix of them, chosen step by step, plus a deviation and a spread.

Axes: B series, N past patches, F future patches, P steps of a patch, K anchors, Q quantiles, D width.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from forecasting.model.pretrained.anchors import COUNT
from forecasting.model.pretrained.inputs import CHANNELS, FIGURES, PATCH

LEVELS = (0.025, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.975)
MIDDLE = LEVELS.index(0.5)
SPREADS = (1.5, 0.7, 0.5, 0.4)  # from the median outwards to the lowest level, of an untrained network


@dataclasses.dataclass(frozen=True)
class Size:
    """How large the network is."""

    width: int = 256
    blocks: int = 3
    inner: int = 512


class Network(nn.Module):
    """Scaled quantiles [B, F P, Q] of the coming steps."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = size
        self.past = nn.Linear(CHANNELS * PATCH + FIGURES, size.width)
        self.future = nn.Linear(COUNT * PATCH + FIGURES, size.width)
        self.blocks = nn.ModuleList(Block(size) for _ in range(size.blocks))
        self.norm = nn.LayerNorm(size.width)
        self.head = nn.Linear(size.width, PATCH * (COUNT + len(LEVELS)))
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, past: Tensor, anchors: Tensor, figures: Tensor) -> Tensor:
        """Of past patches [B, N, CHANNELS * P], anchors [B, F P, K] and figures [B, FIGURES]."""
        series, steps, _ = anchors.shape
        patches = steps // PATCH
        told = figures[None]
        behind = torch.asinh(past.transpose(0, 1))
        coming = torch.asinh(anchors).reshape(series, patches, PATCH * COUNT).transpose(0, 1)
        behind = torch.cat([behind, told.expand(len(behind), -1, -1)], dim=2)
        coming = torch.cat([coming, told.expand(patches, -1, -1)], dim=2)
        x = torch.cat([self.past(behind), self.future(coming)]).float()  # [N + F, B, D]: steps of the recurrence whole
        for block in self.blocks:
            x = block(x)
        out = self.head(self.norm(x[-patches:])).float().transpose(0, 1)
        out = out.reshape(series, steps, COUNT + len(LEVELS))
        middle = (torch.softmax(out[..., :COUNT], dim=-1) * anchors).sum(dim=-1) + out[..., COUNT + MIDDLE]
        return _quantiles(middle, out[..., COUNT:])


def _quantiles(middle: Tensor, out: Tensor) -> Tensor:
    """Ascending quantiles [..., Q] about the `middle`: distances between neighbours are exponentials."""
    base = torch.tensor(SPREADS, device=out.device).log()
    below = torch.exp((out[..., :MIDDLE] + base).clamp(-7, 7))
    above = torch.exp((out[..., MIDDLE + 1 :] + base.flip(0)).clamp(-7, 7))
    low = middle[..., None] - below.flip(-1).cumsum(dim=-1).flip(-1)
    high = middle[..., None] + above.cumsum(dim=-1)
    return torch.cat([low, middle[..., None], high], dim=-1)


class Block(nn.Module):
    """A gated linear recurrence, then a layer that sees each patch alone; both add to what comes in [N, B, D]."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.width = size.width
        self.first = nn.LayerNorm(size.width)
        self.inward = nn.Linear(size.width, 3 * size.width)
        self.outward = nn.Linear(size.width, size.width)
        self.second = nn.LayerNorm(size.width)
        self.wider = nn.Linear(size.width, size.inner)
        self.narrower = nn.Linear(size.inner, size.width)
        with torch.no_grad():  # memories from one patch to the whole context
            keep = torch.linspace(0.5, 4.0, size.width)
            self.inward.bias[: size.width] = -keep

    def forward(self, x: Tensor) -> Tensor:
        """[N, B, D]."""
        gate, candidate, shown = self.inward(self.first(x)).split(self.width, dim=2)
        states = Recurrence.apply(gate.float(), candidate.float())  # type: ignore[no-untyped-call]
        x = x + self.outward(states.to(shown.dtype) * functional.silu(shown))
        out: Tensor = x + self.narrower(functional.silu(self.wider(self.second(x))))
        return out


class Recurrence(torch.autograd.Function):
    """States [N, B, D] of h[t] = h[t-1] + sigmoid(gate[t]) (candidate[t] - h[t-1]), from 0.

    Differentiated by hand: recorded step by step it would take most of the time of a training.
    """

    @staticmethod
    def forward(ctx: Any, gate: Tensor, candidate: Tensor) -> Tensor:
        """Both [N, B, D]."""
        opened = torch.sigmoid(gate)
        states = torch.empty_like(candidate)
        state = torch.zeros_like(candidate[0])
        for step in range(len(gate)):
            state = torch.lerp(state, candidate[step], opened[step], out=states[step])
        ctx.save_for_backward(opened, candidate, states)
        return states

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor]:
        """Of gate and candidate."""
        opened, candidate, states = ctx.saved_tensors
        keep = 1 - opened
        total = grads[0].clone()
        for step in range(len(total) - 2, -1, -1):
            total[step].addcmul_(total[step + 1], keep[step + 1])
        for_candidate = total * opened
        moved = candidate.clone()
        moved[1:] -= states[:-1]
        return moved.mul_(for_candidate).mul_(keep), for_candidate
