"""The bar for the ticked runs, and the dialog in which they are compared."""

from __future__ import annotations

import streamlit as st

from forecasting.runs import Run, Workspace
from pages.runs.compare import comparison
from pages.shared.i18n import t


def ticked_runs(runs: list[Run]) -> list[Run]:
    """Those of `runs` that are ticked."""
    return [run for run in runs if st.session_state.get(tick_key(run))]


def tick_key(run: Run) -> str:
    """The key of a run's checkbox."""
    return f"tick_{run.id[:12]}"


def ticked_bar(workspace: Workspace, runs: list[Run]) -> None:
    """What to do with the ticked runs: at the foot of the window, in view however long the list is."""
    if not runs:
        return
    count = len(runs)
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", gap="small", key="ticked"):
        st.markdown(t("runs.ticked", count=count), width="stretch")
        st.button(t("runs.untick"), key="untick", type="tertiary", icon=":material/close:", on_click=_untick)
        st.button(
            t("runs.compare"), key="compare", type="primary", icon=":material/compare:", disabled=count < 2,
            on_click=_comparing, args=(True,),
        )  # fmt: skip
    if count > 1 and st.session_state.get("_comparing"):  # it stays while the list behind it is redrawn
        show = st.dialog(t("runs.compared"), width="large", on_dismiss=_dismissed)(comparison)
        show(workspace, runs)


def _comparing(shown: bool) -> None:
    st.session_state["_comparing"] = shown


def _dismissed() -> None:
    _comparing(False)


def _untick() -> None:
    _comparing(False)
    for key in list(st.session_state):
        if str(key).startswith("tick_"):
            st.session_state[key] = False
