"""What all figures share: colours with a meaning, escaping, thinning, an empty figure."""

from __future__ import annotations

import html
import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

# Each colour has one meaning on every page, the same in both themes: 3:1 against white and against the dark
# background, told apart by the colour-blind. .streamlit/config.toml lists the same colours in this order.
TRUTH = "#2f7fb5"
FORECAST = "#d4581b"
NAIVE = "#858b95"
SEASONAL = "#14926d"
LINEAR = "#8f68c4"
REPAIR = "#c2528b"
PALETTE = (TRUTH, FORECAST, NAIVE, SEASONAL, LINEAR, REPAIR)

# Of text beside the lines, by theme: 4.5:1 against its background, which no one grey has in both.
QUIET = {"light": "#5a6570", "dark": "#a3afba"}

METHOD_COLOURS = {
    "forecast": FORECAST,
    "naive": NAIVE,
    "seasonal-naive": SEASONAL,
    "anchor": TRUTH,
    "anchor-linear": LINEAR,
    "recurrent": FORECAST,
    "textbook": REPAIR,
}

TOP = 30  # pixels over a figure: a row of the legend, or the mode bar; the legend makes itself room for more rows
BARE = 12  # the same without a legend
TICKS = 7  # at most, where they stand on steps
MOST_STEPS = 400  # beyond which there are more ticks than one would look at when zooming in
MOST_POINTS = 2_000  # a line; more cannot be seen and costs the browser


def escape(text: object, longest: int = 60) -> str:
    """`text` from a file as Plotly may show it: no tags (Plotly would keep links), no TeX, one line, not endless."""
    line = " ".join(str(text).split()).replace("$", "")
    line = line if len(line) <= longest else line[: longest - 1] + "…"
    return html.escape(line, quote=False)


def tint(colour: str, alpha: float) -> str:
    """`#rrggbb` as a translucent colour."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha:g})"


def blank(height: int, x_title: str, y_title: str, **layout: Any) -> go.Figure:
    """An empty figure in the common style: no title, legend on top, one hover label for all lines."""
    figure = go.Figure(  # with its layout: to put one into an empty figure takes Plotly eight times as long
        layout={
            "height": height,
            "margin": {"l": 8, "r": 8, "t": TOP, "b": 8},
            "hovermode": "x unified",
            "legend": {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom"},
            "xaxis": {"title": x_title, "automargin": True},
            "yaxis": {"title": y_title, "automargin": True},
            "uirevision": "keep",  # zoom and hidden lines survive a redraw
        }
    )
    if layout.get("showlegend") is False:
        layout = {"margin_t": BARE, **layout}
    return figure.update_layout(**layout) if layout else figure


def hovered(digits: int | None = None) -> str:
    """How a value is shown under the pointer: with so many decimals, or by its leading digits."""
    return "%{y:.5g}" if digits is None else f"%{{y:,.{digits}f}}"


def on_steps(figure: go.Figure, ds: pd.Series) -> go.Figure:
    """Ticks on steps of weeks, months and longer: by itself the axis would put them on days between."""
    if ds.dtype.kind != "M" or not 1 < len(ds) <= MOST_STEPS:
        return figure
    days = float(np.median(np.diff(ds.to_numpy(dtype="datetime64[s]")).astype(np.int64))) / 86_400
    if days < 5:
        return figure
    every = max(1, math.ceil(len(ds) / TICKS))
    shown = ds.iloc[::-every].iloc[::-1]
    form = "%Y" if days > 360 else "%Y-%m" if days > 27 else "%Y-%m-%d"
    return figure.update_xaxes(tickmode="array", tickvals=list(shown), tickformat=form)


def in_theme(figure: go.Figure, theme: str) -> go.Figure:
    """Ticks, titles, legend and notes in the quiet colour of a theme, "light" or "dark"."""
    quiet = QUIET[theme]  # each set by itself: Plotly's updates take twice as long
    for axis in (*figure.select_xaxes(), *figure.select_yaxes()):
        axis.tickfont.color = axis.title.font.color = quiet
    for written in (figure.layout.legend, *figure.layout.annotations):
        written.font.color = quiet
    return figure


def share_format(most: float) -> str:
    """The tick format of an axis of shares up to `most`, with decimals enough to tell its steps apart."""
    return f".{0 if most >= 0.1 else 1 if most >= 0.01 else 2}%"


def thin(*lines: npt.ArrayLike, most: int = MOST_POINTS) -> npt.NDArray[np.intp]:
    """Positions of `lines` (same length) to draw so that each looks the same: MinMaxLTTB, the union over the lines."""
    length = len(np.asarray(lines[0]))
    if length <= most:
        return np.arange(length)
    from tsdownsample import MinMaxLTTBDownsampler

    thinner = MinMaxLTTBDownsampler()  # type: ignore[no-untyped-call]  # comes without types
    arrays = [np.ascontiguousarray(np.nan_to_num(np.asarray(line, dtype=np.float64))) for line in lines]
    keep = [thinner.downsample(line, n_out=most) for line in arrays]
    return np.unique(np.concatenate(keep)).astype(np.intp)
