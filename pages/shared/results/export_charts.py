"""The charts of a result as files in the tab Export: pictures that the browser draws, and a page to zoom in."""

from __future__ import annotations

from collections.abc import Callable

import plotly.graph_objects as go
import streamlit as st

from forecasting import charts
from forecasting.export import as_picture, chart_html, file_name
from pages.shared import choices, clipboard, components
from pages.shared.components import Picture
from pages.shared.i18n import chart_words, language, t
from pages.shared.results.compare import ranking, score_of
from pages.shared.results.download import download, stem
from pages.shared.results.shown import Shown

_FORMATS = ("png", "svg", "html")
_KEY = "picture"


def chart_files(shown: Shown) -> None:
    """Draw it: which chart, in which format, how it will look, and one button."""
    components.heading(t("pictures.title"))
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        name = choices.select(
            t("pictures.chart"), list(_CHARTS), key="picture_chart", format_func=lambda one: t(f"pictures.{one}")
        )
    with right:
        ending = components.one_of(
            t("export.format"), _FORMATS, "png", key="picture_format", format_func=str.upper
        )  # fmt: skip
    figure, alt = _CHARTS[name](shown)
    title = f"{t(f'pictures.{name}')} · {shown.series}"
    figure = as_picture(figure, title)
    file = f"{stem(shown)}-{file_name(shown.series)}-{name}" if shown.one_of_several else f"{stem(shown)}-{name}"
    shape: Picture = {"format": "svg" if ending == "svg" else "png", "filename": file}
    components.chart(figure, _KEY, alt, picture=shape)
    label = t("pictures.download", format=ending.upper())
    if ending == "html":
        spoken = language()
        download(
            label, lambda: chart_html(figure, title, spoken), f"{file}.html", "text/html", "download_picture_html"
        )  # fmt: skip
    elif st.button(label, key="download_picture", icon=":material/download:", width="stretch"):
        clipboard.save_picture(_KEY)
    st.caption(t(f"pictures.{'page' if ending == 'html' else 'drawn'}"))


def _forecast(shown: Shown) -> tuple[go.Figure, str]:
    ahead = shown.rows("forecast")
    tail = max(4 * len(ahead), int(shown.run.config.get("window", 60)), 30)
    figure = charts.forecast_chart(shown.history(), ahead, shown.series, tail=tail, words=chart_words())
    return figure, t("alt.forecast", name=charts.escape(shown.series), count=len(ahead))


def _predicted(shown: Shown) -> tuple[go.Figure, str]:
    """At the step ahead that was chosen in its own tab."""
    horizon = int(shown.backtest()["step"].max())
    step = min(horizon, int(st.session_state.get("_step", (horizon + 1) // 2)))
    figure = charts.true_vs_predicted(
        shown.history(), shown.rows("backtest"), step, shown.series, folds=shown.folds(), words=chart_words()
    )
    ahead = t("steps.count", count=step)
    return figure, t("alt.predicted", name=charts.escape(shown.series), step=ahead)


def _steps(shown: Shown) -> tuple[go.Figure, str]:
    by_step = shown.backtest().of_series(shown.series).by_step
    return charts.errors_by_step(by_step, words=chart_words()), t("alt.errors.step")


def _residuals(shown: Shown) -> tuple[go.Figure, str]:
    return charts.residual_histogram(shown.rows("backtest"), words=chart_words()), t("alt.errors.residuals")


def _methods(shown: Shown) -> tuple[go.Figure, str]:
    scores = shown.backtest().scores
    score = score_of(scores)
    rows = ranking(scores, shown.run.config)
    bars = [(row.label, float(row.scores[score] or 0.0), row.colour) for row in rows if row.scores[score] is not None]
    return charts.ranking_chart(bars, score=score, words=chart_words()), t("alt.compare")


_CHARTS: dict[str, Callable[[Shown], tuple[go.Figure, str]]] = {
    "forecast": _forecast,
    "predicted": _predicted,
    "steps": _steps,
    "residuals": _residuals,
    "methods": _methods,
}
