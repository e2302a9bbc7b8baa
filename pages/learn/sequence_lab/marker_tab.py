"""The tab Both ways and attention: find the marker."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from forecasting import charts
from forecasting.runs import Access, Run
from pages.learn import parts
from pages.learn.settings_form import Form
from pages.learn.training_row import result_of, train_and_show
from pages.shared import components
from pages.shared.formats import number, percent
from pages.shared.i18n import chart_words, t


def tab() -> None:
    """Draw it."""
    form = Form("marker")
    st.caption(t("marker.lead"))
    with st.sidebar:
        form.number("length", 3, 40, 1)
        form.number("hidden_size", 1, 64, 1)
        form.number("steps", 50, 1000, 50)
        form.rate()
        form.number("seed", 0, 20, 1)
        config = form.config()
    train_and_show(form, config, of_run)


def of_run(access: Access, run: Run, form: Form | None = None) -> None:
    """The result of a done run."""
    result, words = result_of(access, run), chart_words()
    diverged = {words[reader]: network["diverged"] for reader, network in result["readers"].items()}
    parts.diverged(diverged, "marker", form.try_rate if form else None)
    parts.findings(_findings(result))
    left, right = st.columns(2)
    with left:
        parts.question(t("marker.errors"))
        figure = charts.marker_chart(result, height=420, words=words)
        components.chart(figure, "marker_errors", t("alt.marker.errors"))
        st.caption(t("marker.errors.caption"))
    with right:
        parts.question(t("marker.attention"))
        components.chart(charts.attention_chart(result, words=words), "marker_attention", t("alt.marker.attention"))
        st.caption(t("marker.attention.caption"))
    parts.question(t("marker.leak.title"))
    st.markdown(t("marker.leak", **{reader: number(error) for reader, error in result["leak"].items()}))


def _findings(result: dict[str, Any]) -> list[str]:
    """Which networks know the value before the marker, and what attention does."""
    if any(network["diverged"] for network in result["readers"].values()):
        return []
    before = {reader: number(network["rmse_before"]) for reader, network in result["readers"].items()}
    after = {f"{reader}_after": number(network["rmse_after"]) for reader, network in result["readers"].items()}
    attention = result["attention"]
    rows = zip(attention["weights"], attention["positions"], strict=True)
    share = float(np.mean([weights[position] for weights, position in rows]))
    return [
        t("marker.found.before", guess=number(result["guess_rmse"]), **before, **after),
        t("marker.found.attention", share=percent(share)),
    ]
