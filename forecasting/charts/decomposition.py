"""Figures of the structure of a series: trend, season and rest; autocorrelation; means by calendar."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from forecasting.charts.style import FORECAST, NAIVE, SEASONAL, TRUTH, blank, thin
from forecasting.charts.words import ENGLISH, Words
from forecasting.panel import Values

LAGS = 400  # at most
FAR = 0.35  # mean autocorrelation a tenth to a fifth of a series away, from which on it is a trend's
Parts = tuple[Values, Values, Values]  # trend, season, rest; all of the length of the series


def decompose(values: npt.ArrayLike, season: int) -> Parts:
    """The classical additive decomposition: a centred mean over one season, the mean of what remains by place in the
    season, and the rest (Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 3.4). NaN at both ends."""
    y = np.asarray(values, dtype=np.float64)
    weights = np.ones(season) if season % 2 else np.concatenate([[0.5], np.ones(season - 1), [0.5]])
    half = len(weights) // 2
    trend = np.full(len(y), np.nan)
    trend[half : len(y) - half] = np.convolve(y, weights / season, mode="valid")
    detrended = y - trend
    place = np.arange(len(y)) % season
    means = pd.Series(detrended).groupby(place).mean().to_numpy()
    seasonal = (means - means.mean())[place]
    return trend, seasonal, y - trend - seasonal


def autocorrelation(values: npt.ArrayLike, most: int) -> Values:
    """The autocorrelation at lags 0 ... `most`; zeros for a constant series."""
    y = np.asarray(values, dtype=np.float64)
    y = y - y.mean()
    size = 1 << (2 * len(y) - 1).bit_length()
    spectrum = np.fft.rfft(y, size)
    products: Values = np.fft.irfft(spectrum * np.conj(spectrum), size)[: most + 1]
    return products / products[0] if products[0] > 0 else np.zeros(most + 1)


def has_trend(values: npt.ArrayLike) -> bool:
    """Whether the level moves so much that the autocorrelation shows little else: it is still high a tenth of the
    series away, on the average over a season or more."""
    y = np.asarray(values, dtype=np.float64)
    far = len(y) // 10
    return far >= 2 and float(autocorrelation(y, 2 * far)[far:].mean()) > FAR


def parts_chart(series: pd.DataFrame, season: int, *, height: int = 420, words: Words = ENGLISH) -> go.Figure:
    """One series (`ds, y`) as trend, season and rest, below each other on one time axis."""
    trend, seasonal, rest = decompose(series["y"].to_numpy(), season)
    rows = (("truth", series["y"].to_numpy(), NAIVE, 1), ("trend", trend, TRUTH, 1))
    figure = make_subplots(rows=3, cols=1, shared_xaxes=True, vertical_spacing=0.05)
    for name, line, colour, row in (*rows, ("seasonal", seasonal, SEASONAL, 2), ("rest", rest, FORECAST, 3)):
        keep = thin(line)
        figure.add_scatter(
            x=series["ds"].to_numpy()[keep],
            y=line[keep],
            name=words[name],
            mode="lines",
            line={"color": colour, "width": 1 if name == "truth" else 1.6},
            hovertemplate="%{y:.5g}",
            row=row,
            col=1,
        )
    style = blank(height, "", "").layout
    figure.update_layout(height=height, margin=style.margin, legend=style.legend, hovermode="x", uirevision="keep")
    for row, name in enumerate(("trend", "seasonal", "rest"), 1):
        figure.update_yaxes(title=words[name], automargin=True, row=row, col=1)
    return figure


def autocorrelation_chart(
    series: pd.DataFrame,
    seasons: tuple[int, ...] = (),
    *,
    differenced: bool = False,
    height: int = 300,
    words: Words = ENGLISH,
) -> go.Figure:
    """Autocorrelation by lag, with the band that holds 95 % of white noise; `differenced`: of the changes."""
    y = series["y"].to_numpy()
    y = np.diff(y) if differenced else y
    most = max(1, min(LAGS, len(y) // 2, max(40, *(round(2.2 * season) for season in seasons), 0)))
    correlations = autocorrelation(y, most)[1:]
    figure = blank(height, words["lag"], words["correlation"], showlegend=False, hovermode="closest")
    lags = np.arange(1, most + 1)
    figure.add_bar(
        x=lags,
        y=correlations,
        marker={"color": TRUTH, "line": {"width": 0}},
        hovertemplate="%{x}: %{y:.3f}<extra></extra>",
    )
    band = 1.96 / np.sqrt(len(y))
    figure.add_hrect(y0=-band, y1=band, fillcolor=NAIVE, opacity=0.2, line_width=0)
    for season in seasons:
        if season <= most:
            figure.add_vline(x=season, line={"color": NAIVE, "width": 1, "dash": "dot"})
    figure.update_yaxes(range=[min(-0.2, float(correlations.min()) - 0.05), 1.0])
    return figure


def calendar_chart(series: pd.DataFrame, *, height: int = 300, words: Words = ENGLISH) -> go.Figure | None:
    """Means by hour and weekday, by weekday and month, or by month and year, the finest that the series allows."""
    if series["ds"].dtype.kind != "M":
        return None
    ds, y = series["ds"].dt, series["y"]
    weekdays = dict(enumerate(words["weekdays"].split(",")))
    months = dict(enumerate(words["months"].split(","), 1))
    day = 86_400_000_000_000  # nanoseconds
    step = float(np.median(np.diff(series["ds"].to_numpy(dtype="datetime64[ns]").astype(np.int64)))) / day
    if step < 1 and ds.hour.nunique() > 2:
        rows, columns, names, title = ds.weekday, ds.hour, weekdays, words["hour"]
    elif step < 6 and ds.weekday.nunique() > 2:
        rows, columns, names, title = ds.weekday, ds.month, weekdays, words["month"]
    elif ds.month.nunique() > 2:
        rows, columns, names, title = ds.month, ds.year, months, words["year"]
    else:
        return None
    grid = y.groupby([rows.to_numpy(), columns.to_numpy()]).mean().unstack()
    across = [months[int(month)] for month in grid.columns] if title == words["month"] else list(map(str, grid.columns))
    figure = blank(height, title, "", showlegend=False, hovermode="closest")
    figure.add_heatmap(
        x=across,
        y=[names[int(row)] for row in grid.index],
        z=grid.to_numpy(),
        colorscale="Viridis",
        colorbar={"thickness": 12, "title": None},
        hovertemplate="%{y} %{x}: %{z:.5g}<extra></extra>",
    )
    figure.update_xaxes(type="category")
    figure.update_yaxes(autorange="reversed", type="category")
    return figure
