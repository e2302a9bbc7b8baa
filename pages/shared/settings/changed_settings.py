"""The settings of a run beside those chosen now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forecasting.config import ForecastConfig
from forecasting.errors import ForecastingError
from pages.shared.formats import listed, plain
from pages.shared.i18n import t
from pages.shared.setting_words import setting_label, setting_value

_MOST = 5


def completed(config: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a run, with defaults for those that came after it."""
    try:
        return ForecastConfig.from_dict(config).to_dict()
    except ForecastingError:
        return dict(config)


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """The settings that differ, with their values in `before`; safe to show as Markdown."""
    different = [
        f"{setting_label(name)} {plain(setting_value(name, before[name]))}"
        for name in now
        if name in before and before[name] != now[name]
    ]
    rest = len(different) - _MOST
    return listed([*different[:_MOST], *([t("train.changed.more", count=rest)] if rest > 0 else [])])
