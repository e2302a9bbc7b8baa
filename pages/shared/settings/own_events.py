"""The table of own events: a name, dates, and how the last of them repeats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from forecasting import events
from forecasting.errors import ConfigError
from pages.shared import components, state
from pages.shared.i18n import t

_KEPT = "_own_events"  # in the session: version of the table, the rows that it began with, the events it has
_WIDTH = 560  # pixels, where the screen has them
_COLUMNS = ("name", "dates", "repeats")


def event_table(subject: str, values: Mapping[str, Any], replace: bool) -> tuple[list[dict[str, Any]], bool]:
    """Draw it, filled in with `values`; with `replace` also where it shows others. (The events, whether all can be)."""
    given = list(values.get("events", []))
    kept = st.session_state.get(_KEPT, {"version": 0, "rows": [], "events": []})
    key = f"events_{kept['version']}"
    if key not in st.session_state or (replace and kept["events"] != given):
        kept = {"version": kept["version"] + 1, "rows": [_row(event) for event in given], "events": given}
        st.session_state[_KEPT] = kept
        key = f"events_{kept['version']}"
    with st.popover(
        t("model.events"), key="own_events", icon=":material/event:", width="stretch", help=t("help.events")
    ):
        st.caption(t("events.dates.help"))  # above the table, whose buttons come over what is there
        edited = _table(kept["rows"], key)
        try:
            chosen = _plain(events.events_of([_event(row) for row in edited.to_dict("records") if _filled(row)]))
        except ConfigError as problem:
            components.error(problem)
            return kept["events"], False
    if chosen != kept["events"]:
        kept["events"] = chosen
        state.current().change(subject, "events", chosen)
    return chosen, True


def _table(rows: list[dict[str, str]], key: str) -> pd.DataFrame:
    text = st.column_config.TextColumn
    edited: pd.DataFrame = st.data_editor(
        pd.DataFrame(rows, columns=list(_COLUMNS), dtype=object),
        key=key,
        num_rows="dynamic",
        hide_index=True,
        width=_WIDTH,
        height="content",
        placeholder="",
        column_config={
            "name": text(t("events.name"), width="small"),
            "dates": text(t("events.dates"), width="medium", help=t("events.dates.help")),
            "repeats": st.column_config.SelectboxColumn(
                t("events.repeats"), options=list(events.REPEATS), default=events.REPEATS[0], width="small",
                format_func=_repeats, help=t("events.repeats.help"),
            ),
        },
    )  # fmt: skip
    return edited


def _row(event: Mapping[str, Any]) -> dict[str, str]:
    return {"name": event["name"], "dates": ", ".join(event["dates"]), "repeats": event.get("repeats", "none")}


def _event(row: Mapping[Any, Any]) -> dict[str, Any]:
    dates = events.split_dates(_text(row["dates"]))
    return {"name": _text(row["name"]), "dates": dates, "repeats": _text(row["repeats"]) or events.REPEATS[0]}


def _filled(row: Mapping[Any, Any]) -> bool:
    return bool(_text(row["name"]) or _text(row["dates"]))


def _text(cell: Any) -> str:
    return cell.strip() if isinstance(cell, str) else ""


def _plain(chosen: tuple[events.Event, ...]) -> list[dict[str, Any]]:
    """As ForecastConfig.to_dict has them."""
    return [{"name": event.name, "dates": list(event.dates), "repeats": event.repeats} for event in chosen]


def _repeats(value: Any) -> str:
    return t(f"repeats.{value}")
