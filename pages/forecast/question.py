"""What a file leaves open, such as 01/02/2024: a question with its possible readings, one to be chosen."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.forecast.frequency import frequency_name
from pages.shared.formats import plain
from pages.shared.i18n import known, t, translated
from pages.shared.state import Session


def ask(session: Session, argument: str, question: str, answers: list[Any]) -> None:
    """Draw the question; the answer is a reading choice like the others."""
    chosen = st.radio(
        t(f"data.question.{argument}") if known(f"data.question.{argument}") else plain(translated(question)),
        range(len(answers)),
        index=answers.index(session.choices[argument]) if session.choices.get(argument) in answers else None,
        format_func=lambda place: _answer(argument, answers[place]),
        key=f"answer_{argument}",
    )
    if chosen is not None and session.choices.get(argument) != answers[chosen]:
        session.choices = {**session.choices, argument: answers[chosen]}
        st.rerun()


def _answer(argument: str, value: Any) -> str:
    key = f"data.answer.{argument}.{str(value).lower()}"
    if known(key):
        return t(key)
    return frequency_name(value) if argument == "frequency" else plain(value)
