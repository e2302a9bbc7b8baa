"""Widgets of the inputs beside the values: calendar, holidays, indicators and covariates, each where it can apply.

The first three are parts of one setting, `features`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from forecasting import features
from forecasting.panel import STEP, Panel
from pages.shared import choices, state
from pages.shared.formats import plain, plain_option
from pages.shared.i18n import language, t
from pages.shared.services import methods
from pages.shared.setting_words import country_name, feature_name
from pages.shared.settings.own_events import event_table
from pages.shared.widget_values import initial, keyed


def input_widgets(
    panel: Panel, subject: str, values: Mapping[str, Any], help_of: Callable[[str], str], replace: bool
) -> tuple[list[dict[str, Any]], bool]:
    """Draw them, filled in with `values`; with `replace` also where they show others. (The own events, whether all that
    is written there can be)."""
    own, correct = list(values.get("events", [])), True
    usable = features.suitable(panel.frequency)
    chosen = list(values["features"])

    def changing(key: str) -> dict[str, Any]:
        return {"key": keyed(f"set_{key}"), "on_change": _changed, "args": (subject, key, panel)}

    def several(key: str, options: Sequence[str], start: list[str], *, replaced: bool = replace, **more: Any) -> None:
        choices.several(
            t(f"model.{key}"), options, placeholder=t("model.none"), **changing(key),
            **initial(key, start, replaced, default=start), **more,
        )  # fmt: skip

    if usable:
        start = [name for name in usable if name in chosen]
        several("calendar", usable, start, format_func=feature_name, help=help_of("features"))
    if panel.frequency != STEP:
        _holiday_widgets(chosen, several)
        own, correct = event_table(subject, values, replace)
    start = [name for name in features.INDICATORS if name in chosen]
    several("indicators", features.INDICATORS, start, format_func=feature_name, help=t("help.indicators"))
    if panel.covariates:
        wanted = panel.covariates if values["covariates"] is None else values["covariates"]
        several(
            "covariates",
            panel.covariates,
            [name for name in panel.covariates if name in wanted],
            format_func=plain_option,
            help=help_of("covariates"),
        )
        ahead = tuple(plain(name, 60) for name in panel.known_ahead)
        st.caption(t("covariates.ahead", names=ahead) if ahead else t("covariates.past"))
    return own, correct


def chosen_inputs(panel: Panel, values: Mapping[str, Any]) -> dict[str, Any]:
    """`features` and `covariates` as the widgets have them, without those that do not apply to this data."""
    picked = {*_picked("calendar", []), *_picked("indicators", [])}
    chosen = [name for name in features.suitable(panel.frequency) if name in picked]
    chosen += _chosen_holidays() if panel.frequency != STEP else []
    chosen += [name for name in features.INDICATORS if name in picked]
    if not panel.covariates:
        return {"features": chosen, "covariates": [] if values["covariates"] == [] else None}
    used = [name for name in panel.covariates if name in st.session_state[keyed("set_covariates")]]
    return {"features": chosen, "covariates": None if used == panel.covariates else used}


def _holiday_widgets(chosen: Sequence[str], several: Callable[..., None]) -> None:
    """Countries and, of those chosen that have any, parts with holidays of their own."""
    codes = [name.removeprefix(features.HOLIDAYS) for name in chosen if name.startswith(features.HOLIDAYS)]
    countries = methods.countries(language())
    start = list(dict.fromkeys(code.partition("-")[0] for code in codes))
    options = list(dict.fromkeys([*countries, *start]))
    several("countries", options, start, format_func=country_name, help=t("help.countries"))
    now = _picked("countries", start)
    offered = [part for country in now for part in methods.parts_of(country)]
    if not offered:
        return
    before = _picked("regions", codes)
    kept = [part for part in before if part in offered]  # those of a country that was taken out go with it
    several("regions", offered, kept, replaced=kept != before, format_func=country_name, help=t("help.regions"))


def _chosen_holidays() -> list[str]:
    """Of each country its chosen parts, which have the holidays of the country as well, or else the country."""
    regions = _picked("regions", [])
    names = []
    for country in _picked("countries", []):
        names += [part for part in regions if part.startswith(f"{country}-")] or [country]
    return [features.HOLIDAYS + name for name in names]


def _picked(key: str, otherwise: list[str]) -> list[str]:
    """What the widget has, `otherwise` where there is none."""
    return list(st.session_state.get(keyed(f"set_{key}"), otherwise))


def _changed(subject: str, key: str, panel: Panel) -> None:
    setting = "covariates" if key == "covariates" else "features"
    state.current().change(subject, setting, chosen_inputs(panel, {"covariates": None})[setting])
