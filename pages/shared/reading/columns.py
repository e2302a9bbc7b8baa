"""The columns of an upload in their roles, and its frequency; each can be overruled."""

from __future__ import annotations

from typing import Any

import streamlit as st

from forecasting.intake import message_of
from pages.shared import choices
from pages.shared.formats import plain, plain_option
from pages.shared.i18n import t, translated
from pages.shared.reading.frequency import FREQUENCIES, frequency_name
from pages.shared.reading.reading_choices import overrule
from pages.shared.state import Session
from pages.shared.widget_values import including, show


def column_widgets(session: Session, columns: list[str], report: dict[str, Any]) -> None:
    """Draw them, filled in with what the report and the user's choices say."""
    roles = {**(report.get("roles") or {}), **session.choices}
    candidates = report.get("candidates") or {}
    _time(session, list(candidates.get("time") or columns), roles.get("time"))
    _target(session, list(candidates.get("target") or columns), roles.get("target") or [])
    _series(session, list(candidates.get("series") or columns), roles.get("series") or "")
    frequency = session.choices.get("frequency") or report.get("frequency")
    if frequency:
        _frequency(session, frequency, report)


def forget_columns() -> None:
    """Let the widgets start anew: a new file has other columns and other questions."""
    for key in [name for name in st.session_state if str(name).startswith(("col_", "answer_"))]:
        del st.session_state[key]


def _time(session: Session, options: list[str], chosen: str | None) -> None:
    show("col_time", chosen)
    choices.select(
        t("data.time"),
        including(options, *([chosen] if chosen else [])),
        format_func=plain_option,
        key="col_time",
        index=0 if chosen else None,
        on_change=overrule,
        args=(session, "time", "col_time"),
    )


def _target(session: Session, options: list[str], chosen: str | list[str]) -> None:
    names = [chosen] if isinstance(chosen, str) else list(chosen)
    show("col_target", names)
    choices.several(
        t("data.values"),
        including(options, *names),
        format_func=plain_option,
        key="col_target",
        help=t("data.values.help"),
        on_change=overrule,
        args=(session, "target", "col_target"),
    )


def _series(session: Session, options: list[str], chosen: str | list[str]) -> None:
    names = tuple(chosen) if isinstance(chosen, list) else chosen  # several columns name the series together
    show("col_series", names)
    choices.select(
        t("data.series"),
        ["", *including(options, *([names] if names else []))],
        format_func=_series_name,
        key="col_series",
        help=t("data.series.help"),
        on_change=overrule,
        args=(session, "series", "col_series"),
    )


def _series_name(chosen: str | tuple[str, ...]) -> str:
    if not chosen:
        return t("data.series.none")
    return plain_option(chosen) if isinstance(chosen, str) else plain_option(" + ".join(chosen))


def _frequency(session: Session, chosen: str, report: dict[str, Any]) -> None:
    show("col_frequency", chosen)
    choices.select(
        t("data.frequency"),
        including(list(FREQUENCIES), chosen),
        format_func=frequency_name,
        key="col_frequency",
        help=plain(translated(message_of(report, "frequency_reason"))) or None,
        on_change=overrule,
        args=(session, "frequency", "col_frequency"),
    )
    if "frequency" in session.choices:
        for note in report.get("notes") or []:  # how values were put on the calendar that was chosen
            if note["kind"] in ("resampled", "gaps"):
                st.caption(plain(translated(message_of(note, "message"))))
