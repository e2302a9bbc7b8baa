"""The pretrained network as a member of the pool: nothing is fitted, and validation alone gives it its weight.

Axes: S series, O origins (of all series, end to end), H horizon.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import NormalDist

import numpy as np

from forecasting.baselines import FURTHEST
from forecasting.evaluation.members.judging import first_earlier, truth_ahead, usable_seasons
from forecasting.messages import Message
from forecasting.model.origins import Origins, Span
from forecasting.model.pretrained import predict, weights
from forecasting.model.pretrained.network import LEVELS, MIDDLE
from forecasting.model.windows import Known
from forecasting.panel import Values

NAME = "pretrained"
SHORTEST = 12  # values that it needs
LONGEST = 200  # of half of the series: with more, what is fitted on them knows more, and it costs seconds for nothing
TRIED = 4  # origins a horizon, of many series, that it is tried at: neighbouring ones tell the same
MOST_SERIES = 2000  # beside whose trained network, and under whose intervals, it takes part: some ms each add up
LEAN = 1.5  # blocks of errors of a series that its quantiles are worth
FEWEST_BLOCKS = 1.0  # that are counted as so many
FEW = 20  # series, up to which it is tried at every origin


def problem(series: Sequence[Values]) -> Message | None:
    """Why it takes no part in a pool for `series`, where it should and does not."""
    return weights.shipped().problem if meant_for(series) else None


def meant_for(series: Sequence[Values]) -> bool:
    """Whether `series` are short enough for it."""
    return bool(np.median([len(values) for values in series]) <= LONGEST)


def stands_beside(series: Sequence[Values]) -> bool:
    """Whether `series` are short and few enough for it to be beside a trained network, and under intervals."""
    return len(series) <= MOST_SERIES and meant_for(series)


def lean(series: Sequence[Values], origins: Origins, horizon: int) -> float:
    """Which share of the widths of intervals its quantiles are to be, where `origins` are held out: the less, the more
    blocks of errors a series has. None where the horizon is longer than the series: such widths were never tested."""
    usual = float(np.median([len(values) for values in series]))
    if not stands_beside(series) or horizon > usual or weights.shipped().network is None:
        return 0.0
    return LEAN / (LEAN + max(FEWEST_BLOCKS, origins.blocks / len(series)))


def held_out(series: Sequence[Values], origins: Origins, seasons: Sequence[int], horizon: int) -> dict[str, Values]:
    """Its forecasts [O, H] by name from held-out origins, NaN where it is not tried; nothing where it takes no part."""
    if not meant_for(series):
        return {}
    return ahead(series, origins, seasons, horizon, tried(origins, len(series), horizon))


def add_earlier(
    few: Mapping[int, dict[str, Values]],
    series: Sequence[Values],
    known: Sequence[Known] | None,
    seasons: Sequence[int],
    horizon: int,
) -> None:
    """Beside the errors [E, H] from earlier origins of the other members, in `few` by number of the series, its own:
    NaN where it is not tried; nothing for a series in which no error of it is known."""
    if not few:
        return
    chosen = sorted(few)
    some = [series[index] for index in chosen]
    first = [first_earlier(values, usable_seasons(values, seasons), horizon) for values in some]
    last = [len(values) - 1 for values in some]
    origins = Span(np.array(first, dtype=np.int64), np.array(last, dtype=np.int64)).origins(horizon)
    forecasts = ahead(some, origins, seasons, horizon, tried(origins, len(series), horizon)).get(NAME)
    if forecasts is None:
        return
    for place, part in origins.by_series():
        of_series = known[chosen[place]] if known is not None else None
        errors = truth_ahead(some[place], of_series, origins.seen[part], horizon) - forecasts[part]
        if np.isfinite(errors).any():
            few[chosen[place]][NAME] = errors


def ahead(
    series: Sequence[Values], origins: Origins, seasons: Sequence[int], horizon: int, chosen: Known | None = None
) -> dict[str, Values]:
    """Its forecasts [O, H] by name from the `chosen` origins [O], NaN from others and from too few values; nothing
    where it takes no part. Values after an origin change nothing."""
    found = quantiles(series, origins, seasons, horizon, chosen)
    return {} if found is None else {NAME: found[:, :, MIDDLE]}


def quantiles(
    series: Sequence[Values], origins: Origins, seasons: Sequence[int], horizon: int, chosen: Known | None = None
) -> Values | None:
    """Its quantiles [O, H, Q] at LEVELS as `ahead` has its medians; None where it takes no part."""
    network = weights.shipped().network
    able = origins.seen >= SHORTEST
    rows = np.flatnonzero(able if chosen is None else able & chosen)
    if network is None or not len(rows):
        return None
    seen, owner = origins.seen[rows], origins.series[rows]
    longest = predict.CONTEXTS[-1]
    contexts = [series[s][max(0, end - longest) : end] for s, end in zip(owner, seen, strict=True)]
    found = np.full((len(origins), horizon, len(LEVELS)), np.nan)
    low = np.array([series[s][:end].min() for s, end in zip(owner, seen, strict=True)])[:, None, None]
    high = np.array([series[s][:end].max() for s, end in zip(owner, seen, strict=True)])[:, None, None]
    reach = FURTHEST * (high - low)
    found[rows] = np.clip(predict.quantiles(network, contexts, seasons, horizon), low - reach, high + reach)
    return found


def distances(quantiles: Values, level: int) -> tuple[Values, Values]:
    """How far the ends of the `level` % interval lie below and above the median [O, H], from quantiles [O, H, Q] at
    LEVELS: on straight lines between them over the quantiles of a normal distribution, the outermost gone on with."""
    normal = NormalDist()
    wanted = normal.inv_cdf(0.5 + level / 200)
    at = np.array([normal.inv_cdf(p) for p in LEVELS[MIDDLE:]])
    place = int(np.clip(np.searchsorted(at, wanted) - 1, 0, len(at) - 2))
    share = (wanted - at[place]) / (at[place + 1] - at[place])
    sides = quantiles[:, :, MIDDLE::-1], quantiles[:, :, MIDDLE:]
    below, above = (
        np.abs(side[:, :, place] + share * (side[:, :, place + 1] - side[:, :, place]) - side[:, :, 0])
        for side in sides
    )
    return below, above


def tried(origins: Origins, count: int, horizon: int) -> Known:
    """Which of the origins [O] of `count` series it is tried at, the last of each series among them."""
    every = 1 if count <= FEW else max(1, horizon // TRIED)
    chosen = np.zeros(len(origins), dtype=bool)
    for _, part in origins.by_series():
        chosen[part][::-every] = True
    return chosen
