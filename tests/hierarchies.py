"""Panels of several keys, for tests of totals."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
import pandas as pd

from forecasting.panel import Panel

KEYS = ("region", "shop")
DAYS = 120
ORIGIN = pd.Timestamp("2024-01-01")


def shops(
    spans: Mapping[str, tuple[int, int]] | None = None,
    regions: str = "NS",
    names: str = "ab",
    days: int = DAYS,
    seed: int = 0,
) -> Panel:
    """Daily sales with a weekly rhythm of a shop in each region; `spans`: first day and last of those that are not
    there throughout."""
    random = np.random.default_rng(seed)
    frames, keys = [], []
    for region, shop in itertools.product(regions, names):
        name = f"{region} / {shop}"
        first, last = (spans or {}).get(name, (0, days - 1))
        t = np.arange(first, last + 1)
        level, phase = random.uniform(20, 60), random.integers(7)
        y = level + 8 * np.sin(2 * np.pi * (t + phase) / 7) + random.normal(0, 2, len(t))
        frames.append(pd.DataFrame({"unique_id": name, "ds": ORIGIN + pd.to_timedelta(t, unit="D"), "y": y}))
        keys.append((region, shop))
    frame = pd.concat(frames, ignore_index=True)
    return Panel(frame, "D", (7,), keys=pd.DataFrame(keys, columns=list(KEYS), dtype=object))


def incoherence(frame: pd.DataFrame, parts: Mapping[str, list[str]], column: str = "forecast") -> float:
    """The largest relative difference between a total and the sum of its series, over all rows of a Forecast or a
    Backtest."""
    index = [name for name in ("cutoff", "ds") if name in frame.columns]
    wide = frame.pivot(index=index, columns="unique_id", values=column)
    return max(
        float((wide[name] - wide[part].sum(axis=1)).abs().div(wide[name].abs()).max()) for name, part in parts.items()
    )
