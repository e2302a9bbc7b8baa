"""Small things that pages share: text that is safe to show, figures, errors, the sidebar's foot."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal, TypeVar

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from forecasting import charts
from forecasting.errors import ForecastingError
from pages.shared import i18n
from pages.shared.i18n import t

T = TypeVar("T")

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|$~:^=&])")
_LINKS = re.compile(r"(?i)(https?|ftp|mailto|www|@)(?=[:.\w])")
_SIGNS = re.compile(r"(:(?=material/|streamlit)|[-<>~](?=[-=>]))")  # what Streamlit makes icons, dashes and arrows of


def plain(text: object, longest: int = 400) -> str:
    """`text` that may come from a file, for Markdown: shown letter by letter, never as markup, link, TeX or icon."""
    line = " ".join(str(text).split())
    line = "".join(letter if letter.isprintable() else "\ufffd" for letter in line)
    line = line if len(line) <= longest else line[: longest - 1] + "…"
    # Links, icons and arrows are found in the text after unescaping, so a word joiner, which has no width, breaks them.
    line = _SIGNS.sub("\\1\u2060", _LINKS.sub("\\1\u2060", line))
    return _MARKDOWN.sub(r"\\\1", line)


def heading(text: str, explained: str | None = None) -> None:
    """The line over a chart: what it answers."""
    st.markdown(f"**{text}**", help=explained)


def chart(figure: go.Figure, key: str, alt: str, *, bar: bool = True, **more: Any) -> None:
    """`figure` over the whole width. `alt` says what it shows; without `bar` no buttons come over it."""
    removed = ["select2d", "lasso2d", "autoScale2d", "zoomIn2d", "zoomOut2d"]
    figure = _room_for_legend(figure)
    config: dict[str, Any] = {"displaylogo": False, "modeBarButtonsToRemove": removed}
    if not bar:
        config["displayModeBar"] = False
    st.plotly_chart(figure, width="stretch", key=key, alt=alt, config=config, **more)


def _room_for_legend(figure: go.Figure) -> go.Figure:
    """On a phone a legend of three or more takes several rows, over which the buttons would lie: make it room."""
    named = [trace for trace in figure.data if trace.name and trace.showlegend is not False]
    more = 20 * (min(3, (len(named) + 1) // 2) - 1)
    if figure.layout.showlegend is False or more <= 0 or figure.layout.margin.t != 48:
        return figure
    return figure.update_layout(margin_t=48 + more, height=figure.layout.height + more)


def live_loss(points: Sequence[tuple[int, float | None, float | None]], words: charts.Words, alt: str) -> None:
    """Loss by epoch of a training under way: `points` are (epoch, training, validation).

    Not by Plotly, whose figures Streamlit mounts anew whenever they change: at each poll the page would flicker.
    """
    curves = ((words["train_loss"], charts.PALETTE[0], 1), (words["valid_loss"], charts.PALETTE[1], 2))
    rows = [(point[0], name, point[at]) for name, _, at in curves for point in points if point[at] is not None]
    colours = {"domain": [name for name, _, _ in curves], "range": [colour for _, colour, _ in curves]}
    legend = {"orient": "top", "title": None, "symbolType": "stroke", "symbolStrokeWidth": 2}
    across = {"format": "d", "tickMinStep": 1, "grid": False}
    spec = {  # the same at each poll: only then is the drawing changed and not made anew
        "mark": {"type": "line", "strokeWidth": 1.8, "point": {"size": 5}},
        "encoding": {
            "x": {"field": "epoch", "type": "quantitative", "title": words["epoch"], "axis": across},
            "y": {"field": "loss", "type": "quantitative", "title": words["loss"], "scale": {"zero": False}},
            "color": {"field": "curve", "type": "nominal", "scale": colours, "legend": legend},
        },
    }
    frame = pd.DataFrame(rows, columns=["epoch", "curve", "loss"])
    st.vega_lite_chart(frame, spec, width="stretch", height=270, alt=alt)


def ink() -> str:
    """The theme's colour of text, for letters that are drawn: .streamlit/config.toml has the same."""
    return "#e4eaef" if st.context.theme.type == "dark" else "#1c2833"


