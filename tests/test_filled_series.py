"""Forecasts of series most of whose steps were filled in."""

import numpy as np
import pandas as pd
import pytest

from forecasting.config import ForecastConfig
from forecasting.forecaster import fit
from forecasting.panel import Panel


@pytest.mark.slow
@pytest.mark.parametrize("window", [14, 200])  # with a network, and too short for one
def test_two_values_far_apart_are_no_more_certain_than_few_values_are(window):
    days, noise = pd.date_range("2024-01-01", periods=152), np.random.default_rng(0)
    parts = {f"shop {i}": 50 + 10 * np.sin(2 * np.pi * np.arange(152) / 7) + noise.normal(0, 4, 152) for i in range(3)}
    parts |= {"far": np.r_[np.full(151, 5.0), 9.0], "near": np.array([5.0, 9.0])}
    frame = pd.concat(
        [
            pd.DataFrame({"unique_id": name, "ds": days[-len(y) :].astype("datetime64[ns]"), "y": y})
            for name, y in parts.items()
        ],
        ignore_index=True,
    )
    inside = (frame["unique_id"] == "far") & frame["ds"].isin(days[1:-1])
    filled = frame.loc[inside, ["unique_id", "ds"]].reset_index(drop=True)
    panel = Panel(frame, "D", (7,), "", None, filled)
    config = ForecastConfig(horizon=7, window=window, hidden_size=4, epochs=1, folds=1)
    forecast = fit(panel, config).predict().groupby("unique_id")
    width = (forecast["forecast-hi-80"].mean() - forecast["forecast-lo-80"].mean()).to_dict()
    assert 0.2 < width["far"] / width["near"] < 5
