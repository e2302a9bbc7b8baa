"""What was read: name, size, range, frequency, season, the report, and the series drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from forecasting import charts
from forecasting.panel import Panel
from forecasting.runs import Dataset
from pages.ui import components, services
from pages.ui.choices import plain_option
from pages.ui.components import plain
from pages.ui.i18n import chart_words, t
from pages.ui.reading import frequency_name


def overview(workspace: str, dataset_id: str) -> str:
    """Draw it; the series that is shown."""
    data = services.dataset(workspace, dataset_id)
    panel = services.panel(workspace, dataset_id)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="what_was_read"):
        st.markdown(_line(data, panel), width="stretch")
        if data.report:
            with st.popover(_summary(data.report), key="report", icon=":material/fact_check:"):
                _report(data.report)
    series = panel.series_ids[0]
    if len(panel.series_ids) > 1:
        series = st.selectbox(t("read.shown"), panel.series_ids, format_func=plain_option, key="series_shown")
    _chart(workspace, dataset_id, series)
    return series


@st.fragment
@components.in_place()
def _chart(workspace: str, dataset_id: str, series: str) -> None:
    frame = services.one_series(workspace, dataset_id, series)
    repairs = _repairs(services.dataset(workspace, dataset_id).report, series, frame)
    figure = charts.series_chart(frame, series, repairs=repairs, words=chart_words())
    start, end = moment(frame["ds"].iloc[0]), moment(frame["ds"].iloc[-1])
    alt = t("alt.series", name=charts.escape(series), rows=len(frame), start=start, end=end)
    components.chart(figure, "chart_series", alt)


def _line(data: Dataset, panel: Panel) -> str:
    """Such as: **sales.csv** · 1,024 values · 2021-01-04 to 2024-12-31 · business days · season 5"""
    count = len(panel.frame)
    series = len(panel.series_ids)
    rows = t("read.rows", rows=count) if series == 1 else t("read.rows.series", rows=count, series=series)
    ds = panel.frame["ds"]
    parts = [
        f"**{plain(data.name, 80)}**",
        rows,
        t("read.range", start=moment(ds.min()), end=moment(ds.max())),
        frequency_name(panel.frequency),
    ]
    if panel.seasons:
        parts.append(t("read.season", season=", ".join(map(str, panel.seasons))))
    return " · ".join(parts)


def moment(ds: Any) -> str:
    """A time stamp as short as it can be said."""
    if isinstance(ds, int | np.integer):
        return f"{int(ds):,}"
    stamp = pd.Timestamp(ds)
    return stamp.strftime("%Y-%m-%d" if stamp == stamp.normalize() else "%Y-%m-%d %H:%M")


def _summary(report: dict[str, Any]) -> str:
    """Such as: 3 gaps filled, 1 duplicate merged · 2 assumptions"""
    notes = report.get("notes") or []
    assumed = sum(not note["summary"] for note in notes)
    if not notes:
        return t("read.clean")
    done = plain(report["summary"]) if assumed < len(notes) else t("read.unrepaired")
    if not assumed:
        return done
    return f"{done} · " + (t("read.assumed.one") if assumed == 1 else t("read.assumed.many", count=assumed))


def _report(report: dict[str, Any]) -> None:
    """Every assumption, repair and drop, with the file's rows."""
    notes = report.get("notes") or []
    if not notes:
        st.markdown(t("read.none"))
    for note in notes:
        rows = list(note.get("rows") or [])
        lines = ""
        if rows:
            lines = t("read.note.rows", rows=", ".join(f"{row:,}" for row in rows[:12]))
            if int(note.get("count") or 0) > len(rows[:12]):
                lines += " " + t("read.note.more", count=int(note["count"]) - len(rows[:12]))
        st.markdown(f"- {plain(note['message'], 600)}" + (f" :gray[{lines}]" if lines else ""))


def _repairs(report: dict[str, Any], series: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The steps that were filled or merged, as marks: `ds, y, kind`."""
    marks = [
        {"ds": step["ds"], "y": step["y"], "kind": kind}
        for kind, listed in (("missing", report.get("filled")), ("duplicates", report.get("merged")))
        for step in listed or []
        if step["unique_id"] == series
    ]
    made = pd.DataFrame(marks, columns=["ds", "y", "kind"])
    if frame["ds"].dtype.kind == "M":
        made["ds"] = pd.to_datetime(made["ds"])
    return made
