"""Figures of what a forecast would be: scenarios as lines beside the base, and their differences with intervals."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from forecasting.charts.contributions import LABEL
from forecasting.charts.series import forecast_chart, levels_of
from forecasting.charts.style import FORECAST, LINEAR, NAIVE, REPAIR, SEASONAL, TRUTH, blank, escape, hovered
from forecasting.charts.words import ENGLISH, Words

# By colour and by dash, so that no two are told apart by colour alone.
LOOKS = (
    (SEASONAL, "dash"),
    (LINEAR, "dot"),
    (REPAIR, "dashdot"),
    (TRUTH, "longdash"),
    (NAIVE, "longdashdot"),
    (SEASONAL, "dot"),
)
_BAND = 80  # the level of the base's interval that is drawn

Line = tuple[str, int, Sequence[float]]  # name, its place among all scenarios, values at the steps ahead


def scenario_chart(
    history: pd.DataFrame,
    forecast: pd.DataFrame,
    lines: Sequence[Line],
    name: str,
    *,
    tail: int,
    adjusted: Sequence[float] | None = None,
    height: int = 400,
    digits: int | None = None,
    words: Words = ENGLISH,
) -> go.Figure:
    """The last `tail` values of `history` (`ds, y`), the `forecast` of the same series with one interval, a line for
    each scenario, and the forecast as it was `adjusted` by hand."""
    levels = levels_of(forecast)
    kept = _BAND if _BAND in levels else levels[len(levels) // 2] if levels else 0
    others = [f"forecast-{end}-{level}" for level in levels if level != kept for end in ("lo", "hi")]
    figure = forecast_chart(
        history, forecast.drop(columns=others), name, tail=tail, height=height, digits=digits, words=words
    )
    ds = forecast["ds"].to_numpy()
    for title, place, values in lines:
        colour, dash = LOOKS[place % len(LOOKS)]
        figure.add_scatter(
            x=ds,
            y=list(values),
            name=escape(title, LABEL),
            mode="lines" if len(ds) > 1 else "markers",
            line={"color": colour, "width": 2.2, "dash": dash},
            hovertemplate=hovered(digits),
        )
    if adjusted is not None:
        figure.add_scatter(
            x=ds,
            y=list(adjusted),
            name=words["adjusted"],
            mode="lines+markers",
            line={"color": FORECAST, "width": 1.6, "dash": "dot"},
            marker={"symbol": "diamond", "size": 8},
            hovertemplate=hovered(digits),
        )
    return figure


def scenario_differences(rows: Sequence[tuple[str, int, float, float, float]], *, words: Words = ENGLISH) -> go.Figure:
    """The difference of each scenario to the base, with the ends of its interval: name, place among all scenarios,
    difference, low, high; the first on top."""
    places = list(range(len(rows)))
    figure = blank(84 + 34 * len(rows), words["difference_of_totals"], "", showlegend=False, hovermode="closest")
    for at, (name, place, gap, low, high) in enumerate(rows):
        figure.add_scatter(
            x=[gap],
            y=[at],
            mode="markers",
            marker={"color": LOOKS[place % len(LOOKS)][0], "size": 10},
            error_x={"type": "data", "symmetric": False, "array": [high - gap], "arrayminus": [gap - low],
                     "color": LOOKS[place % len(LOOKS)][0], "thickness": 2, "width": 5},
            hovertemplate=f"{escape(name, LABEL)}: {gap:+,.4g} ({low:+,.4g} … {high:+,.4g})<extra></extra>",
        )  # fmt: skip
    figure.add_vline(x=0, line={"color": NAIVE, "width": 1, "dash": "dot"})
    return figure.update_yaxes(
        tickvals=places, ticktext=[escape(row[0], LABEL) for row in rows], range=[len(rows) - 0.5, -0.5],
        ticklabelstandoff=6, zeroline=False,
    )  # fmt: skip
