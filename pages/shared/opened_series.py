"""Which series of several is open: one for both pages over the same data, in the address."""

from __future__ import annotations

import streamlit as st

from forecasting.panel import Panel
from pages.shared import state
from pages.shared.formats import plain_option
from pages.shared.i18n import t
from pages.shared.state import Session

_KEY = "series_shown"


def opened(session: Session, panel: Panel) -> str:
    """The series that is open; the first one where none is."""
    return session.series if session.series in panel.places else panel.series_ids[0]


def choose(session: Session, panel: Panel, *, hidden: bool = False) -> str:
    """Draw a select box of all series; the one that is open. `hidden`: its label is."""
    now = opened(session, panel)
    st.session_state[_KEY] = now
    chosen: str = st.selectbox(
        t("read.shown"), panel.series_ids, panel.places[now], format_func=plain_option, key=_KEY,
        label_visibility="collapsed" if hidden else "visible", on_change=_changed,
    )  # fmt: skip
    return chosen


def _changed() -> None:
    state.current().open_series(st.session_state[_KEY])
