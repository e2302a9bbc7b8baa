"""The tab Explain: what adds up to the forecast, what covariates and holidays do, what it is made of, where attention
looked and which lags matter."""

from __future__ import annotations

from typing import Any

import streamlit as st

from forecasting import charts
from pages.shared import components
from pages.shared.i18n import chart_words, sentences, t
from pages.shared.results.drivers import covariates, holidays
from pages.shared.results.shown import Shown
from pages.shared.results.why import why
from pages.shared.setting_words import method_name

_LEAST_WEIGHT = 0.005
_NEARLY_EVEN = 1.25  # times what each step would get if all got the same


def explain(shown: Shown) -> None:
    """Draw it."""
    if "explain" not in shown.run.artifacts:
        st.info(t("explain.old"), icon=":material/history:")
        return
    explanation, record = shown.record("explain"), shown.record("training")
    why(shown, explanation)
    covariates(shown, explanation)
    holidays(shown, explanation)
    _parts(shown, explanation, record)
    if record.get("fallback"):
        st.info(t("explain.no_network"), icon=":material/toggle_off:")
        return
    _attention(shown, explanation)
    _lags(explanation, record)


def _parts(shown: Shown, explanation: dict[str, Any], record: dict[str, Any]) -> None:
    """Anchor, anchor + linear, network and forecast; of a pool also the weights of its members."""
    by_pool = shown.run.config.get("method") == "best" or bool(record.get("fallback"))
    left, right = st.columns([3, 2]) if record.get("weights") and by_pool else (st.container(), None)
    with left:
        components.heading(t("explain.parts"))
        parts = explanation["parts"].get(shown.series)
        if parts is None:
            st.caption(t("explain.more", count=len(explanation["parts"])))
        else:
            forecast = shown.rows("forecast")
            tail = max(2 * len(forecast), 20)
            figure = charts.forecast_parts_chart(
                shown.history(), list(forecast["ds"]), parts, shown.series, tail=tail, words=chart_words()
            )
            components.chart(figure, "chart_explain_parts", t("alt.explain.parts", name=charts.escape(shown.series)))
    if right is not None:
        with right:
            components.heading(t("explain.weights"))
            rows = [
                (method_name(name), weight) for name, weight in record["weights"].items() if weight >= _LEAST_WEIGHT
            ]
            figure = charts.shares_chart(rows, t("explain.weights.axis"))
            components.chart(figure, "chart_weights", t("alt.explain.weights"))


def _attention(shown: Shown, explanation: dict[str, Any]) -> None:
    components.heading(t("explain.attention"))
    weights = explanation["attention"].get(shown.series)
    if not weights:
        others = shown.run.config.get("cell") == "attention" and bool(explanation["attention"])
        st.caption(t("explain.more", count=len(explanation["attention"])) if others else t("explain.attention.none"))
        return
    window = shown.history().tail(len(weights))
    figure = charts.window_attention_chart(window, weights, shown.series, words=chart_words())
    components.chart(figure, "chart_attention", t("alt.explain.attention", name=charts.escape(shown.series)))
    notes = [t("explain.attention.note")]
    if max(weights) < _NEARLY_EVEN / len(weights):
        notes.append(t("explain.attention.even"))
    st.caption(sentences(notes))


def _lags(explanation: dict[str, Any], record: dict[str, Any]) -> None:
    components.heading(t("explain.lags"))
    if not explanation["lags"]:
        st.caption(t("explain.lags.none"))
        return
    figure = charts.lags_chart(explanation["lags"], record["periods"], words=chart_words())
    components.chart(figure, "chart_lags", t("alt.explain.lags"))
    st.caption(t("explain.lags.note"))
