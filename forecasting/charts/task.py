"""Figure of what a teaching network reads and is asked for, before it is trained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

from forecasting.charts.lines import line
from forecasting.charts.style import ENGLISH, FORECAST, NAIVE, TRUTH, Words, blank


def task_chart(task: Mapping[str, Any], x_title: str, *, height: int = 300, words: Words = ENGLISH) -> go.Figure:
    """What is read, what is asked for, and a ring around what is marked. Of `task`."""
    figure = blank(height, x_title, words["value"])
    read, asked, marked = task["read"], task["asked"], task["marked"]
    line(figure, read["x"], read["y"], words["read"], NAIVE, mode="lines+markers")
    line(figure, asked["x"], asked["y"], words["asked"], TRUTH, width=2.2, mode="lines+markers")
    if marked["x"]:
        ring = {"size": 16, "symbol": "circle-open", "color": FORECAST, "line": {"width": 2}}
        figure.add_scatter(**marked, name=words["marked"], mode="markers", marker=ring, hovertemplate="%{y:.4f}")
    return figure
