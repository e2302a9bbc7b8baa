"""What a user sees of the workspace itself: an address that opens none, damaged settings, another address, `Delete my
data`."""

from __future__ import annotations

import streamlit as st

from forecasting.errors import ForecastingError
from pages.shared import components, entrance, login, services, state
from pages.shared.i18n import t


def not_open() -> None:
    """The address names a workspace that is not here, and no other one opens in its place; or one to be asked about."""
    pending = st.session_state.get(state.PENDING)
    if pending is not None:
        entrance.ask(pending, state.start_afresh, state.current().workspace if state.begun() else None)
        return
    st.warning(t("workspace.unknown"), icon=":material/key_off:")
    st.markdown(t("workspace.unknown.next", days=f"{services.keep_days():g}"))
    st.button(t("workspace.fresh"), key="fresh_workspace", type="primary", on_click=state.start_afresh)


def bookmark() -> None:
    """Where the key to the workspace is: in the address, unless somebody is logged in."""
    if not login.required():
        st.caption(f":material/bookmark: {t('runs.bookmark')}")


def renew(key: str) -> None:
    """The button that gives the workspace another address, and what has to be confirmed before."""
    if login.required():
        return
    with st.popover(t("workspace.renew"), key=f"{key}_popover", icon=":material/key:", type="tertiary"):
        st.markdown(t("workspace.renew.what"))
        sure = st.checkbox(t("workspace.renew.sure"), key=f"{key}_sure")
        st.button(
            t("workspace.renew.now"), key=f"{key}_now", type="primary", disabled=not sure, on_click=_renew, args=(key,),
            width="stretch",
        )  # fmt: skip


def renewed() -> None:
    """Report once that the workspace has another address, or why not."""
    problem = st.session_state.pop("_renewed", None)
    if problem == "":
        st.success(t("workspace.renewed"), icon=":material/key:")
    elif problem:
        components.error(problem)


def delete_my_data(key: str) -> None:
    """The button, and what has to be confirmed before it does what it says."""
    with st.popover(t("workspace.delete"), key=f"{key}_popover", icon=":material/delete_forever:", type="tertiary"):
        st.markdown(t("workspace.delete.what"))
        sure = st.checkbox(t("workspace.delete.sure"), key=f"{key}_sure")
        st.button(
            t("workspace.delete.now"),
            key=f"{key}_now",
            type="primary",
            disabled=not sure,
            on_click=_delete,
            width="stretch",
        )


def deleted() -> None:
    """Report once that it was done, or why not."""
    problem = st.session_state.pop("_deleted", None)
    if problem == "":
        st.success(t("workspace.deleted"), icon=":material/delete_forever:")
    elif problem:
        components.error(problem)


def damaged() -> None:
    """A message where the stored settings cannot be read; they are left alone until the user decides otherwise."""
    if st.session_state.get(state.DAMAGED):
        st.warning(t("workspace.damaged"), icon=":material/settings_alert:")
        st.button(t("workspace.damaged.overwrite"), key="overwrite_settings", on_click=state.overwrite)


def _renew(key: str) -> None:
    st.session_state[f"{key}_sure"] = False
    try:
        state.renew()
    except ForecastingError as problem:
        st.session_state["_renewed"] = problem.message
        return
    st.session_state["_renewed"] = ""


def _delete() -> None:
    try:
        services.delete_workspace(state.current().workspace)
    except ForecastingError as problem:
        st.session_state["_deleted"] = problem.message
        return
    state.start_afresh()
    st.session_state["_deleted"] = ""
