"""The session's language, and the words of pages and package in it.

The words stand in gettext catalogues, one a language: those of the pages in `words/` here, those of the package in
`forecasting/words/`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from forecasting import charts, messages
from forecasting.messages import Catalogue, Message

LANGUAGES = {"en": "English", "zh": "中文"}
WORDS = Path(__file__).with_name("words")
_PARAMETER = "language"
_KEY = "_language"  # in the session
_SPOKEN: ContextVar[str] = ContextVar("language", default="en")  # outside a session


@functools.cache
def catalogue(chosen: str) -> Catalogue:
    """The words of package and pages in a language."""
    return Catalogue([folder / f"{chosen}.po" for folder in (messages.WORDS, WORDS)], chosen)


def t(key: str, /, **values: object) -> str:
    """The words of `key` in the session's language with `values` put in."""
    return catalogue(language()).text(key, values)


def translated(message: str) -> str:
    """A Message of the package in the session's language; text that is no Message stays as it is."""
    return t(message.key, **message.values) if isinstance(message, Message) else message


def later(made: Callable[[], bytes]) -> Callable[[], bytes]:
    """`made` as it may be called in a thread that has no session: in the language that the session has now."""
    chosen = language()

    def in_language() -> bytes:
        token = _SPOKEN.set(chosen)
        try:
            return made()
        finally:
            _SPOKEN.reset(token)

    return in_language


def sentences(parts: Iterable[str]) -> str:
    """Sentences one after the other; Chinese has no spaces between them."""
    return ("" if language() == "zh" else " ").join(parts)


def known(key: str) -> bool:
    """Whether there are words for `key`."""
    return key in catalogue(language())


def language() -> str:
    """The session's language: the one chosen, else the one in the address, else English; outside a session the one that
    `later` says, else English."""
    if get_script_run_ctx(suppress_warning=True) is None:  # a thread of the server
        return _SPOKEN.get()
    try:  # asked for each string of a page: one look into the session, not two
        return str(st.session_state[_KEY])
    except KeyError:
        asked = st.query_params.get(_PARAMETER, "en")
        st.session_state[_KEY] = asked if asked in LANGUAGES else "en"
        return str(st.session_state[_KEY])


def set_language(chosen: str) -> None:
    """Show the pages in `chosen` from now on."""
    st.session_state[_KEY] = chosen


def parameters() -> dict[str, str]:
    """The address's parameter of the language; English needs none."""
    return {} if language() == "en" else {_PARAMETER: language()}


def chart_words() -> charts.Words:
    """The words of the figures in the session's language."""
    return charts.ChartWords(functools.partial(catalogue, language()))


def stored(text: str, message: Mapping[str, Any] | None) -> str:
    """A text that a run keeps beside the key and values of its Message, in the session's language."""
    return translated(messages.restored(text, message))
