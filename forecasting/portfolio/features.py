"""What the course of a series looks like, whatever its unit: features between -1 and 1, of many series at once.

Strengths of trend and season as the share of the variance that they explain (Wang, Smith and Hyndman, "Characteristic-
based clustering for time series data", DMKD 13, 2006), corrected for how many positions a season has.

Axes: S series of one length, T values of each, P positions of a season.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from forecasting.model.windows import Index
from forecasting.panel import Panel, Values

SHORTEST = 8  # values from which on a course can be told
LONGEST = 1_000  # last values that are looked at
HARMONICS = 3  # of a season's form: all of a week
NAMES = ("slope", "curvature", "memory", "zeros", "spikes")


@dataclasses.dataclass(frozen=True, eq=False)
class Features:
    """Of each series [S]; NaN where it is too short or constant.

    slope: correlation with time; curvature: with its square, of what a line leaves over; memory: autocorrelation at one
    step; zeros: share of values that are 0; spikes: share of the variance beside trend and season that the largest
    deviation makes; season: share of the variance beside a curved trend that the strongest season explains, and
    `period`, which one that is (1: none); profile [S, 2 HARMONICS]: cosines and sines of its form, from the same place
    of the calendar on, weighed by the strength. constant: 1 where all values are equal.
    """

    slope: Values
    curvature: Values
    memory: Values
    zeros: Values
    spikes: Values
    season: Values
    period: Values
    profile: Values
    constant: Values

    def matrix(self) -> Values:
        """[S, F], NaN of series without."""
        plain = np.stack([getattr(self, name) for name in (*NAMES, "season")], axis=1)
        return np.concatenate([plain, self.profile], axis=1)


def features_of(panel: Panel) -> Features:
    """The Features of every series of a panel, by the seasons of the panel that it holds at least twice."""
    lengths = panel.lengths
    count = len(lengths)
    empty = {field.name: np.full(count, np.nan) for field in dataclasses.fields(Features)}
    found = Features(**empty | {"profile": np.full((count, 2 * HARMONICS), np.nan), "constant": np.zeros(count)})
    y, ends = panel.frame["y"].to_numpy(), np.cumsum(lengths)
    stamps = panel.frame["ds"].to_numpy().astype(np.int64)
    calendar = np.unique(stamps)
    place = np.searchsorted(calendar, stamps[ends - 1])  # of the end of each series in the calendar of all
    low, high = np.minimum.reduceat(y, ends - lengths), np.maximum.reduceat(y, ends - lengths)
    found.constant[low == high] = 1.0
    seen = np.minimum(lengths, LONGEST)
    usable = (lengths >= SHORTEST) & (low < high)
    for length in np.unique(seen[usable]):
        some = np.flatnonzero(usable & (seen == length))
        values = y[ends[some][:, None] - length + np.arange(length)]
        steps = place[some][:, None] - length + 1 + np.arange(length)
        seasons = [season for season in panel.seasons if 1 < season <= length // 2]
        for field, value in _of_equal_length(values, steps, seasons).items():
            getattr(found, field)[some] = value
    return found


def _of_equal_length(values: Values, steps: Index, seasons: Sequence[int]) -> dict[str, Values]:
    """Of series [S, T] at `steps` [S, T] of the calendar."""
    count, length = values.shape
    spread = values.std(axis=1)
    spread[spread == 0] = 1.0  # the last values of a longer series may all be equal
    scaled = (values - values.mean(axis=1, keepdims=True)) / spread[:, None]
    time = np.linspace(-1, 1, length)
    line = time / np.linalg.norm(time)
    square = time**2 - (time**2).mean()
    square /= np.linalg.norm(square)
    size = np.sqrt(length)
    slope, curvature = scaled @ line / size, scaled @ square / size
    rest = scaled - size * (slope[:, None] * line + curvature[:, None] * square)
    season, period, profile = np.zeros(count), np.ones(count), np.zeros((count, 2 * HARMONICS))
    left = rest.copy()
    for candidate in seasons:
        means, strength = _seasonal(rest, steps % candidate, candidate)
        better = strength > season
        season[better], period[better] = strength[better], candidate
        form = means[better]
        profile[better] = _form(form) * strength[better][:, None]
        left[better] = rest[better] - np.take_along_axis(form, steps[better] % candidate, axis=1)
    squares = np.square(left)
    return {
        "slope": slope,
        "curvature": curvature,
        "memory": (scaled[:, 1:] * scaled[:, :-1]).sum(axis=1) / length,
        "zeros": (values == 0).mean(axis=1),
        "spikes": squares.max(axis=1) / np.maximum(squares.sum(axis=1), 1e-12),
        "season": season,
        "period": period,
        "profile": profile,
    }


def _form(means: Values) -> Values:
    """Of seasonal means [S, P], the part of their variance in each of the first harmonics as a cosine and a sine
    [S, 2 HARMONICS]; at most 1 long."""
    season = means.shape[1]
    order = np.arange(1, HARMONICS + 1)[:, None]
    angle = 2 * np.pi * order * np.arange(season) / season
    waves = np.where(2 * order <= season, np.stack([np.cos(angle), np.sin(angle)]), 0.0).reshape(2 * HARMONICS, season)
    length = np.linalg.norm(waves, axis=1, keepdims=True)
    waves = np.divide(waves, length, out=np.zeros_like(waves), where=length > 1e-9)
    size = np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
    return np.asarray(means / size @ waves.T)


def _seasonal(rest: Values, positions: Index, season: int) -> tuple[Values, Values]:
    """(Means [S, P] by position, adjusted share of the variance [S] that they explain)."""
    count, length = rest.shape
    cells = (positions + season * np.arange(count)[:, None]).reshape(-1)
    sums = np.bincount(cells, weights=rest.reshape(-1), minlength=count * season).reshape(count, season)
    held = np.bincount(cells, minlength=count * season).reshape(count, season)
    means = sums / np.maximum(held, 1)
    whole = np.maximum(np.square(rest).sum(axis=1), 1e-12)
    explained = (held * np.square(means)).sum(axis=1) / whole
    adjusted = 1 - (1 - explained) * (length - 1) / max(length - season, 1)
    return means, np.clip(adjusted, 0.0, 1.0)
