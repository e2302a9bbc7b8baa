"""What pages draw in one form: headings, figures, tables, errors, a choice of one."""

from __future__ import annotations

import datetime
import html
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal, TypedDict, TypeVar

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from forecasting.charts import BARE, TOP, in_theme, still
from forecasting.errors import ForecastingError
from forecasting.export import HEIGHT, SCALE, WIDTH, file_name
from pages.shared.choices import segments
from pages.shared.formats import number, plain
from pages.shared.i18n import translated

T = TypeVar("T")


def heading(text: str, explained: str | None = None) -> None:
    """The line over a chart: the question that it answers."""
    st.markdown(f"**{text}**", help=explained)


class Picture(TypedDict):
    """A picture that the browser draws of a chart: "png" or "svg", and how its file is called, without an ending."""

    format: Literal["png", "svg"]
    filename: str


def chart(
    figure: go.Figure, key: str, alt: str, *, bar: bool = True, picture: Picture | None = None, **more: Any
) -> None:
    """`figure` over the whole width. `alt` says what it shows; without `bar` no buttons come over it.

    Its camera saves a PNG that is called by what it shows. `picture`: the chart is shown as that picture will be, with
    the camera alone, which `clipboard.save_picture` can press.
    """
    figure = _dates_by_number(_room_for_legend(figure))
    saved = {"width": WIDTH, "height": figure.layout.height or HEIGHT, "scale": SCALE}
    config: dict[str, Any] = {"displaylogo": False}
    if picture is not None:
        saved["height"] = HEIGHT
        config |= {"modeBarButtons": [["toImage"]], "displayModeBar": True, "toImageButtonOptions": picture | saved}
        st.plotly_chart(figure, width="stretch", key=key, alt=alt, config=config, theme=None, **more)
        return
    figure = in_theme(figure, _theme())
    config["modeBarButtonsToRemove"] = ["select2d", "lasso2d", "autoScale2d", "zoomIn2d", "zoomOut2d"]
    config["toImageButtonOptions"] = {"format": "png", "filename": file_name(html.unescape(alt)), **saved}
    if not bar:
        config["displayModeBar"] = False
    st.plotly_chart(figure, width="stretch", key=key, alt=alt, config=config, **more)


def until_drawn(figure: go.Figure, start: str, end: str) -> None:
    """The line of `figure` with its ends as a picture over the chart before it, until the browser has loaded what draws
    charts, which takes more than a second. Both stand in a container with the key "first_chart"."""
    picture = still(figure)
    if picture:
        values = np.asarray(figure.data[0].y, dtype=np.float64)
        ends = (number(float(np.nanmax(values))), number(float(np.nanmin(values))), start, end)
        words = "".join(f"<span>{html.escape(one)}</span>" for one in ends)
        st.html(f'<div class="still" aria-hidden="true"><img src="{html.escape(picture)}" alt="">{words}</div>')


