"""The pool of the network with forecasts that need none: each series weights them by what they missed on held-out data.

Weights are proportional to the inverse eighth power of the mean absolute error: nearly equal for members that did
equally well, next to nothing for one that did half as well (see `model.weighting`; held-out data preferred the power).

Axes: S series, O held-out origins (of all series, end to end), H horizon, K pool members, G groups of origins.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from forecasting import baselines
from forecasting.baselines import Member
from forecasting.model import weighting
from forecasting.model.origins import Origins
from forecasting.model.windows import Index
from forecasting.panel import Values

POWER = 8
PRIOR = 0.1  # blocks that what members miss in all series counts for beside a series' own errors
FEW = 2  # held-out blocks, below which what needs no network is judged from the middle of its series on
SEASONS = 3  # that a series holds at least if its linear path, which all series share, is to be a member by itself
GROUPS = 5  # of held-out origins: each is weighted by the errors of the others
MANY = 2000  # series, beyond which members that take milliseconds a series would take minutes
LONGEST_RIDGE = 400
ORDER = ("recurrent", "linear", "ridge", "theta", "ets", "naive", "drift")  # the seasonal ones follow
NETWORK = frozenset({"recurrent", "linear"})  # forecasts that come from the network, not from a Member


@dataclasses.dataclass(frozen=True)
class Pool:
    """Members and their weights. The names that no series has a Member for come from the network."""

    names: tuple[str, ...]
    weights: Values  # [S, K], each row's sum 1
    members: tuple[dict[str, Member], ...]  # [S]

    def mean_weights(self) -> dict[str, float]:
        """What each member weighs on average over the series."""
        return dict(zip(self.names, self.weights.mean(axis=0).tolist(), strict=True))

    def some(self, part: slice) -> Pool:
        """The same for some of its series."""
        return Pool(self.names, self.weights[part], self.members[part])


@dataclasses.dataclass(frozen=True)
class _Judged:
    """How the members of one series did, and with what they go on."""

    members: dict[str, Member]  # fitted on everything where that gains
    forecasts: dict[str, Values]  # from its held-out origins
    ratios: dict[str, float]  # from the middle of the series on: errors over the naive one's


def fit(
    series: Sequence[Values],
    origins: Origins,
    group: Index,
    given: Mapping[str, Values],
    *,
    seasons: Sequence[int],
    horizon: int,
    window: int,
) -> tuple[Pool, Values]:
    """(Pool, its forecasts [O, H] from held-out origins, each group of them weighted by the errors of the others).

    Members are fitted on what precedes the held-out `origins`, weighted by their errors there beside those of the
    `given` forecasts [O, H] of the network, and fitted anew on everything where that gains. A series without held-out
    origins is weighted like the others on average.
    """
    parts = dict(origins.by_series())
    slow = len(series) <= MANY
    sizes = ridge_windows(seasons, horizon, window) if slow else ()
    judged = [
        _judge(values, origins.seen[parts.get(index, slice(0))], seasons, horizon, sizes, slow=slow)
        for index, values in enumerate(series)
    ]
    names = _ordered({name for of_series in judged for name in of_series.members} | set(given))
    forecasts = {name: given.get(name, np.full((len(origins), horizon), np.nan)) for name in names}
    for index, part in parts.items():
        for name, ahead in judged[index].forecasts.items():
            forecasts[name][part] = ahead
    able = np.array([[name in given or name in of_series.members for name in names] for of_series in judged])
    if "linear" in names:
        short = np.array([len(values) < SEASONS * max(seasons, default=0) for values in series])
        able[short, names.index("linear")] = False
    truth = origins.truth(series, horizon)
    errors = np.stack([np.abs(truth - forecasts[name]).mean(axis=1) for name in names], axis=1)  # [O, K]
    ratios = [of_series.ratios for of_series in judged]

    def weights_by(chosen: Index) -> tuple[Values, Index]:
        """Weights [S, K] by the origins `chosen`, and how many of these each series has [S]."""
        owner = origins.series[chosen]
        counts = np.bincount(owner, minlength=len(series))
        blocks = counts / horizon
        mean = _with_the_middle(_mean_by_series(errors[chosen], owner, counts), names, ratios, blocks)
        return weigh(mean, able, blocks), counts

    weights, _ = weights_by(np.arange(len(origins)))
    combined = np.empty((len(origins), horizon))
    for left_out in np.unique(group):
        out = np.flatnonzero(group == left_out)
        others, counts = weights_by(np.flatnonzero(group != left_out))
        others[counts == 0] = weights[counts == 0]  # a series that has no other group keeps the weights of all
        combined[out] = combine([forecasts[name][out] for name in names], others[origins.series[out]])
    return Pool(names, weights, tuple(of_series.members for of_series in judged)), combined


def _judge(
    values: Values, seen: Index, seasons: Sequence[int], horizon: int, sizes: Sequence[int], *, slow: bool
) -> _Judged:
    """Fit the members of one series before its held-out origins `seen` [O], try them there, and fit them again."""
    first = int(seen.min()) if len(seen) else len(values)
    members = {member.name: member for member in baselines.fit_members(values[:first], seasons, horizon, slow=slow)}
    forecasts: dict[str, Values] = {}
    if len(seen):
        truth = values[seen[:, None] + np.arange(horizon)]
        ridges = baselines.fit_ridges(values[:first], sizes, horizon)
        if ridges:
            errors = [np.abs(truth - member.ahead(values, seen, horizon)).mean() for member in ridges]
            weights = weigh(np.array([errors]))[0]
            members["ridge"] = baselines.merge_ridges(ridges, weights)
        forecasts = {name: member.ahead(values, seen, horizon) for name, member in members.items()}
        if ridges:
            windows = [int(member.learned["window"].flat[0]) for member in ridges]
            again = baselines.fit_ridges(values, windows, horizon)
            if len(again) == len(ridges):
                members["ridge"] = baselines.merge_ridges(again, weights)
    if first < len(values):
        for member in baselines.fit_members(values, seasons, horizon, slow=slow):
            if member.name in members:
                members[member.name] = member
    few = slow and 0 < len(seen) < FEW * horizon
    return _Judged(members, forecasts, _from_the_middle(values, seasons, horizon) if few else {})


def _ordered(names: set[str]) -> tuple[str, ...]:
    return tuple(sorted(names, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name)))


def _from_the_middle(values: Values, seasons: Sequence[int], horizon: int) -> dict[str, float]:
    """Error of each member that needs no network over the naive one's, fitted on the first half of a series and tried
    from every origin of the second; empty where there are no such origins or naive errors."""
    first = len(values) // 2
    seen = np.arange(max(first, 1), len(values) - horizon + 1)
    if not len(seen):
        return {}
    truth = values[seen[:, None] + np.arange(horizon)]
    errors = {
        member.name: float(np.abs(truth - member.ahead(values, seen, horizon)).mean())
        for member in baselines.fit_members(values[:first], seasons, horizon, slow=True)
    }
    return {name: error / errors["naive"] for name, error in errors.items()} if errors["naive"] > 0 else {}


def _with_the_middle(
    errors: Values, names: Sequence[str], ratios: Sequence[Mapping[str, float]], blocks: Values
) -> Values:
    """Mean errors [S, K] where those of a series that has `ratios` from its middle on follow these. What cannot be
    tried there, because it needs a network or more values, keeps blocks / (blocks + 1) of its difference from the
    naive error, in logarithms, by its few `blocks` [S]."""
    mean = errors.copy()
    for index, of_middle in enumerate(ratios):
        naive = errors[index, names.index("naive")]
        if of_middle and naive > 0:
            own = blocks[index] / (blocks[index] + 1)
            kept = naive * (np.maximum(errors[index], 1e-9 * naive) / naive) ** own
            mean[index] = [naive * of_middle[name] if name in of_middle else kept[k] for k, name in enumerate(names)]
    return mean


def for_all(
    fitted: Pool, series: Sequence[Values], chosen: Sequence[int], seasons: Sequence[int], horizon: int
) -> Pool:
    """What was fitted on the `chosen` of `series`, for all: the others have the members that need no fitting, and weigh
    them as the chosen ones do on average."""
    place = {index: i for i, index in enumerate(chosen)}
    members, able = [], np.zeros((len(series), len(fitted.names)), dtype=bool)
    shared: dict[int, dict[str, Member]] = {}
    for index, values in enumerate(series):
        if index in place:
            members.append(fitted.members[place[index]])
            continue
        held = sum(1 < period <= len(values) for period in seasons)
        if held not in shared:
            few = baselines.fit_members(values, seasons, horizon, slow=False)
            shared[held] = {member.name: member for member in few if member.name in fitted.names}
        members.append(shared[held])
        able[index] = [name in NETWORK or name in shared[held] for name in fitted.names]
    typical = np.where(able, fitted.weights.mean(axis=0), 0.0)
    weights = typical / np.maximum(typical.sum(axis=1, keepdims=True), 1e-300)
    weights[chosen] = fitted.weights
    return Pool(fitted.names, weights, tuple(members))


def ridge_windows(seasons: Sequence[int], horizon: int, window: int) -> tuple[int, ...]:
    """Windows of the ridges of each series alone: one and two seasons, and one and two horizons."""
    wanted = {size for period in seasons for size in (period + 1, 2 * period + 1)}
    if len(seasons) < 2:
        wanted |= {horizon, 2 * horizon}
    if not seasons:
        wanted.add(window)
    return tuple(sorted(size for size in wanted if 4 <= size <= LONGEST_RIDGE))


def weigh(errors: Values, able: Values | None = None, blocks: Values | None = None) -> Values:
    """Weights [S, K] from mean absolute errors [S, K], NaN where unknown. `able` [S, K]: members that a series has.

    Errors count relative to the best member's, as logarithms. Those of a series that rest on few `blocks` [S] are
    shrunk towards what they are in all series, wholly so where it has none.
    """
    able = np.isfinite(errors) if able is None else able
    errors = np.where(able, errors, np.nan)
    known = np.isfinite(errors).any(axis=1, keepdims=True)
    best = np.nanmin(np.where(known, errors, 1.0), axis=1, keepdims=True)
    floor = 1e-9 * np.nanmax(np.where(known, errors, 1.0), axis=1, keepdims=True) + 1e-300
    relative = np.where(known, np.log((errors + floor) / (best + floor)), np.nan)
    counts = np.isfinite(relative).sum(axis=0)
    typical = np.where(counts > 0, np.nan_to_num(relative).sum(axis=0) / np.maximum(counts, 1), 0.0)
    if blocks is not None:
        own = (blocks / (blocks + PRIOR))[:, None]
        relative = own * relative + (1 - own) * typical
    relative = np.where(known, relative, typical)
    relative = np.where(able & np.isfinite(relative), relative, np.inf)
    return weighting.by_log_errors(relative - np.min(relative, axis=1, keepdims=True), POWER)


def combine(forecasts: Sequence[Values], weights: Values) -> Values:
    """Weighted mean [O, H] of K forecasts [O, H] by `weights` [O, K]; what has no weight is not looked at."""
    total = np.zeros_like(forecasts[0])
    for place, ahead in enumerate(forecasts):
        weight = weights[:, place, None]
        total += np.where(weight > 0, weight * ahead, 0.0)
    return total


def ahead(
    pool: Pool, series: Sequence[Values], origins: Origins, given: Mapping[str, Values], horizon: int
) -> dict[str, Values]:
    """Forecasts [O, H] of every member from `origins`, NaN where a series has none."""
    forecasts = {name: given.get(name, np.full((len(origins), horizon), np.nan)) for name in pool.names}
    for index, part in origins.by_series():
        for name, member in pool.members[index].items():
            forecasts[name][part] = member.ahead(series[index], origins.seen[part], horizon)
    return forecasts


def groups(origins: Origins) -> Index:
    """Which of at most GROUPS groups of neighbouring blocks each origin belongs to, series by series."""
    within = origins.block.copy()
    for _, part in origins.by_series():
        within[part] -= within[part.start]
    count = int(within.max(initial=0)) + 1
    return within * min(GROUPS, count) // count


def _mean_by_series(errors: Values, owner: Index, counts: Index) -> Values:
    """Mean [S, K] over the origins of each series; NaN without any."""
    sums = np.stack([np.bincount(owner, weights=column, minlength=len(counts)) for column in errors.T], axis=1)
    mean: Values = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], np.nan)
    return mean
