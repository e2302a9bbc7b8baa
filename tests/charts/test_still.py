"""The picture of a chart that is shown until the chart is drawn has the chart's own line."""

from __future__ import annotations

import re
from urllib.parse import unquote

import numpy as np
import pandas as pd

from forecasting.charts import series_chart, still


def points(uri: str) -> np.ndarray:
    found = re.search(r'points="([^"]*)"', unquote(uri))
    assert found is not None
    return np.array([pair.split(",") for pair in found[1].split()], dtype=float)


def test_the_line_fills_its_place_and_keeps_its_shape() -> None:
    y = np.sin(np.arange(5000) / 300)
    y[1234] = 9.0  # a single value that must be seen
    series = pd.DataFrame({"ds": pd.date_range("2020-01-01", periods=5000, freq="h"), "y": y})
    drawn = points(still(series_chart(series, "a")))
    assert len(drawn) <= 700
    assert (drawn[0, 0], drawn[-1, 0]) == (0, 1000)
    assert (drawn[:, 1].min(), drawn[:, 1].max()) == (0, 100)
    top = drawn[drawn[:, 1].argmin(), 0]
    assert abs(top - 1000 * 1234 / 4999) < 0.2
    smooth = drawn[np.abs(drawn[:, 0] - top) > 0.5]
    across = np.interp(smooth[:, 0], np.linspace(0, 1000, 5000), y)
    np.testing.assert_allclose(100 - smooth[:, 1], 100 * (across + 1) / 10, atol=1.0)


def test_steps_gaps_constants_and_nothing() -> None:
    steps = pd.DataFrame({"ds": np.arange(10), "y": np.full(10, 3.0)})
    assert len(points(still(series_chart(steps, "a")))) == 10
    gaps = steps.assign(y=[np.nan, 1, 2, np.nan, 4, 5, 6, 7, 8, np.nan])
    assert len(points(still(series_chart(gaps, "a")))) == 7
    assert still(series_chart(steps.assign(y=np.nan), "a")) == ""
