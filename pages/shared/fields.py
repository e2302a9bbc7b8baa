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
    """The number fields of one config; `refused` has the labels of those with what cannot be."""

    def __init__(self, config: Callable[..., object]) -> None:
        self.config = config
        self.refused: list[str] = []

    def whole(self, name: str, label: str, **more: Any) -> int:
        """A field for a whole number."""
        return self._checked(name, label, whole(label, **more))

    def real(self, name: str, label: str, **more: Any) -> float:
        """A field for a number."""
        return self._checked(name, label, real(label, **more))

    def _checked(self, name: str, label: str, value: N) -> N:
        if refused(self.config, name, value, label):
            self.refused.append(label)
        return value


def refused(config: Callable[..., object], name: str, value: Any, label: str) -> bool:
    """Whether a setting of `config` cannot have this value; then its sentence is drawn, with the field's label."""
    try:
        config(**{name: value})
    except ConfigError as problem:
        message = problem.message
        # Other errors are about settings that do not fit together, and here the others have their defaults.
        if problem.field != name or not isinstance(message, Message) or not message.key.startswith("setting."):
            return False
        named = {"setting": label} if "setting" in message.values else {}
        components.error(t(message.key, **{**message.values, **named}))
        return True
    return False


def correct_first(labels: list[str]) -> str:
    """Why Train is off while these fields hold what cannot be."""
    return t("train.correct", settings=listed(plain(label) for label in labels))
