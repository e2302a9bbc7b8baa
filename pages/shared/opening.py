"""Open a run on the page of its job, with the settings that it was asked with."""

from __future__ import annotations

from typing import Any

import streamlit as st

from forecasting.labs.sequences import SYSTEMS
from forecasting.runs import Run
from pages.shared import services, state
from pages.shared.state import Session

# settings that a run with their defaults does not name
_UNNAMED: dict[str, Any] = {"floor": None, "cap": None, "support": "found", "totals": [], "events": [], "whole": "auto"}
_ON_SINE = ("recipes", "sine_grid")  # jobs that the page of the sine wave shows below its own, of the same wave
_OWN = ("recipes", "repeats", "rollout")  # settings of these that the page's own training has others for


def open_run(session: Session, run: Run) -> None:
    """Show `run` on its page. StoreError where it goes on from another one that the workspace has no longer."""
    if run.kind == state.UNITS:
        open_run(session, services.store().run(session.workspace, run.config["run"]))
        session.shown = {**session.shown, run.kind: run.id}
    elif state.by_kind(run):
        _open_shown(session, run)
    elif run.dataset_id is not None:
        _open_forecast(session, run, run.dataset_id)


def _open_shown(session: Session, run: Run) -> None:
    state.open_dataset(session, run.dataset_id if run.kind == state.TUNE else None)
    session.shown = {**session.shown, run.kind: run.id}
    session.forms = {**session.forms, run.kind: dict(run.config), state.OPENED: {"kind": run.kind}}
    if run.kind in state.TEXTS:
        lab = {**session.form("text_lab"), "view": run.kind, "open": run.dataset_id}
        session.forms = {**session.forms, "text_lab": lab}
    _forget_widgets(f"{run.kind}_", "text_view", "sequence_tabs")
    if run.kind in _ON_SINE:
        _open_wave(session, run)


def _open_wave(session: Session, run: Run) -> None:
    """The settings of the page as `run` has them, and its training, without which nothing stands below it."""
    names = [name for name in SYSTEMS["sine"].config().to_dict() if name not in _OWN]
    wave = {name: run.config[name] for name in names if name in run.config}
    settings = {**session.form("sine"), **wave}
    session.forms = {**session.forms, "sine": settings}
    _forget_widgets("sine_", "grid_", "_grid_")
    session.shown = {**session.shown, "sine": services.submit(session.workspace, "sine", settings)}


def _open_forecast(session: Session, run: Run, dataset: str) -> None:
    state.open_dataset(session, dataset)
    session.show_run(dataset, run.id)
    about = state.subject(services.dataset(session.workspace, dataset).choices)
    suggested = services.suggestion(session.workspace, dataset)[0].to_dict()
    session.settings = {k: v for k, v in session.settings.items() if k != about}
    for name, value in {**_UNNAMED, **run.config}.items():
        if suggested.get(name) != value:
            session.change(about, name, value)
    _forget_widgets("set_", "_settings_of")


def _forget_widgets(*begin: str) -> None:
    """Let widgets start anew from the session's values."""
    for key in [key for key in st.session_state if str(key).startswith(begin)]:
        del st.session_state[key]
