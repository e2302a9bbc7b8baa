"""How a text file was read: encoding, delimiter, decimal mark and header row, each of which can be overruled."""

from __future__ import annotations

import re
from typing import Any

import streamlit as st

from forecasting.intake import Dialect
from pages.ui.choices import FILE, as_found, changed, cut_anew, overruled, plain_option, start, with_
from pages.ui.i18n import known, t
from pages.ui.state import Session

ENCODINGS = [
    *("utf-8", "utf-16", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "latin-1"),
    *("iso8859-15", "koi8_r", "cp850", "cp866", "mac_roman", "gb18030", "big5", "cp932", "euc_jp", "cp949"),
]
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", " ": "space", ":": "colon", "": "none"}
DECIMALS = {".": "point", ",": "comma"}
LINES = 20  # that can be chosen as the header


def how_read(session: Session, dialect: Dialect | None, report: dict[str, Any]) -> None:
    """Draw it, each select filled in with what was found. `dialect` is None where the file could not be cut."""
    found: dict[str, Any] = {"decimal": _decimal(report)}
    if dialect is not None:
        header = dialect.header if dialect.header is not None else False
        found |= {"encoding": dialect.encoding, "delimiter": dialect.delimiter, "header": header}
    shown = {**found, **{name: session.choices[name] for name in FILE if name in session.choices}}
    with st.expander(t("data.how"), key="how_read"):
        _select(session, "encoding", ENCODINGS, shown)
        _select(session, "delimiter", list(DELIMITERS), shown)
        _select(session, "decimal", list(DECIMALS), shown)
        _select(session, "header", [False, *range(1, LINES + 1)], shown)
        st.button(
            t("data.how.found"), key="as_found", help=t("data.how.found.help"), width="stretch",
            disabled=not overruled(session), on_click=as_found, args=(session,),
        )  # fmt: skip


def _select(session: Session, name: str, options: list[Any], shown: dict[str, Any]) -> None:
    key = f"col_{name}"
    value = shown.get(name)
    start(key, value)
    st.selectbox(
        t(f"data.{name}"),
        options if value is None else with_(options, value),
        index=None if value is None else 0,
        format_func=lambda option: option_name(name, option),
        key=key,
        placeholder=t("data.how.open"),
        on_change=changed if name == "decimal" else cut_anew,
        args=(session, name, key),
    )


def option_name(name: str, option: Any) -> str:
    """A value of a reading choice in words."""
    if name == "header":
        return t("header.line", line=option) if option else t("header.none")
    word = {"delimiter": DELIMITERS, "decimal": DECIMALS}.get(name, {}).get(option, option)
    return t(f"{name}.{word}") if known(f"{name}.{word}") else plain_option(str(option))


def _decimal(report: dict[str, Any]) -> str | None:
    """The decimal mark by which the numbers were read; a note says so where it is not the point."""
    for note in report.get("notes") or []:
        if note["kind"] == "decimal":
            above_a_thousand = re.match(r"'[^']*\.[^']*' in column", note["message"])
            if "comma" in note["message"] or above_a_thousand:
                return ","
    return "." if report else None
