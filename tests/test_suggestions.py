import numpy as np
import pandas as pd

from forecasting.config import ForecastConfig
from forecasting.folds import COMPARED
from forecasting.forecaster import suggest_config
from forecasting.messages import Message
from forecasting.panel import STEP, Panel


def panel(series, length=30):
    names = np.repeat([f"s{i:04}" for i in range(series)], length).astype(object)
    y = np.random.default_rng(0).normal(size=series * length)
    return Panel(pd.DataFrame({"unique_id": names, "ds": np.tile(np.arange(length), series), "y": y}), STEP)


def test_best_of_all_is_suggested_where_the_backtest_fits_its_members_anyway():
    config, reasons = suggest_config(panel(COMPARED))
    assert config.method == "best"
    assert isinstance(reasons["method"], Message)
    assert suggest_config(panel(1))[0].method == "best"


def test_beyond_that_the_network_alone_is_suggested_and_the_reason_names_how_many_series_there_are():
    config, reasons = suggest_config(panel(COMPARED + 1))
    assert config.method == "recurrent"
    assert f"{COMPARED + 1} series" in reasons["method"]


def test_the_default_of_python_stays_the_network():
    assert ForecastConfig().method == "recurrent"
