"""What all figures share: colours with a meaning, escaping, thinning, an empty figure to start from."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from forecasting.charts.teaching_words import TEACHING

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

Words = Mapping[str, str]
ENGLISH: Words = {
    "truth": "True",
    "forecast": "Predicted",
    "future": "Forecast",
    "naive": "Naive",
    "seasonal-naive": "Seasonal naive",
    "anchor": "Anchor",
    "anchor-linear": "Anchor + linear",
    "network": "Whole network",
    "attention_weight": "Attention",
    "attention_even": "Same for all",
    "lag_back": "Steps before the last value",
    "lag_weight": "Influence",
    "interval": "{level} % interval",
    "train": "training",
    "validation": "validation",
    "test": "test",
    "now": "end of data",
    "time": "Time",
    "value": "Value",
    "steps": "Steps ahead",
    "mae": "Mean absolute error",
    "count": "Count",
    "residual": "True minus predicted",
    "epoch": "Epoch",
    "loss": "Loss",
    "train_loss": "Training",
    "valid_loss": "Validation",
    "test_loss": "Test",
    "learning_rate": "Learning rate",
    "missing": "filled gap",
    "duplicates": "merged",
    "outliers": "outlier",
    "zeros": "odd zero",
    "line": "line {rows}",
    "trend": "Trend",
    "seasonal": "Season",
    "rest": "Rest",
    "lag": "Steps of delay",
    "correlation": "Correlation",
    "year": "Year",
    "week": "Week",
    "repair": "repaired",
    "weekdays": "Mon,Tue,Wed,Thu,Fri,Sat,Sun",
    "months": "Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec",
    "weekday": "Weekday",
    "month": "Month",
    "hour": "Hour",
    "text_read": "Letter read",
    "text_said": "Letter said",
    "text_letter_bits": "Loss (bits a letter)",
    "text_step": "Step",
    "text_bits": "Bits a character",
    "text_unit": "bits",
    "text_place": "place",
    "text_tail": "Last 10 %, never seen",
    "text_ngram": "Best n-gram",
    "text_network": "Character LSTM",
    "text_order": "Order of the n-gram",
    "text_probability": "Probability",
    **TEACHING,
}


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
    """A figure with the manners of all: no title, legend on top, one hover label for all lines."""
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
    """Positions to draw of `lines` (same length) that keep each one's look: MinMaxLTTB, the union over the lines."""
    length = len(np.asarray(lines[0]))
    if length <= most:
        return np.arange(length)
    from tsdownsample import MinMaxLTTBDownsampler

    thinner = MinMaxLTTBDownsampler()  # type: ignore[no-untyped-call]  # comes without types
    whole = [np.ascontiguousarray(np.nan_to_num(np.asarray(line, dtype=np.float64))) for line in lines]
    keep = [thinner.downsample(line, n_out=most) for line in whole]
    return np.unique(np.concatenate(keep)).astype(np.intp)
