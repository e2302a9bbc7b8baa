"""The tab Needs attention: the series that somebody should look at first, each with the reason in a sentence."""

from __future__ import annotations

import streamlit as st

from pages.shared.formats import plain
from pages.shared.i18n import sentences, t, translated
from pages.shared.services.portfolio import Portfolio
from pages.shared.state import Session


def attention(session: Session, shown: Portfolio) -> None:
    """Draw it."""
    if shown.run is None:
        st.info(t("many.after"))
        return
    if not shown.attention:
        st.success(t("many.attention.none"), icon=":material/check_circle:")
        return
    st.caption(t("many.attention.lead"))
    for place, one in enumerate(shown.attention):
        name, why = st.columns([3, 8], vertical_alignment="center", gap="small")
        with name:
            st.button(
                plain(one.series, 40), key=f"many_look_{place}", type="tertiary", icon=":material/search:",
                on_click=session.open_series, args=(one.series,),
            )  # fmt: skip
        with why:
            reasons = sentences(plain(translated(reason), 600) for reason in (one.reason, *one.further))
            st.markdown(reasons)
