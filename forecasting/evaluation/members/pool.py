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
from forecasting.evaluation.members import zero_shot
from forecasting.evaluation.members.combining import combine, mean_by_series, mean_sizes
from forecasting.evaluation.members.judging import (
    FEW,
    MODELS,
    Judged,
    judge,
    mean_over_steps,
    ridge_windows,
    usable_seasons,
)
from forecasting.model import weighting
from forecasting.model.origins import Origins
from forecasting.model.windows import Index, Known
from forecasting.panel import Values

POWER = 8
PRIOR = 0.1  # blocks that what members miss in all series counts for beside a series' own errors
SEASONS = 3  # that a series holds at least if its linear path, which all series share, is to be a member by itself
GROUPS = 5  # of held-out origins: each is weighted by the errors of the others
MANY = 2000  # series, beyond which members that take milliseconds a series would take minutes
OWN = 0.5  # share of a series' own errors where few are held out
USUAL_REST = 0.6  # logarithm of the error of other members over that of MODELS, as is usual in short series
LEAST_UNIT = 12  # steps that an independent error of a long horizon takes; or two of the shortest season
WORST = 1.05  # times the error of the best member: more is no pool's use
ALONE = 20  # series, up to which that is kept in each of them; of more, few errors of each tell less than those of all
SHARPER = (1, 2, 4, 8)  # powers of weights that are tried until it is kept
# the seasonal ones follow
ORDER = ("recurrent", "linear", "pretrained", "ridge", "theta", "ets", "trend-season", "naive", "drift")
NETWORK = frozenset({"recurrent", "linear", "pretrained"})  # forecasts that come from networks, not from a Member


@dataclasses.dataclass(frozen=True)
class Pool:
    """Members and their weights. The names that no series has a Member for come from the network."""

    names: tuple[str, ...]
    weights: Values  # [S, K], each row's sum 1
    members: tuple[dict[str, Member], ...]  # [S]
    over_best: Values | None = None  # [S] error over the best member's where both were judged; NaN of many series

    def mean_weights(self) -> dict[str, float]:
        """What each member weighs on average over the series."""
        return dict(zip(self.names, self.weights.mean(axis=0).tolist(), strict=True))

    def some(self, part: slice) -> Pool:
        """The same for some of its series."""
        return Pool(self.names, self.weights[part], self.members[part])


def fit(
    series: Sequence[Values],
    origins: Origins,
    group: Index,
    given: Mapping[str, Values],
    *,
    seasons: Sequence[int],
    horizon: int,
    window: int,
    known: Sequence[Known] | None = None,
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
        judge(
            values,
            known[index] if known else None,
            origins.seen[parts.get(index, slice(0))],
            seasons,
            horizon,
            sizes,
            slow=slow,
        )
        for index, values in enumerate(series)
    ]
    if zero_shot.NAME in given:
        few = {index: of_series.earlier for index, of_series in enumerate(judged) if of_series.earlier}
        zero_shot.add_earlier(few, series, known, seasons, horizon)
    names = _ordered({name for of_series in judged for name in of_series.members} | set(given))
    forecasts = {name: given.get(name, np.full((len(origins), horizon), np.nan)) for name in names}
    for index, part in parts.items():
        for name, ahead in judged[index].forecasts.items():
            forecasts[name][part] = ahead
    able = np.array([[name in given or name in of_series.members for name in names] for of_series in judged])
    if "linear" in names:
        short = np.array([len(values) < SEASONS * max(seasons, default=0) for values in series])
        able[short, names.index("linear")] = False
    truth = origins.truth(series, horizon, known)
    left = [truth - forecasts[name] for name in names]  # [K] of [O, H]
    errors = np.stack([mean_sizes(of_member) for of_member in left], axis=1)  # [O, K]
    unit = min(horizon, max(LEAST_UNIT, 2 * min(seasons, default=0)))

    def weights_by(chosen: Index) -> tuple[Values, Values, Index]:
        """(Weights [S, K] by the origins `chosen`, error over the best member's [S], how many each series has [S])."""
        owner = origins.series[chosen]
        counts = np.bincount(owner, minlength=len(series))
        steps = np.where(counts > 0, counts + horizon - 1, 0)
        mean = _with_earlier(mean_by_series(errors[chosen], owner, counts, names), names, judged, steps, unit)
        weights = weigh(mean, able, np.where(counts > 0, np.maximum(counts / horizon, 1), 0))
        over_best = np.full(len(series), np.nan)
        if len(series) > ALONE:
            return weights, over_best, counts
        for index, part in origins.select(chosen).by_series():
            of_series = {name: of_member[chosen[part]] for name, of_member in zip(names, left, strict=True)}
            if judged[index].earlier and steps[index] < FEW * unit:
                of_series = judged[index].earlier
            weights[index], over_best[index] = _within_worst(weights[index], names, of_series)
        return weights, over_best, counts

    weights, over_best, _ = weights_by(np.arange(len(origins)))
    combined = np.empty((len(origins), horizon))
    for left_out in np.unique(group):
        out = np.flatnonzero(group == left_out)
        others, _, counts = weights_by(np.flatnonzero(group != left_out))
        others[counts == 0] = weights[counts == 0]  # a series that has no other group keeps the weights of all
        combined[out] = combine([forecasts[name][out] for name in names], others[origins.series[out]])
    return Pool(names, weights, tuple(of_series.members for of_series in judged), over_best), combined


