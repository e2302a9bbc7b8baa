"""What covariates, holidays and events do to the forecast of a series, each in a figure and a sentence."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import streamlit as st

from forecasting import charts
from forecasting.features import OWN
from pages.shared import choices, components
from pages.shared.formats import number, percent, plain, plain_option
from pages.shared.i18n import chart_words, sentences, t
from pages.shared.results.shown import Shown
from pages.shared.results.why import holiday_name, signed

_BORNE_OUT = 0.005  # share of the held-out error that a covariate takes off, from which on it is worth its place
_SEEN = 0.8  # share of the changed values within what was seen, below which it is said
_HOLIDAYS = 12
_MIDDLE = NormalDist().inv_cdf(0.9)  # deviations on either side of the middle 80 %


def covariates(shown: Shown, explanation: dict[str, Any]) -> None:
    """Draw what those known ahead do; nothing where there are none."""
    curves = explanation.get("effects", {}).get(shown.series)
    if not curves:
        return
    components.heading(t("explain.effects"), t("explain.effects.help"))
    by_name = {curve["name"]: curve for curve in curves}
    chosen = next(iter(by_name))
    if len(by_name) > 1:
        chosen = choices.select(
            t("explain.effects.which"), list(by_name), key="explain_covariate", format_func=plain_option
        )
    curve = by_name.get(chosen, curves[0])
    st.markdown(_in_words(curve, explanation.get("gains", {}).get(curve["name"])))
    if curve["kind"] != "switch":
        figure = charts.effect_chart(curve, curve["name"], words=chart_words())
        components.chart(figure, "chart_effect", t("alt.explain.effect", name=charts.escape(curve["name"])))


def _in_words(curve: dict[str, Any], gain: dict[str, Any] | None) -> str:
    name = plain(curve["name"], 60)
    place = _told(curve)
    change, low, high = (curve[key][place] for key in ("change", "low", "high"))
    values = {"name": name, "change": signed(change), "low": signed(low), "high": signed(high)}
    origins = int(curve["origins"])
    match curve["kind"]:
        case "share":
            share = curve["at"][place]
            key = "explain.effect.lower" if share < 0 else "explain.effect.higher"
            told = [t(key, share=percent(abs(share)), **values)]
        case "switch":
            told = [t("explain.effect.switch", least=number(curve["at"][0]), most=number(curve["at"][1]), **values)]
        case _:
            told = [t("explain.effect.value", value=number(curve["at"][place]), **values)]
    told.append(t("explain.effect.spread" if curve.get("held_out") else "explain.effect.spread.seen", count=origins))
    if curve["seen"][place] < _SEEN:
        told.append(t("explain.effect.unseen"))
    if gain is not None:
        borne_out = gain["gain"] >= _BORNE_OUT
        key = "explain.gain" if borne_out else "explain.gain.none"
        told.append(t(key, share=percent(gain["gain"], 1), count=gain["folds"], name=name))
    return sentences(told)


def _told(curve: dict[str, Any]) -> int:
    """The change that the sentence is about: 10 % less, or the one with the largest effect."""
    if curve["kind"] == "share":
        return int(min(range(len(curve["at"])), key=lambda place: abs(curve["at"][place] + 0.1)))
    return int(max(range(len(curve["change"])), key=lambda place: abs(curve["change"][place])))


def holidays(shown: Shown, explanation: dict[str, Any]) -> None:
    """Draw what each holiday adds; nothing where none was asked for."""
    found = explanation.get("holidays", {}).get(shown.series)
    if not found:
        return
    components.heading(t("explain.holidays"))
    effective = sorted((one for one in found if one["effect"]), key=lambda one: -abs(one["effect"]))
    rest = len(found) - len(effective)
    own = [one for one in found if one["name"].startswith(f"{OWN} 0 ") and not one["effect"]]
    without = [plain(holiday_name(one["name"]), 60) for one in own]
    unknown = [t("explain.events.none", count=len(without), names=tuple(without))] if without else []
    if not effective:
        st.caption(sentences([*unknown, *([t("explain.holidays.none", count=rest)] if rest > len(own) else [])]))
        return
    notes = [_of_holiday(one) for one in ([one for one in effective if one["ahead"]] or effective[:1])[:3]]
    st.markdown(sentences(notes))
    rows = [(holiday_name(one["name"]), one["effect"], _MIDDLE * one["deviation"]) for one in effective[:_HOLIDAYS]]
    figure = charts.holiday_chart(rows, relative=bool(effective[0]["relative"]), words=chart_words())
    components.chart(figure, "chart_holidays", t("alt.explain.holidays"))
    notes = [t("explain.holidays.note"), *unknown]
    if rest > len(own):
        notes.append(t("explain.holidays.others", count=rest - len(own)))
    st.caption(sentences(notes))


def _of_holiday(one: dict[str, Any]) -> str:
    half = _MIDDLE * one["deviation"]
    ends = (one["effect"], one["effect"] - half, one["effect"] + half)
    if one["relative"]:
        effect, low, high = (("+" if end >= 0 else "-") + percent(abs(end)) for end in ends)
    else:
        effect, low, high = (signed(end) for end in ends)
    day = plain(holiday_name(one["name"]), 60)
    if one["seen"]:
        return t("explain.holiday.seen", day=day, effect=effect, low=low, high=high, count=one["seen"])
    return t("explain.holiday.effect", day=day, effect=effect, low=low, high=high)
