"""A Predictor of the pool members that need no network, on series too short for one.

Axes: S series, O origins (of all series, end to end), H horizon.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from forecasting.config import ForecastConfig
from forecasting.evaluation.bounds import intervals, reach, shrinkage, support
from forecasting.evaluation.members import pool, zero_shot
from forecasting.evaluation.predictor import STILL, Predictor, typical_changes
from forecasting.evaluation.totals import reconciling
from forecasting.model import anchors, scaling, windows
from forecasting.model.held_out import HeldOut, with_truth
from forecasting.model.origins import Origins, Span
from forecasting.model.scaling import State
from forecasting.model.windows import Known
from forecasting.panel import Values

BEYOND = 1_000.0  # spreads, an error of a series that did not move before by which says nothing of its spread


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
    states = scaling.lean([scaling.fit(values, periods, False) for values in series], series, measured)
    origins = _held_out_origins(series, periods, horizon)
    if len(origins):
        origins, truth = with_truth(origins, origins.truth(series, horizon, measured))
        if not np.isfinite(truth).any():
            origins, truth = origins.select(slice(0)), truth[:0]
    group = pool.groups(origins)
    given = zero_shot.held_out(series, origins, periods, horizon)
    members, combined = pool.fit(
        series, origins, group, given, seasons=periods, horizon=horizon, window=config.window, known=measured
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
        # The first move of a series that never moved is no multiple of a spread: it would widen those of all others.
        scores[(held_out.spread <= STILL) & (np.abs(scores) > BEYOND)] = np.nan
        wider, independent = intervals.of_panel(scores, origins, len(series))
        scores, width = intervals.widths(scores, origins, group, len(series))
    width = width * _of_few(series, states, measured, horizon)
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
        lean=zero_shot.lean(series, origins, horizon),
        table=intervals.calibrate(scores, independent),
        errors=errors,
        scores=scores,
        independent=independent,
        support=kept,
        reach=reach.find(series, missed, origins, horizon, measured),
    )
    if evidence and len(origins):
        spread = held_out.spread * predictor.width[origins.series, None]
        shown = reconciling.judged(forecast, spread, predictor.table, states, origins, truth)
        predictor = dataclasses.replace(predictor, evidence=shown)
    return predictor


def _of_few(
    series: Sequence[Values], states: Sequence[State], measured: Sequence[Known] | None, horizon: int
) -> Values:
    """How much wider [S] the intervals are of series with few measured values: repeated ones between them make changes
    look small, so that these are as the scale has them, like those of a series of as few values without any between."""
    wider = np.ones(len(series))
    for index, (values, known) in enumerate(zip(series, measured or [], strict=False)):
        if np.count_nonzero(known) < min(len(values), scaling.FEWEST):
            end = np.array([len(values)])
            changes = typical_changes([values], [states[index]], Span(end, end).origins(horizon), horizon)[0]
            as_scaled = scaling.UNIT * np.sqrt(np.arange(1, horizon + 1))
            wider[index] = max(1.0, float(as_scaled.mean() / changes.mean()))
    return wider


def _held_out_origins(series: Sequence[Values], periods: Sequence[int], horizon: int) -> Origins:
    """The last origins of the second half of each series, after two seasons where that leaves any."""
    lengths = np.array([len(values) for values in series], dtype=np.int64)
    two = 2 * min(periods, default=0)  # seasons, after which pool members know of it
    first = np.maximum(np.maximum(lengths // 2, lengths - 4 * horizon + 1), windows.SHORT)
    first = np.where(two <= lengths - horizon, np.maximum(first, two), first)
    return Span(first, lengths - horizon).origins(horizon)
