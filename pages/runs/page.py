"""The Runs page: the workspace's runs with their states, compared with each other, and what can be done with them."""

import streamlit as st

from pages.runs.foot import foot
from pages.runs.log import log
from pages.runs.rows import filtered, listed, no_runs
from pages.runs.ticked import ticked_bar, ticked_runs
from pages.runs.under_way import under_way
from pages.shared import components, services, state
from pages.shared.i18n import t

workspace = state.current().workspace
st.title(t("runs.title"), anchor=False)
with components.in_place():
    runs = services.runs(workspace)
    if runs:
        st.caption(t("runs.lead"))
        under_way(workspace, [run for run in runs if run.active])
        ended = [run for run in runs if not run.active]
        listed(workspace, filtered(ended))
        ticked_bar(workspace, ticked_runs(ended))
    else:
        no_runs()
log(workspace)
foot(workspace)
