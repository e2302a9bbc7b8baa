"""The report: one file, in which nothing that came from a file can be more than text."""

from __future__ import annotations

import html.parser
import json
import re

import numpy as np
import pandas as pd
import pytest

from forecasting import charts
from forecasting.charts import ENGLISH
from forecasting.export import Chart, Section, Table, Text, drawing, report
from tests.charts import synthetic

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&"
SIGNATURE = "Made by run a1 on 2024-01-01."


def of(*parts: Text | Table | Chart, title: str = "sales.csv") -> str:
    made = report(title, ["120 values"], ("better", "Good."), [Section(title, parts)], SIGNATURE, "en")
    return made.decode()


def elements(page: str) -> list[str]:
    """Its tags, each with its attributes that could run or fetch something."""

    class Reader(html.parser.HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.found: list[str] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.found.append(" ".join([tag, *(name for name, _ in attrs if name.startswith(("on", "src", "href")))]))

    reader = Reader()
    reader.feed(page)
    return reader.found


def fan(**more: float) -> str:
    history = pd.DataFrame({"ds": [1, 2, 3], "y": [0.0, 5.0, 10.0]})
    forecast = pd.DataFrame({"ds": [4, 5], "forecast": [15.0, 20.0]})
    forecast[["forecast-lo-80", "forecast-hi-80"]] = [[10.0, 20.0], [10.0, more.get("top", 20.0)]]
    return drawing.fan(history, forecast, ENGLISH, tail=10, write=lambda times: [str(one) for one in times])


def test_markup_from_a_file_is_text_wherever_it_stands() -> None:
    figure = charts.forecast_chart(synthetic.history(), synthetic.forecast(), MARKUP, tail=30)
    parts = [Text(MARKUP), Table([MARKUP], [[MARKUP]]), Chart(MARKUP, fan())]
    plain = of(Text("a"), Table(["a"], [["a"]]), Chart("a", fan()), title="a")
    assert elements(of(*parts, title=MARKUP)) == elements(plain)
    live = of(Chart(MARKUP, figure=figure), title=MARKUP)
    assert elements(live).count("script") == 2
    assert "alert(1)</script>" not in live


def test_the_static_page_fetches_nothing_and_runs_nothing() -> None:
    page = of(Text("a"), Chart("a", fan()), Chart("b", drawing.errors({"naive": [1.0], "forecast": [0.5]}, ENGLISH)))
    assert "script" not in elements(page)
    assert not re.search(r"(src|href|url)\s*[=(]\s*[\"']?\s*(http|//)", page)
    assert "default-src 'none'" in page
    assert len(page) < 20_000


def test_the_figures_of_a_live_page_are_those_that_were_given() -> None:
    figure = charts.errors_by_step({"forecast": [1.0, 2.0]})
    page = of(Chart("a", figure=figure), Chart("b", figure=figure))
    (found,) = re.findall(r"of (\[.*\])\)\nPlotly\.newPlot", page)
    assert [name for name, _ in json.loads(found)] == ["figure-1", "figure-2"]
    assert json.loads(found)[0][1] == json.loads(figure.to_json())
    assert page.count("plotly.js v") == of(Chart("a", figure=figure)).count("plotly.js v")  # the library once
    assert len(page) < 6_000_000


@pytest.mark.parametrize("name", ["x" * 10_000, "a\n\tb\x00\u202e", "\ud800", "\u4e2d\u6587"])
def test_a_name_is_one_line_that_ends_and_keeps_its_direction(name: str) -> None:
    page = of(Table(["a"], [[name]]), title=name)
    (title,) = re.findall("<title>(.*)</title>", page)
    (cell,) = re.findall("<td>(.*?)</td>", page)
    assert len(title) <= 120
    assert len(cell) <= 240
    assert "\u202e" not in page
    assert title == of(title=name).split("<title>")[1].split("</title>")[0]


def test_the_signature_ends_the_page() -> None:
    assert of(Text("a")).rstrip().endswith(f"<footer>{SIGNATURE}</footer>\n</body></html>")


def test_a_fan_stands_where_its_values_are() -> None:
    """Five steps over 608 pixels, values from 0 to 20 over 220: by hand."""
    lines = re.findall(r'<polyline points="([^"]*)" fill="none" stroke="([^"]*)"', fan())
    assert lines[0] == ("62.0,246.0 214.0,191.0 366.0,136.0", charts.PALETTE[0])
    assert lines[1] == ("366.0,136.0 518.0,81.0 670.0,26.0", charts.PALETTE[1])
    (band,) = re.findall(r'<polygon points="([^"]*)"', fan())
    assert band == "366.0,136.0 518.0,136.0 670.0,136.0 670.0,26.0 518.0,26.0 366.0,136.0"


@pytest.mark.parametrize(
    ("by_step", "labels"),
    [([1.0], ["1"]), ([1.0] * 5, ["1", "2", "3", "4", "5"]), ([1.0] * 100, ["1", "20", "40", "60", "80", "100"])],
)
def test_steps_are_labelled_at_round_numbers(by_step: list[float], labels: list[str]) -> None:
    drawn = drawing.errors({"forecast": by_step}, ENGLISH)
    below = re.findall(r'<text x="[\d.]+" y="198" [^>]*>([^<]*)<', drawn)
    assert below == labels


@pytest.mark.parametrize("values", [[0.0, 0.0], [5.0, 5.0], [1e-9, 2e-9], [-3e12, 4e12], [np.nan, 1.0]])
def test_awkward_values_are_drawn_within_the_picture(values: list[float]) -> None:
    drawn = drawing.errors({"forecast": values, "naive": values}, ENGLISH)
    for points in re.findall(r'points="([^"]*)"', drawn):
        for point in points.split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= drawing.WIDTH
            assert 0 <= y <= 220
