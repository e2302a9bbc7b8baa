"""The pretrained network beside the one that was trained on the series, in the forecast of `recurrent`: each series
mixes the two by what both missed on held-out data.

What was trained on a few values is chosen by the held-out origins that it is judged by, and the pretrained network is
not: with few held-out blocks the errors of the first promise more than comes true, and count so much less.

Axes: S series, O origins (of all series, end to end), H horizon.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from forecasting.config import ForecastConfig
from forecasting.evaluation.members import zero_shot
from forecasting.evaluation.members.combining import mean_sizes
from forecasting.evaluation.predictor import mixed
from forecasting.model import scaling
from forecasting.model.held_out import HeldOut
from forecasting.model.method import Method
from forecasting.model.origins import Origins
from forecasting.model.windows import Index
from forecasting.panel import Values

PRIOR = 1.0  # blocks that what both miss in all series counts for beside a series' own
DOUBT = 0.3  # logarithm by which errors of the trained network turn out larger, where a series has one held-out block
FEWEST = 0.5  # blocks a series, fewer of which raise no further doubt
POWER = 2.0  # of the ratio of errors that the odds are, where it is near 1
STEEP = 3.0  # how fast the power grows beyond: what misses three times as much counts next to nothing
MOST = 400  # origins before the held-out ones, of a few series, that it is tried at


def add(
    series: Sequence[Values], method: Method, held_out: HeldOut, group: Index, config: ForecastConfig
) -> tuple[HeldOut, Values | None]:
    """(Held-out forecasts with the pretrained network beside, each group of origins mixed by the errors of the others,
    its share [S] of the forecast of each series); what there was and None where it takes no part.

    Of many series only the origins at which it is tried are kept.
    """
    if config.anchor == "constant" or not zero_shot.stands_beside(series):
        return held_out, None  # a tutorial's network is shown as it is
    horizon, count = config.horizon, len(series)
    origins, states = held_out.origins, held_out.states
    tried = zero_shot.tried(origins, count, horizon)
    ahead = zero_shot.ahead(series, origins, method.periods, horizon, tried).get(zero_shot.NAME)
    if ahead is None:
        return held_out, None
    kept = np.flatnonzero(tried | ~np.isfinite(ahead).all(axis=1) & (origins.seen < zero_shot.SHORTEST))
    whole = held_out
    held_out, origins, ahead, group = _some(held_out, kept), origins.select(kept), ahead[kept], group[kept]
    truth = held_out.truth
    errors = np.stack(
        [mean_sizes(truth - held_out.forecast), mean_sizes(truth - scaling.forward(ahead, states, origins.series))]
    )
    able = np.array([len(values) >= zero_shot.SHORTEST for values in series])
    share = np.where(able, shares(errors, origins, count), 0.0)
    if not share.any():
        return whole, None
    forecast = held_out.forecast.copy()
    for left_out in np.unique(group):
        out = np.flatnonzero(group == left_out)
        others = np.flatnonzero(group != left_out)
        there = np.bincount(origins.series[others], minlength=count) > 0  # a series without keeps the share of all
        by_others = np.where(there, shares(errors[:, others], origins.select(others), count), share)
        part = origins.select(out)
        forecast[out] = mixed(forecast[out], ahead[out], by_others[part.series], states, part)
    held_out = dataclasses.replace(held_out, forecast=forecast)
    if held_out.earlier is not None:
        held_out = dataclasses.replace(held_out, earlier=_with_share(held_out.earlier, series, method, share, horizon))
    return held_out, share


def shares(errors: Values, origins: Origins, count: int) -> Values:
    """Share [S] of the second of two forecasts of `count` series by the sizes of the `errors` [2, O] of both; NaN is no
    error. A series without any has what the ratio in all gives; without any at all there is no share.

    Errors count as logarithms of their ratio in each series, shrunk to that in all.
    """
    known = np.isfinite(errors).all(axis=0)
    owner = origins.series[known]
    if not known.any():
        return np.zeros(count)
    blocks = np.bincount(owner[np.unique(origins.block[known], return_index=True)[1]], minlength=count)
    fitted, other = (np.bincount(owner, weights=one[known], minlength=count) for one in errors)
    least = 1e-9 * (fitted + other) + 1e-300
    ratio = np.where(blocks > 0, np.log((fitted + least) / (other + least)), 0.0)
    typical = float(ratio[blocks > 0].mean())
    doubt = DOUBT / max(FEWEST, float(blocks.mean()))
    mean = (blocks * ratio + PRIOR * typical) / (blocks + PRIOR) + doubt
    odds = POWER / STEEP * np.sinh(np.clip(STEEP * mean, -8.0, 8.0))
    share: Values = 1 / (1 + np.exp(-np.clip(odds, -50.0, 50.0)))
    return share


def _some(part: HeldOut, rows: Index) -> HeldOut:
    linear = part.linear[rows] if part.linear is not None else None
    return dataclasses.replace(
        part, origins=part.origins.select(rows), truth=part.truth[rows], forecast=part.forecast[rows],
        spread=part.spread[rows], linear=linear,
    )  # fmt: skip


def _with_share(part: HeldOut, series: Sequence[Values], method: Method, share: Values, horizon: int) -> HeldOut:
    """Forecasts from some of the earlier origins, mixed as those from the held-out ones are."""
    part = _some(part, np.arange(0, len(part.origins), max(1, -(-len(part.origins) // MOST))))
    ahead = zero_shot.ahead(series, part.origins, method.periods, horizon).get(zero_shot.NAME)
    if ahead is None:
        return part
    forecast = mixed(part.forecast, ahead, share[part.origins.series], part.states, part.origins)
    return dataclasses.replace(part, forecast=forecast)
