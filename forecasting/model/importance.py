"""What a trained method looks at: lags, inputs, and, with the attention cell, steps of the window.

Axes: S series, O origins, H horizon, W window.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from forecasting.messages import Message
from forecasting.model import material as materials
from forecasting.model.material import Material
from forecasting.model.method import Method
from forecasting.model.regressors import regressors
from forecasting.model.windows import Flat, Index
from forecasting.panel import Values

MOST_LAGS = 400  # that are listed
LOOKED_AT = 8  # last origins, spread over the last quarter, at which inputs are left out


def lags(method: Method, flat: Flat) -> list[dict[str, float]]:
    """The lags with the largest weight in anchor + linear, times the size of a typical change at them."""
    positions = method.linear.lags
    ends = flat.start + flat.length - 1
    origins = np.unique(np.maximum(ends[:, None] - np.arange(64) * 3, flat.start[:, None]))
    spread = regressors(flat, origins, positions)[:, : len(positions)].std(axis=0)
    size = np.abs(method.linear.weights[:, : len(positions)]).mean(axis=0) * spread
    order = np.argsort(size)[::-1][:MOST_LAGS]
    largest = float(size.max()) or 1.0
    chosen = sorted(int(place) for place in order if size[place] > 0)
    return [{"lag": int(-positions[place]), "weight": float(size[place]) / largest} for place in chosen]


def inputs(method: Method, flat: Flat, further: Sequence[str]) -> list[dict[str, Any]]:
    """How much forecasts change when one input stands still at its mean throughout, as a share of how far they are from
    the last value; at some last origins of each series. The values' own inputs are the network's alone, the further
    ones are those of the linear path as well."""
    ends = flat.start + flat.length - 1
    reach = np.linspace(0, max(0, int(flat.length.min()) // 4), LOOKED_AT).astype(np.int64)
    origins = np.unique(np.maximum(ends[:, None] - reach, flat.start[:, None]))
    material = method.material(flat)
    full = _offsets(method, flat, material, origins)
    usual = float(np.abs(full).mean()) or 1.0
    changes = []

    def add(name: str, label: str, offsets: Values) -> None:
        message = label.to_dict() if isinstance(label, Message) else None
        weight = float(np.abs(offsets - full).mean()) / usual
        changes.append({"name": name, "message": message, "weight": weight})

    own = [("value", Message("model.input.value")), ("difference", Message("model.input.difference"))]
    for period in map(int, method.periods):
        seasonal = Message("model.input.seasonal-difference", count=period)
        own.append((f"seasonal difference {period}", seasonal))
        own.append((f"distance from the mean of {period}", Message("model.input.from-mean", count=period)))
    for place, (name, label) in enumerate(own):
        still = material.inputs.clone()
        still[:, place] = still[:, place].mean()
        add(name, label, _offsets(method, flat, dataclasses.replace(material, inputs=still), origins))
    if flat.past is not None and flat.known is not None:
        for place, text in enumerate(further):
            past, known = flat.past.copy(), flat.known.copy()
            column = place if place < past.shape[1] else place - past.shape[1]
            (past if place < past.shape[1] else known)[:, column] = 0.0  # the mean, as they are scaled
            without = dataclasses.replace(flat, past=past, known=known)
            add(str(text), text, _offsets(method, without, method.material(without), origins))
    return changes


def _offsets(method: Method, flat: Flat, material: Material, origins: Index) -> Values:
    """Offsets [O, H] of the forecasts from the last values, by the first network and the shared linear path."""
    read = regressors(flat, origins, method.linear.lags)
    base: Values = read @ method.linear.weights.T
    network = method.networks[0].train(False)
    material = material.with_window(network.window)
    with torch.no_grad():
        central = materials.outputs(network, material, materials.chunks_ending_at(origins, material))[0][:, -1]
    offsets: Values = base + method.share * (central.double().cpu().numpy() - base)
    return offsets


def attention(method: Method, flat: Flat, names: Sequence[str]) -> dict[str, list[float]]:
    """For each series the weight of each step of the window at its last origin [W]; empty for other cells."""
    if method.cell != "attention":
        return {}
    network = method.networks[0].train(False)
    material = method.material(flat).with_window(network.window)
    positions = materials.chunks_ending_at(flat.start + flat.length - 1, material)
    with torch.no_grad():
        weights = network.attention(material.inputs[positions])[:, -1]  # [S, W]
    return {name: row.tolist() for name, row in zip(names, weights.double().cpu(), strict=True)}
