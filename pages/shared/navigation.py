"""The pages in their order, and what surrounds each: login, workspace, language."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from forecasting.errors import ForecastingError
from forecasting.runs import Link
from pages.shared import choices, components, i18n, link, login, state, workspace
from pages.shared.i18n import t


def navigate() -> StreamlitPage:
    """Draw the navigation above the page; the page that the address names.

    The pages have no icons: an icon would become the tab's, which the browser fetches from another host.
    """
    st.logo(Path(__file__).with_name("logo.svg"), size="large")
    return st.navigation(
        [
            st.Page("pages/forecast/page.py", title=t("nav.forecast"), default=True),
            st.Page("pages/runs/page.py", url_path="runs", title=t("nav.runs")),
            st.Page("pages/learn/sine_wave/page.py", url_path="sine_wave", title=t("nav.sine")),
            st.Page("pages/learn/sequence_lab/page.py", url_path="sequence_lab", title=t("nav.sequence")),
            st.Page("pages/learn/text_lab/page.py", url_path="text_lab", title=t("nav.text")),
        ],
        # A read-only link leads to one run and to nothing else.
        position="hidden" if state.LINK in st.query_params else "top",
    )


@contextmanager
def routed() -> Iterator[bool]:
    """What every page needs around it; whether to show the page, and not a login, a shared run or an error."""
    try:
        session = None
        if not login.logged_in():
            login.ask()
        elif state.LINK in st.query_params:
            link.page(Link(st.query_params[state.LINK]))
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
    _language()
    login.foot()
    if session is not None:
        with components.in_place():
            state.finish()


def _language() -> None:
    """The select box at the sidebar's foot."""
    with st.sidebar:
        choices.select(
            t("app.language"),
            list(i18n.LANGUAGES),
            index=list(i18n.LANGUAGES).index(i18n.language()),
            format_func=i18n.LANGUAGES.__getitem__,
            key="language",
            on_change=lambda: i18n.set_language(st.session_state["language"]),
        )
