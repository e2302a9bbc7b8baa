"""Preparing a training: log scales, how much is held out, scaling, the flat array and the anchor.

Axes: S series, O origins, H horizon.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from forecasting.config import ForecastConfig
from forecasting.model import anchors, linear, scaling, windows
from forecasting.model.linear import Linear
from forecasting.model.material import Material, lead, material
from forecasting.model.origins import Span
from forecasting.model.regressors import mean_known, measured_targets, regressors
from forecasting.model.windows import Flat, Index, Known
from forecasting.panel import Values

MANY = 2000  # series, beyond which so many origins of each would take more memory than they are worth
SAMPLE = 2000  # origins on which anchors are compared, fewer where the horizon is long
SAMPLE_CELLS = 200_000


@dataclasses.dataclass(frozen=True, kw_only=True)
class Plan:
    """What both trainings share: the one with steps held out and the one with everything."""

    series: Sequence[Values]
    extra: windows.Extra | None
    config: ForecastConfig
    periods: tuple[int, ...]
    logs: tuple[bool, ...]  # [S] whether a series goes on a log scale
    held_out: int  # steps at the end of each series that validation uses
    measured: Sequence[Known] | None = None  # [S] which values were measured; None: all
    ends: Index | None = None  # [S] of the series on one calendar; None: unknown
    totals: int = 0  # how many of the last series are sums of others

    @property
    def lengths(self) -> Index:
        return np.array([len(values) for values in self.series], dtype=np.int64)

    @property
    def constant(self) -> bool:
        """Whether forecasts start from a constant without a linear path, as in tutorials."""
        return self.config.anchor == "constant"

    @property
    def naives(self) -> list[anchors.Candidate]:
        """The naive forecasts that suit the series."""
        median = int(np.median(self.lengths))
        return anchors.candidates(self.periods, self.config.horizon, self.config.window, median)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Prepared:
    """Series scaled and end to end, with the origins that a training may use."""

    flat: Flat
    states: tuple[scaling.State, ...]  # [S]
    anchor: anchors.Anchor
    lags: Index  # that the linear path reads
    span: Span  # of training; empty where a series is too short to train on
    inputs: scaling.Inputs | None  # how further inputs are scaled

    @property
    def positions(self) -> Index:
        """Of all training origins in `flat`."""
        return self.span.origins(1).positions(self.flat)


def plan(
    series: Sequence[Values],
    seasons: Sequence[int],
    config: ForecastConfig,
    extra: windows.Extra | None,
    measured: Sequence[Known] | None = None,
    ends: Index | None = None,
    totals: int = 0,
) -> Plan:
    """Decide what both trainings share."""
    lengths = np.array([len(values) for values in series], dtype=np.int64)
    return Plan(
        series=series,
        extra=extra,
        config=config,
        periods=anchors.candidate_periods(series, seasons),
        logs=_logs(series),
        held_out=held_out_steps(lengths, config.horizon),
        measured=measured,
        ends=ends,
        totals=totals,
    )


def _logs(series: Sequence[Values]) -> tuple[bool, ...]:
    """Which series go on a log scale: all positive ones if that suits a third of them, since they share a network."""
    suits = [scaling.grows_with_level(values) for values in series]
    return tuple(3 * sum(suits) >= len(series) and bool(values.min() > 0) for values in series)


def held_out_steps(lengths: Index, horizon: int) -> int:
    """Steps at the end of each series that validation uses: about 300 origins in all, at most 15 % of a series.

    Some series: three horizons of origins of each, up to 30 % of a series, which decide how it mixes forecasts
    and whether it has a linear path of its own. The network goes on with all values later.
    """
    usual = int(np.median(lengths))
    some = 1 < len(lengths) <= MANY
    origins = max(math.ceil(300 / len(lengths)), 3 * horizon if some else 0)
    return max(horizon, min(int((0.3 if some else 0.15) * usual), horizon - 1 + origins))


def prepare(plan: Plan, held_out: int, earlier: Prepared | None = None) -> Prepared:
    """Scale and flatten by what precedes the last `held_out` steps, and choose the anchor; `earlier` keeps its own."""
    config, periods = plan.config, plan.periods
    parts = _training_parts(plan, held_out)
    if plan.constant:
        states = tuple(scaling.fit_range(train) for train in parts)
    else:
        fitted = [scaling.fit(train, periods, log) for train, log in zip(parts, plan.logs, strict=True)]
        states = scaling.lean(fitted, parts, plan.measured)
    scaled = [scaling.transform(values, state) for values, state in zip(plan.series, states, strict=True)]
    lengths = plan.lengths
    last = lengths - held_out - config.horizon
    span = Span(np.full_like(last, min(config.window, max(2, int(np.median(lengths)) // 4))), last)
    lags = earlier.lags if earlier else np.array([-(6 * max(periods, default=1) + config.horizon)], dtype=np.int64)
    inputs = None if plan.extra is None else scaling.fit_inputs(plan.extra, np.maximum(lengths - held_out, 0).tolist())
    beside = None if plan.extra is None or inputs is None else scaling.scale_inputs(plan.extra, inputs)
    flat = windows.flatten(scaled, lead(max(config.windows), config.horizon, lags, periods), beside, config.horizon)
    measured = None if plan.measured is None else windows.flatten_measured(plan.measured, flat.pad, flat.ahead)
    flat = dataclasses.replace(flat, constant=plan.constant, measured=measured)
    if earlier:
        anchor = earlier.anchor
    elif plan.constant:
        anchor = anchors.constant(config.horizon)
        lags = anchor.lags
    else:
        picked = _sample(span.origins(1).positions(flat), config.horizon)
        anchor = anchors.choose(flat, picked, periods, config.horizon, config.window)
        lags = linear.lags_for(anchor, config.window, config.horizon)
    return Prepared(flat=flat, states=states, anchor=anchor, lags=lags, span=span, inputs=inputs)


def _training_parts(plan: Plan, held_out: int) -> list[Values]:
    """What precedes the last `held_out` steps of each series, two values at least."""
    return [values[: max(len(values) - held_out, min(len(values), 2))] for values in plan.series]


def network_material(prepared: Prepared, plan: Plan, chosen: Linear) -> Material:
    """What networks on the linear path `chosen` read; its errors in training are the unit of their spread."""
    config = plan.config
    picked = _sample(prepared.positions, config.horizon)
    read = regressors(prepared.flat, picked, chosen.lags)
    left = measured_targets(prepared.flat, picked, config.horizon) - read @ chosen.weights.T
    spread = mean_known(np.abs(left), axis=0) + 1e-6
    return material(prepared.flat, plan.periods, chosen, spread, config.window, config.cell)


def _sample(positions: Index, horizon: int) -> Index:
    """Some of the positions, evenly spread."""
    count = min(SAMPLE, max(50, SAMPLE_CELLS // horizon), len(positions))
    return positions[np.linspace(0, len(positions) - 1, count).astype(np.int64)]
