"""Several runs in one figure: predictions beside the truth, or losses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from forecasting.charts.style import PALETTE, TRUTH, blank, escape, thin
from forecasting.charts.words import ENGLISH, Words

_COLOURS = [colour for colour in PALETTE if colour != TRUTH]
_DASHES = ("solid", "dash", "dot", "dashdot")

Loss = tuple[int, float | None, float | None]


def runs_chart(
    truth: pd.DataFrame, lines: Sequence[tuple[str, pd.DataFrame]], *, height: int = 380, words: Words = ENGLISH
) -> go.Figure:
    """`truth` and the `lines` of runs, (name, frame); each frame has `ds, y`. The truth is cut to where they are."""
    figure = blank(height, words["time"], words["value"])
    seen = truth[truth["ds"] >= _from(truth, lines)]
    shown = seen.iloc[thin(seen["y"])]
    figure.add_scatter(
        x=shown["ds"].to_numpy(),
        y=shown["y"].to_numpy(),
        name=words["truth"],
        mode="lines",
        line={"color": TRUTH, "width": 1.6},
        hovertemplate="%{y:.5g}",
    )
    for position, (name, frame) in enumerate(lines):
        _add(figure, position, name, frame, "%{y:.5g}")
    return figure


def differences_chart(
    lines: Sequence[tuple[str, pd.DataFrame]], *, height: int = 240, words: Words = ENGLISH
) -> go.Figure:
    """What each of the `lines` has above the first, (name, frame) with `ds, y`, at the times that both have; in the
    colours of `runs_chart`. The first one is the line at zero."""
    figure = blank(height, words["time"], words["difference"])
    figure.add_hline(y=0, line={"color": _style(0)["color"], "width": 1.8})
    first = lines[0][1].set_index("ds")["y"]
    for position, (name, frame) in enumerate(lines[1:], 1):
        above = (frame.set_index("ds")["y"] - first).dropna().reset_index()
        _add(figure, position, name, above, "%{y:+.4g}")
    return figure


def _add(figure: go.Figure, position: int, name: str, frame: pd.DataFrame, hover: str) -> None:
    """The line of the run at `position`; a single value is a point."""
    thinned = frame.iloc[thin(frame["y"])] if len(frame) else frame
    figure.add_scatter(
        x=thinned["ds"].to_numpy(),
        y=thinned["y"].to_numpy(),
        name=escape(name, 40),
        mode="lines" if len(thinned) > 1 else "markers",
        line=_style(position),
        hovertemplate=hover,
    )


def losses_chart(
    lines: Sequence[tuple[str, Sequence[Loss]]], *, height: int = 380, words: Words = ENGLISH
) -> go.Figure:
    """The losses of runs: solid while training, dotted on what the training did not see."""
    figure = blank(height, words["epoch"], words["loss"])
    figure.update_yaxes(type="log", exponentformat="power")
    for position, (name, points) in enumerate(lines):
        for column, dash in ((1, "solid"), (2, "dot")):
            values = [point[column] for point in points]
            if any(value is not None for value in values):
                figure.add_scatter(
                    x=[point[0] for point in points],
                    y=values,
                    name=escape(name, 40),
                    legendgroup=str(position),
                    showlegend=column == 1,
                    mode="lines+markers" if len(points) < 3 else "lines",
                    line={"color": _COLOURS[position % len(_COLOURS)], "width": 1.8, "dash": dash},
                    connectgaps=True,
                    hovertemplate="%{y:.4g}",
                )
    return figure


def _from(truth: pd.DataFrame, lines: Sequence[tuple[str, pd.DataFrame]]) -> Any:
    """Where to begin: some way before the first of the lines, so that these fill the figure."""
    begin = min((frame["ds"].iloc[0] for _, frame in lines if len(frame)), default=truth["ds"].iloc[0])
    before = truth["ds"][truth["ds"] < begin]
    reach = min(len(before), max(30, max((len(frame) for _, frame in lines), default=0) // 4))
    return before.iloc[-reach] if reach else begin


def _style(position: int) -> dict[str, object]:
    """Colours first, then dashes: runs can be told apart, by the colour-blind too."""
    dash = _DASHES[position // len(_COLOURS) % len(_DASHES)]
    return {"color": _COLOURS[position % len(_COLOURS)], "width": 1.8, "dash": dash}
