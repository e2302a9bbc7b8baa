"""Forecasts without a network, from every origin, on the same axes as the network's.

A member is fitted on the training block of one series and then forecasts from any origin of that series: its
parameters stay, its states (level, trend, season) are updated with the values up to the origin, and nothing after it is
used.

Naive forecasts need no fitting. Theta is the dynamic optimised one of Fiorucci et al. (IJF 32, 2016), ETS that of
Hyndman, Koehler, Snyder and Grose (IJF 18, 2002), both by statsforecast. Ridges are regressions of the coming offsets
on the past ones, of this series alone.

Axes: O origins, H horizon, L lags, T values of the series.
"""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Callable, Sequence

import numpy as np

from forecasting.model import seasonality
from forecasting.model.linear import ridges
from forecasting.model.windows import Index
from forecasting.panel import Values

RIDGE_PENALTIES = (0.01, 0.1)  # relative to the mean variance of a regressor
FEWEST = 30  # origins that a ridge needs
Apart = tuple[Values, Values, Values]  # [O, H] the level alone, with its trend, and with its season: the forecast
FURTHEST = 3.0  # times the range of all values so far that a forecast may lie beyond them
SLOW_SEASON = 12  # longest season of ETS models: with longer ones the search takes seconds a series
LONGEST_FIT = 500  # values that smoothing parameters are estimated on: more change them little


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


def fit_members(values: Values, seasons: Sequence[int], horizon: int, *, slow: bool) -> list[Member]:
    """All members that suit a training block [T]. `slow`: also those that take tens of milliseconds a series.

    A block that a season fills once knows the last season, but tells nothing of trend and season.
    """
    usable = [season for season in seasons if 1 < season < len(values)]
    members = [Member("naive", "naive", {}), Member("drift", "drift", {})]
    for season in usable:
        members.append(Member(f"seasonal-naive-{season}", "seasonal-naive", _numbers(season=season)))
        members.append(Member(f"seasonal-change-{season}", "seasonal-change", _numbers(season=season)))
    if slow and len(values) >= 8 and np.ptp(values) > 0:
        with warnings.catch_warnings():  # of candidate models that are rejected
            warnings.simplefilter("ignore")
            for name, fit in (("theta", fit_theta), ("ets", _fit_ets)):
                learned = fit(values, min(usable, default=1))
                if learned is not None:
                    members.append(Member(name, name, learned))
        season = min(usable, default=1)
        if seasonality.suits(len(values), season):
            line = seasonality.fit_line(values, season)
            if line is not None:
                members.append(Member("trend-season", "trend-season", line))
    return members


def _numbers(**values: float) -> dict[str, Values]:
    return {name: np.array(float(value)) for name, value in values.items()}


def _adjusted(learned: dict[str, Values], values: Values) -> tuple[Values, int]:
    """(Values from the beginning of the block on, without their season, and where the block begins)."""
    start = int(learned["start"].flat[0])
    block = values[start:]
    index = np.resize(learned["index"], len(block))
    adjusted: Values = block / index if learned["multiplicative"].flat[0] else block - index
    return adjusted, start


def _seasoned(learned: dict[str, Values], ahead: Values, position: Index) -> Values:
    """Forecasts [O, H] from the origins with `position` [O] values of the block, with their season again."""
    index = learned["index"]
    steps = (position[:, None] + np.arange(ahead.shape[1])) % len(index)
    forecast: Values = ahead * index[steps] if learned["multiplicative"].flat[0] else ahead + index[steps]
    return forecast


def fit_theta(values: Values, season: int) -> dict[str, Values] | None:
    """What the member `theta` learns from a training block [T]; None where it cannot be fitted."""
    from statsforecast.theta import thetamodel

    learned = _deseasonalise(values, season)
    adjusted, _ = _adjusted(learned, values)
    unit = float(np.abs(adjusted).mean()) or 1.0
    try:
        parameters = thetamodel(adjusted / unit, 1, "DOTM", np.nan, np.nan, np.nan, 3)["par"]
    except (ValueError, RuntimeError, ZeroDivisionError, FloatingPointError):
        return None
    return {**learned, **_numbers(unit=unit, **{name: parameters[name] for name in _THETA})}


_THETA = ("initial_smoothed", "alpha", "theta")


def _theta_ahead(learned: dict[str, Values], values: Values, seen: Index, horizon: int) -> Values:
    return _theta_apart(learned, values, seen, horizon)[2]


