"""The tab Errors: where the forecast misses, whether its intervals hold, and whether it tells the direction."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from forecasting import charts
from pages.forecast.results.shown import Shown, of_series, steps
from pages.shared import components, services
from pages.shared.components import percent
from pages.shared.i18n import chart_words, t


def errors(shown: Shown) -> None:
    """Draw it."""
    workspace, run, series = shown
    whole = services.backtest(workspace, run.id)
    backtest = of_series(whole, series)
    words = chart_words()
    left, right = st.columns(2)
    with left:
        components.heading(t("errors.step"))
        figure = charts.errors_by_step(whole.scores["by_step"], words=words)
        components.chart(figure, "chart_by_step", t("alt.errors.step"))
    with right:
        components.heading(t("errors.residuals"))
        figure = charts.residual_histogram(backtest, height=320, words=words)
        components.chart(figure, "chart_residuals", t("alt.errors.residuals"))
    left, right = st.columns(2)
    with left:
        components.heading(t("errors.intervals"), t("errors.intervals.help"))
        components.table(intervals(whole.scores), "intervals")
    with right:
        components.heading(t("errors.direction"))
        st.markdown(_direction(whole.scores))
    units = charts.calendar_units(backtest, services.panel(workspace, run.dataset_id or "").frequency)
    left, right = st.columns(2)
    if units:
        with left:
            components.heading(t("errors.calendar"))
            unit = units[0]
            if len(units) > 1:
                unit = components.one_of(
                    t("errors.unit"), units, unit, key="unit",
                    format_func=lambda name: t(f"unit.{name}"), label_visibility="collapsed",
                )  # fmt: skip
            figure = charts.errors_by_calendar(backtest, unit, words=words)
            components.chart(figure, "chart_by_calendar", t("alt.errors.calendar", unit=t(f"unit.{unit}")))
    with right if units else left:
        components.heading(t("errors.worst"))
        components.table(_worst(backtest), "worst")


def intervals(scores: dict[str, Any]) -> pd.DataFrame:
    """Each level beside the share that it reached, and its interval score."""
    levels = sorted(scores["coverage"], key=int)
    found = {
        t("errors.nominal"): [f"{level} %" for level in levels],
        t("errors.reached"): [percent(scores["coverage"][level], 1) for level in levels],
    }
    if scores.get("msis"):
        found[t("errors.score")] = [scores["msis"].get(level) for level in levels]
    return pd.DataFrame(found)


def reached(scores: dict[str, Any]) -> str:
    """The same in a line, for below a forecast."""
    levels = sorted(scores["coverage"], key=int)
    nominal = " / ".join(levels)
    return t(
        "forecast.reached", nominal=nominal, reached=" / ".join(f"{100 * scores['coverage'][k]:.0f}" for k in levels)
    )


def _direction(scores: dict[str, Any]) -> str:
    """How often the forecast was on the right side of the last value, and what a coin would do."""
    horizon = steps(len(scores["by_step"]["forecast"]))
    told = scores.get("direction")
    if not told:
        return t("errors.direction.none", horizon=horizon)
    low, high = percent(0.5 - told["band"]), percent(0.5 + told["band"])
    said = t("errors.direction.told", percent=percent(told["right"]), horizon=horizon, low=low, high=high)
    inside = abs(told["right"] - 0.5) <= told["band"]
    verdict = "coin" if inside else "better" if told["right"] > 0.5 else "worse"
    return said + " " + t(f"errors.direction.{verdict}")


def _worst(backtest: pd.DataFrame, most: int = 8) -> pd.DataFrame:
    """The largest misses, each time step once."""
    missed = pd.DataFrame(backtest[["ds", "cutoff", "y", "forecast"]]).assign(miss=backtest["y"] - backtest["forecast"])
    order = missed["miss"].abs().sort_values(ascending=False).index
    missed = missed.loc[order].drop_duplicates("ds").head(most)
    missed.columns = pd.Index(
        [t("forecast.time"), t("errors.origin"), t("errors.truth"), t("errors.predicted"), t("errors.miss")]
    )
    return missed
