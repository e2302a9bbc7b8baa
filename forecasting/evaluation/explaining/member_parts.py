"""The forecasts of pool members taken apart: what the level, the trend, seasons and lags add to a base.

Members that repeat values, and ridges, are linear in past values, and taken apart exactly. Theta, ETS and the line with
a season are composed of a level, a trend and a season, which are added in this order.

Axes: O origins of one series, H horizon, L lags.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from forecasting import baselines
from forecasting.baselines import Member
from forecasting.model.attribution import RECENT, Part, Parts, add, by_lag, season, total
from forecasting.model.windows import Index
from forecasting.panel import Values

TREND, RANGE = Part("trend"), Part("range")
SAME = 1e-9  # scaled, a distance from the base that is none


def of_member(
    member: Member, values: Values, seen: Index, forecast: Values, base: Values, periods: Sequence[int]
) -> Parts:
    """What adds up to `forecast` [O, H] of `member` less `base` [O], in the unit of the series, at the origins with
    `seen` [O] of the `values`. What its limits changed is RANGE."""
    horizon, learned = forecast.shape[1], member.learned
    last = np.repeat((values[seen - 1] - base)[:, None], horizon, axis=1)
    parts: Parts = {}
    if member.kind in ("naive", "drift", "seasonal-change"):
        add(parts, RECENT, last)
        rest = (
            TREND
            if member.kind == "drift"
            else season(int(learned["season"].flat[0]))
            if member.kind != "naive"
            else None
        )
        if rest is not None:
            add(parts, rest, forecast - last - base[:, None])
    elif member.kind == "seasonal-naive":
        add(parts, season(int(learned["season"].flat[0])), forecast - base[:, None])
    elif member.kind == "ridge":
        parts = _of_ridge(learned, values, seen, base, periods)
    else:
        level, trended, whole = baselines.APART[member.kind](learned, values, seen, horizon)
        period = max(len(learned["index"]), int(learned["period"].flat[0]) if "period" in learned else 1)
        add(parts, RECENT, level - base[:, None])
        add(parts, TREND, trended - level)
        if period > 1:
            add(parts, season(period), whole - trended)
    parts = {part: np.nan_to_num(found, nan=0.0, posinf=0.0, neginf=0.0) for part, found in parts.items()}
    add(parts, RANGE, forecast - base[:, None] - total(parts.values(), forecast.shape))
    return parts


def _of_ridge(learned: dict[str, Values], values: Values, seen: Index, base: Values, periods: Sequence[int]) -> Parts:
    weights = learned["ridge"].astype(np.float64)  # [H, L], of offsets from the last value
    log = bool(learned["log"].flat[0])
    with np.errstate(divide="ignore", invalid="ignore"):  # values after the training block need not be positive
        z, centre = (np.log(values), np.log(base)) if log else (values, base)
        lags = -np.arange(weights.shape[1])
        past = z[np.maximum(seen[:, None] - 1 + lags, 0)] - centre[:, None]
        weights[:, 0] += 1 - weights.sum(axis=1)
        parts = by_lag(weights, lags, past, periods)
        scaled = total(parts.values(), (len(seen), len(weights)))
        return in_units(parts, scaled, np.exp(centre[:, None] + scaled) if log else None, base, base)


def in_units(parts: Parts, scaled: Values, forecast: Values | None, base: Values, slope: Values) -> Parts:
    """What adds up to `scaled` [O, H], as what adds up to `forecast` [O, H] less `base` [O], whose derivative by what
    is scaled is `slope` [O] at the base. `forecast` None: the unit is the same.

    Integrated gradients on the straight way from the base: Sundararajan, Taly and Yan, "Axiomatic attribution for deep
    networks" (ICML 2017). On it the gradients of all parts are one function of their sum, so each gets its share of the
    sum; where nothing is scaled but linearly, that is a factor.
    """
    if forecast is None:
        return parts
    far = np.abs(scaled) > SAME
    factor = np.where(far, (forecast - base[:, None]) / np.where(far, scaled, 1.0), slope[:, None])
    return {part: values * factor for part, values in parts.items()}
