"""The networks of a grid as small pictures: each with the wave it was to predict, and its test MSE."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from forecasting.charts.lab_colours import PLAIN, RECOMMENDED
from forecasting.charts.lines import numbers
from forecasting.charts.style import TRUTH
from forecasting.charts.words import ENGLISH, Words

ROW = 118  # pixels
ROOM = 0.25  # of the truth's range above and below it, beyond which a line is cut off


def sine_grid_chart(
    parts: Sequence[Mapping[str, Any]],
    recipe: str,
    columns: Sequence[str],
    rows: Sequence[str],
    *,
    words: Words = ENGLISH,
) -> go.Figure:
    """Of the parts of a `run_sine_grid` result, in their order, trained by `recipe`.

    columns: what each window and noise is called; rows: each cell and its layers.
    """
    places = list(dict.fromkeys((part["window"], part["noise"]) for part in parts))
    kinds = list(dict.fromkeys((part["cell"], part["num_layers"]) for part in parts))
    colour = RECOMMENDED if recipe == "tidecast" else PLAIN
    figure = make_subplots(
        rows=len(kinds), cols=len(places), column_titles=list(columns), row_titles=list(rows), shared_yaxes="columns",
        vertical_spacing=min(0.06, 0.2 / len(kinds)), horizontal_spacing=min(0.03, 0.1 / len(places)),
    )  # fmt: skip
    figure.update_annotations(font={"size": 12})
    truth = np.concatenate([numbers(part["true"]) for part in parts])
    room = ROOM * max(float(np.ptp(truth)), 1e-9)
    bounds = [float(truth.min()) - room, float(truth.max()) + room]
    for part in parts:
        row = kinds.index((part["cell"], part["num_layers"])) + 1
        column = places.index((part["window"], part["noise"])) + 1
        first = row == column == 1
        drawn = ((part["true"], words["truth"], TRUTH, 3), (part["predicted"], words["forecast"], colour, 1.5))
        for values, name, shade, width in drawn:
            figure.add_scatter(
                x=numbers(part["x"]), y=numbers(values), name=name, legendgroup=name, showlegend=first, mode="lines",
                line={"color": shade, "width": width, "simplify": False}, opacity=0.5 if shade == TRUTH else 1.0,
                hovertemplate="%{y:.3f}", row=row, col=column,
            )  # fmt: skip
        mse = part["test_mse"]
        said = words["diverged_word"] if part["diverged"] or mse is None else f"{mse:.1e}"
        figure.add_annotation(
            text=said, x=0.02, y=1.0, xref="x domain", yref="y domain", xanchor="left", yanchor="top", showarrow=False,
            font={"size": 11}, row=row, col=column,
        )  # fmt: skip
    figure.update_xaxes(showticklabels=False, matches=None)
    figure.update_yaxes(range=bounds, showticklabels=False)
    return figure.update_layout(
        height=ROW * len(kinds) + 90, margin={"l": 8, "r": 28, "t": 62, "b": 8}, hovermode="x", uirevision="keep",
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "top", "yref": "container", "title": None},
    )  # fmt: skip
