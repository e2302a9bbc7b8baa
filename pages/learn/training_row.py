"""The row with Train, the run that it started, and the task before there is a result."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import streamlit as st

from forecasting import charts
from forecasting.errors import ForecastingError
from forecasting.labs import sequences
from forecasting.labs.sequences import Settings, merge_clock
from forecasting.runs import Access, Run
from pages.learn import parts, resting
from pages.learn.settings_form import Form
from pages.learn.watching import FILMED, watch
from pages.shared import components, jobs, services, state
from pages.shared.fields import correct_first
from pages.shared.i18n import chart_words, t
from pages.shared.progress import ended, follow

Draw = Callable[[Access, Run, Form | None], None]

NOTHING_TO_DO = ("done", "queued", "running")  # states of the run of just these settings, in which Train is off


def train_and_show(form: Form, config: Settings | None, draw: Draw) -> None:
    """The row with Train, and below it the task or the result, which `draw` draws."""
    run = train(form, config)
    if not is_result(run, config):
        _task(form.kind, config)
    if run is not None and run.state == "done":
        with components.in_place():
            of_other_settings(form, run, config)
            draw(state.current().workspace, run, form)
            parts.code_of(form.kind, run.config)


def of_other_settings(form: Form, run: Run, config: Settings | None) -> None:
    """Say above the results of `run` that they are of other settings than those on the page, where they are."""
    if not is_result(run, config):
        parts.of_other_settings(form.differences(run.config))


def train(
    form: Form, config: Settings | None, place: Callable[[], AbstractContextManager[Any]] = contextlib.nullcontext
) -> Run | None:
    """The button, the progress, and the run to show; the settings of the first visit are trained without a click.

    `place` makes what the player is drawn in.
    """
    session, kind = state.current(), form.kind
    shown = session.shown.get(kind)
    run = services.poll(session.workspace, shown) if shown else None
    values = None if config is None else config.to_dict()
    same = run is not None and run.config == values
    known = run.state if same and run is not None else None  # of the run of just these settings
    if run is not None and known == "done" and kind in FILMED and "frames" not in run.artifacts:
        known = None  # an older version's, which can be trained again to be watched
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="train_row"):
        pressed = st.button(
            t("train.button"),
            key=f"{kind}_train",
            type="primary",
            icon=":material/play_arrow:",
            disabled=config is None or known in NOTHING_TO_DO,
        )
        itself = resting.by_itself(kind, values)
        if config is None and form.refused:
            st.caption(correct_first(form.refused), width="content")
        elif known == "done":
            st.caption(t("lab.done"), width="content")
        elif run is not None and not same and run.state == "done" and not itself:
            st.caption(":material/info: " + t("lab.changed"), width="content")
    settling = st.container()  # always there, so that what follows keeps its place in the page
    asked = st.session_state.pop(f"_train_{kind}", False) or pressed or shown is None
    if values is not None and asked and known not in NOTHING_TO_DO:
        if run is not None and not same:
            resting.let_go(kind, run.id, run.active)
        give_up(session, kind, *(["recipes"] if kind == "sine" else []))
        try:
            session.shown = {**session.shown, kind: services.submit(session.workspace, kind, values)}
            resting.began(kind, session.shown[kind])
        except ForecastingError as refused:
            components.error(refused)
            return None
        now = services.poll(session.workspace, session.shown[kind])
        if pressed or (now is not None and not now.active):  # somebody has trained just these settings before
            st.rerun()
    elif values is not None and not same:
        if itself:
            with settling:
                resting.at_rest(kind, values)
        else:
            services.warm()
    shown = session.shown.get(kind)
    run = None
    if shown and kind in FILMED:
        with place():
            run = watch(session.workspace, shown)
    elif shown:
        words = {"epoch": chart_words()["step"]} if jobs.counts_steps(kind) else None
        run = follow(session.workspace, shown, words=words)
    if run is not None and not run.active:
        ended(run)
    return run


def give_up(session: state.Session, *kinds: str) -> None:
    """Cancel what the page has asked for and does not show any more: what is asked for now would wait behind it."""
    for kind in kinds:
        run = services.poll(session.workspace, session.shown[kind]) if kind in session.shown else None
        if run is not None and run.active:
            services.cancel(session.workspace, run.id)


def is_result(run: Run | None, config: Settings | None) -> bool:
    """Whether `run` is done with just these settings."""
    return run is not None and run.state == "done" and config is not None and run.config == config.to_dict()


def result_of(access: Access, run: Run) -> dict[str, Any]:
    """The result of a done run."""
    return merge_clock(services.record(access, run.id, "result"), services.record(access, run.id, "clock"))


def _task(kind: str, config: Settings | None) -> None:
    if config is None:
        return
    words = chart_words()
    across = {"cosine": "x", "rollout": "steps"}.get(kind, "time_step")
    parts.question(t("sine.data"))
    figure = charts.task_chart(sequences.task(config), words[across], words=words)
    components.chart(figure, f"chart_task_{kind}", t("alt.task"))
