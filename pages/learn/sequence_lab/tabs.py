"""The Sequence lab: a tab for each teaching system, with its settings in the sidebar. Only the open tab is drawn."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.learn.sequence_lab import ahead, cells, cosine
from pages.shared import state
from pages.shared.i18n import t

TABS: dict[str, Callable[[], None]] = {
    "cosine": cosine.tab,
    "cells": cells.tab,
    "rollout": ahead.rollout_tab,
    "marker": ahead.marker_tab,
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
