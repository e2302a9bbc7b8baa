"""Marks that the figures of the labs share: a line, a tinted range, a level."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from forecasting.charts.style import NAIVE, tint

Values = Sequence[float | None]


def numbers(values: Values | Sequence[Values]) -> npt.NDArray[np.float64]:
    """An array with NaN, which is not drawn, for None."""
    return np.asarray(values, dtype=np.float64)


def line(
    figure: go.Figure,
    x: Sequence[float],
    y: Values,
    name: str,
    colour: str,
    *,
    width: float = 1.8,
    dash: str = "solid",
    digits: str = ".4f",
    mode: str = "lines",
) -> None:
    """Add `y` over `x`."""
    figure.add_scatter(
        x=numbers(x),
        y=numbers(y),
        name=name,
        mode=mode,
        line={"color": colour, "width": width, "dash": dash, "simplify": False},  # a wave must look round
        marker={"size": 6},
        hovertemplate=f"%{{y:{digits}}}",
    )


def shade(figure: go.Figure, start: float, end: float, text: str) -> None:
    """Tint the range of x from `start` to `end`, labelled `text`."""
    figure.add_vrect(
        x0=start,
        x1=end,
        fillcolor=tint(NAIVE, 0.12),
        line_width=0,
        layer="below",
        annotation={"text": text, "font": {"size": 11, "color": NAIVE}},
        annotation_position="top left",
    )


def level(figure: go.Figure, y: float, text: str) -> None:
    """A dotted horizontal line at `y`: a trace, so that it is in the legend and fits a log axis."""
    span = [value for trace in figure.data if trace.x is not None for value in (min(trace.x), max(trace.x))]
    figure.add_scatter(
        x=[min(span), max(span)],
        y=[y, y],
        name=text,
        mode="lines",
        line={"color": NAIVE, "width": 1.2, "dash": "dot"},
        hovertemplate="%{y:.3g}",
    )


def log_y(figure: go.Figure) -> None:
    """A log axis upwards."""
    figure.update_yaxes(type="log", exponentformat="power", dtick=1)
