"""The tab Both ways and attention: find the marker."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from forecasting import charts
from forecasting.labs.sequences import MARKER_TASKS, learning
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
    with st.sidebar:
        form.choice("task", MARKER_TASKS, "task")
        if form.values["task"] == "two":
            form.number("marker_noise", 0.0, 1.0, 0.05, "%.2f")
        form.number("length", 3, 40, 1)
        form.number("steps", 50, 1000, 50)
        form.rate()
        with form.folded():
            form.number("hidden_size", 1, 64, 1)
            form.number("seed", 0, 20, 1)
        config = form.config()
    st.caption(t(f"marker.lead.{form.values['task']}"))
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
    """Which networks know the value before the marker, and what attention does; nothing of networks that diverged or
    learned nothing."""
    if any(network["diverged"] for network in result["readers"].values()):
        return []
    words, guess = chart_words(), result["guess_rmse"] ** 2
    states = {
        words[reader]: learning(None if network["rmse_after"] is None else network["rmse_after"] ** 2, guess)
        for reader, network in result["readers"].items()
    }
    able, findings = parts.learned(states)
    if len(able) < len(states):
        return findings
    before = {reader: number(network["rmse_before"]) for reader, network in result["readers"].items()}
    after = {f"{reader}_after": number(network["rmse_after"]) for reader, network in result["readers"].items()}
    weights, marked = np.array(result["attention"]["weights"]), np.array(result["attention"]["positions"])
    marked = marked.reshape(len(weights), -1)  # [sequence, M]
    share = float(np.take_along_axis(weights, marked, axis=1).sum(1).mean())
    wrong = float(np.mean((weights.argmax(1)[:, None] != marked).all(1)))
    task = "one" if marked.shape[1] == 1 else "two"
    return [
        t(f"marker.found.before.{task}", guess=number(result["guess_rmse"]), **before, **after),
        t(f"marker.found.attention.{task}", share=percent(share), wrong=percent(wrong), count=len(weights)),
    ]
