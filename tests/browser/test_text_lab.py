"""The Text lab in a real browser: the pair learned, a text trained, read by a click, its units, and what it writes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from forecasting.labs.text import sample_text
from tests.browser.conftest import Server, chart, set_number, train, train_button

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROW = 35  # pixels of a table's row
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
    expect(page.get_by_test_id("stCode").first).to_contain_text("says : elloh")
    assert all(max(column) > 99 for column in zip(*_heat(page, "pair_map"), strict=True))
    player = page.locator("section.player")  # has the training before
    expect(player.locator("pre.answer")).to_contain_text("elloh")
    player.get_by_role("slider").focus()
    page.keyboard.press("Home")
    expect(player.locator("pre.answer")).not_to_contain_text("elloh")

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
    text = sample_text()[40_000:58_000]  # in one that repeats itself hardly anything is found
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
    before = _heat(page, "units_map")
    expect(page.get_by_role("button", name="Find units")).to_have_count(0)
    table = page.locator("[class*=st-key-units_of_][class*=_table]")
    unit = table.locator("tr[aria-rowindex='3'] [role=gridcell]").nth(1).text_content()  # the first row is coloured
    assert unit is not None
    assert unit.startswith("Layer")
    grid = table.locator("canvas").first
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 60, box["y"] + ROW * 2.5)
    expect(page.get_by_test_id("stMarkdownContainer").get_by_text(unit, exact=True)).to_be_visible()
    for _ in range(100):  # the drawing follows the words
        coloured = _heat(page, "units_map")
        if coloured != before:
            break
        page.wait_for_timeout(100)
    assert coloured != before
    page.reload()
    _heat(page, "units_map")  # the search is done once
    expect(page.get_by_role("button", name="Find units")).to_have_count(0)

    page.get_by_text("Step by step", exact=True).click()
    page.get_by_role("button", name="Next character").click()
    expect(page.get_by_text("Character 1: the random number")).to_be_visible()
    expect(chart(page, "step_bars").get_by_text("◂")).to_have_count(1)
    page.get_by_role("button", name="Play 20").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.get_by_text("Character 21: the random number")).to_be_visible()
    expect(page.get_by_role("button", name="Play 20")).to_be_visible()
