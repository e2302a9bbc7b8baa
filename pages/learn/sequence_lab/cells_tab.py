"""The tab RNN, LSTM, GRU: the three cells on the same task, with their gates and states."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from forecasting import charts
from forecasting.labs.sequences import INSIDE, TASKS, Settings, learning
from forecasting.runs import Access, Run
from pages.learn import parts
from pages.learn.settings_form import Form
from pages.learn.training_row import result_of, train_and_show
from pages.shared import choices, components
from pages.shared.formats import listed, number, percent
from pages.shared.i18n import chart_words, t

SOLVED = 0.1  # share of the error of guessing below which a task is learned


def tab() -> None:
    """Draw it."""
    form = Form("cells")
    train_and_show(form, settings(form), of_run)


def settings(form: Form) -> Settings | None:
    """The settings in the sidebar and the task in a sentence; also of the tab Inside over time."""
    with st.sidebar:
        form.choice("task", TASKS, "task")
        form.number("lag", 1, 100, 1)
        form.number("steps", 50, 1000, 50)
        form.switch("open_gates")
        form.switch("clip")
        form.rate()
        with form.folded():
            form.number("hidden_size", 1, 64, 1)
            form.number("seed", 0, 20, 1)
        config = form.config()
    st.caption(t(f"cells.lead.{form.values['task']}", lag=form.values["lag"], values=form.values["lag"] + 1))
    return config


def of_run(access: Access, run: Run, form: Form | None = None) -> None:
    """The result of a done run."""
    result, words = result_of(access, run), chart_words()
    diverged = {words[cell]: network["diverged"] for cell, network in result["cells"].items()}
    parts.diverged(diverged, "cells", form.try_rate if form else None)
    parts.findings(_findings(result, words))
    _loss(result)
    components.table(_table(result, words), "cells_table")
    left, right = st.columns(2)
    with left:
        parts.question(t("cells.gradient"))
        components.chart(charts.gradient_chart(result, words=words), "cells_gradient", t("alt.cells.gradient"))
        st.caption(t("cells.gradient.caption"))
    with right:
        parts.question(t("cells.norm"))
        components.chart(charts.norm_chart(result, words=words, height=340), "cells_norm", t("alt.cells.norm"))
        st.caption(t("cells.norm.caption"))
    _inside(result)


@st.fragment
def _loss(result: dict[str, Any]) -> None:
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        parts.question(t("cells.loss"))
    with right:
        against = components.one_of(
            t("cells.against"),
            ["steps", "seconds"],
            "steps",
            format_func=lambda axis: t(f"against.{axis}"),
            key="cells_against",
            label_visibility="collapsed",
        )
    figure = charts.cell_loss_chart(result, against, words=chart_words())
    components.chart(figure, "cells_loss", t("alt.cells.loss"))
    st.caption(t("cells.loss.caption"))


@st.fragment
def _inside(result: dict[str, Any]) -> None:
    words = chart_words()
    parts.question(t("cells.inside"))
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
        what = choices.select(
            t("cells.inside.what"),
            INSIDE[cell],
            format_func=lambda name: t(f"inside.{name}"),
            key=f"cells_inside_{cell}",
        )
    figure = charts.inside_chart(result, cell, what, words=words)
    alt = t("alt.cells.inside", what=t(f"inside.{what}"), cell=words[cell])
    components.chart(figure, "cells_inside", alt)
    answer = result["cells"][cell]["answer"]
    st.caption(t("cells.inside.caption", target=number(result["example"]["target"]), answer=number(answer)))


def _table(result: dict[str, Any], words: charts.Words) -> pd.DataFrame:
    cells = {cell: result["cells"][cell] for cell in INSIDE}
    far = [parts.scientific(network["gradient"]["before"][0]) for network in cells.values()]
    return pd.DataFrame(
        {
            t("cells.table.cell"): [words[cell] for cell in cells],
            t("cells.table.mse"): [parts.scientific(network["test_mse"]) for network in cells.values()],
            t("cells.table.share"): [percent(_share(network, result), 1) for network in cells.values()],
            t("cells.table.parameters"): [network["parameters"] for network in cells.values()],
            t("cells.table.seconds"): [round(network["seconds"], 2) for network in cells.values()],
            t("cells.table.gradient"): far,
        }
    )


def _share(network: dict[str, Any], result: dict[str, Any]) -> float | None:
    """Test error as a share of that of guessing."""
    return None if network["test_mse"] is None else network["test_mse"] / result["guess_mse"]


def _findings(result: dict[str, Any], words: charts.Words) -> list[str]:
    """Which cells learned the task, and how far their gradients reach; nothing more where one diverged."""
    names: dict[str, list[str]] = {"solved": [], "partly": [], "guessing": [], "worse": []}
    for cell in INSIDE:
        network = result["cells"][cell]
        if network["diverged"]:
            continue
        group: str = learning(network["test_mse"], result["guess_mse"])
        if group == "learned":
            group = "solved" if (_share(network, result) or 0.0) < SOLVED else "partly"
        names[group].append(words[cell])
    learned = [t(f"cells.found.{group}", names=listed(cells)) for group, cells in names.items() if cells]
    if any(network["diverged"] for network in result["cells"].values()):
        return learned
    far = {cell: parts.scientific(network["gradient"]["before"][0]) for cell, network in result["cells"].items()}
    return [*learned, t("cells.found.gradient", lag=result["config"]["lag"], **far)]
