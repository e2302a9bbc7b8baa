"""What the pool members of one series miss where they had not seen the truth, and with what they go on.

Axes: T values of a series, O origins, H horizon.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence

import numpy as np

from forecasting import baselines
from forecasting.baselines import Member
from forecasting.model import weighting
from forecasting.model.windows import Index, Known
from forecasting.panel import Values

MODELS = frozenset({"theta", "ets", "trend-season"})  # of trend and season
FEW = 2  # held-out blocks, below which what needs no network is judged from earlier origins on
REFITS = 2
LONGEST_RIDGE = 400
POWER = 8  # by which the ridges of one series are weighted


@dataclasses.dataclass(frozen=True)
class Judged:
    """How the members of one series did, and with what they go on."""

    members: dict[str, Member]  # fitted on everything where that gains
    forecasts: dict[str, Values]  # [O, H] from its held-out origins
    earlier: dict[str, Values]  # errors [E, H] from earlier origins on, where few are held out; else empty


def usable_seasons(values: Values, seasons: Sequence[int]) -> list[int]:
    """Seasons that a series holds twice."""
    return [season for season in seasons if 1 < season <= len(values) // 2]


def judge(
    values: Values,
    known: Known | None,
    seen: Index,
    seasons: Sequence[int],
    horizon: int,
    sizes: Sequence[int],
    *,
    slow: bool,
) -> Judged:
    """Fit the members of one series before its held-out origins `seen` [O], try them there, and fit them again."""
    usable = usable_seasons(values, seasons)
    first = int(seen.min()) if len(seen) else len(values)
    members = {member.name: member for member in baselines.fit_members(values[:first], usable, horizon, slow=slow)}
    forecasts: dict[str, Values] = {}
    if len(seen):
        ridges = baselines.fit_ridges(values[:first], sizes, horizon)
        if ridges:
            truth = truth_ahead(values, known, seen, horizon)
            errors = [np.nanmean(np.abs(truth - member.ahead(values, seen, horizon))) for member in ridges]
            weights = weighting.by_errors(np.array([errors]), np.ones(len(ridges), dtype=bool), POWER)[0]
            members["ridge"] = baselines.merge_ridges(ridges, weights)
        forecasts = {name: member.ahead(values, seen, horizon) for name, member in members.items()}
        if ridges:
            windows = [int(member.learned["window"].flat[0]) for member in ridges]
            again = baselines.fit_ridges(values, windows, horizon)
            if len(again) == len(ridges):
                members["ridge"] = baselines.merge_ridges(again, weights)
    if first < len(values):
        for member in baselines.fit_members(values, usable, horizon, slow=slow, like=members):
            if member.name in members:
                members[member.name] = member
    few = slow and 0 < len(seen) < FEW * horizon
    return Judged(members, forecasts, _earlier(values, known, usable, horizon) if few else {})


def _earlier(values: Values, known: Known | None, seasons: Sequence[int], horizon: int) -> dict[str, Values]:
    """Errors [E, H], NaN where the truth is unknown, of each member that needs no network.

    From every origin of the second half of a series, or after two of its longest season where that leaves a horizon;
    fitted anew at REFITS of these origins.
    """
    first = first_earlier(values, seasons, horizon)
    fits = np.unique(np.linspace(first, len(values), REFITS + 1).astype(np.int64))
    errors: dict[str, list[Values]] = {}
    members: dict[str, Member] = {}
    for start, end in itertools.pairwise(fits):
        seen = np.arange(start, end)
        truth = truth_ahead(values, known, seen, horizon)
        fitted = baselines.fit_members(values[:start], seasons, horizon, slow=True, like=members)
        members = {member.name: member for member in fitted}
        for member in fitted:
            errors.setdefault(member.name, []).append(truth - member.ahead(values, seen, horizon))
    return {name: np.concatenate(parts) for name, parts in errors.items() if len(parts) == len(fits) - 1}


def first_earlier(values: Values, seasons: Sequence[int], horizon: int) -> int:
    """How much of a series the first of the earlier origins sees; `seasons` that it holds twice."""
    return max(len(values) // 2, min(2 * max(seasons, default=0), len(values) - horizon), 1)


def mean_over_steps(errors: Values) -> float:
    """Mean size of errors [E, H] from origins the last of which are followed by few values; NaN where none is known.

    A step ahead counts by the root of how many errors there are of it: the furthest would else hang on one origin, and
    counting all errors alike would judge the nearest steps.
    """
    counts = np.isfinite(errors).sum(axis=0)
    weights = np.sqrt(counts)
    means = np.nansum(np.abs(errors), axis=0) / np.maximum(counts, 1)
    return float(means @ weights / weights.sum()) if weights.any() else np.nan


def truth_ahead(values: Values, known: Known | None, seen: Index, horizon: int) -> Values:
    """The values [O, H] after origins with `seen` [O] values; NaN where they were filled in, and beyond the end."""
    measured = values if known is None else np.where(known, values, np.nan)
    position = seen[:, None] + np.arange(horizon)
    truth: Values = np.where(position < len(values), measured[np.minimum(position, len(values) - 1)], np.nan)
    return truth


def ridge_windows(seasons: Sequence[int], horizon: int, window: int) -> tuple[int, ...]:
    """Windows of the ridges of each series alone: one and two seasons, and one and two horizons."""
    wanted = {size for period in seasons for size in (period + 1, 2 * period + 1)}
    if len(seasons) < 2:
        wanted |= {horizon, 2 * horizon}
    if not seasons:
        wanted.add(window)
    return tuple(sorted(size for size in wanted if 4 <= size <= LONGEST_RIDGE))
