"""The pages, in their order."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pages.ui.i18n import t


def navigate() -> StreamlitPage:
    """The navigation on top of the page; the page that the address names.

    The pages have no icons: an icon would become the tab's, which the browser fetches from another host.
    """
    st.logo(Path(__file__).with_name("logo.svg"), size="large")
    return st.navigation(
        [
            st.Page("pages/forecast.py", title=t("nav.forecast"), default=True),
            st.Page("pages/sine_wave.py", title=t("nav.sine")),
        ],
        position="top",
    )


def through_the_router() -> None:
    """Start over by app.py where this page was run without it.

    Until a process has called st.navigation once, Streamlit takes a folder called pages for its older kind of app and
    runs the file that the address names by itself: so for the first visitor of /sine_wave after a start.
    """
    if "_session" not in st.session_state:
        navigate()
        st.rerun()
