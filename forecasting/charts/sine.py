"""Figures of the sine wave: the wave, its next values predicted, and the network fed its own output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from forecasting.charts.style import ENGLISH, FORECAST, NAIVE, TRUTH, Words, blank, tint

Values = Sequence[float | None]


def wave_chart(x: Values, y: Values, *, height: int = 340, words: Words = ENGLISH) -> go.Figure:
    """The wave alone."""
    figure = blank(height, words["x"], words["value"], showlegend=False)
    _line(figure, x, y, words["truth"], TRUTH)
    return figure


def sine_chart(result: Mapping[str, Any], *, height: int = 340, words: Words = ENGLISH) -> go.Figure:
    """`test` of a `run_sine` result, one step ahead, with as much of the series before it."""
    x, y = result["series"]["x"], result["series"]["y"]
    split, test = int(result["split"]), result["test"]
    start = max(0, split - len(test["x"]) // 2)
    figure = blank(height, words["x"], words["value"])
    _line(figure, test["x"], test["naive"], words["naive"], NAIVE, width=1, dash="dot")
    _line(figure, x[start:], y[start:], words["truth"], TRUTH)
    _line(figure, test["x"], test["predicted"], words["forecast"], FORECAST, dash="dash")
    _tint(figure, x[split], x[-1], words["test"])
    return figure


def rollout_chart(result: Mapping[str, Any], *, height: int = 320, words: Words = ENGLISH) -> go.Figure:
    """The network beyond the data, each prediction made from earlier ones, beside what the wave would do."""
    rollout = result["rollout"]
    before = max(1, len(rollout["x"]) // 4)
    x = [*result["series"]["x"][-before:], *rollout["x"]]
    figure = blank(height, words["x"], words["value"])
    _line(figure, x, [*result["series"]["y"][-before:], *rollout["true"]], words["truth"], TRUTH)
    _line(figure, rollout["x"], rollout["predicted"], words["rollout"], FORECAST, dash="dash")
    if rollout["x"]:
        _tint(figure, rollout["x"][0], rollout["x"][-1], words["beyond"])
    return figure


def _line(
    figure: go.Figure, x: Values, y: Values, name: str, colour: str, *, width: float = 1.8, dash: str = "solid"
) -> None:
    figure.add_scatter(
        x=np.asarray(x, dtype=float),
        y=np.asarray(y, dtype=float),
        name=name,
        mode="lines",
        line={"color": colour, "width": width, "dash": dash, "simplify": False},  # a wave must look round
        hovertemplate="%{y:.4f}",
    )


def _tint(figure: go.Figure, start: float, end: float, text: str) -> None:
    figure.add_vrect(
        x0=start,
        x1=end,
        fillcolor=tint(NAIVE, 0.12),
        line_width=0,
        layer="below",
        annotation={"text": text, "font": {"size": 11, "color": NAIVE}},
        annotation_position="top left",
    )
