"""Effects of holidays and own events, and of the days beside them, each by itself.

They are taken out of the values before anything is fitted, and given to the forecasts again: so every forecast of the
pool knows of them.

An effect is a share of what is usual at that place of the season (of one size where values may be negative). Each is
drawn to the mean of all by how far it could be noise: Efron and Morris, "Data analysis using Stein's estimator and its
generalizations" (JASA 70, 1975). What cannot be told from noise is none; a holiday that was never seen has the effect
that all have alike. Own events need not be alike (a sale, a strike): each has the mean of its own occurrences, and one
that was never seen has no effect.

Axes: S series, T values of a series, O origins, H horizon.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from statistics import NormalDist
from typing import Any

import numpy as np

from forecasting.evaluation.bounds.support import Support
from forecasting.features import OWN
from forecasting.model.origins import Origins
from forecasting.model.seasonality import BACK, usual_before
from forecasting.model.windows import Known
from forecasting.panel import Values

SHOWS = 2.5  # standard errors, from which on an effect is one
DIGITS = 7  # of an effect that is told
TOLD = 50  # series of which a training report has the effects of own events
SEEN = 2  # occurrences of a holiday that has an effect of its own

LONGEST_SEASON = 7  # within which what is usual differs from place to place

Occasions = Sequence[Sequence[str]]  # [S][T + H] names, "" for ordinary steps
Ends = tuple[Values, Values]  # of intervals, lower and upper
Again = Callable[..., tuple[Values, Ends]]  # see `Effects.again`
Effect = tuple[float, float]  # mean and deviation


@dataclasses.dataclass(frozen=True)
class Effects:
    """What each occasion does to each series."""

    relative: tuple[bool, ...]  # [S] shares of what is usual, or in the unit of the values
    by_name: tuple[dict[str, Effect], ...]  # [S]
    others: tuple[dict[str, Effect], ...]  # [S] by offset "0", "-1", "1", of what was never seen
    season: int
    seen: tuple[dict[str, int], ...] = ()  # [S] how often each was; in no model file of an earlier version

    @property
    def any(self) -> bool:
        return any(mean for of_series in (*self.by_name, *self.others) for mean, _ in of_series.values())

    def some(self, part: range) -> Effects:
        """The same for some of the series."""
        chosen = slice(part.start, part.stop)
        return dataclasses.replace(
            self,
            relative=self.relative[chosen],
            by_name=self.by_name[chosen],
            others=self.others[chosen],
            seen=self.seen[chosen],
        )

    def of_events(self, names: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
        """Of each of the first TOLD series what `of_series` says of own events."""
        some = enumerate(names[:TOLD])
        return {name: [one for one in self.of_series(index) if is_own(one["name"])] for index, name in some}

    def of_series(self, index: int) -> list[dict[str, Any]]:
        """Each occasion of a series, JSON-able: its `name`, `effect` and `deviation` (of one
        occurrence; shares of what is usual where `relative`), and how many times it was `seen` (None: not known to a
        model file of an earlier version)."""
        seen = self.seen[index] if self.seen else {}
        return [
            {
                "name": name,
                "effect": float(f"{effect:.{DIGITS}g}"),
                "deviation": float(f"{deviation:.{DIGITS}g}"),
                "relative": self.relative[index],
                "seen": seen.get(name),
            }
            for name, (effect, deviation) in sorted(self.by_name[index].items())
        ]

    def at(self, index: int, names: Sequence[str]) -> tuple[Values, Values]:
        """(Effect, its deviation) of the steps with these `names` on a series."""
        effects = [self._effect(index, name) for name in names]
        return np.array([mean for mean, _ in effects]), np.array([deviation for _, deviation in effects])

    def _effect(self, index: int, name: str) -> Effect:
        if not name:
            return 0.0, 0.0
        own = self.by_name[index].get(name)
        if own is None and is_own(name):
            return 0.0, 0.0
        return own if own is not None else self.others[index].get(name.split(" ")[1], (0.0, 0.0))

    def without(self, series: Sequence[Values], names: Occasions) -> list[Values]:
        """The series as they would be without their occasions; each value goes by those before it."""
        taken = []
        for index, values in enumerate(series):
            here = names[index][: len(values)]
            effect, _ = self.at(index, here)
            if effect.any():
                usual = _usual(values, np.array([bool(name) for name in here]), self.season)
                values = values - effect * (usual if self.relative[index] else 1.0)
            taken.append(values)
        return taken

    def again(
        self,
        names: Occasions,
        origins: Origins,
        support: Support,
        forecast: Values,
        ends: Ends | None = None,
        level: int = 80,
    ) -> tuple[Values, Ends]:
        """(Forecasts [O, H] with the effects of the steps ahead, ends of their intervals of `level`, as much wider as
        the effects are not certain), within `support`."""
        given = forecast.copy()
        low, high = (forecast.copy(), forecast.copy()) if ends is None else (ends[0].copy(), ends[1].copy())
        quantile = NormalDist().inv_cdf(0.5 + level / 200)
        for place, (index, seen) in enumerate(zip(origins.series.tolist(), origins.seen.tolist(), strict=True)):
            ahead = names[index][seen : seen + forecast.shape[1]]
            if not any(ahead):
                continue
            effect, deviation = self.at(index, ahead)
            plain = forecast[place]
            given[place] = plain * (1 + effect) if self.relative[index] else plain + effect
            factor, size = (np.abs(1 + effect), np.abs(plain)) if self.relative[index] else (1.0, 1.0)
            for end in (low, high):
                reach = np.hypot((end[place] - plain) * factor, quantile * deviation * size)
                reach = np.where(effect == 0, np.abs(end[place] - plain), reach)
                end[place] = given[place] + (reach if end is high else -reach)
        return support.clip(given, origins), (support.clip(low, origins), support.clip(high, origins))

    def export(self) -> dict[str, Any]:
        """JSON-able; `restore` is its inverse."""
        about = {
            "relative": list(self.relative),
            "by_name": list(self.by_name),
            "others": list(self.others),
            "season": self.season,
        }
        return about | ({"seen": list(self.seen)} if self.seen else {})

    @classmethod
    def restore(cls, about: Mapping[str, Any]) -> Effects:
        def effects(part: Any) -> tuple[dict[str, Effect], ...]:
            return tuple({name: (float(a), float(b)) for name, (a, b) in of_series.items()} for of_series in part)

        seen = tuple({name: int(count) for name, count in counts.items()} for counts in about.get("seen", ()))
        by_name, others = effects(about["by_name"]), effects(about["others"])
        return cls(tuple(about["relative"]), by_name, others, int(about["season"]), seen)


def unchanged(forecast: Values, ends: Ends | None = None, level: int = 80) -> tuple[Values, Ends]:
    """What `Effects.again` does where there are no effects."""
    return forecast, ends if ends is not None else (forecast, forecast)


def is_own(name: str) -> bool:
    """Whether an occasion is an own event, or beside one."""
    return name.startswith(OWN + " ")


def season_of(seasons: Sequence[int]) -> int:
    """The season at whose places values are compared: a week of days; 1 where there is none so short."""
    return next((season for season in sorted(seasons) if 1 < season <= LONGEST_SEASON), 1)


def estimate(series: Sequence[Values], names: Occasions, season: int) -> Effects:
    """The effects that the values of `series`, and nothing after them, tell of."""
    relative, deviations, noise = [], [], []
    for values, of_series in zip(series, names, strict=True):
        here = np.array(of_series[: len(values)], dtype=object)
        special = here != ""
        usual = _usual(values, special, season)
        relative.append(bool(values.min() >= 0 and usual.min() > 0))
        left = (values - usual) / (usual if relative[-1] else 1.0)
        left[: season * BACK] = np.nan  # too little before them
        ordinary = left[~special & np.isfinite(left)]
        noise.append(float(np.median(np.abs(ordinary))) * 1.4826 if len(ordinary) else np.inf)
        found: dict[str, list[float]] = {}
        for name, value in zip(here[special].tolist(), left[special].tolist(), strict=True):
            if np.isfinite(value):
                found.setdefault(name, []).append(value)
        deviations.append(found)
    by_name, others = [], []
    for found, ordinary_size in zip(deviations, noise, strict=True):
        own: dict[str, Effect] = {}
        rest: dict[str, Effect] = {}
        for offset in ("0", "-1", "1"):
            of_offset = {
                name: some for name, some in found.items() if name.split(" ")[1] == offset and not is_own(name)
            }
            shrunk, mean = _shrunk(of_offset, ordinary_size)
            own |= shrunk
            if mean[0]:
                rest[offset] = mean
        by_name.append(own | {name: _alone(some, ordinary_size) for name, some in found.items() if is_own(name)})
        others.append(rest)
    counts = tuple({name: len(some) for name, some in found.items()} for found in deviations)
    return Effects(tuple(relative), tuple(by_name), tuple(others), season, counts)


def _shrunk(found: Mapping[str, Sequence[float]], noise: float) -> tuple[dict[str, Effect], Effect]:
    """(Effect of each name, that of a name that is not there) from deviations around 0 of the size of `noise`."""
    if not found or not np.isfinite(noise):
        return {}, (0.0, 0.0)
    means = np.array([float(np.mean(some)) for some in found.values()])
    counts = np.array([len(some) for some in found.values()])
    inside = sum(float(np.square(np.array(some) - np.mean(some)).sum()) for some in found.values())
    within = max(noise**2, inside / max(1, int((counts - 1).sum())))
    centre = float(np.average(means, weights=counts))
    between = max(0.0, float(np.square(means - centre).mean()) - within * float((1 / counts).mean()))
    error = within / counts
    kept = between / (between + error) if between > 0 else np.zeros(len(means))
    posterior = centre + kept * (means - centre)
    common = abs(centre) > SHOWS * np.sqrt((between + within) / counts.sum()) and between < centre**2
    shows = (np.abs(posterior) > SHOWS * np.sqrt(np.maximum(error * kept, error / 4))) & ((counts >= SEEN) | common)
    effects = {
        name: (float(mean), float(np.sqrt(within + share * of_error))) if real else (0.0, 0.0)
        for name, mean, real, share, of_error in zip(found, posterior, shows, kept, error, strict=True)
    }
    unseen = (centre, float(np.sqrt(within + between))) if common else (0.0, 0.0)
    return effects, unseen


def _alone(found: Sequence[float], noise: float) -> Effect:
    """Effect of an own event from its deviations, with the deviation of one occurrence that is not among them."""
    if not np.isfinite(noise):
        return 0.0, 0.0
    within = max(noise**2, float(np.var(found, ddof=1)) if len(found) > 1 else 0.0)
    mean, error = float(np.mean(found)), within / len(found)
    return (mean, float(np.sqrt(within + error))) if abs(mean) > SHOWS * np.sqrt(error) else (0.0, 0.0)


def _usual(values: Values, special: Known, season: int) -> Values:
    """What is usual at each step [T] by the ordinary ones before it; the value itself where there are none."""
    usual = usual_before(values, ~special, season)
    return np.where(np.isnan(usual), values, usual)
