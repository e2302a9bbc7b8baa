"""What was read, in a line: name, size, range, frequency, season; and its report."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from forecasting import export
from forecasting.intake import message_of
from forecasting.notation import Notation
from forecasting.panel import Panel
from forecasting.runs import Access, Dataset, Workspace
from pages.shared import services
from pages.shared.formats import listed, moment, plain
from pages.shared.i18n import sentences, t, translated
from pages.shared.reading.frequency import frequency_name

WHOLE = 2  # seasons that the data have to hold for a season to be named


def what_was_read(access: Access, dataset_id: str) -> None:
    """Draw the line, and the report as a popover beside it."""
    data = services.dataset(access, dataset_id)
    panel = services.panel(access, dataset_id)
    name = data.name if isinstance(access, Workspace) else ""  # a link has it in its head
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="what_was_read"):
        st.markdown(_line(name, panel, services.notation(access, dataset_id)), width="stretch")
        if data.report:
            with st.popover(_summary(data.report), key="report", icon=":material/fact_check:"):
                _report(data, as_file=services.exports(access))


def _line(name: str, panel: Panel, notation: Notation) -> str:
    """Such as: **sales.csv** · 1,024 values · 04.01.2021 to 31.12.2024 · business days · season 5"""
    count, series = len(panel.frame), len(panel.series_ids)
    ds = panel.frame["ds"]
    parts = [
        *([f"**{plain(name, 80)}**"] if name else []),
        t("read.rows", count=count) if series == 1 else t("read.rows.series", count=count, series=series),
        t("read.range", start=plain(moment(ds.min(), notation)), end=plain(moment(ds.max(), notation))),
        *([plain(notation.zone)] if notation.zone else []),
        frequency_name(panel.frequency),
    ]
    longest = int(panel.lengths.max())
    if seasons := tuple(season for season in panel.seasons if WHOLE * season <= longest):
        parts.append(t("read.season", season=seasons))
    return " · ".join(parts)


def _summary(report: dict[str, Any]) -> str:
    """Such as: 3 gaps filled, 1 duplicate merged · 2 assumptions"""
    notes = report.get("notes") or []
    if not notes:
        return t("read.clean")
    assumed = sum(not note["summary"] for note in notes)
    parts = [plain(translated(message_of(report, "summary"))) if assumed < len(notes) else t("read.unrepaired")]
    if assumed:
        parts.append(t("read.assumed", count=assumed))
    return " · ".join(parts)


def _report(data: Dataset, *, as_file: bool) -> None:
    """Every assumption, repair and drop, with the file's rows."""
    notes = data.report.get("notes") or []
    if not notes:
        st.markdown(t("read.none"))
    for note in notes:
        lines = _lines(list(note.get("rows") or []), int(note.get("count") or 0))
        st.markdown(f"- {plain(translated(message_of(note, 'message')), 600)}" + (f" :gray[{lines}]" if lines else ""))
    if not as_file:
        return
    st.download_button(
        t("read.download"),
        json.dumps({"name": data.name, "reading": data.choices, **data.report}, ensure_ascii=False, indent=2),
        file_name=f"{export.file_stem(data.name)}-report.json",
        mime="application/json",
        key="download_report",
        icon=":material/download:",
        on_click="ignore",
    )


def _lines(rows: list[int], count: int, most: int = 12) -> str:
    """The first lines of the file that a note is about, of `count`."""
    if not rows:
        return ""
    first = t("read.note.rows", rows=listed(f"{row:,}" for row in rows[:most]), count=len(rows))
    rest = count - len(rows[:most])
    return sentences([first, t("read.note.more", count=rest)]) if rest > 0 else first
