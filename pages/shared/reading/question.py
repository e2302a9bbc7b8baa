"""What stops the line: a question that the file leaves open, such as 01/02/2024, or why it cannot be read."""

from __future__ import annotations

import functools
from typing import Any

import pandas as pd
import streamlit as st

from forecasting.errors import AmbiguousInput, ForecastingError
from forecasting.intake.previews import Preview
from pages.shared import choices, components, services
from pages.shared.formats import moment, plain
from pages.shared.i18n import known, t, translated
from pages.shared.reading.frequency import frequency_name
from pages.shared.reading.reading_choices import answer
from pages.shared.reading.reading_widgets import option_name
from pages.shared.state import Session

_ACROSS = 3  # answers beside each other
_OF_THE_FILE = (
    "day_first",
    "dates",
    "zone",
)  # whose answers are seen where the file's text stands beside


def stopped(session: Session, problem: ForecastingError) -> None:
    """The question with its answers, or the error; and Train, which is off until this is settled."""
    name = plain(session.upload_name, 80)
    asked = isinstance(problem, AmbiguousInput)
    above = st.container()
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="train_row"):  # off at once
        st.button(t("train.button"), key="train", type="primary", icon=":material/play_arrow:", disabled=True)
        st.caption(t("train.question" if asked else "train.unread", name=name), width="content")
    with above:
        if isinstance(problem, AmbiguousInput):
            _ask(session, problem)
        else:
            components.error(problem)


def given_answers(session: Session) -> None:
    """The answers that were given, in the sidebar, where they can be changed."""
    for argument, (question, answers) in session.questions.items():
        if session.choices.get(argument) not in answers:
            continue
        st.session_state[f"answer_{argument}"] = answers.index(session.choices[argument])
        choices.radio(
            _title(argument, question),
            range(len(answers)),
            format_func=functools.partial(_nth, argument, answers),
            key=f"answer_{argument}",
            on_change=_changed,
            args=(session, argument, answers),
        )


def _changed(session: Session, argument: str, answers: list[Any]) -> None:
    answer(session, argument, answers[st.session_state[f"answer_{argument}"]])


def _nth(argument: str, answers: list[Any], place: int) -> str:
    return _name(argument, answers[place])


def _ask(session: Session, problem: AmbiguousInput) -> None:
    """What was found, and for each answer a button over the first rows as it would read them."""
    with st.container(border=True, key="question"):
        st.markdown(f"**{_title(problem.argument, problem.question)}**")
        st.markdown(plain(translated(problem.message), 1_000))
        answers = list(problem.choices)
        for first in range(0, len(answers), _ACROSS):
            row = answers[first : first + _ACROSS]
            for place, (column, value) in enumerate(zip(st.columns(min(_ACROSS, len(answers))), row, strict=False)):
                with column:
                    _offer(session, problem, first + place, value)


def _offer(session: Session, problem: AmbiguousInput, place: int, value: Any) -> None:
    argument = problem.argument
    st.button(
        _name(argument, value), key=f"answer_{argument}_{place}", width="stretch", on_click=answer,
        args=(session, argument, value),
    )  # fmt: skip
    row = problem.row if argument == "zone" else None  # the hour that comes twice, else the first rows
    seen = services.answered(session.workspace, session.upload or "", session.choices, argument, value, row)
    if len(seen.rows):
        components.table(_rows(argument, seen), f"preview_{argument}_{place}", height="content")
    if consequence := _consequence(seen):
        st.caption(consequence)


def _rows(argument: str, seen: Preview) -> pd.DataFrame:
    """The rows with their times and values in words, beside what the file has where that differs."""
    rows = seen.rows
    when = [_date(ds) if argument == "day_first" else moment(ds, seen.notation) for ds in rows["ds"]]
    shown: dict[str, Any] = {}
    if "cell" in rows and argument in _OF_THE_FILE:
        shown[t("ask.file")] = rows["cell"]
    if "text" in rows and argument == "decimal":
        shown[t("ask.file")] = rows["text"]
    else:
        shown[t("how.time")] = when
    shown[t("how.value")] = rows["y"]
    return pd.DataFrame(shown)


def _date(ds: Any) -> str:
    """A day whose month has a name: 2001-02-01 would be read either way again."""
    stamp = pd.Timestamp(ds)
    month = t("chart.months").split(",")[stamp.month - 1]
    return t("date.named", day=stamp.day, month=month, year=stamp.year)


def _consequence(seen: Preview) -> str:
    """What the file becomes under an answer: its size, range and frequency, or what stands in the way."""
    if seen.refused is not None:
        return plain(translated(seen.refused), 400)
    if seen.panel is None and seen.asked is None:
        return ""
    if seen.panel is None:
        key = f"ask.then.{seen.asked}"
        return t(key) if known(key) else t("ask.then")
    ds = seen.panel.frame["ds"]
    span = t("read.range", start=moment(ds.min(), seen.notation), end=moment(ds.max(), seen.notation))
    return " · ".join([t("read.rows", count=len(seen.panel.frame)), span, frequency_name(seen.panel.frequency)])


def _title(argument: str, question: str) -> str:
    key = f"data.question.{argument}"
    return t(key) if known(key) else plain(translated(question))


def _name(argument: str, value: Any) -> str:
    key = f"data.answer.{argument}.{str(value).lower()}"
    if known(key):
        return t(key)
    return frequency_name(value) if argument == "frequency" else plain(option_name(argument, value))
