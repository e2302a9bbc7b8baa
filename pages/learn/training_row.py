"""The row with Train, the run that it started, and the task before there is a result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from forecasting import charts
from forecasting.errors import ForecastingError
from forecasting.labs import sequences
from forecasting.labs.sequences import Settings, merge_clock
from forecasting.runs import Access, Run
from pages.learn import parts
from pages.learn.settings_form import Form
from pages.shared import components, jobs, services, state
from pages.shared.i18n import chart_words, t
from pages.shared.progress import ended, follow

Draw = Callable[[Access, Run, Form | None], None]


def train_and_show(form: Form, config: Settings | None, draw: Draw) -> None:
    """The row with Train, and below it the task or the result, which `draw` draws."""
    run = train(form, config)
    if not is_result(run, config):
        _task(form.kind, config)
    if run is not None and run.state == "done":
        with components.in_place():
            draw(state.current().workspace, run, form)
            parts.code_of(form.kind, run.config)


def train(form: Form, config: Settings | None) -> Run | None:
    """The button, the progress, and the run to show. The settings of the first visit are trained without a click."""
    session, kind = state.current(), form.kind
    shown = session.shown.get(kind)
    run = services.poll(session.workspace, shown) if shown else None
    values = None if config is None else config.to_dict()
    same = run is not None and run.config == values
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="train_row"):
        pressed = st.button(
            t("train.button"),
            key=f"{kind}_train",
            type="primary",
            icon=":material/play_arrow:",
            disabled=config is None or bool(same and run is not None and run.active),
        )
        if run is not None and not same and not run.active and config is not None:
            st.caption(":material/info: " + t("lab.changed"), width="content")
        elif run is not None and run.state == "done":
            st.caption(t("train.done"), width="content")
    asked = st.session_state.pop(f"_train_{kind}", False) or pressed or shown is None
    if values is not None and asked and not (same and run is not None and run.state in ("done", "queued", "running")):
        try:
            session.shown = {**session.shown, kind: services.submit(session.workspace, kind, values)}
        except ForecastingError as refused:
            components.error(refused)
            return None
        if pressed:
            st.rerun()
    elif values is not None and not same:
        services.warm()
    shown = session.shown.get(kind)
    words = {"epoch": chart_words()["step"]} if jobs.counts_steps(kind) else None
    run = follow(session.workspace, shown, words=words) if shown else None
    if run is not None and not run.active:
        ended(run)
    return run


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
