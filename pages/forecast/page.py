"""The Forecast page: data, settings, training, true against predicted, and what comes next."""

import streamlit as st

from pages.forecast.overview import below, overview
from pages.shared import components, services, state
from pages.shared.i18n import t
from pages.shared.progress import ended, follow
from pages.shared.reading.ready import ready
from pages.shared.results.tabs import results
from pages.shared.settings.model import model_section
from pages.shared.settings.offer import offer

session = state.current()
with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="head"):
    st.title(t("forecast.title"), anchor=False, width="content")
    head = st.container()
if not session.runs:
    st.caption(t("forecast.lead"))
dataset = ready(session, head)
if dataset is not None:
    with components.in_place():
        head.empty()  # a fragment can write only where the page has written before
        model_section(head, dataset)
        offer(session, dataset)
        last = services.poll(session.workspace, session.run) if session.run else None
        done = last is not None and last.state == "done"  # then the result comes first
        series = overview(session, dataset, folded=done)
        run = follow(session.workspace, session.run) if session.run else None
        if run is not None and run.state == "done" and not done:  # it ended while the page was drawn
            st.rerun()
        if run is None:
            st.caption(t("run.none"))
        elif ended(run):
            with components.in_place():
                results(session.workspace, run, series)
        if done:
            below(session, dataset, series)
