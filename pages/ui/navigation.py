"""The pages, in their order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pages.ui import components, state
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
            st.Page("pages/sine_wave.py", title=t("nav.sine")),
        ],
        position="top",
    )


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
    state.begin()
    yield
    components.foot()
    with components.in_place():
        state.finish()
