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
class Unrest:
    """How much the values moved of late, by which the networks' spread is scaled: calm and wild times come in turns."""

    lag: int  # of the changes that are looked at
    typical: float  # mean movement in training, scaled
    power: float  # 0: the spread stays as the networks say

    def movement(self, flat: windows.Flat, origins: Index) -> Values:
        """Mean size [O] of the last RECENT changes over `lag` steps up to each origin."""
        changes = np.abs(flat.z[self.lag :] - flat.z[: -self.lag])
        total = np.concatenate([np.zeros(self.lag + 1), np.cumsum(changes)])  # of the changes up to a position
        found: Values = (total[origins + 1] - total[np.maximum(origins + 1 - RECENT, 0)]) / RECENT
        return found

    def factor(self, flat: windows.Flat, origins: Index) -> Values:
        """By which the spread is multiplied [O, 1]."""
        if self.power == 0:
            return np.ones((len(origins), 1))
        relative = (self.movement(flat, origins) + CALMEST * self.typical) / ((1 + CALMEST) * self.typical)
        found: Values = (relative**self.power)[:, None]
        return found


RECENT = 40  # changes that tell how restless a series is
CALMEST = 0.1  # of the typical movement: what none at all counts for


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
    inputs: scaling.Inputs | None = None  # how further inputs are scaled
    constant: bool = False  # forecasts start from the mean of the training stretch, not from the last value
    unrest: Unrest = Unrest(1, 1.0, 0.0)

    @property
    def cell(self) -> str:
        return self.networks[0].cell


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


def forecast(
    method: Method, series: Sequence[Values], first: Index, last: Index, extra: windows.Extra | None = None
) -> Parts:
    """Forecasts at every origin of each series from `first` to `last` [S] values seen, both included.

    Nothing after an origin is used for it but what `extra` has as known ahead. `series` are those that the method was
    fitted on, longer or not.
    """
    flat = flatten(method, series, extra)
    owner, origins = windows.all_origins(flat, first, last)
    seen = origins - flat.start[owner] + 1
    read = linear.regressors(flat, origins, method.linear.lags)
    anchor = read @ method.linear.anchor.T
    base = anchor + read @ method.linear.ridge.T
    path = base
    if method.linear.local is not None:
        path = base + local.added(method.linear.local, flat, owner, origins, method.linear.lags)
    if method.share > 0:
        start = flat.start - 1
        central, spread = run(method.networks, material(method, flat), start + first, start + last)
        whole = mixed(base + method.share * (central - base), path, method.own[owner])
    else:  # the spread is the networks' all the same
        _, spread = run(method.networks[:1], material(method, flat), flat.start + first - 1, flat.start + last - 1)
        whole = mixed(base, path, method.own[owner])
    level = flat.z[origins][:, None]
    spread = spread * method.unrest.factor(flat, origins)
    return Parts(
        owner,
        seen,
        to_units(method, owner, level + anchor),
        to_units(method, owner, level + path),
        to_units(method, owner, level + whole),
        level + whole,
        spread,
    )


def flatten(method: Method, series: Sequence[Values], extra: windows.Extra | None) -> windows.Flat:
    """The series and further inputs, scaled, end to end."""
    z = [scaling.transform(values, state) for values, state in zip(series, method.states, strict=True)]
    if method.inputs is not None and extra is not None:
        extra = scaling.scale_inputs(extra, method.inputs)
    longest = max(network.window for network in method.networks)
    space = pad(longest, method.horizon, method.linear.lags, method.periods)
    flat = windows.flatten(z, space, extra if method.inputs is not None else None, method.horizon)
    return dataclasses.replace(flat, constant=method.constant)


def material(method: Method, flat: windows.Flat) -> training.Material:
    """What the networks of a method read."""
    spread = method.networks[0].spread.cpu().numpy()
    return training.material(flat, method.periods, method.linear, spread, method.window, method.cell)


def mixed(network: Values, path: Values, own: Values) -> Values:
    """Offsets [O, H] by the networks and by the series' own linear path, with the weight `own` [O] on the latter."""
    weight = own[:, None]
    return (1 - weight) * network + weight * path


def to_units(method: Method, owner: Index, scaled: Values) -> Values:
    """Scaled values [O, H] in the unit of the series `owner` [O]."""
    return scaling.inverse(scaled, method.states, owner)


def history(method: Method) -> int:
    """How many of the last values a forecast depends on."""
    longest = max(network.window for network in method.networks)
    return pad(longest, method.horizon, method.linear.lags, method.periods) + 1


def some(method: Method, part: slice) -> Method:
    """The same for some of its series."""
    found = method.linear
    if found.local is not None:
        found = dataclasses.replace(found, local=found.local[part])
    return dataclasses.replace(method, states=method.states[part], linear=found, own=method.own[part])


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
        "constant": method.constant,
        "unrest": dataclasses.asdict(method.unrest),
        "windows": [network.window for network in method.networks],
    }
    if method.inputs is not None:
        arrays |= {"inputs.centre": method.inputs.centre, "inputs.scale": method.inputs.scale}
        about["past"] = method.inputs.past
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
    )
    inputs = None
    if "past" in about:
        inputs = scaling.Inputs(arrays["inputs.centre"], arrays["inputs.scale"], int(about["past"]))
    known = 0 if inputs is None else len(inputs.centre) - inputs.past
    nets = []
    for member, window in enumerate(about["windows"]):
        lead = f"member{member}."
        state = {name[len(lead) :]: torch.from_numpy(value) for name, value in arrays.items() if name.startswith(lead)}
        read = state["recurrent.weight_ih_l0"].shape[1]
        network = training.new_network(config, read, chosen, state["spread"], window, known)
        network.load_state_dict(state)
        nets.append(network.train(False))
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
        inputs,
        bool(about["constant"]),
        Unrest(**about["unrest"]),
    )


def run(
    nets: tuple[networks.Scaffold, ...], material: training.Material, first: Index, last: Index
) -> tuple[Values, Values]:
    """Median over members of the central offsets, and of their spread, at all origins `first` to `last` [S]."""
    found = [_run(network, training.with_window(material, network.window), first, last) for network in nets]
    if len(found) == 1:
        return found[0]
    central, spread = (np.median([one[part] for one in found], axis=0) for part in (0, 1))
    return central, spread


def _run(network: networks.Scaffold, material: training.Material, first: Index, last: Index) -> tuple[Values, Values]:
    ends = chunk_ends(first, last, material.stride)
    owner = np.searchsorted(first, ends, side="right") - 1
    central, spread = [], []
    # A chunk's origins before `first`, or already in the chunk before it, are dropped.
    keep = np.minimum(ends - first[owner] + 1, material.stride)
    once = training.chunks_at_once(material)
    typical = material.spread.cpu().numpy()
    network.to(material.z.device).train(False)
    for at in range(0, len(ends), once):
        positions = training.chunks_ending_at(ends[at : at + once], material)
        with torch.no_grad():
            middle, width = training.outputs(network, material, positions)
        inside = np.arange(material.stride)[None, :] >= material.stride - keep[at : at + once, None]
        central.append(middle.cpu().numpy()[inside].astype(np.float64))
        spread.append(width.exp().cpu().numpy()[inside].astype(np.float64) * typical)
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
