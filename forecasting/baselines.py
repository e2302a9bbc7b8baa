"""Forecasts without a network, from every origin, on the same axes as the network's.

A member is fitted on the training block of one series and then forecasts from any origin of that series: its
parameters stay, its states (level, trend, season) are updated with the values up to the origin, and nothing after it is
used.

Naive forecasts need no fitting; those of `smoothing` track level, trend and season. Ridges are regressions of the
coming offsets on the past ones, of this series alone.

Axes: O origins, H horizon, L lags, T values of the series.
"""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from forecasting import smoothing
from forecasting.model import seasonality
from forecasting.model.linear import ridges
from forecasting.model.windows import Index
from forecasting.panel import Values
from forecasting.smoothing import Apart, numbers

RIDGE_PENALTIES = (0.01, 0.1)  # relative to the mean variance of a regressor
FEWEST = 30  # origins that a ridge needs
FURTHEST = 3.0  # times the range of all values so far that a forecast may lie beyond them


def naive(values: Values, seen: Index, horizon: int) -> Values:
    """The last of the `seen` [O] values, repeated [O, H]."""
    return np.repeat(values[seen - 1][:, None], horizon, axis=1)


def seasonal_naive(values: Values, seen: Index, horizon: int, season: int) -> Values:
    """The value at the same position in the last season [O, H]; the last value where there are fewer than a season."""
    steps = np.arange(1, horizon + 1)
    position = seen[:, None] - 1 + steps - season * -(-steps // season)
    return np.where(position >= 0, values[np.maximum(position, 0)], values[seen - 1][:, None])


def seasonal_change(values: Values, seen: Index, horizon: int, season: int) -> Values:
    """The last value plus the change of the series a season ago [O, H]."""
    ahead = seasonal_naive(values, seen, horizon, season)
    full_seasons = np.arange(1, horizon + 1) % season == 0
    back = np.where(seen > season, values[np.maximum(seen - 1 - season, 0)], values[seen - 1])
    forecast: Values = values[seen - 1][:, None] + np.where(full_seasons, 0.0, ahead - back[:, None])
    return forecast


def drift(values: Values, seen: Index, horizon: int) -> Values:
    """The last value plus the average change since the first one [O, H]."""
    slope = (values[seen - 1] - values[0]) / np.maximum(seen - 1, 1)
    forecast: Values = values[seen - 1][:, None] + slope[:, None] * np.arange(1, horizon + 1)
    return forecast


@dataclasses.dataclass(frozen=True)
class Member:
    """A fitted member: its name and its parameters, as arrays that a file can hold."""

    name: str
    kind: str  # in AHEAD
    learned: dict[str, Values]

    def ahead(self, values: Values, seen: Index, horizon: int) -> Values:
        """Forecasts [O, H] of the series `values` [T] from the origins with `seen` [O] values."""
        forecast = AHEAD[self.kind](self.learned, values, seen, horizon)
        forecast = np.where(np.isfinite(forecast), forecast, values[seen - 1][:, None])
        low, high = np.minimum.accumulate(values)[seen - 1], np.maximum.accumulate(values)[seen - 1]
        reach = FURTHEST * (high - low)
        return np.clip(forecast, (low - reach)[:, None], (high + reach)[:, None])


def fit_members(
    values: Values, seasons: Sequence[int], horizon: int, *, slow: bool, like: Mapping[str, Member] | None = None
) -> list[Member]:
    """All members that suit a training block [T]. `slow`: also those that take tens of milliseconds a series.

    A block that a season fills once knows the last season, but tells nothing of trend and season. `like`: members of a
    shorter block of the same series, whose form is kept where it is costly to choose and still suits.
    """
    usable = [season for season in seasons if 1 < season < len(values)]
    members = [Member("naive", "naive", {}), Member("drift", "drift", {})]
    for season in usable:
        members.append(Member(f"seasonal-naive-{season}", "seasonal-naive", numbers(season=season)))
        members.append(Member(f"seasonal-change-{season}", "seasonal-change", numbers(season=season)))
    if slow and len(values) >= 8 and np.ptp(values) > 0:
        with warnings.catch_warnings():  # of candidate models that are rejected
            warnings.simplefilter("ignore")
            season = min(usable, default=1)
            before = (like or {}).get("ets")
            theta = smoothing.fit_theta(values, season)
            ets = smoothing.fit_ets(values, season, before.learned if before else None)
            members += [Member(name, name, one) for name, one in (("theta", theta), ("ets", ets)) if one is not None]
        if seasonality.suits(len(values), season):
            line = seasonality.fit_line(values, season)
            if line is not None:
                members.append(Member("trend-season", "trend-season", line))
    return members


def fit_ridges(values: Values, windows: Sequence[int], horizon: int) -> list[Member]:
    """Ridges of each window that the block [T] has origins for, two penalties each; on logs of positive values."""
    log = bool(values.min() > 0)
    z = np.log(values) if log else values
    unit = float(np.abs(np.diff(z)).mean()) if len(z) > 1 else 0.0
    if not unit > 1e-12 * float(np.abs(z).max()):
        return []
    members = []
    for window in dict.fromkeys(windows):
        origins = np.arange(window - 1, len(z) - horizon)
        if len(origins) < FEWEST:
            continue
        last = z[origins][:, None]
        past = (z[origins[:, None] - np.arange(window)] - last) / unit  # [O, L]
        coming = (z[origins[:, None] + np.arange(1, horizon + 1)] - last) / unit
        for learned in ridges(past, coming, np.ones(len(origins)), RIDGE_PENALTIES):
            members.append(Member("ridge", "ridge", {"ridge": learned, **numbers(log=log, window=window)}))
    return members


def merge_ridges(members: Sequence[Member], weights: Values) -> Member:
    """One ridge with the weighted mean of the coefficients, all on the same scale."""
    longest = max(int(member.learned["window"].flat[0]) for member in members)
    total = np.zeros((members[0].learned["ridge"].shape[0], longest))
    for member, weight in zip(members, weights, strict=True):
        total[:, : int(member.learned["window"].flat[0])] += weight * member.learned["ridge"]
    return Member("ridge", "ridge", {"ridge": total.astype(np.float32), "log": members[0].learned["log"]})


def _ridge_ahead(learned: dict[str, Values], values: Values, seen: Index, horizon: int) -> Values:
    log = bool(learned["log"].flat[0])
    with np.errstate(divide="ignore", invalid="ignore"):  # values after the training block need not be positive
        z = np.log(values) if log else values
        last = z[seen - 1][:, None]
        past = z[np.maximum(seen[:, None] - 1 - np.arange(learned["ridge"].shape[1]), 0)] - last
        ahead = last + past @ learned["ridge"].T
    return np.exp(np.minimum(ahead, seasonality.LARGEST_LOG)) if log else np.asarray(ahead)


APART: dict[str, Callable[[dict[str, Values], Values, Index, int], Apart]] = {
    "theta": smoothing.theta_apart,
    "ets": smoothing.ets_apart,
    "trend-season": seasonality.line_apart,
}

AHEAD: dict[str, Callable[[dict[str, Values], Values, Index, int], Values]] = {
    "naive": lambda _, values, seen, horizon: naive(values, seen, horizon),
    "drift": lambda _, values, seen, horizon: drift(values, seen, horizon),
    "seasonal-naive": lambda learned, values, seen, horizon: seasonal_naive(
        values, seen, horizon, int(learned["season"].flat[0])
    ),
    "seasonal-change": lambda learned, values, seen, horizon: seasonal_change(
        values, seen, horizon, int(learned["season"].flat[0])
    ),
    "theta": smoothing.theta_ahead,
    "ets": smoothing.ets_ahead,
    "ridge": _ridge_ahead,
    "trend-season": seasonality.line_ahead,
}
