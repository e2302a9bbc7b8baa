"""Fitting a Predictor: the network, the pool beside it, shrinkage, and intervals, in this order.

What is estimated on a held-out origin is never judged on it: each group of origins is weighted and scaled by the
others.

Axes: S series, O origins (of all series, end to end), H horizon.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from forecasting.config import ForecastConfig
from forecasting.evaluation import beside, sampling, without_network
from forecasting.evaluation.bounds import intervals, reach, repeating, shrinkage, support
from forecasting.evaluation.members import pool, zero_shot
from forecasting.evaluation.predictor import Predictor
from forecasting.evaluation.totals import reconciling
from forecasting.model import fit as recipe
from forecasting.model import scaling, windows
from forecasting.model.ensemble import OnEpoch
from forecasting.model.fit import TrainingReport
from forecasting.model.windows import Extra, Index, Known
from forecasting.panel import Values

KEPT = 2_000_000  # cells of held-out scores that a Predictor keeps for its update


def fit(
    series: Sequence[Values],
    seasons: Sequence[int],
    config: ForecastConfig,
    on_epoch: OnEpoch | None = None,
    extra: Extra | None = None,
    *,
    compare: bool = False,
    names: Sequence[str] = (),
    measured: Sequence[Known] | None = None,
    totals: int = 0,
    ends: Index | None = None,
) -> tuple[Predictor, TrainingReport | None]:
    """Train on `series` alone. The TrainingReport is None where they were too short for a network.

    `compare`: fit the members of the pool even where the forecast is to be the network's. `names` of the series may say
    what their values are. `measured` [S]: which values were; the others were filled in, and nothing learns from them or
    is judged by them. `totals`: how many of the last series are sums of others; they are always trained on, and the
    held-out forecasts are kept. `ends` [S]: when each series ends, in steps of one calendar; without, none leads
    another.
    """
    if max(map(len, series)) < windows.needed(max(config.windows), config.horizon):
        return without_network.fit(series, seasons, config, names, measured, evidence=totals > 0), None
    chosen = sampling.sample(series, config, totals)
    if len(chosen) < len(series):
        some_extra = extra.of(chosen) if extra is not None else None
        some = [series[index] for index in chosen]
        some_names = [names[index] for index in chosen] if names else names
        known = None if measured is None else [measured[index] for index in chosen]
        predictor, report = fit(
            some, seasons, config, on_epoch, some_extra,
            compare=compare, names=some_names, measured=known, totals=totals,
        )  # fmt: skip
        kept = support.find(series, predictor.periods, config, names)
        return dataclasses.replace(sampling.for_all(predictor, series, chosen, config), support=kept), report
    fitted = recipe.fit(series, seasons, config, on_epoch, extra, measured, ends, totals)
    method, held_out = fitted.method, fitted.held_out
    origins, states = held_out.origins, held_out.states
    group = pool.groups(origins)
    members = None
    pooled = config.method == "best"
    if pooled or compare:
        scaled = {"recurrent": held_out.forecast, "linear": held_out.linear}
        given = {
            name: scaling.inverse(part, states, origins.series) for name, part in scaled.items() if part is not None
        } | zero_shot.held_out(series, origins, method.periods, config.horizon)
        members, combined = pool.fit(
            series, origins, group, given,
            seasons=method.periods, horizon=config.horizon, window=config.window, known=measured,
        )  # fmt: skip
        if pooled:
            forecast = scaling.forward(combined, states, origins.series)
            held_out = dataclasses.replace(held_out, forecast=forecast)
    share = None
    if not pooled:
        held_out, share = beside.add(series, method, held_out, group, config)
        origins, group = held_out.origins, pool.groups(held_out.origins)
    kept = support.find(series, method.periods, config, names)
    held_out = dataclasses.replace(held_out, forecast=kept.keep_scaled(held_out.forecast, series, states, origins))
    shrunk, errors = shrinkage.estimate(series, held_out, method.periods)
    if config.anchor == "constant":
        shrunk = dataclasses.replace(shrunk, factor=1.0)  # a tutorial's network is shown as it is
    forecast = kept.keep_scaled(shrunk.apply(held_out.forecast, series, states, origins), series, states, origins)
    scores = (held_out.truth - forecast) / held_out.spread
    scores[kept.closed_steps(series, origins, config.horizon)] = np.nan  # which are certain
    scored = origins
    repeated = repeating.past(method, series, shrunk, kept, extra, measured) if shrunk.total else None
    if repeated is not None:
        method, scored, scores = repeated
        group = pool.groups(scored)
    wider, independent = intervals.of_panel(scores, scored, len(series))
    scores, width = intervals.widths(scores, scored, group, len(series))
    truth = origins.truth(series, config.horizon, measured)
    missed = truth - scaling.inverse(forecast, states, origins.series)
    lengths = np.array([len(values) for values in series])
    predictor = Predictor(
        horizon=config.horizon,
        states=method.states,
        periods=method.periods,
        method=method,
        pool=members,
        pooled=pooled,
        beside=share,
        shrinkage=shrunk,
        width=wider * width * intervals.short(lengths, config.horizon),
        typical=np.zeros((len(series), 0)),
        lean=0.0 if config.anchor == "constant" else zero_shot.lean(series, origins, config.horizon),
        table=intervals.calibrate(scores, independent),
        errors=errors,
        scores=scores[:: max(1, math.ceil(scores.size / KEPT))],
        independent=independent,
        support=kept,
        reach=None if config.anchor == "constant" else reach.find(series, missed, origins, config.horizon, measured),
    )
    if totals:
        spread = held_out.spread if repeated is None else repeating.spread(method, series, origins, extra)
        spread = spread * predictor.width[origins.series, None]
        shown = reconciling.judged(forecast, spread, predictor.table, states, origins, truth)
        predictor = dataclasses.replace(predictor, evidence=shown)
    return predictor, fitted.report
