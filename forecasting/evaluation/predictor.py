"""What a training leaves: forecasts with intervals from any origin of its series, by the network, the pool, or, where
the series are too short for a network, by the other pool members alone.

Axes: S series, O origins (of all series, end to end), H horizon, Q probabilities.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from forecasting.config import ForecastConfig
from forecasting.evaluation import intervals, pool
from forecasting.evaluation.pool import Pool
from forecasting.evaluation.shrinkage import Shrinkage, references
from forecasting.model import method as methods
from forecasting.model import scaling
from forecasting.model.method import Method
from forecasting.model.origins import Origins, Span
from forecasting.model.scaling import State
from forecasting.model.windows import Extra
from forecasting.panel import Values


@dataclasses.dataclass(frozen=True, kw_only=True)
class Predictor:
    """All that it takes to forecast at any origin of the series it was fitted on."""

    horizon: int
    states: tuple[State, ...]  # [S]
    periods: tuple[int, ...]
    method: Method | None  # None: the series are too short for a network
    pool: Pool | None
    pooled: bool  # the forecast is the pool's; else the pool stands beside it, for comparison
    shrinkage: Shrinkage
    width: Values  # [S] spread of each series' errors over that of the network
    typical: Values  # [S, H] spread where there is no network
    table: Values  # [H, Q] quantiles of errors over their spread
    errors: Values  # [2, B] held out, by block, of the reference and of the forecasts: what the shrinkage rests on
    scores: Values  # [O, H] what the table was made from
    independent: int  # blocks that these are

    @property
    def history(self) -> int:
        """How many of the last values a forecast depends on; a pool keeps track of levels and trends from the first
        value on."""
        if self.pooled or self.method is None:
            return 2**62
        return max(self.method.history, self.shrinkage.period + 1)

    @property
    def mean_weights(self) -> dict[str, float]:
        """What each member of the pool weighs on average over the series; empty without a pool."""
        return self.pool.mean_weights() if self.pool is not None else {}

    def some(self, chosen: range) -> Predictor:
        """The same for some of its series."""
        part = slice(chosen.start, chosen.stop)
        return dataclasses.replace(
            self,
            states=self.states[part],
            method=self.method.some(part) if self.method is not None else None,
            pool=self.pool.some(part) if self.pool is not None else None,
            width=self.width[part],
            typical=self.typical[part],
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Forecasts:
    """Forecasts at origins, taken apart, in the unit of each series: each [O, H]; and scaled."""

    origins: Origins
    forecast: Values
    parts: dict[str, Values]  # anchor, anchor-linear, recurrent and every member of the pool
    scaled: Values  # the forecast
    spread: Values  # scaled


def ahead(
    predictor: Predictor, series: Sequence[Values], span: Span, extra: Extra | None = None, *, members: bool = False
) -> Forecasts:
    """Forecasts at every origin of `span`; nothing after an origin is used for it.

    `members`: parts holds those of the pool as well.
    """
    horizon = predictor.horizon
    parts: dict[str, Values] = {}
    given: dict[str, Values] = {}
    if predictor.method is not None:
        network = methods.forecast(predictor.method, series, span, extra)
        origins, scaled, spread = network.origins, network.scaled, network.spread
        parts = {"anchor": network.anchor, "anchor-linear": network.linear, "recurrent": network.forecast}
        given = {"recurrent": network.forecast, "linear": network.linear}
    else:
        origins = span.origins(horizon)
        scaled, spread = np.empty((len(origins), horizon)), predictor.typical[origins.series]
    if predictor.pool is not None and (predictor.pooled or members):
        every = pool.ahead(predictor.pool, series, origins, given, horizon)
        weights = predictor.pool.weights[origins.series]
        combined = pool.combine([every[name] for name in predictor.pool.names], weights)
        if predictor.pooled:
            scaled = scaling.forward(combined, predictor.states, origins.series)
        if members:
            parts |= {name: forecast for name, forecast in every.items() if name != "linear"} | {"best": combined}
    shrinkage = predictor.shrinkage
    scaled = shrinkage.apply(scaled, series, predictor.states, origins)
    if shrinkage.total:  # to the last bit
        forecast = references(series, origins, horizon, shrinkage.period)
    else:
        forecast = scaling.inverse(scaled, predictor.states, origins.series)
    width = predictor.width[origins.series, None]
    return Forecasts(origins=origins, forecast=forecast, parts=parts, scaled=scaled, spread=spread * width)


def within(values: Values, config: ForecastConfig) -> Values:
    """Forecasts or ends of intervals, kept between the floor and the cap."""
    if config.floor is None and config.cap is None:
        return values
    kept: Values = np.clip(values, config.floor, config.cap)
    return kept


def bounds(predictor: Predictor, forecasts: Forecasts, levels: tuple[int, ...]) -> dict[int, tuple[Values, Values]]:
    """Interval ends [O, H] in the unit of each series, by level."""
    series = forecasts.origins.series
    ends = {}
    for level in levels:
        low, high = intervals.bounds(forecasts.scaled, forecasts.spread, predictor.table, level)
        # Rounding on the way back puts no end on the wrong side of the forecast.
        ends[level] = (
            np.minimum(scaling.inverse(low, predictor.states, series), forecasts.forecast),
            np.maximum(scaling.inverse(high, predictor.states, series), forecasts.forecast),
        )
    return ends
