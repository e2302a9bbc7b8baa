"""The tab Errors: where the forecast misses, whether its intervals hold, and whether its direction is right."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from forecasting import charts
from forecasting.panel import Values
from pages.shared import components
from pages.shared.formats import percent
from pages.shared.i18n import chart_words, sentences, t
from pages.shared.results.anomalies import anomaly_list
from pages.shared.results.shown import Shown
from pages.shared.results.slices import by_slice

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
        components.table(_intervals(shown), "intervals")
    with right:
        components.heading(t("errors.direction"))
        st.markdown(_direction(scores))
    left, right = st.columns(2)
    with left, components.in_place():
        by_slice(shown)
    with right:
        _autocorrelation(own.residuals, int(scores["season"]))
        components.heading(t("errors.worst"))
        components.table(_worst(backtest), "worst")
    anomaly_list(shown)


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


def coverage_note(shown: Shown) -> str:
    """What each interval promises and covered of the series, in a sentence."""
    reached = shown.coverage()
    levels = sorted(reached, key=int)
    covered = " / ".join(f"{100 * reached[level]:.0f}" for level in levels)
    return t("forecast.covered", nominal=" / ".join(levels), covered=covered)


def _intervals(shown: Shown) -> pd.DataFrame:
    """Each level beside its coverage and its interval score; of several series beside the coverage of all of them."""
    scores, own = shown.backtest().scores, shown.coverage()
    levels = sorted(own, key=int)
    columns = {
        t("errors.nominal"): [f"{level} %" for level in levels],
        t("errors.reached"): [percent(own[level], 1) for level in levels],
    }
    if shown.one_of_several:
        columns[t("errors.reached.all")] = [percent(scores["coverage"][level], 1) for level in levels]
    elif scores.get("msis"):
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
