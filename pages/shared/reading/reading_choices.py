"""Reading choices that the user changes: the file is read again by them, and questions they make stale are dropped."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import streamlit as st

from forecasting.errors import AmbiguousInput, ForecastingError
from forecasting.intake.choices import TABLE
from pages.shared import services
from pages.shared.state import Session

_FOLLOWING = {  # what an answer or a choice decides with it, so that the answers to it no longer hold
    "time": ("day_first", "dates", "frequency", "zone"),
    "target": ("decimal",),
    "day_first": ("frequency", "zone", "duplicates"),
    "dates": ("day_first", "frequency", "zone", "duplicates"),
    "zone": ("frequency", "duplicates"),
    "series": ("lone", "files", "duplicates"),
    "lone": ("frequency", "duplicates"),
    "files": ("frequency", "duplicates"),
    "frequency": ("duplicates",),
}

FILE = (*TABLE, "decimal")  # about the text and its numbers; the other choices are about columns


def overrule(session: Session, role: str, key: str) -> None:
    """Another column was chosen: read again by it. Answers about the column before no longer hold."""
    value = st.session_state[key]
    value = list(value) if isinstance(value, tuple) else value  # as it comes back from the store
    stale = _FOLLOWING.get(role, ()) if role in ("time", "target", "series") else ()
    # A decimal mark that was chosen without a question is about the file, not about one column.
    stale = tuple(name for name in stale if name != "decimal" or name in session.questions)
    if "day_first" in stale and _writes_alike(session, value):
        stale = tuple(name for name in stale if name != "day_first")
    _choose(session, role, value, stale)


def answer(session: Session, argument: str, value: Any) -> None:
    """A question was answered, or answered anew: what was answered after it is asked again where it has to be."""
    _choose(session, argument, value, [name for name in _FOLLOWING.get(argument, ()) if name in session.questions])


def _choose(session: Session, name: str, value: Any, stale: Collection[str]) -> None:
    kept = {other: choice for other, choice in session.choices.items() if other not in (name, *stale)}
    session.choices = kept if value is None else {**kept, name: value}
    session.questions = {other: asked for other, asked in session.questions.items() if other not in stale}


def _writes_alike(session: Session, time: Any) -> bool:
    """Whether the answer about day and month can be that for another column of times, too: it is not asked twice."""
    if "day_first" not in session.choices or "day_first" not in session.questions:
        return False
    choices = {"time": time, "day_first": session.choices["day_first"]}
    try:
        services.read_upload(session.workspace, session.upload or "", choices)
    except AmbiguousInput as question:
        return question.argument != "day_first"
    except ForecastingError:
        return False
    return True


def overrule_dialect(session: Session, name: str, key: str) -> None:
    """How text becomes cells was changed: read again by it. Choices of columns hold while the columns are the same."""
    value = st.session_state[key]
    if value is not None:
        _read_by(session, {**session.choices, name: value})


def read_instead(session: Session, arguments: dict[str, Any]) -> None:
    """Read by another dialect, all of it at once."""
    _read_by(session, {**session.choices, **arguments})


def as_detected(session: Session) -> None:
    """Drop what was chosen about the file, so that what is detected holds. Answers to questions stay."""
    dropped = overruled(session)
    _read_by(session, {name: value for name, value in session.choices.items() if name not in dropped})


def overruled(session: Session) -> set[str]:
    """Choices about the file that answer no question."""
    return {name for name in FILE if name in session.choices and name not in session.questions}


def _read_by(session: Session, choices: dict[str, Any]) -> None:
    before, after = _columns(session, session.choices), _columns(session, choices)
    if after is not None and (before != after if before is not None else not _named(choices) <= set(after)):
        choices = {name: value for name, value in choices.items() if name in FILE and name not in session.questions}
        session.questions = {}
    session.choices = choices


def _columns(session: Session, choices: dict[str, Any]) -> list[str] | None:
    """The columns of the upload read by `choices`; None where it cannot be."""
    try:
        return services.table(session.workspace, session.upload or "", choices).columns
    except ForecastingError:
        return None


def _named(choices: dict[str, Any]) -> set[str]:
    """The columns that choices name."""
    named = [choices.get(role) or [] for role in ("time", "target", "series", "covariates")]
    return {name for role in named for name in ([role] if isinstance(role, str) else role)}
