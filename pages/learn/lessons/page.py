"""Lessons: one claim each, trained here and now, in several ways and several times."""

from __future__ import annotations

import streamlit as st

from forecasting.labs.lessons import LESSONS
from pages.learn import parts
from pages.learn.lessons.lesson_result import of_run
from pages.learn.lessons.lesson_settings import sidebar
from pages.learn.settings_form import Form
from pages.learn.training_row import of_other_settings, train
from pages.shared import components, state
from pages.shared.choices import pills
from pages.shared.i18n import t

_PICKED = "lesson"  # the key of the choice, and where the session keeps it

session = state.current()
st.title(t("lessons.title"), anchor=False)
st.caption(t("lessons.lead"))
opened = session.form(state.OPENED).get("kind")
if opened not in LESSONS:
    opened = session.form("lessons").get(_PICKED)
names = list(LESSONS)
chosen = opened if opened in LESSONS else names[0]
if st.session_state.get(_PICKED) not in LESSONS:  # at first, or where the one that is open was pressed again
    st.session_state[_PICKED] = chosen


def pick() -> None:
    """Remember the lesson that was picked."""
    picked = st.session_state.get(_PICKED) or chosen
    session.forms = {**session.forms, "lessons": {_PICKED: picked}, state.OPENED: {"kind": picked}}


pills(t("lessons.pick"), names, format_func=lambda kind: t(f"lesson.{kind}.title"), key=_PICKED, on_change=pick)
kind = st.session_state[_PICKED]
form = Form(kind)
with st.sidebar:
    config = sidebar(form)
st.subheader(t(f"lesson.{kind}.claim"), anchor=False)
st.markdown(t(f"lesson.{kind}.lead"))
run = train(form, config)
if run is not None and run.state == "done":
    with components.in_place():
        of_other_settings(form, run, config)
        of_run(session.workspace, run, form)
        parts.lesson_code(kind, run.config)


def follow_up(following: str) -> None:
    """Open the next lesson."""
    st.session_state[_PICKED] = following
    pick()


place = names.index(kind) + 1
if place < len(names):
    title = t("lessons.next", title=t(f"lesson.{names[place]}.title"))
    st.button(title, key="lesson_next", icon=":material/arrow_forward:", on_click=follow_up, args=(names[place],))
else:
    st.page_link("pages/tune/page.py", label=t("lessons.tune"), icon=":material/tune:")
