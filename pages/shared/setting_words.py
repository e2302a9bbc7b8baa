"""Settings of ForecastConfig, features and methods in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from forecasting import features
from forecasting.config import ForecastConfig
from forecasting.errors import ForecastingError
from pages.shared.components import plain
from pages.shared.i18n import known, language, t
from pages.shared.services import methods

_SHORT = {"num_layers": "layers", "hidden_size": "hidden"}
_SEASONAL = re.compile(r"(seasonal-(?:naive|change))-(\d+)")
_MOST_CHANGES = 5


def setting_label(name: str) -> str:
    """A setting of ForecastConfig in words."""
    key = f"model.{_SHORT.get(name, name)}"
    return t(key) if known(key) else name


def setting_value(name: str, value: Any) -> str:
    """Its value in words."""
    if name == "covariates" and value is None:
        return t("covariates.all")
    if isinstance(value, list):
        words = [feature_name(one) if name == "features" else str(one) for one in value]
        return ", ".join(words) or "—"
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
    """A country in the session's language where it is among the common ones, else in English."""
    return methods.countries(language()).get(code, code)


def method_name(method: str) -> str:
    """A method or member of the pool in words."""
    if found := _SEASONAL.fullmatch(method):
        return t(f"rank.{found[1]}", steps=found[2])
    return t(f"rank.{method}") if known(f"rank.{method}") else method


def completed(config: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of a run as they would be asked for today: one from before a setting came has its default."""
    try:
        return ForecastConfig.from_dict(config).to_dict()
    except ForecastingError:
        return dict(config)


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Which settings differ, with the value that each has in `before`; safe to show."""
    found = [
        f"{setting_label(name)} {plain(setting_value(name, before[name]))}"
        for name in now
        if name in before and before[name] != now[name]
    ]
    rest = len(found) - _MOST_CHANGES
    return ", ".join(found[:_MOST_CHANGES]) + (" " + t("train.changed.more", count=rest) if rest > 0 else "")
