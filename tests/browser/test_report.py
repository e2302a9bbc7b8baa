"""A report opened without a network, and as it is printed."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from forecasting import charts
from forecasting.charts import ENGLISH
from forecasting.export import Chart, Section, Table, Text, drawing, report
from tests.charts import synthetic

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAPER = 680  # pixels of an A4 page between margins of 15 mm


def write(times: object) -> list[str]:
    return [str(one)[:10] for one in times]  # type: ignore[attr-defined]  # a series of times


def test_a_report_opens_without_a_network_and_fits_on_paper(browser: Browser, tmp_path: Path) -> None:
    history, forecast = synthetic.history(), synthetic.forecast()
    live = charts.forecast_chart(history, forecast, "<b>y</b>", tail=60, height=280)
    half = charts.forecast_chart(history, forecast, "y", tail=60, height=150).update_layout(width=325)
    drawn = drawing.fan(history, forecast, ENGLISH, tail=60, write=write)
    table = Table(["Time", *map(str, range(7))], [["2024-01-01", *["1,234,567.89"] * 7]] * 40)
    sections = [
        Section("Live", [Chart("a", figure=live), table]),
        Section("x" * 500, [Text("y" * 500), Chart("b", figure=half)], half=True),
        Section("Right", [Chart("c", figure=half)], half=True),
        Section("Drawn", [Chart("d", drawn)]),
    ]
    path = tmp_path / "report.html"
    path.write_bytes(report("sales.csv", ["a"], ("worse", "b"), sections, "c", "en"))
    context = browser.new_context(viewport={"width": PAPER, "height": 960}, offline=True)
    page = context.new_page()
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda problem: said.append(str(problem)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    page.emulate_media(media="print")
    assert page.locator("figure .main-svg").count() >= 3
    ends = page.evaluate(
        "[...document.querySelectorAll('svg, table, p, h2')].map(e => e.getBoundingClientRect().right)"
    )
    assert max(ends) <= PAPER + 1
    cut = "[...document.querySelectorAll('figure')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
    assert page.evaluate(cut) == 0
    tops = [page.get_by_role("heading", name=name).bounding_box() for name in ("x" * 239, "Right")]
    assert tops[0] is not None
    assert tops[1] is not None
    assert tops[0]["y"] == tops[1]["y"]  # beside each other
    assert said == []
    assert asked == [path.as_uri()]
    context.close()
