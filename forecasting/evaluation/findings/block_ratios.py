"""How much larger errors are inside of a slice than outside, where errors of neighbouring times depend on each other.

Axes: N values, B blocks of time.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.evaluation.findings.groups import Codes
from forecasting.panel import Values

Chosen = npt.NDArray[np.bool_]

ENOUGH = 8  # blocks of time
FEWEST = 5  # blocks of time with values inside a slice, below which nothing is said of it


def blocks_of(ds: pd.Series, horizon: int) -> Codes:
    """[N] the block of time of each value: one and a half horizons long, as for the interval of the skill, or a horizon
    where there would be too few."""
    place = pd.factorize(ds, sort=True)[0].astype(np.int64)
    many = int(place.max()) + 1
    wanted = many // max(1, round(1.5 * horizon))
    wanted = wanted if wanted >= ENOUGH else max(1, many // horizon)
    length = many // wanted
    found: Codes = np.minimum(place // length, wanted - 1)
    return found


def _sums(error: Values, inside: Chosen, blocks: Codes) -> tuple[Values, ...]:
    """By block: errors and number of values inside, then outside."""
    count = int(blocks.max()) + 1
    parts: list[Values] = []
    for part in (inside, ~inside):
        parts.append(np.bincount(blocks[part], weights=error[part], minlength=count).astype(np.float64))
        parts.append(np.bincount(blocks[part], minlength=count).astype(np.float64))
    return tuple(parts)


def _deviation(error: Values, inside: Chosen, blocks: Codes) -> tuple[float, float, int]:
    """Log of the ratio of the mean error inside to that outside, its standard error, and the blocks that it rests on.

    The ratio of two ratio estimates by the delta method (Cochran, "Sampling Techniques", 1977, section 6.11), blocks of
    time as clusters. Without an estimate the standard error is infinite.
    """
    own, many, other, rest = _sums(error, inside, blocks)
    held = int((many > 0).sum())
    if own.sum() <= 0 or other.sum() <= 0 or held < FEWEST:
        return 0.0, np.inf, held
    mean, outside = own.sum() / many.sum(), other.sum() / rest.sum()
    left = (own - mean * many) / own.sum() - (other - outside * rest) / other.sum()
    deviation = float(np.sqrt(np.square(left).sum() * held / (held - 1)))
    return float(np.log(mean / outside)), deviation, held


def evidence_of(error: Values, inside: Chosen, blocks: Codes) -> float:
    """The log of the ratio in its standard errors; 0 where there is no estimate."""
    log, deviation, _ = _deviation(error, inside, blocks)
    return log / deviation if deviation > 0 else 0.0


def ratio_of(error: Values, inside: Chosen, blocks: Codes, chance: float) -> tuple[float, float, float]:
    """The ratio of the mean errors and its bounds, each exceeded with probability `chance`; NaN without an estimate."""
    from scipy.special import stdtrit

    log, deviation, held = _deviation(error, inside, blocks)
    if not np.isfinite(deviation):
        outside = error[~inside].mean() if (~inside).any() else np.nan
        ratio = error[inside].mean() / outside if inside.any() and outside > 0 else np.nan
        return float(ratio), np.nan, np.nan
    reach = float(stdtrit(held - 1, 1 - chance)) * deviation
    return float(np.exp(log)), float(np.exp(log - reach)), float(np.exp(log + reach))
