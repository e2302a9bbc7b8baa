"""Values that were filled in, for what learns: as they are usual by what was measured before, and told apart.

A Panel repeats the last value in its gaps. Learned as values these would hide the season; so inside a training each is
what was usual at its place of the season, or the last measured value, or that moved as the season moves, whichever is
nearest to what was measured after as long a gap. Nothing after a step is used for it.

Axes: S series, T values of a series.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from forecasting.model.seasonality import BACK, usual_before
from forecasting.model.windows import Index, Known
from forecasting.panel import Values

WAYS = ("last", "place", "moved")


def season_of(seasons: Sequence[int]) -> int:
    """The season at whose places values are compared: the shortest one; 1 where there is none."""
    return min((season for season in seasons if season > 1), default=1)


def filled(series: Sequence[Values], measured: Sequence[Known], seasons: Sequence[int], ends: Index) -> list[Values]:
    """The series with their gaps filled anew; which way suits, the first `ends` [S] values of each tell."""
    season = season_of(seasons)
    return [
        values if here.all() else _filled(values, here, season, int(end))
        for values, here, end in zip(series, measured, ends, strict=True)
    ]


def _filled(values: Values, measured: Known, season: int, end: int) -> Values:
    before = np.maximum.accumulate(np.where(measured, np.arange(len(values)), -1))  # place of the last measured value
    missing = np.flatnonzero(~measured)
    usual = usual_before(values, measured, season)
    usual = np.where(np.isnan(usual), values[np.maximum(np.r_[-1, before[:-1]], 0)], usual)  # else the last measured
    gaps = (missing - before[missing])[missing < end]
    lag = max(1, math.ceil(float(np.median(gaps)))) if len(gaps) else 1
    tried = np.flatnonzero(measured[:end])
    tried = tried[tried >= lag + season * BACK]
    way = "last"
    if len(tried) and season > 1:
        old = before[tried - lag]  # the last measured value before a gap of that length
        known = old >= 0
        of_way = _ways(values, usual, old[known], tried[known])
        errors = {name: float(np.abs(values[tried[known]] - of_way[name]).mean()) for name in WAYS}
        way = min(WAYS, key=lambda name: errors[name])
    result = values.copy()
    inside = missing[before[missing] >= 0]
    result[inside] = _ways(values, usual, before[inside], inside)[way]
    return result


def _ways(values: Values, usual: Values, old: Index, place: Index) -> dict[str, Values]:
    """What stands at each `place` by the last measured values at `old`."""
    return {"last": values[old], "place": usual[place], "moved": values[old] + usual[place] - usual[old]}
