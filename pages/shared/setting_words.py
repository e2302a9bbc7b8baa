"""Settings of ForecastConfig, features and methods in words."""

from __future__ import annotations

import re
from typing import Any

from forecasting import features
from pages.shared.formats import listed
from pages.shared.i18n import known, language, t
from pages.shared.services import methods

_SHORT = {"num_layers": "layers", "hidden_size": "hidden"}
_SEASONAL = re.compile(r"(seasonal-(?:naive|change))-(\d+)")


def setting_label(name: str) -> str:
    """A setting of ForecastConfig in words."""
    key = f"model.{_SHORT.get(name, name)}"
    return t(key) if known(key) else name


def setting_value(name: str, value: Any) -> str:
    """The value of a setting in words."""
    if name == "covariates" and value is None:
        return t("covariates.all")
    if name == "events":
        return listed(event["name"] for event in value) or "—"
    if isinstance(value, list):
        return listed(feature_name(item) if name == "features" else str(item) for item in value) or "—"
    return t(f"{name}.{value}") if known(f"{name}.{value}") else str(value)


def feature_name(name: str) -> str:
    """A calendar feature, a country's holidays or an indicator in words."""
    if name.startswith(features.HOLIDAYS):
        return t("holidays.of", country=country_name(name.removeprefix(features.HOLIDAYS)))
    for key in (f"calendar.{name}", f"indicator.{name}"):
        if known(key):
            return t(key)
    return name


def country_name(code: str) -> str:
    """A country in the session's language where it is among the common ones, else in English; a part of one (DE-BY)
    in a language of that country, with its code behind it."""
    country, _, part = code.partition("-")
    if part:
        return f"{methods.parts_of(country).get(code, part)} ({country})"
    return methods.countries(language()).get(code, code)


def method_name(method: str) -> str:
    """A method or a member of the pool in words."""
    if seasonal := _SEASONAL.fullmatch(method):
        return t(f"rank.{seasonal[1]}", steps=seasonal[2])
    return t(f"rank.{method}") if known(f"rank.{method}") else method
