"""The expander Explore: one series taken apart, drawn only while it is open."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from forecasting import charts
from forecasting.notation import Notation
from forecasting.runs import Workspace
from pages.shared import components, services
from pages.shared.formats import moment
from pages.shared.i18n import chart_words, t


@st.fragment
@components.in_place()
def explore(workspace: Workspace, dataset: str, series: str) -> None:
    """Decomposition, autocorrelation, means by calendar and outliers of one series."""
    room = st.expander(t("explore.title"), key="explore", icon=":material/troubleshoot:", on_change="rerun")
    if not room.open:
        return
    frame = services.one_series(workspace, dataset, series)
    seasons = services.panel(workspace, dataset).seasons
    words, name = chart_words(), charts.escape(series)
    with room:
        fitting = [season for season in seasons if 2 * season <= len(frame) and season > 1]
        components.heading(t("explore.parts"))
        if fitting:
            season = fitting[0]
            if len(fitting) > 1:
                season = components.one_of(t("explore.season"), fitting, season, key="explore_season")
            figure = charts.parts_chart(frame, season, words=words)
            components.chart(figure, "chart_parts", t("alt.parts", name=name, season=season))
        else:
            st.caption(t("explore.none"))
        left, right = st.columns(2)
        with left:
            trend = charts.has_trend(frame["y"])
            components.heading(t("explore.autocorrelation.changes") if trend else t("explore.autocorrelation"))
            figure = charts.autocorrelation_chart(frame, tuple(fitting), differenced=trend, words=words)
            components.chart(figure, "chart_autocorrelation", t("alt.autocorrelation", name=name))
            if trend:
                st.caption(t("explore.trend"))
        with right:
            components.heading(t("explore.calendar"))
            grid = charts.calendar_chart(frame, words=words)
            if grid is None:
                st.caption(t("explore.no_calendar"))
            else:
                components.chart(grid, "chart_calendar", t("alt.calendar", name=name))
        _outliers(services.dataset(workspace, dataset).report, series, services.notation(workspace, dataset))


def _outliers(report: dict[str, Any], series: str, notation: Notation) -> None:
    """Those of the report; a sample was not checked for any."""
    if "outliers" not in report:
        return
    components.heading(t("explore.outliers"))
    rows = [
        (moment(step["ds"], notation), step["y"], step.get("row"))
        for step in report["outliers"]
        if step["unique_id"] == series
    ]
    if rows:
        columns = [t("forecast.time"), t("how.value"), t("explore.row")]
        components.table(pd.DataFrame(rows, columns=columns), "outliers")
    else:
        st.caption(t("explore.no_outliers"))
