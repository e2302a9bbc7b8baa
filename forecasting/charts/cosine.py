"""Figures of sin -> cos: the prediction as it learns, and where in a chunk it is wrong. Of results of `run_cosine`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from forecasting.charts.lines import line, log_y, numbers
from forecasting.charts.style import ENGLISH, FORECAST, LINEAR, NAIVE, TRUTH, Words, blank, tint

COLOURS = {"carried": FORECAST, "reset": LINEAR}
FRAME_MILLISECONDS = 90


def cosine_chart(result: Mapping[str, Any], way: str, *, height: int = 460, words: Words = ENGLISH) -> go.Figure:
    """Six chunks as the network sees them after each kept training step; the last one first, the others by the slider.

    Dotted lines are where one chunk ends and the next begins.
    """
    shown, predicted = result["shown"], numbers(result["ways"][way]["predicted"])  # [frame, point]
    x, chunk = numbers(shown["x"]), int(result["config"]["chunk"])
    figure = blank(height, words["x"], words["value"])
    line(figure, shown["x"], shown["sin"], words["sin"], NAIVE, width=1.2, dash="dot")
    line(figure, shown["x"], shown["cos"], words["cos"], TRUTH, width=2.4)
    line(figure, shown["x"], predicted[-1].tolist(), words[way], COLOURS[way], width=2.2, mode="lines+markers")
    for border in x[::chunk]:
        figure.add_vline(x=border, line={"color": tint(NAIVE, 0.55), "width": 1, "dash": "dot"}, layer="below")
    steps = result["frames"][: len(predicted)]
    figure.frames = [
        go.Frame(name=str(step), data=[{"type": "scatter", "y": values}], traces=[2])
        for step, values in zip(steps, predicted, strict=True)
    ]
    figure.update_yaxes(range=[-1.6, 1.6])
    figure.update_layout(margin={"l": 8, "r": 8, "t": 28, "b": 150}, hovermode="x unified", **_controls(steps, words))
    return figure


def _controls(steps: list[int], words: Words) -> dict[str, Any]:
    """A button that plays the frames and a slider over them."""
    at_once = {"mode": "immediate", "transition": {"duration": 0}}
    play = [None, {**at_once, "frame": {"duration": FRAME_MILLISECONDS, "redraw": False}, "fromcurrent": False}]
    pause = [[None], {**at_once, "frame": {"duration": 0, "redraw": False}}]
    look = {"font": {"size": 12, "color": NAIVE}, "bgcolor": "rgba(0,0,0,0)", "bordercolor": tint(NAIVE, 0.5)}
    return {
        "updatemenus": [
            {
                "type": "buttons",
                "direction": "left",
                "showactive": False,
                "x": 0,
                "y": -0.5,
                "xanchor": "left",
                "yanchor": "top",
                "pad": {"t": 0, "l": 0},
                "buttons": [
                    {"label": words["play"], "method": "animate", "args": play},
                    {"label": words["pause"], "method": "animate", "args": pause},
                ],
                **look,
            }
        ],
        "sliders": [
            {
                "active": len(steps) - 1,
                "x": 0,
                "len": 1,
                "y": -0.2,
                "pad": {"t": 0, "b": 0},
                "currentvalue": {"prefix": f"{words['step']}: ", "font": {"size": 12, "color": NAIVE}},
                "ticklen": 0,
                "minorticklen": 0,
                "font": {"color": "rgba(0,0,0,0)", "size": 1},  # sixty labels are none
                "activebgcolor": FORECAST,
                "bgcolor": tint(NAIVE, 0.35),
                "bordercolor": "rgba(0,0,0,0)",
                "steps": [
                    {
                        "label": str(step),
                        "method": "animate",
                        "args": [[str(step)], {**at_once, "frame": {"duration": 0, "redraw": False}}],
                    }
                    for step in steps
                ],
            }
        ],
    }


def position_chart(result: Mapping[str, Any], *, height: int = 300, words: Words = ENGLISH) -> go.Figure:
    """Error at each position in a chunk, carried and reset side by side."""
    figure = blank(height, words["position"], words["rms_error"], barmode="group")
    for way, colour in COLOURS.items():
        errors = result["ways"][way]["error_by_position"]
        figure.add_bar(
            x=list(range(1, len(errors) + 1)),
            y=numbers(errors),
            name=words[way],
            marker={"color": colour},
            hovertemplate="%{y:.3f}",
        )
    return figure.update_xaxes(dtick=1 if int(result["config"]["chunk"]) <= 20 else 10)


def cosine_loss_chart(result: Mapping[str, Any], *, height: int = 300, words: Words = ENGLISH) -> go.Figure:
    """Loss by training step, as the running median of eleven steps."""
    figure = blank(height, words["step"], words["mse"])
    log_y(figure)
    for way, colour in COLOURS.items():
        losses = result["ways"][way]["losses"]
        line(figure, range(1, len(losses) + 1), smooth(losses), words[way], colour, digits=".2e")
    return figure


def smooth(losses: list[float | None], over: int = 11) -> list[float | None]:
    """The running median: losses of single batches jump by magnitudes."""
    padded = np.pad(numbers(losses), over // 2, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, over)
    medians: list[float | None] = np.median(windows, axis=1).tolist()
    return medians
