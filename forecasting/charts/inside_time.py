"""Input, gates, states and gradient of a cell over one sequence, on one time axis. Of results of `run_cells`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from forecasting.charts.cell_diagram import NAMES
from forecasting.charts.cell_training import LEAST_GRADIENT
from forecasting.charts.lab_colours import CELLS, CYAN, OLIVE
from forecasting.charts.lines import numbers
from forecasting.charts.style import FORECAST, NAIVE, REPAIR, SEASONAL, blank, tint
from forecasting.charts.words import ENGLISH, Words

GATES = {
    "rnn": {},
    "lstm": {"input": SEASONAL, "forget": CYAN, "output": OLIVE, "candidate": REPAIR},
    "gru": {"reset": SEASONAL, "update": CYAN, "candidate": REPAIR},
}
ROWS = {  # -> the words above each; above the gates stand their names alone, which fill the width of a phone
    "value": "inside_value",
    "cell": "state_cell",
    "hidden": "state_hidden",
    "gradient": "inside_gradient",
}
_GAP = 0.055  # between rows, as a share of the height


def inside_time_chart(
    result: Mapping[str, Any], cell: str, unit: int, lag: int, when: str = "after", *, words: Words = ENGLISH
) -> go.Figure:
    """Rows over the same steps: the input, the gates of `unit` (from 0), the cell state (of an LSTM), the hidden state,
    and the gradient of the loss at the end by the input of each step, "before" or "after" training.

    Other units are drawn faintly. A line marks the step `lag` before the end.
    """
    inside = {name: numbers(values) for name, values in result["cells"][cell]["inside"].items()}  # [T, H]
    rows = ["value", *(["gates"] if GATES[cell] else []), *(["cell"] if "cell" in inside else []), "hidden", "gradient"]
    steps = list(range(len(result["example"]["value"])))
    figure = blank(118 * len(rows) + 90, "", "", hoversubplots="axis")
    axes = dict(zip(rows, ["y", *(f"y{number}" for number in range(2, len(rows) + 1))], strict=True))

    def draw(row: str, y: Any, name: str, colour: str, *, faint: bool = False, digits: str = ".3f") -> None:
        figure.add_scatter(
            x=steps, y=y, name=name, mode="lines", xaxis="x", yaxis=axes[row],
            line={"color": tint(colour, 0.28) if faint else colour, "width": 1 if faint else 2},
            showlegend=False, **({"hoverinfo": "skip"} if faint else {"hovertemplate": f"%{{y:{digits}}}"}),
        )  # fmt: skip

    draw("value", numbers(result["example"]["value"]), words["value"], NAIVE)
    marked = [step for step, mark in zip(steps, result["example"]["marked"], strict=True) if mark]
    figure.add_scatter(
        x=marked, y=numbers(result["example"]["value"])[marked], mode="markers", yaxis="y", showlegend=False,
        name=words["marked"], marker={"color": FORECAST, "size": 9}, hoverinfo="skip",
    )  # fmt: skip
    for name, colour in GATES[cell].items():
        draw("gates", inside[name][:, unit], words[NAMES[name]], colour)
    for state in ("cell", "hidden"):
        if state in inside:
            for other in set(range(inside[state].shape[1])) - {unit}:
                draw(state, inside[state][:, other], "", NAIVE, faint=True)
            draw(state, inside[state][:, unit], words[NAMES[state]], FORECAST)
    for name, colour in CELLS.items():
        gradient = numbers(result["cells"][name]["gradient"][when])
        draw("gradient", np.maximum(gradient, LEAST_GRADIENT), words[name], colour, digits=".1e")
        if name == cell:
            figure.data[-1].line.width = 3
    _arrange(figure, rows, cell, words)
    figure.add_shape(
        type="line", xref="x", yref="paper", x0=steps[-1] - lag, x1=steps[-1] - lag, y0=0, y1=1,
        line={"color": FORECAST, "width": 1.6, "dash": "dash"},
    )  # fmt: skip
    return figure


def liveliest_unit(result: Mapping[str, Any], cell: str) -> int:
    """The unit (from 0) of `cell` whose hidden state varies most over the sequence."""
    return int(np.argmax(np.nan_to_num(numbers(result["cells"][cell]["inside"]["hidden"])).std(axis=0)))


def _arrange(figure: go.Figure, rows: list[str], cell: str, words: Words) -> None:
    """A y axis for each row from the top down, above one x axis; its title, with its colours, stands above the row."""
    colours = {
        "gates": {words[NAMES[name]]: colour for name, colour in GATES[cell].items()},
        "gradient": {words[name]: colour for name, colour in CELLS.items()},
    }
    high = (1 - _GAP * (len(rows) - 1)) / len(rows)
    for place, row in enumerate(rows):
        top = 1 - place * (high + _GAP)
        name = "yaxis" if place == 0 else f"yaxis{place + 1}"
        axis: dict[str, Any] = {"domain": [max(0.0, top - high), top], "anchor": "x", "automargin": True, "nticks": 4}
        if row == "gradient":
            axis |= {"type": "log", "exponentformat": "power", "nticks": 5}
        figure.update_layout({name: axis})
        figure.add_annotation(
            xref="paper", yref="paper", x=0, y=top, xanchor="left", yanchor="bottom", showarrow=False,
            text=_title(words[ROWS[row]] if row in ROWS else "", colours.get(row, {})), font={"size": 12},
        )  # fmt: skip
    last = f"y{len(rows)}"
    figure.update_xaxes(title=words["time_step"], anchor=last)


def _title(text: str, colours: Mapping[str, str]) -> str:
    """`text` and a legend: a square in its colour before each name."""
    named = [f'<span style="color:{colour}">\u25a0</span> {name}' for name, colour in colours.items()]
    return "  ".join([*([text] if text else []), *named])
