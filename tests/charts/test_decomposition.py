"""A series taken apart, against statsmodels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.seasonal import seasonal_decompose
from statsmodels.tsa.stattools import acf

from forecasting import charts
from forecasting.charts.decomposition import autocorrelation, decompose
from tests.charts.test_charts import trace


def series(length: int = 200, freq: str = "D") -> pd.DataFrame:
    rng = np.random.default_rng(0)
    i = np.arange(length)
    y = 10 + 0.05 * i + 3 * np.sin(2 * np.pi * i / 7) + rng.normal(size=length)
    return pd.DataFrame({"ds": pd.date_range("2023-01-02", periods=length, freq=freq), "y": y})


@pytest.mark.parametrize("season", [7, 12, 2, 100])
def test_trend_season_and_rest_are_those_of_statsmodels(season: int) -> None:
    y = series()["y"].to_numpy()
    expected = seasonal_decompose(y, model="additive", period=season)
    trend, seasonal, rest = decompose(y, season)
    np.testing.assert_allclose(trend, expected.trend)
    np.testing.assert_allclose(seasonal, expected.seasonal)
    np.testing.assert_allclose(rest, expected.resid, atol=1e-9)


def test_the_autocorrelation_is_that_of_statsmodels() -> None:
    y = series()["y"].to_numpy()
    np.testing.assert_allclose(autocorrelation(y, 40), acf(y, nlags=40, fft=False), atol=1e-9)
    assert autocorrelation(np.ones(50), 5).tolist() == [0.0] * 6


def test_the_calendar_shows_means() -> None:
    frame = series()
    figure = charts.calendar_chart(frame)
    assert figure is not None
    grid = figure.data[0]
    tuesdays = frame[(frame["ds"].dt.strftime("%a") == "Tue") & (frame["ds"].dt.month == 3)]
    shown = np.asarray(grid.z)[list(grid.y).index("Tue"), list(grid.x).index("Mar")]
    assert shown == pytest.approx(tuesdays["y"].mean())


@pytest.mark.parametrize(("freq", "across"), [("h", "Hour"), ("D", "Month"), ("MS", "Year"), ("YS", None)])
def test_the_calendar_follows_the_steps(freq: str, across: str | None) -> None:
    figure = charts.calendar_chart(series(freq=freq))
    assert (figure.layout.xaxis.title.text if figure else None) == across
    whole = pd.DataFrame({"ds": np.arange(9), "y": np.arange(9.0)})
    assert charts.calendar_chart(whole) is None


@pytest.mark.slow
def test_the_figures_show_every_part() -> None:
    frame = series()
    figure = charts.parts_chart(frame, 7)
    np.testing.assert_allclose(trace(figure, "Season").y, decompose(frame["y"], 7)[1])
    assert {line.name for line in figure.data} == {"True", "Trend", "Season", "Rest"}
    bars = charts.autocorrelation_chart(frame, (7,)).data[0]
    assert bars.y[6] == pytest.approx(acf(frame["y"], nlags=7)[7])
    assert bars.y[6] > 0.5
    assert len(charts.autocorrelation_chart(frame.head(3)).data[0].y) == 1
