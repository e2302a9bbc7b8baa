"""The spread of forecasts that are the last value or the last season, to the last bit.

Nothing in them was fitted, so what they missed at any origin of the past is as honest as what they missed on held-out
data, and there is much more of it: prices above all, whose held-out end is calm or wild as a whole.

Axes: S series, O origins (of all series, end to end), H horizon.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from forecasting.evaluation.bounds import intervals
from forecasting.evaluation.bounds.shrinkage import Shrinkage, scaled_references
from forecasting.evaluation.bounds.support import Support
from forecasting.model import scaling, volatility
from forecasting.model.held_out import with_truth
from forecasting.model.method import Method
from forecasting.model.origins import Origins, Span
from forecasting.model.volatility import RECENT
from forecasting.model.windows import Extra, Known
from forecasting.panel import Values

MOST = 2_000_000  # errors that are looked at, of evenly spread origins: some arrays of 16 MB


def past(
    method: Method,
    series: Sequence[Values],
    shrinkage: Shrinkage,
    support: Support,
    extra: Extra | None,
    measured: Sequence[Known] | None,
) -> tuple[Method, Origins, Values] | None:
    """(The method with the spread that suits, the origins of the past, the scores [O, H] there: errors over spread);
    None where the series have fewer of them than their intervals need, or none whose truth was measured."""
    horizon, period = method.horizon, shrinkage.period
    lengths = np.array([len(values) for values in series], dtype=np.int64)
    first = np.full(len(series), RECENT + period + 1)
    origins = Span(first, lengths - horizon).origins(horizon)
    if origins.blocks < intervals.MANY_HORIZONS * len(series):
        return None
    origins = origins.select(slice(None, None, max(1, math.ceil(len(origins) * horizon / MOST))))
    origins, truth = with_truth(origins, origins.truth(series, horizon, measured))
    errors = scaling.forward(truth, method.states, origins.series) - scaled_references(
        series, method.states, origins, horizon, period
    )
    errors[support.closed_steps(series, origins, horizon)] = np.nan  # which are certain
    if not np.isfinite(errors).any():
        return None
    flat = method.flatten(series, extra)
    positions = origins.positions(flat)
    suits = volatility.alone(flat, positions, errors, period)
    if suits is None:
        return None
    return dataclasses.replace(method, volatility=suits), origins, errors / suits.spread(flat, positions, horizon)


def spread(method: Method, series: Sequence[Values], origins: Origins, extra: Extra | None) -> Values:
    """The scaled spread [O, H] of the `method` that `past` gives."""
    flat = method.flatten(series, extra)
    return method.volatility.spread(flat, origins.positions(flat), method.horizon)
