"""The tab Forecast: the values beyond the data with their intervals, as a chart and a table."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from forecasting import charts
from pages.forecast.results.errors import coverage_note
from pages.forecast.results.export import download_forecast
from pages.forecast.results.shown import Shown
from pages.shared import components
from pages.shared.i18n import chart_words, t


def forecast(shown: Shown) -> None:
    """Draw it."""
    ahead = shown.of_series(shown.forecast())
    horizon = len(ahead)
    figure = charts.forecast_chart(
        shown.history(),
        ahead,
        shown.series,
        tail=max(4 * horizon, int(shown.run.config.get("window", 60)), 30),
        words=chart_words(),
    )
    components.chart(figure, "chart_forecast", t("alt.forecast", name=charts.escape(shown.series), count=horizon))
    st.caption(coverage_note(shown.backtest().scores))
    components.table(_table(ahead), "forecast_table", height=min(36 + 35 * horizon, 320))
    download_forecast(shown, "download_forecast_here")


def _table(ahead: pd.DataFrame) -> pd.DataFrame:
    """A Forecast with headings for people."""
    names = {"ds": t("forecast.time"), "forecast": t("forecast.value")}
    for level in charts.levels_of(ahead):
        names[f"forecast-lo-{level}"] = t("forecast.low", level=level)
        names[f"forecast-hi-{level}"] = t("forecast.high", level=level)
    return ahead[list(names)].rename(columns=names)
