"""Shrinkage: how far held-out errors let a forecast deviate from repeating the last value or season.

Axes: S series, O origins (of all series, end to end), H horizon, B blocks.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from forecasting import baselines
from forecasting.model import scaling
from forecasting.model.held_out import HeldOut
from forecasting.model.origins import Origins
from forecasting.model.regressors import mean_known
from forecasting.model.scaling import State
from forecasting.model.train import SMALL
from forecasting.panel import Values


@dataclasses.dataclass(frozen=True, kw_only=True)
class Shrinkage:
    """forecast = reference + factor (forecast - reference). `period` 1: the reference is the last value."""

    factor: float
    period: int
    gain: float  # of the forecast over the reference on held-out data, share of its error
    blocks: int  # of a horizon's length that this rests on

    @property
    def total(self) -> bool:
        """Whether the forecast is the reference."""
        return self.factor == 0

    def to_dict(self) -> dict[str, Any]:
        """JSON-able, under the names that stored models and reports have; `from_dict` gives it back."""
        return {"share": self.factor, "period": self.period, "gain": self.gain, "stretches": self.blocks}

    @classmethod
    def from_dict(cls, about: Mapping[str, Any]) -> Shrinkage:
        return cls(factor=about["share"], period=about["period"], gain=about["gain"], blocks=about["stretches"])

    def apply(self, scaled: Values, series: Sequence[Values], states: Sequence[State], origins: Origins) -> Values:
        """Scaled forecasts [O, H], shrunk."""
        if self.factor == 1:
            return scaled
        reference = scaled_references(series, states, origins, scaled.shape[1], self.period)
        return reference + self.factor * (scaled - reference)


NONE = Shrinkage(factor=1.0, period=1, gain=0.0, blocks=0)


def estimate(series: Sequence[Values], held_out: HeldOut, periods: Sequence[int]) -> tuple[Shrinkage, Values]:
    """The shrinkage towards the better of the last value and the last season, and the errors by block [2, B] that it
    rests on, of the reference and of the forecast: on held-out origins, and on earlier ones where there are any.
    """
    parts = [held_out] if held_out.earlier is None else [held_out.earlier, held_out]
    horizon = held_out.truth.shape[1]

    def errors(period: int) -> list[Values]:  # of the reference, [O] a part
        references = [scaled_references(series, part.states, part.origins, horizon, period) for part in parts]
        return [_errors(part, reference) for part, reference in zip(parts, references, strict=True)]

    tried = {period: errors(period) for period in (1, *periods[:1])}
    period = min(tried, key=lambda period: float(tried[period][-1].sum()))
    forecast = [_errors(part, part.forecast) for part in parts]
    by_block = np.stack(
        [
            np.concatenate([part.origins.mean_by_block(error) for part, error in zip(parts, each, strict=True)])
            for each in (tried[period], forecast)
        ]
    )
    return from_errors(by_block, period), by_block


def _errors(part: HeldOut, forecast: Values) -> Values:
    return mean_known(np.abs(part.truth - forecast), axis=1)


def from_errors(errors: Values, period: int) -> Shrinkage:
    """The Shrinkage that the errors by block [2, B] of a reference and of a forecast allow."""
    reference, error = errors
    total = float(reference.sum())
    gain = float((reference - error).sum()) / total if total > 0 else 0.0
    return Shrinkage(factor=shrinkage_factor(reference, error), period=period, gain=gain, blocks=len(reference))


def shrinkage_factor(reference: Values, error: Values) -> float:
    """How much of its difference from a reference a forecast may keep, by the errors of both by block [B].

    The positive part of James and Stein's estimator (1961) of the mean gain: a gain of t standard errors keeps
    1 - 1 / t^2, none where t is below one. Of two t the larger counts: that of the gains r - e, which few blocks with
    large errors may drown, and that of the relative gains (r - e) / (r + e), which weighs all blocks alike. With fewer
    than three blocks the sign of the gain decides.
    """
    if np.array_equal(reference, error):
        return 1.0
    gains = reference - error
    if len(gains) < 3:
        return float(gains.sum() > 0)
    evidence = max(_standard_errors(gains), _standard_errors(gains / (reference + error + SMALL)))
    factor = max(0.0, 1 - 1 / evidence**2) if evidence > 0 else 0.0
    return 1.0 if factor > 0.99 else factor


def _standard_errors(gains: Values) -> float:
    """How many standard errors the mean of `gains` lies above zero."""
    deviation = float(gains.std(ddof=1)) / math.sqrt(len(gains))
    return float(gains.mean()) / deviation if deviation > 0 else math.inf * float(np.sign(gains.mean()))


def scaled_references(
    series: Sequence[Values], states: Sequence[State], origins: Origins, horizon: int, period: int
) -> Values:
    """What forecasts are shrunk towards, scaled [O, H]."""
    return scaling.forward(references(series, origins, horizon, period), states, origins.series)


def references(series: Sequence[Values], origins: Origins, horizon: int, period: int) -> Values:
    """The last value, or with a `period` the last season, in the unit of each series [O, H]."""
    repeated = np.empty((len(origins), horizon))
    for index, part in origins.by_series():
        seen = origins.seen[part]
        if period <= 1:
            repeated[part] = baselines.naive(series[index], seen, horizon)
        else:
            repeated[part] = baselines.seasonal_naive(series[index], seen, horizon, period)
    return repeated
