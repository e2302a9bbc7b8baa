"""Figures of many series at once: how good their forecasts are, where the volume is, and what they look like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from forecasting.charts.style import FORECAST, NAIVE, SEASONAL, TRUTH, blank, escape, tint
from forecasting.charts.words import ENGLISH, Words
from forecasting.panel import Values

VERDICT_COLOURS = {"better": SEASONAL, "same": NAIVE, "worse": FORECAST, "too-short": TRUTH, "unknown": TRUTH}
SHOWN = (-1.0, 1.0)  # skills beyond these are drawn at the edge
BINS = 40
MOST_PIECES = 1_500
MOST_POINTS = 1_500  # each is an element of the page: WebGL, which draws more, is not in every browser


def skill_histogram(
    skill: Values, verdicts: Sequence[str], names: Mapping[str, str], *, words: Words = ENGLISH
) -> go.Figure:
    """How many series have which skill, by verdict. skill [S]: NaN where it is unknown; names: verdict -> its name."""
    figure = blank(260, words["skill"], words["series_count"], barmode="stack", bargap=0.04, hovermode="x")
    edges = np.linspace(*SHOWN, BINS + 1)
    middles = (edges[:-1] + edges[1:]) / 2
    known = np.clip(skill, SHOWN[0], SHOWN[1] - 1e-9)
    kinds = np.asarray(verdicts)
    for verdict, name in names.items():
        counts, _ = np.histogram(known[(kinds == verdict) & np.isfinite(skill)], bins=edges)
        if counts.any():
            figure.add_bar(
                x=middles, y=counts, name=name, width=0.96 * (edges[1] - edges[0]),
                marker={"color": VERDICT_COLOURS.get(verdict, NAIVE), "line": {"width": 0}},
                hovertemplate=f"{escape(name)}: %{{y}}<extra></extra>",
            )  # fmt: skip
    figure.add_vline(x=0, line={"color": NAIVE, "width": 1, "dash": "dot"})
    return figure.update_xaxes(range=[SHOWN[0] - 0.02, SHOWN[1] + 0.02], tickformat=".0%")


def volume_chart(table: pd.DataFrame, names: Mapping[str, str], *, words: Words = ENGLISH) -> go.Figure:
    """Volume against skill, a point a series; `customdata` holds its place in `table` (unique_id, volume, skill,
    verdict). Of more than some thousands the largest are drawn."""
    figure = blank(320, words["volume"], words["skill"], hovermode="closest")
    drawn = table[np.isfinite(table["skill"]) & (table["volume"] > 0)]
    drawn = drawn.nlargest(MOST_POINTS, "volume") if len(drawn) > MOST_POINTS else drawn
    for verdict, name in names.items():
        own = drawn[drawn["verdict"] == verdict]
        if len(own):
            figure.add_scatter(
                x=own["volume"], y=np.clip(own["skill"], *SHOWN), mode="markers", name=name,
                marker={"color": tint(VERDICT_COLOURS.get(verdict, NAIVE), 0.75), "size": 8},
                customdata=np.stack([own.index.to_numpy(), own["skill"].to_numpy()], axis=1),
                text=[escape(one, 40) for one in own["unique_id"]],
                hovertemplate="%{text}<br>%{x:.4g} · %{customdata[1]:.0%}<extra></extra>",
            )  # fmt: skip
    figure.add_hline(y=0, line={"color": NAIVE, "width": 1, "dash": "dot"})
    span = float(drawn["volume"].max() / drawn["volume"].min()) if len(drawn) else 1.0
    if span > 50:
        figure.update_xaxes(type="log", dtick="D2")
    return figure.update_yaxes(tickformat=".0%")


def small_multiples(rows: Sequence[tuple[str, Values]], *, columns: int = 4) -> go.Figure:
    """A small chart each of (title, values), all of one height and each on its own scale."""
    columns = min(columns, max(1, len(rows)))
    lines = -(-len(rows) // columns)
    figure = make_subplots(
        rows=max(1, lines), cols=columns, subplot_titles=[escape(title, 44) for title, _ in rows],
        horizontal_spacing=0.04, vertical_spacing=min(0.4, 0.34 / max(1, lines)),
    )  # fmt: skip
    for place, (title, values) in enumerate(rows):
        figure.add_scatter(
            y=values, mode="lines", line={"color": TRUTH, "width": 1.4}, name=escape(title, 44),
            hovertemplate="%{y:.5g}<extra></extra>", row=place // columns + 1, col=place % columns + 1,
        )  # fmt: skip
    figure.update_layout(
        height=44 + 130 * max(1, lines), showlegend=False, margin={"l": 8, "r": 8, "t": 34, "b": 8}, hovermode="closest"
    )
    figure.update_annotations(font={"size": 12})
    figure.update_xaxes(showticklabels=False, showgrid=False, zeroline=False)
    return figure.update_yaxes(showticklabels=False, showgrid=False, zeroline=False)


def sums_chart(keys: pd.DataFrame, ahead: Values, before: Values, *, words: Words = ENGLISH) -> go.Figure:
    """What the forecast adds up to, key by key from the middle outwards; the colour is the change.

    keys: a row a series, the outermost key first; ahead, before [S]: sums over the horizon and the stretch before it.
    Where the innermost keys would make too many pieces they are left out.
    """
    columns = list(keys.columns)
    while len(columns) > 1 and len(keys[columns].drop_duplicates()) > MOST_PIECES:
        columns.pop()
    sums = keys[columns].astype(str).assign(ahead=np.maximum(np.nan_to_num(ahead), 0.0), before=np.nan_to_num(before))
    ids, labels, parents, values, changes = [], [], [], [], []
    for depth in range(1, len(columns) + 1):
        groups = sums.groupby(columns[:depth], sort=False, as_index=False)[["ahead", "before"]].sum()
        for row in groups.itertuples(index=False):
            path = [str(part) for part in row[:depth]]
            ids.append("\x1f".join(path))
            labels.append(escape(path[-1], 30))
            parents.append("\x1f".join(path[:-1]))
            values.append(float(row[depth]))
            base = float(row[depth + 1])
            changes.append(float(row[depth]) / base - 1 if base > 0 else 0.0)
    reach = max(0.05, float(np.quantile(np.abs(changes), 0.9)) if changes else 0.05)
    figure = go.Figure(
        go.Sunburst(
            ids=ids, labels=labels, parents=parents, values=values, branchvalues="total", maxdepth=3,
            customdata=changes, hovertemplate="%{label}<br>%{value:.5g}<br>%{customdata:+.1%}<extra></extra>",
            marker={
                "colors": changes, "cmin": -reach, "cmax": reach,
                "colorscale": [[0.0, FORECAST], [0.5, "#d9dde2"], [1.0, SEASONAL]],
                "colorbar": {"title": {"text": words["change"]}, "tickformat": ".0%", "thickness": 12, "len": 0.7},
                "line": {"width": 1},
            },
        )
    )  # fmt: skip
    return figure.update_layout(height=460, margin={"l": 8, "r": 8, "t": 8, "b": 8}, uirevision="keep")
