"""Forecasts as a sum, in the unit of each series: a base, and what each part of the past and each input adds to it.

The base is the mean of the last values before an origin, a whole number of seasons. Contributions count from it: what a
last value, a season or an input does is what its distance from its usual value does. What members of the pool add is
weighted as they are; a forecast that held-out errors draw towards a reference is the same mix of what adds up to both.
What logarithms and limits change beyond that has parts of its own: `shrinkage` and `range`.

Axes: S series, O origins (of all series, end to end), H horizon.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from forecasting.evaluation.bounds.shrinkage import references
from forecasting.evaluation.explaining.member_parts import RANGE, in_units, of_member
from forecasting.evaluation.members import combining, pool, zero_shot
from forecasting.evaluation.predictor import Predictor, finished, mixed
from forecasting.model import attribution, scaling
from forecasting.model import method as methods
from forecasting.model.attribution import NETWORK, RECENT, Part, Parts, add, season, total
from forecasting.model.origins import Origins, Span
from forecasting.model.windows import Extra, Index
from forecasting.panel import Values

SHRINKAGE = Part("shrinkage")
FEW = 28  # values in the base, where there is no window


@dataclasses.dataclass(frozen=True, kw_only=True)
class Contributions:
    """forecast [O, H] = base [O] + the sum of parts [O, H]; `values` [S]: how many are in the base of each series."""

    origins: Origins
    forecast: Values
    base: Values
    values: Index
    parts: Parts
    network: Values  # [O, H] how far the recurrent part moves the network's own forecast; 0 without one


def contributions(
    predictor: Predictor, series: Sequence[Values], span: Span, extra: Extra | None, inputs: Sequence[Part]
) -> Contributions:
    """Of the forecasts that `predictor.ahead` makes at the origins of `span`. `inputs`: the part of each further input,
    in the order of `extra`; those of one part are added up."""
    horizon, states = predictor.horizon, predictor.states
    origins = span.origins(horizon)
    base, counts = _bases(predictor, series, origins)
    shape = (len(origins), horizon)
    of_network: dict[str, Parts] = {}
    given: dict[str, Values] = {}
    moved = np.zeros(shape)
    if predictor.method is not None:
        network = methods.forecast(predictor.method, series, span, extra)
        of_network = _of_network(predictor, series, span, extra, inputs, base, network)
        given = {"recurrent": network.forecast, "linear": network.linear}
        moved = network.forecast - network.linear if predictor.method.share > 0 else moved
    if predictor.pooled and predictor.pool is not None:
        parts, forecast = _of_pool(predictor, series, origins, base, of_network, given)
        scaled = scaling.forward(forecast, states, origins.series)
    else:
        parts, forecast, scaled = of_network["recurrent"], network.forecast, network.scaled
        if predictor.beside is not None:
            parts, forecast, scaled = _with_pretrained(predictor, series, origins, base, parts, network)
    kept = predictor.support.keep_scaled(scaled, series, states, origins)
    within = np.where(kept == scaled, forecast, scaling.inverse(kept, states, origins.series))
    add(parts, RANGE, within - forecast)
    shrinkage = predictor.shrinkage
    if shrinkage.factor != 1:
        reference = references(series, origins, horizon, shrinkage.period)
        parts = {part: shrinkage.factor * values for part, values in parts.items()}
        of_reference = season(shrinkage.period) if shrinkage.period > 1 else RECENT
        add(parts, of_reference, (1 - shrinkage.factor) * (reference - base[:, None]))
        mixed = shrinkage.factor * within + (1 - shrinkage.factor) * reference
        shrunk = shrinkage.apply(kept, series, states, origins)
        within = reference if shrinkage.total else scaling.inverse(shrunk, states, origins.series)
        add(parts, SHRINKAGE, within - mixed)
    final = finished(predictor, scaled, series, origins)[1]
    add(parts, RANGE, final - within)
    return Contributions(origins=origins, forecast=final, base=base, values=counts, parts=parts, network=moved)


def _bases(predictor: Predictor, series: Sequence[Values], origins: Origins) -> tuple[Values, Index]:
    """(Mean of the last values [O] before each origin, how many these are in each series [S])."""
    window = predictor.method.window if predictor.method is not None else FEW
    base, counts = np.empty(len(origins)), np.zeros(len(series), dtype=np.int64)
    for index, rows in origins.by_series():
        seen = origins.seen[rows]
        period = min((period for period in predictor.periods if period <= seen.min()), default=1)
        counts[index] = min(period * -(-window // period), int(seen.min()) // period * period)
        sums = np.concatenate([[0.0], np.cumsum(series[index])])
        base[rows] = (sums[seen] - sums[seen - counts[index]]) / counts[index]
    return base, counts


def _of_network(
    predictor: Predictor, series: Sequence[Values], span: Span, extra: Extra | None, inputs: Sequence[Part],
    base: Values, network: methods.Parts,
) -> dict[str, Parts]:  # fmt: skip
    """What adds up to the linear path and to the whole network, in the unit of each series."""
    method, origins, states = predictor.method, network.origins, predictor.states
    assert method is not None  # noqa: S101 - `network` came from it
    centre = scaling.forward(base[:, None], states, origins.series)[:, 0]
    path, mixed = attribution.of_method(method, method.flatten(series, extra), span, centre, inputs, network.scaled)
    log = np.array([state.log for state in states])[origins.series]
    slope = np.array([state.scale for state in states])[origins.series] * np.where(log, base, 1.0)
    return {
        name: in_units(parts, total(parts.values(), forecast.shape), forecast, base, slope)
        for name, parts, forecast in (("linear", path, network.linear), ("recurrent", mixed, network.forecast))
    }


def _with_pretrained(
    predictor: Predictor, series: Sequence[Values], origins: Origins, base: Values, parts: Parts, network: methods.Parts
) -> tuple[Parts, Values, Values]:
    """(What adds up to the forecast of both networks less the base, that forecast [O, H], the same scaled)."""
    assert predictor.beside is not None  # noqa: S101 - the caller looked
    found = zero_shot.ahead(series, origins, predictor.periods, predictor.horizon).get(zero_shot.NAME)
    if found is None:
        return parts, network.forecast, network.scaled
    share = predictor.beside[origins.series]
    scaled = mixed(network.scaled, found, share, predictor.states, origins)
    weight = np.where(np.isfinite(found).all(axis=1), share, 0.0)[:, None]
    own = {part: (1 - weight) * values for part, values in parts.items()}
    add(own, NETWORK, np.where(weight > 0, weight * (found - base[:, None]), 0.0))
    forecast = np.where(weight > 0, scaling.inverse(scaled, predictor.states, origins.series), network.forecast)
    return own, forecast, scaled


def _of_pool(
    predictor: Predictor, series: Sequence[Values], origins: Origins, base: Values, of_network: dict[str, Parts],
    given: dict[str, Values],
) -> tuple[Parts, Values]:  # fmt: skip
    """(What adds up to the forecast of the pool less the base, the forecast [O, H])."""
    members = predictor.pool
    assert members is not None  # noqa: S101 - the caller looked
    every = pool.ahead(members, series, origins, given, predictor.periods, predictor.horizon)
    weights = members.weights[origins.series]
    ordered = [every[name] for name in members.names]
    weights, combined = combining.present(ordered, weights), combining.combine(ordered, weights)
    parts: Parts = {}
    if zero_shot.NAME in members.names:
        weight = weights[:, members.names.index(zero_shot.NAME), None]
        add(parts, NETWORK, np.where(weight > 0, weight * (every[zero_shot.NAME] - base[:, None]), 0.0))
    for name, own in of_network.items():
        if name in members.names:
            weight = weights[:, members.names.index(name), None]
            for part, values in own.items():
                add(parts, part, weight * values)
    for index, rows in origins.by_series():
        for name, member in members.members[index].items():
            weight = weights[rows, members.names.index(name), None]
            if (weight > 0).any():
                apart = of_member(
                    member, series[index], origins.seen[rows], every[name][rows], base[rows], predictor.periods
                )
                for part, values in apart.items():
                    parts.setdefault(part, np.zeros(combined.shape))[rows] += weight * values
    return parts, combined
