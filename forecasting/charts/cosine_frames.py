"""Figures of sine to cosine: predictions during training, and errors by position. Of results of `run_cosine`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from forecasting.charts.lab_colours import WAYS
from forecasting.charts.lines import bounded, line, log_y, numbers
from forecasting.charts.style import NAIVE, TOP, TRUTH, blank, tint
from forecasting.charts.words import ENGLISH, Words

FRAME_MILLISECONDS = 90
MOST_ERROR = 2.0  # of a prediction within the range of the cosine; larger ones are out of the chart
FAR = 500.0  # the same for losses: a thousand times that of always answering 0


def cosine_chart(
    result: Mapping[str, Any], way: str, shown: int = -1, *, height: int = 400, words: Words = ENGLISH
) -> go.Figure:
    """Predictions over six chunks after the training step of frame `shown`; Play goes through all.

    Dotted lines separate the chunks.
    """
    wave, predicted = result["shown"], numbers(result["ways"][way]["predicted"])  # [frame, point]
    x, chunk = numbers(wave["x"]), int(result["config"]["chunk"])
    steps = result["frames"][: len(predicted)]
    figure = blank(height, words["x"], words["value"])
    line(figure, wave["x"], wave["sin"], words["sin"], NAIVE, width=1.2, dash="dot")
    line(figure, wave["x"], wave["cos"], words["cos"], TRUTH, width=2.4)
    line(figure, wave["x"], predicted[shown].tolist(), words[way], WAYS[way], width=2.2, mode="lines+markers")
    for border in x[::chunk]:
        figure.add_vline(x=border, line={"color": tint(NAIVE, 0.55), "width": 1, "dash": "dot"}, layer="below")
    figure.frames = [
        go.Frame(
            name=str(step),
            data=[{"type": "scatter", "y": values}],
            traces=[2],
            layout={"annotations": [_step_note(step, words)]},
        )
        for step, values in zip(steps, predicted, strict=True)
    ]
    figure.update_yaxes(range=[-1.6, 1.6])
    return figure.update_layout(
        margin={"l": 8, "r": 8, "t": TOP, "b": 84},
        hovermode="x unified",
        annotations=[_step_note(steps[shown], words)],
        updatemenus=[_buttons(words)],
    )


def _step_note(step: int, words: Words) -> dict[str, Any]:
    """The number of the training step, below the curves on the right."""
    place = {"xref": "paper", "x": 1, "xanchor": "right", "yref": "paper", "y": 0, "yanchor": "top", "yshift": -50}
    return {"text": f"{words['step']}: {step}", "showarrow": False, "font": {"size": 13, "color": NAIVE}, **place}


def _buttons(words: Words) -> dict[str, Any]:
    """Play goes through the frames in the browser, Pause stops there."""
    at_once = {"mode": "immediate", "transition": {"duration": 0}}
    play = [None, {**at_once, "frame": {"duration": FRAME_MILLISECONDS, "redraw": True}, "fromcurrent": False}]
    pause = [[None], {**at_once, "frame": {"duration": 0, "redraw": True}}]
    return {
        "type": "buttons",
        "direction": "left",
        "showactive": False,
        "x": 0,
        "y": 0,
        "xanchor": "left",
        "yanchor": "top",
        "pad": {"t": 46, "l": 0},
        "buttons": [
            {"label": words["play"], "method": "animate", "args": play},
            {"label": words["pause"], "method": "animate", "args": pause},
        ],
        "font": {"size": 12, "color": NAIVE},
        "bgcolor": "rgba(0,0,0,0)",
        "bordercolor": tint(NAIVE, 0.5),
    }


def position_chart(result: Mapping[str, Any], *, height: int = 300, words: Words = ENGLISH) -> go.Figure:
    """Error at each position in a chunk, carried and reset side by side."""
    figure = blank(height, words["position"], words["rms_error"], barmode="group")
    for way, colour in WAYS.items():
        errors = result["ways"][way]["error_by_position"]
        figure.add_bar(
            x=list(range(1, len(errors) + 1)),
            y=numbers(errors),
            name=words[way],
            marker={"color": colour},
            hovertemplate="%{y:.3f}",
        )
    bounded(figure, 0.0, MOST_ERROR, words)
    return figure.update_xaxes(dtick=1 if int(result["config"]["chunk"]) <= 20 else 10)


def cosine_loss_chart(result: Mapping[str, Any], *, height: int = 300, words: Words = ENGLISH) -> go.Figure:
    """Loss by training step, as the running median of eleven steps."""
    figure = blank(height, words["step"], words["mse"])
    log_y(figure)
    for way, colour in WAYS.items():
        losses = result["ways"][way]["losses"]
        line(figure, range(1, len(losses) + 1), smooth(losses), words[way], colour, digits=".2e")
    return bounded(figure, 0.0, FAR, words, log=True)


def smooth(losses: list[float | None], over: int = 11) -> list[float | None]:
    """The running median: losses of single batches jump by magnitudes."""
    padded = np.pad(numbers(losses), over // 2, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, over)
    medians: list[float | None] = np.median(windows, axis=1).tolist()
    return medians
