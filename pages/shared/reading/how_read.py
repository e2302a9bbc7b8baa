"""The expander How the file was read: its first lines beside the values read from them, what was assumed and why, and
the widgets that overrule it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd
import streamlit as st

from forecasting.errors import ForecastingError
from forecasting.intake import Table, message_of
from forecasting.notation import Notation
from pages.shared import components, services
from pages.shared.formats import listed, moment, plain
from pages.shared.i18n import known, t, translated
from pages.shared.reading.files_read import files_read
from pages.shared.reading.frequency import frequency_name
from pages.shared.reading.reading_choices import read_instead
from pages.shared.reading.reading_widgets import option_name, reading_widgets
from pages.shared.reading.repairs import REPAIRS
from pages.shared.state import Session

SHOWN = 14  # rows of the preview
HEIGHT = 36 + 35 * 8


def how_read(session: Session, dataset: str | None) -> None:
    """Draw it for the current upload, also where that cannot be read by the choices made."""
    if session.source != "upload" or session.upload is None:
        return
    try:
        cells = services.table(session.workspace, session.upload, session.choices)
    except ForecastingError:
        cells = None  # the sidebar shows the error
    report = _report(session, dataset)
    with st.expander(t("data.how"), key="how_read", icon=":material/table_eye:"):
        files_read(report, Notation.of(report))
        left, right = st.columns(2)
        with left:
            _file(cells)
        with right:
            _understood(session, dataset if report else None, report, cells)
        if cells is not None and cells.runner_up is not None:
            _runner_up(session, cells)
        reading_widgets(session, cells, report)
        _evidence(cells, report)


def _report(session: Session, dataset: str | None) -> dict[str, Any]:
    """The report of the upload read by the present choices; empty where they give no dataset."""
    if dataset is None:
        return {}
    shown = services.dataset(session.workspace, dataset)
    current = shown.choices.get("upload") == session.upload and shown.choices.get("reading") == session.choices
    return shown.report if current else {}


def _file(cells: Table | None) -> None:
    """The first lines as the file has them; of a workbook, its cells."""
    components.heading(t("how.file"))
    if cells is None:
        st.caption(t("how.unread"))
    elif cells.raw:
        lines = pd.DataFrame(cells.raw, columns=[t("how.line"), t("how.text")])
        components.table(lines, "raw_lines", height=HEIGHT, narrow=t("how.line"))
    else:
        components.table(_cells(cells), "raw_lines", height=HEIGHT, narrow=t("how.line"))


def _cells(cells: Table) -> pd.DataFrame:
    """The first records as text, under the names of their columns."""
    first: pd.DataFrame = cells.cells.slice(0, SHOWN).to_pandas()
    first.insert(0, t("how.line"), cells.rows[: len(first)], allow_duplicates=True)
    first.columns = pd.Index(_unique([str(name) for name in first.columns]))
    return first.iloc[:, :30]


def _understood(session: Session, dataset: str | None, report: dict[str, Any], cells: Table | None) -> None:
    """The first values with their times and repairs; before the columns are known, the cells."""
    components.heading(t("how.understood"))
    if dataset is None:
        if cells is not None:
            components.table(_cells(cells), "understood", height=HEIGHT, narrow=t("how.line"))
        return
    first = services.panel(session.workspace, dataset).frame.head(SHOWN)
    clock = services.notation(session.workspace, dataset).clock
    repairs = {
        (step["unique_id"], str(step["ds"])): t(f"chart.{kind}")
        for kind, listed_as in REPAIRS.items()
        for step in report.get(listed_as) or []
    }
    stamps = first["ds"].dt.strftime("%Y-%m-%dT%H:%M:%S") if first["ds"].dtype.kind == "M" else first["ds"].astype(str)
    marks = [repairs.get(step, "") for step in zip(first["unique_id"], stamps, strict=True)]
    columns: dict[str, Any] = {t("how.time"): [moment(ds) for ds in clock(first["ds"])]}
    columns[t("how.series")] = first["unique_id"].to_numpy()
    columns[t("how.value")] = first["y"].to_numpy()
    if any(marks):
        columns[t("how.done")] = marks
    table = pd.DataFrame(columns)
    for name in first.columns[3:]:
        table.insert(len(table.columns), str(name), first[name].to_numpy(), allow_duplicates=True)
    table.columns = pd.Index(_unique([str(name) for name in table.columns]))
    components.table(table, "understood", height=HEIGHT)


def _unique(names: list[str]) -> list[str]:
    """Column names that a table can show: each once, none empty."""
    total, seen = Counter(names), Counter[str]()
    unique = []
    for name in names:
        seen[name] += 1
        unique.append(f"{name} ({seen[name]})" if total[name] > 1 else name or "·")
    return unique


def _runner_up(session: Session, cells: Table) -> None:
    """The second-best dialect."""
    other = cells.runner_up
    if other is None:
        return
    names = [plain(name or "·") for name in other.columns[:6]] + ["…"] * (len(other.columns) > 6)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="runner_up"):
        offer = t(
            "how.other", delimiter=plain(option_name("delimiter", other.dialect.delimiter)), columns=tuple(names),
            reason=plain(translated(other.reason)),
        )  # fmt: skip
        st.caption(offer, width="stretch")
        st.button(t("how.other.take"), key="read_instead", on_click=read_instead, args=(session, other.arguments))


def _evidence(cells: Table | None, report: dict[str, Any]) -> None:
    """Each assumption with its evidence."""
    assumptions = report.get("assumptions")
    if not assumptions:
        assumptions = [assumption.to_dict() for assumption in cells.assumptions] if cells is not None else []
    rows = [
        (_assumption(str(about["what"])), _value(about), translated(message_of(about, "evidence")))
        for about in assumptions
    ]
    if rows:
        columns = [t("how.what"), t("how.taken"), t("how.evidence")]
        components.table(pd.DataFrame(rows, columns=columns), "evidence")


def _assumption(what: str) -> str:
    return t(f"assumed.{what}") if known(f"assumed.{what}") else what


def _value(assumption: dict[str, Any]) -> str:
    """The value that was assumed, in words."""
    what, value = str(assumption["what"]), assumption["value"]
    if what == "dates":
        return translated(message_of(assumption, "value"))
    if isinstance(value, list | tuple):
        return listed(map(str, value))
    if what == "frequency":
        return frequency_name(str(value))
    if what in ("encoding", "delimiter", "decimal", "header"):
        return option_name(what, value)
    return t("how.none") if value is None else str(value)