def table(
    frame: pd.DataFrame,
    key: str,
    height: int | Literal["content"] | None = None,
    narrow: str | None = None,
    wide: str | None = None,
) -> None:
    """`frame` over the whole width, times as short as they can be said, numbers with five digits; `narrow`: a column
    of short numbers, `wide`: one of long words; with the height "content" all rows are in view."""
    columns: dict[str, Any] = {}
    for name in frame.columns:
        kind = frame[name].dtype.kind
        if kind == "M":
            days = bool((frame[name].dt.normalize() == frame[name]).all())
            columns[name] = st.column_config.DatetimeColumn(format="YYYY-MM-DD" if days else "YYYY-MM-DD HH:mm")
        elif kind == "f":
            columns[name] = st.column_config.NumberColumn(format="%.5g")
    if narrow is not None:
        columns[narrow] = st.column_config.NumberColumn(width=64)
    if wide is not None:
        columns[wide] = st.column_config.TextColumn(width=230)
    st.dataframe(frame, hide_index=True, width="stretch", height=height or "auto", key=key, column_config=columns)


def error(problem: ForecastingError) -> None:
    """One sentence in place."""
    st.error(plain(i18n.sentence(problem.message), 1_000), icon=":material/error:")


@contextmanager
def in_place() -> Iterator[None]:
    """What goes wrong inside is said here in a sentence, and the rest of the page goes on."""
    try:
        yield
    except ForecastingError as problem:
        error(problem)


def foot() -> None:
    """The sidebar's foot: language."""
    with st.sidebar:
        st.selectbox(
            t("app.language"),
            list(i18n.LANGUAGES),
            index=list(i18n.LANGUAGES).index(i18n.language()),
            format_func=i18n.LANGUAGES.__getitem__,
            key="language",
            on_change=lambda: i18n.set_language(st.session_state["language"]),
        )


def one_of(label: str, choices: Sequence[T], default: T, *, key: str, **more: Any) -> T:
    """One of a few, of which one is always chosen: `default` also where the browser says that nothing is, as it does
    when something is clicked while the page is still being drawn."""
    chosen: T | None = st.segmented_control(label, choices, default=default, required=True, key=key, **more)
    return default if chosen is None else chosen


def duration(seconds: float) -> str:
    """Seconds as people say them."""
    if seconds < 1.5:
        return t("seconds.one")
    if seconds < 90:
        rounded = round(seconds) if seconds < 10 else round(seconds / 5) * 5
        return t("seconds.many", seconds=rounded)
    return t("minutes.many", minutes=round(seconds / 60))


def moment(ds: Any) -> str:
    """A time stamp as short as it can be said."""
    if isinstance(ds, int | np.integer):
        return f"{int(ds):,}"
    stamp = pd.Timestamp(ds)
    return stamp.strftime("%Y-%m-%d" if stamp == stamp.normalize() else "%Y-%m-%d %H:%M")


def age(seconds: float) -> str:
    """How long ago something was, as people say it."""
    minutes = max(0, int(seconds // 60))
    if minutes < 1:
        return t("age.now")
    if minutes < 120:
        return t("age.minute") if minutes == 1 else t("age.minutes", minutes=minutes)
    return t("age.hours", hours=minutes // 60) if minutes < 2880 else t("age.days", days=minutes // 1440)


def number(value: float | None) -> str:
    """A number with as many digits as are worth reading."""
    if value is None or value != value:
        return t("number.none")
    size = abs(value)
    if size >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if size < 100 else f"{value:.1f}"


def percent(share: float | None, digits: int = 0) -> str:
    """A share as a percentage."""
    if share is None or share != share:
        return t("number.none")
    return f"{round(share * 100, digits) + 0.0:.{digits}f} %"  # adding zero takes the sign off it
