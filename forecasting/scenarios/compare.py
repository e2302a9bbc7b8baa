"""What scenarios do to a forecast: totals, and differences to the base with an interval of the difference.

A difference is what the history says of the covariate (see `effects`), times how far the scenario moves it. Its
interval is that of the coefficient, and of the level that a factor is applied to; the noise of the coming values is in
both forecasts, and in no difference. docs/decisions/scenarios.md says why it is not what the network does itself.

Axes: S series, H horizon, K covariates, N draws.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.config import ForecastConfig
from forecasting.errors import DataError
from forecasting.messages import Message
from forecasting.panel import Panel, Values
from forecasting.scenarios.effects import Effects
from forecasting.scenarios.future import Future
from forecasting.scenarios.scenario import Scenario, check

LEVEL = 80  # of the intervals of differences
DRAWS = 400
AT_ONCE = 500  # series
SURE = NormalDist().inv_cdf(0.975)  # standard errors that an effect is from nothing, at least
LEAST_GAIN = 0.005  # share of the held-out error that a covariate takes off, at least; as in the tab Explain
SEEN = 0.8  # share of the changed values within what was seen, at least; as there
ROUNDING = 1e-9  # of the range seen
LARGEST_LOG = 50.0  # of a factor

Places = npt.NDArray[np.intp]


@dataclasses.dataclass(frozen=True)
class Outcome:
    """A scenario. For a series for which it is not borne out by the data, `reasons` says why, and `difference`, `low`
    and `high` are NaN; `forecast` is then that of the base."""

    name: str
    inputs: Values  # [S, H, K]
    forecast: Values  # [S, H]
    total: Values  # [S] over the horizon
    difference: Values  # [S] of the totals, to the base
    low: Values  # [S] of an interval of LEVEL
    high: Values  # [S]
    reasons: tuple[tuple[Message, ...], ...]  # [S]


def compare(
    panel: Panel,
    forecast: pd.DataFrame,
    config: ForecastConfig,
    scenarios: Sequence[Scenario],
    effects: Effects,
    future: Future,
    spread: Values | None = None,
    series: str | None = None,
) -> list[Outcome]:
    """Of each of the `scenarios`, for all series of `panel`, or for one: S is 1 then.

    forecast: the Forecast of the base; effects, future: of the same covariates; spread [S]: see `level_spread`.
    ConfigError where a scenario changes what is not there; DataError where the forecast is of other series.
    """
    check(scenarios)
    ids, outcomes = panel.series_ids, []
    if series is not None and series not in panel.places:
        raise DataError(Message("scenario.no-series", name=series), field="series")
    chosen = np.arange(len(ids)) if series is None else np.array([panel.places[series]])
    base = base_forecast(panel, forecast)[chosen]
    spread = np.zeros(len(ids)) if spread is None else spread
    generator = np.random.default_rng(0)  # the same question has the same answer
    normal = generator.standard_normal((DRAWS, len(effects.names) + 1))
    chi = generator.standard_normal(DRAWS)
    values = panel.values()
    lowest = np.array([0.0 if values[i].min() >= 0 else -np.inf for i in chosen])
    if config.floor is not None:
        lowest = np.maximum(lowest, config.floor)
    for one in scenarios:
        inputs = one.inputs(future.values, future.names, ids)[chosen]
        moved = effects.measure(inputs) - effects.measure(future.values[chosen])
        reasons = [_reasons(effects, inputs[place], moved[place], int(i)) for place, i in enumerate(chosen)]
        result = base.copy()
        low, high = np.zeros(len(base)), np.zeros(len(base))
        touched = np.array([bool(part.any()) for part in moved])
        sound = np.array([not some for some in reasons])
        rows = np.flatnonzero(touched & sound)
        for start in range(0, len(rows), AT_ONCE):
            some = rows[start : start + AT_ONCE]
            of_panel = chosen[some]
            drawn = _draws(effects, of_panel, normal, chi)  # [s, N + 1, K], the first the mean
            level = np.exp(spread[of_panel, None] * normal[:, -1]) if effects.relative else None
            after = _after(effects, base[some], drawn, moved[some], of_panel)  # [s, N + 1, H]
            after = np.clip(after, lowest[some, None, None], config.cap)
            result[some] = after[:, 0]
            gaps = (after[:, 1:] - base[some, None]).sum(axis=2)
            gaps = gaps if level is None else gaps * level
            ends = np.quantile(gaps, (0.5 - LEVEL / 200, 0.5 + LEVEL / 200), axis=1)
            gap = (after[:, 0] - base[some]).sum(axis=1)
            low[some], high[some] = np.minimum(ends[0], gap), np.maximum(ends[1], gap)
        difference = (result - base).sum(axis=1)
        unsound = ~sound
        difference[unsound], low[unsound], high[unsound] = np.nan, np.nan, np.nan
        outcomes.append(Outcome(one.name, inputs, result, result.sum(axis=1), difference, low, high, tuple(reasons)))
    return outcomes


def base_forecast(panel: Panel, forecast: pd.DataFrame) -> Values:
    """The forecasts [S, H] of the series of `panel`; those of totals are left out. DataError where one is missing."""
    ids = panel.series_ids
    some = forecast[forecast["unique_id"].isin(ids)]
    if list(dict.fromkeys(some["unique_id"])) != ids or len(some) % len(ids):
        raise DataError(Message("model.other-series"))
    values: Values = some["forecast"].to_numpy(dtype=np.float64).reshape(len(ids), -1)
    return values


def level_spread(panel: Panel, backtest: pd.DataFrame) -> Values:
    """How far the totals of forecasts over the horizon were from the true ones, [S]: root mean square of the logarithm
    of their ratio over the origins of a Backtest; of a series without origins that of all. 0 where none is positive."""
    found = backtest.groupby(["unique_id", "cutoff"], sort=False)[["y", "forecast"]].sum()
    found = found[(found["y"] > 0) & (found["forecast"] > 0)]
    ratio = pd.Series(np.square(np.log((found["y"] / found["forecast"]).to_numpy())), index=found.index)
    of_series = ratio.groupby(level="unique_id").mean()
    every = float(of_series.mean()) if len(of_series) else 0.0
    spread: Values = np.sqrt(of_series.reindex(panel.series_ids).fillna(every).to_numpy(dtype=np.float64))
    return spread


def _after(effects: Effects, base: Values, drawn: Values, moved: Values, some: Places) -> Values:
    """The forecasts [s, N + 1, H] with what was `drawn` [s, N + 1, K], where the covariates are `moved` [s, H, K]."""
    added = drawn @ moved.transpose(0, 2, 1)
    if effects.relative:
        factors: Values = base[:, None] * np.exp(np.clip(added, -LARGEST_LOG, LARGEST_LOG))
        return factors
    summed: Values = base[:, None] + effects.level[some, None, None] * added
    return summed


def _draws(effects: Effects, some: Places, normal: Values, chi: Values) -> Values:
    """Coefficients [s, N + 1, K] by Student's distribution; the first are the means."""
    count = len(effects.names)
    freedom = effects.freedom[some, None]
    # Wilson and Hilferty's approximation of chi-square over its degrees of freedom (PNAS 17, 1931).
    square = np.maximum(1 - 2 / (9 * freedom) + chi[None] * np.sqrt(2 / (9 * freedom)), 0.05) ** 3
    values, vectors = np.linalg.eigh(effects.covariance[some])
    root = vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :]
    away = np.einsum("skj,nj->snk", root, normal[:, :count]) / np.sqrt(square)[..., None]
    mean = effects.mean[some, None]
    return np.concatenate([mean, mean + away], axis=1)


