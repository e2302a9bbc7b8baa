"""Every visible string passes here: t("key", name=value). What another language lacks is said in English."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from forecasting import charts
from pages.ui.chinese import CHINESE
from pages.ui.english import ENGLISH

LANGUAGES = {"en": "English", "zh": "中文"}
_WORDS: dict[str, Mapping[str, str]] = {"en": ENGLISH, "zh": CHINESE}
_PARAMETER = "language"


def t(key: str, /, **values: object) -> str:
    """The string of `key` in the session's language with `values` put in."""
    words = _WORDS[language()]
    text = words.get(key) or ENGLISH[key]
    return text.format(**values) if values else text


def known(key: str) -> bool:
    """Whether there is a string for `key`, in the session's language or in English."""
    return key in _WORDS[language()] or key in ENGLISH


def language() -> str:
    """The session's language: what the address says, else what was chosen before, else English."""
    asked = st.query_params.get(_PARAMETER) or st.session_state.get("_language", "en")
    chosen = asked if asked in LANGUAGES else "en"
    st.session_state["_language"] = chosen
    return chosen


def set_language(chosen: str) -> None:
    """Keep `chosen` for the session; `write_address` puts it into the address."""
    st.session_state["_language"] = chosen
    write_address()


def write_address() -> None:
    """English is what an address without a language means."""
    chosen = st.session_state.get("_language", "en")
    if chosen == "en":
        st.query_params.pop(_PARAMETER, None)
    else:
        st.query_params[_PARAMETER] = chosen


def chart_words() -> charts.Words:
    """What the figures say, in the session's language."""
    return {key: t(f"chart.{key}") for key in charts.ENGLISH}
