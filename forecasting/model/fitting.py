"""The recurrent method over arrays: prepare, train with a stretch held out, then go on with everything.

Axes: S series, O origins (of all series, end to end), H horizon, M members.
"""

from __future__ import annotations

import copy
import dataclasses
import functools
import math
from collections.abc import Callable, Sequence

import numpy as np
import torch

from forecasting.config import ForecastConfig
from forecasting.model import anchors, linear, local, networks, scaling, training, windows
from forecasting.model.linear import Linear
from forecasting.model.method import Method, Unrest, chunk_ends, mixed, pad, run
from forecasting.model.windows import Flat, Index
from forecasting.panel import Values

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)  # of the network beside anchor + linear that validation chooses from
MANY = 2000  # series, beyond which so many origins of each would take more memory than they are worth
SAMPLE = 2000  # origins on which anchors are compared, fewer where the horizon is long
SAMPLE_CELLS = 200_000
VALIDATION_CHUNKS = 128
GO_ON = 0.3  # of the epochs that validation kept, and of the learning rate, for going on with all data

OnEpoch = Callable[[str, int, training.Epoch], None]  # stage, member, epoch


@dataclasses.dataclass(frozen=True)
class Account:
    """What happened while fitting, for people. Times are in the curves of each stage and member."""

    held_out: int  # steps at the end of each series that validation used
    stretches: int  # of a horizon's length, in all series, that these are: about as many independent errors
    penalty: float
    share: float
    errors: dict[str, float]  # mean absolute scaled error held out: anchor, linear, whole
    curves: dict[str, list[list[training.Epoch]]]  # stage -> member -> epochs
    best_epochs: tuple[int, ...]
    stopped: str
    parameters: int


@dataclasses.dataclass(frozen=True)
class HeldOut:
    """Forecasts from the held-out origins by networks that had not seen them, scaled; each [O, H]."""

    owner: Index  # [O] series
    seen: Index  # [O] values up to and including the origin
    stretch: Index  # [O] which origins share most of their truth
    truth: Values
    anchor: Values
    linear: Values
    whole: Values
    spread: Values
    states: tuple[scaling.State, ...]  # [S] of these scaled values
    earlier: Earlier


@dataclasses.dataclass(frozen=True)
class Earlier:
    """Forecasts by anchor + linear from training origins, each block of them by a linear path fitted on the others;
    scaled, each [O, H]. Empty where there are many series: their held-out origins say enough."""

    owner: Index
    seen: Index
    stretch: Index
    truth: Values
    linear: Values
    spread: Values  # by the networks, which were trained on these origins


