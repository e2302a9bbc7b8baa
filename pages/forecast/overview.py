"""What was read: name, size, range, frequency, season, the report, and the series drawn."""

from __future__ import annotations

import streamlit as st

from pages.forecast.explore import explore
from pages.forecast.sparse import sparse
from pages.shared import services
from pages.shared.i18n import t
from pages.shared.opened_series import choose, opened
from pages.shared.reading.how_read import how_read
from pages.shared.reading.series_chart import series_chart
from pages.shared.reading.what_was_read import what_was_read
from pages.shared.state import Session


def overview(session: Session, dataset_id: str, *, folded: bool = False) -> str:
    """Draw it; the series that is shown. `folded`: the chart is a strip, and what takes room is left to `below`."""
    workspace = session.workspace
    data = services.dataset(workspace, dataset_id)
    panel = services.panel(workspace, dataset_id)
    what_was_read(workspace, dataset_id)
    sparse(session, data, panel)
    if not folded:
        how_read(session, dataset_id)
    series = opened(session, panel)
    if len(panel.series_ids) > 1:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="which_series"):
            series = choose(session, panel, hidden=folded)
            st.page_link("pages/many_series/page.py", label=t("many.link"), icon=":material/table_rows:")
    series_chart(workspace, dataset_id, series, folded=folded)
    if not folded:
        explore(workspace, dataset_id, series)
    return series


def below(session: Session, dataset_id: str, series: str) -> None:
    """What stands below the results: how the file was read, and the series taken apart."""
    how_read(session, dataset_id)
    explore(session.workspace, dataset_id, series)
