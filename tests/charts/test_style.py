"""Colours that can be read and told apart, ticks on the data's steps, axes with decimals enough."""

from __future__ import annotations

import itertools
import tomllib

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from forecasting import charts
from forecasting.charts.style import PALETTE, QUIET, blank, in_theme, on_steps, share_format
from tests.conftest import ROOT

THEMES = tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))["theme"]
CAPTION = 0.6  # opacity of Streamlit's captions
AA, LINES = 4.5, 3.0  # WCAG 2.1, 1.4.3 and 1.4.11


def luminance(colour: str) -> float:
    """WCAG 2.1's relative luminance of #rrggbb."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def faded(colour: str, background: str, opacity: float) -> str:
    mixed = [
        round(int(colour[i : i + 2], 16) * opacity + int(background[i : i + 2], 16) * (1 - opacity)) for i in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02x}" for part in mixed)


def backgrounds(theme: str) -> list[str]:
    about = THEMES[theme]
    return [
        about["backgroundColor"],
        about["secondaryBackgroundColor"],
        about["sidebar"]["backgroundColor"],
        about["sidebar"]["secondaryBackgroundColor"],
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_has_the_contrast_of_aa_on_every_background(theme: str) -> None:
    text, link = THEMES[theme]["textColor"], THEMES[theme]["linkColor"]
    for background in backgrounds(theme):
        for colour in (text, faded(text, background, CAPTION), QUIET[theme], link):
            assert contrast(colour, background) >= AA, (colour, background)
    assert contrast("#ffffff", THEMES[theme]["primaryColor"]) >= AA  # on the button Train


@pytest.mark.parametrize(("colour", "theme"), [*itertools.product(PALETTE, ["light", "dark"])])
def test_lines_stand_out_from_the_page(colour: str, theme: str) -> None:
    assert contrast(colour, THEMES[theme]["backgroundColor"]) >= LINES


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_the_text_of_a_figure_is_in_the_colour_of_the_theme(theme: str) -> None:
    figure = blank(300, "x", "y")
    figure.add_scatter(x=[1, 2], y=[1, 2], name="a")
    figure.add_vrect(x0=1, x1=2, annotation={"text": "test", "font": {"color": "#858b95"}})
    shown = in_theme(figure, theme).layout
    fonts = [shown.xaxis.tickfont, shown.yaxis.title.font, shown.legend.font, shown.annotations[0].font]
    assert {font.color for font in fonts} == {QUIET[theme]}


@pytest.mark.parametrize("frequency", ["W-WED", "MS", "ME", "QS", "YS", "2W-SUN"])
def test_ticks_of_weeks_and_longer_stand_on_the_steps(frequency: str) -> None:
    ds = pd.Series(pd.date_range("2010-01-03", periods=40, freq=frequency))
    axis = on_steps(go.Figure(), ds).layout.xaxis
    assert 2 <= len(axis.tickvals) <= 8
    assert set(pd.DatetimeIndex(axis.tickvals)) <= set(ds)
    assert pd.Timestamp(axis.tickvals[-1]) == ds.iloc[-1]


def test_ticks_of_days_hours_and_whole_numbers_are_left_to_the_axis() -> None:
    for ds in (pd.date_range("2024-01-01", periods=60), pd.date_range("2024-01-01", periods=60, freq="h"), range(60)):
        assert on_steps(go.Figure(), pd.Series(ds)).layout.xaxis.tickvals is None


@pytest.mark.parametrize(("most", "steps"), [(1.0, 0.2), (0.11, 0.02), (0.099, 0.01), (0.02, 0.005), (0.005, 0.001)])
def test_steps_of_an_axis_of_shares_can_be_told_apart(most: float, steps: float) -> None:
    digits = int(share_format(most)[1])
    labels = [f"{value:.{digits}%}" for value in np.arange(0, most, steps)]
    assert len(set(labels)) == len(labels)


def test_many_marks_of_a_kind_are_a_strip_with_their_count() -> None:
    ds = pd.date_range("2024-01-01", periods=300)
    series = pd.DataFrame({"ds": ds, "y": np.arange(300.0)})
    kinds = ["zeros"] * 100 + ["outliers"] * 3
    repairs = pd.DataFrame({"ds": ds[:103], "y": 0.0, "kind": kinds, "rows": "1"})
    figure = charts.series_chart(series, "y", repairs=repairs)
    strip, few = figure.data[1], figure.data[2]
    assert strip.name == "odd zero (100)"
    assert max(strip.y) < series["y"].min()  # at the foot, not over the line
    assert list(few.y) == [0.0] * 3
    assert list(figure.layout.xaxis.range) == [ds[0], ds[-1]]


def test_the_pointer_names_both_ends_of_an_interval_and_shows_the_decimals_of_the_history() -> None:
    ds = pd.Series(pd.date_range("2024-01-01", periods=3))
    history = pd.DataFrame({"ds": ds, "y": [1.0, 2.0, 3.0]})
    ahead = pd.DataFrame(
        {"ds": ds + pd.Timedelta(days=3), "forecast": 1.0, "forecast-lo-80": 0.0, "forecast-hi-80": 2.0}
    )
    figure = charts.forecast_chart(history, ahead, "y", tail=3, digits=2)
    shown = [trace.hovertemplate for trace in figure.data]
    assert shown == ["%{y:,.2f}", "%{y:,.2f}<extra>80 % low</extra>", "%{y:,.2f}<extra>80 % high</extra>", "%{y:,.2f}"]
