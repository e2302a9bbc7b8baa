"""The main job: data -> settings -> train -> true against predicted -> what comes next."""

import streamlit as st

from pages.ui import components, navigation, state
from pages.ui.how_read import how_read
from pages.ui.i18n import t
from pages.ui.overview import overview
from pages.ui.progress import ended, follow
from pages.ui.reading import data_section
from pages.ui.results import results
from pages.ui.settings import model_section

with navigation.page():
    session = state.current()
    head = st.container()
    dataset = data_section()
    if dataset is None:
        head.info(t("read.nothing"))
        how_read(session, None)
    else:
        with components.in_place():
            head.empty()  # a fragment can write only where the page has written before
            model_section(head, dataset)
            series = overview(session, dataset)
            run = follow(session.workspace, session.run) if session.run else None
            if run is None:
                st.caption(t("run.none"))
            elif ended(run):
                results(session.workspace, run, series)
