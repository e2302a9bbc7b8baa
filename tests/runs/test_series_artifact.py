"""The table of the series that a forecast of several of them stores."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pandas as pd
import pytest

from forecasting.config import ForecastConfig
from forecasting.errors import DataError
from forecasting.evaluation.backtests.backtest import Backtest
from forecasting.panel import Panel
from forecasting.portfolio import group_by_shape, series_table, stored_shapes, stored_table
from forecasting.runs.jobs import JOBS

SETTINGS: dict[str, Any] = {"horizon": 2, "window": 7, "hidden_size": 4, "epochs": 1, "folds": 1}


def _panel(*lengths: int) -> Panel:
    random = np.random.default_rng(0)
    frames = [
        pd.DataFrame({"unique_id": f"s{i}", "ds": pd.date_range("2024-01-01", periods=n), "y": random.normal(9, 1, n)})
        for i, n in enumerate(lengths)
    ]
    return Panel(pd.concat(frames, ignore_index=True), "D", (7,))


@pytest.mark.slow
def test_a_forecast_of_several_series_stores_their_table_and_one_of_a_single_series_none() -> None:
    panel, job = _panel(60, 50, 9), JOBS["forecast"]
    config = job.complete(ForecastConfig(**SETTINGS).to_dict())
    artifacts = job.compute(panel, config, lambda _: None)
    table = stored_table(artifacts["series"])
    forecast = pd.read_parquet(io.BytesIO(artifacts["forecast"]))
    wanted = series_table(panel, forecast, Backtest.from_bytes(artifacts["backtest"]))
    pd.testing.assert_frame_equal(table, wanted, check_exact=True)
    assert list(table["verdict"] == "too-short") == [False, False, True]
    assert job.compute(panel, config, lambda _: None)["series"] == artifacts["series"]
    assert "series" not in job.compute(_panel(60), config, lambda _: None)


@pytest.mark.slow
def test_a_forecast_of_many_series_stores_their_groups() -> None:
    panel, job = _panel(*[60] * 8, 5), JOBS["forecast"]
    stored = job.compute(panel, job.complete(ForecastConfig(**SETTINGS).to_dict()), lambda _: None)["shapes"]
    found, made = stored_shapes(stored), group_by_shape(panel)
    assert [one.name for one in found.groups] == [one.name for one in made.groups]
    assert [one.representative for one in found.groups] == [one.representative for one in made.groups]
    assert found.labels().tolist() == made.labels().tolist()


@pytest.mark.parametrize("damaged", [b"", b"{}", b"[]", b'{"groups": [{}], "labels": [0], "silhouette": 1}'])
def test_damaged_groups_are_said_to_be_damaged(damaged: bytes) -> None:
    with pytest.raises(DataError, match="table of the series"):
        stored_shapes(damaged)
