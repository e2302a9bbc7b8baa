"""A bounded cache in which every entry belongs to a workspace or a link, so that one's entries can be forgotten.

Streamlit's caches drop one entry, whose arguments must be known, or all entries of all visitors. What is kept here
stands in its resource cache, which outlives an import of this module anew after an edit.

What is remembered is given out only as long as the workspace or link leads to it. The database is asked for that, at
most once a second for each of them: a link may have been ended, a run or a workspace deleted, by another server.
"""

from __future__ import annotations

import functools
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any, Concatenate, Generic, Literal, ParamSpec, TypeVar, cast

import streamlit as st

from forecasting.errors import StoreError
from forecasting.messages import Message
from forecasting.runs import Access, Link
from forecasting.runs.access import Subject
from pages.shared.services.store import store

A = TypeVar("A", bound=Access)
P = ParamSpec("P")
T = TypeVar("T")

TRUSTED_SECONDS = 1.0  # how long an answer of the database is taken for true
SWEEP_SECONDS = 60.0  # how often all that is remembered is looked through for what nobody may see any more
MOST_TRUSTED = 4096

Of = Literal["run", "dataset", "made", "anything"]


class Cached(Generic[A, P, T]):
    """A function whose last results are remembered; an error is not. The results are shared: never change one."""

    def __init__(
        self,
        function: Callable[Concatenate[A, P], T],
        most: int,
        seconds: float,
        of: Of | None = None,
        weigh: Callable[[Any], int] | None = None,
        heaviest: int = 0,
    ) -> None:
        functools.update_wrapper(self, function)
        self._function = function
        self._most = most
        self._seconds = seconds
        self._of = of
        self._weigh = weigh
        self._heaviest = heaviest
        self._name = f"{function.__module__}.{function.__qualname__}"
        _names.add(self._name)

    def __call__(self, access: A, *arguments: P.args, **options: P.kwargs) -> T:
        """The result, remembered or computed: by one thread, for which the others wait."""
        entries, key = _entries(self._name), (access, *arguments, *sorted(options.items()))
        if self._of is not None and key in entries.results:  # where there is nothing yet, the store is asked anyway
            self._check(entries, key)
        with entries.lock:
            if entries.fresh(key):
                return cast(T, entries.results[key][0])
            computing = entries.computing.setdefault(key, threading.Lock())
        with computing:
            with entries.lock:
                if entries.fresh(key):  # another thread has computed it meanwhile
                    return cast(T, entries.results[key][0])
                forgotten = entries.forgotten
            try:
                value = self._function(access, *arguments, **options)
            finally:
                with entries.lock:
                    entries.computing.pop(key, None)
            with entries.lock:
                if entries.forgotten == forgotten:  # else it may be of a workspace that was deleted meanwhile
                    entries.keep(key, value, self._seconds, self._most)
                    while self._too_heavy(entries):
                        entries.results.popitem(last=False)
            return value

    def _too_heavy(self, entries: _Entries) -> bool:
        """Whether the results weigh more than they may together; the newest one always stays."""
        if self._weigh is None or len(entries.results) == 1:
            return False
        return sum(self._weigh(value) for value, _ in entries.results.values()) > self._heaviest

    def _check(self, entries: _Entries, key: tuple[Any, ...]) -> None:
        """StoreError, and all of it is forgotten, where the access no longer leads to what the result is of."""
        if self._of == "made":  # the result is the id of a dataset: made anew where it has gone
            found = entries.results.get(key)
            if found is not None and not _leads(key[0], "dataset", str(found[0])):
                entries.drop(lambda one: one == key)
            return
        identifier = str(key[1]) if self._of in ("run", "dataset") else ""
        if not _leads(key[0], self._of or "anything", identifier):
            forget(key[0], identifier)
            about = "link" if isinstance(key[0], Link) else self._of or "anything"
            raise StoreError(Message(_GONE[about]), field=about)

    def remembers(self, access: A, *arguments: P.args, **options: P.kwargs) -> bool:
        """Whether a call would compute nothing."""
        entries = _entries(self._name)
        with entries.lock:
            return entries.fresh((access, *arguments, *sorted(options.items())))

    def forget(self, access: A, *arguments: P.args, **options: P.kwargs) -> None:
        """Compute this result anew the next time."""
        wanted = (access, *arguments, *sorted(options.items()))
        _entries(self._name).drop(lambda key: key == wanted)


