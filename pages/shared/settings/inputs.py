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
from pages.shared.setting_words import feature_name
from pages.shared.widget_values import initial


def input_widgets(
    panel: Panel, subject: str, values: Mapping[str, Any], help_of: Callable[[str], str], replace: bool
) -> None:
    """Draw them, filled in with `values`; with `replace` also where they show others."""
    usable = features.suitable(panel.frequency)
    chosen = list(values["features"])

    def keyed(key: str) -> dict[str, Any]:
        return {"key": f"set_{key}", "on_change": _changed, "args": (subject, key, panel)}

    def several(key: str, options: Sequence[str], start: list[str], **more: Any) -> None:
        choices.several(
            t(f"model.{key}"), options, placeholder=t("model.none"), **keyed(key),
            **initial(key, start, replace, default=start), **more,
        )  # fmt: skip

    if usable:
        start = [name for name in usable if name in chosen]
        several("calendar", usable, start, format_func=feature_name, help=help_of("features"))
    if panel.frequency != STEP:
        country = next((name for name in chosen if name.startswith(features.HOLIDAYS)), "")
        country = country.removeprefix(features.HOLIDAYS)
        countries = {"": t("holidays.none"), **methods.countries(language())}
        options = list(dict.fromkeys([*countries, country]))
        choices.select(
            t("model.holidays"), options, format_func=lambda code: countries.get(code, code), help=t("help.holidays"),
            **keyed("country"), **initial("country", country, replace, index=options.index(country)),
        )  # fmt: skip
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


def chosen_inputs(panel: Panel, values: Mapping[str, Any]) -> dict[str, Any]:
    """`features` and `covariates` as the widgets have them, without those that do not apply to this data."""
    country = st.session_state.get("set_country")
    picked = {*st.session_state.get("set_calendar", []), *st.session_state.get("set_indicators", [])}
    chosen = [name for name in features.suitable(panel.frequency) if name in picked]
    chosen += [features.HOLIDAYS + country] if country and panel.frequency != STEP else []
    chosen += [name for name in features.INDICATORS if name in picked]
    if not panel.covariates:
        return {"features": chosen, "covariates": [] if values["covariates"] == [] else None}
    used = [name for name in panel.covariates if name in st.session_state["set_covariates"]]
    return {"features": chosen, "covariates": None if used == panel.covariates else used}


def _changed(subject: str, key: str, panel: Panel) -> None:
    setting = "covariates" if key == "covariates" else "features"
    state.current().change(subject, setting, chosen_inputs(panel, {"covariates": None})[setting])
