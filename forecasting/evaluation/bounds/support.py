"""Support: the range that the values of each series keep to, found from what is known of them.

Amounts and counts never fall below 0, shares and percentages never rise above 1 or 100, counters never fall, and on
closed days nothing happens. A forecast and its interval keep to that too. What is found rests on training values alone.

Axes: S series, O origins (of all series, end to end), H horizon, T values of a series.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from forecasting.config import ForecastConfig
from forecasting.model import scaling
from forecasting.model.origins import Origins
from forecasting.model.scaling import State
from forecasting.panel import Values
from forecasting.units import unit_of

FEWEST = 10  # values, from which on a series can be a counter or have a cap
SURE = 30  # values that rise without an exception: a counter, whatever the size of its steps
EXPECTED = 4.0  # values that would lie beyond a limit if nothing kept them from it, where none does
SAME = 6  # occurrences in a row, of a day of the week say, that were all 0: closed
OBEYED = 0.975  # share of closed steps that were 0 indeed
MOSTLY = 0.5  # share of zeros from which on a series is intermittent
RECENT = 100  # values that tell the level of an intermittent series
ABOVE = 1.5  # times that level: how high the forecast of such a series may be
SHARE, PERCENT = 1.0, 100.0  # the caps that are looked for
ZEROS = 0.01  # share of values that has to be 0 for a series to be an amount beside others that are negative
_SIGNED = re.compile(  # what may well turn negative although it was not yet
    r"(?i)temp|celsius|°C|℃|profit|margin|growth|change|anomal|net(?![a-z])|delta|spread|return|温|利润|增长|涨|净"
)
_SHARES = re.compile(r"(?i)share|percent|pct|%|prozent|humidity|occupancy|占比|百分|湿度|份额")


@dataclasses.dataclass(frozen=True)
class Support:
    """Of each series [S]."""

    low: Values  # -inf: none
    high: Values  # inf: none
    direction: Values  # 1: never falls; -1: never rises; 0: neither
    closed: Values  # the season whose closed steps are 0; 0: none
    sparse: Values  # 1: mostly zeros, without a season

    @property
    def free(self) -> bool:
        """Whether nothing is known that would limit any series."""
        return not (np.isfinite(self.low) | np.isfinite(self.high) | (self.direction != 0)).any()

    @property
    def history(self) -> int:
        """How many of the last values it takes to know which steps are closed, or how low an intermittent series is."""
        closed = int(self.closed.max(initial=0)) * (SAME + 1)
        return max(closed, RECENT if self.sparse.any() else 0, 1)

    def some(self, part: slice | Sequence[int]) -> Support:
        """The same for some series."""
        return Support(*(getattr(self, field.name)[part] for field in dataclasses.fields(self)))

    def export(self) -> Values:
        """As an array [S, 5]; `restore` is its inverse."""
        return np.stack([getattr(self, field.name) for field in dataclasses.fields(self)], axis=1)

    @classmethod
    def restore(cls, array: Values) -> Support:
        return cls(*np.ascontiguousarray(array.T))

    def keep(self, values: Values, series: Sequence[Values], origins: Origins, *, central: bool = True) -> Values:
        """Forecasts [O, H] in the unit of each series, within its support; ends of intervals where not `central`."""
        if self.free:
            return values
        kept = self.clip(values, origins)
        if self.direction.any():
            kept = self._one_way(kept, origins.last(series), origins)
        if central and self.sparse.any():
            kept = np.where(
                self.sparse[origins.series, None] > 0, np.minimum(kept, ABOVE * _recent(series, origins)), kept
            )
        kept[self.closed_steps(series, origins, values.shape[1])] = 0.0
        return kept

    def clip(self, values: Values, origins: Origins) -> Values:
        """Values [O, H] between the limits of their series."""
        clipped: Values = np.clip(values, self.low[origins.series, None], self.high[origins.series, None])
        return clipped

    def keep_scaled(
        self, scaled: Values, series: Sequence[Values], states: Sequence[State], origins: Origins
    ) -> Values:
        """The same for scaled forecasts; what lies within already keeps its bits."""
        if self.free:
            return scaled
        natural = scaling.inverse(scaled, states, origins.series)
        kept = self.keep(natural, series, origins)
        return np.where(kept == natural, scaled, scaling.forward(kept, states, origins.series))

    def closed_steps(self, series: Sequence[Values], origins: Origins, horizon: int) -> npt.NDArray[np.bool_]:
        """Which steps [O, H] after the origins are closed: 0 in each of the last SAME seasons."""
        closed = np.zeros((len(origins), horizon), dtype=bool)
        steps = np.arange(1, horizon + 1)
        for index, part in origins.by_series():
            period = int(self.closed[index])
            if period:
                first = origins.seen[part, None] - 1 + steps - period * -(-steps // period)
                back = first[..., None] - period * np.arange(SAME)
                closed[part] = (back >= 0).all(axis=2) & (series[index][np.maximum(back, 0)] == 0).all(axis=2)
        return closed

    def _one_way(self, values: Values, last: Values, origins: Origins) -> Values:
        direction = self.direction[origins.series, None]
        up = np.maximum.accumulate(np.maximum(values, last[:, None]), axis=1)
        down = np.minimum.accumulate(np.minimum(values, last[:, None]), axis=1)
        return np.where(direction > 0, up, np.where(direction < 0, down, values))


def _recent(series: Sequence[Values], origins: Origins) -> Values:
    """Mean [O, 1] of the last RECENT values before each origin."""
    mean = np.empty((len(origins), 1))
    for index, part in origins.by_series():
        total = np.concatenate([[0.0], np.cumsum(series[index])])
        seen = origins.seen[part]
        first = np.maximum(seen - RECENT, 0)
        mean[part, 0] = (total[seen] - total[first]) / np.maximum(seen - first, 1)
    return mean


def unlimited(count: int) -> Support:
    """Of `count` series of which nothing is known."""
    none = np.zeros(count)
    return Support(np.full(count, -np.inf), np.full(count, np.inf), none, none, none)


def find(
    series: Sequence[Values], seasons: Sequence[int], config: ForecastConfig, names: Sequence[str] = ()
) -> Support:
    """What the training values of each series keep to. A floor or a cap of `config` beyond what is found lifts it, and
    so does `support` "free"; a tutorial's network is shown as it is."""
    found = unlimited(len(series))
    if config.support == "free" or config.anchor == "constant":
        return found
    signed = any(float(values.min()) < 0 for values in series)
    for index, values in enumerate(series):
        name = names[index] if index < len(names) else ""
        low, high = _low(values, name, beside_signed=signed), _high(values, name)
        if config.floor is not None and config.floor < low:
            low = -np.inf
        if config.cap is not None and config.cap > high:
            high = np.inf
        found.low[index], found.high[index] = low, high
    direction, closed, sparse = (np.zeros(len(series)) for _ in range(3))
    for index, values in enumerate(series):
        direction[index] = _direction(values)
        if found.low[index] == 0 and not direction[index]:
            closed[index] = _closed(values, seasons)
            sparse[index] = closed[index] == 0 and _sparse(values, seasons)
    return dataclasses.replace(found, direction=direction, closed=closed, sparse=sparse)


