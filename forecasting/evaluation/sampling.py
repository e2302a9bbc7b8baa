"""More series than fit into memory: some are trained on, and what they give serves all.

Axes: S series, H horizon.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from forecasting.config import ForecastConfig
from forecasting.evaluation.bounds import intervals
from forecasting.evaluation.members import pool
from forecasting.evaluation.predictor import Predictor
from forecasting.model import material, scaling
from forecasting.model.method import Method
from forecasting.model.scaling import State
from forecasting.panel import Values

MOST_VALUES = 3_000_000  # with what leads each series: what training reads then takes some hundred MB


def sample(series: Sequence[Values], config: ForecastConfig, totals: int = 0) -> list[int]:
    """Which series are trained on: all, or as many evenly spread ones as fit into memory, the longest and the last
    `totals` among them."""
    lengths = np.array([len(values) for values in series], dtype=np.int64)
    lead = material.chunk_length(max(config.windows)) + config.horizon
    every = max(1, math.ceil(float((lengths + lead).sum()) / MOST_VALUES))
    if every == 1:
        return list(range(len(lengths)))
    last = range(len(lengths) - totals, len(lengths))
    return sorted({*range(0, len(lengths), every), int(lengths.argmax()), *last})


def for_all(fitted: Predictor, series: Sequence[Values], chosen: Sequence[int], config: ForecastConfig) -> Predictor:
    """What was fitted on the `chosen` of `series`, for all of them: the others are scaled by their own values, share
    the network, and weigh pool members as the chosen ones do on average."""
    states = _states(fitted, series, chosen, config)
    width = intervals.short(np.array([len(values) for values in series]), fitted.horizon)
    width[chosen] = fitted.width
    method, members = fitted.method, fitted.pool
    if method is not None:
        method = _method_for_all(method, len(series), chosen, states)
    if members is not None:
        members = pool.for_all(members, series, chosen, fitted.periods, fitted.horizon)
    beside = fitted.beside
    if beside is not None:
        beside = np.full(len(series), float(beside.mean()))
        beside[chosen] = fitted.beside
    typical = np.zeros((len(series), 0))
    evidence = fitted.evidence.of_panel(np.asarray(chosen)) if fitted.evidence is not None else None
    return dataclasses.replace(
        fitted, evidence=evidence, states=states, method=method, pool=members, beside=beside, width=width,
        typical=typical, reach=None,
    )  # fmt: skip


def _states(
    fitted: Predictor, series: Sequence[Values], chosen: Sequence[int], config: ForecastConfig
) -> tuple[State, ...]:
    known = dict(zip(chosen, fitted.states, strict=True))
    logs = any(state.log for state in fitted.states)

    def fit(values: Values) -> State:
        if config.anchor == "constant":
            return scaling.fit_range(values)
        return scaling.fit(values, fitted.periods, logs and bool(values.min() > 0))

    states = [known[index] if index in known else fit(values) for index, values in enumerate(series)]
    return tuple(states) if config.anchor == "constant" else scaling.lean(states, series)


def _method_for_all(method: Method, count: int, chosen: Sequence[int], states: tuple[State, ...]) -> Method:
    """The per-series linear paths are those of the chosen ones; the others are on the shared path."""
    weights, path = np.zeros(count), method.linear
    if path.deviations is not None:
        weights[chosen] = method.path_weights
        deviations = np.zeros((count, *path.deviations.shape[1:]), dtype=np.float32)
        deviations[chosen] = path.deviations
        path = dataclasses.replace(path, deviations=deviations)
    return dataclasses.replace(method, states=states, path_weights=weights, linear=path)
