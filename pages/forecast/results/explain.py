"""The tab Explain: what the forecast is made of, where attention looked, which lags and inputs matter."""

from __future__ import annotations

import re
from typing import Any

import streamlit as st

from forecasting import charts
from pages.forecast.results.shown import Shown, of_series
from pages.shared import components, services
from pages.shared.i18n import chart_words, known, t
from pages.shared.setting_words import feature_name, method_name

_NUMBERED = re.compile(r"(seasonal difference|distance from the mean of|input) (\d+)")
_WAVE = re.compile(r"(.+), (sine|cosine)(?: (\d))?")
_HOLIDAY = re.compile(r"(|before a |after a )([A-Z]{2}) (holiday|holidays in the step)")
_MOST_INPUTS = 16
_LEAST_WEIGHT = 0.005
_NEARLY_EVEN = 1.25  # times what each step would get if all got the same


def explain(shown: Shown) -> None:
    """Draw it."""
    workspace, run, _ = shown
    if "explain" not in run.artifacts:
        st.info(t("explain.old"), icon=":material/history:")
        return
    found = services.record(workspace, run.id, "explain")
    record = services.record(workspace, run.id, "training")
    _parts(shown, found, record)
    if record.get("fallback"):
        st.info(t("explain.no_network"), icon=":material/toggle_off:")
        return
    _attention(shown, found)
    left, right = st.columns(2)
    with left:
        _lags(found, record)
    with right:
        _inputs(found)


def _parts(shown: Shown, found: dict[str, Any], record: dict[str, Any]) -> None:
    """Anchor, anchor + linear, network and forecast; of a pool also what its members weigh."""
    workspace, run, series = shown
    pooled = bool(record.get("weights")) and (run.config.get("method") == "best" or bool(record.get("fallback")))
    left, right = st.columns([3, 2]) if pooled else (st.container(), None)
    with left:
        components.heading(t("explain.parts"))
        parts = found["parts"].get(series)
        if parts is None:
            st.caption(t("explain.more", count=len(found["parts"])))
        else:
            forecast = of_series(services.forecast(workspace, run.id), series)
            history = services.one_series(workspace, run.dataset_id or "", series)
            tail = max(2 * len(forecast), 20)
            figure = charts.forecast_parts_chart(
                history, list(forecast["ds"]), parts, series, tail=tail, words=chart_words()
            )
            components.chart(figure, "chart_explain_parts", t("alt.explain.parts", name=charts.escape(series)))
    if right is not None:
        with right:
            components.heading(t("explain.weights"))
            rows = [
                (method_name(name), weight) for name, weight in record["weights"].items() if weight >= _LEAST_WEIGHT
            ]
            figure = charts.shares_chart(rows, t("explain.weights.axis"))
            components.chart(figure, "chart_weights", t("alt.explain.weights"))


def _attention(shown: Shown, found: dict[str, Any]) -> None:
    workspace, run, series = shown
    components.heading(t("explain.attention"))
    weights = found["attention"].get(series)
    if not weights:
        few = run.config.get("cell") == "attention" and bool(found["attention"])
        st.caption(t("explain.more", count=len(found["attention"])) if few else t("explain.attention.none"))
        return
    window = services.one_series(workspace, run.dataset_id or "", series).tail(len(weights))
    figure = charts.window_attention_chart(window, weights, series, words=chart_words())
    components.chart(figure, "chart_attention", t("alt.explain.attention", name=charts.escape(series)))
    even = max(weights) < _NEARLY_EVEN / len(weights)
    st.caption(t("explain.attention.note") + (" " + t("explain.attention.even") if even else ""))


def _lags(found: dict[str, Any], record: dict[str, Any]) -> None:
    components.heading(t("explain.lags"))
    if not found["lags"]:
        st.caption(t("explain.lags.none"))
        return
    figure = charts.lags_chart(found["lags"], record["periods"], words=chart_words())
    components.chart(figure, "chart_lags", t("alt.explain.lags"))
    st.caption(t("explain.lags.note"))


def _inputs(found: dict[str, Any]) -> None:
    components.heading(t("explain.inputs"))
    if not any(one["weight"] for one in found["inputs"]):
        st.caption(t("explain.inputs.none"))
        return
    rows = sorted(((input_name(one["name"]), float(one["weight"])) for one in found["inputs"]), key=lambda row: -row[1])
    figure = charts.shares_chart(rows[:_MOST_INPUTS], t("explain.inputs.axis"), colour="anchor-linear")
    components.chart(figure, "chart_inputs", t("alt.explain.inputs"))
    st.caption(t("explain.inputs.note"))


def input_name(name: str) -> str:
    """An input of the network in words: `evaluation.explain` and `features` name them in English."""
    slug = name.lower().replace(" ", "-")
    if known(f"input.{slug}"):
        return t(f"input.{slug}")
    if numbered := _NUMBERED.fullmatch(name):
        return t(f"input.n.{numbered[1].replace(' ', '-')}", number=numbered[2])
    if wave := _WAVE.fullmatch(name):
        cycle, shape = feature_name(wave[1].replace(" ", "-")), t(f"wave.{wave[2]}")
        return f"{cycle}, {shape} {wave[3] or ''}".strip()
    if holiday := _HOLIDAY.fullmatch(name):
        place = {"": "step" if "step" in holiday[3] else "day", "before a ": "before", "after a ": "after"}[holiday[1]]
        return t(f"holiday.{place}", country=holiday[2])
    return name