def fit(
    series: Sequence[Values],
    seasons: Sequence[int],
    config: ForecastConfig,
    on_epoch: OnEpoch | None = None,
    extra: windows.Extra | None = None,
) -> tuple[Method, HeldOut, Account]:
    """(Method, HeldOut, Account) of training on `series` and what `extra` has beside them."""
    periods = anchors.candidate_periods(series, seasons)
    logs = _logs(series)
    length = np.array([len(values) for values in series], dtype=np.int64)
    held = held_out_steps(length, config.horizon)
    constant = config.anchor == "constant"

    early = _prepare(series, periods, logs, config, held, None, extra)
    valid_first, valid_last = np.maximum(length - held, early.first), length - config.horizon
    owner, origins = windows.all_origins(early.flat, valid_first, valid_last)
    penalties = (math.inf,) if constant else (*linear.PENALTIES, math.inf)
    options = linear.solve(early.flat, early.origins, early.anchor, early.lags, config.horizon, penalties)
    chosen = linear.choose(options, early.flat, origins, config.horizon)
    early_material = _material(early, chosen, config)
    trained = _train(early, early_material, config, valid_first, valid_last, None, on_epoch)
    nets = tuple(one.network for one in trained)
    central, spread, base, anchor = _held_out(nets, early, early_material, chosen, valid_first, valid_last)
    truth = linear.targets(early.flat.z, origins, config.horizon)
    before = _earlier(early, chosen, nets, early_material)
    unrest = _unrest(early, before, origins, truth - central, spread)
    spread = spread * unrest.factor(early.flat, origins)
    stretch = _stretches(origins, early.flat.start + valid_first - 1, config.horizon)
    shares = SHARES[-1:] if constant else SHARES
    losses = [mean_by(stretch, np.abs(truth - base - share * (central - base)).mean(axis=1)) for share in shares]
    lowest = min(losses, key=lambda one: float(one.sum()))
    share = max(share for share, one in zip(shares, losses, strict=True) if not training.worse(one, lowest))
    central = base + share * (central - base)
    added, mix = np.zeros_like(base), np.zeros((len(series), 0))
    naives = anchors.candidates(periods, config.horizon, config.window, int(np.median(length)))
    if not constant:
        simple = local.unfitted(chosen, naives, config.horizon)
        added, mix = local.choose(
            early.flat, early.first, early.last, chosen, simple, owner, origins, stretch, truth - base
        )
    own, own_apart = np.zeros(len(series)), np.zeros(len(owner))
    if added.any():
        own, own_apart = local.own_weights(truth - central, truth - base - added, owner, stretch, len(series))
    whole = mixed(central, base + added, own_apart)
    level = early.flat.z[origins][:, None]
    held_out = HeldOut(
        owner,
        origins - early.flat.start[owner] + 1,
        stretch,
        level + truth,
        level + anchor,
        level + base + added,
        level + whole,
        spread,
        early.states,
        before,
    )

    late = _prepare(series, periods, logs, config, 0, early, extra)
    final = linear.solve(late.flat, late.origins, early.anchor, early.lags, config.horizon, (chosen.penalty,))[0]
    if own.any():
        unfitted, _ = local.unfitted(final, naives, config.horizon)
        departures = local.solve(late.flat, late.first, late.last, final, config.horizon, unfitted, mix)
        final = dataclasses.replace(final, local=departures)
    begun = trained if share > 0 else [dataclasses.replace(one, kept_epoch=0) for one in trained]
    finals = _train(late, _material(late, final, config), config, None, None, begun, on_epoch)
    method = Method(
        config.window,
        config.horizon,
        periods,
        early.anchor.names,
        late.states,
        final,
        tuple(one.network for one in finals),
        share,
        own,
        late.inputs,
        constant,
        unrest,
    )
    account = Account(
        held,
        int(stretch.max()) + 1 if len(stretch) else 0,
        chosen.penalty,
        share,
        {
            name: float(mean_by(stretch, np.abs(truth - found).mean(axis=1)).mean())
            for name, found in (("anchor", anchor), ("linear", base + added), ("whole", whole))
        },
        {
            "validation": [list(one.curve) for one in trained],
            "final": [list(one.curve) for one in finals],
        },
        tuple(one.kept_epoch for one in trained),
        next((one.stopped for one in (*trained, *finals) if "finite" in one.stopped), trained[0].stopped),
        networks.parameters(nets[0]),
    )
    return method, held_out, account