def _theta_apart(learned: dict[str, Values], values: Values, seen: Index, horizon: int) -> Apart:
    from statsforecast.theta import thetamodel

    adjusted, start = _adjusted(learned, values[: int(seen.max())])
    first, alpha, theta = (float(learned[name].flat[0]) for name in _THETA)
    unit = float(learned["unit"].flat[0])
    states = thetamodel(adjusted / unit, 1, "DOTM", first, alpha, theta, 3)["states"]
    position = seen - start
    level, mean, a, b = (states[position - 1, column].copy() for column in range(4))
    first_level = np.repeat(level[:, None], horizon, axis=1)
    ahead = np.empty((len(seen), horizon))
    for step in range(horizon):
        i = position + step
        ahead[:, step] = level + (1 - 1 / theta) * (a * (1 - alpha) ** i + b * (1 - (1 - alpha) ** (i + 1)) / alpha)
        level = alpha * ahead[:, step] + (1 - alpha) * level
        mean = (i * mean + ahead[:, step]) / (i + 1)
        b = ((i - 1) * b + 6 * (ahead[:, step] - mean) / (i + 1)) / (i + 2)
        a = mean - b * (i + 2) / 2
    return first_level * unit, ahead * unit, _seasoned(learned, ahead * unit, position)


def _fit_ets(values: Values, season: int) -> dict[str, Values] | None:
    from statsforecast.ets import ets_f

    tracked = 1 < season <= SLOW_SEASON and len(values) >= 3 * season
    learned = _deseasonalise(values, season, tracked=tracked)
    adjusted, _ = _adjusted(learned, values)
    unit = float(np.abs(adjusted).mean()) or 1.0
    period = season if tracked else 1
    try:
        model = ets_f(adjusted / unit, period, "ZZZ" if tracked else "ZZN")
    except (ValueError, RuntimeError, ZeroDivisionError, FloatingPointError, IndexError):
        return None
    kinds = np.array([_KINDS.index(letter) for letter in model["components"]], dtype=np.float64)
    return {**learned, **_numbers(unit=unit, period=period), "kinds": kinds, "par": np.asarray(model["par"])}


_KINDS = "NAMD"  # none, additive, multiplicative; damped


def _ets_ahead(learned: dict[str, Values], values: Values, seen: Index, horizon: int) -> Values:
    return _ets_apart(learned, values, seen, horizon)[2]


def _ets_apart(learned: dict[str, Values], values: Values, seen: Index, horizon: int) -> Apart:
    from statsforecast.ets import forward_ets

    adjusted, start = _adjusted(learned, values[: int(seen.max())])
    unit, period = float(learned["unit"].flat[0]), int(learned["period"].flat[0])
    kinds = "".join(_KINDS[int(number)] for number in learned["kinds"])
    model = {"m": period, "components": kinds, "par": learned["par"], "fit": None, "n_params": 1}
    with np.errstate(all="ignore"):
        states = forward_ets(model, adjusted / unit)["states"]
    trend, seasonal, damped = kinds[1], kinds[2], kinds[3]
    phi = float(learned["par"][3]) if damped == "D" else 1.0
    growth = np.cumsum(phi ** np.arange(1, horizon + 1))
    state = states[seen - start]  # [O, state]
    level = ahead = np.repeat(state[:, :1], horizon, axis=1)
    if trend == "A":
        ahead = ahead + state[:, 1:2] * growth
    elif trend == "M":
        ahead = ahead * np.maximum(state[:, 1:2], 0.0) ** growth
    trended = ahead
    if seasonal != "N":
        index = state[:, int(trend != "N") + period - np.arange(horizon) % period]
        ahead = ahead + index if seasonal == "A" else ahead * index
    return level * unit, trended * unit, _seasoned(learned, ahead * unit, seen - start)


def _deseasonalise(values: Values, season: int, *, tracked: bool = False) -> dict[str, Values]:
    """Where the block to fit begins and the season to remove from it; none where the model has it as a state."""
    start = max(0, len(values) - max(LONGEST_FIT, 6 * season))
    index, multiplicative = (np.ones(1), True) if tracked else seasonality.seasonal_factors(values[start:], season)
    return {"index": index, **_numbers(start=start, multiplicative=multiplicative)}


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
            members.append(Member("ridge", "ridge", {"ridge": learned, **_numbers(log=log, window=window)}))
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
    "theta": _theta_apart,
    "ets": _ets_apart,
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
    "theta": _theta_ahead,
    "ets": _ets_ahead,
    "ridge": _ridge_ahead,
    "trend-season": seasonality.line_ahead,
}
