"""The tab Inside over time: input, gates, states and gradient of the networks of RNN, LSTM, GRU on one time axis."""

from __future__ import annotations

from typing import Any

import streamlit as st

from forecasting import charts
from forecasting.labs.sequences import INSIDE
from forecasting.runs import Access, Run
from pages.learn import parts
from pages.learn.sequence_lab.cells_tab import settings
from pages.learn.settings_form import Form
from pages.learn.training_row import result_of, train_and_show
from pages.shared import components
from pages.shared.i18n import chart_words, t
from pages.shared.widget_values import now, show


def tab() -> None:
    """Draw it."""
    form = Form("cells")
    train_and_show(form, settings(form), of_run)


def of_run(access: Access, run: Run, form: Form | None = None) -> None:
    """The result of a done run."""
    result, words = result_of(access, run), chart_words()
    diverged = {words[cell]: network["diverged"] for cell, network in result["cells"].items()}
    parts.diverged(diverged, "cells", form.try_rate if form else None)
    _over_time(result)


@st.fragment
def _over_time(result: dict[str, Any]) -> None:
    words, lag = chart_words(), int(result["config"]["lag"])
    parts.question(t("inside_time.title"))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="inside_time_row"):
        cell = components.one_of(
            t("cells.inside.cell"), list(INSIDE), "lstm", format_func=words.__getitem__, key="inside_time_cell"
        )
        when = components.one_of(
            t("inside_time.when"),
            ["before", "after"],
            "before",
            format_func=lambda moment: t(f"inside_time.{moment}"),
            key="inside_time_when",
        )
        unit = _whole(
            "unit",
            t("inside_time.unit"),
            1,
            int(result["config"]["hidden_size"]),
            charts.liveliest_unit(result, cell) + 1,
        )
    back = _whole("lag", t("inside_time.lag"), 0, lag, lag)
    reach = {name: network["gradient"][when][lag - back] for name, network in result["cells"].items()}
    st.markdown(t("inside_time.found", lag=back, **{name: parts.scientific(size) for name, size in reach.items()}))
    figure = charts.inside_time_chart(result, cell, unit - 1, back, when, words=words)
    components.chart(figure, "inside_time", t("alt.inside_time", cell=words[cell]))
    st.caption(t("inside_time.caption"))


def _whole(name: str, label: str, low: int, high: int, start: int) -> int:
    """A slider for a whole number; none where there is one choice."""
    if low == high:
        return low
    key = f"inside_time_{name}"
    begin = min(high, max(low, now(key, start)))
    show(key, begin)
    return int(st.slider(label, low, high, begin, key=key))
