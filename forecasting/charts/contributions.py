"""Figures of a forecast as a sum: a waterfall of one step, all steps stacked, what covariates and holidays do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from forecasting.charts.style import (
    FORECAST,
    LINEAR,
    NAIVE,
    REPAIR,
    SEASONAL,
    TRUTH,
    blank,
    escape,
    share_format,
    tint,
)
from forecasting.charts.words import ENGLISH, Words

LABEL, SHORT = 28, 22  # letters of a part beside its bar, and in a legend
KINDS = {
    "season": SEASONAL,
    "recent": TRUTH,
    "network": FORECAST,
    "covariate": REPAIR,
    "leader": REPAIR,
    "calendar": LINEAR,
}
_WASHED = (1.0, 0.65, 0.4)  # of parts that have the same colour

Row = tuple[str, str, Sequence[float]]  # label, kind, contribution to each step


def waterfall_chart(
    base: tuple[str, float], rows: Sequence[tuple[str, float]], total: tuple[str, float], unit: str = ""
) -> go.Figure:
    """From the base to the forecast of one step, a bar for what each part adds, from top to bottom. base, total: label
    and value; rows: label and what it adds, which with the base sum to the total."""
    labels = [base[0], *(label for label, _ in rows), total[0]]
    places = list(range(len(labels)))  # names may come from a file, and two of them be the same once they are cut
    names = [escape(label, LABEL) for label in labels]
    values = [base[1], *(value for _, value in rows), total[1]]
    measures = ["absolute", *["relative"] * len(rows), "total"]
    ends = [base[1]]
    for _, value in rows:
        ends.append(ends[-1] + value)
    low, high = min(*ends, total[1]), max(*ends, total[1])
    margin = 0.36 * (high - low) or abs(high) * 0.1 or 1.0
    figure = blank(84 + 28 * len(labels), escape(unit, 24), "", showlegend=False, hovermode="closest")
    figure.add_waterfall(
        y=places,
        x=values,
        measure=measures,
        orientation="h",
        text=[f"{values[0]:.4g}", *(f"{value:+.3g}" for _, value in rows), f"{total[1]:.4g}"],
        textposition="outside",
        cliponaxis=False,
        customdata=names,
        hovertemplate="%{customdata}: %{text}<extra></extra>",
        increasing={"marker": {"color": SEASONAL}},
        decreasing={"marker": {"color": REPAIR}},
        totals={"marker": {"color": FORECAST}},
        connector={"line": {"color": NAIVE, "width": 1, "dash": "dot"}},
    )
    # From zero the steps between base and forecast could be too small to be seen.
    near = low - margin > 0 or high + margin < 0
    figure.update_xaxes(range=[low - margin, high + margin] if near else [min(low, 0) - margin, max(high, 0) + margin])
    return figure.update_yaxes(tickvals=places, ticktext=names, autorange="reversed", ticklabelstandoff=6)


def stacked_chart(
    ds: Sequence[Any], rows: Sequence[Row], forecast: Sequence[float], base: float, *, words: Words = ENGLISH
) -> go.Figure:
    """What each part adds to each step, upwards and downwards from the `base`, and the forecast as a line."""
    figure = blank(430, "", words["from_base"].format(base=f"{base:,.4g}"), barmode="relative", bargap=0.15)
    used: dict[str, int] = {}
    for label, kind, values in rows:
        colour = KINDS.get(kind, NAIVE)
        rank = used.setdefault(colour, 0)
        used[colour] += 1
        figure.add_bar(
            x=list(ds),
            y=list(values),
            name=escape(label, SHORT),
            marker={"color": tint(colour, _WASHED[min(rank, len(_WASHED) - 1)]), "line": {"width": 0}},
            hovertemplate="%{y:+.4g}",
        )
    figure.add_scatter(
        x=list(ds),
        y=[value - base for value in forecast],
        name=words["future"],
        mode="lines+markers" if len(forecast) <= 40 else "lines",
        line={"color": FORECAST, "width": 2.2},
        marker={"size": 5},
        customdata=list(forecast),
        hovertemplate="%{customdata:.5g}",
    )
    return figure.update_yaxes(zeroline=True)


def effect_chart(curve: Mapping[str, Any], name: str, *, words: Words = ENGLISH) -> go.Figure:
    """How the mean forecast changes with a covariate: a line, and the middle 80 % of origins as a band."""
    share = curve["kind"] == "share"
    points = sorted(zip(curve["at"], curve["change"], curve["low"], curve["high"], strict=True))
    if share:
        points = sorted([*points, (0.0, 0.0, 0.0, 0.0)])
    x = [point[0] for point in points]
    figure = blank(300, escape(name, 40), words["change_of_forecast"])
    for place, end in ((2, "lo"), (3, "hi")):
        figure.add_scatter(
            x=x,
            y=[point[place] for point in points],
            name=words["most_origins"],
            legendgroup="band",
            showlegend=end == "hi",
            mode="lines",
            line={"width": 0, "color": FORECAST},
            fill=None if end == "lo" else "tonexty",
            fillcolor=tint(FORECAST, 0.18),
            hovertemplate=f"%{{y:+.4g}}<extra>{words[end].format(level=80)}</extra>",
        )
    figure.add_scatter(
        x=x,
        y=[point[1] for point in points],
        name=words["this_forecast"],
        mode="lines+markers",
        line={"color": FORECAST, "width": 2},
        hovertemplate="%{y:+.4g}",
    )
    figure.add_hline(y=0, line={"color": NAIVE, "width": 1, "dash": "dot"})
    if share:
        figure.update_xaxes(tickvals=x, tickformat="+.0%")
    return figure


def holiday_chart(rows: Sequence[tuple[str, float, float]], *, relative: bool, words: Words = ENGLISH) -> go.Figure:
    """What each holiday adds: label, effect, and half of the 80 % interval of one occurrence, the first on top; shares
    of what is usual where `relative`."""
    ranked = list(reversed(rows))
    places = list(range(len(ranked)))
    names = [escape(label, LABEL) for label, _, _ in ranked]
    title = words["of_usual"] if relative else words["change_of_forecast"]
    figure = blank(84 + 28 * len(ranked), title, "", showlegend=False, hovermode="closest", bargap=0.35)
    figure.add_bar(
        x=[effect for _, effect, _ in ranked],
        y=places,
        orientation="h",
        marker={"color": [tint(SEASONAL if effect >= 0 else REPAIR, 0.6) for _, effect, _ in ranked]},
        error_x={"type": "data", "array": [half for *_, half in ranked], "color": NAIVE, "thickness": 1.4, "width": 4},
        customdata=names,
        hovertemplate="%{customdata}: %{x:+.1%}<extra></extra>"
        if relative
        else "%{customdata}: %{x:+.4g}<extra></extra>",
    )
    if relative:
        figure.update_xaxes(tickformat="+" + share_format(max(abs(effect) for _, effect, _ in ranked)))
    figure.add_vline(x=0, line={"color": NAIVE, "width": 1})
    return figure.update_yaxes(tickvals=places, ticktext=names, ticklabelstandoff=6)
