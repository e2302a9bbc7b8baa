"""What the networks read, as tensors, chunk by chunk: a chunk is a window and the origins that follow it.

Axes: B chunks, T = window + stride - 1 steps of a chunk, O = stride origins of a chunk, H horizon, F inputs, L lags,
N positions of the flat array, P and K further inputs.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import torch
from torch import Tensor

from forecasting.model import networks
from forecasting.model.linear import Linear
from forecasting.model.regressors import gather
from forecasting.model.windows import Flat, Index
from forecasting.panel import Values

CELLS = 8_000_000  # offsets of all origins that are held at once


@dataclasses.dataclass(frozen=True, kw_only=True)
class Material:
    """What training reads, as tensors on the device."""

    z: Tensor  # [N]
    inputs: Tensor  # [N, F]
    lags: Tensor  # [L]
    linear: Linear
    spread: Tensor  # [H] mean absolute error of anchor + linear
    window: int
    cell: str
    past: Tensor | None = None  # [N, P] further inputs
    known: Tensor | None = None  # [N, K] those known H steps ahead
    memory: int = 0  # last steps of them that the linear path reads
    constant: bool = False  # forecasts start from zero, not from the last value
    measured: Tensor | None = None  # [N] 1 where a value was measured, 0 where it was filled in; None: all

    @property
    def stride(self) -> int:
        """Origins of a chunk."""
        return origins_per_chunk(self.window, self.cell)

    @property
    def horizon(self) -> int:
        return self.spread.shape[0]

    def with_window(self, window: int) -> Material:
        """The same for a network that is sure to have seen another number of values."""
        return self if window == self.window else dataclasses.replace(self, window=window)


def origins_per_chunk(window: int, cell: str) -> int:
    """At least as many origins as warm-up steps, so that each step is computed about twice at most.

    A cell that sees whole windows computes each of them by itself: there a chunk is only neighbouring windows.
    """
    return 16 if cell in networks.WHOLE_WINDOWS else max(window, 192)


def chunk_length(window: int) -> int:
    """The longest chunk of any cell."""
    return window + max(window, 192) - 1


def lead(window: int, horizon: int, lags: Index, periods: tuple[int, ...]) -> int:
    """Copies of a series' first value before it, so that all that is read at its first origin is there."""
    return max(chunk_length(window) + max(periods, default=1), int(-lags.min()), horizon)


def network_inputs(flat: Flat, periods: tuple[int, ...]) -> Values:
    """Inputs [N, F] at each step: value, difference, and for each season the seasonal difference and the distance
    from the mean of the last season; then the further ones. All are known at the step itself."""
    z = flat.z
    columns = [z, 3 * np.diff(z, prepend=z[:1])]
    total = np.concatenate([[0.0], np.cumsum(z)])
    for period in periods:
        back = np.maximum(np.arange(len(z)) - period, 0)
        columns.append(z - z[back])
        columns.append(z - (total[1:] - total[back + 1]) / np.maximum(np.arange(len(z)) - back, 1))
    inputs = np.arcsinh(np.stack(columns, -1))  # a value far beyond those trained on changes little
    if flat.past is None or flat.known is None:
        return inputs
    return np.concatenate([inputs, flat.past, flat.known], axis=1)


def material(flat: Flat, periods: tuple[int, ...], linear: Linear, spread: Values, window: int, cell: str) -> Material:
    """Tensors of one training, on the GPU where there is one."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return Material(
        z=tensor(flat.z).to(device),
        inputs=tensor(network_inputs(flat, periods)).to(device),
        lags=torch.from_numpy(linear.lags).to(device),
        linear=linear,
        spread=tensor(spread).to(device),
        window=window,
        cell=cell,
        past=None if flat.past is None else tensor(flat.past).to(device),
        known=None if flat.known is None else tensor(flat.known).to(device),
        memory=flat.memory,
        constant=flat.constant,
        measured=None if flat.measured is None else tensor(flat.measured.astype(np.float64)).to(device),
    )


def chunks_at_once(material: Material) -> int:
    """Chunks that may be computed together without taking more than some 100 MB."""
    cells = CELLS * (8 if material.z.is_cuda else 1)
    read = int(material.linear.anchor.shape[1]) + 2 * material.horizon
    return max(1, min(cells // (8 * chunk_length(material.window)), cells // (chunk_length(material.window) * read)))


def tensor(values: Values) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))


def outputs(network: networks.Scaffold, material: Material, positions: Tensor) -> tuple[Tensor, Tensor]:
    """Central offsets and log spread [B, O, H] for chunks at `positions` [B, T]."""
    origins = positions[:, material.window - 1 :]
    steps = torch.arange(1, material.horizon + 1, device=origins.device)
    back = torch.arange(1 - material.memory, 1, device=origins.device)
    ahead = None if material.known is None else material.known[origins[..., None] + steps]  # [B, O, H, K]
    groups = gather(material, origins, material.lags, back, steps)
    read = torch.cat(groups, -1) if len(groups) > 1 else groups[0]
    central, log_spread = network(material.inputs[positions], read, ahead)
    return central, log_spread


def truth(material: Material, positions: Tensor) -> Tensor:
    """The offsets [B, O, H] that came true."""
    origins = positions[:, material.window - 1 :]
    steps = torch.arange(1, material.horizon + 1, device=origins.device)
    return material.z[origins[..., None] + steps] - material.z[origins][..., None]


def measured_share(material: Material, positions: Tensor) -> Tensor | None:
    """1 where the truth [B, O, H] was measured, 0 where it was filled in; None where all was."""
    if material.measured is None:
        return None
    origins = positions[:, material.window - 1 :]
    steps = torch.arange(1, material.horizon + 1, device=origins.device)
    return material.measured[origins[..., None] + steps]


def chunks_ending_at(ends: Index, material: Material) -> Tensor:
    """Positions [B, T] of the chunks whose last origin is at `ends` [B]."""
    length = material.window + material.stride - 1
    return (torch.from_numpy(ends)[:, None] + torch.arange(1 - length, 1)).to(material.z.device)
