"""Charts as files that stand alone."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from forecasting import charts
from forecasting.export import as_picture, chart_html, file_name

pytestmark = pytest.mark.slow

NAME = "<a href='http://example.org'>sales</a>"


def test_a_page_with_a_chart_needs_no_network_and_shows_names_as_they_are() -> None:
    history = pd.DataFrame({"ds": pd.date_range("2024-01-01", periods=9), "y": range(9)})
    figure = as_picture(charts.series_chart(history, NAME), NAME)
    assert figure.layout.title.text == "&lt;a href='http://example.org'&gt;sales&lt;/a&gt;"
    page = chart_html(figure, NAME, "zh").decode()
    assert page.startswith('<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><title>&lt;a href=')
    assert not re.findall(r"<(?:script|link|img)[^>]*(?:src|href)=", page)
    assert "<a href='http://example.org'>" not in page.split("<body>")[1]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("North / shop 1: <b>kWh</b>", "North-shop-1-b-kWh-b"),
        ("../../etc/passwd", "etc-passwd"),
        ("能耗 的预测", "能耗-的预测"),
        ("...", "tidecast"),
        ("a" * 90, "a" * 79),
        ("word " * 30, "-".join(["word"] * 16)),
    ],
)
def test_a_file_is_called_by_its_first_words(text: str, name: str) -> None:
    assert file_name(text) == name
