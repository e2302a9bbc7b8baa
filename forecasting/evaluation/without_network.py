"""A Predictor of the pool members that need no network, on series too short for one.

Axes: S series, O origins (of all series, end to end), H horizon.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from forecasting.config import ForecastConfig
from forecasting.evaluation import intervals, pool, reach, reconciling, shrinkage, support
from forecasting.evaluation.predictor import Predictor, typical_changes
from forecasting.model import anchors, scaling, windows
from forecasting.model.held_out import HeldOut, with_truth
from forecasting.model.origins import Origins, Span
from forecasting.model.windows import Known
from forecasting.panel import Values


def fit(
    series: Sequence[Values],
    seasons: Sequence[int],
    config: ForecastConfig,
    names: Sequence[str] = (),
    measured: Sequence[Known] | None = None,
    *,
    evidence: bool = False,
) -> Predictor:
    """Weighted, shrunk and calibrated on the last held-out origins, as far as there are any."""
    horizon = config.horizon
    periods = anchors.candidate_periods(series, seasons)
    states = scaling.lean([scaling.fit(values, periods, False) for values in series], series)
    origins = _held_out_origins(series, periods, horizon)
    if len(origins):
        origins, truth = with_truth(origins, origins.truth(series, horizon, measured))
        if not np.isfinite(truth).any():
            origins, truth = origins.select(slice(0)), truth[:0]
    group = pool.groups(origins)
    members, combined = pool.fit(
        series, origins, group, {}, seasons=periods, horizon=horizon, window=config.window, known=measured
    )
    kept = support.find(series, periods, config, names)
    shrunk, errors = shrinkage.NONE, np.empty((2, 0))
    usual = int(np.median([len(values) for values in series]))
    if horizon > usual:  # nothing is known of how the pool would do: the last season, or the last value
        shrunk = dataclasses.replace(shrunk, factor=0.0, period=max((s for s in seasons if s <= usual), default=1))
    scores, width, missed = np.empty((0, horizon)), np.ones(len(series)), np.empty((0, horizon))
    wider, independent = 1.0, 0
    if len(origins):
        held_out = HeldOut(
            origins=origins,
            states=states,
            truth=scaling.forward(truth, states, origins.series),
            forecast=scaling.forward(kept.keep(combined, series, origins), states, origins.series),
            spread=typical_changes(series, states, origins, horizon),
        )
        shrunk, errors = shrinkage.estimate(series, held_out, periods)
        forecast = kept.keep_scaled(shrunk.apply(held_out.forecast, series, states, origins), series, states, origins)
        scores = (held_out.truth - forecast) / held_out.spread
        missed = truth - scaling.inverse(forecast, states, origins.series)
        scores[kept.closed_steps(series, origins, horizon)] = np.nan  # which are certain
        wider, independent = intervals.of_panel(scores, origins, len(series))
        scores, width = intervals.widths(scores, origins, group, len(series))
    predictor = Predictor(
        horizon=horizon,
        states=states,
        periods=periods,
        method=None,
        pool=members,
        pooled=True,
        shrinkage=shrunk,
        width=wider * width * intervals.short(np.array([len(values) for values in series]), horizon),
        typical=np.zeros((len(series), 0)),
        table=intervals.calibrate(scores, independent),
        errors=errors,
        scores=scores,
        independent=independent,
        support=kept,
        reach=reach.find(series, missed, origins, horizon),
    )
    if evidence and len(origins):
        spread = held_out.spread * predictor.width[origins.series, None]
        shown = reconciling.judged(forecast, spread, predictor.table, states, origins, truth)
        predictor = dataclasses.replace(predictor, evidence=shown)
    return predictor


def _held_out_origins(series: Sequence[Values], periods: Sequence[int], horizon: int) -> Origins:
    """The last origins of the second half of each series, after two seasons where that leaves any."""
    lengths = np.array([len(values) for values in series], dtype=np.int64)
    two = 2 * min(periods, default=0)  # seasons, after which pool members know of it
    first = np.maximum(np.maximum(lengths // 2, lengths - 4 * horizon + 1), windows.SHORT)
    first = np.where(two <= lengths - horizon, np.maximum(first, two), first)
    return Span(first, lengths - horizon).origins(horizon)
