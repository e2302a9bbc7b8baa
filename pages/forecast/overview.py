"""What was read: name, size, range, frequency, season, the report, and the series drawn."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import streamlit as st

from forecasting import charts, export
from forecasting.intake import message_of
from forecasting.panel import Panel
from forecasting.runs import Dataset
from pages.forecast.data import frequency_name
from pages.forecast.explore import explore
from pages.forecast.how_read import how_read
from pages.shared import components, services
from pages.shared.choices import plain_option
from pages.shared.components import plain
from pages.shared.i18n import chart_words, sentence, t
from pages.shared.state import Session


def overview(session: Session, dataset_id: str) -> str:
    """Draw it, with how the file was read below; the series that is shown."""
    workspace = session.workspace
    data = services.dataset(workspace, dataset_id)
    panel = services.panel(workspace, dataset_id)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="what_was_read"):
        st.markdown(_line(data, panel), width="stretch")
        if data.report:
            with st.popover(_summary(data.report), key="report", icon=":material/fact_check:"):
                _report(data)
    how_read(session, dataset_id)
    series = panel.series_ids[0]
    if len(panel.series_ids) > 1:
        series = st.selectbox(t("read.shown"), panel.series_ids, format_func=plain_option, key="series_shown")
    _chart(workspace, dataset_id, series)
    explore(workspace, dataset_id, series)
    return series


@st.fragment
@components.in_place()
def _chart(workspace: str, dataset_id: str, series: str) -> None:
    frame = services.one_series(workspace, dataset_id, series)
    repairs = _repairs(services.dataset(workspace, dataset_id).report, series, frame)
    figure = charts.series_chart(frame, series, repairs=repairs, words=chart_words())
    start, end = components.moment(frame["ds"].iloc[0]), components.moment(frame["ds"].iloc[-1])
    alt = t("alt.series", name=charts.escape(series), rows=len(frame), start=start, end=end)
    components.chart(figure, "chart_series", alt)


def _line(data: Dataset, panel: Panel) -> str:
    """Such as: **sales.csv** · 1,024 values · 2021-01-04 to 2024-12-31 · business days · season 5"""
    count = len(panel.frame)
    series = len(panel.series_ids)
    rows = t("read.rows", rows=count) if series == 1 else t("read.rows.series", rows=count, series=series)
    ds = panel.frame["ds"]
    parts = [
        f"**{plain(data.name, 80) or '·'}**",
        rows,
        t("read.range", start=components.moment(ds.min()), end=components.moment(ds.max())),
        frequency_name(panel.frequency),
    ]
    if panel.seasons:
        parts.append(t("read.season", season=", ".join(map(str, panel.seasons))))
    return " · ".join(parts)


def _summary(report: dict[str, Any]) -> str:
    """Such as: 3 gaps filled, 1 duplicate merged · 2 assumptions"""
    notes = report.get("notes") or []
    assumed = sum(not note["summary"] for note in notes)
    if not notes:
        return t("read.clean")
    done = plain(sentence(message_of(report, "summary"))) if assumed < len(notes) else t("read.unrepaired")
    if not assumed:
        return done
    return f"{done} · " + (t("read.assumed.one") if assumed == 1 else t("read.assumed.many", count=assumed))


def _report(data: Dataset) -> None:
    """Every assumption, repair and drop, with the file's rows."""
    notes = data.report.get("notes") or []
    if not notes:
        st.markdown(t("read.none"))
    for note in notes:
        rows = list(note.get("rows") or [])
        lines = ""
        if rows:
            lines = t("read.note.rows", rows=", ".join(f"{row:,}" for row in rows[:12]))
            if int(note.get("count") or 0) > len(rows[:12]):
                lines += " " + t("read.note.more", count=int(note["count"]) - len(rows[:12]))
        st.markdown(f"- {plain(sentence(message_of(note, 'message')), 600)}" + (f" :gray[{lines}]" if lines else ""))
    st.download_button(
        t("read.download"),
        json.dumps({"name": data.name, "reading": data.choices, **data.report}, ensure_ascii=False, indent=2),
        file_name=f"{export.file_stem(data.name)}-report.json",
        mime="application/json",
        key="download_report",
        icon=":material/download:",
        on_click="ignore",
    )


_MARKS = {"missing": "filled", "duplicates": "merged", "outliers": "outliers", "zeros": "zeros"}


def _repairs(report: dict[str, Any], series: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The steps that were filled, merged or flagged, as marks: `ds, y, kind, rows`."""
    marks = [
        {"ds": step["ds"], "y": step["y"], "kind": kind, "rows": _rows(step)}
        for kind, listed in _MARKS.items()
        for step in report.get(listed) or []
        if step["unique_id"] == series
    ]
    made = pd.DataFrame(marks, columns=["ds", "y", "kind", "rows"])
    if frame["ds"].dtype.kind == "M":
        made["ds"] = pd.to_datetime(made["ds"])
    return made


def _rows(step: dict[str, Any]) -> str:
    """The lines of the file that a repair is about: of a gap, those before and after it."""
    if "row_before" in step:
        return f"{step['row_before']}-{step['row_after']}"
    return str(step.get("rows") or step.get("row") or "")
