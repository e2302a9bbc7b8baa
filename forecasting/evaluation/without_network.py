"""A Predictor of the pool members that need no network, on series too short for one.

Axes: S series, O origins (of all series, end to end), H horizon.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from forecasting.config import ForecastConfig
from forecasting.evaluation import intervals, pool, shrinkage
from forecasting.evaluation.predictor import Predictor
from forecasting.model import anchors, scaling, windows
from forecasting.model.held_out import HeldOut, with_truth
from forecasting.model.origins import Origins, Span
from forecasting.model.scaling import State
from forecasting.model.windows import Known
from forecasting.panel import Values


def fit(
    series: Sequence[Values], seasons: Sequence[int], config: ForecastConfig, measured: Sequence[Known] | None = None
) -> Predictor:
    """Weighted, shrunk and calibrated on the last held-out origins, as far as there are any."""
    horizon = config.horizon
    periods = anchors.candidate_periods(series, seasons)
    states = tuple(scaling.fit(values, periods, False) for values in series)
    origins = _held_out_origins(series, periods, horizon)
    if len(origins):
        origins, truth = with_truth(origins, origins.truth(series, horizon, measured))
        if not np.isfinite(truth).any():
            origins, truth = origins.select(slice(0)), truth[:0]
    group = pool.groups(origins)
    members, combined = pool.fit(
        series, origins, group, {}, seasons=periods, horizon=horizon, window=config.window, known=measured
    )
    typical = np.stack([_typical(values, state, horizon) for values, state in zip(series, states, strict=True)])
    shrunk, errors = shrinkage.NONE, np.empty((2, 0))
    scores, width = np.empty((0, horizon)), np.ones(len(series))
    if len(origins):
        held_out = HeldOut(
            origins=origins,
            states=states,
            truth=scaling.forward(truth, states, origins.series),
            forecast=scaling.forward(combined, states, origins.series),
            spread=typical[origins.series],
        )
        shrunk, errors = shrinkage.estimate(series, held_out, periods)
        forecast = shrunk.apply(held_out.forecast, series, states, origins)
        scores, width = intervals.widths((held_out.truth - forecast) / held_out.spread, origins, group, len(series))
    return Predictor(
        horizon=horizon,
        states=states,
        periods=periods,
        method=None,
        pool=members,
        pooled=True,
        shrinkage=shrunk,
        width=width,
        typical=typical,
        table=intervals.calibrate(scores, origins.blocks),
        errors=errors,
        scores=scores,
        independent=origins.blocks,
    )


def _held_out_origins(series: Sequence[Values], periods: Sequence[int], horizon: int) -> Origins:
    """The last origins of the second half of each series, after two seasons where that leaves any."""
    lengths = np.array([len(values) for values in series], dtype=np.int64)
    two = 2 * min(periods, default=0)  # seasons, after which pool members know of it
    first = np.maximum(np.maximum(lengths // 2, lengths - 4 * horizon + 1), windows.SHORT)
    first = np.where(two <= lengths - horizon, np.maximum(first, two), first)
    return Span(first, lengths - horizon).origins(horizon)


def _typical(values: Values, state: State, horizon: int) -> Values:
    """Mean size of the changes over one, two, ... steps [H], scaled; beyond what the series holds, as of a walk."""
    z = scaling.transform(values, state)
    reach = max(1, min(horizon, len(z) // 2))
    sizes = np.array([np.abs(z[lag:] - z[:-lag]).mean() if lag < len(z) else 0.0 for lag in range(1, reach + 1)])
    grown = sizes[-1] * np.sqrt(np.arange(reach + 1, horizon + 1) / reach)
    typical: Values = np.maximum(np.concatenate([sizes, grown]), 1e-6)
    return typical
