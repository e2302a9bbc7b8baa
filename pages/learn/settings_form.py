"""The settings of a lab as widgets."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from forecasting.errors import ForecastingError
from forecasting.labs.lessons import LABS, LESSONS
from forecasting.labs.sequences import Settings, longest_window
from forecasting.messages import Message
from pages.shared import components, setting_words, state
from pages.shared.choices import segments
from pages.shared.formats import listed, plain
from pages.shared.i18n import known, t
from pages.shared.widget_values import now

RATES = (1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.02, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)


class Form:
    """The settings of the lab `kind`, with the values of their widgets. Methods draw a widget where they are called."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.refused: list[str] = []  # labels of settings with what cannot be
        self._places: dict[str, DeltaGenerator] = {}  # setting -> where its error stands, below its widget
        self.defaults = defaults_of(kind)
        changed = state.current().form(kind)
        self.values = {**self.defaults, **{name: value for name, value in changed.items() if name in self.defaults}}

    def number(self, name: str, low: float, high: float, step: float, digits: str | None = None) -> None:
        """A slider."""
        kind, key = type(low), self._key(name)
        start = min(max(kind(now(key, self.values[name])), low), high)
        self.values[name] = st.slider(
            label(self.kind, name), low, high, start, step=step, format=digits, key=key, help=self._help(name)
        )
        self._places[name] = st.container()

    def rate(self) -> None:
        """The learning rate, on a log scale."""
        rate, key = self.values["learning_rate"], self._key("learning_rate")
        start = now(key, rate)
        self.values["learning_rate"] = st.select_slider(
            label(self.kind, "learning_rate"),
            sorted({*RATES, rate, start}),
            start,
            format_func=lambda rate: f"{rate:g}",
            key=key,
            help=self._help("learning_rate"),
        )

    def choice(self, name: str, allowed: tuple[str, ...], prefix: str) -> None:
        """One of a few."""
        if st.session_state.get(self._key(name)) is None:  # at first, or after a click on a page that was not complete
            st.session_state[self._key(name)] = self.values[name]
        chosen = segments(
            label(self.kind, name),
            list(allowed),
            required=True,
            format_func=lambda value: t(f"{prefix}.{value}"),
            key=self._key(name),
            help=self._help(name),
            width="stretch",
        )
        self.values[name] = chosen or self.values[name]

    def switch(self, name: str) -> None:
        """On or off."""
        key = self._key(name)
        self.values[name] = st.toggle(
            label(self.kind, name), now(key, self.values[name]), key=key, help=self._help(name)
        )

    @contextlib.contextmanager
    def folded(self) -> Iterator[None]:
        """The settings that are rarely changed."""
        with st.expander(t("lab.more"), key=f"{self.kind}_more"):
            yield

    def config(self) -> Settings | None:
        """The config; None where the settings do not fit together, with the error and a button that mends it below the
        widget that is to be corrected."""
        session = state.current()
        session.forms = {**session.forms, self.kind: self.changed()}
        try:
            return LABS[self.kind].config.from_dict(self.values)
        except ForecastingError as problem:
            field = problem.field if problem.field in self.defaults else None
            self.refused = [label(self.kind, field)] if field else []
            with self._places.get(field or "", st.container()):
                self._refuse(problem, field)
            return None

    def _refuse(self, problem: ForecastingError, field: str | None) -> None:
        message = problem.message
        if field and isinstance(message, Message) and "setting" in message.values:
            message = Message(message.key, **{**message.values, "setting": label(self.kind, field)})
        components.error(message)
        if field:
            value = self.defaults[field]
            if field == "window" and "points" in self.values:
                value = min(value, longest_window(self.values["points"]))
            st.button(
                t("lab.offer", setting=label(self.kind, field), value=value),
                key="lab_offer",
                icon=":material/auto_fix_high:",
                on_click=self.put,
                args=({field: value},),
            )

    def differences(self, before: Mapping[str, Any]) -> str:
        """The settings of this form that are others in `before`, with their values there; safe to show as Markdown."""
        return differences(self.kind, before, self.values)

    def changed(self) -> dict[str, Any]:
        """The settings that differ from the default."""
        return {name: value for name, value in self.values.items() if value != self.defaults[name]}

    def put(self, values: dict[str, Any]) -> None:
        """Set settings and their widgets."""
        session = state.current()
        session.forms = {**session.forms, self.kind: {**session.form(self.kind), **values}}
        for name, value in values.items():
            st.session_state[self._key(name)] = value

    def try_rate(self, rate: float) -> None:
        """Train with another learning rate."""
        self.put_and_train({"learning_rate": rate})

    def put_and_train(self, values: dict[str, Any]) -> None:
        """Set settings and train with them."""
        self.put(values)
        st.session_state[f"_train_{self.kind}"] = True

    def _key(self, name: str) -> str:
        return f"{self.kind}_{name}"

    def _help(self, name: str) -> str | None:
        key = f"{self.kind}.{name}.help"
        return t(key) if known(key) else None


def differences(kind: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """The settings of the lab `kind` that differ, with their values in `before`; safe to show as Markdown."""
    return listed(
        f"{label(kind, name)} {plain(value_of(name, before[name]), 60)}"
        for name in now
        if name in before and before[name] != now[name]
    )


def defaults_of(kind: str) -> dict[str, Any]:
    """Every setting of the lab `kind` at its default."""
    config = LABS[kind].config()
    return {**dataclasses.asdict(config), **config.to_dict()}


def value_of(name: str, value: Any) -> str:
    """The value of a setting in words."""
    if isinstance(value, bool):
        return t("setting.on" if value else "setting.off")
    if isinstance(value, float):
        return f"{value:g}"
    return setting_words.setting_value(name, value)


def label(kind: str, name: str) -> str:
    """The name of a setting in words."""
    if kind in LESSONS:
        return t(f"lesson.setting.{name}")
    return t(f"{kind}.{name}") if known(f"{kind}.{name}") else setting_words.setting_label(name)
