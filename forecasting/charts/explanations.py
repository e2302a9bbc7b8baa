"""Figures that explain a forecast: its parts, the weight of lags, attention over the window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from forecasting.charts.style import FORECAST, LINEAR, NAIVE, SEASONAL, TRUTH, blank, escape, share_format, thin, tint
from forecasting.charts.words import ENGLISH, Words

PARTS = {  # part -> colour, width, dash; the truth has the blue that an anchor has among bars
    "anchor": (SEASONAL, 1.4, "dot"),
    "anchor-linear": (LINEAR, 1.6, "dash"),
    "recurrent": (FORECAST, 1.6, "dashdot"),
    "forecast": (FORECAST, 2.4, "solid"),
}


def forecast_parts_chart(
    history: pd.DataFrame,
    ds: Sequence[Any],
    parts: Mapping[str, Sequence[float]],
    name: str,
    *,
    tail: int = 60,
    height: int = 360,
    words: Words = ENGLISH,
) -> go.Figure:
    """The last `tail` values of `history` (`ds, y`) and each part's forecast at `ds`.

    The forecast of the network is left out where it is the final forecast.
    """
    figure = blank(height, "", escape(name))
    seen = history.tail(tail)
    seen = seen.iloc[thin(seen["y"])]
    figure.add_scatter(
        x=seen["ds"].to_numpy(),
        y=seen["y"].to_numpy(),
        name=words["truth"],
        mode="lines",
        line={"color": TRUTH, "width": 1.8},
        hovertemplate="%{y:.5g}",
    )
    start = seen.tail(1)
    names = {"forecast": words["future"], "recurrent": words["network"]}
    for part, (colour, width, dash) in PARTS.items():
        if part not in parts or (part == "recurrent" and np.allclose(parts[part], parts["forecast"])):
            continue
        figure.add_scatter(
            x=[*start["ds"], *ds],
            y=[*start["y"], *parts[part]],
            name=names.get(part) or words[part],
            mode="lines",
            line={"color": colour, "width": width, "dash": dash},
            hovertemplate="%{y:.5g}",
        )
    return figure


def window_attention_chart(
    window: pd.DataFrame, weights: Sequence[float], name: str, *, height: int = 420, words: Words = ENGLISH
) -> go.Figure:
    """The last values of a series (`ds, y`) and below them the attention that each step gets, their sum 1.

    The dotted line is equal attention.
    """
    count = min(len(window), len(weights))
    seen, given = window.tail(count), np.asarray(weights, dtype=np.float64)[len(weights) - count :]
    keep = thin(seen["y"], given)
    x = seen["ds"].to_numpy()[keep]
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.06, row_heights=[0.55, 0.45])
    line = {"color": TRUTH, "width": 1.8}
    figure.add_scatter(
        x=x, y=seen["y"].to_numpy()[keep], name=escape(name), mode="lines", line=line, hovertemplate="%{y:.5g}", row=1,
        col=1,
    )  # fmt: skip
    figure.add_scatter(
        x=x,
        y=given[keep],
        name=words["attention_weight"],
        mode="lines",
        line={"color": LINEAR, "width": 1.4, "shape": "hvh"},
        fill="tozeroy",
        fillcolor=tint(LINEAR, 0.3),
        hovertemplate="%{y:.2%}",
        row=2,
        col=1,
    )
    even = 1 / max(1, len(weights))
    most = float(given.max(initial=even))
    figure.add_scatter(
        x=x[[0, -1]], y=[even, even], name=words["attention_even"], mode="lines",
        line={"color": NAIVE, "width": 1.2, "dash": "dot"}, hovertemplate="%{y:.2%}", row=2, col=1,
    )  # fmt: skip
    style = blank(height, "", "").layout
    figure.update_layout(height=height, margin=style.margin, legend=style.legend, hovermode="x", uirevision="keep")
    figure.update_yaxes(title=escape(name, 24), automargin=True, row=1, col=1)
    figure.update_yaxes(
        title=words["attention_weight"],
        automargin=True,
        rangemode="tozero",
        tickformat=share_format(most),
        row=2,
        col=1,
    )
    return figure


def lags_chart(
    lags: Sequence[Mapping[str, float]], seasons: Sequence[int] = (), *, height: int = 300, words: Words = ENGLISH
) -> go.Figure:
    """The weight of each past value (the largest is 1), by its lag from the last one."""
    figure = blank(height, words["lag_back"], words["lag_weight"], showlegend=False, hovermode="closest")
    places = [int(lag["lag"]) for lag in lags]
    figure.add_bar(
        x=places,
        y=[lag["weight"] for lag in lags],
        marker={"color": TRUTH, "line": {"width": 0}},
        width=max(0.8, (max(places, default=0) - min(places, default=0)) / 400),
        hovertemplate="%{x}: %{y:.3f}<extra></extra>",
    )
    for season in seasons:
        if season <= max(places, default=0):
            figure.add_vline(x=season, line={"color": NAIVE, "width": 1, "dash": "dot"})
    figure.update_xaxes(rangemode="tozero")
    return figure.update_yaxes(range=[0, 1.08])
