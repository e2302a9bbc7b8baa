"""A bounded cache in which every entry belongs to a workspace or a link, so that one's entries can be forgotten.

Streamlit's caches drop one entry, whose arguments must be known, or all entries of all visitors. What is kept here
stands in its resource cache, which outlives an import of this module anew after an edit.
"""

from __future__ import annotations

import functools
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast

import streamlit as st

from forecasting.runs import Access

A = TypeVar("A", bound=Access)
P = ParamSpec("P")
T = TypeVar("T")


class Cached(Generic[A, P, T]):
    """A function whose last results are remembered; an error is not. The results are shared: never change one."""

    def __init__(
        self,
        function: Callable[Concatenate[A, P], T],
        most: int,
        seconds: float,
        weigh: Callable[[Any], int] | None = None,
        heaviest: int = 0,
    ) -> None:
        functools.update_wrapper(self, function)
        self._function = function
        self._most = most
        self._seconds = seconds
        self._weigh = weigh
        self._heaviest = heaviest
        self._name = f"{function.__module__}.{function.__qualname__}"
        _names.add(self._name)

    def __call__(self, access: A, *arguments: P.args, **options: P.kwargs) -> T:
        """The result, remembered or computed: by one thread, for which the others wait."""
        entries, key = _entries(self._name), (access, *arguments, *sorted(options.items()))
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
                    entries.results[key] = value, time.monotonic() + self._seconds
                    entries.results.move_to_end(key)
                    while len(entries.results) > self._most or self._too_heavy(entries):
                        entries.results.popitem(last=False)
            return value

    def _too_heavy(self, entries: _Entries) -> bool:
        """Whether the results weigh more than they may together; the newest one always stays."""
        if self._weigh is None or len(entries.results) == 1:
            return False
        return sum(self._weigh(value) for value, _ in entries.results.values()) > self._heaviest

    def forget(self, access: A, *arguments: P.args, **options: P.kwargs) -> None:
        """Compute this result anew the next time."""
        wanted = (access, *arguments, *sorted(options.items()))
        _entries(self._name).drop(lambda key: key == wanted)


def cached(
    most: int,
    seconds: float = float("inf"),
    weigh: Callable[[Any], int] | None = None,
    heaviest: int = 0,
) -> Callable[[Callable[Concatenate[A, P], T]], Cached[A, P, T]]:
    """Remember the last `most` results of a function of (access, ...), each for so many seconds.

    With `weigh`, fewer where they would weigh more than `heaviest` together.
    """
    return lambda function: Cached(function, most, seconds, weigh, heaviest)


def forget(access: Access) -> None:
    """Drop everything that was remembered for a workspace or link."""
    for name in _names:
        _entries(name).drop(lambda key: key[0] == access)


def remembered() -> Iterator[Access]:
    """Of whom something is remembered."""
    yield from {key[0] for name in _names for key in list(_entries(name).results)}


_names: set[str] = set()  # of the cached functions


class _Entries:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.results: OrderedDict[tuple[Any, ...], tuple[Any, float]] = OrderedDict()  # -> value, when it is too old
        self.computing: dict[tuple[Any, ...], threading.Lock] = {}
        self.forgotten = 0  # how often something was dropped

    def fresh(self, key: tuple[Any, ...]) -> bool:
        """Whether there is a result that is not too old; then it is the last to be dropped."""
        if key not in self.results or time.monotonic() >= self.results[key][1]:
            return False
        self.results.move_to_end(key)
        return True

    def drop(self, which: Callable[[tuple[Any, ...]], bool]) -> None:
        with self.lock:
            self.forgotten += 1
            for key in [key for key in self.results if which(key)]:
                del self.results[key]


@st.cache_resource(show_spinner=False)
def _entries(function: str) -> _Entries:  # Streamlit tells calls apart by arguments without a leading underscore
    del function
    return _Entries()
