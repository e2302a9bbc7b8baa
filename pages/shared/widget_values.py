"""What a widget shows at first, how a value that was set elsewhere reaches it, and how none of other data does."""

from __future__ import annotations

from typing import Any, TypeVar

import streamlit as st

T = TypeVar("T")

_DATA = "_widgets_of"  # in the session: the dataset whose settings the widgets show, the number of those before it


def of_data(dataset: str | None) -> None:
    """From here on `keyed` gives the keys of the widgets for this dataset."""
    before, number = st.session_state.get(_DATA, (None, 0))
    if dataset is not None and dataset != before:
        st.session_state[_DATA] = dataset, number + (before is not None)


def keyed(name: str) -> str:
    """The key of a widget for the present data; another one whenever other data are shown.

    A browser that does not show the new data yet sends the values and presses of the old data's widgets: under one key
    they would be those of the new data.
    """
    number = st.session_state.get(_DATA, (None, 0))[1]
    return f"{name}-{number}" if number else name


def now(key: str, start: T) -> T:
    """What the widget `key` shows, `start` at first: to be given as its argument in every run.

    A value that was set through the session alone goes to the browser in one run. If the next run overtakes the
    drawing (on a slow machine the code of a widget comes seconds later), the widget begins at its argument, the
    smallest number or no option, and the browser sends that back as if somebody had chosen it.
    """
    value: T = st.session_state.get(key, start)
    return value


def show(key: str, value: Any) -> None:
    """Let the widget show `value`, whatever it showed before; its argument is to be `value`, too: see `now`."""
    # None has to be sent to the browser, too: it would go on showing what it showed.
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def initial(setting: str, value: Any, replace: bool, /, **argument: Any) -> dict[str, Any]:
    """The argument by which the widget of a setting has `value` at first, see `now`; with `replace` a widget that is
    already shown gets the value through the session, too."""
    key = keyed(f"set_{setting}")
    if replace and key in st.session_state and st.session_state[key] != value:
        st.session_state[key] = value
    return argument


def including(options: list[Any], *more: Any) -> list[Any]:
    """`options` and those of `more` that are not among them."""
    return list(dict.fromkeys([*options, *more]))
