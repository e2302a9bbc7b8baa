"""The linear path: ridge regression from offsets of past values to what the anchor leaves over, in closed form.

Regressors are offsets of lagged values and, where there are further inputs, their last M steps up to the origin and
what is known of them at the steps ahead.

Axes: O origins, H horizon, L lags (with further inputs L + M (P + K) + H K regressors).
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from forecasting.model.anchors import Anchor, widen
from forecasting.model.windows import Flat, Index
from forecasting.panel import Values

PENALTIES = (1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0)  # relative to the mean variance of a regressor
MOST_LAGS = 512  # recent values used; the eigenvectors of more would cost more than the recurrent path
MOST_ORIGINS = 20_000
MOST_REGRESSORS = 1024
MOST_CELLS = 10_000_000  # regressors of all origins: 80 MB
REWEIGHTINGS = 3  # of origins by the inverse of their error: towards the least absolute instead of square error
TYPICAL = 1e-2  # penalty with which those errors are found


@dataclasses.dataclass(frozen=True)
class Linear:
    """anchor and ridge [H, L] over the same regressors; forecast = last + regressors @ (anchor + ridge).T

    local [S, H, L]: what each series adds to the ridge; None where all share it.
    """

    anchor: Values
    ridge: Values
    lags: Index
    penalty: float  # infinite: the ridge is switched off
    local: npt.NDArray[np.float32] | None = None


def lags_for(anchor: Anchor, window: int, horizon: int) -> Index:
    """Regressor lags: the window, what the anchor uses, and the same stretch a season ago where that lies further."""
    wanted = {int(lag) for lag in anchor.lags} | set(range(-(min(window, MOST_LAGS) - 1), 1))
    for period in anchor.periods:
        wanted |= {h - period for h in range(1, min(horizon, period) + 1)}
    return np.array(sorted(wanted), dtype=np.int64)


def regressors(flat: Flat, origins: Index, lags: Index) -> Values:
    """Offsets [O, L] of the lagged values from the last one, behind them the further inputs, and the last value itself
    where forecasts do not start from it."""
    parts = [flat.z[origins[:, None] + lags] - flat.z[origins][:, None]]
    if flat.past is not None and flat.known is not None:
        back, ahead = np.arange(1 - flat.memory, 1), np.arange(1, flat.ahead + 1)
        for values, steps in ((flat.past, back), (flat.known, back), (flat.known, ahead)):
            parts.append(values[origins[:, None] + steps].reshape(len(origins), -1))
    if flat.constant:
        parts.append(flat.z[origins][:, None])
    return np.concatenate(parts, axis=1) if len(parts) > 1 else parts[0]


def further(flat: Flat) -> int:
    """How many regressors there are beside the lags."""
    if flat.past is None or flat.known is None:
        return int(flat.constant)
    past, known = flat.past.shape[1], flat.known.shape[1]
    return int((past + known) * flat.memory + known * flat.ahead + flat.constant)


def targets(z: Values, origins: Index, horizon: int) -> Values:
    """Offsets [O, H] of the coming values from the last one."""
    found: Values = z[origins[:, None] + np.arange(1, horizon + 1)] - z[origins][:, None]
    return found


def solve(
    flat: Flat, origins: Index, anchor: Anchor, lags: Index, horizon: int, penalties: tuple[float, ...] = PENALTIES
) -> list[Linear]:
    """One Linear a penalty, from one eigendecomposition of the normal equations over `origins`."""
    wide = widen(anchor.matrix, anchor.lags, lags)
    wide = np.concatenate([wide, np.zeros((horizon, further(flat)))], axis=1)
    if flat.constant:
        wide[:, -1] = -1.0
    if len(origins) > MOST_ORIGINS:
        origins = origins[np.linspace(0, len(origins) - 1, MOST_ORIGINS).astype(np.int64)]
    if wide.shape[1] * len(origins) > MOST_CELLS:
        origins = origins[np.linspace(0, len(origins) - 1, max(1, MOST_CELLS // wide.shape[1])).astype(np.int64)]
    offsets = regressors(flat, origins, lags)
    left = targets(flat.z, origins, horizon) - offsets @ wide.T
    # What the anchor alone needs, far back, is no regressor where there would be too many of them.
    near = np.ones(wide.shape[1], dtype=bool)
    if wide.shape[1] > MOST_REGRESSORS:
        near = np.concatenate([lags > -MOST_LAGS, np.full(further(flat), further(flat) <= MOST_LAGS)])
    offsets = offsets[:, near]
    weight = np.ones(len(origins))
    for _ in range(REWEIGHTINGS):
        size = np.abs(left - offsets @ ridges(offsets, left, weight, (TYPICAL,))[0].T).mean(axis=1)
        weight = 1 / np.maximum(size, 0.1 * np.median(size) + 1e-12)
        weight /= weight.mean()
    found = []
    for ridge, penalty in zip(ridges(offsets, left, weight, penalties), penalties, strict=True):
        full = np.zeros_like(wide)
        full[:, near] = ridge
        found.append(Linear(wide, full, lags, penalty))
    return found


def ridges(offsets: Values, left: Values, weight: Values, penalties: tuple[float, ...]) -> list[Values]:
    """Ridge coefficients [H, L] for rows of `weight` [O], one a penalty, from one eigendecomposition."""
    weighted = offsets * weight[:, None]
    gram = offsets.T @ weighted / len(offsets)
    cross = weighted.T @ left / len(offsets)
    variance = float(np.trace(gram)) / max(1, gram.shape[0] - 1) or 1.0
    eigenvalues, vectors = np.linalg.eigh(gram)
    rotated = vectors.T @ cross  # [L, H]
    return [
        np.zeros((left.shape[1], offsets.shape[1]))
        if np.isinf(penalty)
        else (vectors @ (rotated / (np.maximum(eigenvalues, 0.0) + penalty * variance)[:, None])).T
        for penalty in penalties
    ]


def choose(options: list[Linear], flat: Flat, origins: Index, horizon: int) -> Linear:
    """The option with the lowest mean absolute error over `origins`."""
    offsets = regressors(flat, origins, options[0].lags)
    left = targets(flat.z, origins, horizon) - offsets @ options[0].anchor.T
    errors = [float(np.abs(left - offsets @ option.ridge.T).mean()) for option in options]
    return options[int(np.argmin(errors))]
