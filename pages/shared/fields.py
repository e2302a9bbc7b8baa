"""Fields for numbers: any number can be typed, and one that cannot be gets its sentence below the field.

Streamlit's own limits would keep the last valid number without a word.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from forecasting.errors import ConfigError
from forecasting.messages import Message
from pages.shared import components
from pages.shared.formats import listed, plain
from pages.shared.i18n import t

N = TypeVar("N", int, float)


def whole(label: str, *, step: int = 1, **more: Any) -> int:
    """A field for a whole number, without limits."""
    return int(st.number_input(label, step=step, **more))


def real(label: str, *, step: float, **more: Any) -> float:
    """A field for a number, without limits."""
    return float(st.number_input(label, step=step, **more))


class Fields:
    """The fields of one config; `refused` has the labels of those with what cannot be."""

    def __init__(self, config: Callable[..., object]) -> None:
        self.config = config
        self.refused: list[str] = []
        self._unsaid: list[str] = []

    def whole(self, name: str, label: str, **more: Any) -> int:
        """A field for a whole number."""
        return self._checked(name, label, whole(label, **more))

    def real(self, name: str, label: str, **more: Any) -> float:
        """A field for a number."""
        return self._checked(name, label, real(label, **more))

    def check(self, name: str, label: str, value: Any) -> None:
        """Note what is wrong with a value, in a sentence with the field's label."""
        try:
            self.config(**{name: value})
        except ConfigError as problem:
            message = problem.message
            # Other errors are about settings that do not fit together, and here the others have their defaults.
            if problem.field == name and isinstance(message, Message) and message.key.startswith("setting."):
                named = {"setting": label} if "setting" in message.values else {}
                self.refused.append(label)
                self._unsaid.append(t(message.key, **{**message.values, **named}))

    def say(self) -> None:
        """Draw the sentences of the fields above: below their row, since a field beside another is narrow."""
        for sentence in self._unsaid:
            components.error(sentence)
        self._unsaid.clear()

    def _checked(self, name: str, label: str, value: N) -> N:
        self.check(name, label, value)
        return value


def correct_first(labels: list[str]) -> str:
    """Why Train is off while these fields hold what cannot be."""
    return t("train.correct", settings=listed(plain(label) for label in labels))
