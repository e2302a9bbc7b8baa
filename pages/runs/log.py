"""What was done in the workspace and when, without contents: read only while it is open."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from forecasting.runs import JOBS, Workspace
from pages.shared import components, jobs, services
from pages.shared.formats import utc
from pages.shared.i18n import t

PAGE_SIZE = 20


def log(workspace: Workspace) -> None:
    """Draw it, in an expander, so many entries to a page."""
    expander = st.expander(t("log.title"), key="log", icon=":material/history:", on_change="rerun")
    if not expander.open:
        return
    with expander, components.in_place():
        page = int(st.session_state.get("log_page", 1))
        entries, total = services.events(workspace, (page - 1) * PAGE_SIZE, PAGE_SIZE)
        st.caption(t("log.lead", days=f"{services.keep_days():g}"))
        if not total:
            st.markdown(t("log.none"))
            return
        frame = pd.DataFrame(
            {
                t("log.when"): [utc(entry.at) for entry in entries],
                t("log.what"): [t(f"log.{entry.what}") for entry in entries],
                t("log.about"): [_name(entry.name) for entry in entries],
            }
        )
        components.table(frame, "log_table", height="content")
        pages = -(-total // PAGE_SIZE)
        if pages > 1:
            st.pagination(pages, key="log_page")


def _name(name: str | None) -> str:
    """A run without data and a name of its own is called as its job."""
    return jobs.name_of(name) if name in JOBS else name or ""
