"""The textbook's network beside a run: the same data, horizon, folds and levels with the settings that tutorials use.

It is a run of its own in the workspace; its id follows from its settings.
"""

from __future__ import annotations

import streamlit as st

from forecasting.config import TEXTBOOK, ForecastConfig
from forecasting.errors import ForecastingError, TooShortError
from forecasting.forecaster import check_length
from forecasting.runs import Run, Workspace
from pages.shared import components, services
from pages.shared.i18n import t
from pages.shared.progress import failed, fraction, status, waiting
from pages.shared.results.shown import Shown
from pages.shared.services import methods
from pages.shared.settings.changed_settings import completed

_PROBLEM = "_textbook_problem"


def textbook_run(shown: Shown) -> Run | None:
    """The textbook's run beside the one shown, in whatever state; behind a read-only link there is none to see."""
    if shown.workspace is None or not shown.dataset or _is_textbook(shown.run):
        return None
    return methods.run_of(shown.workspace, shown.dataset, _config(shown.run))


def offer(shown: Shown, other: Run | None) -> None:
    """The button that trains it, or its progress."""
    if shown.workspace is None or not shown.dataset:
        return
    if _is_textbook(shown.run):
        st.caption(t("textbook.itself"))
    elif other is None or not (other.active or other.state == "done"):
        _button(shown, shown.workspace, other)
    elif other.active:
        # Only this is polled: the charts beside it stay as they are until the row comes.
        st.fragment(_live, run_every=services.poll_seconds())(shown.workspace, other.id)


def _config(run: Run) -> ForecastConfig:
    """The settings of the textbook's network for the data of `run`."""
    return ForecastConfig.from_dict({**completed(run.config), **TEXTBOOK})


def _is_textbook(run: Run) -> bool:
    """Whether `run` is that network itself."""
    return completed(run.config) == _config(run).to_dict()


def _button(shown: Shown, workspace: Workspace, other: Run | None) -> None:
    config = _config(shown.run)
    try:
        check_length(services.panel(shown.access, shown.dataset), config, folds=config.folds)
    except TooShortError as problem:
        st.caption(t("textbook.short", needed=problem.needed, available=problem.available))
        return
    if other is not None and other.state == "failed":
        failed(other)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="textbook_row"):
        st.button(
            t("textbook.add"), key="add_textbook", icon=":material/school:", help=t("help.textbook"), on_click=_add,
            args=(workspace, shown.dataset, config),
        )  # fmt: skip
        st.caption(t("textbook.note"), width="stretch")
    problem_message = st.session_state.pop(_PROBLEM, None)
    if problem_message:
        components.error(problem_message)


def _add(workspace: Workspace, dataset: str, config: ForecastConfig) -> None:
    name = t("textbook.name", name=services.dataset(workspace, dataset).name)
    try:
        services.submit(workspace, "forecast", config.to_dict(), dataset, name)
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
            st.progress(fraction(run), text=f"{t('textbook.training')} · {status(run)}")
            waiting(run)
        with right:
            if st.button(t("run.cancel"), key="cancel_textbook", icon=":material/stop:", width="stretch"):
                services.cancel(workspace, run_id)
                st.rerun()
