"""The values of a series as they were read, with range slider and marks of repairs, or folded to a strip."""

from __future__ import annotations

import streamlit as st

from forecasting import charts
from forecasting.runs import Workspace
from pages.shared import components, services
from pages.shared.formats import moment
from pages.shared.i18n import chart_words, t
from pages.shared.reading.repairs import repair_marks

_STRIP = 92  # pixels


@st.fragment
@components.in_place()
def series_chart(workspace: Workspace, dataset_id: str, series: str, *, folded: bool) -> None:
    """Draw it; `folded`: as a strip, with no marks of repairs."""
    frame = services.one_series(workspace, dataset_id, series)
    notation = services.notation(workspace, dataset_id)
    digits = notation.digits(notation.target_of(series))
    repairs = None if folded else repair_marks(services.dataset(workspace, dataset_id).report, series, notation)
    figure = charts.series_chart(frame, series, repairs=repairs, slider=not folded, digits=digits, words=chart_words())
    if folded:
        figure.update_layout(height=_STRIP, margin={"l": 8, "r": 8, "t": 4, "b": 24}, yaxis={"title": "", "nticks": 3})
    start, end = (moment(services.times_of(workspace, dataset_id, series)[at], notation) for at in (0, -1))
    alt = t("alt.series", name=charts.escape(series), count=len(frame), start=start, end=end)
    with st.container(key="first_chart"):
        components.chart(figure, "chart_series", alt, bar=not folded)
        if not folded:
            components.until_drawn(figure, start, end)
