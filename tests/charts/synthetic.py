"""Frames of the shape that `forecasting.forecaster` gives, small enough to check by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd


def history(length: int = 200, *, dated: bool = True) -> pd.DataFrame:
    ds = pd.date_range("2024-01-01", periods=length, freq="D") if dated else np.arange(1, length + 1)
    return pd.DataFrame({"ds": ds, "y": 10.0 + np.arange(length) % 7})


def backtest(length: int = 200, test: int = 60, horizon: int = 3, *, dated: bool = True) -> pd.DataFrame:
    """The last `test` steps are origins; a forecast is the truth plus its step, naive the last value."""
    truth = history(length, dated=dated)
    rows = []
    for origin in range(length - test - 1, length - 1):
        for step in range(1, horizon + 1):
            if origin + step < length:
                y = truth["y"][origin + step]
                rows.append(
                    {
                        "unique_id": "y",
                        "cutoff": truth["ds"][origin],
                        "ds": truth["ds"][origin + step],
                        "step": step,
                        "fold": 1,
                        "y": y,
                        "forecast": y + step,
                        "forecast-lo-80": y + step - 2.0,
                        "forecast-hi-80": y + step + 2.0,
                        "naive": truth["y"][origin],
                    }
                )
    return pd.DataFrame(rows)


def folds(length: int = 200, test: int = 60, *, dated: bool = True) -> list[dict[str, object]]:
    ds = history(length, dated=dated)["ds"]
    stamp = (lambda i: ds[i].isoformat()) if dated else (lambda i: int(ds[i]))
    return [{"train_end": stamp(length - test - 1), "test_start": stamp(length - test), "test_end": stamp(length - 1)}]


def forecast(length: int = 200, horizon: int = 5) -> pd.DataFrame:
    ds = pd.date_range(history(length)["ds"].iloc[-1], periods=horizon + 1, freq="D")[1:]
    middle = np.arange(horizon, dtype=float) + 12.0
    columns = {"unique_id": "y", "ds": ds, "forecast": middle}
    for level, width in ((50, 1.0), (80, 2.0), (95, 3.0)):
        columns |= {f"forecast-lo-{level}": middle - width, f"forecast-hi-{level}": middle + width}
    return pd.DataFrame(columns)
