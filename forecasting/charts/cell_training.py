"""Figures of RNN, LSTM and GRU side by side. Of results of `run_cells`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from forecasting.charts.lab_colours import CELLS
from forecasting.charts.lines import bounded, level, line, log_y, numbers
from forecasting.charts.sine_to_cosine import smooth
from forecasting.charts.style import FORECAST, NAIVE, TRUTH, blank, tint
from forecasting.charts.words import ENGLISH, Words

FAR = 1e3  # times the error of guessing: a loss beyond it is out of the chart
LEAST_GRADIENT = 1e-16  # smaller ones have vanished, and are drawn here
# From transparent, on either background. Steeper at first: on a dark one, half as opaque looks like a quarter.
_SHADES = ((0.0, 0.04), (0.25, 0.42), (0.5, 0.66), (1.0, 1.0))
RISING = [[at, tint(FORECAST, shade)] for at, shade in _SHADES]
DIVERGING = [
    *([0.5 - at / 2, tint(TRUTH, shade)] for at, shade in reversed(_SHADES[1:])),
    [0.5, tint(NAIVE, 0.04)],
    *([0.5 + at / 2, tint(FORECAST, shade)] for at, shade in _SHADES[1:]),
]


def cell_loss_chart(
    result: Mapping[str, Any], against: str = "steps", *, height: int = 340, words: Words = ENGLISH
) -> go.Figure:
    """Loss against training "steps" or "seconds", as the running median of eleven steps, with the error of guessing."""
    figure = blank(height, words["step" if against == "steps" else "seconds"], words["mse"])
    log_y(figure)
    for cell, colour in CELLS.items():
        network = result["cells"][cell]
        at = network["steps"] if against == "steps" else network["seconds_at"]
        line(figure, at, smooth(network["losses"]), words[cell], colour, digits=".2e")
    level(figure, result["guess_mse"], words["guess"])
    return bounded(figure, 0.0, FAR * result["guess_mse"], words, log=True)


def gradient_chart(
    result: Mapping[str, Any], when: str = "both", *, height: int = 340, words: Words = ENGLISH
) -> go.Figure:
    """The gradient of the loss at each lag: solid after training, dotted before."""
    figure = blank(height, words["lag"], words["gradient"])
    log_y(figure)
    for cell, colour in CELLS.items():
        gradient = result["cells"][cell]["gradient"]
        for moment, dash in (("before", "dot"), ("after", "solid")):
            if when in ("both", moment):
                name = words[cell] if moment == "after" else words["untrained"].format(name=words[cell])
                sizes = np.maximum(numbers(gradient[moment]), LEAST_GRADIENT).tolist()
                line(figure, gradient["lags"], sizes, name, colour, dash=dash, digits=".1e")
    return figure


def norm_chart(result: Mapping[str, Any], *, height: int = 300, words: Words = ENGLISH) -> go.Figure:
    """Norm of the gradient at each training step, before clipping, and the norm that it is clipped to."""
    figure = blank(height, words["step"], words["gradient_norm"])
    log_y(figure)
    for cell, colour in CELLS.items():
        network = result["cells"][cell]
        line(figure, network["steps"], network["gradient_norms"], words[cell], colour, width=1.2, digits=".2e")
    if result["config"]["clip"]:
        level(figure, result["config"]["clip_norm"], words["clip"])
    return figure


def inside_chart(
    result: Mapping[str, Any], cell: str, what: str, *, height: int = 340, words: Words = ENGLISH
) -> go.Figure:
    """A gate or a state of every unit at every step of one sequence: gates from 0 to 1, states around 0."""
    values = numbers(result["cells"][cell]["inside"][what]).T  # [H, T]
    gate = what in ("input", "forget", "output", "reset", "update")
    most = 1.0 if what != "cell" else max(1.0, float(np.abs(values).max()))
    order = np.argsort(-values.mean(axis=1), kind="stable")
    figure = blank(height, words["time_step"], words["unit"], hovermode="closest", showlegend=False)
    figure.add_heatmap(
        z=values[order],
        x=list(range(values.shape[1])),
        y=list(range(1, values.shape[0] + 1)),
        customdata=np.repeat(order[:, None], values.shape[1], axis=1),
        zmin=0 if gate else -most,
        zmax=1 if gate else most,
        colorscale=RISING if gate else DIVERGING,
        colorbar={"thickness": 10, "outlinewidth": 0},
        hovertemplate=f"{words['time_step']} %{{x}}<br>{words['unit']} %{{customdata}}<br>%{{z:.3f}}<extra></extra>",
    )
    return figure
