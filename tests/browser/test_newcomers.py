"""Eleven files of newcomers, from the first page to a forecast that can be defended, and a reload that loses nothing.

With TIDECAST_SCREENSHOTS=FOLDER each result is photographed at 1280 and 390 pixels, light and dark, in both languages.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import LIVE, PATIENCE, Server, chart, train_button
from tests.browser.newcomer_files import FILES, Brought
from tests.conftest import REPORTED

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MOST_CLICKS = 4


class Newcomer:
    """Somebody at the page, whose clicks are counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def click(self, target: Locator) -> None:
        expect(target).to_be_enabled()
        target.click()
        self.clicks += 1

    def bring(self, brought: Brought) -> None:
        """Upload the file: a click on Upload and one on the field, which opens the system's dialogue."""
        side = self.page.get_by_test_id("stSidebar")
        self.click(
            side.get_by_role("radio", name="Upload").or_(side.get_by_role("button", name="Upload", exact=True)).first
        )
        field = self.page.get_by_test_id("stFileUploader").locator("input[type=file]")
        field.set_input_files({"name": brought.name, "mimeType": "text/csv", "buffer": brought.content()})
        self.clicks += 1


def arrive(page: Page, server: Server) -> Newcomer:
    """The first page, which says what Tidecast does."""
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(server.url)
    expect(page.get_by_text("Tidecast reads a file or a ticker")).to_be_visible()
    return Newcomer(page)


def told(page: Page, brought: Brought) -> None:
    """The line that says what was read, in the main area."""
    line = page.locator(".st-key-what_was_read")
    expect(line).to_contain_text(brought.name)
    for part in brought.says:
        expect(line).to_contain_text(part)


@pytest.mark.parametrize("brought", [one for one in FILES if not one.minutes], ids=lambda one: one.name)
def test_a_file_becomes_a_forecast_in_four_clicks(
    brought: Brought, server: Server, page: Page, record_property: Callable[[str, object], None]
) -> None:
    somebody = arrive(page, server)
    begun = time.monotonic()
    somebody.bring(brought)
    train = train_button(page)
    if brought.answer:
        expect(page.get_by_text(re.compile("Answer the question about"))).to_be_visible()
        expect(train).to_have_count(1)
        expect(train).to_be_disabled()
        expect(page.locator(".st-key-what_was_read")).to_have_count(0)  # nothing of other data under this file's name
        somebody.click(page.get_by_role("button", name=brought.answer).first)
    told(page, brought)
    somebody.click(train)
    verdict = page.locator(".st-key-verdict")
    words = re.compile("better|worse|random walk|copying|repeating|too few", re.IGNORECASE)
    expect(verdict).to_contain_text(words, timeout=3 * PATIENCE)
    expect(chart(page, "chart_forecast").locator(".main-svg").first).to_be_visible()
    seconds = time.monotonic() - begun
    assert somebody.clicks <= MOST_CLICKS
    record_property(REPORTED, f"newcomer {brought.name}: {somebody.clicks} clicks, {seconds:.0f} s to the forecast")

    if brought.answer:  # which a reload has to remember beside the file
        before = verdict.inner_text()
        page.reload()
        expect(verdict).to_have_text(before, use_inner_text=True)
        told(page, brought)
        expect(chart(page, "chart_forecast").locator(".main-svg").first).to_be_visible()
    _photograph(page, brought.name)


def test_a_long_file_is_trained_in_view_and_found_again(server: Server, page: Page) -> None:
    (brought,) = (one for one in FILES if one.minutes)
    somebody = arrive(page, server)
    somebody.bring(brought)
    told(page, brought)
    somebody.click(train_button(page))
    expect(page.get_by_role("button", name="Cancel", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Cancel", exact=True)).to_be_visible()
    expect(page.locator(f"{LIVE} .mark-line path").first).to_be_attached()
    assert somebody.clicks <= MOST_CLICKS
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.get_by_text("cancelled", exact=False).first).to_be_visible()
    told(page, brought)


def _photograph(page: Page, name: str) -> None:
    folder = os.environ.get("TIDECAST_SCREENSHOTS")
    if not folder:
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    address = page.url
    for language in ("en", "zh"):
        page.goto(address + ("&language=zh" if language == "zh" else ""))
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for width, height in ((1280, 800), (390, 844)):
                page.set_viewport_size({"width": width, "height": height})
                expect(chart(page, "chart_forecast").locator(".main-svg").first).to_be_visible()
                page.wait_for_timeout(1_500)  # the theme and the figure settle
                page.screenshot(path=Path(folder) / f"{name}-{language}-{scheme}-{width}.png")