def cached(
    most: int,
    seconds: float = float("inf"),
    of: Of | None = None,
    weigh: Callable[[Any], int] | None = None,
    heaviest: int = 0,
) -> Callable[[Callable[Concatenate[A, P], T]], Cached[A, P, T]]:
    """Remember the last `most` results of a function of (access, ...), each for so many seconds.

    `of`: what the access has to lead to for them: the "run" or "dataset" whose id is the next argument, the dataset
    whose id the result is ("made"), "anything"; None: they say nothing of what somebody has.
    With `weigh`, fewer where they would weigh more than `heaviest` together.
    """
    return lambda function: Cached(function, most, seconds, of, weigh, heaviest)


def forget(access: Access, identifier: str = "") -> None:
    """Drop everything that was remembered for a workspace or link; of a workspace, about this run or dataset."""
    whole = not identifier or isinstance(access, Link)
    for name in _names:
        _entries(name).drop(lambda key: key[0] == access and (whole or identifier in key[1:]))
    _trusted().drop(lambda key: key[0] == access)


def forget_ended() -> None:
    """Drop what is remembered for links and workspaces that lead nowhere any more."""
    everyone = set(remembered())
    for access in everyone - store().opened(everyone):
        forget(access)


def _leads(access: Access, what: Subject, identifier: str) -> bool:
    """Whether an access leads to something, as the database said a second ago at most."""
    trusted, key = _trusted(), (access, what, identifier)
    with trusted.lock:
        if trusted.fresh(key):
            return True
        sweep = time.monotonic() >= trusted.swept + SWEEP_SECONDS
        if sweep:
            trusted.swept = time.monotonic()
    if sweep:
        forget_ended()
    if not store().opens(access, what, identifier):
        return False
    with trusted.lock:
        trusted.keep(key, True, TRUSTED_SECONDS, MOST_TRUSTED)
    return True


def remembered() -> Iterator[Access]:
    """Of whom something is remembered."""
    yield from {key[0] for name in _names for key in list(_entries(name).results)}


_names: set[str] = set()  # of the cached functions
_GONE = {
    "link": "runs.no_share",
    "run": "runs.no_run",
    "dataset": "runs.no_dataset",
    "anything": "runs.no_workspace",
}


class _Entries:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.results: OrderedDict[tuple[Any, ...], tuple[Any, float]] = OrderedDict()  # -> value, when it is too old
        self.computing: dict[tuple[Any, ...], threading.Lock] = {}
        self.forgotten = 0  # how often something was dropped
        self.swept = time.monotonic()

    def fresh(self, key: tuple[Any, ...]) -> bool:
        """Whether there is a result that is not too old; then it is the last to be dropped."""
        if key not in self.results or time.monotonic() >= self.results[key][1]:
            return False
        self.results.move_to_end(key)
        return True

    def keep(self, key: tuple[Any, ...], value: Any, seconds: float, most: int) -> None:
        """Remember a result for so many seconds, as the last one to be dropped where there are more than `most`."""
        self.results[key] = value, time.monotonic() + seconds
        self.results.move_to_end(key)
        while len(self.results) > most:
            self.results.popitem(last=False)

    def drop(self, which: Callable[[tuple[Any, ...]], bool]) -> None:
        with self.lock:
            self.forgotten += 1
            for key in [key for key in self.results if which(key)]:
                del self.results[key]


@st.cache_resource(show_spinner=False)
def _entries(function: str) -> _Entries:  # Streamlit tells calls apart by arguments without a leading underscore
    del function
    return _Entries()


@st.cache_resource(show_spinner=False)
def _trusted() -> _Entries:
    """(access, what, id) that the database has just led to."""
    return _Entries()
