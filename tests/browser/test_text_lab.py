"""The Text lab in a real browser: the pair at each epoch, a text trained, read by a click and written."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, chart, set_number, train, train_button

pytestmark = [pytest.mark.browser, pytest.mark.slow]

RHYME = "the cat sat on the mat and the rat ran off with the hat. " * 20


def _heat(page: Page, key: str) -> list[list[float]]:
    """The numbers of a heat map, read when there is one: while a page is redrawn the old figure is beside the new."""
    plots = chart(page, key).locator(".js-plotly-plot")
    numbers = "plots => plots.map(p => p._fullData ? Array.from(p._fullData[0].z, row => Array.from(row)) : null)"
    for _ in range(600):
        drawn: list[list[list[float]] | None] = plots.evaluate_all(numbers)
        if len(drawn) == 1 and drawn[0] is not None:
            return drawn[0]
        page.wait_for_timeout(100)
    raise AssertionError(f"{key} is not drawn")


def test_the_text_lab_learns_reads_and_writes(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/text_lab")
    expect(train_button(page)).to_be_visible()
    expect(chart(page, "pair_map")).to_be_visible()  # trained without being asked
    early = _heat(page, "pair_map")
    page.get_by_test_id("stSlider").first.get_by_role("slider").focus()
    page.keyboard.press("End")
    said = page.get_by_test_id("stCode").first
    expect(said).to_contain_text("says : elloh")
    for _ in range(100):  # the drawing follows the words
        late = _heat(page, "pair_map")
        if late != early:
            break
        page.wait_for_timeout(100)
    assert all(max(column) > 99 for column in zip(*late, strict=True))

    page.get_by_text("Character LSTM", exact=True).first.click()
    expect(chart(page, "text_ngrams")).to_be_visible()
    page.get_by_text("Paste", exact=True).first.click()
    field = page.get_by_label("Paste a text")
    field.fill(RHYME)
    field.press("Control+Enter")
    expect(page.get_by_text(f"{len(RHYME):,} characters")).to_be_visible()
    set_number(page, "Hidden size", 16)
    set_number(page, "Steps", 200)
    train(page)
    expect(chart(page, "text_numbers")).to_be_visible()
    expect(page.get_by_text("characters a second")).to_be_visible()
    key = chart(page, "text_next").locator(".js-plotly-plot")
    ticks = "plot => plot._fullLayout.yaxis.ticktext"
    before = key.evaluate(ticks)
    surface = chart(page, "text_map").locator(".js-plotly-plot .nsewdrag").first
    surface.scroll_into_view_if_needed()
    box = surface.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 10.5 / 32, box["y"] + 14)  # the eleventh character of the first row
    tenth = RHYME[int(0.9 * len(RHYME)) + 10]
    expect(chart(page, "text_next").get_by_text(f"{tenth if tenth != ' ' else '␣'} ◂")).to_be_visible()
    expect(key).to_have_count(1)
    expect(key.locator(".main-svg").first).to_be_visible()
    assert key.evaluate(ticks) != before

    page.reload()
    expect(chart(page, "text_numbers")).to_be_visible()
    expect(page.get_by_label("Paste a text")).to_have_value(RHYME)


def test_the_unit_finder_colours_the_text_and_sampling_plays(server: Server, page: Page) -> None:
    text = "".join(f'He said "{place % 7} cats" to Ann (or Bo).\nThe {place} mats sat.\n' for place in range(150))
    page.goto(f"{server.url}/text_lab")
    page.get_by_text("Character LSTM", exact=True).first.click()
    expect(chart(page, "text_ngrams")).to_be_visible()
    page.get_by_text("Paste", exact=True).first.click()
    field = page.get_by_label("Paste a text")
    field.fill(text)
    field.press("Control+Enter")
    expect(page.get_by_text(f"{len(text):,} characters")).to_be_visible()
    set_number(page, "Hidden size", 16)
    set_number(page, "Steps", 100)
    train(page)
    page.get_by_role("button", name="Find units").click()
    _heat(page, "units_map")
    expect(page.get_by_role("button", name="Find units")).to_have_count(0)

    page.get_by_text("Step by step", exact=True).click()
    page.get_by_role("button", name="Next character").click()
    expect(page.get_by_text("Character 1: the random number")).to_be_visible()
    expect(chart(page, "step_bars").get_by_text("◂")).to_have_count(1)
    page.get_by_role("button", name="Play 20").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.get_by_text("Character 21: the random number")).to_be_visible()
    expect(page.get_by_role("button", name="Play 20")).to_be_visible()
