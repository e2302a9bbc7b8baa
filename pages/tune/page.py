"""The page Tune: a search for settings that beat the default, and whether any does by more than noise."""

import streamlit as st

from pages.shared import components, state
from pages.shared.i18n import t
from pages.shared.progress import ended, follow
from pages.shared.reading.ready import ready
from pages.shared.reading.what_was_read import what_was_read
from pages.tune import live, search
from pages.tune.question import question
from pages.tune.result import result

session = state.current()
with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="head"):
    st.title(t("tune.title"), anchor=False, width="content")
    head = st.container()
st.caption(t("tune.lead"))
dataset = ready(session, head)
if dataset is not None:
    with components.in_place():
        head.empty()  # a fragment can write only where the page has written before
        what_was_read(session.workspace, dataset)
        found = search.of_dataset(session, dataset)
        question(head, dataset, found)
        run = follow(session.workspace, found.id, more=live.draw) if found is not None else None
        if run is not None and ended(run):
            with components.in_place():
                result(session.workspace, run, dataset)
