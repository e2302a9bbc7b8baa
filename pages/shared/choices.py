"""Choices of how an upload is read: widgets show what is understood, and a change of one overrules it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from forecasting.errors import ForecastingError
from forecasting.intake.choices import TABLE
from pages.shared import services
from pages.shared.state import Session

FILE = (*TABLE, "decimal")  # how the text is cut and its numbers written; the others are about columns


def start(key: str, value: Any) -> None:
    """Let the widget show what is understood now, whatever it showed before."""
    # Nothing, too, has to be said to the browser, which else goes on showing what it showed.
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def begin(setting: str, value: Any, tell: bool, /, **argument: Any) -> dict[str, Any]:
    """The argument with which the widget of a setting has its value at first; to `tell` it another one once it is
    shown goes by the session instead.

    Not by the session at first: a rerun that overtakes the first one would leave the browser without the value, and it
    would send back the smallest number as if somebody had typed it.
    """
    key = f"set_{setting}"
    if tell and key in st.session_state and st.session_state[key] != value:
        st.session_state[key] = value
        return {}
    return argument


def with_(options: list[Any], *more: Any) -> list[Any]:
    return list(dict.fromkeys([*options, *more]))


def plain_option(name: str) -> str:
    """An option of a select box, which shows text as it is."""
    return " ".join(name.split())[:80] or "·"


def changed(session: Session, role: str, key: str) -> None:
    """A column was overruled: read again by it. What was answered about another column is asked anew."""
    stale = {"time": ("day_first", "frequency", "zone"), "target": ("decimal",)}.get(role, ())
    # A decimal mark that was chosen without a question is about the file, not about one column.
    stale = tuple(name for name in stale if name != "decimal" or name in session.questions)
    kept = {name: value for name, value in session.choices.items() if name not in (role, *stale)}
    value = st.session_state[key]
    value = list(value) if isinstance(value, tuple) else value  # as it comes back from the store
    session.choices = kept if value is None else {**kept, role: value}
    session.questions = {name: asked for name, asked in session.questions.items() if name not in stale}
    _answer(session, role)


def cut_anew(session: Session, name: str, key: str) -> None:
    """How the text is cut was overruled: read again by it. Choices of columns hold while the columns are the same."""
    value = st.session_state[key]
    if value is not None:
        _read_by(session, {**session.choices, name: value})


def read_instead(session: Session, arguments: dict[str, Any]) -> None:
    """Read by another way to cut the text, all of it at once."""
    _read_by(session, {**session.choices, **arguments})


def as_found(session: Session) -> None:
    """Nothing that was chosen about the file holds any longer: what reading finds does. Answers stay."""
    dropped = overruled(session)
    _read_by(session, {name: value for name, value in session.choices.items() if name not in dropped})


def overruled(session: Session) -> set[str]:
    """What was chosen about the file without having been asked for."""
    return {name for name in FILE if name in session.choices and name not in session.questions}


def _read_by(session: Session, choices: dict[str, Any]) -> None:
    before, after = _columns(session, session.choices), _columns(session, choices)
    if after is not None and (before != after if before is not None else not _named(choices) <= set(after)):
        choices = {name: value for name, value in choices.items() if name in FILE and name not in session.questions}
        for question in session.questions:
            st.session_state.pop(f"answer_{question}", None)
        session.questions = {}
    session.choices = choices


def _columns(session: Session, choices: dict[str, Any]) -> list[str] | None:
    """The columns of the upload under `choices`; None where it cannot be read by them."""
    try:
        return services.table(session.workspace, session.upload or "", choices).columns
    except ForecastingError:
        return None


def _named(choices: dict[str, Any]) -> set[str]:
    """The columns that choices name."""
    named = [choices.get(role) or [] for role in ("time", "target", "series", "covariates")]
    return {name for role in named for name in ([role] if isinstance(role, str) else role)}


def _answer(session: Session, role: str) -> None:
    """A question about what was chosen elsewhere shows that choice as its answer."""
    _, answers = session.questions.get(role, ("", []))
    if session.choices.get(role) in answers:
        st.session_state[f"answer_{role}"] = answers.index(session.choices[role])
