"""Figures of finding the marker: errors by distance from it, and attention. Of results of `run_marker`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from forecasting.charts.cell_training import RISING
from forecasting.charts.lab_colours import READERS
from forecasting.charts.lines import bounded, level, line, numbers
from forecasting.charts.style import NAIVE, TRUTH, blank
from forecasting.charts.words import ENGLISH, Words

MOST_ROWS = 24  # of the heat map: more would be too low to frame a square


def marker_chart(result: Mapping[str, Any], *, height: int = 340, words: Words = ENGLISH) -> go.Figure:
    """Error by distance from the marker, of two from the second."""
    second = result["config"].get("task", "one") == "two"
    figure = blank(height, words["distance_second" if second else "distance"], words["rms_error"])
    for reader, colour in READERS.items():
        line(
            figure, result["distances"], result["readers"][reader]["rmse"], words[reader], colour, width=2, digits=".3f"
        )
    level(figure, result["guess_rmse"], words["guess"])
    figure.update_yaxes(rangemode="tozero")
    bounded(figure, 0.0, 3 * result["guess_rmse"], words, gaps=True)
    return figure.add_vline(
        x=0,
        line={"color": NAIVE, "dash": "dot", "width": 1.2},
        annotation={"text": words["marker_second" if second else "marker"], "font": {"size": 11, "color": NAIVE}},
        annotation_position="top right",
    )


def attention_chart(result: Mapping[str, Any], *, height: int = 420, words: Words = ENGLISH) -> go.Figure:
    """How much attention each step gets, in sequences sorted by where their (first) marker stands; marked steps are
    framed."""
    weights, positions = numbers(result["attention"]["weights"]), result["attention"]["positions"]
    shown = np.unique(np.linspace(0, len(weights) - 1, min(MOST_ROWS, len(weights))).astype(int))
    weights, marked = weights[shown], np.asarray(positions)[shown].reshape(len(shown), -1)
    steps = list(range(1, weights.shape[1] + 1))
    rows = list(range(1, weights.shape[0] + 1))
    figure = blank(height, words["attended"], words["sequence"], hovermode="closest")
    figure.add_heatmap(
        z=weights,
        x=steps,
        y=rows,
        zmin=0,
        zmax=1,
        colorscale=RISING,
        xgap=1,
        ygap=1,
        colorbar={"thickness": 10, "outlinewidth": 0, "title": {"text": words["weight"], "side": "right"}},
        hovertemplate=f"{words['attended']} %{{x}}<br>{words['weight']} %{{z:.3f}}<extra></extra>",
    )
    frame = {"color": TRUTH, "width": 1.8}
    for row, places in zip(rows, marked, strict=True):
        for place in places:  # steps are counted from 1
            figure.add_shape(
                type="rect", x0=place + 0.54, x1=place + 1.46, y0=row - 0.44, y1=row + 0.44, line=frame
            )  # fmt: skip
    figure.add_scatter(
        x=[None], y=[None], name=words["marked"], mode="markers",
        marker={"symbol": "square-open", "size": 10, "color": TRUTH, "line": {"width": 2}},
    )  # fmt: skip
    figure.update_xaxes(range=[0.5, len(steps) + 0.5], showgrid=False, zeroline=False)
    return figure.update_yaxes(range=[len(rows) + 0.5, 0.5], showgrid=False, zeroline=False)
