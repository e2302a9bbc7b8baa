"""Columns of the Panel as inputs: known for the whole horizon, or used from the past only.

Axes: n steps of a series, H horizon.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from forecasting.errors import ConfigError
from forecasting.messages import Message
from forecasting.panel import Panel, Values


def select(panel: Panel, chosen: Sequence[str] | None) -> list[str]:
    """The covariates to use, each once; None: all. ConfigError for one that the Panel does not have."""
    available = panel.covariates
    if chosen is None:
        return available
    for name in chosen:
        if name not in available:
            if available:
                message = Message("inputs.covariate-unknown", name=name, names=[repr(other) for other in available])
            else:
                message = Message("inputs.no-covariates", name=name)
            raise ConfigError(message, field="covariates")
    return list(dict.fromkeys(chosen))


def past(panel: Panel, names: list[str]) -> list[Values]:
    """[n, columns] of each series."""
    columns = panel.frame[names].to_numpy(dtype=np.float64)
    return np.split(columns, np.cumsum(panel.lengths)[:-1])


def ahead(panel: Panel, names: list[str], horizon: int) -> tuple[dict[str, Values], list[Message]]:
    """The covariates that are known for the whole horizon, [series, H] each; notes on those known for a part of it."""
    names = [name for name in names if name in panel.known_ahead]
    if not names:
        return {}, []
    future, known, notes = panel.future(horizon), {}, []
    for name in names:
        values = future[name].to_numpy(dtype=np.float64).reshape(-1, horizon)  # [series, H]
        steps = int(np.logical_and.accumulate(np.isfinite(values), axis=1).sum(axis=1).min())
        if steps == horizon:
            known[name] = values
        else:
            key = "inputs.known-in-part" if len(values) == 1 else "inputs.known-in-part-of-series"
            notes.append(Message(key, name=name, horizon=horizon, count=steps))
    return known, notes
