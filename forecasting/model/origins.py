"""Origins: the points in time that forecasts are made from, of several series end to end.

Axes: S series, O origins, H horizon, B blocks.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from forecasting.model.windows import Flat, Index, Known
from forecasting.panel import Values


@dataclasses.dataclass(frozen=True)
class Origins:
    """Which series each origin belongs to, how much of it is seen there, and which origins share their truth.

    The coming values of neighbouring origins overlap, so errors within a block, a horizon's length of one series, count
    as one independent error.
    """

    series: Index  # [O], ascending
    seen: Index  # [O] values up to and including the origin, ascending within a series
    block: Index  # [O], numbered from 0 without a gap

    @classmethod
    def of(cls, series: Index, seen: Index, horizon: int) -> Origins:
        """Origins in blocks of `horizon`, counted from the first origin of each series."""
        first = np.searchsorted(series, series, side="left")
        within = (seen - seen[first]) // horizon
        begins = (np.diff(series, prepend=-1) != 0) | (np.diff(within, prepend=-1) != 0)
        return cls(series, seen, np.cumsum(begins) - 1)

    def __len__(self) -> int:
        return len(self.series)

    @property
    def blocks(self) -> int:
        """How many blocks there are: about as many independent errors."""
        return int(self.block[-1]) + 1 if len(self) else 0

    def positions(self, flat: Flat) -> Index:
        """Where the last value seen at each origin stands in `flat` [O]."""
        return flat.start[self.series] + self.seen - 1

    def by_series(self) -> Iterator[tuple[int, slice]]:
        """Each series that has origins, and which these are."""
        edges = np.flatnonzero(np.diff(self.series, prepend=-1, append=-1))
        for start, stop in itertools.pairwise(edges):
            yield int(self.series[start]), slice(int(start), int(stop))

    def select(self, chosen: Any) -> Origins:
        """Some of the origins, by an ascending index, a mask or a slice; their blocks are numbered anew."""
        block = np.unique(self.block[chosen], return_inverse=True)[1]
        return Origins(self.series[chosen], self.seen[chosen], block)

    def of_panel(self, places: Index) -> Origins:
        """The same where series 0, 1, ... are those at `places` [S] of a larger set."""
        return dataclasses.replace(self, series=places[self.series])

    def truth(self, series: Sequence[Values], horizon: int, known: Sequence[Known] | None = None) -> Values:
        """The values [O, H] that came after each origin; NaN where they are not `known`."""
        truth = np.empty((len(self), horizon))
        for index, part in self.by_series():
            values = series[index] if known is None else np.where(known[index], series[index], np.nan)
            truth[part] = values[self.seen[part, None] + np.arange(horizon)]
        return truth

    def last(self, series: Sequence[Values]) -> Values:
        """The last value [O] that each origin sees."""
        last = np.empty(len(self))
        for index, part in self.by_series():
            last[part] = series[index][self.seen[part] - 1]
        return last

    def mean_by_block(self, errors: Values) -> Values:
        """Means [B] of what there is of each origin [O]."""
        return np.bincount(self.block, weights=errors) / np.bincount(self.block)


@dataclasses.dataclass(frozen=True)
class Span:
    """All origins of each series from `first` to `last` [S], both included; none where `last` is below `first`.

    Both count values seen, or are positions in a flat array.
    """

    first: Index
    last: Index

    @property
    def count(self) -> int:
        """Origins of all series."""
        return int(np.maximum(self.last - self.first + 1, 0).sum())

    def origins(self, horizon: int) -> Origins:
        """The origins between `first` and `last` values seen."""
        counts = np.maximum(self.last - self.first + 1, 0)
        series = np.repeat(np.arange(len(counts)), counts)
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return Origins.of(series, self.first[series] + within, horizon)

    def positions(self, flat: Flat) -> Span:
        """The same as positions in `flat`."""
        return Span(flat.start + self.first - 1, flat.start + self.last - 1)
