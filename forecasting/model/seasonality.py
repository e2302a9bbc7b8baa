"""Season and trend of one series taken apart: seasonal factors, and a line with a season for series of few seasons.

Axes: T values of a series, P = season positions, O origins, H horizon.
"""

from __future__ import annotations

from statistics import median

import numpy as np

from forecasting.model.windows import Index, Known
from forecasting.panel import Values

BACK = 4  # ordinary values at the same place of the season that tell what is usual
FEW = 6  # seasons, below which a trend and a season are looked for together
LONGEST = 24  # season that is looked for so: longer ones have too many positions for their few values
SHOWS = 2.2  # variance between the positions of a season over that within: the 90 % point with two seasons of 12
ALPHAS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9)  # smoothing of what a line and a season leave over
BETTER = 0.97  # of the squared one-step errors that more smoothing leaves, to be worth it
DAMPING = 0.95  # of the slope, each step ahead
LARGEST_LOG = 700.0  # beyond which exp overflows


def usual_before(values: Values, ordinary: Known, season: int) -> Values:
    """The median [T] of the last BACK `ordinary` values before each step at its place of the season; NaN before any."""
    usual = np.empty(len(values))
    places: list[list[float]] = [[] for _ in range(season)]
    for step, (value, here) in enumerate(zip(values.tolist(), ordinary.tolist(), strict=True)):
        before = places[step % season]
        usual[step] = median(before[-BACK:]) if before else np.nan
        if here:
            before.append(value)
    return usual


def seasonal_factors(values: Values, season: int) -> tuple[Values, bool]:
    """(Factors [P] by position in the block [T], multiplicative) of classical decomposition; ones without a season.

    A season counts where the autocorrelation at its lag passes the 90 % test of the M4 competition's Naive2. A trend
    hides it from that test, and two seasons are too few for it: with FEW seasons it also counts beside a line.
    """
    if season < 2 or len(values) < 2 * season or np.ptp(values) <= 0:
        return np.ones(1), True
    if len(values) >= 3 * season and _passes_naive2(values, season):
        return _classical(values, season)
    return _factors_beside_line(values, season) if suits(len(values), season) else (np.ones(1), True)


def suits(length: int, season: int) -> bool:
    """Whether so many values hold few seasons, two at least, in which a trend is looked for with the season."""
    return 1 < season <= LONGEST and 2 * season <= length < FEW * season


def _passes_naive2(values: Values, season: int) -> bool:
    centred = values - values.mean()
    size = float(centred @ centred)
    if size <= 0:
        return False
    acf = np.array([centred[lag:] @ centred[:-lag] for lag in range(1, season + 1)]) / size
    return bool(abs(acf[-1]) > 1.645 * np.sqrt((1 + 2 * np.square(acf[:-1]).sum()) / len(values)))


def _classical(values: Values, season: int) -> tuple[Values, bool]:
    from statsmodels.tsa.seasonal import seasonal_decompose

    multiplicative = bool(values.min() > 0)
    kind = "multiplicative" if multiplicative else "additive"
    index = seasonal_decompose(values, model=kind, period=season).seasonal[:season]
    if multiplicative and index.min() < 0.01:
        return np.ones(1), True
    return np.asarray(index, dtype=np.float64), multiplicative


def _factors_beside_line(values: Values, season: int) -> tuple[Values, bool]:
    multiplicative = bool(values.min() > 0)
    z = np.log(values) if multiplicative else values
    means = _season_means(z - _slope(z, season) * np.arange(len(z)), season)
    if not means.any():
        return np.ones(1), True
    return (np.exp(means), True) if multiplicative else (means, False)


def _slope(z: Values, season: int) -> float:
    """Change a step, from each season to the next."""
    return float((z[season:] - z[:-season]).mean()) / season


