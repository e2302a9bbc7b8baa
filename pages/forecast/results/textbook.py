"""The textbook's network beside a run: the same data, horizon, folds and levels with the settings that tutorials use.

It is a run of its own in the workspace, found again by its settings.
"""

from __future__ import annotations

import streamlit as st

from forecasting.config import TEXTBOOK, ForecastConfig
from forecasting.errors import ForecastingError, TooShortError
from forecasting.forecaster import check_length
from forecasting.runs import Access, Link, Run, Workspace
from pages.shared import components, services
from pages.shared.components import plain
from pages.shared.i18n import t
from pages.shared.progress import fraction, said, waiting
from pages.shared.services import methods
from pages.shared.setting_words import completed

_PROBLEM = "_textbook_problem"


def config_of(run: Run) -> ForecastConfig:
    """The settings of the textbook's network for the data of `run`."""
    return ForecastConfig.from_dict({**completed(run.config), **TEXTBOOK})


def is_textbook(run: Run) -> bool:
    """Whether `run` is that network itself."""
    return completed(run.config) == config_of(run).to_dict()


def rival(workspace: Access, run: Run) -> Run | None:
    """The textbook's run beside `run`, in whatever state; behind a read-only link there is none to see."""
    if isinstance(workspace, Link) or run.dataset_id is None or is_textbook(run):
        return None
    return methods.run_of(workspace, run.dataset_id, config_of(run))


def offer(workspace: Access, run: Run, found: Run | None) -> None:
    """The button that adds it, or how far it is."""
    if isinstance(workspace, Link) or run.dataset_id is None:
        return
    if is_textbook(run):
        st.caption(t("textbook.itself"))
        return
    if found is not None and found.active:
        # Only this is polled: the charts beside it stay as they are until the row comes.
        st.fragment(_live, run_every=services.poll_seconds())(workspace, found.id)
        return
    if found is not None and found.state == "done":
        return
    config = config_of(run)
    try:
        check_length(services.panel(workspace, run.dataset_id), config, folds=config.folds)
    except TooShortError as problem:
        st.caption(t("textbook.short", needed=problem.needed, available=problem.available))
        return
    if found is not None and found.state == "failed":
        st.error(t("run.failed", error=plain(found.error or "", 1_000)), icon=":material/error:")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="textbook_row"):
        st.button(
            t("textbook.add"), key="add_textbook", icon=":material/school:", help=t("help.textbook"), on_click=_add,
            args=(workspace, run),
        )  # fmt: skip
        st.caption(t("textbook.note"), width="stretch")
    problem_said = st.session_state.pop(_PROBLEM, None)
    if problem_said:
        st.error(plain(problem_said, 1_000), icon=":material/error:")


def _add(workspace: Workspace, run: Run) -> None:
    name = t("textbook.name", name=services.dataset(workspace, run.dataset_id or "").name)
    try:
        services.submit(workspace, "forecast", config_of(run).to_dict(), run.dataset_id, name)
    except ForecastingError as problem:
        st.session_state[_PROBLEM] = problem.message


@components.in_place()
def _live(workspace: Workspace, run_id: str) -> None:
    run = services.poll(workspace, run_id)
    if run is None or not run.active:
        st.rerun()
    with st.container(border=True, key="textbook_live"):
        left, right = st.columns([5, 1], vertical_alignment="center")
        with left:
            st.progress(fraction(run), text=f"{t('textbook.training')} · {said(run)}")
            waiting(run)
        with right:
            if st.button(t("run.cancel"), key="cancel_textbook", icon=":material/stop:", width="stretch"):
                services.cancel(workspace, run_id)
                st.rerun()
