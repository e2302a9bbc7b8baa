"""The tab RNN, LSTM, GRU: the three cells on the same task, and what happens inside them."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from forecasting import charts
from forecasting.labs.sequences import INSIDE, TASKS
from forecasting.runs import Run
from pages.learn import lab
from pages.learn.lab import Form, scientific
from pages.shared import components, state
from pages.shared.components import number, percent
from pages.shared.i18n import chart_words, t


def tab() -> None:
    """Draw it."""
    form = Form("cells")
    with st.sidebar:
        form.choice("task", TASKS, "task")
        form.number("lag", 1, 100, 1)
        form.number("hidden_size", 1, 64, 1)
        form.number("steps", 50, 1000, 50)
        form.rate()
        form.switch("open_gates")
        form.switch("clip")
        form.number("seed", 0, 20, 1)
        config = form.config()
    st.caption(t(f"cells.lead.{form.values['task']}", lag=form.values["lag"], values=form.values["lag"] + 1))
    run = lab.train(form, config)
    lab.task("cells", config, run)
    if run is not None and lab.done(run):
        with components.in_place():
            of_run(state.current().workspace, run, form)
            lab.code("cells", run.config)


def of_run(access: str, run: Run, form: Form | None = None) -> None:
    """The result of a done run. `access`: a workspace's token or a read-only link."""
    result, words = lab.result(access, run), chart_words()
    diverged = {words[cell]: one["diverged"] for cell, one in result["cells"].items()}
    lab.diverged(diverged, "cells", form.try_rate if form else None)
    lab.findings(_found(result, words))
    _loss(result)
    components.table(_table(result, words), "cells_table")
    left, right = st.columns(2)
    with left:
        lab.question(t("cells.gradient"))
        components.chart(charts.gradient_chart(result, words=words), "cells_gradient", t("alt.cells.gradient"))
        st.caption(t("cells.gradient.caption"))
    with right:
        lab.question(t("cells.norm"))
        components.chart(charts.norm_chart(result, words=words, height=340), "cells_norm", t("alt.cells.norm"))
        st.caption(t("cells.norm.caption"))
    _inside(result)


@st.fragment
def _loss(result: dict[str, Any]) -> None:
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        lab.question(t("cells.loss"))
    with right:
        against = components.one_of(
            t("cells.against"),
            ["steps", "seconds"],
            "steps",
            format_func=lambda one: t(f"against.{one}"),
            key="cells_against",
            label_visibility="collapsed",
        )
    figure = charts.cell_loss_chart(result, against, words=chart_words())
    components.chart(figure, "cells_loss", t("alt.cells.loss"))
    st.caption(t("cells.loss.caption"))


@st.fragment
def _inside(result: dict[str, Any]) -> None:
    words = chart_words()
    lab.question(t("cells.inside"))
    left, right = st.columns(2)
    with left:
        cell = components.one_of(
            t("cells.inside.cell"),
            list(INSIDE),
            "lstm",
            format_func=words.__getitem__,
            key="cells_inside_cell",
        )
    with right:
        what = st.selectbox(
            t("cells.inside.what"),
            INSIDE[cell],
            format_func=lambda one: t(f"inside.{one}"),
            key=f"cells_inside_{cell}",
        )
    figure = charts.inside_chart(result, cell, what, words=words)
    alt = t("alt.cells.inside", what=t(f"inside.{what}"), cell=words[cell])
    components.chart(figure, "cells_inside", alt)
    answer = result["cells"][cell]["answer"]
    st.caption(t("cells.inside.caption", target=number(result["example"]["target"]), answer=number(answer)))


def _table(result: dict[str, Any], words: charts.Words) -> pd.DataFrame:
    cells = {cell: result["cells"][cell] for cell in INSIDE}
    return pd.DataFrame(
        {
            t("cells.table.cell"): [words[cell] for cell in cells],
            t("cells.table.mse"): [scientific(one["test_mse"]) for one in cells.values()],
            t("cells.table.share"): [percent(_share(one, result), 1) for one in cells.values()],
            t("cells.table.parameters"): [one["parameters"] for one in cells.values()],
            t("cells.table.seconds"): [round(one["seconds"], 2) for one in cells.values()],
            t("cells.table.gradient"): [scientific(one["gradient"]["before"][0]) for one in cells.values()],
        }
    )


def _share(one: dict[str, Any], result: dict[str, Any]) -> float | None:
    """Error as a share of that of guessing."""
    return None if one["test_mse"] is None else one["test_mse"] / result["guess_mse"]


def _found(result: dict[str, Any], words: charts.Words) -> list[str]:
    """Who learned it, and what reaches the far end, from this run's numbers."""
    groups: dict[str, list[str]] = {"solved": [], "partly": [], "guess": []}
    for cell in INSIDE:
        one = result["cells"][cell]
        if one["diverged"]:
            continue
        share = _share(one, result)
        group = "guess" if share is None or share > 0.9 else "solved" if share < 0.1 else "partly"
        groups[group].append(words[cell])
    found = [t(f"cells.found.{group}", names=", ".join(names)) for group, names in groups.items() if names]
    far = {cell: scientific(one["gradient"]["before"][0]) for cell, one in result["cells"].items()}
    return [*found, t("cells.found.gradient", lag=result["config"]["lag"], **far)]
