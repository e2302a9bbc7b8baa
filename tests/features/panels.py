"""Panels and the columns that are built from them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.features import build
from forecasting.panel import STEP, Panel

Array = npt.NDArray[np.float64]


def panel(
    values: Sequence[float] | Array, frequency: str = "D", start: str = "2024-01-01", **covariates: Array
) -> Panel:
    n = len(values)
    ds = np.arange(n) if frequency == STEP else pd.date_range(start, periods=n, freq=frequency)
    return Panel(pd.DataFrame({"unique_id": "a", "ds": ds, "y": np.asarray(values, float), **covariates}), frequency)


def walk(n: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).normal(size=n).cumsum()


def known(names: Sequence[str], frequency: str, start: str, n: int, horizon: int = 1) -> pd.DataFrame:
    """The known columns by name and date, the last `horizon` of them beyond the end."""
    data = panel(np.zeros(n), frequency, start)
    found = build(data, names, horizon)
    dates = np.concatenate([data.times()[0], data.future(horizon)["ds"].to_numpy()])
    return pd.DataFrame(found.known[0], columns=list(found.known_names), index=pd.DatetimeIndex(dates))
