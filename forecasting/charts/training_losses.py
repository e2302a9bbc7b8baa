"""Figures of a training: its loss, while it runs and after, and its learning rate."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from forecasting.charts.style import FORECAST, LINEAR, TRUTH, blank
from forecasting.charts.words import ENGLISH, Words


def loss_chart(
    points: Sequence[tuple[int, float | None, float | None]],
    *,
    log: bool = False,
    height: int = 260,
    words: Words = ENGLISH,
) -> go.Figure:
    """Loss by epoch of one training: `points` are (epoch, training, validation). `log`: a log axis."""
    figure = blank(height, words["epoch"], words["loss"])
    if log:
        figure.update_yaxes(type="log", exponentformat="power", dtick=1)
    epochs = [point[0] for point in points]
    for name, position, colour in (("train_loss", 1, TRUTH), ("valid_loss", 2, FORECAST)):
        values = [point[position] for point in points]
        if any(value is not None for value in values):
            figure.add_scatter(
                x=epochs,
                y=values,
                name=words[name],
                mode="lines+markers" if len(points) < 3 else "lines",
                line={"color": colour, "width": 1.8},
                connectgaps=True,
                hovertemplate="%{y:.4g}",
            )
    return figure


def learning_rate_chart(
    epochs: Sequence[int], rates: Sequence[float], *, height: int = 220, words: Words = ENGLISH
) -> go.Figure:
    """The learning rate at each epoch."""
    figure = blank(height, words["epoch"], words["learning_rate"], showlegend=False)
    figure.add_scatter(
        x=list(epochs), y=list(rates), mode="lines", line={"color": LINEAR, "width": 1.8}, hovertemplate="%{y:.3g}"
    )
    return figure
