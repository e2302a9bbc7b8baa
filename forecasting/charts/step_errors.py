"""Figures of forecasts many steps ahead: errors by step, and the paths from one origin. Of results of `run_rollout`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from forecasting.charts.lab_colours import METHODS
from forecasting.charts.lines import bounded, line, shade
from forecasting.charts.style import NAIVE, TRUTH, blank
from forecasting.charts.words import ENGLISH, Words


def growth_chart(
    result: Mapping[str, Any], noise: Sequence[float] | None = None, *, height: int = 340, words: Words = ENGLISH
) -> go.Figure:
    """Error by step ahead of both methods, of repeating the last value, and the `noise` that those values have."""
    steps = range(1, len(result["naive_rmse"]) + 1)
    figure = blank(height, words["steps"], words["rms_error"])
    line(figure, steps, result["naive_rmse"], words["naive"], NAIVE, width=1.8, dash="dash", digits=".3f")
    for method, colour in METHODS.items():
        line(figure, steps, result["methods"][method]["rmse"], words[method], colour, width=2.2, digits=".3f")
    if noise is not None and result["noise"]:
        line(figure, steps, noise, words["noise_floor"], NAIVE, width=1.4, dash="dot", digits=".3f")
    figure.update_yaxes(rangemode="tozero")
    return bounded(figure, 0.0, 2 * max(result["naive_rmse"]), words)


def path_chart(result: Mapping[str, Any], number: int = 0, *, height: int = 320, words: Words = ENGLISH) -> go.Figure:
    """From one origin: the history, the truth, and the path of each method."""
    path = result["paths"][number]
    known, future = len(path["history"]), len(path["true"])
    ahead = list(range(1, future + 1))
    figure = blank(height, words["steps"], words["value"])
    line(figure, range(1 - known, 1), path["history"], words["history"], NAIVE)
    line(figure, [0, *ahead], [path["history"][-1], *path["true"]], words["truth"], TRUTH, width=2.2)
    for method, colour in METHODS.items():
        line(figure, ahead, path[method], words[method], colour, dash="dash" if method == "direct" else "dot")
    truth = [*path["history"], *path["true"]]
    room = 0.5 * (max(truth) - min(truth))
    bounded(figure, min(truth) - room, max(truth) + room, words)
    shade(figure, 0, future, words["future"])
    return figure
