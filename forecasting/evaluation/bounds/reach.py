"""Reach: how far from a forecast an end of its interval may lie, by what each series did and how far held-out
forecasts of it were off, in its own unit.

Quantiles of scaled errors times a spread can explode where either is an extrapolation: on a log scale above all, and
where few errors are held out. Intervals that are as wide as errors are do not come near these limits.

Axes: S series, O origins (of all series, end to end), H horizon, G lags, L levels.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from forecasting.model.origins import Origins
from forecasting.model.windows import Known
from forecasting.panel import Values

MANY = 5000  # series, beyond which limits would take longer than they are worth
FEWEST = 8  # values of a series that has limits
LEVELS = (50, 80, 95, 99)
LAGS = 5
CENTRAL = 2.0  # times how far an end may lie from the forecast: how far a forecast may lie from the last value
MARGIN, FEW_MARGIN = 1.5, 2.0  # times what changes and errors say; further times that over the root of lags in a series


@dataclasses.dataclass(frozen=True)
class Reach:
    """lags: [G] steps ahead, ascending. size: [S, G, L] how far an end may lie from the forecast."""

    lags: Values
    size: Values

    def some(self, part: slice) -> Reach:
        """The same for some series."""
        return Reach(self.lags, self.size[part])

    def limits(self, origins: Origins, horizon: int, level: int) -> Values:
        """How far the ends of the `level` % interval may lie from the forecast [O, H]."""
        by_level = np.array([np.interp(level, LEVELS, one) for one in np.eye(len(LEVELS))])
        by_step = np.stack([np.interp(np.arange(1, horizon + 1), self.lags, one) for one in np.eye(len(self.lags))])
        known = np.asarray(np.isfinite(self.size).all(axis=(1, 2), keepdims=True))
        limits = np.where(known, self.size, 0.0) @ by_level @ by_step
        every: Values = np.asarray(np.where(known[:, :, 0], limits, np.inf))[origins.series]
        return every

    def within(self, forecast: Values, series: Sequence[Values], origins: Origins) -> Values:
        """Forecasts [O, H], none of them further from the last value than CENTRAL times what an interval may be."""
        limit = CENTRAL * self.limits(origins, forecast.shape[1], LEVELS[-1])
        last = origins.last(series)[:, None]
        return np.clip(forecast, last - limit, last + limit)


def find(
    series: Sequence[Values],
    errors: Values,
    origins: Origins,
    horizon: int,
    measured: Sequence[Known] | None = None,
) -> Reach | None:
    """The Reach by the changes of each series, and by its held-out `errors` [O, H] in its own unit, NaN
    where the truth was not measured. A series of fewer than FEWEST `measured` values has no limits."""
    if len(series) > MANY:
        return None
    lags = np.unique(np.geomspace(1, horizon, LAGS).round()).astype(np.int64)
    beyond = [1 - (1 - level / 100) / 4 for level in LEVELS]  # of changes, which are larger than errors: well within
    size = np.zeros((len(series), len(lags), len(LEVELS)))
    for index, values in enumerate(series):
        for place, lag in enumerate(lags.tolist()):
            held = min(lag, max(1, len(values) // 2))  # beyond half of a series its changes go on as of a walk
            changes = np.abs(values[held:] - values[:-held]) if len(values) > 1 else np.zeros(1)
            size[index, place] = np.quantile(changes, beyond) * np.sqrt(lag / held)
    for index, part in origins.by_series():
        for place, lag in enumerate(lags.tolist()):
            known = np.abs(errors[part, :lag])
            known = known[np.isfinite(known)]
            missed = np.quantile(known, [level / 100 for level in LEVELS]) if len(known) else 0.0
            size[index, place] = np.maximum(size[index, place], missed)
    lengths = np.array([len(values) for values in series])
    told = lengths if measured is None else np.array([np.count_nonzero(known) for known in measured])
    size[told < FEWEST] = np.inf  # too few changes to tell; what was filled in does not change
    margin = MARGIN + FEW_MARGIN / np.sqrt(np.maximum(lengths[:, None] / lags, 1.0))
    return Reach(lags.astype(np.float64), np.maximum.accumulate(size * margin[:, :, None], axis=1))
