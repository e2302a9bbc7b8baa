"""The pages in their order, and what surrounds each: login, workspace, language."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.scriptrunner import get_script_run_ctx

from forecasting.errors import ForecastingError
from forecasting.runs import Link
from pages.shared import accessibility, choices, components, i18n, link, login, media, state, workspace
from pages.shared.formats import plain
from pages.shared.i18n import t

_PAGES = {  # address -> its page's file and the key of its title; the first has no address of its own
    "": ("pages/forecast/page.py", "nav.forecast"),
    "many_series": ("pages/many_series/page.py", "nav.many"),
    "runs": ("pages/runs/page.py", "nav.runs"),
    "tune": ("pages/tune/page.py", "nav.tune"),
    "guide": ("pages/guide/page.py", "nav.guide"),
}
_LEARN = {
    "guided_path": ("pages/learn/path/page.py", "nav.path"),
    "sine_wave": ("pages/learn/sine_wave/page.py", "nav.sine"),
    "sequence_lab": ("pages/learn/sequence_lab/page.py", "nav.sequence"),
    "text_lab": ("pages/learn/text_lab/page.py", "nav.text"),
    "lessons": ("pages/learn/lessons/page.py", "nav.lessons"),
}
_UNKNOWN = "_unknown"  # in the session: the address that was asked for and that no page has


def navigate() -> StreamlitPage:
    """Draw the navigation above the page; the page that the address names.

    The pages have no icons: an icon would become the tab's, which the browser fetches from another host.
    """
    components.style()
    st.logo(Path(__file__).with_name("logo.svg"), size="large")
    pages, learn = ([_page(address, *about) for address, about in one.items()] for one in (_PAGES, _LEARN))
    if asked := _unknown():
        # A page of its own: Streamlit would open the first page under this address, and a message in English.
        pages.append(st.Page(_nowhere, url_path=asked, title=t("nav.nowhere"), visibility="hidden"))
    # A read-only link leads to one run and to nothing else.
    hidden = state.LINK in st.query_params
    return st.navigation({"": pages, t("nav.learn"): learn}, position="hidden" if hidden else "top")


def _page(address: str, file: str, title: str) -> StreamlitPage:
    return st.Page(file, url_path=address or None, title=t(title), default=not address)


def _unknown() -> str:
    """The address that was asked for, where no page has it."""
    context = get_script_run_ctx()
    asked = context.pages_manager.intended_page_name if context is not None else ""
    if asked and "/" not in asked and asked not in {**_PAGES, **_LEARN}:
        st.session_state[_UNKNOWN] = asked
    return str(st.session_state.get(_UNKNOWN, ""))


def _nowhere() -> None:
    """What stands under an address that no page has."""
    st.title(t("nav.nowhere"), anchor=False)
    st.markdown(t("nav.nowhere.lead", address=plain(st.session_state.get(_UNKNOWN, ""), 60)))
    for file, title in (*_PAGES.values(), *_LEARN.values()):
        st.page_link(file, label=t(title))


@contextmanager
def routed() -> Iterator[bool]:
    """What every page needs around it; whether to show the page, and not a login, a shared run or an error."""
    media.watch()
    try:
        session = None
        if not login.logged_in():
            login.ask()
        elif state.LINK in st.query_params:
            link.page(Link(st.query_params[state.LINK]))
        else:
            session = state.begin()
            if session is None:
                workspace.not_open()
            else:
                workspace.deleted()
                workspace.renewed()
                workspace.damaged()
    except ForecastingError as problem:
        session = None
        components.error(problem)
        if problem.field != "link":
            st.markdown(t("store.still"))
            st.button(t("store.again"), key="try_again", icon=":material/refresh:")
    try:
        yield session is not None
    except Exception:
        _foot()  # the way to another language and out stays
        raise
    _foot()
    if session is not None:
        with components.in_place():
            state.finish()


def _foot() -> None:
    """The language, and who is logged in, at the sidebar's foot."""
    with st.sidebar:
        accessibility.tend()
        choices.select(
            t("app.language"),
            list(i18n.LANGUAGES),
            index=list(i18n.LANGUAGES).index(i18n.language()),
            format_func=i18n.LANGUAGES.__getitem__,
            key="language",
            on_change=lambda: i18n.set_language(st.session_state["language"]),
        )
    login.foot()
