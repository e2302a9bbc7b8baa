"""Intervals per horizon from held-out errors: split conformal prediction on errors over their predicted spread.

Source: Lei et al., "Distribution-free predictive inference for regression" (JASA 113, 2018), section 5.2, with lower
and upper tails apart, so that an interval may lean.

Axes: S series, O held-out origins (of all series, end to end), H horizon, Q probabilities.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from forecasting.model.origins import Origins
from forecasting.model.regressors import mean_known
from forecasting.model.scaling import FEWEST
from forecasting.model.windows import Index
from forecasting.panel import Values

PROBABILITIES = np.arange(1, 400) / 400
PRIOR = 2  # blocks that the spread of all series counts for beside a series' own
WIDEST = 5.0  # of a series' intervals over the network's spread, and its inverse the narrowest
ENOUGH = 400  # errors that a horizon's quantiles rest on; neighbouring horizons lend what is missing
FEW = 12  # independent errors, below which their distribution is made up for
BORROWED = 5  # independent errors that what is made up counts for at most
ENOUGH_BLOCKS = 3  # of each series of a panel
FEW_BLOCKS = 1.15  # times wider, where each series has a single one
MANY_HORIZONS = 12  # in a series, from which on its intervals are what held-out errors say
PRIOR_SIZE = 1.0  # independent errors of the size of the spread that their size is drawn to
MOST_DRAWN = 2.0  # how much larger or smaller their size becomes by that: a spread can be wrong, by an outlier say
BESIDE = 0.05  # of the size of errors that as likely are smaller: what lies to either side of a forecast at least
_NORMAL = np.array([NormalDist(0, np.sqrt(np.pi / 2)).inv_cdf(p) for p in PROBABILITIES.tolist()])  # of mean size 1


def widths(scores: Values, origins: Origins, group: Index, count: int) -> tuple[Values, Values]:
    """(Scores [O, H] over the width that their series has by its other groups, widths [S] of `count` series).

    A series' width is the geometric mean of the sizes of its blocks' scores, each over the size of all, shrunk towards
    1 as if PRIOR further blocks had just that size: one block that went wrong does not blow it up.
    """
    if count < 2 or not len(scores):
        return scores, np.ones(count)
    size = mean_known(np.abs(scores), axis=1)
    relative = np.bincount(origins.block, weights=size) / np.bincount(origins.block) / (float(size.mean()) or 1.0)
    logs = np.log(np.clip(relative, 1 / WIDEST**2, WIDEST**2))
    first = np.unique(origins.block, return_index=True)[1]
    of_series, of_group = origins.series[first], group[first]

    def width(chosen: npt.NDArray[np.bool_]) -> Values:
        total = np.bincount(of_series[chosen], weights=logs[chosen], minlength=count)
        shrunk = total / (np.bincount(of_series[chosen], minlength=count) + PRIOR)
        return np.clip(np.exp(shrunk), 1 / WIDEST, WIDEST)

    by_others = np.empty(len(origins))
    for left_out in np.unique(group):
        out = group == left_out
        by_others[out] = width(of_group != left_out)[origins.series[out]]
    return scores / by_others[:, None], width(np.ones(len(first), dtype=bool))


def short(lengths: Values, horizon: int) -> Values:
    """How much wider [S] the intervals of series of these `lengths` are than held-out errors say: what is estimated on
    few horizons, the choice between forecasts among it, promises too much. Student's quantile over the normal one, less
    and less up to MANY_HORIZONS in a series."""
    held = np.maximum(np.asarray(lengths, dtype=np.float64) / horizon, 2.0)
    tail = np.array([0.9])
    ratio = np.array([float(_student(freedom, tail)[0]) for freedom in held.tolist()]) / NormalDist().inv_cdf(0.9)
    own = (len(held) == 1) | (np.asarray(lengths) < FEWEST)
    alone = np.where(own, 1.0, 0.5)  # the series of a panel share what is estimated
    wider: Values = ratio ** (alone * np.maximum(1 - held / MANY_HORIZONS, 0.0))
    return wider


def of_panel(scores: Values, origins: Origins, count: int) -> tuple[float, int]:
    """(How much wider the intervals of `count` series are for what was chosen by the errors of few blocks a series,
    how many independent errors the blocks are worth).

    From ENOUGH_BLOCKS a series on choices are judged on blocks that they were not made by, and a block is an error.
    With fewer, what moves all series at once was seen hardly more than once: the share of the errors that the series
    have in common, by their mean, makes as many of them one.
    """
    blocks = origins.blocks
    if count < 2 or not blocks or blocks >= ENOUGH_BLOCKS * count:
        return 1.0, blocks
    known = np.isfinite(scores)
    mean = np.where(known, scores, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    of_series = np.bincount(origins.series, weights=mean) / np.maximum(np.bincount(origins.series), 1)
    of_series = of_series[np.unique(origins.series)]
    size = len(of_series)
    square = float(np.square(of_series).mean())
    common = float(of_series.mean()) ** 2 - float(of_series.var()) / size
    shared = max(0.0, common / square) if square > 0 else 0.0
    each = blocks / size
    wider = FEW_BLOCKS ** max(0.0, (ENOUGH_BLOCKS - each) / (ENOUGH_BLOCKS - 1))
    return wider, max(1, round(each * size / (1 + (size - 1) * shared)))


def calibrate(scores: Values, independent: int) -> Values:
    """Quantiles [H, Q] of held-out `scores` [O, H], with the finite-sample correction (n + 1) p away from the middle.
    NaN is no score.

    Errors of neighbouring origins share most of their truth: the scores are worth no more than `independent` ones,
    so they are widened by the ratio of Student's quantiles with that many values to the normal ones. Fewer than FEW do
    not tell to which side errors lean, nor their size for certain: what is missing is made up by a normal distribution
    whose size is drawn to the spread.

    Where a probability lies beyond n scores, the most extreme score is widened in proportion to the
    spread of all scores. Without any score the quantiles are those of a Laplace distribution of spread 1. The forecast
    lies within: to either side at least BESIDE of what the sizes of the errors say.
    """
    count, horizon = scores.shape
    if count == 0:
        side = np.sign(PROBABILITIES - 0.5) * -np.log1p(-2 * np.abs(PROBABILITIES - 0.5))
        return np.tile(side, (horizon, 1))
    reach = 0
    while (2 * reach + 1) * count < ENOUGH and 2 * reach + 1 < horizon:
        reach += 1
    own = min(1.0, independent / FEW)
    table = np.empty((horizon, len(PROBABILITIES)))
    for h in range(horizon):
        low = max(0, min(h - reach, horizon - 2 * reach - 1))
        around = scores[:, low : low + 2 * reach + 1]
        known = around[np.isfinite(around)]
        ordered = np.sort(known if len(known) else scores[np.isfinite(scores)])
        if not len(ordered):  # no step is open
            table[h] = 0.0
            continue
        table[h] = _quantiles(ordered)
        if own < 1:
            size = float(np.abs(ordered).mean())
            drawn = size ** (independent / (independent + PRIOR_SIZE))
            size = float(np.clip(drawn, size / MOST_DRAWN, MOST_DRAWN * size))
            table[h] = own * table[h] + (1 - own) * size * _NORMAL
        table[h] = _straddling(table[h], np.sort(np.abs(ordered)))
    borrowed = round((1 - own) * BORROWED)
    return np.maximum.accumulate(table * _widening(independent + borrowed), axis=1)


def _straddling(quantiles: Values, sizes: Values) -> Values:
    """Quantiles [Q] of which those of either side are on it, at least BESIDE times the size of as likely errors."""
    likely = np.interp(np.abs(2 * PROBABILITIES - 1) * (len(sizes) - 1), np.arange(len(sizes)), sizes)
    below, above = np.minimum(quantiles, -BESIDE * likely), np.maximum(quantiles, BESIDE * likely)
    return np.where(PROBABILITIES < 0.5, below, np.where(PROBABILITIES > 0.5, above, quantiles))


def _widening(independent: int) -> Values:
    """Student's quantiles over the normal ones [Q], at least 1."""
    tails = np.maximum(np.abs(PROBABILITIES - 0.5), 0.01) + 0.5
    normal = np.array([NormalDist().inv_cdf(tail) for tail in tails])
    ratio: Values = np.maximum(_student(max(2, independent - 1), tails) / normal, 1.0)
    return ratio


