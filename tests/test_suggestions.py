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
    ("series", "length", "seasons", "method"),
    [
        (1, 30, (), "best"),
        (1, 30, (7,), "best"),
        (80, 30, (7,), "best"),
        (80, 400, (7,), "recurrent"),  # the models of short seasons take the longest to find, in long series above all
        (80, 400, (24,), "best"),
        (COMPARED + 1, 30, (24,), "recurrent"),
    ],
)
def test_best_of_all_is_suggested_where_it_costs_seconds_and_the_reason_says_why(series, length, seasons, method):
    config, reasons = suggest_config(panel(series, length, seasons))
    assert config.method == method
    assert isinstance(reasons["method"], Message)
    assert (f"over {series} series" in reasons["method"]) == (method == "recurrent")


def test_the_default_of_python_stays_the_network():
    assert ForecastConfig().method == "recurrent"


def echoes(lag, length=1200, times=1.0):
    """A Panel of y[t] = 0.9 y[t - lag] + noise."""
    y = np.random.default_rng(3).normal(size=length + 10 * lag)
    for t in range(lag, len(y)):
        y[t] += 0.9 * y[t - lag]
    frame = pd.DataFrame({"unique_id": "a", "ds": np.arange(length), "y": times * y[10 * lag :]})
    return Panel(frame, STEP, (length,))  # a season too long to be used, so that none is searched for


@pytest.mark.parametrize("times", [1.0, 1 + 1e-12, 3.0])
def test_a_longer_window_is_suggested_where_the_last_values_show_that_it_reaches_what_repeats(times):
    config, reasons = suggest_config(echoes(100, times=times))
    assert config.window == 120  # twice the usual 60
    assert reasons["window"].values["windows"] == (30, 60, 120)
    assert "least with this one of the windows 30, 60, 120: " in reasons["window"]


def test_the_usual_window_is_kept_where_none_is_clearly_better_and_the_reason_says_so():
    y = np.cumsum(np.random.default_rng(0).normal(size=1200))
    frame = pd.DataFrame({"unique_id": "a", "ds": np.arange(1200), "y": y})
    config, reasons = suggest_config(Panel(frame, STEP, (1200,)))
    assert config.window == 60
    assert reasons["window"].startswith("the usual 60 steps; with none of the windows 30, 60, 120 ")


@pytest.mark.slow
def test_what_most_series_of_a_panel_need_is_suggested_for_all():
    one = echoes(100).frame
    many = pd.concat([one.assign(unique_id=f"s{i:02}") for i in range(25)], ignore_index=True)
    config, _ = suggest_config(Panel(many, STEP, (1200,)))
    assert config.window == 120
