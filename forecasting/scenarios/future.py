"""The covariates ahead that a forecast goes by: as the file has them, or where it has none by a rule that is told.

Axes: S series, H horizon, K covariates.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping, Sequence

import numpy as np

from forecasting.config import ForecastConfig
from forecasting.panel import Panel, Values

STANDS = 0.5  # share of the steps that repeat the one before, from which on the last value goes on
REPEATS = 0.5  # of a covariate's mean distance from its mean: what it changes from season to season at most

_GROUPS = re.compile(r"(?<=\d)[,\u00a0\u202f\u2009' ](?=\d{3}(?!\d))")


@dataclasses.dataclass(frozen=True)
class Future:
    """values [S, H, K] of the covariates `names`, finite. rules: of those of which the file has not all, how the others
    were filled: "last" (the last value goes on), "season" (that of a season before), "mean" (of that place of the
    season); missing: of how many steps of all series each had no value."""

    names: tuple[str, ...]
    values: Values
    rules: Mapping[str, str]
    missing: Mapping[str, int]


def used(panel: Panel, config: ForecastConfig) -> list[str]:
    """The covariates that a run of `config` goes by."""
    chosen = panel.covariates if config.covariates is None else list(config.covariates)
    return [name for name in dict.fromkeys(chosen) if name in panel.covariates]


def future(panel: Panel, names: Sequence[str], horizon: int) -> Future:
    """Of the `names` of covariates of `panel`, for the `horizon` steps after the end of each series."""
    frame = panel.future(horizon)
    count = len(panel.series_ids)
    past = np.split(panel.frame[list(names)].to_numpy(dtype=np.float64), np.cumsum(panel.lengths)[:-1])
    season = min((period for period in panel.seasons if period > 1), default=1)
    values = np.empty((count, horizon, len(names)))
    rules: dict[str, str] = {}
    missing: dict[str, int] = {}
    for k, name in enumerate(names):
        known = np.full((count, horizon), np.nan)
        if name in frame:
            known = frame[name].to_numpy(dtype=np.float64).reshape(count, horizon)
        gaps = ~np.isfinite(known)
        if gaps.any():
            columns = [part[:, k] for part in past]
            rules[name] = _rule(columns, season)
            missing[name] = int(gaps.sum())
            filled = np.stack([_filled(column, season, horizon, rules[name]) for column in columns])
            known = np.where(gaps, filled, known)
        values[:, :, k] = known
    return Future(tuple(names), values, rules, missing)


def number_in(text: str, decimal: str = ".") -> float | None:
    """The finite number that somebody typed or pasted, with the `decimal` mark of the file; None where it is none."""
    plain = text.strip().replace("\u2212", "-")
    if decimal == ",":
        plain = re.sub(r"(?<=\d)[.\u00a0\u202f\u2009' ](?=\d{3}(?!\d))", "", plain).replace(",", ".")
    else:
        plain = _GROUPS.sub("", plain)
    try:
        value = float(plain)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _rule(columns: Sequence[Values], season: int) -> str:
    same = [float((np.diff(column) == 0).mean()) for column in columns if len(column) > 1]
    if not same or float(np.mean(same)) >= STANDS:
        return "last"
    if season == 1:
        return "mean"
    long = [column for column in columns if len(column) > 2 * season]
    away = sum(float(np.abs(column - column.mean()).mean()) for column in long)
    moved = sum(float(np.abs(column[season:] - column[:-season]).mean()) for column in long)
    return "season" if long and moved <= REPEATS * away else "mean"


def _filled(column: Values, season: int, horizon: int, rule: str) -> Values:
    steps = np.arange(horizon)
    if rule == "last" or len(column) < season:
        return np.full(horizon, column[-1])
    if rule == "season":
        return column[len(column) - season + steps % season]
    places = (len(column) + steps) % season
    return np.array([column[place::season].mean() for place in places.tolist()])
