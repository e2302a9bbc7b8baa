"""What a training leaves: forecasts with intervals from any origin of its series, by the network, the pool, or, where
the series are too short for a network, by the other pool members alone.

Axes: S series, O origins (of all series, end to end), H horizon, Q probabilities.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from forecasting.config import ForecastConfig
from forecasting.evaluation.bounds import intervals
from forecasting.evaluation.bounds.reach import Reach
from forecasting.evaluation.bounds.shrinkage import Shrinkage, references
from forecasting.evaluation.bounds.support import Support
from forecasting.evaluation.members import combining, pool, zero_shot
from forecasting.evaluation.members.pool import Pool
from forecasting.evaluation.totals.reconcile import Reconciliation
from forecasting.evaluation.totals.reconciling import Evidence
from forecasting.model import method as methods
from forecasting.model import scaling
from forecasting.model.method import Method
from forecasting.model.origins import Origins, Span
from forecasting.model.pretrained.network import MIDDLE
from forecasting.model.scaling import State
from forecasting.model.windows import Extra
from forecasting.panel import Values

STILL = 1e-6  # scaled, the spread of a series that never moved


@dataclasses.dataclass(frozen=True, kw_only=True)
class Predictor:
    """All that it takes to forecast at any origin of the series it was fitted on."""

    horizon: int
    states: tuple[State, ...]  # [S]
    periods: tuple[int, ...]
    method: Method | None  # None: the series are too short for a network
    pool: Pool | None
    pooled: bool  # the forecast is the pool's; else the pool stands beside it, for comparison
    beside: Values | None = None  # [S] share of the pretrained network in a forecast that is no pool's; None: none
    lean: float = 0.0  # share of the widths of intervals that comes from the quantiles of the pretrained network
    shrinkage: Shrinkage
    width: Values  # [S] spread of each series' errors over that of the network
    typical: Values  # [S, H] spread without a network in model files of earlier versions; [S, 0] else
    table: Values  # [H, Q] quantiles of errors over their spread
    errors: Values  # [2, B] held out, by block, of the reference and of the forecasts: what the shrinkage rests on
    scores: Values  # [O, H] what the table was made from
    independent: int  # blocks that these are
    support: Support
    reach: Reach | None  # None: intervals go as far as errors over their spread say
    evidence: Evidence | None = None  # held-out forecasts, where they were asked for; in no model file
    reconciliation: Reconciliation | None = None  # None: there are no totals

    @property
    def history(self) -> int:
        """How many of the last values a forecast depends on; a pool keeps track of levels and trends from the first
        value on."""
        if self.method is None or not self.by_network:
            return 2**62
        return max(self.method.history, self.shrinkage.period + 1, self.support.history)

    @property
    def by_network(self) -> bool:
        """Whether the forecast is that of the trained network and of nothing else."""
        return self.method is not None and not self.pooled and self.beside is None and self.lean == 0

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
            beside=self.beside[part] if self.beside is not None else None,
            width=self.width[part],
            typical=self.typical[part],
            support=self.support.some(part),
            reach=self.reach.some(part) if self.reach is not None else None,
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Forecasts:
    """Forecasts at origins, taken apart, in the unit of each series: each [O, H]; and scaled."""

    series: Sequence[Values]  # [S] in which the origins are
    origins: Origins
    forecast: Values
    parts: dict[str, Values]  # anchor, anchor-linear, recurrent and every member of the pool
    scaled: Values  # the forecast
    spread: Values  # scaled
    pretrained: Values | None = None  # [O, H, Q] quantiles of the pretrained network, where intervals lean on them


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
        scaled, spread = np.empty((len(origins), horizon)), _spread(predictor, series, origins)
    pretrained = None
    if predictor.beside is not None or predictor.lean > 0:
        pretrained = zero_shot.quantiles(series, origins, predictor.periods, horizon)
    if pretrained is not None:
        given[zero_shot.NAME] = pretrained[:, :, MIDDLE]
    if predictor.beside is not None and pretrained is not None:
        share = predictor.beside[origins.series]
        scaled = mixed(scaled, given[zero_shot.NAME], share, predictor.states, origins)
        parts[zero_shot.NAME] = given[zero_shot.NAME]
    if predictor.pool is not None and (predictor.pooled or members):
        every = pool.ahead(predictor.pool, series, origins, given, predictor.periods, horizon)
        weights = predictor.pool.weights[origins.series]
        combined = combining.combine([every[name] for name in predictor.pool.names], weights)
        if predictor.pooled:
            scaled = scaling.forward(combined, predictor.states, origins.series)
        if members:
            parts |= {name: forecast for name, forecast in every.items() if name != "linear"} | {"best": combined}
    scaled, forecast = finished(predictor, scaled, series, origins)
    parts = {name: predictor.support.keep(part, series, origins) for name, part in parts.items()}
    if predictor.reach is not None:
        parts = {name: predictor.reach.within(part, series, origins) for name, part in parts.items()}
    width = predictor.width[origins.series, None]
    return Forecasts(
        series=series, origins=origins, forecast=forecast, parts=parts, scaled=scaled, spread=spread * width,
        pretrained=pretrained if predictor.lean > 0 else None,
    )  # fmt: skip


def finished(predictor: Predictor, scaled: Values, series: Sequence[Values], origins: Origins) -> tuple[Values, Values]:
    """(Scaled forecasts [O, H], the same in the unit of each series), from those of the network or the pool: shrunk,
    and within support and reach."""
    shrinkage, support = predictor.shrinkage, predictor.support
    scaled = support.keep_scaled(scaled, series, predictor.states, origins)
    scaled = shrinkage.apply(scaled, series, predictor.states, origins)
    scaled = support.keep_scaled(scaled, series, predictor.states, origins)
    if shrinkage.total:  # to the last bit
        forecast = references(series, origins, predictor.horizon, shrinkage.period)
    else:
        forecast = scaling.inverse(scaled, predictor.states, origins.series)
    forecast = support.keep(forecast, series, origins)
    if predictor.reach is not None:
        near = predictor.reach.within(forecast, series, origins)
        scaled = np.where(near == forecast, scaled, scaling.forward(near, predictor.states, origins.series))
        forecast = near
    return scaled, forecast


def mixed(scaled: Values, other: Values, share: Values, states: Sequence[State], origins: Origins) -> Values:
    """Scaled forecasts [O, H] of which a `share` [O] is the `other` forecast [O, H], in the unit of each series, mixed
    in that unit; where the other is NaN, and where it has no share, they keep their bits."""
    weight = np.where(np.isfinite(other).all(axis=1), share, 0.0)[:, None]
    natural = scaling.inverse(scaled, states, origins.series)
    both = natural + weight * (np.where(weight > 0, other, natural) - natural)
    return np.where(weight > 0, scaling.forward(both, states, origins.series), scaled)


def _spread(predictor: Predictor, series: Sequence[Values], origins: Origins) -> Values:
    if predictor.typical.shape[1]:  # a model file of an earlier version
        return predictor.typical[origins.series]
    season = predictor.shrinkage.period if predictor.shrinkage.total else 1
    return typical_changes(series, predictor.states, origins, predictor.horizon, season)


def typical_changes(
    series: Sequence[Values], states: Sequence[State], origins: Origins, horizon: int, season: int = 1
) -> Values:
    """Mean size [O, H] of the changes over one, two, ... steps up to each origin, scaled; beyond half of what is seen,
    as of a walk. Few values tell little: the changes are then at least those that the scale stands for.

    `season`: that the forecast repeats where the horizon is longer than the series. Its changes are from season to
    season then, where two or more are known, and grow from one to the next.
    """
    typical = np.empty((len(origins), horizon))
    for index, part in origins.by_series():
        z, seen = scaling.transform(series[index], states[index]), origins.seen[part]
        longest = max(1, min(horizon, int(seen.max()) // 2))
        for lag in range(1, longest + 1):
            total = np.concatenate([np.zeros(lag + 1), np.cumsum(np.abs(z[lag:] - z[:-lag]))])
            typical[part, lag - 1] = total[np.minimum(seen, len(total) - 1)] / np.maximum(seen - lag, 1)
        reach = np.clip(seen // 2, 1, horizon)[:, None]  # lags that half of the seen values hold
        steps = np.arange(1, horizon + 1)
        held = np.take_along_axis(typical[part], np.minimum(steps, reach) - 1, axis=1)
        typical[part] = held * np.sqrt(np.maximum(steps / reach, 1.0))
        if 1 < season < int(seen.min()) - 1 and int(seen.max()) <= horizon:
            change = float(np.abs(z[season:] - z[:-season]).mean())
            typical[part] = change * np.sqrt(-(-steps // season)) * np.sqrt(1 + steps / int(seen.min()))
        if int(seen.max()) < horizon:  # beyond a history that swings back nothing gets more certain
            typical[part] = np.maximum.accumulate(typical[part], axis=1)
        few = scaling.UNIT * np.sqrt(steps)
        typical[part] = np.where(seen[:, None] < scaling.FEWEST, np.maximum(typical[part], few), typical[part])
    return np.maximum(typical, STILL)


def within(values: Values, config: ForecastConfig) -> Values:
    """Forecasts or ends of intervals, kept between the floor and the cap."""
    if config.floor is None and config.cap is None:
        return values
    kept: Values = np.clip(values, config.floor, config.cap)
    return kept


def bounds(predictor: Predictor, forecasts: Forecasts, levels: tuple[int, ...]) -> dict[int, tuple[Values, Values]]:
    """Interval ends [O, H] in the unit of each series, by level."""
    origins, support = forecasts.origins, predictor.support
    ends = {}
    for level in levels:
        scaled = intervals.bounds(forecasts.scaled, forecasts.spread, predictor.table, level)
        low, high = (scaling.inverse(end, predictor.states, origins.series) for end in scaled)
        if forecasts.pretrained is not None:
            low, high = _leaning(predictor.lean, forecasts, low, high, level)
        if predictor.reach is not None:
            limit = predictor.reach.limits(origins, predictor.horizon, level)
            low, high = np.maximum(low, forecasts.forecast - limit), np.minimum(high, forecasts.forecast + limit)
        low, high = (support.keep(end, forecasts.series, origins, central=False) for end in (low, high))
        # Rounding on the way back puts no end on the wrong side of the forecast.
        ends[level] = np.minimum(low, forecasts.forecast), np.maximum(high, forecasts.forecast)
    return ends


def _leaning(lean: float, forecasts: Forecasts, low: Values, high: Values, level: int) -> tuple[Values, Values]:
    """Ends of intervals [O, H] of whose distances from the forecast a share of `lean` is that of the pretrained
    network's quantiles from its median; as they are where it has none."""
    assert forecasts.pretrained is not None  # noqa: S101 - the caller looked
    below, above = zero_shot.distances(forecasts.pretrained, level)
    lower = low + lean * (forecasts.forecast - below - low)
    higher = high + lean * (forecasts.forecast + above - high)
    return np.where(np.isfinite(lower), lower, low), np.where(np.isfinite(higher), higher, high)
