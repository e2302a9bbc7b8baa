"""Every visible string passes here: t("key", name=value). What another language lacks is said in English."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

import streamlit as st

from forecasting import charts
from pages.shared.words.chinese import CHINESE
from pages.shared.words.chinese_sentences import SENTENCES
from pages.shared.words.english import ENGLISH

LANGUAGES = {"en": "English", "zh": "中文"}
_WORDS: dict[str, Mapping[str, str]] = {"en": ENGLISH, "zh": CHINESE}
_PARAMETER = "language"


def t(key: str, /, **values: object) -> str:
    """The string of `key` in the session's language with `values` put in."""
    words = _WORDS[language()]
    text = words.get(key) or ENGLISH[key]
    return text.format(**values) if values else text


def sentence(said: str) -> str:
    """What the package says in English, in the session's language where it has the sentence."""
    if language() != "zh":
        return said
    for pattern, translation in _patterns():
        if found := pattern.fullmatch(said):
            return translation.format(**found.groupdict())
    return said


@functools.cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Of each sentence what matches it, with a group for each blank; those with the fewest blanks first."""
    ordered = sorted(SENTENCES.items(), key=lambda pair: pair[0].count("{"))
    return [
        (re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(english)), re.DOTALL), chinese)
        for english, chinese in ordered
    ]


def known(key: str) -> bool:
    """Whether there is a string for `key`, in the session's language or in English."""
    return key in _WORDS[language()] or key in ENGLISH


def language() -> str:
    """The session's language: what was chosen, else what the address says, else English."""
    try:  # asked for each string of a page: one look into the session, not two
        return str(st.session_state["_language"])
    except KeyError:
        asked = st.query_params.get(_PARAMETER, "en")
        st.session_state["_language"] = asked if asked in LANGUAGES else "en"
        return str(st.session_state["_language"])


def set_language(chosen: str) -> None:
    """Speak `chosen` from now on."""
    st.session_state["_language"] = chosen


def parameters() -> dict[str, str]:
    """What the address says of the language; without a word it means English."""
    return {} if language() == "en" else {_PARAMETER: language()}


def chart_words() -> charts.Words:
    """What the figures say, in the session's language."""
    return {key: t(f"chart.{key}") for key in charts.ENGLISH}
