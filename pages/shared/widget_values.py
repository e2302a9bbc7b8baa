"""What a widget shows at first, and how a value that was set elsewhere reaches it."""

from __future__ import annotations

from typing import Any

import streamlit as st


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
    key = f"set_{setting}"
    if replace and key in st.session_state and st.session_state[key] != value:
        st.session_state[key] = value
        return {}
    return argument


def including(options: list[Any], *more: Any) -> list[Any]:
    """`options` and those of `more` that are not among them."""
    return list(dict.fromkeys([*options, *more]))