def _room_for_legend(figure: go.Figure) -> go.Figure:
    """On a phone, which shows the buttons all the time, the rows of the legend stand below them or the title."""
    if not _on_a_phone():
        return figure
    if figure.layout.margin.t not in (TOP, BARE):
        return figure.update_layout(margin_t=figure.layout.margin.t + 50) if figure.layout.title.text else figure
    if figure.layout.showlegend is False:
        return figure.update_layout(margin_t=TOP, height=figure.layout.height + TOP - BARE)
    named = [trace for trace in figure.data if trace.name and trace.showlegend is not False]
    more = 20 * min(3, (len(named) + 1) // 2)
    return figure.update_layout(margin_t=TOP + more, height=figure.layout.height + more)


def _on_a_phone() -> bool:
    return "Mobi" in (st.context.headers.get("User-Agent") or "")


_MINUTE, _DAY = 60_000, 86_400_000  # milliseconds
_STOPS = [  # distance of two ticks, from and up to -> how a date is written; what follows a line break only where new
    {"dtickrange": [None, 1_000], "value": "%H:%M:%S.%L"},
    {"dtickrange": [1_000, _MINUTE], "value": "%H:%M:%S"},
    {"dtickrange": [_MINUTE, _DAY], "value": "%H:%M\n%Y-%m-%d"},
    {"dtickrange": [_DAY, "M1"], "value": "%m-%d\n%Y"},
    {"dtickrange": ["M1", "M12"], "value": "%Y-%m"},
    {"dtickrange": ["M12", None], "value": "%Y"},
]


def _dates_by_number(figure: go.Figure) -> go.Figure:
    """Dates on axes and hover labels in digits, as in every language: Plotly's names of months are English, and other
    ones come in a script of their own, which the page's security policy forbids."""
    for trace in figure.data:
        x = getattr(trace, "x", None)
        if x is None or len(x) == 0 or not isinstance(x[0], np.datetime64 | datetime.datetime | str):
            continue
        if isinstance(x[0], str) and not re.match(r"\d{4}-\d\d-\d\d", x[0]):
            continue
        axis = figure.layout["xaxis" + str(trace.xaxis or "x").removeprefix("x")]
        if axis.tickformat is None and not axis.tickformatstops:
            days = all(str(one)[10:].strip("T0:.") == "" for one in (x[0], x[len(x) // 2], x[-1]))
            axis.update(tickformatstops=_STOPS, hoverformat="%Y-%m-%d" if days else "%Y-%m-%d %H:%M")
    return figure


_INK = {"light": "#0c151d", "dark": "#e4eaef"}


def ink() -> str:
    """The theme's colour of text, for letters that are drawn: .streamlit/config.toml has the same."""
    return _INK[_theme()]


def style() -> None:
    """What the theme has no option for: the open tab is the brightest; axes, legends, chosen segments, the values of
    sliders and code can be read. In shares of the theme's own colour of text or by the page's scheme, which the browser
    knows at once where the theme is changed in an open page."""
    tab = "[data-testid=stTabs] [data-testid=stTab]"
    # They would search and save one page of a list alone.
    of_page = "[class*=st-key-many_list] [data-testid=stElementToolbar]"
    # The theme writes both in its primary colour, which a button's white needs darker than text on the page may be.
    primary = ":is(button[data-selected=true] [data-testid=stMarkdownContainer], [data-testid=stSliderThumbValue]) p"
    written = ".js-plotly-plot :is([class$=tick], .legend, [class$=title]) text"
    st.html(
        f"<style>{tab} {{color: inherit; opacity: 0.75}} {tab}[data-selected] {{opacity: 1}}"
        f"{of_page} {{display: none}}"
        "[data-testid=stCode] .token.keyword {color: light-dark(#0b5cad, #6cb2f2)}"
        "[data-testid=stCode] code {unicode-bidi: plaintext}"  # each line runs as its script is read
        f"{primary} {{color: light-dark({_INK['light']}, {_INK['dark']})}}"
        ".st-key-first_chart {position: relative} .st-key-first_chart:has(.still) [data-testid=stSkeleton]"
        " {visibility: hidden} .st-key-first_chart:has(.main-svg) .still {display: none}"
        ".st-key-first_chart > :has(.still) {position: absolute; inset: 0; z-index: 1; pointer-events: none}"
        ".still {position: absolute; inset: 23px 8px 104px 67px; font-size: 12px}"
        ".still img {position: absolute; width: 100%; height: 100%} .still span {position: absolute; opacity: 0.75}"
        ".still span:nth-of-type(1), .still span:nth-of-type(2) {right: calc(100% + 8px); top: -0.6em}"
        ".still span:nth-of-type(2) {top: auto; bottom: -0.6em} .still span:nth-of-type(3) {top: calc(100% + 1em)}"
        ".still span:nth-of-type(4) {top: calc(100% + 1em); right: 0}"
        f".st-key-picture .js-plotly-plot {{color: {_INK['light']}}}"  # is on white in every theme
        f"{written} {{fill: currentColor !important; fill-opacity: 0.75 !important}}</style>"
    )


def _theme() -> Literal["light", "dark"]:
    return "dark" if st.context.theme.type == "dark" else "light"


def table(
    frame: pd.DataFrame,
    key: str,
    height: int | Literal["content"] | None = None,
    narrow: str | None = None,
    wide: str | None = None,
    digits: int | None = None,
) -> None:
    """`frame` over the whole width, dates without a time where all are midnight, numbers with five digits or with
    `digits` after the decimal mark.

    `narrow`: a column of short numbers, `wide`: one of long text; with the height "content" all rows are in view.
    """
    columns: dict[str, Any] = {}
    for name in frame.columns:
        kind = frame[name].dtype.kind
        if kind == "M":
            days = bool((frame[name].dt.normalize() == frame[name]).all())
            columns[name] = st.column_config.DatetimeColumn(format="YYYY-MM-DD" if days else "YYYY-MM-DD HH:mm")
        elif kind == "f":
            columns[name] = st.column_config.NumberColumn(format="%.5g" if digits is None else f"%.{digits}f")
    if narrow is not None:
        columns[narrow] = st.column_config.NumberColumn(width=64)
    if wide is not None:
        columns[wide] = st.column_config.TextColumn(width=230)
    st.dataframe(frame, hide_index=True, width="stretch", height=height or "auto", key=key, column_config=columns)


def error(problem: ForecastingError | str) -> None:
    """What went wrong, in a box."""
    message = problem.message if isinstance(problem, ForecastingError) else problem
    st.error(plain(translated(message), 1_000), icon=":material/error:")


@contextmanager
def in_place() -> Iterator[None]:
    """An error inside is shown here, and the rest of the page is drawn."""
    try:
        yield
    except ForecastingError as problem:
        error(problem)


def one_of(label: str, choices: Sequence[T], default: T, *, key: str, **more: Any) -> T:
    """One of a few choices, never none: `default` where the browser reports that nothing is chosen, as it does when
    something is clicked while the page is still being drawn."""
    chosen: T | None = segments(label, choices, default=default, required=True, key=key, **more)
    return default if chosen is None else chosen
