"""The recurrent method over arrays: prepare, train with a stretch held out, train again on everything, forecast.

Axes: S series, O origins (of all series, end to end), H horizon, M members.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from forecasting.config import ForecastConfig
from forecasting.model import anchors, linear, networks, scaling, training, windows
from forecasting.model.linear import Linear
from forecasting.model.windows import Flat, Index
from forecasting.panel import Values

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)  # of the network beside anchor + linear that validation chooses from
SAMPLE = 2000  # origins on which anchors are compared
INFERENCE_CHUNKS = 64

OnEpoch = Callable[[str, int, training.Epoch], None]  # stage, member, epoch


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


@dataclasses.dataclass(frozen=True)
class Parts:
    """Forecasts at origins, taken apart, in the unit of each series, and the spread in scaled units: each [O, H]."""

    owner: Index  # [O] series
    seen: Index  # [O] values up to and including the origin
    last: Values  # [O] scaled value at the origin
    anchor: Values
    linear: Values
    whole: Values
    scaled: Values  # the whole, scaled
    spread: Values


@dataclasses.dataclass(frozen=True)
class Account:
    """What happened while fitting, for people. Times are in the curves of each stage and member."""

    held_out: int  # steps at the end of each series that validation used
    penalty: float
    share: float
    errors: dict[str, float]  # mean absolute scaled error held out: anchor, linear, whole
    curves: dict[str, list[list[training.Epoch]]]  # stage -> member -> epochs
    best_epochs: tuple[int, ...]
    stopped: str
    parameters: int


def fit(
    series: Sequence[Values], seasons: Sequence[int], config: ForecastConfig, on_epoch: OnEpoch | None = None
) -> tuple[Method, Values, Account]:
    """(Method, scores, Account) of training on `series` alone.

    scores [O, H]: held-out errors over their spread, by networks that had not seen them, for calibration.
    """
    periods = anchors.candidate_periods(series, seasons)
    logs = _logs(series)
    length = np.array([len(values) for values in series], dtype=np.int64)
    held = held_out_steps(length, config.horizon)

    early = _prepare(series, periods, logs, config, held, None)
    valid_first, valid_last = np.maximum(length - held, early.first), length - config.horizon
    _, origins = windows.all_origins(early.flat, valid_first, valid_last)
    options = linear.solve(
        early.flat, early.origins, early.anchor, early.lags, config.horizon, (*linear.PENALTIES, math.inf)
    )
    chosen = linear.choose(options, early.flat, origins, config.horizon)
    early_material = _material(early, chosen, config)
    trained = _train(early, early_material, config, valid_first, valid_last, None, on_epoch)
    nets = tuple(one.network for one in trained)
    central, spread, base, anchor = _held_out(nets, early, early_material, chosen, valid_first, valid_last)
    truth = linear.targets(early.flat.z, origins, config.horizon)
    stretch = _stretches(origins, early.flat.start + valid_first - 1, config.horizon)
    losses = [_mean_by(stretch, np.abs(truth - base - share * (central - base)).mean(axis=1)) for share in SHARES]
    lowest = min(losses, key=lambda one: float(one.sum()))
    share = max(share for share, one in zip(SHARES, losses, strict=True) if not training.worse(one, lowest))
    errors = [float(one.mean()) for one in losses]
    scores = (truth - base - share * (central - base)) / spread

    late = _prepare(series, periods, logs, config, 0, early)
    final = linear.solve(late.flat, late.origins, early.anchor, early.lags, config.horizon, (chosen.penalty,))[0]
    stop_after = [one.kept_epoch for one in trained] if share > 0 else [0] * config.members
    finals = _train(late, _material(late, final, config), config, None, None, stop_after, on_epoch)
    method = Method(
        config.window,
        config.horizon,
        periods,
        early.anchor.names,
        late.states,
        final,
        tuple(one.network for one in finals),
        share,
    )
    account = Account(
        held,
        chosen.penalty,
        share,
        {"anchor": float(np.abs(truth - anchor).mean()), "linear": errors[0], "whole": errors[SHARES.index(share)]},
        {
            "validation": [list(one.curve) for one in trained],
            "final": [list(one.curve) for one in finals],
        },
        tuple(one.kept_epoch for one in trained),
        trained[0].stopped,
        networks.parameters(nets[0]),
    )
    return method, scores, account


def forecast(method: Method, series: Sequence[Values], first: Index, last: Index) -> Parts:
    """Forecasts at every origin of each series from `first` to `last` [S] values seen, both included.

    Nothing after an origin is used for it. `series` are those that the method was fitted on, longer or not.
    """
    z = [scaling.transform(values, state) for values, state in zip(series, method.states, strict=True)]
    flat = windows.flatten(z, _pad(method.window, method.horizon, method.linear.lags, method.periods))
    owner, origins = windows.all_origins(flat, first, last)
    seen = origins - flat.start[owner] + 1
    offsets = linear.regressors(flat.z, origins, method.linear.lags)
    anchor = offsets @ method.linear.anchor.T
    base = anchor + offsets @ method.linear.ridge.T
    material = training.material(
        flat, method.periods, method.linear, method.networks[0].spread.cpu().numpy(), method.window
    )
    ends = flat.start + last - 1
    central, spread = _run(method.networks, material, flat.start + first - 1, ends)
    whole = base + method.share * (central - base)
    level = flat.z[origins]
    return Parts(
        owner,
        seen,
        level,
        to_units(method, owner, level[:, None] + anchor),
        to_units(method, owner, level[:, None] + base),
        to_units(method, owner, level[:, None] + whole),
        level[:, None] + whole,
        spread,
    )


def to_units(method: Method, owner: Index, scaled: Values) -> Values:
    """Scaled values [O, H] in the unit of the series `owner` [O]."""
    result = np.empty_like(scaled)
    edges = np.flatnonzero(np.diff(owner, prepend=-1, append=-1))
    for a, b in itertools.pairwise(edges):
        result[a:b] = scaling.inverse(scaled[a:b], method.states[int(owner[a])])
    return result


def _logs(series: Sequence[Values]) -> list[bool]:
    """Which series go on a log scale: all positive ones if that suits a third of them, since they share a network."""
    suits = [scaling.grows_with_level(values) for values in series]
    return [3 * sum(suits) >= len(series) and bool(values.min() > 0) for values in series]


def held_out_steps(length: Index, horizon: int) -> int:
    """Steps at the end of each series that validation uses: about 300 origins in all, at most 15 % of a series."""
    usual = int(np.median(length))
    origins = math.ceil(300 / len(length))
    return max(horizon, min(int(0.15 * usual), horizon - 1 + origins))


@dataclasses.dataclass(frozen=True)
class _Prepared:
    flat: Flat
    states: tuple[scaling.State, ...]
    anchor: anchors.Anchor
    lags: Index
    periods: tuple[int, ...]
    first: Index  # [S] values seen at the first origin of training
    last: Index  # [S] at the last; below `first` where a series is too short to train on
    origins: Index  # positions of all training origins


def _prepare(
    series: Sequence[Values],
    periods: tuple[int, ...],
    logs: Sequence[bool],
    config: ForecastConfig,
    held: int,
    earlier: _Prepared | None,
) -> _Prepared:
    """Scale, flatten and choose the anchor by what precedes the last `held` steps; `earlier` keeps its anchor."""
    length = np.array([len(values) for values in series], dtype=np.int64)
    scaled = [
        scaling.fit_transform(values, periods, max(len(values) - held, min(len(values), 2)), log)
        for values, log in zip(series, logs, strict=True)
    ]
    last = length - held - config.horizon
    enough = min(config.window, max(2, int(np.median(length)) // 4))
    first = np.full_like(last, enough)
    lags = earlier.lags if earlier else np.array([-(6 * max(periods, default=1) + config.horizon)], dtype=np.int64)
    flat = windows.flatten([z for z, _ in scaled], _pad(config.window, config.horizon, lags, periods))
    _, origins = windows.all_origins(flat, first, last)
    if earlier:
        anchor = earlier.anchor
    else:
        picked = origins[np.linspace(0, len(origins) - 1, min(SAMPLE, len(origins))).astype(np.int64)]
        anchor = anchors.choose(flat, picked, periods, config.horizon, config.window)
        lags = linear.lags_for(anchor, config.window, config.horizon, periods)
    return _Prepared(flat, tuple(state for _, state in scaled), anchor, lags, periods, first, last, origins)


def _pad(window: int, horizon: int, lags: Index, periods: tuple[int, ...]) -> int:
    return max(training.chunk_length(window), int(-lags.min()), max(periods, default=1) + horizon)


def _material(prepared: _Prepared, chosen: Linear, config: ForecastConfig) -> training.Material:
    origins = prepared.origins
    picked = origins[np.linspace(0, len(origins) - 1, min(SAMPLE, len(origins))).astype(np.int64)]
    offsets = linear.regressors(prepared.flat.z, picked, chosen.lags)
    left = linear.targets(prepared.flat.z, picked, config.horizon) - offsets @ (chosen.anchor + chosen.ridge).T
    return training.material(prepared.flat, prepared.periods, chosen, np.abs(left).mean(axis=0) + 1e-6, config.window)


def _train(
    prepared: _Prepared,
    material: training.Material,
    config: ForecastConfig,
    valid_first: Index | None,
    valid_last: Index | None,
    stop_after: list[int] | None,
    on_epoch: OnEpoch | None,
) -> list[training.Trained]:
    start = prepared.flat.start - 1
    valid = None
    if valid_first is not None and valid_last is not None:
        valid = _validation(material, start + valid_first, start + valid_last)
    stage = "final" if stop_after is not None else "validation"
    return [
        training.train(
            material,
            config,
            start + prepared.first,
            start + prepared.last,
            valid=valid,
            stop_after=stop_after[member] if stop_after is not None else None,
            seed=config.seed + 1000 * member,
            on_epoch=functools.partial(on_epoch, stage, member) if on_epoch else None,
        )
        for member in range(config.members)
    ]


def _validation(material: training.Material, first: Index, last: Index) -> Callable[[networks.Scaffold], Values]:
    """Mean absolute scaled errors by stretch over the origins `first` to `last` [S], on at most 128 chunks of them."""
    ends = _chunk_ends(first, last, material.stride)
    ends = ends[np.linspace(0, len(ends) - 1, min(2 * INFERENCE_CHUNKS, len(ends))).astype(np.int64)]
    positions = training.chunks_ending_at(ends, material)
    origins = positions[:, material.window - 1 :].cpu().numpy()
    inside = origins >= first[np.searchsorted(first, ends, side="right") - 1][:, None]
    stretch = _stretches(origins[inside], first, material.horizon)
    truth = training.truth(material, positions)

    def valid(network: networks.Scaffold) -> Values:
        with torch.no_grad():
            central, _ = training.outputs(network, material, positions)
            errors = (truth - central).abs().mean(-1).cpu().numpy()
        return _mean_by(stretch, errors[inside])

    return valid


def _stretches(origins: Index, first: Index, horizon: int) -> Index:
    """For each origin the number of its stretch: a horizon's length of one series, which begins at `first` [S].

    Errors of origins within a stretch share most of their truth; those of different stretches count as independent.
    """
    owner = np.searchsorted(first, origins, side="right") - 1
    within = (origins - first[owner]) // horizon
    return np.unique(np.stack([owner, within]), axis=1, return_inverse=True)[1].reshape(-1)


def _mean_by(part: Index, values: Values) -> Values:
    return np.bincount(part, weights=values) / np.bincount(part)


def _chunk_ends(first: Index, last: Index, stride: int) -> Index:
    """Last origins of chunks that together cover `first` to `last` [S], ascending."""
    counts = np.maximum(-(-(last - first + 1) // stride), 0)
    owner = np.repeat(np.arange(len(counts)), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    ends: Index = last[owner] - stride * (counts[owner] - 1 - within)
    return ends


def _held_out(
    nets: tuple[networks.Scaffold, ...],
    prepared: _Prepared,
    material: training.Material,
    chosen: Linear,
    first: Index,
    last: Index,
) -> tuple[Values, Values, Values, Values]:
    """Offsets by the networks, their spread, by anchor + linear and by the anchor alone, each [O, H]."""
    flat = prepared.flat
    _, origins = windows.all_origins(flat, first, last)
    central, spread = _run(nets, material, flat.start + first - 1, flat.start + last - 1)
    offsets = linear.regressors(flat.z, origins, chosen.lags)
    anchor = offsets @ chosen.anchor.T
    return central, spread, anchor + offsets @ chosen.ridge.T, anchor


def _run(
    nets: tuple[networks.Scaffold, ...], material: training.Material, first: Index, last: Index
) -> tuple[Values, Values]:
    """Median over members of the central offsets, and of their spread, at all origins `first` to `last` [S]."""
    ends = _chunk_ends(first, last, material.stride)
    owner = np.searchsorted(first, ends, side="right") - 1
    central, spread = [], []
    # A chunk's origins before `first`, or already in the chunk before it, are dropped.
    keep = np.minimum(ends - first[owner] + 1, material.stride)
    for at in range(0, len(ends), INFERENCE_CHUNKS):
        positions = training.chunks_ending_at(ends[at : at + INFERENCE_CHUNKS], material)
        with torch.no_grad():
            found = [training.outputs(network.eval(), material, positions) for network in nets]
        middle = np.median([one[0].cpu().numpy() for one in found], axis=0).astype(np.float64)
        width = np.median([one[1].exp().cpu().numpy() for one in found], axis=0).astype(np.float64)
        inside = np.arange(material.stride)[None, :] >= material.stride - keep[at : at + INFERENCE_CHUNKS, None]
        central.append(middle[inside])
        spread.append((width * material.spread.cpu().numpy())[inside])
    if not central:
        return np.empty((0, material.horizon)), np.empty((0, material.horizon))
    return np.concatenate(central), np.concatenate(spread)


def history(method: Method) -> int:
    """How many of the last values a forecast depends on."""
    return _pad(method.window, method.horizon, method.linear.lags, method.periods) + 1


def export(method: Method) -> tuple[dict[str, Any], dict[str, Any]]:
    """(arrays, JSON-able rest) of a Method; `restore` is its inverse."""
    arrays: dict[str, Any] = {
        "linear.anchor": method.linear.anchor,
        "linear.ridge": method.linear.ridge,
        "linear.lags": method.linear.lags,
        "states": np.array([[s.log, s.centre, s.scale, s.floor] for s in method.states], dtype=np.float64),
    }
    for member, network in enumerate(method.networks):
        for name, value in network.state_dict().items():
            arrays[f"member{member}.{name}"] = value.cpu().numpy()
    about = {
        "periods": list(method.periods),
        "anchor_names": list(method.anchor_names),
        "share": method.share,
        "penalty": str(method.linear.penalty),
    }
    return arrays, about


def restore(arrays: dict[str, Any], about: dict[str, Any], config: ForecastConfig) -> Method:
    """The Method that `export` took apart."""
    chosen = Linear(arrays["linear.anchor"], arrays["linear.ridge"], arrays["linear.lags"], float(about["penalty"]))
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
        tuple(
            scaling.State(bool(log), centre, scale, floor) for log, centre, scale, floor in arrays["states"].tolist()
        ),
        chosen,
        tuple(nets),
        about["share"],
    )
