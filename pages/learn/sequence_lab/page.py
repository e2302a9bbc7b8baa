"""The Sequence lab: a tab for each lab, with its settings in the sidebar. Only the open tab is drawn."""

from __future__ import annotations

import streamlit as st

from pages.learn.sequence_lab import cells_tab, cosine_tab, inside_tab, marker_tab, one_cell_tab, rollout_tab
from pages.shared import choices, state
from pages.shared.i18n import t

TABS = {
    "cosine": cosine_tab.tab,
    "one_cell": one_cell_tab.tab,
    "cells": cells_tab.tab,
    "inside": inside_tab.tab,
    "rollout": rollout_tab.tab,
    "marker": marker_tab.tab,
}

session = state.current()
st.title(t("sequence.title"), anchor=False)
names = {kind: t(f"tab.{kind}") for kind in TABS}
last = session.form(state.OPENED).get("kind", "cosine")
for kind, tab in choices.tabs(names, key="sequence_tabs", default=last):
    session.forms = {**session.forms, state.OPENED: {"kind": kind}}
    with tab:
        TABS[kind]()
