"""Intervals of the skill of many series at once, each of few blocks of errors: the series tell each other how much the
means of blocks vary.

A series of 200 values and 14 steps ahead is tested over two or three blocks that share nothing: too few to know their
variance. So the variance of each series is drawn to that of all, as far as the series agree on it: the empirical Bayes
estimate of Smyth ("Linear models and empirical Bayes methods", SAGMB 3, 2004), whose prior variance and prior degrees
of freedom come from the mean and the variance of the log variances of all series.

Forecasts from one block reach into the next, so that neighbouring blocks are correlated, which makes the sum of a few
vary more than they vary among each other. Two or three blocks do not show how much, not even of thousands of series.
It is taken to be what a drift on random walks has, the hardest case of tests/evaluation/backtests/test_moderation.py;
where forecasts return to a mean, intervals are wider than they need be.

Axes: B blocks of all series end to end, S series.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from forecasting.model.windows import Index
from forecasting.panel import Values

LEVEL = 0.95
CORRELATION = 1 / 3  # of neighbouring blocks of a long horizon
FLAT = 1e-5  # of the median variance: less is that of errors that hardly differ, and would rule the prior


@dataclasses.dataclass(frozen=True)
class Blocks:
    """Sums of errors of a forecast and of its reference over stretches of time.

    `series` [B] is ascending and counts from 0 without a gap; blocks of one series are in the order of time.
    """

    series: Index
    errors: Values
    reference: Values

    @property
    def counts(self) -> Index:
        """Blocks of each series [S]."""
        return np.bincount(self.series).astype(np.int64)


def skill_intervals(blocks: Blocks, horizon: int) -> tuple[Values, Values]:
    """95 % intervals (low [S], high [S]) of the skill 1 - errors / reference of each series.

    NaN where a series has a single block, or a reference without an error. Where the errors are those of the reference
    block for block, the skill is 0 and nothing is uncertain. The ratio of two sums by the delta method (Cochran,
    "Sampling Techniques", 1977, chapter 6), with Student's quantile for the freedom of a series and its prior.
    """
    from scipy.special import stdtrit

    counts = blocks.counts
    errors, reference = (np.bincount(blocks.series, weights=sums) for sums in (blocks.errors, blocks.reference))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = errors / reference
        left = (blocks.errors - ratio[blocks.series] * blocks.reference) * (counts / reference)[blocks.series]
        variance = np.bincount(blocks.series, weights=np.square(left)) / (counts - 1)  # of a block, free of the unit
    known = (counts > 1) & (reference > 0) & np.isfinite(variance)
    equal = np.bincount(blocks.series, weights=blocks.errors != blocks.reference) == 0
    low, high = np.full((2, len(counts)), np.nan)
    low[known & equal] = high[known & equal] = 0.0
    known &= ~equal
    if known.any():
        freedom = (counts[known] - 1).astype(np.float64)
        moderated, total = moderate(variance[known], freedom)
        deviation = np.sqrt(moderated / counts[known] * _inflation(counts[known], horizon))
        reach = stdtrit(total, (1 + LEVEL) / 2) * deviation
        low[known] = 1 - ratio[known] - reach
        high[known] = np.minimum(1 - ratio[known] + reach, 1.0)  # no forecast takes off more than all of an error
    return low, high


def moderate(variance: Values, freedom: Values) -> tuple[Values, Values]:
    """Variances [S], each drawn to what all have in common, and their degrees of freedom [S], the prior's included.

    Equations (3) to (6) of Smyth (2004). Never more freedom than all series have together.
    """
    from scipy.special import digamma, polygamma

    if len(variance) < 2 or not (variance > 0).any():
        return variance, freedom
    floor = FLAT * float(np.median(variance[variance > 0]))
    logs = np.log(np.maximum(variance, floor)) - digamma(freedom / 2) + np.log(freedom / 2)
    beyond = float(logs.var(ddof=1) - polygamma(1, freedom / 2).mean())
    if beyond > 0:
        prior = 2 * _inverse_trigamma(beyond)
        common = math.exp(float(logs.mean()) + float(digamma(prior / 2)) - math.log(prior / 2))
        moderated = (prior * common + freedom * variance) / (prior + freedom)
    else:  # the series differ no more than chance lets them
        prior, common = math.inf, float(variance @ freedom / freedom.sum())
        moderated = np.full(len(variance), common)
    return moderated, np.minimum(prior + freedom, freedom.sum())


def _inverse_trigamma(value: float) -> float:
    """The x whose trigamma is `value`, by Newton's method on 1 / trigamma, which is nearly straight (Smyth)."""
    from scipy.special import polygamma

    if value > 1e7:
        return 1 / math.sqrt(value)
    if value < 1e-6:
        return 1 / value
    x = 0.5 + 1 / value
    for _ in range(50):
        trigamma = float(polygamma(1, x))
        step = trigamma * (1 - trigamma / value) / float(polygamma(2, x))
        x += step
        if -step < 1e-8 * x:
            break
    return x


def _inflation(counts: Index, horizon: int) -> Values:
    """The variance of a mean of so many correlated blocks over what their own variance lets expect."""
    correlation = CORRELATION * (1 - 1 / horizon)
    inflation: Values = (1 + 2 * correlation * (counts - 1) / counts) / (1 - 2 * correlation / counts)
    return inflation
