"""The pages, in their order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from forecasting.errors import ForecastingError
from pages.ui import components, login, shared, state, workspace
from pages.ui.i18n import t

_ROUTED = "_routed"  # this run came by app.py


def navigate() -> StreamlitPage:
    """The navigation on top of the page; the page that the address names.

    The pages have no icons: an icon would become the tab's, which the browser fetches from another host.
    """
    st.session_state[_ROUTED] = True
    st.logo(Path(__file__).with_name("logo.svg"), size="large")
    return st.navigation(
        [
            st.Page("pages/forecast.py", title=t("nav.forecast"), default=True),
            st.Page("pages/runs.py", title=t("nav.runs")),
            st.Page("pages/sine_wave.py", title=t("nav.sine")),
            st.Page("pages/sequence_lab.py", title=t("nav.sequence")),
            st.Page("pages/text_lab.py", title=t("nav.text")),
        ],
        # A read-only link leads to one run and to nothing else.
        position="hidden" if state.LINK in st.query_params else "top",
    )


@contextmanager
def routed() -> Iterator[bool]:
    """What every page needs around it; whether there is a page to show, and not a login or a word about the address."""
    try:
        session = None
        if not login.logged_in():
            login.ask()
        elif state.LINK in st.query_params:
            shared.page(st.query_params[state.LINK])
        else:
            session = state.begin()
            if session is None:
                workspace.unknown()
            else:
                workspace.deleted()
                workspace.damaged()
    except ForecastingError as problem:
        session = None
        components.error(problem)
        if problem.field != "link":
            st.markdown(t("store.still"))
            st.button(t("store.again"), key="try_again", icon=":material/refresh:")
    yield session is not None
    components.foot()
    login.foot()
    if session is not None:
        with components.in_place():
            state.finish()


@contextmanager
def page() -> Iterator[None]:
    """A page's script runs inside; where it was not app.py that ran it, what app.py does around it is done here.

    Until a process has called st.navigation once, Streamlit takes a folder called pages for its older kind of app and
    runs the file that the address names by itself: so for the first visitor of /sine_wave after a start, and for each
    run of Streamlit's own tester.
    """
    if st.session_state.pop(_ROUTED, False):
        yield
        return
    if not state.begun():
        navigate()
        del st.session_state[_ROUTED]
        st.rerun()
    with routed() as open_:
        if not open_:
            st.stop()
        yield
