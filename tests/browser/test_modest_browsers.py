"""The teaching pages in browsers that have less than others: without WebGL, and on a slow phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from tests.browser.conftest import PATIENCE, SIZE, Server, chart, settled, start_chromium

pytestmark = [pytest.mark.browser, pytest.mark.slow(seconds=60), pytest.mark.together]

PAGES = {  # address -> what its results draw, each a chart
    "sine_wave": ("sine_predicted", "sine_loss", "sine_free"),
    "sequence_lab": ("cosine_learns", "cosine_position", "cosine_loss"),
    "text_lab": ("pair_map", "pair_loss"),
    "lessons": ("lesson_scaling_scaled",),
}
SCREEN = {"width": 390, "height": 844}


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """A phone in the hand: touched, not clicked."""
    context = browser.new_context(
        viewport={"width": SCREEN["width"], "height": SCREEN["height"]}, is_mobile=True, has_touch=True
    )
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


def test_each_teaching_page_draws_in_a_browser_without_webgl(server: Server, playwright: Playwright) -> None:
    launched = start_chromium(playwright, "--disable-3d-apis", "--disable-webgl", "--disable-webgl2")
    if launched is None:
        pytest.skip("there is no Chromium")
    try:
        page = launched.new_page(viewport=SIZE)
        page.set_default_timeout(PATIENCE)
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        for address, keys in PAGES.items():
            page.goto(f"{server.url}/{address}")
            has_it = "() => ['webgl', 'webgl2'].some(kind => document.createElement('canvas').getContext(kind))"
            assert not page.evaluate(has_it)
            for key in keys:
                plot = chart(page, key).locator(".js-plotly-plot")
                expect(plot.locator(".main-svg").first).to_be_visible()
                kinds = plot.evaluate("plot => plot._fullData.map(trace => trace.type)")
                assert kinds
                assert not [kind for kind in kinds if kind.endswith(("gl", "3d"))]
            if address != "lessons":
                expect(page.locator("section.player")).to_be_visible()
        assert complaints == []
    finally:
        launched.close()


def test_on_a_phone_with_a_quarter_of_the_processor_the_film_goes_on_and_the_page_stays_usable(
    server: Server, phone: BrowserContext
) -> None:
    page = phone.new_page()
    phone.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(f"{server.url}/sine_wave")
    player = page.locator("section.player")
    expect(page.locator(".st-key-sine_numbers")).to_be_visible()
    expect(player).to_have_attribute("data-frames", "64")
    expect(player).to_have_attribute("data-at", "50")  # it has caught up with the training
    player.get_by_role("button", name="Play").tap()
    expect(player).not_to_have_attribute("data-at", "50")
    player.get_by_role("button", name="Pause").tap()
    expect(player.get_by_role("button", name="Play")).to_be_visible()
    player.get_by_role("button", name="Play").tap()
    page.locator(".st-key-sine_preset").get_by_text("Noise", exact=True).tap()  # while it plays
    expect(page.locator(".st-key-findings_a")).to_contain_text("its variance is 0.04")


def test_on_a_phone_one_cell_shows_the_drawing_its_steps_and_its_numbers_on_two_screens(
    server: Server, phone: BrowserContext
) -> None:
    page = phone.new_page()
    page.goto(f"{server.url}/sequence_lab")
    page.get_by_role("tab", name="One cell").tap()
    for key in ("one_cell_row", "one_cell_diagram", "one_cell_map"):
        expect(chart(page, key)).to_be_visible()
    settled(page)
    for key in ("one_cell_row", "one_cell_diagram", "one_cell_map"):
        assert _bottom(page, key) <= 2 * SCREEN["height"], key
    wide = "() => document.documentElement.scrollWidth"
    assert page.evaluate(wide) <= SCREEN["width"]


def _bottom(page: Page, key: str) -> float:
    """Pixels from the beginning of the page to the end of an element."""
    below: float = chart(page, key).evaluate(
        """node => {
          const scrolled = document.querySelector('[data-testid=stMain]').scrollTop;
          return node.getBoundingClientRect().bottom + scrolled;
        }"""
    )
    return below