def _reasons(effects: Effects, inputs: Values, moved: Values, index: int) -> tuple[Message, ...]:
    """Why the changes of a series are not borne out by the data: what is said first is worst."""
    found = []
    for k, name in enumerate(effects.names):
        here = moved[:, k] != 0
        if not here.any():
            continue
        low, high = float(effects.low[index, k]), float(effects.high[index, k])
        error = float(np.sqrt(effects.covariance[index, k, k]))
        beyond = here & (np.abs(inputs[:, k] - np.clip(inputs[:, k], low, high)) > ROUNDING * max(abs(low), abs(high)))
        if low == high or not (effects.identified[index, k] or error > 0):
            found.append(Message("scenario.never-changed" if low == high else "scenario.not-told-apart", name=name))
        elif abs(float(effects.mean[index, k])) < SURE * error:
            found.append(Message("scenario.no-effect", name=name))
        elif effects.gain[k] < LEAST_GAIN:
            found.append(Message("scenario.no-gain", name=name))
        elif beyond.sum() > (1 - SEEN) * here.sum():
            worst = inputs[:, k][beyond]
            value = float(worst[np.argmax(np.abs(worst - (low + high) / 2))])
            found.append(Message("scenario.unseen", name=name, value=value, low=low, high=high))
    return tuple(found)
