"""Widgets that choose among options: what is chosen is an option, never its label, and stays when labels change.

Streamlit's half in the browser sends back the label that it shows, and the server looks it up among the labels of its
last run. After a switch of the language (or of anything else that a label tells) those are others: the label would be
taken for the value. So every label that a widget ever had is remembered here with its option, a label of before is
turned back into the option, and the browser is given the new label.

What is chosen is also the argument of the widget in every run: see `widget_values.now`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.shared.i18n import t

T = TypeVar("T")

_DRAWN = "_choices"  # in the session: key -> what was drawn under it last, and all labels it had


def select(label: str, options: Sequence[T], *, key: str, format_func: Callable[[Any], str] = str, **more: Any) -> T:
    """A select box; None where nothing is chosen yet."""
    chosen: T = _draw(st.selectbox, label, options, key, format_func, {"placeholder": t("app.choose"), **more})
    return chosen


def several(
    label: str, options: Sequence[Any], *, key: str, format_func: Callable[[Any], str] = str, **more: Any
) -> list[Any]:
    """A select box for any number of options."""
    return list(_draw(st.multiselect, label, options, key, format_func, {"placeholder": t("app.choose"), **more}))


def segments(
    label: str, options: Sequence[T], *, key: str, format_func: Callable[[Any], str] = str, **more: Any
) -> T | None:
    """Options beside each other; None as long as the browser reports none."""
    chosen: T | None = _draw(st.segmented_control, label, options, key, format_func, more)
    return chosen


def pills(
    label: str, options: Sequence[T], *, key: str, format_func: Callable[[Any], str] = str, **more: Any
) -> T | None:
    """Options beside each other of which none may be chosen."""
    chosen: T | None = _draw(st.pills, label, options, key, format_func, more)
    return chosen


def radio(label: str, options: Sequence[T], *, key: str, format_func: Callable[[Any], str] = str, **more: Any) -> T:
    """Options below each other; None where nothing is chosen yet."""
    chosen: T = _draw(st.radio, label, options, key, format_func, more)
    return chosen


def tabs(names: Mapping[str, str], *, key: str, default: str = "") -> Iterator[tuple[str, DeltaGenerator]]:
    """The tab that is open, by its key in `names` (key -> what it is called): only it is to be drawn."""
    drawn = _drawn(key)
    shown = st.session_state.get(key)
    if shown not in names.values():
        first = default if default in names else next(iter(names))
        st.session_state[key] = names[drawn["labels"].get(shown, first)]
    drawn["labels"] |= {label: name for name, label in names.items()}
    # Without the argument `default`: another one would be another element, and Streamlit sends the open tab each time.
    for name, tab in zip(names, st.tabs(list(names.values()), key=key, on_change="rerun"), strict=True):
        if tab.open:
            yield name, tab


def _draw(
    widget: Callable[..., Any], label: str, options: Sequence[Any], key: str, format_func: Callable[[Any], str],
    more: dict[str, Any],
) -> Any:  # fmt: skip
    drawn = _drawn(key)
    label_of = functools.cache(format_func)  # Streamlit asks for each of them again and again
    labels = {label_of(option): option for option in options}
    if key in st.session_state:
        value = st.session_state[key]
        option = _options_of(value, options, drawn["labels"])
        # A label that the last run did not have is one that the browser does not have either.
        unseen = drawn["last"] is not None and any(label_of(one) not in drawn["last"] for one in _each(option))
        if option != value or (unseen and all(one in options for one in _each(option))):
            st.session_state[key] = option
        more = _argument(widget, option, options, more)
    drawn["labels"] |= {label: option for label, option in labels.items() if label != option}
    drawn["options"], drawn["last"] = list(options), set(labels)
    if on_change := more.pop("on_change", None):
        more["on_change"] = _once(key, on_change, more.pop("args", ()))
    chosen = widget(label, options, key=key, format_func=label_of, **more)
    drawn["chosen"] = chosen
    return chosen


def _argument(widget: Callable[..., Any], value: Any, options: Sequence[Any], more: dict[str, Any]) -> dict[str, Any]:
    """The arguments `more` with the one by which the widget begins at `value`, where that can be chosen."""
    if not _each(value) or any(one not in options for one in _each(value)):
        return more
    if widget in (st.selectbox, st.radio):
        return {**more, "index": list(options).index(value)}
    return {**more, "default": value}


def _once(key: str, on_change: Callable[..., None], args: Sequence[Any]) -> Callable[[], None]:
    """`on_change` for what was really chosen, and not for a label that has become another."""

    def changed() -> None:
        _settle()
        drawn, value = _drawn(key), st.session_state[key]
        if drawn.get("chosen") != value:
            drawn["chosen"] = value
            on_change(*args)

    return changed


def _settle() -> None:
    """Before a callback looks at any of them: labels of before become the options that they stood for."""
    for key, drawn in st.session_state.get(_DRAWN, {}).items():
        if "options" in drawn and key in st.session_state:
            value = st.session_state[key]
            option = _options_of(value, drawn["options"], drawn["labels"])
            if option != value:
                st.session_state[key] = option


def _options_of(value: Any, options: Sequence[Any], labels: Mapping[str, Any]) -> Any:
    """`value` with every label of before replaced by its option."""
    if isinstance(value, list):
        return [_options_of(one, options, labels) for one in value]
    return labels.get(value, value) if isinstance(value, str) and value not in options else value


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _drawn(key: str) -> dict[str, Any]:
    drawn: dict[str, Any] = st.session_state.setdefault(_DRAWN, {}).setdefault(key, {"labels": {}, "last": None})
    return drawn
