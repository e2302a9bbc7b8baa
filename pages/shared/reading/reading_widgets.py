"""The widgets that overrule how a file was read: text, numbers, dates, repairs and covariates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import streamlit as st

from forecasting.intake import AGGREGATIONS, Table
from pages.shared import choices
from pages.shared.formats import plain_option
from pages.shared.i18n import known, t
from pages.shared.reading.reading_choices import as_detected, overrule, overrule_dialect, overruled
from pages.shared.state import Session
from pages.shared.widget_values import including, show

ENCODINGS = [
    *("utf-8", "utf-16", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "latin-1"),
    *("iso8859-15", "koi8_r", "cp850", "cp866", "mac_roman", "gb18030", "big5", "cp932", "euc_jp", "cp949"),
]
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", " ": "space", ":": "colon", "": "none"}
DECIMALS = {".": "point", ",": "comma"}
HEADER_LINES = 20  # that can be chosen as the header


class _Select(NamedTuple):
    """A select box for one reading choice; `value` is the one chosen or detected, None where neither is known."""

    name: str
    options: list[Any]
    value: Any
    on_change: Callable[..., None] = overrule


def reading_widgets(session: Session, cells: Table | None, report: dict[str, Any]) -> None:
    """Draw those that apply, each filled in with what was detected."""
    selects = [*_text(session, cells, report), *_values(session, report)]
    for row in range(0, len(selects), 4):
        for column, select in zip(st.columns(4), selects[row : row + 4], strict=False):
            with column:
                _draw(session, select)
    _covariates(session, report)
    st.button(
        t("data.how.found"), key="as_found", help=t("data.how.found.help"),
        disabled=not overruled(session), on_click=as_detected, args=(session,),
    )  # fmt: skip


def option_name(name: str, option: Any) -> str:
    """A value of a reading choice in words."""
    if name == "header":
        return t("header.line", line=option) if option else t("header.none")
    key = f"data.answer.day_first.{str(option).lower()}"
    if name == "day_first" and known(key):
        return t(key)
    word = {"delimiter": DELIMITERS, "decimal": DECIMALS}.get(name, {}).get(option, option)
    return t(f"{name}.{word}") if known(f"{name}.{word}") else plain_option(str(option))


def _text(session: Session, cells: Table | None, report: dict[str, Any]) -> list[_Select]:
    """How bytes become cells, and cells numbers."""
    detected: dict[str, Any] = {"decimal": report.get("decimal")}
    if cells is not None:
        dialect = cells.dialect
        detected |= {"encoding": dialect.encoding, "delimiter": dialect.delimiter}
        detected["header"] = dialect.header if dialect.header is not None else False
        detected |= {assumed.what: assumed.value for assumed in cells.assumptions if assumed.what == "sheet"}
    shown = {**detected, **session.choices}
    selects = []
    if cells is None or cells.raw:  # a workbook has no text of its own
        selects += [
            _Select("encoding", ENCODINGS, shown.get("encoding"), overrule_dialect),
            _Select("delimiter", list(DELIMITERS), shown.get("delimiter"), overrule_dialect),
            _Select("decimal", list(DECIMALS), shown.get("decimal")),
        ]
    if cells is not None and cells.sheets:
        selects.append(_Select("sheet", list(cells.sheets), shown.get("sheet"), overrule_dialect))
    if cells is None or shown.get("header") is not None:
        lines = [False, *range(1, HEADER_LINES + 1)]
        selects.append(_Select("header", lines, shown.get("header"), overrule_dialect))
    return selects


def _values(session: Session, report: dict[str, Any]) -> list[_Select]:
    """The order of day and month, and what becomes of duplicates, outliers, zeros and limits."""
    made = session.choices
    selects = []
    orders = [one for one in report.get("assumptions") or [] if one["what"] == "dates" and one["argument"]]
    if (orders or "day_first" in made) and "day_first" not in session.questions:
        detected = {"d": True, "m": False}.get(str(orders[0]["value"])[:1]) if orders else None
        selects.append(_Select("day_first", [True, False], made.get("day_first", detected)))
    if report.get("aggregation") or report.get("merged_count") or "duplicates" in made:
        value = made.get("duplicates") or report.get("aggregation") or "mean"
        selects.append(_Select("duplicates", list(AGGREGATIONS), value))
    for name in ("outliers", "zeros"):
        if report.get(f"{name}_count") or name in made:
            selects.append(_Select(name, ["keep", "missing"], made.get(name, "keep")))
    if report.get("limits_count") or "limits" in made:
        selects.append(_Select("limits", ["limit", "half", "missing"], made.get("limits", "limit")))
    return selects


def _draw(session: Session, select: _Select) -> None:
    name, options, value, on_change = select
    key = f"col_{name}"
    show(key, value)
    choices.select(
        t(f"data.{name}"),
        options if value is None else including(options, value),
        index=None if value is None else 0,
        format_func=lambda option: option_name(name, option),
        key=key,
        placeholder=t("data.how.open"),
        on_change=on_change,
        args=(session, name, key),
    )


def _covariates(session: Session, report: dict[str, Any]) -> None:
    """The other columns of numbers, and which of them go on beyond the last value."""
    offered = (report.get("candidates") or {}).get("covariates") or []
    chosen = list(session.choices.get("covariates") or [])
    if not offered and not chosen:
        return
    ahead = set(report.get("known_ahead") or [])
    show("col_covariates", chosen)
    choices.several(
        t("data.covariates"),
        including(offered, *chosen),
        format_func=lambda name: t("how.ahead", name=plain_option(name)) if name in ahead else plain_option(name),
        key="col_covariates",
        help=t("data.covariates.help"),
        on_change=overrule,
        args=(session, "covariates", "col_covariates"),
    )
