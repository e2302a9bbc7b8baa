"""Every visible string passes here: t("key", name=value), in the words of the session's language.

The words stand in gettext catalogues, one a language: those of the pages in `words/` here, those of the package in
`forecasting/words/`.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path

import streamlit as st

from forecasting import charts, messages
from forecasting.messages import Catalogue, Message
from pages.shared.chinese_sentences import SENTENCES

LANGUAGES = {"en": "English", "zh": "中文"}
WORDS = Path(__file__).with_name("words")
_PARAMETER = "language"


@functools.cache
def catalogue(chosen: str) -> Catalogue:
    """What the package and the pages say in a language."""
    return Catalogue([*messages.files(messages.WORDS, chosen), *messages.files(WORDS, chosen)], chosen)


def t(key: str, /, **values: object) -> str:
    """The words of `key` in the session's language with `values` put in."""
    return catalogue(language()).text(key, values)


def sentence(said: str) -> str:
    """What the package says in the session's language; what is no Message of its own stays as it is."""
    if isinstance(said, Message):
        return t(said.key, **said.values)
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
    """Whether there are words for `key`."""
    return key in catalogue(language())


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
    return charts.ChartWords(functools.partial(catalogue, language()))
