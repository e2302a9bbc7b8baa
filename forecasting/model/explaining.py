"""What a trained method looks at: lags, inputs, and, with the attention cell, steps of the window.

Axes: S series, O origins, H horizon, W window, L regressors.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from forecasting.model import linear, training
from forecasting.model.method import Method
from forecasting.model.method import material as material_of
from forecasting.model.windows import Flat, Index
from forecasting.panel import Values

MOST_LAGS = 400  # that are told apart
LOOKED_AT = 8  # last origins, spread over the last quarter, at which inputs are left out


def lags(method: Method, flat: Flat) -> list[dict[str, float]]:
    positions = method.linear.lags
    ends = flat.start + flat.length - 1
    origins = np.unique(np.maximum(ends[:, None] - np.arange(64) * 3, flat.start[:, None]))
    spread = linear.regressors(flat, origins, positions)[:, : len(positions)].std(axis=0)
    size = np.abs((method.linear.anchor + method.linear.ridge)[:, : len(positions)]).mean(axis=0) * spread
    order = np.argsort(size)[::-1][:MOST_LAGS]
    largest = float(size.max()) or 1.0
    chosen = sorted(int(one) for one in order if size[one] > 0)
    return [{"lag": int(-positions[one]), "weight": float(size[one]) / largest} for one in chosen]


def inputs(method: Method, flat: Flat, further: Sequence[str]) -> list[dict[str, Any]]:
    """How much forecasts change when one input, all along, stands still at its mean, as a share of how far they are
    from the last value; at some last origins of each series. The values' own inputs are the network's alone, the
    further ones are those of the linear path as well."""
    ends = flat.start + flat.length - 1
    reach = np.linspace(0, max(0, int(flat.length.min()) // 4), LOOKED_AT).astype(np.int64)
    origins = np.unique(np.maximum(ends[:, None] - reach, flat.start[:, None]))
    material = material_of(method, flat)
    whole = _offsets(method, flat, material, origins)
    usual = float(np.abs(whole).mean()) or 1.0
    found = []

    def changed(name: str, by: Values) -> None:
        found.append({"name": name, "weight": float(np.abs(by - whole).mean()) / usual})

    names = ["value", "difference"]
    for period in method.periods:
        names += [f"seasonal difference {period}", f"distance from the mean of {period}"]
    for place, name in enumerate(names):
        still = material.inputs.clone()
        still[:, place] = still[:, place].mean()
        changed(name, _offsets(method, flat, dataclasses.replace(material, inputs=still), origins))
    if flat.past is not None and flat.known is not None:
        for place, name in enumerate(further):
            past, known = flat.past.copy(), flat.known.copy()
            column = place if place < past.shape[1] else place - past.shape[1]
            (past if place < past.shape[1] else known)[:, column] = 0.0  # the mean, as they are scaled
            without = dataclasses.replace(flat, past=past, known=known)
            changed(name, _offsets(method, without, material_of(method, without), origins))
    return found


def _offsets(method: Method, flat: Flat, material: training.Material, origins: Index) -> Values:
    """Offsets [O, H] of the forecasts from the last values, by the first network and the shared linear path."""
    read = linear.regressors(flat, origins, method.linear.lags)
    base: Values = read @ (method.linear.anchor + method.linear.ridge).T
    network = method.networks[0].train(False)
    material = training.with_window(material, network.window)
    with torch.no_grad():
        central = training.outputs(network, material, training.chunks_ending_at(origins, material))[0][:, -1]
    found: Values = base + method.share * (central.double().cpu().numpy() - base)
    return found


def attention(method: Method, flat: Flat, names: Sequence[str]) -> dict[str, list[float]]:
    if method.cell != "attention":
        return {}
    network = method.networks[0].train(False)
    material = training.with_window(material_of(method, flat), network.window)
    positions = training.chunks_ending_at(flat.start + flat.length - 1, material)
    with torch.no_grad():
        weights = network.attention(material.inputs[positions])[:, -1]  # [S, W]
    return {name: row.tolist() for name, row in zip(names, weights.double().cpu(), strict=True)}
