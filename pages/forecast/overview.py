"""What was read: name, size, range, frequency, season, the report, and the series drawn."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from forecasting import charts, export
from forecasting.intake import message_of
from forecasting.notation import Notation
from forecasting.panel import Panel
from forecasting.runs import Dataset, Workspace
from pages.forecast.explore import explore
from pages.forecast.sparse import sparse
from pages.shared import components, services
from pages.shared.formats import listed, moment, plain, plain_option
from pages.shared.i18n import chart_words, sentences, t, translated
from pages.shared.reading.frequency import frequency_name
from pages.shared.reading.how_read import how_read
from pages.shared.reading.repairs import repair_marks
from pages.shared.state import Session

_STRIP = 92  # pixels
WHOLE = 2  # seasons that the data have to hold for a season to be named


def overview(session: Session, dataset_id: str, *, folded: bool = False) -> str:
    """Draw it; the series that is shown. `folded`: the chart is a strip, and what takes room is left to `below`."""
    workspace = session.workspace
    data = services.dataset(workspace, dataset_id)
    panel = services.panel(workspace, dataset_id)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="what_was_read"):
        st.markdown(_line(data, panel, services.notation(workspace, dataset_id)), width="stretch")
        if data.report:
            with st.popover(_summary(data.report), key="report", icon=":material/fact_check:"):
                _report(data)
    sparse(session, data, panel)
    if not folded:
        how_read(session, dataset_id)
    series = panel.series_ids[0]
    if len(panel.series_ids) > 1:
        series = st.selectbox(
            t("read.shown"), panel.series_ids, format_func=plain_option, key="series_shown",
            label_visibility="collapsed" if folded else "visible",
        )  # fmt: skip
    _chart(workspace, dataset_id, series, folded=folded)
    if not folded:
        explore(workspace, dataset_id, series)
    return series


def below(session: Session, dataset_id: str, series: str) -> None:
    """What stands below the results: how the file was read, and the series taken apart."""
    how_read(session, dataset_id)
    explore(session.workspace, dataset_id, series)


@st.fragment
@components.in_place()
def _chart(workspace: Workspace, dataset_id: str, series: str, *, folded: bool) -> None:
    frame = services.one_series(workspace, dataset_id, series)
    notation = services.notation(workspace, dataset_id)
    digits = notation.digits(notation.target_of(series))
    repairs = None if folded else repair_marks(services.dataset(workspace, dataset_id).report, series, notation)
    figure = charts.series_chart(frame, series, repairs=repairs, slider=not folded, digits=digits, words=chart_words())
    if folded:
        figure.update_layout(height=_STRIP, margin={"l": 8, "r": 8, "t": 4, "b": 24}, yaxis={"title": "", "nticks": 3})
    own = services.panel(workspace, dataset_id).frame.query("unique_id == @series")["ds"]
    start, end = moment(own.iloc[0], notation), moment(own.iloc[-1], notation)
    alt = t("alt.series", name=charts.escape(series), count=len(frame), start=start, end=end)
    components.chart(figure, "chart_series", alt, bar=not folded)


def _line(data: Dataset, panel: Panel, notation: Notation) -> str:
    """Such as: **sales.csv** · 1,024 values · 04.01.2021 to 31.12.2024 · business days · season 5"""
    count, series = len(panel.frame), len(panel.series_ids)
    ds = panel.frame["ds"]
    parts = [
        f"**{plain(data.name, 80) or '·'}**",
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


def _report(data: Dataset) -> None:
    """Every assumption, repair and drop, with the file's rows."""
    notes = data.report.get("notes") or []
    if not notes:
        st.markdown(t("read.none"))
    for note in notes:
        lines = _lines(list(note.get("rows") or []), int(note.get("count") or 0))
        st.markdown(f"- {plain(translated(message_of(note, 'message')), 600)}" + (f" :gray[{lines}]" if lines else ""))
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
