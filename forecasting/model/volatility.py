"""Volatility: how much a series moved of late, which scales the networks' spread. Calm and wild times come in turns.

Axes: O origins, H horizon.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from forecasting.model.held_out import HeldOut, Offsets
from forecasting.model.train import SMALL
from forecasting.model.windows import Flat, Index
from forecasting.panel import Values

RECENT = 40  # changes that tell how volatile a series is
CALMEST = 0.1  # of the typical movement: what none at all counts for
POWERS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclasses.dataclass(frozen=True)
class Volatility:
    """The spread is multiplied by a power of the recent movement over the typical one."""

    lag: int  # of the changes that are looked at
    typical: float  # mean movement in training, scaled
    power: float  # 0: the spread stays that of the networks

    def movement(self, flat: Flat, origins: Index) -> Values:
        """Mean size [O] of the last RECENT changes over `lag` steps up to the positions `origins` [O]."""
        changes = np.abs(flat.z[self.lag :] - flat.z[: -self.lag])
        total = np.concatenate([np.zeros(self.lag + 1), np.cumsum(changes)])  # of the changes up to a position
        movement: Values = (total[origins + 1] - total[np.maximum(origins + 1 - RECENT, 0)]) / RECENT
        return movement

    def factor(self, flat: Flat, origins: Index) -> Values:
        """By which the spread is multiplied [O, 1]."""
        if self.power == 0:
            return np.ones((len(origins), 1))
        relative = (self.movement(flat, origins) + CALMEST * self.typical) / ((1 + CALMEST) * self.typical)
        factor: Values = (relative**self.power)[:, None]
        return factor


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
        """Of Laplace distributions of that spread, whatever its size: mean log spread + log of the mean score."""
        total = 0.0
        for positions, left, spread in judged:
            width = spread * volatility.factor(flat, positions)
            total += float(np.log(width).mean() + np.log(np.nanmean(np.abs(left) / width) + SMALL))
        return total

    return min((Volatility(lag, typical, power) for power in POWERS), key=misfit)
