"""Figure of the input and the target of a lab, before any training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

from forecasting.charts.lines import line
from forecasting.charts.style import NAIVE, TRUTH, blank
from forecasting.charts.words import ENGLISH, Words


def task_chart(task: Mapping[str, Any], x_title: str, *, height: int = 300, words: Words = ENGLISH) -> go.Figure:
    """Input, target, and a ring around marked values. Of `task`."""
    figure = blank(height, x_title, words["value"])
    read, asked, marked = task["read"], task["asked"], task["marked"]
    line(figure, read["x"], read["y"], words["read"], NAIVE, mode="lines+markers")
    line(figure, asked["x"], asked["y"], words["asked"], TRUTH, width=2.2, mode="lines+markers")
    if marked["x"]:
        ring = {"size": 16, "symbol": "circle-open", "color": TRUTH, "line": {"width": 2}}
        figure.add_scatter(**marked, name=words["marked"], mode="markers", marker=ring, hovertemplate="%{y:.4f}")
    return figure
