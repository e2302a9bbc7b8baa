"""Figures of a Backtest: true against predicted, errors by step, by slice, as a distribution, methods compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from forecasting.charts.series import levels_of
from forecasting.charts.style import FORECAST, METHOD_COLOURS, NAIVE, SEASONAL, TRUTH, blank, escape, thin, tint
from forecasting.charts.words import ENGLISH, Words


def true_vs_predicted(
    history: pd.DataFrame,
    backtest: pd.DataFrame,
    step: int,
    name: str,
    *,
    folds: Sequence[Mapping[str, Any]] = (),
    marked: pd.DataFrame | None = None,
    height: int = 420,
    words: Words = ENGLISH,
) -> go.Figure:
    """Truth (`ds, y`) with what was predicted `step` steps before, naive thin beside it, the interval as a band.

    `backtest` holds one series. `folds` (`train_end, test_start, test_end`) are shaded, each as
    far as forecasts of this step reach: the last origin is a full horizon before the end of the data. `marked`
    (`ds, y`): values that stand out, each with a ring.
    """
    shown = backtest[backtest["step"] == step].sort_values("ds")
    targets = shown["ds"]
    figure = blank(height, "", escape(name))
    level = _band_level(shown)
    columns = ["y", "forecast", "naive"] + ([f"forecast-lo-{level}", f"forecast-hi-{level}"] if level else [])
    keep = thin(*(shown[column] for column in columns))
    shown = shown.iloc[keep]
    if level:
        for bound in ("lo", "hi"):
            figure.add_scatter(
                x=shown["ds"].to_numpy(),
                y=shown[f"forecast-{bound}-{level}"].to_numpy(),
                name=words["interval"].format(level=level),
                legendgroup="band",
                showlegend=bound == "hi",
                mode="lines",
                line={"width": 0, "color": FORECAST},
                fill=None if bound == "lo" else "tonexty",
                fillcolor=tint(FORECAST, 0.16),
                hovertemplate=f"%{{y:.5g}}<extra>{words[bound].format(level=level)}</extra>",
            )
    truth = history.iloc[thin(history["y"])]
    figure.add_scatter(
        x=shown["ds"].to_numpy(),
        y=shown["naive"].to_numpy(),
        name=words["naive"],
        mode="lines",
        line={"color": NAIVE, "width": 1, "dash": "dot"},
        hovertemplate="%{y:.5g}",
    )
    figure.add_scatter(
        x=truth["ds"].to_numpy(),
        y=truth["y"].to_numpy(),
        name=words["truth"],
        mode="lines",
        line={"color": TRUTH, "width": 1.6},
        hovertemplate="%{y:.5g}",
    )
    figure.add_scatter(
        x=shown["ds"].to_numpy(),
        y=shown["forecast"].to_numpy(),
        name=words["forecast"],
        mode="lines" if len(shown) > 1 else "markers",
        line={"color": FORECAST, "width": 1.8},
        hovertemplate="%{y:.5g}",
    )
    if marked is not None and len(marked):
        figure.add_scatter(
            x=marked["ds"].to_numpy(),
            y=marked["y"].to_numpy(),
            name=words["anomaly"],
            mode="markers",
            marker={"symbol": "circle-open", "size": 12, "color": TRUTH, "line": {"width": 2}},
            hovertemplate="%{y:.5g}",
        )
    if folds:
        _shade(figure, folds, targets, words)
        _open_on_tests(figure, folds, history, shown[columns])
    return figure


def errors_by_step(by_step: Mapping[str, Sequence[float]], *, height: int = 320, words: Words = ENGLISH) -> go.Figure:
    """Mean absolute error at each step ahead, a line for each method."""
    figure = blank(height, words["steps"], words["mae"])
    for method in ("naive", "seasonal-naive", "forecast"):
        if method in by_step:
            values = list(by_step[method])
            figure.add_scatter(
                x=list(range(1, len(values) + 1)),
                y=values,
                name=words[method],
                mode="lines+markers" if len(values) <= 60 else "lines",
                line={
                    "color": METHOD_COLOURS[method],
                    "width": 2 if method == "forecast" else 1.4,
                    "dash": "solid" if method == "forecast" else "dot",
                },
                marker={"size": 5},
                hovertemplate="%{y:.5g}",
            )
    figure.update_yaxes(rangemode="tozero")
    return figure


def residual_histogram(backtest: pd.DataFrame, *, height: int = 280, words: Words = ENGLISH) -> go.Figure:
    """How true minus predicted is distributed over all origins and steps."""
    residuals = (backtest["y"] - backtest["forecast"]).to_numpy()
    counts, edges = np.histogram(residuals, bins=min(50, max(10, int(np.sqrt(len(residuals))))))
    figure = blank(height, words["residual"], words["count"], showlegend=False, hovermode="x", bargap=0.04)
    figure.add_bar(
        x=(edges[:-1] + edges[1:]) / 2,
        y=counts,
        width=np.diff(edges),
        marker={"color": FORECAST},
        hovertemplate="%{x:.4g}: %{y}<extra></extra>",
    )
    figure.add_vline(x=0, line={"color": NAIVE, "width": 1, "dash": "dot"})
    return figure


def errors_by_slice(
    labels: Sequence[str],
    errors: Mapping[str, Sequence[float]],
    title: str,
    *,
    height: int = 280,
    words: Words = ENGLISH,
) -> go.Figure:
    """Mean absolute error of each group of values, in order, with bars of each method (forecast, naive)."""
    figure = blank(height, escape(title), words["mae"], barmode="group", bargap=0.25)
    for method, values in errors.items():
        figure.add_bar(
            x=[escape(label) for label in labels],
            y=list(values),
            name=words[method],
            marker={"color": METHOD_COLOURS[method]},
            hovertemplate="%{y:.5g}",
        )
    return figure.update_xaxes(type="category")


def _stamps(fold: Mapping[str, Any], integers: bool) -> dict[str, Any]:
    """The times of a fold, which are ISO text or integers, as an axis takes them."""
    stamp = int if integers else pd.Timestamp
    return {key: stamp(value) for key, value in fold.items() if key in ("valid_start", "test_start", "test_end")}


def _shade(figure: go.Figure, folds: Sequence[Mapping[str, Any]], targets: pd.Series, words: Words) -> None:
    """Training, validation and test blocks, each named; a test block ends with the last of `targets` in it."""
    integers = targets.dtype.kind == "i"
    label = {"font": {"size": 11, "color": NAIVE}, "yshift": 2}
    first = _stamps(folds[0], integers)
    for number, fold in enumerate(folds, start=1):
        times = _stamps(fold, integers)
        inside = targets[(targets >= times["test_start"]) & (targets <= times["test_end"])]
        figure.add_vrect(
            x0=times["test_start"],
            x1=times["test_end"] if inside.empty else inside.max(),
            fillcolor=tint(NAIVE, 0.12 if number % 2 else 0.06),
            line_width=0,
            layer="below",
            annotation={"text": words["test"] + (f" {number}" if len(folds) > 1 else ""), **label},
            annotation_position="top left",
        )
    if "valid_start" in first:
        figure.add_vrect(
            x0=first["valid_start"],
            x1=first["test_start"],
            fillcolor=tint(SEASONAL, 0.08),
            line_width=0,
            layer="below",
            annotation={"text": words["validation"], **label},
            annotation_position="top left",
        )
    figure.add_annotation(
        x=first.get("valid_start", first["test_start"]),
        y=1,
        yref="paper",
        xanchor="right",
        yanchor="top",
        text=words["train"],
        showarrow=False,
        **label,
    )


def _open_on_tests(
    figure: go.Figure, folds: Sequence[Mapping[str, Any]], history: pd.DataFrame, predicted: pd.DataFrame
) -> None:
    """Show the tests with some history before them."""
    ds = history["ds"]
    integers = ds.dtype.kind == "i"
    start, end = _stamps(folds[0], integers)["test_start"], _stamps(folds[-1], integers)["test_end"]
    before = max(ds.iloc[0], start - (end - start) * 0.35)
    figure.update_xaxes(range=[before, end])
    # The view needs a range of its own: history outside it would flatten what is to be compared.
    values = np.append(history.loc[(ds >= before) & (ds <= end), "y"], predicted.to_numpy().ravel())
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    margin = (high - low) * 0.06 or 1.0
    figure.update_yaxes(range=[low - margin, high + margin])


def _band_level(backtest: pd.DataFrame) -> int | None:
    """80 % where there is one, else the middle level."""
    levels = levels_of(backtest)
    return None if not levels else 80 if 80 in levels else levels[len(levels) // 2]
