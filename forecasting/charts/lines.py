"""Marks that the figures of the labs share: a line, a tinted range, a level, and bounds for what runs away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from forecasting.charts.style import NAIVE, tint
from forecasting.charts.words import Words

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


def bounded(
    figure: go.Figure, low: float, high: float, words: Words, *, log: bool = False, gaps: bool = False
) -> go.Figure:
    """Keep the axis upwards to what matters, `low` to `high`, where a line goes beyond it, and mark where each leaves.

    A network that diverged would press all other lines flat. On a `log` axis only `high` bounds. A value that is none
    is one of a network that diverged; with `gaps` there is just nothing to measure.
    """
    leaving = {}  # number of the trace -> its first place outside
    for number, trace in enumerate(figure.data):
        values = numbers(trace.y)
        beyond = (values > high) | ((values < low) & (not log))
        outside = np.flatnonzero(beyond if gaps else beyond | np.isnan(values))
        if len(outside) and not np.isnan(values[: outside[0] + 1]).all():
            leaving[number] = int(outside[0])
        elif len(outside) and np.isnan(values).all():
            leaving[number] = 0
    if not leaving:
        return figure
    everything = np.concatenate([numbers(trace.y) for trace in figure.data])
    inside = everything[np.isfinite(everything) & (everything <= high) & (everything > 0 if log else everything >= low)]
    bottom = min(inside, default=high / 10)
    figure.update_yaxes(range=np.log10([bottom / 2, high]).tolist() if log else [low, high])
    for number, at in leaving.items():
        trace = figure.data[number]
        down = bool(np.isfinite(trace.y[at]) and trace.y[at] < low and not log)
        figure.add_scatter(
            x=[trace.x[at]],
            y=[low if down else high],
            name=words["runaway"].format(name=trace.name),
            mode="markers",
            marker={"symbol": "triangle-down" if down else "triangle-up", "size": 12, "color": _colour(trace)},
            cliponaxis=False,
            hovertemplate="%{fullData.name}<extra></extra>",
        )
    return figure


def _colour(trace: Any) -> str | None:
    return (trace.line if trace.type == "scatter" else trace.marker).color  # type: ignore[no-any-return]  # of plotly


def log_y(figure: go.Figure) -> None:
    """A log axis upwards."""
    figure.update_yaxes(type="log", exponentformat="power", dtick=1)