def _low(values: Values, name: str, *, beside_signed: bool) -> float:
    """0 of values that are never negative; not where their name is that of what may be, nor of a series that is no
    obvious amount where its neighbours are negative."""
    if float(values.min()) < 0:
        return -np.inf
    if _counts(values) or float((values == 0).mean()) >= ZEROS:
        obvious = not _SIGNED.search(name) or float((values == 0).mean()) >= MOSTLY
    else:
        obvious = not beside_signed and not _SIGNED.search(name)
    return 0.0 if obvious else -np.inf


def _counts(values: Values) -> bool:
    """Whether all values are whole, and do not merely stand for one level."""
    return bool((values == np.round(values)).all())


def _high(values: Values, name: str) -> float:
    """1 or 100 where values reach for it and never pass it, or where their name says that they are shares."""
    if float(values.min()) < 0 or float(values.max()) > PERCENT:
        return np.inf
    percent = float(values.max()) > SHARE
    if _SHARES.search(name) or unit_of(name) == "%":
        says_percent = percent or "%" in name or re.search(r"(?i)percent|pct|prozent|百分", name)
        return PERCENT if says_percent else SHARE
    cap = PERCENT if percent else SHARE
    if len(values) < FEWEST or np.ptp(values) == 0 or (not percent and _counts(values)):
        return np.inf
    return cap if _kept_from(values, cap) else np.inf


def _kept_from(values: Values, cap: float) -> bool:
    """Whether values end at `cap` as if it kept them from going on.

    Either they touch it again and again, or both hold: their changes would have passed it several times from where they
    were, and their frequency does not fall towards it as that of values with a tail beyond it would.
    """
    touching = float((values == cap).mean())
    if touching >= ZEROS and int((values == cap).sum()) >= 3 and not _counts(values):
        return True
    changes = np.sort(np.diff(values))
    passing = 1 - np.searchsorted(changes, cap - values, side="right") / len(changes)
    near = 0.05 * cap
    last, before = int((values > cap - near).sum()), int(((values > cap - 2 * near) & (values <= cap - near)).sum())
    beyond = last * last / before if before else np.inf
    return bool(passing.sum() >= EXPECTED and beyond >= EXPECTED and last >= EXPECTED)


def _direction(values: Values) -> float:
    """1 for counters, which never fall, -1 for what never rises. A trend alone is none: its steps have to press against
    0, or go on without an exception for long."""
    steps = np.diff(values)
    if len(values) < FEWEST or np.count_nonzero(steps) < 5:
        return 0.0
    if (steps < 0).any() and (steps > 0).any():
        return 0.0
    sign = 1.0 if (steps > 0).any() else -1.0
    size = np.abs(steps)
    standing = int((size == 0).sum())
    spread = float(np.abs(size - np.median(size)).mean()) * 1.25
    against = len(size) * NormalDist().cdf(-float(np.median(size)) / spread) if spread > 0 else 0.0
    return sign if len(values) >= SURE or standing >= EXPECTED or against >= EXPECTED else 0.0


def _closed(values: Values, seasons: Sequence[int]) -> float:
    """The season of which some steps are always 0 and the others mostly not; 0 without one."""
    zero = values == 0
    best, most = 0, 0
    for period in seasons:
        if len(values) < (SAME + 2) * period:
            continue
        total = np.stack([zero[period * j : len(zero) - period * (SAME - j)] for j in range(SAME)]).all(axis=0)
        now = zero[period * SAME :]
        said = int(total.sum())
        if said < SAME or said > 0.9 * total.size:
            continue
        if now[total].mean() >= OBEYED and now[~total].mean() < MOSTLY and said > most:
            best, most = period, said
    return float(best)


def _sparse(values: Values, seasons: Sequence[int]) -> bool:
    """Whether values are mostly 0, and at no step of a season mostly not."""
    if len(values) < FEWEST or float((values == 0).mean()) < MOSTLY:
        return False
    for period in seasons:
        full = values[len(values) % period :].reshape(-1, period)
        if len(full) >= 4 and float((full > 0).mean(axis=0).max()) > MOSTLY:
            return False
    return True