def _sample(origins: Index, horizon: int) -> Index:
    """Some of the origins, evenly spread."""
    count = min(SAMPLE, max(50, SAMPLE_CELLS // horizon), len(origins))
    return origins[np.linspace(0, len(origins) - 1, count).astype(np.int64)]


def _logs(series: Sequence[Values]) -> list[bool]:
    """Which series go on a log scale: all positive ones if that suits a third of them, since they share a network."""
    suits = [scaling.grows_with_level(values) for values in series]
    return [3 * sum(suits) >= len(series) and bool(values.min() > 0) for values in series]


def held_out_steps(length: Index, horizon: int) -> int:
    """Steps at the end of each series that validation uses: about 300 origins in all, at most 15 % of a series.

    Some series: three horizons of origins of each, up to 30 % of a series, which tell how it mixes members and whether
    it is better off with a linear path of its own. The network goes on with all values later.
    """
    usual = int(np.median(length))
    some = 1 < len(length) <= MANY
    origins = max(math.ceil(300 / len(length)), 3 * horizon if some else 0)
    return max(horizon, min(int((0.3 if some else 0.15) * usual), horizon - 1 + origins))


def _earlier(
    prepared: _Prepared, chosen: Linear, nets: tuple[networks.Scaffold, ...], material: training.Material
) -> Earlier:
    """The same linear path, cross-fitted over BLOCKS of the training origins, a horizon away from those fitted on."""
    flat, origins, horizon = prepared.flat, prepared.origins, material.horizon
    if len(flat.start) > FEW or flat.constant or len(origins) < 2 * BLOCKS * horizon:
        nothing = np.empty((0, horizon))
        return Earlier(origins[:0], origins[:0], origins[:0], nothing, nothing, nothing)
    if len(origins) > linear.MOST_ORIGINS:
        origins = origins[-linear.MOST_ORIGINS :]
    read = linear.regressors(flat, origins, chosen.lags)
    truth = linear.targets(flat.z, origins, horizon)
    anchor = read @ chosen.anchor.T
    found = anchor.copy()
    if math.isfinite(chosen.penalty):
        block = np.arange(len(origins)) * BLOCKS // len(origins)
        for one in range(BLOCKS):
            inside = np.flatnonzero(block == one)
            apart = np.ones(len(origins), dtype=bool)
            apart[max(0, inside[0] - horizon) : inside[-1] + horizon + 1] = False
            left = truth[apart] - anchor[apart]
            ridge = linear.ridges(read[apart], left, np.ones(int(apart.sum())), (chosen.penalty,))[0]
            found[inside] += read[inside] @ ridge.T
    owner = np.searchsorted(flat.start, origins, side="right") - 1
    level = flat.z[origins][:, None]
    stretch = _stretches(origins, flat.start + prepared.first - 1, horizon)
    begin = flat.start - 1
    spread = run(nets[:1], material, begin + prepared.first, begin + prepared.last)[1][-len(origins) :]
    return Earlier(owner, origins - flat.start[owner] + 1, stretch, level + truth, level + found, spread)


def _unrest(prepared: _Prepared, before: Earlier, origins: Index, left: Values, spread: Values) -> Unrest:
    """How far the spread follows how much the values moved of late: as suits errors on held-out and earlier origins."""
    lag = min(prepared.periods, default=1)
    still = Unrest(lag, 1.0, 0.0)
    if not len(before.owner):
        return still
    earlier = prepared.flat.start[before.owner] + before.seen - 1
    typical = float(still.movement(prepared.flat, earlier).mean())
    if not typical > 0:
        return still
    tried = [Unrest(lag, typical, power) for power in (0.0, 0.25, 0.5, 0.75, 1.0)]

    def misfit(one: Unrest) -> float:
        """Of Laplace distributions of that spread, whatever its size: mean log spread + log of the mean score."""
        total = 0.0
        for where, errors, width in (
            (earlier, before.truth - before.linear, before.spread),
            (origins, left, spread),
        ):
            wide = width * one.factor(prepared.flat, where)
            total += float(np.log(wide).mean() + np.log((np.abs(errors) / wide).mean() + training.SMALL))
        return total

    return min(tried, key=misfit)


BLOCKS = 4  # of training origins, each forecast by a linear path fitted on the others
FEW = 20  # series, up to which that is done


def kept_share(reference: Values, error: Values) -> float:
    """How much of its departure from a reference a forecast may keep, by the errors of both by stretch.

    The positive part of James and Stein's estimator (1961) of the mean gain: a gain of t standard errors keeps
    1 - 1 / t^2, none where t is below one. Of two t the larger counts: that of the gains r - e, which few stretches
    with large errors may drown, and that of the relative gains (r - e) / (r + e), which weighs all stretches alike.
    With fewer than three stretches the sign of the gain decides.
    """
    if np.array_equal(reference, error):
        return 1.0
    gains = reference - error
    if len(gains) < 3:
        return float(gains.sum() > 0)
    evidence = max(_standard_errors(gains), _standard_errors(gains / (reference + error + training.SMALL)))
    share = max(0.0, 1 - 1 / evidence**2) if evidence > 0 else 0.0
    return 1.0 if share > 0.99 else share


def _standard_errors(gains: Values) -> float:
    """How many standard errors the mean of `gains` lies above zero."""
    deviation = float(gains.std(ddof=1)) / math.sqrt(len(gains))
    return float(gains.mean()) / deviation if deviation > 0 else math.inf * float(np.sign(gains.mean()))


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
    inputs: scaling.Inputs | None  # how further inputs are scaled


def _prepare(
    series: Sequence[Values],
    periods: tuple[int, ...],
    logs: Sequence[bool],
    config: ForecastConfig,
    held: int,
    earlier: _Prepared | None,
    extra: windows.Extra | None,
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
    inputs = None if extra is None else scaling.fit_inputs(extra, (length - held).tolist())
    beside = None if extra is None or inputs is None else scaling.scale_inputs(extra, inputs)
    space = pad(max(config.windows), config.horizon, lags, periods)
    flat = windows.flatten([z for z, _ in scaled], space, beside, config.horizon)
    flat = dataclasses.replace(flat, constant=config.anchor == "constant")
    _, origins = windows.all_origins(flat, first, last)
    if earlier:
        anchor = earlier.anchor
    elif flat.constant:
        anchor = anchors.mean_of_training(config.horizon)
        lags = anchor.lags
    else:
        picked = _sample(origins, config.horizon)
        anchor = anchors.choose(flat, picked, periods, config.horizon, config.window)
        lags = linear.lags_for(anchor, config.window, config.horizon)
    return _Prepared(flat, tuple(state for _, state in scaled), anchor, lags, periods, first, last, origins, inputs)


def _material(prepared: _Prepared, chosen: Linear, config: ForecastConfig) -> training.Material:
    picked = _sample(prepared.origins, config.horizon)
    read = linear.regressors(prepared.flat, picked, chosen.lags)
    left = linear.targets(prepared.flat.z, picked, config.horizon) - read @ (chosen.anchor + chosen.ridge).T
    spread = np.abs(left).mean(axis=0) + 1e-6
    return training.material(prepared.flat, prepared.periods, chosen, spread, config.window, config.cell)


def _train(
    prepared: _Prepared,
    material: training.Material,
    config: ForecastConfig,
    valid_first: Index | None,
    valid_last: Index | None,
    begun: list[training.Trained] | None,
    on_epoch: OnEpoch | None,
) -> list[training.Trained]:
    """One network each of `networks_of`; those that are `begun` go on with what `material` holds."""
    start = prepared.flat.start - 1
    stage = "validation"
    if begun is not None:
        stage = "final"
        config = config.replace(learning_rate=max(GO_ON * config.learning_rate, 1e-6))
    found = []
    for member, (window, seed) in enumerate(networks_of(config)):
        one = training.with_window(material, window)
        valid = None
        if valid_first is not None and valid_last is not None:
            valid = _validation(one, start + valid_first, start + valid_last)
        found.append(
            training.train(
                one,
                config,
                start + prepared.first,
                start + prepared.last,
                valid=valid,
                stop_after=math.ceil(GO_ON * begun[member].kept_epoch) if begun is not None else None,
                seed=seed,
                start=_moved(begun[member].network, one) if begun is not None else None,
                on_epoch=functools.partial(on_epoch, stage, member) if on_epoch else None,
            )
        )
    return found


def _moved(network: networks.Scaffold, material: training.Material) -> networks.Scaffold:
    """A copy of `network` on the linear path and the spread of `material`."""
    moved = copy.deepcopy(network)
    path = training.tensor(material.linear.ridge)
    moved.load_state_dict(network.state_dict() | {"linear": path, "spread": material.spread})
    return moved


def networks_of(config: ForecastConfig) -> list[tuple[int, int]]:
    """(window, seed) of each network whose median is the forecast: seeds times lookbacks."""
    return [(window, config.seed + 1000 * member) for window in config.windows for member in range(config.members)]


def _validation(material: training.Material, first: Index, last: Index) -> Callable[[networks.Scaffold], Values]:
    """Mean absolute scaled errors by stretch over the origins `first` to `last` [S], on some chunks of them."""
    ends = chunk_ends(first, last, material.stride)
    ends = ends[np.linspace(0, len(ends) - 1, min(VALIDATION_CHUNKS, len(ends))).astype(np.int64)]
    positions = training.chunks_ending_at(ends, material)
    origins = positions[:, material.window - 1 :].cpu().numpy()
    inside = origins >= first[np.searchsorted(first, ends, side="right") - 1][:, None]
    stretch = _stretches(origins[inside], first, material.horizon)
    once = training.chunks_at_once(material)

    def valid(network: networks.Scaffold) -> Values:
        with torch.no_grad():
            parts = [
                (training.truth(material, some) - training.outputs(network, material, some)[0]).abs().mean(-1)
                for some in torch.split(positions, once)
            ]
        return mean_by(stretch, torch.cat(parts).cpu().numpy()[inside])

    return valid


def _stretches(origins: Index, first: Index, horizon: int) -> Index:
    """For each origin the number of its stretch: a horizon's length of one series, which begins at `first` [S].

    Errors of origins within a stretch share most of their truth; those of different stretches count as independent.
    """
    owner = np.searchsorted(first, origins, side="right") - 1
    within = (origins - first[owner]) // horizon
    return np.unique(np.stack([owner, within]), axis=1, return_inverse=True)[1].reshape(-1)


def mean_by(part: Index, values: Values) -> Values:
    return np.bincount(part, weights=values) / np.bincount(part)


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
    central, spread = run(nets, material, flat.start + first - 1, flat.start + last - 1)
    read = linear.regressors(flat, origins, chosen.lags)
    anchor = read @ chosen.anchor.T
    return central, spread, anchor + read @ chosen.ridge.T, anchor
