"""What a widget shows at first, how a value that was set elsewhere reaches it, and how none of other data does."""

from __future__ import annotations

from typing import Any

import streamlit as st

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


def show(key: str, value: Any) -> None:
    """Let the widget show `value`, whatever it showed before."""
    # None has to be sent to the browser, too: it would go on showing what it showed.
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def initial(setting: str, value: Any, replace: bool, /, **argument: Any) -> dict[str, Any]:
    """The argument by which the widget of a setting has `value` at first; with `replace` a widget that is already
    shown gets the value through the session instead.

    Not through the session at first: a rerun that overtakes the first one would leave the browser without the value,
    and it would send back the smallest number as if somebody had typed it.
    """
    key = keyed(f"set_{setting}")
    if replace and key in st.session_state and st.session_state[key] != value:
        st.session_state[key] = value
        return {}
    return argument


def including(options: list[Any], *more: Any) -> list[Any]:
    """`options` and those of `more` that are not among them."""
    return list(dict.fromkeys([*options, *more]))
