"""Figures of one cell at one step: what it reads, its units, its answer, and two states side by side.

Of what `read_through` gives for results of `run_one_cell`. Axes: H hidden units, V letters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from forecasting.charts.cell_training import LEAST_GRADIENT
from forecasting.charts.lab_colours import CELLS, CYAN, OLIVE
from forecasting.charts.lines import Values, line, log_y, numbers
from forecasting.charts.style import FORECAST, NAIVE, TRUTH, blank, tint
from forecasting.charts.words import ENGLISH, Words

# Pale enough for numbers on it in both themes.
_SIGNED = [[0.0, tint(TRUTH, 0.6)], [0.5, tint(NAIVE, 0.04)], [1.0, tint(FORECAST, 0.6)]]


def letter_bars(
    letters: Sequence[str],
    values: Sequence[float],
    marked: int,
    title: str,
    *,
    height: int = 250,
    ink: str = NAIVE,
) -> go.Figure:
    """A share for each letter, `title` below; the letter at `marked` is the right one."""
    figure = blank(height, title, "", showlegend=False, hovermode="closest", bargap=0.35)
    figure.add_bar(
        x=list(letters),
        y=list(values),
        marker={"color": [FORECAST if place == marked else NAIVE for place in range(len(letters))]},
        text=[f"{value:.2f}" for value in values],
        textposition="outside",
        textfont={"color": ink},
        cliponaxis=False,
        hovertemplate="%{x}: %{y:.4f}<extra></extra>",
    )
    figure.update_xaxes(type="category", fixedrange=True)
    return figure.update_yaxes(range=[0, 1.18], tickvals=[0, 0.5, 1], fixedrange=True)


def state_bars(
    states: Mapping[str, Sequence[float]], *, height: int = 250, most: float = 1.0, words: Words = ENGLISH
) -> go.Figure:
    """Two states of every unit [H] side by side, by their names: the earlier one grey."""
    figure = blank(height, words["unit"], "", barmode="group", bargap=0.25)
    colours = (NAIVE, FORECAST) if len(states) == 2 else (FORECAST,)
    for (name, values), colour in zip(states.items(), colours, strict=True):
        figure.add_bar(
            x=list(range(1, len(values) + 1)), y=list(values), name=name, marker={"color": colour},
            hovertemplate="%{y:.3f}",
        )  # fmt: skip
    figure.update_xaxes(dtick=1, fixedrange=True)
    return figure.update_yaxes(range=[-1.1 * most, 1.1 * most], fixedrange=True)


def same_letter_bars(states: Mapping[str, Sequence[float]], *, height: int = 280, words: Words = ENGLISH) -> go.Figure:
    """The hidden states [H] after two steps that read the same, by their names."""
    figure = state_bars(states, height=height, words=words)
    for trace, colour in zip(figure.data, (CYAN, OLIVE), strict=True):
        trace.marker.color = colour
    return figure


def unit_map(
    rows: Mapping[str, Sequence[float]], chosen: int, *, height: int | None = None, ink: str = NAIVE,
    words: Words = ENGLISH,
) -> go.Figure:  # fmt: skip
    """Every gate and state, a row each by its name, of every unit; the column of unit `chosen` (from 0) is framed.

    Colours are full at 1 and -1; numbers are exact.
    """
    values = numbers(list(rows.values()))  # [rows, H]
    figure = blank(height or 90 + 34 * len(rows), words["unit"], "", showlegend=False, hovermode="closest")
    figure.add_heatmap(
        z=np.clip(values, -1, 1),
        x=list(range(1, values.shape[1] + 1)),
        y=list(range(len(rows))),
        zmin=-1,
        zmax=1,
        colorscale=_SIGNED,
        showscale=False,
        xgap=2,
        ygap=2,
        text=[[f"{value:.2f}".replace("-0.00", "0.00") for value in row] for row in values],
        texttemplate="%{text}",
        textfont={"color": ink},
        customdata=np.stack([np.repeat(np.array(list(rows))[:, None], values.shape[1], axis=1), values], axis=-1),
        hovertemplate=f"{words['unit']} %{{x}}<br>%{{customdata[0]}}: %{{customdata[1]:.4f}}<extra></extra>",
    )
    figure.add_shape(
        type="rect", x0=chosen + 0.5, x1=chosen + 1.5, y0=-0.5, y1=len(rows) - 0.5, line={"color": TRUTH, "width": 2}
    )
    figure.update_xaxes(dtick=1, showgrid=False, zeroline=False, fixedrange=True)
    return figure.update_yaxes(
        tickvals=list(range(len(rows))), ticktext=list(rows), autorange="reversed", showgrid=False, zeroline=False,
        fixedrange=True,
    )  # fmt: skip


def walk_chart(
    read: Values, target: Values, answer: Values, step: int, *, height: int = 250, words: Words = ENGLISH
) -> go.Figure:
    """A series as it is read, the right answer and the cell's at each step; `step` (from 1) is marked."""
    at = list(range(1, len(read) + 1))
    figure = blank(height, words["time_step"], words["value"])
    line(figure, at, read, words["read"], NAIVE, width=1.4, dash="dot")
    line(figure, at, target, words["asked"], TRUTH)
    line(figure, at, answer, words["answered"], FORECAST)
    figure.add_vline(x=step, line={"color": NAIVE, "width": 1.4})
    return figure


def reach_chart(
    gradients: Mapping[str, Sequence[float]], cell: str, *, height: int = 260, words: Words = ENGLISH
) -> go.Figure:
    """The gradient of an answer by the state so many steps before, of each cell; that of `cell` is drawn strongest."""
    figure = blank(height, words["steps_before"], words["gradient"])
    log_y(figure)
    for name, sizes in gradients.items():
        drawn = np.maximum(numbers(sizes), LEAST_GRADIENT).tolist()
        width = 3.0 if name == cell else 1.4
        line(
            figure,
            range(len(sizes)),
            drawn,
            words[name],
            CELLS[name],
            width=width,
            digits=".1e",
            mode="lines+markers",
        )
    figure.update_xaxes(tickformat="d", dtick=1 if len(drawn) <= 8 else None)
    return figure
