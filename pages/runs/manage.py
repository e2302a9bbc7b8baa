"""What can be done with one run: open, rename, pin, cancel, train again, share, delete."""

from __future__ import annotations

import urllib.parse

import streamlit as st

from forecasting.errors import ForecastingError
from forecasting.runs import Run, Workspace
from pages.shared import components, services, state
from pages.shared.i18n import t


def open_(run: Run) -> None:
    """Let the page of its kind show the run."""
    try:
        state.open_run(state.current(), run)
    except ForecastingError as problem:
        st.session_state["_manage_problem"] = problem.message


def cancel(token: Workspace, run: Run) -> None:
    """Stop waiting for it; nothing to say where it has ended by itself."""
    services.cancel(token, run.id)


def manage(token: Workspace, run: Run) -> None:
    """The button and what stands behind it, drawn only while it is open."""
    key = run.id[:12]
    popover = st.popover(t("runs.more"), key=f"more_{key}", icon=":material/more_horiz:", on_change="rerun")
    if not popover.open:
        return
    with popover, components.in_place():
        st.text_input(
            t("runs.name"), value=run.name, key=f"name_{key}", max_chars=120, on_change=_rename, args=(token, run)
        )
        st.toggle(t("runs.pin"), value=run.pinned, key=f"pin_{key}", on_change=_pin, args=(token, run))
        if run.state in ("failed", "cancelled"):
            st.button(
                t("runs.retry"), key=f"retry_{key}", icon=":material/replay:", on_click=_retry, args=(token, run),
                width="stretch",
            )  # fmt: skip
        links(token, run)
        sure = st.checkbox(t("runs.delete.sure"), key=f"delete_sure_{key}")
        st.button(
            t("runs.delete"), key=f"delete_{key}", icon=":material/delete:", disabled=not sure, width="stretch",
            on_click=_delete, args=(token, run),
        )  # fmt: skip
        problem = st.session_state.pop("_manage_problem", None)
        if problem:
            st.error(components.plain(problem, 1_000), icon=":material/error:")


def links(token: Workspace, run: Run) -> None:
    """A read-only link, made when asked for, and the end of all that were."""
    key = run.id[:12]
    made = st.session_state.get("_link")
    if st.button(t("runs.copy"), key=f"copy_{key}", icon=":material/link:", width="stretch"):
        made = (run.id, services.share(token, run.id).token)
        st.session_state["_link"] = made
    if made and made[0] == run.id:
        st.code(address_of(made[1]), language=None, wrap_lines=True)
        st.caption(t("runs.copy.note"))
    if (run.shares or made) and st.button(
        t("runs.revoke"), key=f"revoke_{key}", icon=":material/link_off:", width="stretch"
    ):
        services.unshare(token, run.id)
        st.session_state.pop("_link", None)
        st.toast(t("runs.revoked"))
        st.rerun()


def address_of(link: str) -> str:
    """The whole address of a read-only link, on whatever host and path the app is."""
    here = urllib.parse.urlsplit(st.context.url or "")
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    return urllib.parse.urlunsplit((here.scheme, here.netloc, f"/{base}/" if base else "/", f"{state.LINK}={link}", ""))


def _rename(token: Workspace, run: Run) -> None:
    name = " ".join(str(st.session_state[f"name_{run.id[:12]}"]).split())
    if name:
        _do(services.rename, token, run.id, name)


def _pin(token: Workspace, run: Run) -> None:
    _do(services.pin, token, run.id, bool(st.session_state[f"pin_{run.id[:12]}"]))


def _retry(token: Workspace, run: Run) -> None:
    _do(services.retry, token, run.id)


def _delete(token: Workspace, run: Run) -> None:
    _do(services.unlink, token, run.id)
    session = state.current()
    session.runs = {dataset: shown for dataset, shown in session.runs.items() if shown != run.id}
    session.shown = {kind: shown for kind, shown in session.shown.items() if shown != run.id}


def _do(service: object, *values: object) -> None:
    """A change of the store; what goes wrong is said where the change was asked for."""
    try:
        service(*values)  # type: ignore[operator]
    except ForecastingError as problem:
        st.session_state["_manage_problem"] = problem.message
