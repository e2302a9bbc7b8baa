"""Figures of a training: loss while it runs and after, learning rate, and the sine wave's demo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from forecasting.charts.style import ENGLISH, FORECAST, LINEAR, NAIVE, TRUTH, Words, blank, tint


def loss_chart(
    points: Sequence[tuple[str, int, float | None, float | None]], *, height: int = 260, words: Words = ENGLISH
) -> go.Figure:
    """Training and validation loss of one stage: `points` are (stage, epoch, training, validation)."""
    figure = blank(height, words["epoch"], words["loss"])
    epochs = [point[1] for point in points]
    for name, position, colour in (("train_loss", 2, TRUTH), ("valid_loss", 3, FORECAST)):
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


def wave_chart(
    wave: pd.DataFrame, split: float | None = None, *, height: int = 320, words: Words = ENGLISH
) -> go.Figure:
    """A wave (`x, y`, and `predicted` where there is one) with the test stretch, from `split` on, tinted."""
    figure = blank(height, words["x"], words["value"])
    figure.add_scatter(
        x=wave["x"], y=wave["y"], name=words["truth"], mode="lines", line={"color": TRUTH, "width": 1.8},
        hovertemplate="%{y:.4f}",
    )  # fmt: skip
    if "predicted" in wave:
        figure.add_scatter(
            x=wave["x"], y=wave["predicted"], name=words["forecast"], mode="lines",
            line={"color": FORECAST, "width": 1.8, "dash": "dash"}, hovertemplate="%{y:.4f}",
        )  # fmt: skip
    if split is not None:
        figure.add_vrect(
            x0=split, x1=wave["x"].iloc[-1], fillcolor=tint(NAIVE, 0.12), line_width=0, layer="below",
            annotation={"text": words["test"], "font": {"size": 11, "color": NAIVE}}, annotation_position="top left",
        )  # fmt: skip
    return figure


def rollout_chart(rollout: Mapping[str, Any], *, height: int = 320, words: Words = ENGLISH) -> go.Figure:
    """A one-step network fed its own output (`x, predicted`) beside what the wave would do (`y`)."""
    figure = blank(height, words["x"], words["value"])
    figure.add_scatter(
        x=rollout["x"], y=rollout["y"], name=words["truth"], mode="lines", line={"color": TRUTH, "width": 1.8},
        hovertemplate="%{y:.4f}",
    )  # fmt: skip
    figure.add_scatter(
        x=rollout["x"], y=rollout["predicted"], name=words["rollout"], mode="lines",
        line={"color": FORECAST, "width": 1.8, "dash": "dash"}, hovertemplate="%{y:.4f}",
    )  # fmt: skip
    return figure
