"""Charts as files that stand alone: how a picture of one looks, and one as a page that needs no network."""

from __future__ import annotations

import html

import plotly.graph_objects as go

from forecasting.charts import escape, in_theme

WIDTH, HEIGHT, SCALE = 1200, 600, 2  # of a picture: pixels on a page, and how many times finer it is drawn
_SHOWN = 420  # pixels of its height on a page
_ABOVE = 84  # pixels for title and legend
_FONTS = "Arial, Helvetica, 'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', sans-serif"  # that are installed


def as_picture(figure: go.Figure, title: str) -> go.Figure:
    """`figure` in light colours on white with its title, as it may stand in a document."""
    margin = {"l": 16, "r": 24, "t": _ABOVE, "b": 16}
    about = {"text": escape(title, 120), "x": 0, "xref": "paper", "xanchor": "left", "y": 0.97, "yanchor": "top"}
    figure.update_layout(
        template="plotly_white", font={"family": _FONTS, "size": 14}, title=about, height=_SHOWN, margin=margin
    )
    return in_theme(figure, "light")


def chart_html(figure: go.Figure, title: str, language: str) -> bytes:
    """A page with the `figure` and all that it takes to draw and zoom it; 5 MB, most of it the library.

    language: of the page, as HTML has it.
    """
    config = {"displaylogo": False, "responsive": True}
    free = go.Figure(figure).update_layout(height=None)
    drawn = free.to_html(
        full_html=False, include_plotlyjs=True, config=config, div_id="chart", default_height="95vh"
    )  # fmt: skip
    head = f'<meta charset="utf-8"><title>{html.escape(title)}</title>'
    view = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    page = f'<!DOCTYPE html><html lang="{html.escape(language)}"><head>{head}{view}</head><body>{drawn}</body></html>'
    return page.encode()
