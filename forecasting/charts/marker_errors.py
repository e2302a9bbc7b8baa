"""Figures of finding the marker: errors by distance from it, and attention. Of results of `run_marker`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

from forecasting.charts.cell_training import RISING
from forecasting.charts.lines import level, line, numbers
from forecasting.charts.style import FORECAST, LINEAR, NAIVE, SEASONAL, TRUTH, blank
from forecasting.charts.words import ENGLISH, Words

READER_COLOURS = {"lstm": FORECAST, "bilstm": SEASONAL, "attention": LINEAR}


def marker_chart(result: Mapping[str, Any], *, height: int = 340, words: Words = ENGLISH) -> go.Figure:
    """Error by distance from the marker."""
    figure = blank(height, words["distance"], words["rms_error"])
    for reader, colour in READER_COLOURS.items():
        line(
            figure, result["distances"], result["readers"][reader]["rmse"], words[reader], colour, width=2, digits=".3f"
        )
    level(figure, result["guess_rmse"], words["guess"])
    figure.add_vline(
        x=0,
        line={"color": NAIVE, "dash": "dot", "width": 1.2},
        annotation={"text": words["marker"], "font": {"size": 11, "color": NAIVE}},
        annotation_position="top right",
    )
    return figure.update_yaxes(rangemode="tozero")


def attention_chart(result: Mapping[str, Any], *, height: int = 420, words: Words = ENGLISH) -> go.Figure:
    """How much attention each step gets, in sequences sorted by where their marker stands (a ring)."""
    weights, positions = numbers(result["attention"]["weights"]), result["attention"]["positions"]
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
        colorbar={"thickness": 10, "outlinewidth": 0, "title": {"text": words["weight"], "side": "right"}},
        hovertemplate=f"{words['attended']} %{{x}}<br>{words['weight']} %{{z:.3f}}<extra></extra>",
    )
    figure.add_scatter(
        x=[position + 1 for position in positions],
        y=rows,
        name=words["marker"],
        mode="markers",
        marker={"symbol": "circle-open", "size": 9, "color": TRUTH, "line": {"width": 1.5}},
        hovertemplate=f"{words['marker']} %{{x}}<extra></extra>",
    )
    return figure.update_yaxes(autorange="reversed")
