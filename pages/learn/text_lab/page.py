"""The Text lab: one of two networks, each with its settings in the sidebar."""

from __future__ import annotations

import streamlit as st

from pages.learn.text_lab import lstm_view, pair_view
from pages.shared import state
from pages.shared.choices import segments
from pages.shared.i18n import t

VIEWS = {"pair": pair_view.view, "text": lstm_view.view}

session = state.current()
st.title(t("text.title"), anchor=False)
st.session_state.setdefault("text_view", session.form("text_lab").get("view", "pair"))
with st.sidebar:
    segments(
        t("text.view"),
        list(VIEWS),
        required=True,
        format_func=lambda view: t(f"text.view.{view}"),
        key="text_view",
        width="stretch",
        label_visibility="collapsed",
    )
view = st.session_state["text_view"] or "pair"
session.forms = {**session.forms, "text_lab": {**session.form("text_lab"), "view": view}}
VIEWS[view]()
