"""Text as it is written: shown while it comes, with pauses in which a large network leaves the processor to others."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

AT_ONCE = 0.4  # seconds of writing between two pictures of it: what takes less comes at once
PAUSE = 0.2  # seconds
HEIGHT = 330  # pixels
_WRITTEN = "_written"  # in the session: place of the page -> Text


@dataclasses.dataclass
class Text:
    """What was asked for, and what has come of it. `source` is None once it is whole."""

    asked: Any
    source: Iterator[str] | None
    text: str
    count: int = 0  # characters written
    seconds: float = 0.0

    def go_on(self, seconds: float) -> None:
        """Write for so long, one character at least."""
        began = time.perf_counter()
        while self.source is not None:
            character = next(self.source, None)
            if character is None:
                self.source = None
            else:
                self.text, self.count = self.text + character, self.count + 1
            if time.perf_counter() - began >= seconds:
                break
        self.seconds += time.perf_counter() - began


def begun(place: str, asked: Any, prompt: str, begin: Callable[[], Iterator[str]]) -> Text:
    """The text of a place of the page: begun anew where something else is asked for, else as far as it is."""
    texts: dict[str, Text] = st.session_state.setdefault(_WRITTEN, {})
    if place not in texts or texts[place].asked != asked:
        texts[place] = Text(asked, begin(), prompt)
    return texts[place]


def show(texts: Sequence[Text], boxes: Sequence[DeltaGenerator]) -> None:
    """Show the texts, each in an `st.empty` of its own, until they are whole."""
    while True:
        for text, box in zip(texts, boxes, strict=True):
            text.go_on(AT_ONCE / len(texts))
            box.code(text.text, language=None, wrap_lines=True, height=HEIGHT)
        if all(text.source is None for text in texts):
            return
        time.sleep(PAUSE)
