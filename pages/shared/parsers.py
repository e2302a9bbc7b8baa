"""Turns at reading files: so many at a time in this server, the others wait in the order in which they came.

A page waits in its own thread, which hinders no other session, and writes its place every half second: there Streamlit
ends the script of a tab that was closed, and the place is given up.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.exceptions import RerunException

from pages.shared.i18n import t

LOOK_SECONDS = 0.5
KEEP_SECONDS = 5.0  # that a place is kept for a page whose script begins anew


class Line:
    """Who reads and who waits, first come, first served. Any thread may call it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._reading = 0
        self._waiting: dict[str, float] = {}  # who waits, in order -> until when the place is kept without a sign

    def begin(self, who: str, most: int, seconds: float = 0.0) -> int:
        """0: it is one of at most `most` readers now, until it says `end`. Else its place among those who wait.

        Waits up to `seconds` for the first of the two.
        """
        with self._changed:
            deadline = self._clock() + seconds
            while True:
                at = self._clock()
                self._waiting = {one: until for one, until in self._waiting.items() if until > at or one == who}
                self._waiting[who] = at + KEEP_SECONDS  # keeps its place in the order, if it has one
                place = list(self._waiting).index(who) + 1
                if self._reading + place <= most:
                    del self._waiting[who]
                    self._reading += 1
                    return 0
                if at >= deadline:
                    return place
                self._changed.wait(deadline - at)

    def end(self) -> None:
        """A reader has finished."""
        with self._changed:
            self._reading -= 1
            self._changed.notify_all()

    def leave(self, who: str) -> None:
        """It no longer waits."""
        with self._changed:
            self._waiting.pop(who, None)
            self._changed.notify_all()


_reads: ContextVar[bool] = ContextVar("reads", default=False)


@contextmanager
def turn(most: int, needed: Callable[[], bool]) -> Iterator[None]:
    """Within it this session reads a file, as one of `most`; until it may, the page says which place it has.

    Where it is not `needed`, and within another one, nothing is waited for.
    """
    if _reads.get() or not needed():
        yield
        return
    line, who = _line(), _session()
    if line.begin(who, most):
        _wait(line, who, most)
    before = _reads.set(True)
    try:
        yield
    finally:
        _reads.reset(before)
        line.end()


def _wait(line: Line, who: str, most: int) -> None:
    shown = st.empty()
    admitted = False
    try:
        while place := line.begin(who, most, LOOK_SECONDS):
            shown.info(t("data.turn", place=place, count=most), icon=":material/hourglass_top:")
        admitted = True
        shown.empty()
    except RerunException:  # the same page is back at once, and would have to begin at the end
        if admitted:
            line.end()
        raise
    except BaseException:  # the tab was closed, or anything else
        line.end() if admitted else line.leave(who)
        raise


def _session() -> str:
    context = get_script_run_ctx()
    return context.session_id if context is not None else str(threading.get_ident())


@st.cache_resource(show_spinner=False)
def _line() -> Line:
    return Line()
