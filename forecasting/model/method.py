"""A trained method: forecasts at any origin of the series it knows, and its taking apart into arrays.

Axes: S series, O origins (of all series, end to end), H horizon, M members.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from forecasting.config import ForecastConfig
from forecasting.model import linear, local, networks, scaling, training, windows
from forecasting.model.linear import Linear
from forecasting.model.windows import Index
from forecasting.panel import Values


@dataclasses.dataclass(frozen=True)
class Method:
    """A trained recurrent method: what it takes to forecast at any origin of the series it knows."""

    window: int
    horizon: int
    periods: tuple[int, ...]
    anchor_names: tuple[str, ...]
    states: tuple[scaling.State, ...]  # [S]
    linear: Linear
    networks: tuple[networks.Scaffold, ...]  # [M]
    share: float  # of the networks beside anchor + linear; 0: the recurrent part is switched off
    own: Values  # [S] weight of each series' own linear path, beside the networks on the shared one


@dataclasses.dataclass(frozen=True)
class Parts:
    """Forecasts at origins, taken apart, in the unit of each series, and the spread in scaled units: each [O, H]."""

    owner: Index  # [O] series
    seen: Index  # [O] values up to and including the origin
    anchor: Values
    linear: Values
    whole: Values
    scaled: Values  # the whole, scaled
    spread: Values


def forecast(method: Method, series: Sequence[Values], first: Index, last: Index) -> Parts:
    """Forecasts at every origin of each series from `first` to `last` [S] values seen, both included.

    Nothing after an origin is used for it. `series` are those that the method was fitted on, longer or not.
    """
    z = [scaling.transform(values, state) for values, state in zip(series, method.states, strict=True)]
    flat = windows.flatten(z, pad(method.window, method.horizon, method.linear.lags, method.periods))
    owner, origins = windows.all_origins(flat, first, last)
    seen = origins - flat.start[owner] + 1
    offsets = linear.regressors(flat.z, origins, method.linear.lags)
    anchor = offsets @ method.linear.anchor.T
    base = anchor + offsets @ method.linear.ridge.T
    path = base
    if method.linear.local is not None:
        path = base + local.added(method.linear.local, flat, owner, origins, method.linear.lags)
    material = training.material(
        flat, method.periods, method.linear, method.networks[0].spread.cpu().numpy(), method.window
    )
    ends = flat.start + last - 1
    central, spread = run(method.networks, material, flat.start + first - 1, ends)
    whole = mixed(base + method.share * (central - base), path, method.own[owner])
    level = flat.z[origins]
    return Parts(
        owner,
        seen,
        to_units(method, owner, level[:, None] + anchor),
        to_units(method, owner, level[:, None] + path),
        to_units(method, owner, level[:, None] + whole),
        level[:, None] + whole,
        spread,
    )


def mixed(network: Values, path: Values, own: Values) -> Values:
    """Offsets [O, H] by the networks and by the series' own linear path, with the weight `own` [O] on the latter."""
    weight = own[:, None]
    return (1 - weight) * network + weight * path


def to_units(method: Method, owner: Index, scaled: Values) -> Values:
    """Scaled values [O, H] in the unit of the series `owner` [O]."""
    return scaling.inverse(scaled, method.states, owner)


def history(method: Method) -> int:
    """How many of the last values a forecast depends on."""
    return pad(method.window, method.horizon, method.linear.lags, method.periods) + 1


def export(method: Method) -> tuple[dict[str, Any], dict[str, Any]]:
    """(arrays, JSON-able rest) of a Method; `restore` is its inverse."""
    arrays: dict[str, Any] = {
        "linear.anchor": method.linear.anchor,
        "linear.ridge": method.linear.ridge,
        "linear.lags": method.linear.lags,
        "own": method.own,
        "states": np.array([[s.log, s.centre, s.scale, s.floor, s.ceiling] for s in method.states], dtype=np.float64),
    }
    for member, network in enumerate(method.networks):
        for name, value in network.state_dict().items():
            arrays[f"member{member}.{name}"] = value.cpu().numpy()
    about = {
        "periods": list(method.periods),
        "anchor_names": list(method.anchor_names),
        "share": method.share,
        "penalty": str(method.linear.penalty),
        "local_penalty": str(method.linear.local_penalty),
    }
    if method.linear.local is not None:
        arrays["linear.local"] = method.linear.local
    return arrays, about


def restore(arrays: dict[str, Any], about: dict[str, Any], config: ForecastConfig) -> Method:
    """The Method that `export` took apart."""
    chosen = Linear(
        arrays["linear.anchor"],
        arrays["linear.ridge"],
        arrays["linear.lags"],
        float(about["penalty"]),
        arrays.get("linear.local"),
        float(about["local_penalty"]),
    )
    nets = []
    for member in range(config.members):
        lead = f"member{member}."
        state = {name[len(lead) :]: torch.from_numpy(value) for name, value in arrays.items() if name.startswith(lead)}
        inputs = state["recurrent.weight_ih_l0"].shape[1]
        network = training.new_network(config, inputs, chosen, state["spread"], config.window)
        network.load_state_dict(state)
        nets.append(network.eval())
    return Method(
        config.window,
        config.horizon,
        tuple(about["periods"]),
        tuple(about["anchor_names"]),
        tuple(scaling.State(bool(log), *rest) for log, *rest in arrays["states"].tolist()),
        chosen,
        tuple(nets),
        about["share"],
        arrays["own"],
    )


def run(
    nets: tuple[networks.Scaffold, ...], material: training.Material, first: Index, last: Index
) -> tuple[Values, Values]:
    """Median over members of the central offsets, and of their spread, at all origins `first` to `last` [S]."""
    ends = chunk_ends(first, last, material.stride)
    owner = np.searchsorted(first, ends, side="right") - 1
    central, spread = [], []
    # A chunk's origins before `first`, or already in the chunk before it, are dropped.
    keep = np.minimum(ends - first[owner] + 1, material.stride)
    once = training.chunks_at_once(material)
    for at in range(0, len(ends), once):
        positions = training.chunks_ending_at(ends[at : at + once], material)
        with torch.no_grad():
            found = [training.outputs(network.to(positions.device).eval(), material, positions) for network in nets]
        middle = np.median([one[0].cpu().numpy() for one in found], axis=0).astype(np.float64)
        width = np.median([one[1].exp().cpu().numpy() for one in found], axis=0).astype(np.float64)
        inside = np.arange(material.stride)[None, :] >= material.stride - keep[at : at + once, None]
        central.append(middle[inside])
        spread.append((width * material.spread.cpu().numpy())[inside])
    if not central:
        return np.empty((0, material.horizon)), np.empty((0, material.horizon))
    return np.concatenate(central), np.concatenate(spread)


def chunk_ends(first: Index, last: Index, stride: int) -> Index:
    """Last origins of chunks that together cover `first` to `last` [S], ascending."""
    counts = np.maximum(-(-(last - first + 1) // stride), 0)
    owner = np.repeat(np.arange(len(counts)), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    ends: Index = last[owner] - stride * (counts[owner] - 1 - within)
    return ends


def pad(window: int, horizon: int, lags: Index, periods: tuple[int, ...]) -> int:
    return max(training.chunk_length(window) + max(periods, default=1), int(-lags.min()), horizon)
