"""Figures of many steps ahead (`run_rollout`) and of finding the marker (`run_marker`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

from forecasting.charts.cells import RISING
from forecasting.charts.lines import level, line, numbers, stretch
from forecasting.charts.style import ENGLISH, FORECAST, LINEAR, NAIVE, SEASONAL, TRUTH, Words, blank

METHOD_COLOURS = {"one-step": LINEAR, "direct": FORECAST}
READER_COLOURS = {"lstm": FORECAST, "bilstm": SEASONAL, "attention": LINEAR}


def growth_chart(result: Mapping[str, Any], *, height: int = 340, words: Words = ENGLISH) -> go.Figure:
    """Error by step ahead of both ways, with that of repeating the last value and the noise that nobody can predict."""
    steps = range(1, len(result["naive_rmse"]) + 1)
    figure = blank(height, words["steps"], words["rms_error"])
    line(figure, steps, result["naive_rmse"], words["naive"], NAIVE, width=1.2, dash="dot", digits=".3f")
    for method, colour in METHOD_COLOURS.items():
        line(figure, steps, result["methods"][method]["rmse"], words[method], colour, width=2.2, digits=".3f")
    if result["noise"]:
        level(figure, result["noise"], words["noise_floor"])
    return figure.update_yaxes(rangemode="tozero")


def path_chart(result: Mapping[str, Any], number: int = 0, *, height: int = 320, words: Words = ENGLISH) -> go.Figure:
    """From one origin: what was known, what came, and what each way said would come."""
    path = result["paths"][number]
    known, future = len(path["history"]), len(path["true"])
    ahead = list(range(1, future + 1))
    figure = blank(height, words["steps"], words["value"])
    line(figure, range(1 - known, 1), path["history"], words["history"], NAIVE)
    line(figure, [0, *ahead], [path["history"][-1], *path["true"]], words["truth"], TRUTH, width=2.2)
    for method, colour in METHOD_COLOURS.items():
        line(figure, ahead, path[method], words[method], colour, dash="dash" if method == "direct" else "dot")
    stretch(figure, 0, future, words["future"])
    return figure


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
