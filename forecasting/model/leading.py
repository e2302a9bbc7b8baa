"""Leading series: others of the panel whose movements come before those of a series.

Which lead is found on training values alone, by cross-correlations of what an autoregression of each series leaves over
(prewhitening: Haugh, "Checking the independence of two covariance-stationary time series", JASA 71, 1976): two series
that swing by themselves correlate at some lag by chance, their innovations do not. Their products count by their own
sizes (White, "A heteroskedasticity-consistent covariance matrix estimator", Econometrica 48, 1980): series that are
wild at the same times would correlate by chance as well. What they add is one more deviation
of a series (see `deviations`), so held-out origins decide whether it helps.

A series that ends earlier than the one that it leads is read as late as it will be known.

Axes: S series, J leaders of a series, M last steps that are read of them, T values, N positions of the flat array, O
origins, H horizon.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from forecasting.model import scaling
from forecasting.model.linear import ridges, robust_weights
from forecasting.model.origins import Span
from forecasting.model.regressors import measured_targets, regressors
from forecasting.model.scaling import State
from forecasting.model.windows import Flat, Index, Known
from forecasting.panel import Values

MOST = 3  # leaders of a series
MOST_SERIES = 200  # of a panel
LONGEST = 60  # steps that one leads by
FEWEST = 60  # innovations that two series have in common
RECENT = 4000  # last steps of each that are looked at: more would take minutes of many long series
CHANCE = 0.01  # that any of all series and lags is taken for a leader where there is none
FAR = 4.0  # deviations from which on an innovation counts as no larger
OUTLIER = 8.0  # deviations from which on what follows it does not count
PENALTY = 0.1  # of the autoregression
SMALL = 0.01  # penalty of what is read of leaders
STATE = len(dataclasses.fields(State))


@dataclasses.dataclass(frozen=True, kw_only=True)
class Leaders:
    """Which series lead each, [S, J] all."""

    places: Index  # -1: none
    lags: Index  # steps by which each leads
    delays: Index  # steps by which each ends earlier than the series that it leads
    memory: int
    scales: Values  # [S, J, 5] states by which they are scaled

    @property
    def columns(self) -> int:
        """What is read of all leaders of a series."""
        return int(self.places.shape[1]) * (self.memory + 1)

    def lead(self, index: int) -> bool:
        """Whether a series has any."""
        return bool((self.places[index] >= 0).any())

    def of(self, chosen: Known) -> Leaders | None:
        """Those of the `chosen` series [S] alone; None without any."""
        places = np.where(chosen[:, None], self.places, -1)
        return dataclasses.replace(self, places=places) if (places >= 0).any() else None

    def some(self, part: slice) -> Leaders:
        """The same for some of the series; `places` stay those in the panel."""
        return dataclasses.replace(
            self, places=self.places[part], lags=self.lags[part], delays=self.delays[part], scales=self.scales[part]
        )


def find(flat: Flat, span: Span, lags: Index, ends: Index, totals: int = 0) -> Leaders | None:
    """Those of the series in `flat`, by their values of the training `span`; None without any.

    `ends` [S]: when each series ends, in steps of one calendar. The last `totals` of the series are sums of others and
    lead none.
    """
    count = len(flat.start)
    if not 1 < count <= MOST_SERIES:
        return None
    left = _innovations(flat, span, lags, ends)
    known = np.isfinite(left)
    begin = int(known.any(axis=1).argmax())
    left, known = np.where(known, left, 0.0)[begin:], known[begin:].astype(np.float64)
    longest = min(LONGEST, len(left) - FEWEST)
    if longest < 1:
        return None
    delays = np.maximum(ends[:, None] - ends, 0)
    strength, at = np.zeros((count, count)), np.zeros((count, count), dtype=np.int64)
    for lag in range(1, longest + 1):
        now, before = left[lag:], left[:-lag]
        common = known[lag:].T @ known[:-lag]
        score = np.abs(now.T @ before) / np.sqrt(np.maximum((now**2).T @ before**2, 1e-300))
        score[(common < FEWEST) | (lag <= delays) | np.eye(count, dtype=bool)] = 0.0
        score[:, count - totals :] = 0.0
        at = np.where(score > strength, lag, at)
        strength = np.maximum(score, strength)
    limit = NormalDist().inv_cdf(1 - CHANCE / (2 * count * (count - 1) * longest))
    likely = np.argsort(-strength, axis=1, kind="stable")[:, :MOST]
    places = np.where(np.take_along_axis(strength, likely, axis=1) > limit, likely, -1)
    places = places[:, (places >= 0).any(axis=0)]
    if not places.size:
        return None
    rows, picked = np.arange(count)[:, None], np.maximum(places, 0)
    found = np.where(places >= 0, at[rows, picked], 0)
    late = np.where(places >= 0, delays[rows, picked], 0)
    scales = np.zeros((*places.shape, STATE))
    return Leaders(places=places, lags=found, delays=late, memory=int((found - late).max()), scales=scales)


def _innovations(flat: Flat, span: Span, lags: Index, ends: Index) -> Values:
    """What an autoregression of each series leaves over of its changes, in units of its own and not beyond FAR:
    [steps of the calendar, S], NaN where a series has none."""
    first = ends - flat.length + 1  # of each series, on the calendar
    left = np.full((int(ends.max() - first.min()) + 1, len(first)), np.nan)
    for index, (start, last) in enumerate(zip(span.first, span.last, strict=True)):
        seen = np.arange(max(start, last + 1 - RECENT), last + 1)
        if len(seen) < FEWEST:
            continue
        positions = flat.start[index] + seen - 1
        read, change = regressors(flat, positions, lags), measured_targets(flat, positions, 1)
        known = np.isfinite(change[:, 0])
        if known.sum() < FEWEST:
            continue
        weight = robust_weights(read[known], change[known], np.ones(known.sum()), PENALTY)
        fitted = ridges(read[known], change[known], weight, (PENALTY,))[0]
        missed = (change - read @ fitted.T)[:, 0]
        missed -= np.nanmedian(missed)
        unit = 1.4826 * np.nanmedian(np.abs(missed))
        if unit > 0:
            missed = _without_echoes(missed / unit, len(lags))
            left[first[index] - first.min() + seen, index] = np.clip(missed, -FAR, FAR)
    return left


def _without_echoes(missed: Values, steps: int) -> Values:
    """`missed` values [T], NaN for so many `steps` after an outlier: it spoils what an autoregression makes of these,
    and two outliers by chance would speak that often for a leader."""
    kept, until = missed.copy(), -1
    for place in np.flatnonzero(np.abs(missed) > OUTLIER):
        if place > until:
            until = int(place) + steps
            kept[place + 1 : until + 1] = np.nan
    return kept


def aligned(
    series: Sequence[Values], ends: Index, leaders: Leaders, measured: Sequence[Known] | None = None
) -> list[Values]:
    """The values of its leaders beside those of each series, [T, J] each: NaN before a leader begins and where there is
    none, what was measured last beyond its end."""
    first = [end - len(values) + 1 for end, values in zip(ends, series, strict=True)]
    found = []
    for index, values in enumerate(series):
        beside = np.full((len(values), leaders.places.shape[1]), np.nan)
        for column, place in enumerate(leaders.places[index]):
            if place < 0:
                continue
            other = series[place]
            if measured is not None:  # what was filled in knows what came later
                known = np.maximum.accumulate(np.where(measured[place], np.arange(len(other)), 0))
                other = other[known]
            at = first[index] - first[place] - leaders.delays[index, column] + np.arange(len(values))
            beside[:, column] = np.where(at >= 0, other[np.clip(at, 0, len(other) - 1)], np.nan)
        found.append(beside)
    return found


def scaled(flat: Flat, span: Span, states: Sequence[State], beside: Sequence[Values], leaders: Leaders) -> Leaders:
    """The `leaders` with how they are scaled: by their own of `states` [S], moved so that over the training `span` they
    are at the level of the series that they lead on average."""
    found = np.zeros((*leaders.places.shape, STATE))
    for index, column in zip(*np.nonzero(leaders.places >= 0), strict=True):
        state = states[leaders.places[index, column]]
        seen = slice(0, max(1, int(span.last[index])))
        own = flat.z[flat.start[index] + np.arange(flat.length[index])]
        apart = scaling.transform(beside[index][seen, column], state) - own[seen]
        level = float(np.nanmean(apart)) if np.isfinite(apart).any() else 0.0
        moved = dataclasses.replace(state, centre=state.centre + level * state.scale)
        found[index, column] = scaling.export([moved])[0]
    return dataclasses.replace(leaders, scales=found)


def flatten(flat: Flat, beside: Sequence[Values], leaders: Leaders) -> Values:
    """`aligned` values, scaled, at the positions of `flat`: [N, J], NaN where there is none."""
    others = np.full((len(flat.z), leaders.places.shape[1]), np.nan)
    for index, values in enumerate(beside):
        for column, state in enumerate(scaling.restore(leaders.scales[index])):
            if leaders.places[index, column] >= 0:
                others[flat.start[index] + np.arange(len(values)), column] = scaling.transform(values[:, column], state)
    return others


def read(flat: Flat, leaders: Leaders, index: int, positions: Index) -> Values:
    """What is read of the leaders of the series `index` at `positions` [O] of it: the last steps of each as offsets
    from its last one, and how far its last one is from that of the series [O, J * (M + 1)]. NaN where one is not there;
    0 where there is none, and of steps further back than it leads."""
    assert flat.others is not None  # noqa: S101 - the caller looked
    back = np.arange(1, leaders.memory + 1)
    columns = []
    for column, place in enumerate(leaders.places[index]):
        if place < 0:
            columns.append(np.zeros((len(positions), leaders.memory + 1)))
            continue
        last = flat.others[positions, column]
        at = np.maximum(positions[:, None] - back, flat.start[index])
        reach = leaders.lags[index, column] - leaders.delays[index, column]
        offsets = np.where(back <= reach, flat.others[at, column] - last[:, None], 0.0)
        columns.append(np.concatenate([offsets, (last - flat.z[positions])[:, None]], axis=1))
    return np.concatenate(columns, axis=1)


def fitted(
    own: Values, read: Values, left: Values, weight: Values, leaders: Leaders, index: int, penalty: float
) -> Values:
    """Coefficients [H, R + J * (M + 1)] of a ridge regression of what is `left` [O, H] on the `own` regressors of a
    series [O, R], with `penalty` relative to their mean variance, and on what is `read` of its leaders.

    Of a leader by d steps a forecast h steps ahead has two regressors: how far the leader moved in the h steps that the
    series will follow, as far as they are known, and how far it was from the series d steps ago. What few origins tell
    of these is more certain than what they tell of all steps.
    """
    weighted = own * weight[:, None]
    gram = own.T @ weighted / len(own)
    variance = float(np.trace(gram)) / max(1, len(gram) - 1) or 1.0
    sides = np.concatenate([read, left], axis=1)
    cross = weighted.T @ sides / len(own)
    explained = np.linalg.solve(gram + penalty * variance * np.eye(len(gram)), cross)  # [R, C + H]
    of_read, columns = cross[:, : read.shape[1]], read.shape[1]
    beyond = (read * weight[:, None]).T @ sides / len(own) - of_read.T @ explained  # [C, C + H]
    found = np.zeros((left.shape[1], own.shape[1] + columns))
    for step, used in enumerate(_regressors(leaders, index, left.shape[1])):
        inner = used @ beyond[:, :columns] @ used.T
        inner += (SMALL * np.trace(inner) / len(inner) + 1e-12) * np.eye(len(inner))
        of_leaders = np.linalg.solve(inner, used @ beyond[:, columns + step]) @ used
        found[step, : own.shape[1]] = explained[:, columns + step] - explained[:, :columns] @ of_leaders
        found[step, own.shape[1] :] = of_leaders
    return found


def _regressors(leaders: Leaders, index: int, horizon: int) -> Values:
    """The two regressors of each leader of a series for each step ahead, in terms of what is read [H, 2 J, C]."""
    used = np.flatnonzero(leaders.places[index] >= 0)
    each = leaders.memory + 1  # offsets of 1, 2, ... steps back from the last value, and the last value
    found = np.zeros((horizon, 2 * len(used), leaders.columns))
    for row, column in enumerate(used):
        ago = int(leaders.lags[index, column] - leaders.delays[index, column])
        for step in range(1, horizon + 1):
            known = ago - step
            if known > 0:
                found[step - 1, 2 * row, column * each + known - 1] = 1.0
            found[step - 1, 2 * row, column * each + ago - 1] -= 1.0
            found[step - 1, 2 * row + 1, column * each + ago - 1] = 1.0
            found[step - 1, 2 * row + 1, column * each + each - 1] = 1.0
    return found


def there(flat: Flat, leaders: Leaders, index: int, positions: Index) -> Values:
    """The same, 0 where a leader is not there."""
    return np.nan_to_num(read(flat, leaders, index, positions), nan=0.0)
