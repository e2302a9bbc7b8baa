"""Volatility: how much a series moved of late, which scales the networks' spread. Calm and wild times come in turns.

Where the forecast repeats the last value or season the networks' spread has no part: they learned it from errors of
their own, on the values that they were trained on. The spread is then the volatility alone, the later changes counting
the more: a decay of .94 a step is that of RiskMetrics (J.P. Morgan, "Technical Document", 4th edition, 1996).

Axes: O origins, H horizon.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from forecasting.model.held_out import HeldOut, Offsets
from forecasting.model.train import SMALL
from forecasting.model.windows import Flat, Index
from forecasting.panel import Values

RECENT = 40  # changes that tell how volatile a series is
DECAY = 0.94  # of the weight of a change from step to step, where nothing else makes up the spread
CALMEST = 0.1  # of the typical movement: what none at all counts for
LEAST = 1e-9  # weight of changes, below which it is rounding
POWERS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclasses.dataclass(frozen=True)
class Volatility:
    """The spread is multiplied by a power of the recent movement over the typical one."""

    lag: int  # of the changes that are looked at
    typical: float  # mean movement in training, scaled
    power: float  # 0: the spread stays as it is
    alone: bool = False  # the spread is nothing but this; the forecast repeats what was `lag` steps ago

    def to_dict(self) -> dict[str, Any]:
        """JSON-able: the arguments, under the names that model files have."""
        about = dataclasses.asdict(self)
        return about if self.alone else {name: value for name, value in about.items() if name != "alone"}

    @property
    def history(self) -> int:
        """How many of the last values it depends on."""
        return RECENT + self.lag

    @property
    def weights(self) -> Values:
        """Of the last RECENT changes, the latest last; their sum is 1."""
        weights = np.power(DECAY if self.alone else 1.0, np.arange(RECENT)[::-1])
        return np.asarray(weights / weights.sum())

    def growth(self, horizon: int) -> Values:
        """The spread of each step ahead [H] over that of the first, of a walk from repetition to repetition."""
        growth: Values = np.sqrt(-(-np.arange(1, horizon + 1) // self.lag))
        return growth

    def movement(self, flat: Flat, origins: Index) -> Values:
        """Mean size [O] of the last RECENT changes over `lag` steps up to the positions `origins` [O], of as many as a
        series has; without any it is the typical one."""
        inside = np.zeros(len(flat.z))
        for start, length in zip(flat.start, flat.length, strict=True):
            inside[start + self.lag : start + length] = 1
        changes = np.zeros(len(flat.z))
        changes[self.lag :] = np.abs(flat.z[self.lag :] - flat.z[: -self.lag])
        latest_first = self.weights[::-1]
        size, known = (np.convolve(part, latest_first)[origins] for part in (changes * inside, inside))
        return np.asarray(np.where(known > LEAST, size / np.maximum(known, LEAST), self.typical))

    def factor(self, flat: Flat, origins: Index) -> Values:
        """By which the spread is multiplied [O, 1]."""
        if self.power == 0:
            return np.ones((len(origins), 1))
        relative = (self.movement(flat, origins) + CALMEST * self.typical) / ((1 + CALMEST) * self.typical)
        factor: Values = (relative**self.power)[:, None]
        return factor

    def spread(self, flat: Flat, origins: Index, horizon: int) -> Values:
        """What is nothing but this [O, H], at the positions `origins` [O]."""
        return self.growth(horizon) * self.factor(flat, origins)


def choose(flat: Flat, periods: Sequence[int], earlier: HeldOut | None, offsets: Offsets) -> Volatility:
    """The power that suits the networks' errors at held-out origins, and those of the linear path at earlier ones."""
    lag = min(periods, default=1)
    steady = Volatility(lag, 1.0, 0.0)
    if earlier is None:
        return steady
    before = earlier.origins.positions(flat)
    typical = float(steady.movement(flat, before).mean())
    if not typical > 0:
        return steady
    judged = (
        (before, earlier.truth - earlier.forecast, earlier.spread),
        (offsets.origins.positions(flat), offsets.truth - offsets.network, offsets.spread),
    )

    def misfit(volatility: Volatility) -> float:
        return sum(_misfit(left, spread * volatility.factor(flat, positions)) for positions, left, spread in judged)

    return min((Volatility(lag, typical, power) for power in POWERS), key=misfit)


def alone(flat: Flat, origins: Index, errors: Values, lag: int) -> Volatility | None:
    """What suits the `errors` [O, H] of repeating what was `lag` steps ago, at the positions `origins` [O]; NaN is no
    error. None where nothing moved."""
    steady = Volatility(lag, 1.0, 0.0, alone=True)
    typical = float(steady.movement(flat, origins).mean()) if len(origins) else 0.0
    if not typical > 0:
        return None

    def misfit(volatility: Volatility) -> float:
        return _misfit(errors, volatility.spread(flat, origins, errors.shape[1]))

    return min((Volatility(lag, typical, power, alone=True) for power in POWERS), key=misfit)


def _misfit(errors: Values, width: Values) -> float:
    """Of Laplace distributions of that width, whatever its size: mean log width + log of the mean score."""
    return float(np.log(width).mean() + np.log(np.nanmean(np.abs(errors) / width) + SMALL))
