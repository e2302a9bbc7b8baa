"""Strings that break software, shown by a real browser: letter by letter, no markup, no link, nothing run."""

from __future__ import annotations

import re
import unicodedata

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from pages.shared.formats import plain
from tests.browser.conftest import Server, Start, chart, traces, upload
from tests.naughty import FEW, naughty

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FOREIGN = "a[href^='http'], a[href^='mailto'], img, iframe, script:not([src]), object, embed, form, video, audio, svg a"


def letters(text: str) -> str:
    """What can be seen of a text: without spaces, and without what has no width or no glyph."""
    kept = (
        letter for letter in text if letter.isprintable() and not unicodedata.category(letter).startswith(("C", "Z"))
    )
    return re.sub(r"\s|\ufffd", "", "".join(kept))


def test_every_string_is_shown_letter_by_letter_in_markdown_and_figures(start: Start, page: Page) -> None:
    page.goto(start(script="tests/browser/naughty_app.py").url)
    expect(page.get_by_text("The end")).to_be_visible()
    expect(page.locator(".st-key-chart_naughty .legendtext").first).to_be_attached()
    main = page.get_by_test_id("stMain")
    inside = main.evaluate(
        """main => Array.from(main.querySelectorAll("[class*=st-key-said_]")).map(box => ({
            number: Number(Array.from(box.classList).find(c => c.startsWith("st-key-said_")).slice(12)),
            text: box.textContent,
            tags: Array.from(box.querySelectorAll("[data-testid=stMarkdownContainer] *")).map(e => e.tagName),
        }))"""
    )
    strings = [text for text in naughty() if plain(text)]
    assert len(inside) == len(strings)
    for found in inside:
        text = strings[found["number"]]
        assert set(found["tags"]) <= {"P", "STRONG"}, text
        assert letters(found["text"].strip("*")) == letters(text).strip("*"), text
    assert main.locator(FOREIGN).count() == 0
    legend = page.locator(".st-key-chart_naughty .legendtext").evaluate_all("all => all.map(e => e.textContent)")
    assert len(legend) == len(strings)
    assert page.evaluate("window.broken") is None


def test_names_from_a_file_are_text_wherever_the_page_shows_them(server: Server, page: Page) -> None:
    names = FEW[:10]
    header = ",".join(["date", *('"' + name.replace('"', '""') + '"' for name in names)])
    days = pd.date_range("2024-01-01", periods=120)
    rows = [f"{day:%Y-%m-%d}" + "".join(f",{50 + (i * (k + 2)) % 7}" for k in range(10)) for i, day in enumerate(days)]
    rows[7] = rows[7].rsplit(",", 1)[0] + ",<b>n/a</b>"  # a cell that a note names
    page.goto(server.url)
    upload(page, "\n".join([header, *rows]).encode(), "<img src=x onerror=alert(1)>[x](https://evil.example).csv")
    expect(page.get_by_text("How the file was read")).to_be_visible()
    page.get_by_text("How the file was read").click()
    page.get_by_text("Explore", exact=True).click()
    expect(chart(page, "chart_autocorrelation").locator(".js-plotly-plot")).to_be_visible()
    page.get_by_test_id("stPopover").first.get_by_role("button").click()
    page.keyboard.press("Escape")
    for name in (names[0], names[3], names[8]):
        page.locator(".st-key-series_shown").get_by_role("combobox").fill(name[:30])
        page.keyboard.press("Enter")
        title = chart(page, "chart_series").locator(".ytitle").filter(has_text=name[:8].replace("$", ""))
        expect(title.first).to_be_visible()
        traces(chart(page, "chart_series"))  # waits until the figure before is gone
        chart(page, "chart_series").locator(".js-plotly-plot").hover()
    foreign = page.locator(FOREIGN.replace("script:not([src]), ", ""))
    assert foreign.evaluate_all("all => all.map(e => e.outerHTML).filter(h => /evil|onerror|src=.?x/.test(h))") == []
    assert page.evaluate("window.broken") is None
