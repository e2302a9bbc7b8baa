"""The tab sin -> cos: a value at every step, with the hidden state carried over between chunks or reset."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from forecasting import charts
from forecasting.labs.sequences import CELLS, learning
from forecasting.runs import Access, Run
from pages.learn import parts
from pages.learn.settings_form import Form
from pages.learn.training_row import result_of, train_and_show
from pages.shared import components
from pages.shared.formats import number
from pages.shared.i18n import chart_words, t

GUESS = 0.5  # mean squared error of always answering 0


def tab() -> None:
    """Draw it."""
    form = Form("cosine")
    st.caption(t("cosine.lead"))
    with st.sidebar:
        form.number("steps", 50, 2000, 50)
        form.choice("cell", CELLS, "cell")
        form.rate()
        form.number("chunk", 3, 40, 1)
        with form.folded():
            form.number("hidden_size", 1, 128, 1)
            form.number("seed", 0, 20, 1)
        config = form.config()
    train_and_show(form, config, of_run)


def of_run(access: Access, run: Run, form: Form | None = None) -> None:
    """The result of a done run."""
    result, words = result_of(access, run), chart_words()
    diverged = {words[way]: network["diverged"] for way, network in result["ways"].items()}
    parts.diverged(diverged, "cosine", form.try_rate if form else None)
    parts.findings(_findings(result))
    parts.question(t("cosine.learns"))
    components.chart(charts.cosine_chart(result, words=words), "cosine_learns", t("alt.cosine.learns"))
    st.caption(t("cosine.learns.caption"))
    left, right = st.columns(2)
    with left:
        parts.question(t("cosine.position"))
        components.chart(charts.position_chart(result, words=words), "cosine_position", t("alt.cosine.position"))
        st.caption(t("cosine.position.caption"))
    with right:
        parts.question(t("cosine.loss"))
        components.chart(charts.cosine_loss_chart(result, words=words), "cosine_loss", t("alt.cosine.loss"))
        st.caption(t("cosine.loss.caption"))


def _findings(result: dict[str, Any]) -> list[str]:
    """What resetting the state costs, and what it spares; nothing of networks that diverged or learned nothing."""
    if any(network["diverged"] for network in result["ways"].values()):
        return []
    words = chart_words()
    floors = {"carried": 0.0, "reset": GUESS * 2 / result["config"]["chunk"]}  # of the first point, cos = 1 or -1
    states = {words[way]: learning(result["ways"][way]["mse"], GUESS, floor) for way, floor in floors.items()}
    able, findings = parts.learned(states)
    if len(able) < len(states):
        return findings
    errors = {way: np.array(network["error_by_position"], dtype=float) for way, network in result["ways"].items()}
    first = {way: float(error[0]) for way, error in errors.items()}
    rest = {way: float(np.sqrt(np.mean(error[1:] ** 2))) for way, error in errors.items()}
    compared = t(
        "cosine.found.first",
        **{way: number(value) for way, value in first.items()},
        **{f"{way}_rest": number(value) for way, value in rest.items()},
    )
    findings = [compared, t("cosine.found.worse" if first["reset"] > 2 * first["carried"] else "cosine.found.not")]
    return [*findings, t("cosine.found.inherits")] if rest["carried"] > rest["reset"] else findings
