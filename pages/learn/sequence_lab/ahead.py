"""The tabs Roll-out (one step fed back, or all steps at once) and Both ways and attention (find the marker)."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from forecasting import charts
from forecasting.labs.sequences import CELLS
from forecasting.runs import Run
from pages.learn import lab
from pages.learn.lab import Form
from pages.shared import components, state
from pages.shared.components import number, percent
from pages.shared.i18n import chart_words, t


def rollout_tab() -> None:
    """Draw the tab Roll-out."""
    form = Form("rollout")
    with st.sidebar:
        form.number("future", 2, 200, 1)
        form.number("window", 2, 100, 1)
        form.number("noise", 0.0, 1.0, 0.05, "%.2f")
        form.choice("cell", CELLS, "cell")
        form.number("hidden_size", 1, 64, 1)
        form.number("epochs", 1, 100, 1)
        form.rate()
        form.number("seed", 0, 20, 1)
        config = form.config()
    st.caption(t("rollout.lead", future=form.values["future"]))
    run = lab.train(form, config)
    lab.task("rollout", config, run)
    if run is not None and lab.done(run):
        with components.in_place():
            of_rollout(state.current().workspace, run, form)
            lab.code("rollout", run.config)


def of_rollout(access: str, run: Run, form: Form | None = None) -> None:
    """The result of a done run. `access`: a workspace's token or a read-only link."""
    result, words = lab.result(access, run), chart_words()
    diverged = {words[method]: one["diverged"] for method, one in result["methods"].items()}
    lab.diverged(diverged, "rollout", form.try_rate if form else None)
    lab.findings(_grown(result))
    lab.question(t("rollout.growth"))
    components.chart(charts.growth_chart(result, words=words), "rollout_growth", t("alt.rollout.growth"))
    st.caption(t("rollout.growth.caption", origins=f"{result['origins']:,}"))
    _path(result)


@st.fragment
def _path(result: dict[str, Any]) -> None:
    lab.question(t("rollout.path"))
    chosen = st.slider(t("rollout.origin"), 1, len(result["paths"]), key="rollout_origin")
    figure = charts.path_chart(result, chosen - 1, words=chart_words())
    components.chart(figure, "rollout_path", t("alt.rollout.path"))


def _grown(result: dict[str, Any]) -> list[str]:
    """How the errors grow, from this run's numbers."""
    fed, direct = (result["methods"][method]["rmse"] for method in ("one-step", "direct"))
    future = len(fed)
    if any(one["diverged"] for one in result["methods"].values()):
        return []
    ends = {"first": fed[0], "last": fed[-1], "direct_first": direct[0], "direct_last": direct[-1]}
    found = [t("rollout.found.growth", **{name: number(value) for name, value in ends.items()}, future=future)]
    share = direct[-1] / fed[-1]
    found.append(t("rollout.found.direct" if share < 1 else "rollout.found.fed", share=percent(share)))
    worse = sum(one > naive for one, naive in zip(fed, result["naive_rmse"], strict=True))
    return [*found, t("rollout.found.naive", count=worse, future=future)] if worse else found


def marker_tab() -> None:
    """Draw the tab Both ways and attention."""
    form = Form("marker")
    st.caption(t("marker.lead"))
    with st.sidebar:
        form.number("length", 3, 40, 1)
        form.number("hidden_size", 1, 64, 1)
        form.number("steps", 50, 1000, 50)
        form.rate()
        form.number("seed", 0, 20, 1)
        config = form.config()
    run = lab.train(form, config)
    lab.task("marker", config, run)
    if run is not None and lab.done(run):
        with components.in_place():
            of_marker(state.current().workspace, run, form)
            lab.code("marker", run.config)


def of_marker(access: str, run: Run, form: Form | None = None) -> None:
    """The result of a done run. `access`: a workspace's token or a read-only link."""
    result, words = lab.result(access, run), chart_words()
    diverged = {words[reader]: one["diverged"] for reader, one in result["readers"].items()}
    lab.diverged(diverged, "marker", form.try_rate if form else None)
    lab.findings(_seen(result))
    left, right = st.columns(2)
    with left:
        lab.question(t("marker.errors"))
        figure = charts.marker_chart(result, height=420, words=words)
        components.chart(figure, "marker_errors", t("alt.marker.errors"))
        st.caption(t("marker.errors.caption"))
    with right:
        lab.question(t("marker.attention"))
        components.chart(charts.attention_chart(result, words=words), "marker_attention", t("alt.marker.attention"))
        st.caption(t("marker.attention.caption"))
    lab.question(t("marker.leak.title"))
    st.markdown(t("marker.leak", **{reader: number(error) for reader, error in result["leak"].items()}))


def _seen(result: dict[str, Any]) -> list[str]:
    """Who knows the value when, from this run's numbers."""
    if any(one["diverged"] for one in result["readers"].values()):
        return []
    before = {reader: number(one["rmse_before"]) for reader, one in result["readers"].items()}
    after = {f"{reader}_after": number(one["rmse_after"]) for reader, one in result["readers"].items()}
    attention = result["attention"]
    rows = zip(attention["weights"], attention["positions"], strict=True)
    share = float(np.mean([weights[position] for weights, position in rows]))
    return [
        t("marker.found.before", guess=number(result["guess_rmse"]), **before, **after),
        t("marker.found.attention", share=percent(share)),
    ]
