"""What the merge of a run holds at a time: folds of thousands of series are the largest things in a worker."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pandas as pd
import pytest

from forecasting import ForecastConfig
from forecasting.evaluation.backtests import backtest, tested
from forecasting.evaluation.findings import slices
from forecasting.model.origins import Origins
from forecasting.panel import Panel
from forecasting.runs import jobs

pytestmark = pytest.mark.slow

SERIES, VALUES, HORIZON = 1_500, 60, 10
PARTS = ("anchor", "anchor-linear", "recurrent")


def a_panel() -> Panel:
    """Walks of days."""
    y = np.random.default_rng(0).normal(size=(SERIES, VALUES)).cumsum(axis=1)
    names = np.repeat([f"s{number:04d}" for number in range(SERIES)], VALUES)
    ds = np.tile(pd.date_range("2024-01-01", periods=VALUES).to_numpy(), SERIES)
    return Panel(pd.DataFrame({"unique_id": names, "ds": ds, "y": y.reshape(-1)}), "D")


def a_fold(seen: list[int]) -> bytes:
    """Forecasts of all series after so many values each."""
    random = np.random.default_rng(seen[0])
    shape = (SERIES * len(seen), HORIZON)
    series = np.repeat(np.arange(SERIES), len(seen))
    forecast = random.normal(size=shape)
    return tested.Tested(
        fold=1, origins=Origins.of(series, np.tile(seen, SERIES), HORIZON), forecast=forecast,
        parts={name: random.normal(size=shape) for name in PARTS},
        bounds={level: (forecast - level, forecast + level) for level in (50, 80, 95)},
        periods=(7,), weights={}, shrinkage=1.0,
    ).to_bytes()  # fmt: skip


def test_the_merge_holds_little_more_than_the_folds_that_it_is_given(monkeypatch):
    panel, config = a_panel(), ForecastConfig(horizon=HORIZON, folds=1, window=20).to_dict()
    monkeypatch.setattr(jobs, "group_by_shape", lambda panel: [])
    monkeypatch.setattr(backtest, "MOST_ROWS", SERIES * 31 * HORIZON // 2)  # every other origin, as of thousands
    monkeypatch.setattr(jobs, "shapes_bytes", lambda groups: b"")
    monkeypatch.setattr(slices, "MOST_ROWS", SERIES * 31 * HORIZON // 8)
    ahead = pd.DataFrame({"unique_id": np.repeat(panel.series_ids, HORIZON), "forecast": 1.0})
    fit = {"forecast": jobs._parquet(ahead), "explain": b"{}"}
    jobs.gather(panel, config, {"fit": dict(fit), "fold 1": {"tested": a_fold([49])}})  # imports what it needs
    data = a_fold(list(range(20, 51)))
    parts = {"fit": fit, "fold 1": {"tested": data}}
    size = len(data)
    del data
    tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        jobs.gather(panel, config, parts)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "fold 1" not in parts  # its bytes are free as soon as the rows are made
    assert most < 2.6 * size
