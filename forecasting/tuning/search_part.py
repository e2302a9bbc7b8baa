"""The part of a Panel that a search may see: what precedes the test parts of the usual backtest."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from forecasting.config import ForecastConfig
from forecasting.errors import TooShortError
from forecasting.messages import Message
from forecasting.model import windows
from forecasting.panel import Panel


def search_part(panel: Panel, config: ForecastConfig) -> Panel:
    """`panel` without the steps at the end of each series that `config.folds` folds test on.

    Series that have nothing before are left out. Covariates that are known ahead stay known for one horizon more.
    """
    length = int(np.median(panel.lengths))
    begin = windows.plan_folds(length, config.horizon, config.folds)[0].test_start
    kept = panel.lengths - begin >= windows.SHORT
    if not kept.any():
        needed = begin + windows.SHORT
        available = int(panel.lengths.max())
        message = Message("tune.short", count=max(0, available - begin), window=config.window, needed=windows.SHORT)
        raise TooShortError(message, needed=needed, available=available, field="window")
    lengths = np.repeat(panel.lengths, panel.lengths)
    place = np.arange(len(lengths)) - np.repeat(np.cumsum(panel.lengths) - panel.lengths, panel.lengths)
    of_kept = np.repeat(kept, panel.lengths)
    before = of_kept & (place < lengths - begin)
    ahead = None
    if known := panel.known_ahead:
        next_steps = of_kept & (place >= lengths - begin) & (place < lengths - begin + config.horizon)
        ahead = panel.frame.loc[next_steps, ["unique_id", "ds", *known]].reset_index(drop=True)
    frame = panel.frame[before].reset_index(drop=True)
    return dataclasses.replace(
        panel,
        frame=frame,
        ahead=ahead,
        filled=_within(panel.filled, frame),
        keys=None if panel.keys is None else panel.keys[kept].reset_index(drop=True),
    )


def _within(filled: pd.DataFrame | None, frame: pd.DataFrame) -> pd.DataFrame | None:
    """The rows of `filled` that `frame` has."""
    if filled is None:
        return None
    keys = ["unique_id", "ds"]
    here = pd.MultiIndex.from_frame(filled[keys]).isin(pd.MultiIndex.from_frame(frame[keys]))
    return filled[here].reset_index(drop=True)
