"""Own events, and the future inputs of a scenario pasted from a spreadsheet, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Server, chart, set_number, settled, train, upload
from tests.browser.newcomer_files import promotions

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROW = 33  # pixels of a row of a table, which is drawn on a canvas


def press_cell(page: Page, table: Locator, across: int, row: int) -> None:
    """Press a cell; rows are counted from 0 below the head."""
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + across, box["y"] + (row + 1) * ROW + 18)
    page.wait_for_timeout(500)


def write(page: Page, text: str, then: str) -> None:
    """Type as people do: a table loses keys that come faster than it can draw."""
    page.keyboard.type(text, delay=70)
    page.wait_for_timeout(200)
    page.keyboard.press(then)
    page.wait_for_timeout(500)


def open_events(page: Page, table: Locator) -> None:
    """Open the table of own events where it is in view: settings that are still being drawn push it further down."""
    for _ in range(4):
        page.wait_for_timeout(1_000)
        button = page.locator(".st-key-own_events button").first
        button.scroll_into_view_if_needed()
        button.click()
        expect(table).to_be_visible()
        page.wait_for_timeout(500)
        box = table.bounding_box()
        if box is not None and box["y"] + box["height"] < 850:
            return
        page.keyboard.press("Escape")
    raise AssertionError("the table of own events does not come into view")


def test_own_events_and_a_scenario_pasted_from_a_spreadsheet(server: Server, page: Page) -> None:
    page.goto(server.url)
    upload(page, promotions(), "promotions.csv")
    page.get_by_role("button", name="Use for the forecast").click()
    expect(page.get_by_text("4 assumptions")).to_be_visible()
    settled(page)
    page.get_by_text("Advanced", exact=True).click()
    settled(page)
    set_number(page, "Horizon", 14)
    set_number(page, "Epochs", 3)
    table = page.get_by_test_id("stPopoverBody").get_by_test_id("stDataFrame")
    open_events(page, table)
    press_cell(page, table, 100, 0)
    write(page, "Fair", "Tab")
    expect(page.get_by_text("'Fair', has no date")).to_be_visible()  # said at once, and Train is off
    write(page, "2023-03-01, 2023-09-13, 2024-03-06, 2024-08-28", "Enter")
    expect(page.get_by_text("'Fair', has no date")).to_have_count(0)
    page.keyboard.press("Escape")
    train(page)
    expect(page.locator(".st-key-numbers")).to_be_visible()
    settled(page)

    page.get_by_role("tab", name="Explain", exact=True).click()
    expect(page.get_by_text("Fair").first).to_be_visible()

    page.get_by_role("tab", name="What if", exact=True).click()
    page.get_by_role("button", name="Add", exact=True).click()
    inputs = page.locator("[class*=st-key-what_if_inputs_]").get_by_test_id("stDataFrame")
    expect(chart(page, "chart_what_if").locator(".js-plotly-plot")).to_be_visible()
    settled(page)
    inputs.scroll_into_view_if_needed()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.url)
    page.evaluate("navigator.clipboard.writeText('8.5\\t1\\n8.5\\t1\\noops\\t1\\n')")
    press_cell(page, inputs, 250, 0)
    page.keyboard.press("Control+v")
    expect(page.get_by_role("alert").filter(has_text="oops")).to_be_visible()  # named, with its row and column
    expect(chart(page, "chart_differences").locator(".js-plotly-plot")).to_be_visible()