def _student(freedom: float, tails: Values) -> Values:
    """Student's quantiles at `tails` [Q] above the middle: with t = sqrt(n) tan(a) the density is cos(a)^(n - 1).

    Importing scipy.special for them would take as long as a third of a training.
    """
    angle = np.linspace(0.0, min(np.pi / 2, 9 / np.sqrt(freedom)), 10_001)
    density = np.cos(angle) ** (freedom - 1)
    area = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
    quantiles: Values = np.sqrt(freedom) * np.tan(np.interp(tails - 0.5, area / (2 * area[-1]), angle))
    return quantiles


def _quantiles(ordered: Values) -> Values:
    count = len(ordered)
    place = PROBABILITIES * (count + 1) - 1  # position of the p-quantile among n exchangeable scores and one to come
    within = np.interp(place, np.arange(count), ordered)
    typical = float(np.abs(ordered).mean())
    beyond = np.maximum(np.maximum(-place, place - (count - 1)), 0.0)
    return within + np.sign(PROBABILITIES - 0.5) * beyond * typical


def bounds(central: Values, spread: Values, table: Values, level: int) -> tuple[Values, Values]:
    """Lower and upper ends [O, H] of the `level` % intervals, both scaled; never on the wrong side of the forecast."""
    tail = (1 - level / 100) / 2
    low = np.array([np.interp(tail, PROBABILITIES, row) for row in table])
    high = np.array([np.interp(1 - tail, PROBABILITIES, row) for row in table])
    return central + np.minimum(low, 0.0) * spread, central + np.maximum(high, 0.0) * spread
