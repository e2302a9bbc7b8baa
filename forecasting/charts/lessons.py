"""The charts of the lessons: what was compared, as lines over one axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from forecasting.charts.lines import line, log_y, numbers
from forecasting.charts.style import FORECAST, LINEAR, NAIVE, REPAIR, SEASONAL, TRUTH, blank

_WAYS = (FORECAST, SEASONAL, LINEAR, REPAIR)
_QUIET = {"naive": "dot", "usual-low": "dash", "usual-high": "dash", "exact": "dot", "32": "dot"}  # what others are
ROOM = 0.6  # of the truth's range, beyond which a line is cut off


def lesson_colours(result: Mapping[str, Any]) -> dict[str, str]:
    """The colour of each way, the same on all charts of a lesson."""
    ways = [way for one in result["panels"] for way in one["lines"] if way not in ("truth", "read", *_QUIET)]
    fixed = {"truth": TRUTH, "read": NAIVE} | dict.fromkeys(_QUIET, NAIVE)
    return fixed | {way: _WAYS[place % len(_WAYS)] for place, way in enumerate(dict.fromkeys(ways))}


def lesson_chart(
    panel: Mapping[str, Any], colours: Mapping[str, str], names: Mapping[str, str], titles: Sequence[str],
    *, height: int = 320,
) -> go.Figure:  # fmt: skip
    """A panel of a lesson's result. names: of its lines and marks; titles: of its axes.

    Beside a truth the axis is bounded by it, so that a line that runs away leaves the rest to be read.
    """
    figure = blank(height, *titles)
    if panel["log"]:
        log_y(figure)
    points = len(panel["x"])
    for way, values in panel["lines"].items():
        mode = "markers" if way == "read" else "lines+markers" if points <= 12 else "lines"
        line(
            figure, panel["x"], values, names[way], colours[way], width=2.4 if way == "truth" else 1.6,
            dash=_QUIET.get(way, "solid"), digits=".3g", mode=mode,
        )  # fmt: skip
    for name, at in panel["marks"].items():
        figure.add_vline(
            x=at, line={"color": NAIVE, "dash": "dot", "width": 1.5},
            annotation={"text": names[name], "font": {"size": 11, "color": NAIVE}}, annotation_position="top left",
        )  # fmt: skip
    truth = numbers(panel["lines"].get("truth", []))
    if truth.size:
        low, high = float(np.nanmin(truth)), float(np.nanmax(truth))
        room = ROOM * max(high - low, 1e-9)
        figure.update_yaxes(range=[low - room, high + room])
    return figure
