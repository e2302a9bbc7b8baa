"""The linear path: ridge regression from offsets of past values to what the anchor leaves over, in closed form.

Axes: S series, O origins, H horizon, R regressors (see `regressors`).
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from forecasting.model.anchors import Anchor, widen
from forecasting.model.regressors import LAST_VALUE, beside_lags, measured_targets, regressors, targets
from forecasting.model.windows import Flat, Index
from forecasting.panel import Values

PENALTIES = (1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0)  # relative to the mean variance of a regressor
MOST_LAGS = 512  # recent values used; the eigenvectors of more would cost more than the recurrent path
MOST_ORIGINS = 20_000
MOST_REGRESSORS = 1024
MOST_CELLS = 10_000_000  # regressors of all origins: 80 MB
REWEIGHTINGS = 3  # of origins by the inverse of their error: towards the least absolute instead of square error
FEW_PENALTIES = 3
TYPICAL = 1e-2  # penalty with which those errors are computed


@dataclasses.dataclass(frozen=True)
class Linear:
    """anchor and ridge [H, R] over the same regressors; forecast = last + regressors @ (anchor + ridge).T

    deviations [S, H, R]: what each series adds to the ridge; None where all share it.
    """

    anchor: Values
    ridge: Values
    lags: Index
    penalty: float  # infinite: the ridge is switched off
    deviations: npt.NDArray[np.float32] | None = None

    @property
    def weights(self) -> Values:
        """Of the path that all series share [H, R]."""
        return self.anchor + self.ridge


def lags_for(anchor: Anchor, window: int, horizon: int) -> Index:
    """Regressor lags: the window, what the anchor uses, and the coming steps a season ago where they lie further."""
    wanted = {int(lag) for lag in anchor.lags} | set(range(-(min(window, MOST_LAGS) - 1), 1))
    for period in anchor.periods:
        wanted |= {h - period for h in range(1, min(horizon, period) + 1)}
    return np.array(sorted(wanted), dtype=np.int64)


def solve(
    flat: Flat, origins: Index, anchor: Anchor, lags: Index, horizon: int, penalties: tuple[float, ...]
) -> list[Linear]:
    """One Linear a penalty, from one eigendecomposition of the normal equations over the positions `origins` [O]."""
    wide = widen(anchor.matrix, anchor.lags, lags)
    wide = np.concatenate([wide, np.zeros((horizon, beside_lags(flat)))], axis=1)
    if flat.constant:
        wide[:, LAST_VALUE] = -1.0  # zero, not the last value, is where the forecast starts
    if len(origins) > MOST_ORIGINS:
        origins = origins[np.linspace(0, len(origins) - 1, MOST_ORIGINS).astype(np.int64)]
    if wide.shape[1] * len(origins) > MOST_CELLS:
        origins = origins[np.linspace(0, len(origins) - 1, max(1, MOST_CELLS // wide.shape[1])).astype(np.int64)]
    offsets = regressors(flat, origins, lags)
    left = targets(flat, origins, horizon) - offsets @ wide.T
    # What the anchor alone needs, far back, is no regressor where there would be too many of them.
    near = np.ones(wide.shape[1], dtype=bool)
    if wide.shape[1] > MOST_REGRESSORS:
        beside = beside_lags(flat)
        near = np.concatenate([lags > -MOST_LAGS, np.full(beside, beside <= MOST_LAGS)])
    offsets = offsets[:, near]
    weight = np.ones(len(origins))
    missing = None
    if flat.measured is not None:
        missing = np.isnan(measured_targets(flat, origins, horizon))
        weight = np.maximum(1 - missing.mean(axis=1), 1e-6)  # an origin counts by what came true of it
    for _ in range(REWEIGHTINGS):
        if missing is not None:  # what did not is what the path would have said
            left = np.where(missing, offsets @ ridges(offsets, left, weight, (TYPICAL,))[0].T, left)
        weight = robust_weights(offsets, left, weight, TYPICAL)
        if missing is not None:
            weight = weight * np.maximum(1 - missing.mean(axis=1), 1e-6)
    options = []
    for ridge, penalty in zip(ridges(offsets, left, weight, penalties), penalties, strict=True):
        full = np.zeros_like(wide)
        full[:, near] = ridge
        options.append(Linear(wide, full, lags, penalty))
    return options


def robust_weights(offsets: Values, left: Values, weight: Values, penalty: float) -> Values:
    """Weights [O] by the inverse of the errors that a ridge regression with the weights `weight` leaves."""
    size = np.abs(left - offsets @ ridges(offsets, left, weight, (penalty,))[0].T).mean(axis=1)
    inverse = 1 / np.maximum(size, 0.1 * np.median(size) + 1e-12)
    weights: Values = inverse / inverse.mean()
    return weights


def ridges(offsets: Values, left: Values, weight: Values, penalties: tuple[float, ...]) -> list[Values]:
    """Ridge coefficients [H, R] for rows of `weight` [O], one a penalty: few by solving for each, many from one
    eigendecomposition, which takes as long as six to ten of these."""
    weighted = offsets * weight[:, None]
    gram = offsets.T @ weighted / len(offsets)
    cross = weighted.T @ left / len(offsets)
    variance = float(np.trace(gram)) / max(1, gram.shape[0] - 1) or 1.0
    zero = np.zeros((left.shape[1], offsets.shape[1]))
    if len(penalties) <= FEW_PENALTIES:
        unit = np.eye(len(gram))

        def solved(penalty: float) -> Values:
            if np.isinf(penalty):
                return zero
            return np.asarray(np.linalg.solve(gram + penalty * variance * unit, cross).T, dtype=np.float64)

        return [solved(penalty) for penalty in penalties]
    eigenvalues, vectors = np.linalg.eigh(gram)
    rotated = vectors.T @ cross  # [R, H]
    return [
        zero
        if np.isinf(penalty)
        else (vectors @ (rotated / (np.maximum(eigenvalues, 0.0) + penalty * variance)[:, None])).T
        for penalty in penalties
    ]


def choose(options: list[Linear], flat: Flat, origins: Index, horizon: int) -> Linear:
    """The option with the lowest mean absolute error at the positions `origins`."""
    offsets = regressors(flat, origins, options[0].lags)
    left = measured_targets(flat, origins, horizon) - offsets @ options[0].anchor.T
    mean = np.mean if flat.measured is None else np.nanmean
    errors = [float(mean(np.abs(left - offsets @ option.ridge.T))) for option in options]
    return options[int(np.argmin(errors))]
