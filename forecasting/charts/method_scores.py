"""Figures that compare methods on the same origins, and the network with its own parts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from forecasting.charts.style import METHOD_COLOURS, NAIVE, blank, escape, share_format
from forecasting.charts.words import ENGLISH, Words

FAR = 4.0  # times the median: beyond it an error does not set the scale
CUT = 1.1  # times the largest of those that do, where longer bars end
Row = tuple[str, float, str]  # what it is called, its error, its colour's name in METHOD_COLOURS


def ranking_chart(rows: Sequence[Row], *, score: str = "mae", words: Words = ENGLISH) -> go.Figure:
    """The error of each method ("mae" or "mase"), the first of `rows` on top; without a colour of its own it is grey.

    A bar far longer than the others is cut, with an arrow at its number, so that these can be compared.
    """
    ranked = list(reversed(rows))
    errors = [error for _, error, _ in ranked]
    most = max((error for error in errors if error <= FAR * float(np.median(errors))), default=0.0) or 1.0
    figure = blank(_height(ranked), words[score], "", showlegend=False, hovermode="closest", bargap=0.3)
    figure.add_bar(
        x=[min(error, CUT * most) for error in errors],
        y=[escape(label) for label, _, _ in ranked],
        orientation="h",
        marker={"color": [METHOD_COLOURS.get(colour, NAIVE) for _, _, colour in ranked]},
        text=[f"{error:.4g}" + (" →" if error > CUT * most else "") for error in errors],
        textposition="outside",
        cliponaxis=False,
        customdata=errors,
        hovertemplate="%{y}: %{customdata:.5g}<extra></extra>",
    )
    # The numbers stand outside the bars, where their contrast is that of all text; on a phone they need a third of it.
    longest = max(errors, default=1.0) or 1.0
    figure.update_xaxes(range=[0, 1.4 * CUT * most if longest > CUT * most else 1.2 * longest])
    return figure.update_yaxes(ticklabelstandoff=6)


def stages_chart(rows: Sequence[Row], *, height: int = 250, score: str = "mae", words: Words = ENGLISH) -> go.Figure:
    """The error ("mae" or "mase") of a network's parts in the order in which each adds to the one before."""
    figure = blank(height, "", words[score], showlegend=False, hovermode="closest", bargap=0.45)
    figure.add_bar(
        x=[escape(label) for label, _, _ in rows],
        y=[error for _, error, _ in rows],
        marker={"color": [METHOD_COLOURS.get(colour, NAIVE) for _, _, colour in rows]},
        text=[f"{error:.4g}" for _, error, _ in rows],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{x}: %{y:.5g}<extra></extra>",
    )
    return figure.update_yaxes(range=[0, 1.16 * max((error for _, error, _ in rows), default=1.0) or 1.0])


def shares_chart(rows: Sequence[tuple[str, float]], title: str, *, colour: str = "forecast") -> go.Figure:
    """Shares of something (0.25 is 25 %), the largest on top."""
    ranked = sorted(rows, key=lambda row: row[1])
    places = list(range(len(ranked)))  # names may come from a file, and two of them be the same once they are cut
    names = [escape(label, 40) for label, _ in ranked]
    figure = blank(_height(ranked), title, "", showlegend=False, hovermode="closest", bargap=0.3)
    figure.add_bar(
        x=[share for _, share in ranked],
        y=places,
        orientation="h",
        marker={"color": METHOD_COLOURS.get(colour, NAIVE)},
        text=[f"{share:.0%}" if share >= 0.1 or share == 0 else f"{share:.1%}" for _, share in ranked],
        textposition="outside",
        cliponaxis=False,
        customdata=names,
        hovertemplate="%{customdata}: %{x:.1%}<extra></extra>",
    )
    most = max((share for _, share in ranked), default=1.0) or 1.0
    figure.update_xaxes(range=[0, 1.2 * most], tickformat=share_format(most))
    return figure.update_yaxes(tickvals=places, ticktext=names, ticklabelstandoff=6)


def _height(rows: Sequence[object]) -> int:
    return 84 + 26 * len(rows)
