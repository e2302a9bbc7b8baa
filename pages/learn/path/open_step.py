"""Sets the sliders of a page as a step of the guided path has them."""

from __future__ import annotations

import streamlit as st

from forecasting.labs.lessons import LABS, LESSONS
from pages.learn.path.steps import Step
from pages.shared import state
from pages.shared.state import Session


def open_step(session: Session, step: Step) -> None:
    """The page that `step` leads to will show these settings."""
    if step.kind == "forecast":
        session.source, session.sample = "sample", str(step.values["sample"])
        _start_anew("source", "sample")
        return
    forms = {**session.forms, step.kind: dict(step.values), state.OPENED: {"kind": step.kind}}
    if step.kind in state.TEXTS:
        forms["text_lab"] = {**session.form("text_lab"), "view": step.kind}
    if step.kind in LESSONS:
        forms["lessons"] = {"lesson": step.kind}
    session.forms = forms
    _start_anew(
        "text_view",
        "lesson",
        "sequence_tabs",
        *(key for key in map(str, st.session_state) if step.kind in LABS and key.startswith(f"{step.kind}_")),
    )


def _start_anew(*keys: str) -> None:
    """Widgets begin with the session's values again."""
    for key in keys:
        st.session_state.pop(key, None)
