import numpy as np
import pandas as pd
import pytest

from forecasting.config import ForecastConfig
from forecasting.folds import COMPARED
from forecasting.forecaster import suggest_config
from forecasting.messages import Message
from forecasting.panel import STEP, Panel


def panel(series, length=30, seasons=()):
    names = np.repeat([f"s{i:04}" for i in range(series)], length).astype(object)
    y = np.random.default_rng(0).normal(size=series * length)
    frame = pd.DataFrame({"unique_id": names, "ds": np.tile(np.arange(length), series), "y": y})
    return Panel(frame, STEP, seasons)


@pytest.mark.parametrize(
    ("series", "seasons", "method"),
    [
        (1, (), "best"),
        (1, (7,), "best"),
        (40, (7,), "best"),
        (80, (7,), "recurrent"),  # the models of short seasons take the longest to find
        (80, (24,), "best"),
        (COMPARED + 1, (24,), "recurrent"),
    ],
)
def test_best_of_all_is_suggested_where_it_costs_seconds_and_the_reason_says_why(series, seasons, method):
    config, reasons = suggest_config(panel(series, seasons=seasons))
    assert config.method == method
    assert isinstance(reasons["method"], Message)
    assert (f"over {series} series" in reasons["method"]) == (method == "recurrent")


def test_the_default_of_python_stays_the_network():
    assert ForecastConfig().method == "recurrent"
