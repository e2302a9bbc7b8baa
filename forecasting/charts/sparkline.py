"""A series and its forecast as a small picture for a cell of a table: SVG, in colours that both themes show."""

from __future__ import annotations

from urllib.parse import quote

import numpy as np

from forecasting.charts.style import FORECAST, TRUTH
from forecasting.panel import Values

WIDTH, HEIGHT, EDGE = 150, 28, 2  # pixels
MOST = 90  # points of the history


def sparkline(
    history: Values, ahead: Values | None = None, low: Values | None = None, high: Values | None = None
) -> str:
    """A data URI of the end of `history` [T] and, in another colour, the forecast `ahead` [H] with its interval."""
    own = history[-MOST:]
    ahead = np.empty(0) if ahead is None else ahead
    lines = [own, ahead, *([low, high] if low is not None and high is not None else [])]
    known = np.concatenate([line[np.isfinite(line)] for line in lines])
    bottom, top = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    # An interval far wider than the series would press the line flat: it is cut at the series' own height again.
    if len(own):
        least, most = float(own.min()), float(own.max())
        reach = max(most - least, 1e-12)
        bottom, top = max(bottom, least - reach), min(top, most + reach)
    count = max(len(own) + len(ahead) - 1, 1)

    def points(values: Values, start: int) -> list[str]:
        across = EDGE + (WIDTH - 2 * EDGE) * (start + np.arange(len(values))) / count
        share = (np.clip(values, bottom, top) - bottom) / (top - bottom) if top > bottom else np.full(len(values), 0.5)
        up = HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * share
        return [f"{x:.1f},{y:.1f}" for x, y in zip(across, up, strict=True) if np.isfinite(y)]

    parts = []
    if low is not None and high is not None and len(ahead):
        band = points(low, len(own)) + points(high, len(own))[::-1]
        parts.append(f'<polygon points="{" ".join(band)}" fill="{FORECAST}" fill-opacity=".25"/>')
    parts.append(_line(points(own, 0), TRUTH))
    if len(ahead):
        joined = np.concatenate([own[-1:], ahead])
        parts.append(_line(points(joined, len(own) - 1), FORECAST))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f"{''.join(parts)}</svg>"
    )
    return "data:image/svg+xml," + quote(svg, safe="<>=/:,. ")


def _line(points: list[str], colour: str) -> str:
    return f'<polyline points="{" ".join(points)}" fill="none" stroke="{colour}" stroke-width="1.4"/>'
