"""The tab True vs predicted: the backtest at a chosen number of steps ahead, with naive beside it."""

from __future__ import annotations

import streamlit as st

from forecasting import charts
from pages.shared import components
from pages.shared.i18n import chart_words, sentences, t
from pages.shared.results import anomalies
from pages.shared.results.shown import Shown


def predicted(shown: Shown) -> None:
    """Draw it."""
    backtest = shown.backtest()
    horizon = int(backtest["step"].max())
    step = 1
    if horizon > 1:
        chosen = st.session_state.get("_step", (horizon + 1) // 2)
        step = st.slider(t("predicted.step"), 1, horizon, min(horizon, chosen), key="step", on_change=_remember)
    figure = charts.true_vs_predicted(
        shown.history(),
        shown.rows("backtest"),
        step,
        shown.series,
        folds=shown.folds(),
        marked=anomalies.marked(shown),
        words=chart_words(),
    )
    ahead = t("steps.count", count=step)
    components.chart(figure, "chart_predicted", t("alt.predicted", name=charts.escape(shown.series), step=ahead))
    notes = [t("predicted.caption", step=ahead)]
    if step < horizon:
        end, all_steps = t("steps.count", count=horizon - step), t("steps.count", count=horizon)
        notes.append(t("predicted.end", end=end, horizon=all_steps))
    if horizon > 1:
        notes.append(t("predicted.flatters.here" if step == 1 else "predicted.flatters"))
    st.caption(sentences(notes))


def _remember() -> None:
    """Other runs open at the step that was chosen, not at the one that they were shown at."""
    st.session_state["_step"] = st.session_state["step"]
