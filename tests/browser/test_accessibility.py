"""What a page says to those who do not see it or not well: axe's rules of WCAG, the language, sliders by name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import PATIENCE, SIZE, Server, choose, settled

pytestmark = [pytest.mark.browser, pytest.mark.slow(seconds=120), pytest.mark.together]

PAGES = {  # address -> the last that it draws
    "sine_wave": ".st-key-sine_free",
    "sequence_lab": ".st-key-cosine_loss",
    "text_lab": ".st-key-pair_loss",
    "lessons": ".st-key-lesson_scaling_scaled",
    "guided_path": "h1",
    "": ".st-key-chart_series",
    "many_series": "h1",
    "runs": "h1",
    "tune": "h1",
    "guide": "h1",
}


@pytest.fixture
def themed(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of its own: what another test has chosen, a theme above all, is not in it."""
    context = browser.new_context(viewport=SIZE, color_scheme="light", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


def test_axe_finds_nothing_serious_on_any_page_in_either_theme(server: Server, themed: BrowserContext) -> None:
    page = themed.new_page()
    found: list[str] = []
    for address, last in PAGES.items():
        page.goto(f"{server.url}/{address}")
        expect(page.locator(last).first).to_be_visible(timeout=300_000)
        settled(page)
        expect(page.locator("h1")).to_have_count(1)
        code = page.locator(".st-key-the_code")
        if address in ("sine_wave", "sequence_lab", "text_lab"):
            code.locator("summary").click()
            expect(code.locator("code")).to_be_visible()
        for theme in ("light", "dark"):  # the app follows what the user's system says
            page.emulate_media(color_scheme=theme)
            expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", theme)
            settled(page)
            options: dict[str, object] = {"resultTypes": ["violations"]}
            if theme == "dark":  # nothing but colours differs between the themes
                options["runOnly"] = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
            for broken in Axe().run(page, options=options).response["violations"]:
                if broken["impact"] in ("serious", "critical"):
                    where = f"{address or 'forecast'}, {theme}: {broken['id']}"
                    found += [f"{where}: {node['html'][:200]}" for node in broken["nodes"]]
        page.emulate_media(color_scheme="light")
    assert found == []


def test_the_page_is_in_its_language_after_a_reload_as_well_and_sliders_are_read_once(
    server: Server, page: Page
) -> None:
    page.goto(f"{server.url}/sine_wave?language=zh")
    language = page.locator("html")
    expect(language).to_have_attribute("lang", "zh")
    slider = page.get_by_role("slider", name="噪声", exact=True)
    expect(slider).to_have_count(1)
    expect(slider).to_have_attribute("aria-valuetext", "0.00")
    page.reload()
    expect(language).to_have_attribute("lang", "zh")
    choose(page, "language", "English")
    expect(language).to_have_attribute("lang", "en")
    expect(page.get_by_role("slider", name="Noise", exact=True)).to_have_count(1)
    rate = page.get_by_role("slider", name="Learning rate", exact=True)
    expect(rate).to_have_attribute("aria-valuetext", "0.01")  # what is chosen, not its place among the choices
    rate.press("ArrowRight")
    expect(rate).to_have_attribute("aria-valuetext", "0.02")
    expect(rate).to_have_accessible_name("Learning rate")
