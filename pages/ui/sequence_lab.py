"""The Sequence lab: a tab for each teaching system, with its settings in the sidebar. Only the open tab is drawn."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.ui import sequence_ahead, sequence_cells, sequence_cosine, state
from pages.ui.i18n import t

TABS: dict[str, Callable[[], None]] = {
    "cosine": sequence_cosine.tab,
    "cells": sequence_cells.tab,
    "rollout": sequence_ahead.rollout_tab,
    "marker": sequence_ahead.marker_tab,
}


def page() -> None:
    """Draw it."""
    session = state.current()
    st.header(t("sequence.title"), anchor=False)
    names = {t(f"tab.{kind}"): kind for kind in TABS}
    last = session.form(state.OPENED).get("kind", "cosine")
    open_at_first = next((name for name, kind in names.items() if kind == last), None)
    tabs = st.tabs(list(names), key="sequence_tabs", on_change="rerun", default=open_at_first)
    for tab, kind in zip(tabs, TABS, strict=True):
        if tab.open:
            session.forms = {**session.forms, state.OPENED: {"kind": kind}}
            with tab:
                TABS[kind]()
