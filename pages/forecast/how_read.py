"""How a file was read: its first lines beside what they were taken for, each assumption with its evidence, and what
overrules it. Every change is read again at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from forecasting.errors import ForecastingError
from forecasting.intake import AGGREGATIONS, Table, message_of
from pages.forecast.data import frequency_name
from pages.shared import components, services
from pages.shared.choices import as_found, changed, cut_anew, overruled, plain_option, read_instead, start, with_
from pages.shared.components import plain
from pages.shared.i18n import known, sentence, t
from pages.shared.state import Session

ENCODINGS = [
    *("utf-8", "utf-16", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "latin-1"),
    *("iso8859-15", "koi8_r", "cp850", "cp866", "mac_roman", "gb18030", "big5", "cp932", "euc_jp", "cp949"),
]
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", " ": "space", ":": "colon", "": "none"}
DECIMALS = {".": "point", ",": "comma"}
LINES = 20  # that can be chosen as the header
SHOWN = 14  # rows of the preview
HEIGHT = 36 + 35 * 8


def how_read(session: Session, dataset: str | None) -> None:
    """Draw it for the upload that is chosen, also where it cannot be read as it was chosen."""
    if session.source != "upload" or session.upload is None:
        return
    try:
        cells = services.table(session.workspace, session.upload, session.choices)
    except ForecastingError:
        cells = None  # the sidebar says why
    report = _report(session, dataset)
    with st.expander(t("data.how"), key="how_read", icon=":material/table_eye:"):
        left, right = st.columns(2)
        with left:
            _file(cells)
        with right:
            _understood(session, dataset if report else None, report, cells)
        if cells is not None and cells.runner_up is not None:
            _runner_up(session, cells)
        _controls(session, cells, report)
        _evidence(cells, report)


def _report(session: Session, dataset: str | None) -> dict[str, Any]:
    """The report of the upload as it is chosen to be read now; empty where that gives nothing."""
    if dataset is None:
        return {}
    shown = services.dataset(session.workspace, dataset)
    mine = shown.choices.get("upload") == session.upload and shown.choices.get("reading") == session.choices
    return shown.report if mine else {}


def _file(cells: Table | None) -> None:
    """The first lines as the file has them; of a workbook, its cells."""
    st.markdown(f"**{t('how.file')}**")
    if cells is None:
        st.caption(t("how.unread"))
    elif cells.raw:
        lines = pd.DataFrame(cells.raw, columns=[t("how.line"), t("how.text")])
        components.table(lines, "raw_lines", height=HEIGHT, narrow=t("how.line"))
    else:
        components.table(_cells(cells), "raw_lines", height=HEIGHT, narrow=t("how.line"))


def _cells(cells: Table) -> pd.DataFrame:
    """The first records as text, under the names of their columns."""
    first = cells.cells.slice(0, SHOWN).to_pandas()
    first.insert(0, t("how.line"), cells.rows[: len(first)], allow_duplicates=True)
    first.columns = pd.Index(_different([str(name) for name in first.columns]))
    return first.iloc[:, :30]


def _understood(session: Session, dataset: str | None, report: dict[str, Any], cells: Table | None) -> None:
    """The first values with their times, and what was done to them; before that is known, the cells."""
    st.markdown(f"**{t('how.understood')}**")
    if dataset is None:
        if cells is not None:
            components.table(_cells(cells), "understood", height=HEIGHT, narrow=t("how.line"))
        return
    frame = services.panel(session.workspace, dataset).frame
    first = frame.head(SHOWN)
    done = {
        (step["unique_id"], str(step["ds"])): t(f"chart.{kind}")
        for kind, listed in (
            ("missing", "filled"),
            ("duplicates", "merged"),
            ("outliers", "outliers"),
            ("zeros", "zeros"),
        )
        for step in report.get(listed) or []
    }
    stamps = first["ds"].dt.strftime("%Y-%m-%dT%H:%M:%S") if first["ds"].dtype.kind == "M" else first["ds"].astype(str)
    marks = [done.get(key, "") for key in zip(first["unique_id"], stamps, strict=True)]
    columns: dict[str, Any] = {t("how.time"): [components.moment(ds) for ds in first["ds"]]}
    columns[t("how.series")] = first["unique_id"].to_numpy()
    columns[t("how.value")] = first["y"].to_numpy()
    if any(marks):
        columns[t("how.done")] = marks
    made = pd.DataFrame(columns)
    for name in first.columns[3:]:
        made.insert(len(made.columns), str(name), first[name].to_numpy(), allow_duplicates=True)
    made.columns = pd.Index(_different([str(name) for name in made.columns]))
    components.table(made, "understood", height=HEIGHT)


def _different(names: list[str]) -> list[str]:
    """Column names that a table can show: each once, none empty."""
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
    counts: dict[str, int] = {}
    made = []
    for name in names:
        counts[name] = counts.get(name, 0) + 1
        made.append(f"{name} ({counts[name]})" if seen[name] > 1 else name or "·")
    return made


def _runner_up(session: Session, cells: Table) -> None:
    """The second-best way to cut the text."""
    other = cells.runner_up
    if other is None:
        return
    names = ", ".join(name or "·" for name in other.columns[:6]) + (", …" if len(other.columns) > 6 else "")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="runner_up"):
        said = t(
            "how.other", delimiter=plain(option_name("delimiter", other.dialect.delimiter)),
            columns=plain(names), reason=plain(sentence(other.reason)),
        )  # fmt: skip
        st.caption(said, width="stretch")
        st.button(t("how.other.take"), key="read_instead", on_click=read_instead, args=(session, other.arguments))


def _controls(session: Session, cells: Table | None, report: dict[str, Any]) -> None:
    """What overrules an assumption, each filled in with what was found."""
    found: dict[str, Any] = {"decimal": report.get("decimal")}
    if cells is not None:
        about = cells.dialect
        found |= {"encoding": about.encoding, "delimiter": about.delimiter}
        found["header"] = about.header if about.header is not None else False
        found |= {one.what: one.value for one in cells.assumptions if one.what == "sheet"}
    shown = {**found, **session.choices}
    packed = cells is not None and not cells.raw
    drawn: list[Callable[[], None]] = []

    def offer(name: str, options: list[Any], value: Any, change: Callable[..., None] = changed) -> None:
        drawn.append(lambda: _select(session, name, options, value, change))

    if not packed:
        offer("encoding", ENCODINGS, shown.get("encoding"), cut_anew)
        offer("delimiter", list(DELIMITERS), shown.get("delimiter"), cut_anew)
        offer("decimal", list(DECIMALS), shown.get("decimal"))
    if cells is not None and cells.sheets:
        offer("sheet", list(cells.sheets), shown.get("sheet"), cut_anew)
    if cells is None or shown.get("header") is not None:
        offer("header", [False, *range(1, LINES + 1)], shown.get("header"), cut_anew)
    orders = [one for one in report.get("assumptions") or [] if one["what"] == "dates" and one["argument"]]
    if (orders or "day_first" in session.choices) and "day_first" not in session.questions:
        written = {"d": True, "m": False}.get(str(orders[0]["value"])[:1]) if orders else None
        offer("day_first", [True, False], session.choices.get("day_first", written))
    if report.get("aggregation") or report.get("merged_count") or "duplicates" in session.choices:
        offer("duplicates", list(AGGREGATIONS), shown.get("duplicates") or report.get("aggregation") or "mean")
    for name in ("outliers", "zeros"):
        if report.get(f"{name}_count") or name in session.choices:
            offer(name, ["keep", "missing"], session.choices.get(name, "keep"))
    for row in range(0, len(drawn), 4):
        for column, draw in zip(st.columns(4), drawn[row : row + 4], strict=False):
            with column:
                draw()
    _covariates(session, report)
    st.button(
        t("data.how.found"), key="as_found", help=t("data.how.found.help"),
        disabled=not overruled(session), on_click=as_found, args=(session,),
    )  # fmt: skip


def _select(session: Session, name: str, options: list[Any], value: Any, change: Callable[..., None]) -> None:
    key = f"col_{name}"
    start(key, value)
    st.selectbox(
        t(f"data.{name}"),
        options if value is None else with_(options, value),
        index=None if value is None else 0,
        format_func=lambda option: option_name(name, option),
        key=key,
        placeholder=t("data.how.open"),
        on_change=change,
        args=(session, name, key),
    )


def _covariates(session: Session, report: dict[str, Any]) -> None:
    """The other columns of numbers, and which of them go on beyond the last value."""
    offered = (report.get("candidates") or {}).get("covariates") or []
    chosen = list(session.choices.get("covariates") or [])
    if not offered and not chosen:
        return
    ahead = set(report.get("known_ahead") or [])
    start("col_covariates", chosen)
    st.multiselect(
        t("data.covariates"),
        with_(offered, *chosen),
        format_func=lambda name: plain_option(name) + (f" ({t('how.ahead')})" if name in ahead else ""),
        key="col_covariates",
        help=t("data.covariates.help"),
        on_change=changed,
        args=(session, "covariates", "col_covariates"),
    )


def _evidence(cells: Table | None, report: dict[str, Any]) -> None:
    """What was taken for what, and why."""
    assumed = report.get("assumptions") or ([one.to_dict() for one in cells.assumptions] if cells is not None else [])
    rows = [
        (
            t(f"assumed.{one['what']}") if known(f"assumed.{one['what']}") else str(one["what"]),
            _value(one),
            sentence(message_of(one, "evidence")),
        )
        for one in assumed
    ]
    if rows:
        columns = [t("how.what"), t("how.taken"), t("how.evidence")]
        components.table(pd.DataFrame(rows, columns=columns), "evidence")


def _value(assumption: dict[str, Any]) -> str:
    """What an assumption took, in words."""
    what, value = str(assumption["what"]), assumption["value"]
    if what == "dates":
        return sentence(message_of(assumption, "value"))
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if what == "frequency":
        return frequency_name(str(value))
    if what in ("encoding", "delimiter", "decimal", "header"):
        return option_name(what, value)
    return t("how.none") if value is None else str(value)


def option_name(name: str, option: Any) -> str:
    """A value of a reading choice in words."""
    if name == "header":
        return t("header.line", line=option) if option else t("header.none")
    if name == "day_first":
        return (
            t(f"data.answer.day_first.{str(option).lower()}") if isinstance(option, bool) else plain_option(str(option))
        )
    word = {"delimiter": DELIMITERS, "decimal": DECIMALS}.get(name, {}).get(option, option)
    return t(f"{name}.{word}") if known(f"{name}.{word}") else plain_option(str(option))
