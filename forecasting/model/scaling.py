"""Scaling of each series by its own seasonal-naive error, on a log scale where it grows in proportion to its level.

A State is fitted on the training part alone and inverts the transform.
Source of the scale: Hyndman and Koehler, "Another look at measures of forecast accuracy" (IJF 22, 2006).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from forecasting.model.windows import Extra, Index, Known
from forecasting.panel import Values

UNIT = 0.3  # a mean seasonal-naive error in scaled units: keeps inputs in the near-linear range of tanh
FEWEST = 5  # training values, below which the scale of a series leans on others'
ALONE = 0.1  # of its level: the mean seasonal-naive error of such a series where there are no others
GROWTH = 14.0  # a forecast on a log scale is cut at a million times the largest value seen, long before exp overflows


@dataclasses.dataclass(frozen=True)
class State:
    """scaled = (f(y) - centre) / scale, where f is log(max(y, floor)) if `log`, else the identity.

    `ceiling` bounds f of what is scaled back: infinite without the logarithm.
    """

    log: bool
    centre: float
    scale: float
    floor: float
    ceiling: float


def fit(train: Values, periods: Sequence[int], log: bool) -> State:
    """The State of training values [time]; `periods`: lags of the naive errors. Constant values get the scale 1."""
    floor = float(train.min()) * 1e-2 if log else 0.0
    level = np.log(train) if log else train
    centre = float(level.mean())
    lags = [lag for lag in {1, *periods} if lag < len(level)]
    errors = [float(np.abs(level[lag:] - level[:-lag]).mean()) for lag in lags]
    scale = float(np.mean(errors)) / UNIT if errors else 0.0
    # Below the rounding error of the values themselves there is no variation to scale by.
    smallest = float(np.abs(level).max()) * 1e-12
    ceiling = float(level.max()) + GROWTH if log else np.inf
    return State(log, centre, scale if scale > smallest else 1.0, floor, ceiling)


def lean(
    states: Sequence[State], parts: Sequence[Values], measured: Sequence[Known] | None = None
) -> tuple[State, ...]:
    """The States where the scale of a series of fewer than FEWEST training values leans on the other series', relative
    to their levels, or without any on its own level: one or two values do not tell how much a series moves. With
    `measured` only values that were count, however many were filled in between."""
    if measured is not None:
        parts = [part[known[: len(part)]] for part, known in zip(parts, measured, strict=True)]
    few = [index for index, part in enumerate(parts) if len(part) < FEWEST]
    if not few:
        return tuple(states)
    leaned = list(states)
    for index in few:
        state, part = states[index], parts[index]
        if measured is not None and len(part) > 1:  # repeated values between them would make their moves small
            state = dataclasses.replace(state, scale=max(state.scale, fit(part, (), state.log).scale))
        level = 1.0 if state.log or not len(part) else float(np.abs(part).mean())
        alike = [
            other.scale / (1.0 if state.log else float(np.abs(values).mean()) or 1.0)
            for other, values in zip(states, parts, strict=True)
            if len(values) >= FEWEST and other.log == state.log
        ]
        borrowed = (float(np.median(alike)) if alike else ALONE / UNIT) * (level or 1.0)
        moves = len(part) > 1 and float(np.ptp(part)) > 0
        own = (len(part) - 1) / (len(part) + 1) if moves else 0.0
        scale = float(np.exp(own * np.log(state.scale) + (1 - own) * np.log(borrowed)))
        leaned[index] = dataclasses.replace(state, scale=max(scale, state.scale) if moves else scale)
    return tuple(leaned)


def fit_range(train: Values) -> State:
    """The State that takes training values [time] to -1 ... 1, as tutorials scale them."""
    from sklearn.preprocessing import MinMaxScaler

    scaler = MinMaxScaler(feature_range=(-1, 1)).fit(train[:, None])
    factor, offset = float(scaler.scale_[0]), float(scaler.min_[0])  # scaled = factor y + offset
    return State(log=False, centre=-offset / factor, scale=1 / factor, floor=0.0, ceiling=np.inf)


def transform(values: Values, state: State) -> Values:
    """Scaled values, float64."""
    level = np.log(np.maximum(values, state.floor)) if state.log else values
    return (level - state.centre) / state.scale


def forward(values: Values, states: Sequence[State], series: Index) -> Values:
    """Values [O, H] of `series` [O], each scaled by its own of `states` [S]; `inverse` is its inverse."""
    log = np.array([state.log for state in states])[series]
    centre, scale, floor = (
        np.array([getattr(state, name) for state in states])[series, None] for name in ("centre", "scale", "floor")
    )
    level = np.array(values, dtype=np.float64)
    level[log] = np.log(np.maximum(level[log], floor[log]))
    scaled: Values = (level - centre) / scale
    return scaled


def inverse(scaled: Values, states: Sequence[State], series: Index) -> Values:
    """Values [O, H] in the unit of `series` [O], each scaled by its own of `states` [S]."""
    log = np.array([state.log for state in states])[series]
    centre, scale, ceiling = (
        np.array([getattr(state, name) for state in states])[series, None] for name in ("centre", "scale", "ceiling")
    )
    level: Values = np.minimum(scaled * scale + centre, ceiling)
    level[log] = np.exp(level[log])
    return level


def export(states: Sequence[State]) -> Values:
    """The states as an array [S, 5]; `restore` is its inverse."""
    return np.array([dataclasses.astuple(state) for state in states], dtype=np.float64)


def restore(array: Values) -> tuple[State, ...]:
    """The states that `export` took apart."""
    return tuple(State(bool(log), *rest) for log, *rest in array.tolist())


@dataclasses.dataclass(frozen=True)
class Inputs:
    """scaled = (x - centre) / scale for the further inputs: `past` columns known up to their step, then the others."""

    centre: Values  # [P + K]
    scale: Values
    past: int


def fit_inputs(extra: Extra, train_end: Sequence[int]) -> Inputs:
    """Mean and deviation of each column over the first `train_end` steps of all series; a constant has the scale 1."""
    rows = [
        np.concatenate([past[:end], known[:end]], axis=1)
        for past, known, end in zip(extra.past, extra.known, train_end, strict=True)
    ]
    joined = np.concatenate(rows)
    centre, deviation = joined.mean(axis=0), joined.std(axis=0)
    smallest = np.abs(joined).max(axis=0) * 1e-9
    return Inputs(centre, np.where(deviation > smallest, deviation, 1.0), extra.past[0].shape[1])


def scale_inputs(extra: Extra, inputs: Inputs) -> Extra:
    """Scaled further inputs, cut at ten deviations."""
    split = inputs.past

    def scaled(part: Values, chosen: slice) -> Values:
        return np.clip((part - inputs.centre[chosen]) / inputs.scale[chosen], -10.0, 10.0)

    past = [scaled(part, slice(0, split)) for part in extra.past]
    return Extra(past, [scaled(part, slice(split, None)) for part in extra.known])


def grows_with_level(train: Values, lag: int = 1) -> bool:
    """Whether steps of a positive series are in proportion to its level rather than of one size.

    Compares how evenly the sizes of the steps are spread over the range of levels, before and after the logarithm:
    the transform under which low and high levels have the more similar mean step is the better one.
    """
    if len(train) < 16 or train.min() <= 0:
        return False
    steps = np.abs(train[lag:] - train[:-lag])
    relative = np.abs(np.log(train[lag:]) - np.log(train[:-lag]))
    order = np.argsort(train[:-lag], kind="stable")
    third = max(1, len(order) // 3)
    low, high = order[:third], order[-third:]
    if not steps.any():
        return False
    plain = abs(np.log((steps[high].mean() + 1e-300) / (steps[low].mean() + 1e-300)))
    logged = abs(np.log((relative[high].mean() + 1e-300) / (relative[low].mean() + 1e-300)))
    return bool(logged < plain)
