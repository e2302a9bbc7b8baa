"""How rare an error is, also where none as large was seen: the tail of Student's t, averaged over the scales and
degrees of freedom that the errors of a series leave possible.

Only the larger half of the errors is fitted, so that the centre of a skewed distribution does not speak for its tail
(as in peaks over threshold; Siffer et al., "Anomaly Detection in Streams with Extreme Value Theory", KDD 2017). Few
errors do not tell one tail from another, and a single fit promises rates that it does not keep: the posterior
predictive distribution is wider where there are fewer. The largest errors count by their number, not by their size
(type II censoring; Lawless, "Statistical Models and Methods for Lifetime Data", 2003, section 2.2): what is looked for
must not widen the band that it is held against. `benchmarks/anomalies.py` measures what that comes to.

Axes: N errors, S series, B bins, G grid of scale and degrees of freedom, Z sizes of an error.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from forecasting.panel import Values

Codes = npt.NDArray[np.int64]

LARGEST = 0.01  # share of the errors, one at least, whose size is not looked at
MANY = 0.06  # the same where there are more anomalies than that
NORMAL = 1 / 0.6745  # standard deviation of normal errors, in medians of their size
_SPREAD = 0.3  # of the logarithm of the scale before anything is seen, around that of normal errors
_HEAVY = 0.2  # probability that the tail is heavier than normal, before anything is seen; then 1 / degrees of freedom
_MEAN_INVERSE = 0.1  # is exponential with this mean
_SCALES = NORMAL * np.geomspace(0.5, 4.0, 31)  # of t, in medians
_INVERSE = np.linspace(0.0, 0.36, 13)  # 1 / degrees of freedom
_EDGES = np.concatenate([np.linspace(0.0, 6.0, 121)[:-1], np.geomspace(6.0, 60.0, 50)])  # lower, of bins, in medians
_SIZES = np.geomspace(0.05, 1e5, 400)  # in medians
_LEAST = 1e-300


@dataclasses.dataclass(frozen=True, eq=False)
class Tails:
    """unit [S]: the median size of the errors above zero, NaN where there are none; survival [S, Z]: logarithm of the
    probability that an error exceeds _SIZES units."""

    unit: Values
    survival: Values

    def rarity(self, errors: Values, series: Codes) -> Values:
        """[N] the probability that an error of its series exceeds each of `errors`; 1 up to about the median."""
        with np.errstate(divide="ignore", invalid="ignore"):
            place = np.log(errors / self.unit[series] / _SIZES[0]) / np.log(_SIZES[1] / _SIZES[0])
        place = np.clip(np.nan_to_num(place, nan=0.0, neginf=0.0), 0.0, len(_SIZES) - 1.001)
        left = place.astype(np.int64)
        share = place - left
        logs = (1 - share) * self.survival[series, left] + share * self.survival[series, left + 1]
        found: Values = np.where(errors > 0, np.minimum(1.0, np.exp(logs)), 1.0)
        return found

    def reach(self, rate: float) -> Values:
        """[S] the size that an error of each series exceeds with probability `rate`."""
        logs, rows = np.log(rate), np.arange(len(self.unit))
        left = np.clip((self.survival > logs).sum(axis=1), 1, len(_SIZES) - 1)
        high, low = self.survival[rows, left - 1], self.survival[rows, left]
        share = np.clip((high - logs) / np.maximum(high - low, _LEAST), 0.0, 1.0)
        size: Values = np.exp((1 - share) * np.log(_SIZES[left - 1]) + share * np.log(_SIZES[left])) * self.unit
        return size


def fit(errors: Values, series: Codes, count: int) -> Tails:
    """Of the sizes of errors [N], none negative, each of one of `count` series. Zeros count as errors that are no tail:
    a series may be forecast exactly most of the time.

    Where more of them than chance gives lie beyond a tail that is fitted without the largest MANY, as after a new level
    that forecasts follow late, that tail is the one.
    """
    usual, without = _fit(errors, series, count, LARGEST), _fit(errors, series, count, MANY)
    far = errors > 1.25 * without.reach(0.001)[series]  # skewed tails reach a little beyond it
    beyond = np.bincount(series[far], minlength=count)
    held = np.bincount(series, minlength=count)
    chosen = beyond > 4 + 0.004 * held
    return Tails(usual.unit, np.where(chosen[:, None], without.survival, usual.survival))


def _fit(errors: Values, series: Codes, count: int, largest: float) -> Tails:
    """With the `largest` share of the errors of each series censored."""
    held = np.bincount(series, minlength=count)
    some = errors > 0
    sizes, codes = errors[some], series[some]
    order = np.lexsort((sizes, codes))
    sizes, codes = sizes[order], codes[order]
    above = np.bincount(codes, minlength=count)
    starts, has = np.cumsum(above) - above, above > 0
    unit = np.full(count, np.nan)
    unit[has] = sizes[(starts + above // 2)[has]]
    with np.errstate(over="ignore"):
        bins = np.searchsorted(_EDGES, sizes / unit[codes], side="right") - 1
    counts = np.zeros((count, len(_EDGES)))
    np.add.at(counts, (codes, bins), 1.0)
    least = np.zeros(count, dtype=np.int64)
    least[has] = bins[(starts + above // 2)[has]]
    censored = np.maximum(1, np.ceil(largest * above).astype(np.int64))
    first = least + 1  # the bin from which on errors are censored
    first[has] = np.maximum(bins[(starts + above - censored)[has]], least[has] + 1)
    return Tails(unit, _predictive(counts, least, first, np.maximum(held, 1)))


def _predictive(counts: Values, least: Codes, first: Codes, held: Codes) -> Values:
    """[S, Z] log probability, of any of the `held` errors of a series, to exceed _SIZES: given the `counts` [S, B] of
    bins from `least` up to `first`, and how many there are from `first` on."""
    scales, inverse = (grid.reshape(-1) for grid in np.meshgrid(_SCALES, _INVERSE))
    survival = _survival(_EDGES[:, None] / scales, inverse)  # [B, G]
    inside = survival - np.vstack([survival[1:], np.zeros_like(survival[:1])])
    log_inside, log_beyond = np.log(np.maximum(inside, _LEAST)), np.log(np.maximum(survival, _LEAST))
    place = np.arange(len(_EDGES))
    seen = np.where((place >= least[:, None]) & (place < first[:, None]), counts, 0.0)
    larger = np.where(place >= first[:, None], counts, 0.0).sum(axis=1)
    tail = seen.sum(axis=1) + larger  # errors that are fitted: all beyond the lower edge of `least`
    logs = seen @ log_inside + larger[:, None] * log_beyond[first] - tail[:, None] * log_beyond[least] + _prior(
        scales, inverse
    )  # fmt: skip
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    weights *= (tail / held)[:, None] / survival[least]
    found: Values = np.log(np.maximum(weights @ _survival(_SIZES[:, None] / scales, inverse).T, _LEAST))
    return found


def _prior(scales: Values, inverse: Values) -> Values:
    """Log probability [G] of scale and 1 / degrees of freedom before anything is seen."""
    heavy = np.exp(-_INVERSE / _MEAN_INVERSE)
    shape = _HEAVY * heavy / heavy.sum() + (1 - _HEAVY) * (_INVERSE == 0)
    found: Values = np.log(shape[np.searchsorted(_INVERSE, inverse)]) - 0.5 * (np.log(scales / NORMAL) / _SPREAD) ** 2
    return found


def _survival(sizes: Values, inverse: Values) -> Values:
    """The probability that the size of a t exceeds `sizes`."""
    from scipy.special import ndtr, stdtr

    freedom = 1 / np.where(inverse > 0, inverse, 1.0)
    found: Values = 2 * np.where(inverse > 0, stdtr(freedom, -sizes), ndtr(-sizes))
    return found
