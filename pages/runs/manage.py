"""What can be done with one run: open, rename, pin, train again, share, delete."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from forecasting.errors import ForecastingError
from forecasting.runs import Run, Workspace
from pages.shared import components, jobs, opening, services, state
from pages.shared.i18n import t
from pages.shared.sharing import share_buttons

_PROBLEM = (
    "_manage_problem"  # in the session: what went wrong in a callback, to be shown where the change was asked for
)


def open_button(run: Run) -> None:
    """Open, where the kind of run has a page."""
    page = jobs.view_of(run).page
    key = f"open_{run.id[:12]}"
    if page and st.button(t("runs.open"), key=key, icon=":material/open_in_new:", on_click=_open, args=(run,)):
        st.switch_page(page)


def manage(workspace: Workspace, run: Run) -> None:
    """The button Manage and what it opens, drawn only while it is open."""
    key = run.id[:12]
    popover = st.popover(t("runs.more"), key=f"more_{key}", icon=":material/more_horiz:", on_change="rerun")
    if not popover.open:
        return
    with popover, components.in_place():
        st.text_input(
            t("runs.name"), value=run.name, key=f"name_{key}", max_chars=120, on_change=_rename, args=(workspace, run)
        )
        st.toggle(t("runs.pin"), value=run.pinned, key=f"pin_{key}", on_change=_pin, args=(workspace, run))
        if run.state in ("failed", "cancelled"):
            st.button(
                t("runs.retry"), key=f"retry_{key}", icon=":material/replay:", on_click=_try,
                args=(services.retry, workspace, run.id), width="stretch",
            )  # fmt: skip
        share_buttons(workspace, run)
        sure = st.checkbox(t("runs.delete.sure"), key=f"delete_sure_{key}")
        st.button(
            t("runs.delete"), key=f"delete_{key}", icon=":material/delete:", disabled=not sure, width="stretch",
            on_click=_delete, args=(workspace, run),
        )  # fmt: skip
        problem = st.session_state.pop(_PROBLEM, None)
        if problem:
            components.error(problem)


def _open(run: Run) -> None:
    """Let the page of its kind show the run."""
    _try(opening.open_run, state.current(), run)


def _rename(workspace: Workspace, run: Run) -> None:
    name = " ".join(str(st.session_state[f"name_{run.id[:12]}"]).split())
    if name:
        _try(services.rename, workspace, run.id, name)


def _pin(workspace: Workspace, run: Run) -> None:
    key = f"pin_{run.id[:12]}"
    _try(services.pin, workspace, run.id, bool(st.session_state[key]))
    if st.session_state.get(_PROBLEM):
        st.session_state[key] = run.pinned  # as it is, and not as it was wished to be


def _delete(workspace: Workspace, run: Run) -> None:
    _try(services.unlink, workspace, run.id)
    session = state.current()
    session.runs = {dataset: shown for dataset, shown in session.runs.items() if shown != run.id}
    session.shown = {kind: shown for kind, shown in session.shown.items() if shown != run.id}


def _try(change: Callable[..., object], *values: Any) -> None:
    """Make a change in a callback; `manage` shows what went wrong."""
    try:
        change(*values)
    except ForecastingError as problem:
        st.session_state[_PROBLEM] = problem.message
