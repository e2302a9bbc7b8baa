"""The door to a workspace: who already has one in this browser is asked before an address leads to another one.

An address from somebody else would otherwise have a visitor work, and bring files, where that somebody looks on. What a
browser used last stands in a cookie: the id of the workspace, which opens nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from forecasting.runs import Workspace
from forecasting.runs.identity import is_id, token_id
from pages.shared import clipboard, jobs, login, services
from pages.shared.formats import plain
from pages.shared.i18n import t

COOKIE = "tidecast_workspace"
ENTERED = "_entered"  # in the session: the id of the workspace that the visitor has agreed to enter
_NAMED = 3  # so many of its runs say whose a workspace is


def must_ask(asked: Workspace, mine: Workspace | None) -> bool:
    """Whether this browser has another workspace than the one `asked` for; `mine`: the one that the tab shows."""
    wanted = token_id(asked.token)
    if st.session_state.get(ENTERED) == wanted:
        return False
    if mine is not None:
        return True
    last = _last()
    return last is not None and last != wanted and services.store().knows(last)


def ask(asked: Workspace, leave: Callable[[], None], mine: Workspace | None) -> None:
    """Say whose workspace the address opens, and let the visitor choose: enter, or stay in `mine`, or `leave` it."""
    usage = services.usage(asked)
    st.warning(t("entrance.other"), icon=":material/meeting_room:")
    names = [f"**{plain(jobs.title(run), 60)}**" for run in services.runs(asked)[:_NAMED]]
    st.markdown(t("entrance.holds", runs=usage.runs, datasets=usage.datasets))
    if names:
        st.markdown(t("entrance.latest", names=" · ".join(names)))
    st.markdown(t("entrance.why"))
    with st.container(horizontal=True, gap="small"):
        st.button(t("entrance.enter"), key="enter_workspace", icon=":material/login:", on_click=_enter, args=(asked,))
        if mine is not None:
            st.button(t("entrance.stay"), key="stay_here", type="primary", on_click=_stay, args=(mine,))
        else:
            st.button(t("entrance.new"), key="fresh_workspace", type="primary", on_click=leave)


def remember(workspace: Workspace) -> None:
    """Have the browser know which workspace it used last."""
    current = token_id(workspace.token)
    if not login.required() and st.session_state.get("_remembered") != current:  # once a session: its time begins anew
        st.session_state["_remembered"] = current
        clipboard.keep_cookie(COOKIE, current, services.keep_days() * 86_400)


def _enter(asked: Workspace) -> None:
    st.session_state[ENTERED] = token_id(asked.token)


def _stay(mine: Workspace) -> None:
    st.query_params["workspace"] = mine.token


def _last() -> str | None:
    """The id of the workspace that this browser used last."""
    value = st.context.cookies.get(COOKIE)
    return value if is_id(value) else None
