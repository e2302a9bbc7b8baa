"""Figures of the data itself: the series as read, and its forecast beyond the end."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from forecasting.charts.style import FORECAST, REPAIR, TRUTH, blank, escape, hovered, on_steps, thin, tint
from forecasting.charts.words import ENGLISH, Words

MANY = 40  # marks of one kind, beyond which they are a strip
_SYMBOLS = {"missing": "circle", "duplicates": "diamond-open", "outliers": "x-thin-open", "zeros": "triangle-down-open"}


def series_chart(
    series: pd.DataFrame,
    name: str,
    *,
    repairs: pd.DataFrame | None = None,
    slider: bool = True,
    height: int = 320,
    digits: int | None = None,
    words: Words = ENGLISH,
) -> go.Figure:
    """One series (`ds, y`) with its repairs (`ds, y, kind, rows`) marked, and a range slider below.

    rows: the lines of the file that a mark is about, or nothing. More than MANY marks of a kind would hide the series:
    they are a strip below it. digits: of the values, after the decimal mark.
    """
    figure = blank(height, "", escape(name), showlegend=repairs is not None and not repairs.empty)
    keep = thin(series["y"])
    figure.add_scatter(
        x=series["ds"].to_numpy()[keep],
        y=series["y"].to_numpy()[keep],
        name=escape(name),
        mode="lines",
        line={"color": TRUTH, "width": 1.5},
        hovertemplate=hovered(digits),
    )
    if repairs is not None:
        rows, low = 0, float(series["y"].min())
        span = float(series["y"].max()) - low or 1.0
        for kind, marks in repairs.groupby("kind", sort=False):
            name = words.get(str(kind), words["repair"])
            if len(marks) > MANY:
                rows += 1
                name = words["marks"].format(name=name, count=len(marks))
                _strip(figure, marks, name, str(kind), low - (0.02 + 0.07 * rows) * span)
                continue
            lines = [words["line"].format(rows=escape(rows)) if rows else "" for rows in marks["rows"]]
            figure.add_scatter(
                x=marks["ds"].to_numpy(),
                y=marks["y"].to_numpy(),
                name=name,
                mode="markers",
                marker={
                    "color": REPAIR,
                    "size": 8,
                    "symbol": _SYMBOLS.get(str(kind), "circle"),
                    "line": {"width": 1.5},
                },
                text=lines,
                hovertemplate=hovered(digits) + " %{text}",
            )
    if slider:
        figure.update_xaxes(rangeslider={"visible": True, "thickness": 0.09})
    return figure


def _strip(figure: go.Figure, marks: pd.DataFrame, name: str, kind: str, foot: float) -> None:
    """Many marks as ticks in a row at the foot of the figure."""
    figure.add_scatter(
        x=marks["ds"].to_numpy(),
        y=[foot] * len(marks),
        name=name,
        mode="markers",
        marker={
            "color": REPAIR,
            "size": 9,
            "symbol": {"zeros": "x-thin-open", "outliers": "x-thin-open"}.get(kind, "line-ns-open"),
            "line": {"width": 1},
        },
        hoverinfo="name",
    )
    # Marks would widen the axis by their own size.
    figure.update_xaxes(range=[figure.data[0].x[0], figure.data[0].x[-1]])


def forecast_chart(
    history: pd.DataFrame,
    forecast: pd.DataFrame,
    name: str,
    *,
    tail: int,
    height: int = 380,
    digits: int | None = None,
    words: Words = ENGLISH,
) -> go.Figure:
    """The last `tail` values of `history` (`ds, y`) and the fan of `forecast` of the same series.

    digits: of the values, after the decimal mark.
    """
    figure = blank(height, "", escape(name))
    tail_frame = history.tail(tail)
    keep = thin(tail_frame["y"])
    figure.add_scatter(
        x=tail_frame["ds"].to_numpy()[keep],
        y=tail_frame["y"].to_numpy()[keep],
        name=words["truth"],
        mode="lines",
        line={"color": TRUTH, "width": 1.8},
        hovertemplate=hovered(digits),
    )
    # The fan starts at the last true value, so that the line has no gap.
    start = tail_frame.tail(1)
    ds = pd.concat([start["ds"], forecast["ds"]], ignore_index=True)
    levels = sorted(levels_of(forecast), reverse=True)
    for rank, level in enumerate(levels):
        # The narrower, the darker: in the legend, too, where bands do not lie on each other.
        colour = tint(FORECAST, 0.12 + 0.28 * rank / max(1, len(levels) - 1))
        for bound in ("lo", "hi"):
            y = pd.concat([start["y"], forecast[f"forecast-{bound}-{level}"]], ignore_index=True)
            figure.add_scatter(
                x=ds,
                y=y,
                name=words["interval"].format(level=level),
                legendgroup=str(level),
                showlegend=bound == "hi",
                mode="lines",
                line={"width": 0, "color": FORECAST},
                fill=None if bound == "lo" else "tonexty",
                fillcolor=colour,
                hovertemplate=f"{hovered(digits)}<extra>{words[bound].format(level=level)}</extra>",
            )
    figure.add_scatter(
        x=ds,
        y=pd.concat([start["y"], forecast["forecast"]], ignore_index=True),
        name=words["future"],
        mode="lines" if len(forecast) > 1 else "lines+markers",
        line={"color": FORECAST, "width": 2.2},
        hovertemplate=hovered(digits),
    )
    return on_steps(figure, pd.concat([tail_frame["ds"], forecast["ds"]], ignore_index=True))


def levels_of(frame: pd.DataFrame) -> list[int]:
    """The interval levels that a Forecast or Backtest has, ascending."""
    return sorted(int(column.rsplit("-", 1)[1]) for column in frame.columns if str(column).startswith("forecast-lo-"))
