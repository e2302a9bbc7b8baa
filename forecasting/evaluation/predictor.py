"""What a training leaves: forecasts with intervals from any origin of its series, by the network, the pool, or, where
the series are too short for a network, by the other members alone.

Held-out forecasts decide three things, in this order: how the members are weighted, how far the forecast is drawn
towards repeating the last value or season, and how wide the intervals are. What is estimated on a held-out origin is
never judged on it: each group of origins is weighted and scaled by what the others say.

Axes: S series, O origins (of all series, end to end), H horizon, Q probabilities.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from forecasting import baselines
from forecasting.config import ForecastConfig
from forecasting.evaluation import intervals, pool
from forecasting.evaluation.pool import Pool
from forecasting.model import anchors, fitting, scaling, training, windows
from forecasting.model import method as methods
from forecasting.model.fitting import Account, HeldOut, OnEpoch
from forecasting.model.method import Method
from forecasting.model.scaling import State
from forecasting.model.windows import Extra, Index
from forecasting.panel import Values

PRIOR = 2  # stretches that the spread of all series counts for beside a series' own
WIDEST = 5.0  # of a series' intervals over what the network says of all, and its inverse the narrowest
MOST_VALUES = 3_000_000  # with what leads each series: what training reads then takes some hundred MB
KEPT = 2_000_000  # cells of held-out scores that a Predictor keeps for its update


@dataclasses.dataclass(frozen=True)
class Shrink:
    """forecast = reference + share (forecast - reference). `period` 1: the reference is the last value."""

    share: float
    period: int
    gain: float  # of the forecast over the reference on held-out data, share of its error
    stretches: int  # of a horizon's length that this rests on

    @property
    def total(self) -> bool:
        return self.share == 0


@dataclasses.dataclass(frozen=True)
class Predictor:
    """All that it takes to forecast at any origin of the series it was fitted on."""

    horizon: int
    states: tuple[State, ...]  # [S]
    periods: tuple[int, ...]
    method: Method | None  # None: the series are too short for a network
    pool: Pool | None
    pooled: bool  # the forecast is the pool's; else the pool stands beside it, for comparison
    shrink: Shrink
    width: Values  # [S] spread of each series' errors over what the network says of all
    typical: Values  # [S, H] spread where there is no network to say it
    table: Values  # [H, Q] quantiles of errors over their spread
    errors: Values  # [2, stretches] held out, of what forecasts are drawn towards and of the forecasts: Shrink's ground
    scores: Values  # [O, H] what the table was made from
    independent: int  # stretches that these are


@dataclasses.dataclass(frozen=True)
class Ahead:
    """Forecasts at origins, taken apart, in the unit of each series: each [O, H]; and scaled."""

    owner: Index  # [O] series
    seen: Index  # [O] values up to and including the origin
    whole: Values
    parts: dict[str, Values]  # anchor, anchor-linear, recurrent and every member of the pool
    scaled: Values  # the whole
    spread: Values  # scaled


def fit(
    series: Sequence[Values],
    seasons: Sequence[int],
    config: ForecastConfig,
    on_epoch: OnEpoch | None = None,
    extra: Extra | None = None,
    *,
    rivals: bool = False,
) -> tuple[Predictor, Account | None]:
    """Train on `series` alone. The Account is None where they were too short for a network.

    `rivals`: fit the members of the pool even where the forecast is to be the network's, for comparison.
    """
    horizon = config.horizon
    length = np.array([len(values) for values in series], dtype=np.int64)
    if length.max() < windows.needed(max(config.windows), horizon):
        return _without_network(series, seasons, config), None
    chosen = _sample(length, config)
    if len(chosen) < len(series):
        some_extra = extra.of(chosen) if extra is not None else None
        found, account = fit([series[i] for i in chosen], seasons, config, on_epoch, some_extra, rivals=rivals)
        return _for_all(found, series, chosen), account
    method, held, account = fitting.fit(series, seasons, config, on_epoch, extra)
    group = pool.groups(held.owner, held.stretch)
    whole = held.whole
    members = None
    pooled = config.method == "best"
    if pooled or rivals:
        given = {
            "recurrent": scaling.inverse(held.whole, held.states, held.owner),
            "linear": scaling.inverse(held.linear, held.states, held.owner),
        }
        members, tried = pool.fit(series, held.owner, held.seen, group, given, method.periods, horizon, config.window)
        if pooled:
            whole = scaling.forward(tried.combined, held.states, held.owner)
    shrink, errors = _shrink(series, held, whole, method.periods)
    if config.anchor == "constant":
        shrink = dataclasses.replace(shrink, share=1.0)  # a tutorial's network is shown as it is
    whole = _drawn(shrink, series, held.states, held.owner, held.seen, whole)
    scores, width = _widths((held.truth - whole) / held.spread, held.owner, held.stretch, group, len(series))
    table = intervals.calibrate(scores, account.stretches)
    kept = scores[:: max(1, math.ceil(scores.size / KEPT))]
    predictor = Predictor(
        horizon, method.states, method.periods, method, members, pooled, shrink, width, np.zeros((len(series), 0)),
        table, errors, kept, account.stretches,
    )  # fmt: skip
    return predictor, account


def _sample(length: Index, config: ForecastConfig) -> list[int]:
    """Which series are trained on: all, or as many evenly spread ones as fit into memory, the longest among them."""
    led = training.chunk_length(max(config.windows)) + config.horizon
    every = max(1, math.ceil(float((length + led).sum()) / MOST_VALUES))
    return sorted({*range(0, len(length), every), int(length.argmax())}) if every > 1 else list(range(len(length)))


def _for_all(fitted: Predictor, series: Sequence[Values], chosen: Sequence[int]) -> Predictor:
    """What was fitted on the `chosen` of `series`, for all of them: the others are scaled by their own values, share
    the network, and weigh members as the chosen ones do on average."""
    place = {one: i for i, one in enumerate(chosen)}
    logs = any(state.log for state in fitted.states)
    states = tuple(
        fitted.states[place[one]]
        if one in place
        else scaling.fit(values, fitted.periods, logs and bool(values.min() > 0))
        for one, values in enumerate(series)
    )
    width = np.ones(len(series))
    width[chosen] = fitted.width
    method, members = fitted.method, fitted.pool
    if method is not None:
        own = np.zeros(len(series))
        local = None
        if method.linear.local is not None:
            own[chosen] = method.own
            local = np.zeros((len(series), *method.linear.local.shape[1:]), dtype=np.float32)
            local[chosen] = method.linear.local
        found = dataclasses.replace(method.linear, local=local)
        method = dataclasses.replace(method, states=states, own=own, linear=found)
    if members is not None:
        members = pool.for_all(members, series, chosen, fitted.periods, fitted.horizon)
    typical = np.zeros((len(series), 0))
    return dataclasses.replace(fitted, states=states, method=method, pool=members, width=width, typical=typical)


def ahead(
    predictor: Predictor,
    series: Sequence[Values],
    first: Index,
    last: Index,
    extra: Extra | None = None,
    *,
    members: bool = False,
) -> Ahead:
    """Forecasts at every origin of each series from `first` to `last` [S] values seen, both included.

    Nothing after an origin is used for it. `members`: parts holds those of the pool as well.
    """
    horizon = predictor.horizon
    parts: dict[str, Values] = {}
    given: dict[str, Values] = {}
    if predictor.method is not None:
        found = methods.forecast(predictor.method, series, first, last, extra)
        owner, seen, scaled, spread = found.owner, found.seen, found.scaled, found.spread
        parts = {"anchor": found.anchor, "anchor-linear": found.linear, "recurrent": found.whole}
        given = {"recurrent": found.whole, "linear": found.linear}
    else:
        owner, seen = windows.origins(first, last)
        scaled, spread = np.empty((len(owner), horizon)), predictor.typical[owner]
    if predictor.pool is not None and (predictor.pooled or members):
        every = pool.ahead(predictor.pool, series, owner, seen, given, horizon)
        combined = pool.combine([every[name] for name in predictor.pool.names], predictor.pool.weights[owner])
        if predictor.pooled:
            scaled = scaling.forward(combined, predictor.states, owner)
        if members:
            parts |= {name: one for name, one in every.items() if name != "linear"} | {"best": combined}
    scaled = _drawn(predictor.shrink, series, predictor.states, owner, seen, scaled)
    whole = scaling.inverse(scaled, predictor.states, owner)
    if predictor.shrink.total:  # to the last bit
        whole = _references(series, owner, seen, horizon, predictor.shrink.period)
    return Ahead(owner, seen, whole, parts, scaled, spread * predictor.width[owner, None])


def some(predictor: Predictor, chosen: range) -> Predictor:
    """The same for some of its series."""
    part = slice(chosen.start, chosen.stop)
    method, members = predictor.method, predictor.pool
    if method is not None:
        method = methods.some(method, part)
    if members is not None:
        members = Pool(members.names, members.weights[part], members.members[part])
    return dataclasses.replace(
        predictor,
        states=predictor.states[part],
        method=method,
        pool=members,
        width=predictor.width[part],
        typical=predictor.typical[part],
    )


def history(predictor: Predictor) -> int:
    """How many of the last values a forecast depends on; a pool keeps track of levels and trends from the first on."""
    if predictor.pooled or predictor.method is None:
        return 2**62
    return max(methods.history(predictor.method), predictor.shrink.period + 1)


def bounds(predictor: Predictor, found: Ahead, levels: tuple[int, ...]) -> dict[int, tuple[Values, Values]]:
    """Interval ends [O, H] in the unit of each series, by level."""
    ends = {}
    for level in levels:
        low, high = intervals.bounds(found.scaled, found.spread, predictor.table, level)
        # Rounding on the way back puts no end on the wrong side of the forecast.
        ends[level] = (
            np.minimum(scaling.inverse(low, predictor.states, found.owner), found.whole),
            np.maximum(scaling.inverse(high, predictor.states, found.owner), found.whole),
        )
    return ends


def reference(values: Values, seen: Index, horizon: int, period: int) -> Values:
    """What a forecast is drawn towards [O, H]: the last value, or with a `period` the last season."""
    if period <= 1:
        return baselines.naive(values, seen, horizon)
    return baselines.seasonal_naive(values, seen, horizon, period)


def _drawn(
    shrink: Shrink, series: Sequence[Values], states: Sequence[State], owner: Index, seen: Index, scaled: Values
) -> Values:
    if shrink.share == 1:
        return scaled
    towards = references(series, states, owner, seen, scaled.shape[1], shrink.period)
    return towards + shrink.share * (scaled - towards)


def references(
    series: Sequence[Values], states: Sequence[State], owner: Index, seen: Index, horizon: int, period: int
) -> Values:
    """What forecasts are drawn towards, scaled [O, H]."""
    return scaling.forward(_references(series, owner, seen, horizon, period), states, owner)


def _references(series: Sequence[Values], owner: Index, seen: Index, horizon: int, period: int) -> Values:
    found = np.empty((len(owner), horizon))
    edges = np.flatnonzero(np.diff(owner, prepend=-1, append=-1))
    for a, b in itertools.pairwise(edges):
        found[a:b] = reference(series[int(owner[a])], seen[a:b], horizon, period)
    return found


def _shrink(series: Sequence[Values], held: HeldOut, whole: Values, periods: Sequence[int]) -> tuple[Shrink, Values]:
    """How far the data let the forecast depart from the better of the last value and the last season, and the errors
    [2, stretches] that say so: of the forecast on held-out origins, of its linear path, cross-fitted, on earlier ones.
    """
    before = held.earlier
    error = [np.abs(before.truth - before.linear).mean(axis=1), np.abs(held.truth - whole).mean(axis=1)]
    stretch = np.concatenate([before.stretch, held.stretch + (before.stretch.max() + 1 if len(before.stretch) else 0)])
    horizon = whole.shape[1]
    best, period = np.zeros(0), 1
    for one in (1, *periods[:1]):
        size = [
            np.abs(part.truth - references(series, held.states, part.owner, part.seen, horizon, one)).mean(axis=1)
            for part in (before, held)
        ]
        if one == 1 or size[1].sum() < best[len(size[0]) :].sum():
            best, period = np.concatenate(size), one
    errors = np.stack([fitting.mean_by(stretch, best), fitting.mean_by(stretch, np.concatenate(error))])
    return shrink_by(errors, period), errors


def shrink_by(errors: Values, period: int) -> Shrink:
    """The Shrink that the errors by stretch [2, stretches] of a reference and of a forecast allow."""
    reference, error = errors
    total = float(reference.sum())
    gain = float((reference - error).sum()) / total if total > 0 else 0.0
    return Shrink(fitting.kept_share(reference, error), period, gain, len(reference))


def _widths(scores: Values, owner: Index, stretch: Index, group: Index, count: int) -> tuple[Values, Values]:
    """(Scores over the width that their series has by its other groups, widths [S]).

    A series' width is the geometric mean of the sizes of its stretches' scores, each over the size of all, drawn
    towards 1 as if PRIOR further stretches had just that size: one stretch that went wrong does not blow it up.
    """
    if count < 2 or not len(scores):
        return scores, np.ones(count)
    size = np.abs(scores).mean(axis=1)
    stretches = np.bincount(stretch)
    relative = np.bincount(stretch, weights=size) / stretches / (float(size.mean()) or 1.0)
    logs = np.log(np.clip(relative, 1 / WIDEST**2, WIDEST**2))
    first = np.unique(stretch, return_index=True)[1]
    of_series, of_group = owner[first], group[first]

    def width(chosen: npt.NDArray[np.bool_]) -> Values:
        total = np.bincount(of_series[chosen], weights=logs[chosen], minlength=count)
        drawn = total / (np.bincount(of_series[chosen], minlength=count) + PRIOR)
        return np.clip(np.exp(drawn), 1 / WIDEST, WIDEST)

    whole = width(np.ones(len(first), dtype=bool))
    by_others = np.empty(len(owner))
    for left_out in np.unique(group):
        out = group == left_out
        by_others[out] = width(of_group != left_out)[owner[out]]
    return scores / by_others[:, None], whole


def _without_network(series: Sequence[Values], seasons: Sequence[int], config: ForecastConfig) -> Predictor:
    """The members that need no network, on series too short for one."""
    horizon = config.horizon
    length = np.array([len(values) for values in series], dtype=np.int64)
    periods = anchors.candidate_periods(series, seasons)
    states = tuple(scaling.fit(values, periods, False) for values in series)
    two = 2 * min(periods, default=0)  # seasons, after which members know of it
    first = np.maximum(np.maximum(length // 2, length - 4 * horizon + 1), windows.SHORT)
    first = np.where(two <= length - horizon, np.maximum(first, two), first)
    owner, seen = windows.origins(first, length - horizon)
    within = (seen - first[owner]) // horizon
    stretch = np.unique(np.stack([owner, within]), axis=1, return_inverse=True)[1].reshape(-1) if len(owner) else owner
    group = pool.groups(owner, stretch)
    members, tried = pool.fit(series, owner, seen, group, {}, periods, horizon, config.window)
    typical = np.stack([_typical(values, state, horizon) for values, state in zip(series, states, strict=True)])
    if len(owner):
        truth = scaling.forward(pool.truth_of(series, owner, seen, horizon), states, owner)
        whole = scaling.forward(tried.combined, states, owner)
        nothing = fitting.Earlier(owner[:0], seen[:0], stretch[:0], truth[:0], truth[:0], truth[:0])
        held = HeldOut(owner, seen, stretch, truth, truth, truth, truth, truth, states, nothing)
        shrink, errors = _shrink(series, held, whole, periods)
        whole = _drawn(shrink, series, states, owner, seen, whole)
        scores, width = _widths((truth - whole) / typical[owner], owner, stretch, group, len(series))
    else:
        shrink, scores, width = Shrink(1.0, 1, 0.0, 0), np.empty((0, horizon)), np.ones(len(series))
        errors = np.empty((2, 0))
    independent = int(stretch.max()) + 1 if len(stretch) else 0
    table = intervals.calibrate(scores, independent)
    return Predictor(
        horizon, states, periods, None, members, True, shrink, width, typical, table, errors, scores, independent
    )


def _typical(values: Values, state: State, horizon: int) -> Values:
    """Mean size of the changes over one, two, ... steps [H], scaled; beyond what the series holds, as of a walk."""
    z = scaling.transform(values, state)
    reach = max(1, min(horizon, len(z) // 2))
    sizes = np.array([np.abs(z[lag:] - z[:-lag]).mean() if lag < len(z) else 0.0 for lag in range(1, reach + 1)])
    grown = sizes[-1] * np.sqrt(np.arange(reach + 1, horizon + 1) / reach)
    found: Values = np.maximum(np.concatenate([sizes, grown]), 1e-6)
    return found
