"""The Text lab page: one of two networks, each with its settings in the sidebar."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.learn.text_lab import network, pair
from pages.shared import state
from pages.shared.i18n import t

VIEWS = {"pair": pair.page, "text": network.page}


def page() -> None:
    """Draw it."""
    lab = state.current().form("text_lab")
    st.header(t("text.title"), anchor=False)
    st.session_state.setdefault("text_view", lab.get("view", "pair"))
    with st.sidebar:
        st.segmented_control(
            t("text.view"),
            list(VIEWS),
            required=True,
            format_func=lambda view: t(f"text.view.{view}"),
            key="text_view",
            width="stretch",
            label_visibility="collapsed",
        )
    view = st.session_state["text_view"] or "pair"
    remember(view=view)
    VIEWS[view]()


def remember(**values: Any) -> None:
    """Keep what the page is at, for a reload."""
    session = state.current()
    session.forms = {**session.forms, "text_lab": {**session.form("text_lab"), **values}}
