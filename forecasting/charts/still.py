"""The line of a figure as a small picture that a browser shows before it has loaded what draws figures."""

from __future__ import annotations

from urllib.parse import quote

import numpy as np
import plotly.graph_objects as go

from forecasting.charts.style import TRUTH, thin

WIDTH, HEIGHT = 1000, 100  # of the picture's own units: it is stretched to its place
MOST = 600  # points


def still(figure: go.Figure) -> str:
    """A data URI of the first line of `figure`: SVG that fills its place, without axes."""
    line = figure.data[0]
    y = np.asarray(line.y, dtype=np.float64)
    x = np.asarray(line.x)
    x = x.astype("datetime64[ns]").astype(np.float64) if x.dtype.kind in "MOU" else x.astype(np.float64)
    known = np.flatnonzero(np.isfinite(y) & np.isfinite(x))
    if not len(known):
        return ""
    kept = known[thin(y[known], most=MOST)]
    x, y = x[kept], y[kept]
    across = WIDTH * (x - x[0]) / (float(x[-1] - x[0]) or 1.0)
    up = HEIGHT * (y.max() - y) / (float(np.ptp(y)) or 1.0)
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(across, up, strict=True))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">'
        f'<polyline points="{points}" fill="none" stroke="{TRUTH}" stroke-width="1.5"'
        ' vector-effect="non-scaling-stroke"/>'
        "</svg>"
    )
    return "data:image/svg+xml," + quote(svg, safe="<>=/:,. ")
