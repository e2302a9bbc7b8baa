"""The tab Forecast: the values beyond the data with their intervals, as a chart and a table."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from forecasting import charts
from pages.shared import components, services
from pages.shared.formats import plain_option
from pages.shared.i18n import chart_words, t
from pages.shared.results.errors import coverage_note
from pages.shared.results.export import download_forecast
from pages.shared.results.shown import Shown


def forecast(shown: Shown) -> None:
    """Draw it."""
    ahead = shown.rows("forecast")
    horizon = len(ahead)
    digits = shown.notation.digits(shown.notation.target_of(shown.series))
    figure = charts.forecast_chart(
        shown.history(),
        ahead,
        shown.series,
        tail=max(4 * horizon, int(shown.run.config.get("window", 60)), 30),
        digits=digits,
        words=chart_words(),
    )
    components.chart(figure, "chart_forecast", t("alt.forecast", name=charts.escape(shown.series), count=horizon))
    st.caption(coverage_note(shown))
    digits = shown.notation.column_digits(ahead["forecast"], shown.notation.target_of(shown.series))
    components.table(_table(shown, ahead), "forecast_table", height=min(36 + 35 * horizon, 320), digits=digits)
    if services.exports(shown.access):
        download_forecast(shown, "download_forecast_here")


def _table(shown: Shown, ahead: pd.DataFrame) -> pd.DataFrame:
    """The forecast of the series with the file's own names and times."""
    notation, every = shown.notation, shown.forecast()
    target = notation.target_of(shown.series) if notation.targets else ""
    columns: dict[str, Any] = {
        plain_option(notation.time) if notation.time else t("forecast.time"): notation.write(
            every.loc[every["unique_id"] == shown.series, "ds"]
        )
    }
    value = plain_option(target) if target else t("forecast.value")
    columns[value if value not in columns else t("forecast.value")] = ahead["forecast"].to_numpy()
    for level in charts.levels_of(ahead):
        columns[t("forecast.low", level=level)] = ahead[f"forecast-lo-{level}"].to_numpy()
        columns[t("forecast.high", level=level)] = ahead[f"forecast-hi-{level}"].to_numpy()
    return pd.DataFrame(columns)
