"""The pool of the network with forecasts that need none: each series weights them by what they missed on held-out data.

Weights are proportional to the inverse eighth power of the mean absolute error: nearly equal for members that did
equally well, next to nothing for one that did half as well (Bates and Granger, "The Combination of Forecasts",
Operational Research Quarterly 20, 1969, with the power that held-out data preferred).

Axes: S series, O held-out origins (of all series, end to end), H horizon, K members, G groups of origins.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping, Sequence

import numpy as np

from forecasting import baselines
from forecasting.baselines import Member
from forecasting.model.windows import Index
from forecasting.panel import Values

POWER = 8
PRIOR = 0.1  # stretches that what members miss in all series counts for beside a series' own errors
FEW = 2  # held-out stretches, below which what needs no network is judged from the middle of its series on
SEASONS = 3  # that a series holds at least if its linear path, which all series share, is to be a member by itself
GROUPS = 5  # of held-out origins: each is weighted by what the others say
MANY = 2000  # series, beyond which members that take milliseconds a series would take minutes
LONGEST_RIDGE = 400
ORDER = ("recurrent", "linear", "ridge", "theta", "ets", "naive", "drift")  # the seasonal ones follow


@dataclasses.dataclass(frozen=True)
class Pool:
    """Members and their weights. The names that no series has a Member for come from the network."""

    names: tuple[str, ...]
    weights: Values  # [S, K], each row's sum 1
    members: tuple[dict[str, Member], ...]  # [S]

    def mean_weights(self) -> dict[str, float]:
        """What each member weighs on average over the series."""
        return dict(zip(self.names, self.weights.mean(axis=0).tolist(), strict=True))


@dataclasses.dataclass(frozen=True)
class Tried:
    """What the members forecast from held-out origins, in the unit of each series."""

    forecasts: dict[str, Values]  # name -> [O, H]; NaN where a series has no such member
    combined: Values  # [O, H] by weights that each group of origins has from the others


def fit(
    series: Sequence[Values],
    owner: Index,
    seen: Index,
    group: Index,
    given: Mapping[str, Values],
    seasons: Sequence[int],
    horizon: int,
    window: int,
) -> tuple[Pool, Tried]:
    """Fit the members on what precedes the held-out origins (`owner`, `seen`, `group`: [O]), weight them by their
    errors there beside those of the `given` forecasts [O, H] of the network, and fit anew on everything what gains by
    it. A series without held-out origins is weighted like the others on average."""
    count = len(series)
    slow = count <= MANY
    sizes = ridge_windows(seasons, horizon, window) if slow else ()
    edges = np.searchsorted(owner, np.arange(count + 1))
    found: dict[str, Values] = dict(given)
    members: list[dict[str, Member]] = []
    ratios: list[dict[str, float]] = []
    for one, values in enumerate(series):
        part = slice(edges[one], edges[one + 1])
        first = int(seen[part].min()) if part.stop > part.start else len(values)
        mine = {member.name: member for member in baselines.fit_members(values[:first], seasons, horizon, slow=slow)}
        ridges = baselines.fit_ridges(values[:first], sizes, horizon)
        if part.stop > part.start:
            truth = values[seen[part][:, None] + np.arange(horizon)]
            if ridges:
                tried = [member.ahead(values, seen[part], horizon) for member in ridges]
                weights = weigh(np.array([[np.abs(truth - ahead).mean() for ahead in tried]]))[0]
                mine["ridge"] = baselines.merge_ridges(ridges, weights)
            for name, member in mine.items():
                forecasts = found.setdefault(name, np.full((len(owner), horizon), np.nan))
                forecasts[part] = member.ahead(values, seen[part], horizon)
            if ridges:
                again = baselines.fit_ridges(
                    values, [int(member.learned["window"].flat[0]) for member in ridges], horizon
                )
                if len(again) == len(ridges):
                    mine["ridge"] = baselines.merge_ridges(again, weights)
        if first < len(values):
            for member in baselines.fit_members(values, seasons, horizon, slow=slow):
                if member.name in mine:
                    mine[member.name] = member
        members.append(mine)
        little = slow and 0 < part.stop - part.start < FEW * horizon
        ratios.append(_from_the_middle(values, seasons, horizon) if little else {})
    every = {name for mine in members for name in mine} | set(found)
    names = tuple(sorted(every, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name)))
    for name in names:
        found.setdefault(name, np.full((len(owner), horizon), np.nan))
    able = np.array([[name in given or name in mine for name in names] for mine in members])
    if "linear" in names:
        short = np.array([len(values) < SEASONS * max(seasons, default=0) for values in series])
        able[short, names.index("linear")] = False
    truth = truth_of(series, owner, seen, horizon)
    errors = np.stack([np.abs(truth - found[name]).mean(axis=1) for name in names], axis=1)  # [O, K]
    stretches = np.bincount(owner, minlength=count) / horizon
    weights = weigh(_with_the_middle(_mean_of(errors, owner, count), names, ratios, stretches), able, stretches)
    combined = np.empty((len(owner), horizon))
    for left_out in np.unique(group):
        out = group == left_out
        left = np.bincount(owner[~out], minlength=count) / horizon
        others = weigh(_with_the_middle(_mean_of(errors[~out], owner[~out], count), names, ratios, left), able, left)
        # A series that has no other group keeps the weights of all.
        alone = np.bincount(owner[~out], minlength=count) == 0
        others[alone] = weights[alone]
        combined[out] = combine([found[name][out] for name in names], others[owner[out]])
    return Pool(names, weights, tuple(members)), Tried({name: found[name] for name in names}, combined)


def _from_the_middle(values: Values, seasons: Sequence[int], horizon: int) -> dict[str, float]:
    """Error of each member that needs no network over the naive one's, fitted on the first half of a series and tried
    from every origin of the second; empty where that says nothing."""
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
    errors: Values, names: Sequence[str], ratios: Sequence[Mapping[str, float]], stretches: Values
) -> Values:
    """Mean errors [S, K] where those of a series that has `ratios` from its middle on follow these. What cannot be
    tried there, because it needs a network or more values, keeps of its departure from the naive error as much as its
    few `stretches` [S] say beside one of none."""
    found = errors.copy()
    for one, mine in enumerate(ratios):
        naive = errors[one, names.index("naive")]
        if mine and naive > 0:
            own = stretches[one] / (stretches[one] + 1)
            kept = naive * (np.maximum(errors[one], 1e-9 * naive) / naive) ** own
            found[one] = [naive * mine[name] if name in mine else kept[k] for k, name in enumerate(names)]
    return found


def for_all(
    fitted: Pool, series: Sequence[Values], chosen: Sequence[int], seasons: Sequence[int], horizon: int
) -> Pool:
    """What was fitted on the `chosen` of `series`, for all: the others have the members that need no fitting, and weigh
    them as the chosen ones do on average."""
    place = {one: i for i, one in enumerate(chosen)}
    members, able = [], np.zeros((len(series), len(fitted.names)), dtype=bool)
    network = {"recurrent", "linear"}
    shared: dict[int, dict[str, Member]] = {}
    for one, values in enumerate(series):
        if one in place:
            members.append(fitted.members[place[one]])
            continue
        held = sum(1 < period <= len(values) for period in seasons)
        if held not in shared:
            few = baselines.fit_members(values, seasons, horizon, slow=False)
            shared[held] = {member.name: member for member in few if member.name in fitted.names}
        members.append(shared[held])
        able[one] = [name in network or name in shared[held] for name in fitted.names]
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


def weigh(errors: Values, able: Values | None = None, stretches: Values | None = None) -> Values:
    """Weights [S, K] from mean absolute errors [S, K], NaN where unknown. `able` [S, K]: members that a series has.

    Errors count relative to the best member's, as logarithms. Those of a series that rest on few `stretches` [S] of a
    horizon's length are drawn towards what they are in all series, wholly so where it has none.
    """
    able = np.isfinite(errors) if able is None else able
    errors = np.where(able, errors, np.nan)
    known = np.isfinite(errors).any(axis=1, keepdims=True)
    best = np.nanmin(np.where(known, errors, 1.0), axis=1, keepdims=True)
    floor = 1e-9 * np.nanmax(np.where(known, errors, 1.0), axis=1, keepdims=True) + 1e-300
    relative = np.where(known, np.log((errors + floor) / (best + floor)), np.nan)
    counts = np.isfinite(relative).sum(axis=0)
    typical = np.where(counts > 0, np.nan_to_num(relative).sum(axis=0) / np.maximum(counts, 1), 0.0)
    if stretches is not None:
        own = (stretches / (stretches + PRIOR))[:, None]
        relative = own * relative + (1 - own) * typical
    relative = np.where(known, relative, typical)
    relative = np.where(able & np.isfinite(relative), relative, np.inf)
    relative -= np.min(relative, axis=1, keepdims=True)
    weights = np.exp(-POWER * relative)
    found: Values = weights / weights.sum(axis=1, keepdims=True)
    return found


def combine(forecasts: Sequence[Values], weights: Values) -> Values:
    """Weighted mean [O, H] of K forecasts [O, H] by `weights` [O, K]; what has no weight is not looked at."""
    total = np.zeros_like(forecasts[0])
    for place, ahead in enumerate(forecasts):
        weight = weights[:, place, None]
        total += np.where(weight > 0, weight * ahead, 0.0)
    return total


def ahead(
    pool: Pool, series: Sequence[Values], owner: Index, seen: Index, given: Mapping[str, Values], horizon: int
) -> dict[str, Values]:
    """Forecasts [O, H] of every member from the origins (`owner`, `seen`) of `series`, NaN where a series has none."""
    found = {name: given.get(name, np.full((len(owner), horizon), np.nan)) for name in pool.names}
    edges = np.flatnonzero(np.diff(owner, prepend=-1, append=-1))
    for a, b in itertools.pairwise(edges):
        one = int(owner[a])
        for name, member in pool.members[one].items():
            found[name][a:b] = member.ahead(series[one], seen[a:b], horizon)
    return found


def truth_of(series: Sequence[Values], owner: Index, seen: Index, horizon: int) -> Values:
    """The values [O, H] that came after each origin."""
    found = np.empty((len(owner), horizon))
    edges = np.flatnonzero(np.diff(owner, prepend=-1, append=-1))
    for a, b in itertools.pairwise(edges):
        found[a:b] = series[int(owner[a])][seen[a:b, None] + np.arange(horizon)]
    return found


def groups(owner: Index, stretch: Index) -> Index:
    """Which of at most GROUPS groups of neighbouring stretches each origin belongs to, series by series."""
    if not len(owner):
        return owner
    within = (
        stretch
        - np.minimum.reduceat(stretch, np.searchsorted(owner, np.unique(owner)))[
            np.unique(owner, return_inverse=True)[1]
        ]
    )
    count = int(within.max()) + 1
    found: Index = within * min(GROUPS, count) // count
    return found


def _mean_of(errors: Values, owner: Index, count: int) -> Values:
    """Mean [S, K] over the origins of each series; NaN without any."""
    origins = np.bincount(owner, minlength=count)
    sums = np.stack([np.bincount(owner, weights=column, minlength=count) for column in errors.T], axis=1)
    found: Values = np.where(origins[:, None] > 0, sums / np.maximum(origins, 1)[:, None], np.nan)
    return found
