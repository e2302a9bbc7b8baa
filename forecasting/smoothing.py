"""Exponential smoothing: Theta and ETS of one series, fitted on a block of it, from every origin.

Theta is the dynamic optimised one of Fiorucci et al. (IJF 32, 2016), ETS that of Hyndman, Koehler, Snyder and Grose
(IJF 18, 2002), both by statsforecast. Parameters stay as they were fitted; the states are updated with the values up to
an origin.

Axes: O origins, H horizon, T values of the series.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from forecasting.model import seasonality
from forecasting.model.windows import Index
from forecasting.panel import Values

Apart = tuple[Values, Values, Values]  # [O, H] the level alone, with its trend, and with its season: the forecast
SLOW_SEASON = 12  # longest season of ETS models: with longer ones the search takes seconds a series
LONGEST_FIT = 500  # values that smoothing parameters are estimated on: more change them little


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
    return {**learned, **numbers(unit=unit, **{name: parameters[name] for name in _THETA})}


_THETA = ("initial_smoothed", "alpha", "theta")


def theta_ahead(learned: dict[str, Values], values: Values, seen: Index, horizon: int) -> Values:
    return theta_apart(learned, values, seen, horizon)[2]


def theta_apart(learned: dict[str, Values], values: Values, seen: Index, horizon: int) -> Apart:
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


def fit_ets(values: Values, season: int, like: dict[str, Values] | None = None) -> dict[str, Values] | None:
    """What the member `ets` learns from a training block [T]; None where it cannot be fitted. `like`: what it learned
    from a shorter block, whose form is kept; the parameters are estimated anew."""
    tracked = 1 < season <= SLOW_SEASON and len(values) >= 3 * season
    learned = _deseasonalise(values, season, tracked=tracked)
    adjusted, _ = _adjusted(learned, values)
    unit = float(np.abs(adjusted).mean()) or 1.0
    period = season if tracked else 1
    scaled = adjusted / unit
    models: list[dict[str, Any]] = []
    if like is not None and int(like["period"].flat[0]) == period > 1:
        models = _ets_models(scaled, period, ["".join(_KINDS[int(number)] for number in like["kinds"])])
    models = models or (_ets_with_season(scaled, period) if period > 1 else _ets_models(scaled, 1, ["ZZN"]))
    if not models:
        return None
    model = min(models, key=lambda model: float(np.nan_to_num(model["aicc"], nan=np.inf)))
    kinds = np.array([_KINDS.index(letter) for letter in model["components"]], dtype=np.float64)
    return {**learned, **numbers(unit=unit, period=period), "kinds": kinds, "par": np.asarray(model["par"])}


_KINDS = "NAMD"  # none, additive, multiplicative; damped
_SEASONS = ("ANN", "MNN", "ANA", "MNA", "MNM")  # error, trend, season


def _ets_with_season(values: Values, period: int) -> list[dict[str, Any]]:
    """Models to choose the one with the least AICc from (Hyndman et al. 2002): first error and season without a trend,
    then the trend. They have a parameter for each step of the season, and half of them tell as much as all do."""
    models = _ets_models(values, period, _SEASONS)
    if models:
        error, _, season, _ = min(models, key=lambda model: float(model["aicc"]))["components"]
        models += _ets_models(values, period, [f"{error}A{season}N", f"{error}A{season}D"])
    return models


def _ets_models(values: Values, period: int, forms: Sequence[str]) -> list[dict[str, Any]]:
    """Those of the `forms` that can be fitted, each error, trend, season and, where it is settled, whether the trend is
    damped; Z is what suits best. A multiplicative one needs positive values."""
    from statsforecast.ets import ets_f

    models = []
    for form in forms:
        with contextlib.suppress(ValueError, RuntimeError, ZeroDivisionError, FloatingPointError, IndexError):
            models.append(ets_f(values, period, form[:3], damped=form[3] == "D" if len(form) > 3 else None))
    return models


def ets_ahead(learned: dict[str, Values], values: Values, seen: Index, horizon: int) -> Values:
    return ets_apart(learned, values, seen, horizon)[2]


def ets_apart(learned: dict[str, Values], values: Values, seen: Index, horizon: int) -> Apart:
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
    return {"index": index, **numbers(start=start, multiplicative=multiplicative)}


def numbers(**values: float) -> dict[str, Values]:
    """Parameters as arrays, which a file can hold."""
    return {name: np.array(float(value)) for name, value in values.items()}
