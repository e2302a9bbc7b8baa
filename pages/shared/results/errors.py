"""The tab Errors: where the forecast misses, whether its intervals hold, and whether its direction is right."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from forecasting import charts
from forecasting.panel import Values
from pages.shared import components, services
from pages.shared.formats import percent
from pages.shared.i18n import chart_words, sentences, t
from pages.shared.results.shown import Shown

_FEWEST = 20  # residuals, below which their autocorrelation says nothing


def errors(shown: Shown) -> None:
    """Draw it."""
    scores = shown.backtest().scores
    backtest = shown.rows("backtest")
    own = shown.backtest().of_series(shown.series)
    words = chart_words()
    left, right = st.columns(2)
    with left:
        components.heading(t("errors.step"))
        figure = charts.errors_by_step(own.by_step, words=words)
        components.chart(figure, "chart_by_step", t("alt.errors.step"))
    with right:
        components.heading(t("errors.residuals"))
        figure = charts.residual_histogram(backtest, height=320, words=words)
        components.chart(figure, "chart_residuals", t("alt.errors.residuals"))
    left, right = st.columns(2)
    with left:
        components.heading(t("errors.intervals"), t("errors.intervals.help"))
        components.table(_intervals(scores), "intervals")
    with right:
        components.heading(t("errors.direction"))
        st.markdown(_direction(scores))
    units = charts.calendar_units(backtest, services.panel(shown.access, shown.dataset).frequency)
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
        _autocorrelation(own.residuals, int(scores["season"]))
    components.heading(t("errors.worst"))
    components.table(_worst(backtest), "worst")


def _autocorrelation(residuals: Values, season: int) -> None:
    """Whether what was missed one step ahead is related to what was missed before."""
    components.heading(t("errors.autocorrelation"), t("errors.autocorrelation.help"))
    if len(residuals) < _FEWEST:
        st.caption(t("errors.autocorrelation.few"))
        return
    seasons = (season,) if 1 < season <= len(residuals) // 2 else ()
    frame = pd.DataFrame({"y": residuals})
    figure = charts.autocorrelation_chart(frame, seasons, height=280, words=chart_words())
    components.chart(figure, "chart_residual_autocorrelation", t("alt.errors.autocorrelation"))


def coverage_note(scores: dict[str, Any]) -> str:
    """What each interval promises and covered, in a sentence."""
    levels = sorted(scores["coverage"], key=int)
    covered = " / ".join(f"{100 * scores['coverage'][level]:.0f}" for level in levels)
    return t("forecast.covered", nominal=" / ".join(levels), covered=covered)


def _intervals(scores: dict[str, Any]) -> pd.DataFrame:
    """Each level beside its coverage and its interval score."""
    levels = sorted(scores["coverage"], key=int)
    columns = {
        t("errors.nominal"): [f"{level} %" for level in levels],
        t("errors.reached"): [percent(scores["coverage"][level], 1) for level in levels],
    }
    if scores.get("msis"):
        columns[t("errors.score")] = [scores["msis"].get(level) for level in levels]
    return pd.DataFrame(columns)


def _direction(scores: dict[str, Any]) -> str:
    """How often the forecast was on the right side of the last value, beside what chance gives."""
    horizon = t("steps.count", count=len(scores["by_step"]["forecast"]))
    direction = scores.get("direction")
    if not direction:
        return t("errors.direction.none", horizon=horizon)
    right, band = float(direction["right"]), float(direction["band"])
    low, high = percent(0.5 - band), percent(0.5 + band)
    grade = "chance" if abs(right - 0.5) <= band else "better" if right > 0.5 else "worse"
    share = t("errors.direction.share", percent=percent(right), horizon=horizon, low=low, high=high)
    return sentences([share, t(f"errors.direction.{grade}")])


def _worst(backtest: pd.DataFrame, most: int = 8) -> pd.DataFrame:
    """The largest misses, each time step once."""
    misses = pd.DataFrame(backtest[["ds", "cutoff", "y", "forecast"]]).assign(miss=backtest["y"] - backtest["forecast"])
    order = misses["miss"].abs().sort_values(ascending=False).index
    misses = misses.loc[order].drop_duplicates("ds").head(most)
    misses.columns = pd.Index(
        [t("forecast.time"), t("errors.origin"), t("errors.truth"), t("errors.predicted"), t("errors.miss")]
    )
    return misses
