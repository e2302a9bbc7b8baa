"""Backtests of many series without a training: naive forecasts, and others of a known gain, beside the truth."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from forecasting.evaluation.backtests import backtest
from forecasting.evaluation.backtests.backtest import Backtest
from forecasting.panel import Panel, Values

Forecast = Callable[[Values, int, Values], Values]  # (values of a series, seen, steps ahead [H]) -> forecasts [H]


def panel_of(*series: Any, season: int = 7) -> Panel:
    """Daily series that end together, named a, b, c, ... or by number where there are more."""
    names = [chr(97 + i) if len(series) <= 26 else f"{i:05}" for i in range(len(series))]
    frames = [
        pd.DataFrame(
            {
                "unique_id": name,
                "ds": pd.date_range(end="2024-06-30", periods=len(values)),
                "y": np.asarray(values, dtype=np.float64),
            }
        )
        for name, values in zip(names, series, strict=True)
    ]
    return Panel(pd.concat(frames, ignore_index=True), "D", (season,) if season > 1 else ())


def backtest_of(
    panel: Panel, horizon: int, test: int, forecast: Forecast, *, season: int = 7, folds: int = 1
) -> Backtest:
    """Forecasts from every origin of the last `test` steps of each series that has so many and three before them."""
    parts = []
    starts = np.linspace(test, horizon - 1, folds + 1).round().astype(int)
    steps = np.arange(1, horizon + 1)
    for name, values, times in zip(panel.series_ids, panel.values(), panel.times(), strict=True):
        if len(values) < test + 3:
            continue
        for fold, (start, end) in enumerate(itertools.pairwise(starts), 1):
            for seen in range(len(values) - start, len(values) - end):
                if seen + horizon > len(values):
                    continue
                back = seen - season + (steps - 1) % season
                own = forecast(values, seen, steps)
                parts.append(
                    pd.DataFrame(
                        {
                            "unique_id": name,
                            "cutoff": times[seen - 1],
                            "ds": times[seen : seen + horizon],
                            "step": steps,
                            "fold": fold,
                            "y": values[seen : seen + horizon],
                            "forecast": own,
                            "forecast-lo-80": own - 1.28,
                            "forecast-hi-80": own + 1.28,
                            "forecast-lo-95": own - 1.96,
                            "forecast-hi-95": own + 1.96,
                            "naive": values[seen - 1],
                            "seasonal-naive": values[np.where(back >= 0, back, seen - 1)],
                        }
                    )
                )
    longest = panel.times()[int(np.argmax(panel.lengths))]
    scores = {
        "coverage": {"80": 0.8, "95": 0.95},
        "season": season,
        "series": len(panel.series_ids),
        "series_left_out": len(panel.series_ids) - len({part["unique_id"].iloc[0] for part in parts}),
        "folds": [{"test_start": pd.Timestamp(longest[len(longest) - start]).isoformat()} for start in starts[:-1]],
        "every": 1,
    }
    return backtest.make(pd.concat(parts, ignore_index=True), scores)
