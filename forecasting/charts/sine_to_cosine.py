"""Figures of sine to cosine: predictions, errors by position and losses. Of results of `run_cosine`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from forecasting.charts.lab_colours import WAYS
from forecasting.charts.lines import bounded, line, log_y, numbers
from forecasting.charts.style import NAIVE, TRUTH, blank, tint
from forecasting.charts.words import ENGLISH, Words

MOST_ERROR = 2.0  # of a prediction within the range of the cosine; larger ones are out of the chart
FAR = 500.0  # the same for losses: a thousand times that of always answering 0


def cosine_chart(result: Mapping[str, Any], *, height: int = 320, words: Words = ENGLISH) -> go.Figure:
    """Predictions over six chunks after the training, dotted lines between the chunks."""
    wave = result["shown"]
    x, chunk = numbers(wave["x"]), int(result["config"]["chunk"])
    figure = blank(height, words["x"], words["value"], hovermode="x unified")
    line(figure, wave["x"], wave["sin"], words["sin"], NAIVE, width=1.2, dash="dot")
    line(figure, wave["x"], wave["cos"], words["cos"], TRUTH, width=2.4)
    for way in ("reset", "carried"):  # the one that is right more often lies above
        predicted = result["ways"][way]["predicted"][-1]
        line(figure, wave["x"], predicted, words[way], WAYS[way], width=1.8, mode="lines+markers")
    for border in x[::chunk]:
        figure.add_vline(x=border, line={"color": tint(NAIVE, 0.55), "width": 1, "dash": "dot"}, layer="below")
    return bounded(figure, -1.6, 1.6, words)


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