def _season_means(level: Values, season: int) -> Values:
    """Means [P] of each position around that of all; zeros where they differ no more than noise would let them.

    Means of few values exaggerate a season: they are shrunk by 1 - 1 / F, where F is the variance between positions
    over that within. Miller and Williams, "Shrinkage estimators of time series seasonal factors" (IJF 19, 2003).
    """
    centred = level - level.mean()
    position = np.arange(len(centred)) % season
    counts = np.bincount(position)
    means = np.bincount(position, centred) / counts
    within = float(np.square(centred - means[position]).sum()) / max(1, len(centred) - season - 1)
    between = float((counts * np.square(means)).sum()) / (season - 1)
    if between <= SHOWS * within:
        return np.zeros(season)
    shrunk: Values = means * (1 - within / between)
    return shrunk


def fit_line(values: Values, season: int) -> dict[str, Values] | None:
    """A line with a season [T], and the smoothing of what they leave over; None where there is no season.

    On logs of positive values where that leaves less over.
    """
    fits = [_fit_line(values, season, False)]
    if values.min() > 0:
        fits.append(_fit_line(values, season, True))
    return min(fits, key=lambda fit: fit[1])[0]


def _fit_line(values: Values, season: int, log: bool) -> tuple[dict[str, Values] | None, float]:
    """(Parameters, sum of squared one-step errors in the unit of the values)."""
    z = np.log(values) if log else values
    slope = _slope(z, season)
    level = z - slope * np.arange(len(z))
    index = _season_means(level, season)
    if not index.any():
        return None, np.inf
    mean = float(level.mean())
    left = level - mean - np.resize(index, len(z))
    best, chosen = np.inf, 0.0
    for alpha in ALPHAS:
        size = float(np.square(left[1:] - smoothed(left, alpha)[:-1]).sum())
        if size < BETTER * best:
            best, chosen = size, alpha
    line = z - left + np.r_[0.0, smoothed(left, chosen)[:-1]]
    errors = values - (np.exp(np.minimum(line, LARGEST_LOG)) if log else line)
    numbers = {"log": log, "slope": slope, "mean": mean, "alpha": chosen}
    return {"index": index, **{name: np.array(float(value)) for name, value in numbers.items()}}, float(errors @ errors)


def smoothed(values: Values, alpha: float) -> Values:
    """Exponential smoothing [T] that begins at zero."""
    level, levels = 0.0, np.empty(len(values))
    for place, value in enumerate(values.tolist()):
        level += alpha * (value - level)
        levels[place] = level
    return levels


def line_ahead(learned: dict[str, Values], values: Values, seen: Index, horizon: int) -> Values:
    """Forecasts [O, H] by the line, damped, with its season and the smoothed distance of the values from it."""
    return line_apart(learned, values, seen, horizon)[2]


def line_apart(learned: dict[str, Values], values: Values, seen: Index, horizon: int) -> tuple[Values, Values, Values]:
    """[O, H] the level at the origins alone, with its trend, and with its season: the forecasts."""
    log, slope, mean, alpha = (float(learned[name].flat[0]) for name in ("log", "slope", "mean", "alpha"))
    index = learned["index"]
    with np.errstate(divide="ignore", invalid="ignore"):  # values after the training block need not be positive
        z = np.log(values[: int(seen.max())]) if log else values[: int(seen.max())]
    line = mean + slope * np.arange(len(z))
    left = smoothed(np.nan_to_num(z - line - np.resize(index, len(z)), posinf=0.0, neginf=0.0), alpha)
    steps = np.arange(horizon)
    growth = slope * np.cumsum(DAMPING ** (steps + 1))
    level = (line[seen - 1] + left[seen - 1])[:, None]
    parts = (np.repeat(level, horizon, axis=1), level + growth)
    ahead = level + growth + index[(seen[:, None] + steps) % len(index)]
    flat, trended, whole = (
        np.exp(np.minimum(part, LARGEST_LOG)) if log else np.asarray(part) for part in (*parts, ahead)
    )
    return flat, trended, whole