def _ordered(names: set[str]) -> tuple[str, ...]:
    return tuple(sorted(names, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name)))


def _with_earlier(errors: Values, names: Sequence[str], judged: Sequence[Judged], held_out: Index, unit: int) -> Values:
    """Mean errors [S, K], where those of a series that was judged from earlier origins on are those from there.

    What cannot be tried there, because it needs a network or more values, keeps part of its difference from the naive
    error, in logarithms, by how many times `unit` steps are `held_out` [S]. So few errors are mixed with what is usual
    in short series: models of trend and season do better there than repeating values.
    """
    mean = errors.copy()
    usual = np.array([0.0 if name in MODELS or name == zero_shot.NAME else USUAL_REST for name in names])
    for index, of_series in enumerate(judged):
        naive = errors[index, names.index("naive")]
        earlier = of_series.earlier
        whole = mean_over_steps(earlier["naive"]) if earlier else 0.0
        if naive > 0 and whole > 0:
            steps = held_out[index] / unit
            relative = np.log(np.maximum(errors[index], 1e-9 * naive) / naive) * steps / (steps + 1)
            for place, name in enumerate(names):
                if name in earlier:
                    tried = np.where(np.isfinite(earlier[name]), earlier["naive"], np.nan)
                    there = mean_over_steps(tried)  # a member that was tried at some origins alone is compared there
                    relative[place] = np.log(max(mean_over_steps(earlier[name]) / there, 1e-9)) if there > 0 else 0.0
            mean[index] = whole * np.exp(OWN * relative + (1 - OWN) * usual)
    return mean


def _within_worst(weights: Values, names: Sequence[str], errors: Mapping[str, Values]) -> tuple[Values, float]:
    """(Weights [K], mean error over that of the best member) at the lowest power of `weights` with which `errors`
    [O, H], NaN where unknown, add up to no more than WORST times those of the best member; else that member alone.

    Members without errors there keep their share.
    """
    judged = np.array([name in errors for name in names]) & (weights > 0)
    if not judged.any():
        return weights, np.nan
    left = np.stack([errors[name] for name, here in zip(names, judged, strict=True) if here])
    left = left[:, np.isfinite(left).all(axis=0)]  # [K, cells where each of them is judged]
    if not left.size:
        return weights, np.nan
    own, share = weights[judged], float(weights[judged].sum())
    sizes = np.abs(left).mean(axis=1)
    for power in (*SHARPER, None):
        sharper = np.eye(len(own))[sizes.argmin()] if power is None else (own / own.max()) ** power
        sharper /= sharper.sum()
        size = float(np.abs(sharper @ left).mean())
        if power is None or size <= WORST * sizes.min():
            break
    limited = weights.copy()
    limited[judged] = share * sharper
    return limited, size / float(sizes.min()) if sizes.min() > 0 else 1.0


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
        held = len(usable_seasons(values, seasons))
        if held not in shared:
            few = baselines.fit_members(values, usable_seasons(values, seasons), horizon, slow=False)
            shared[held] = {member.name: member for member in few if member.name in fitted.names}
        members.append(shared[held])
        able[index] = [name in NETWORK or name in shared[held] for name in fitted.names]
    typical = np.where(able, fitted.weights.mean(axis=0), 0.0)
    weights = typical / np.maximum(typical.sum(axis=1, keepdims=True), 1e-300)
    weights[chosen] = fitted.weights
    return Pool(fitted.names, weights, tuple(members))


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


def ahead(
    pool: Pool,
    series: Sequence[Values],
    origins: Origins,
    given: Mapping[str, Values],
    seasons: Sequence[int],
    horizon: int,
) -> dict[str, Values]:
    """Forecasts [O, H] of every member from `origins`, NaN where a series has none."""
    if zero_shot.NAME in pool.names and zero_shot.NAME not in given:
        given = {**given, **zero_shot.ahead(series, origins, seasons, horizon)}
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
