"""What all figures share: colours with a meaning, escaping, thinning, an empty figure."""

from __future__ import annotations

import html
from typing import Any

import numpy as np
import numpy.typing as npt
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

METHOD_COLOURS = {
    "forecast": FORECAST,
    "naive": NAIVE,
    "seasonal-naive": SEASONAL,
    "anchor": TRUTH,
    "anchor-linear": LINEAR,
    "recurrent": FORECAST,
    "textbook": REPAIR,
}

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
    figure = go.Figure()
    figure.update_layout(
        height=height,
        # On top there is room for the legend and for the mode bar, which a touch screen shows all the time.
        margin={"l": 8, "r": 8, "t": 48, "b": 8},
        hovermode="x unified",
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "title": None},
        xaxis={"title": x_title, "automargin": True},
        yaxis={"title": y_title, "automargin": True},
        uirevision="keep",  # zoom and hidden lines survive a redraw
    )
    if layout.get("showlegend") is False:
        layout = {"margin": {"l": 8, "r": 8, "t": 30, "b": 8}, **layout}
    return figure.update_layout(**layout)


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
