"""The language switched in a real browser, on each page in each state: every setting stays, and every widget works.

Streamlit's own tester does not show this fault: only a browser sends back the labels of before.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, TimeoutError, expect

from tests.app import files
from tests.browser.conftest import (
    PATIENCE,
    Server,
    Start,
    choose,
    keyed,
    set_number,
    settled,
    train,
    train_button,
    upload,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow(seconds=60)]

# What each widget shows: the value of its field, or which of its options is chosen.
VALUES = """
() => Object.fromEntries([...document.querySelectorAll('[class*="st-key-"]')].flatMap(element => {
    const key = [...element.classList].find(name => name.startsWith('st-key-')).slice(7)
        .replace(/-\\d+$/, '')  // a number for each dataset
    const fields = [...element.querySelectorAll('input:not([type=file])')]
    const chosen = [...element.querySelectorAll('[aria-checked], [aria-selected], [aria-pressed]')]
    const tags = [...element.querySelectorAll('[data-baseweb=tag]')].map(tag => tag.textContent)
    const own = element.querySelector('[class*="st-key-"]') === null && key !== 'language'
    const shown = [
        ...fields.map(field => field.type === 'radio' || field.type === 'checkbox' ? field.checked : field.value),
        ...chosen.map(one => one.ariaChecked ?? one.ariaSelected ?? one.ariaPressed), ...tags]
    return own && shown.length ? [[key, JSON.stringify(shown)]] : []
}))
"""


@pytest.fixture(autouse=True)
def _nothing_breaks(server: Server) -> Iterator[None]:
    before = server.log.stat().st_size
    yield
    said = server.log.read_bytes()[before:].decode(errors="replace")
    assert "Uncaught app execution" not in said, said


def values(page: Page) -> dict[str, str]:
    """What each widget shows, once that no longer changes."""
    settled(page)
    found: dict[str, str] = page.evaluate(VALUES)
    for _ in range(50):
        page.wait_for_timeout(300)
        settled(page)
        before, found = found, page.evaluate(VALUES)
        if found == before:
            break
    return found


def switch(page: Page, name: str) -> None:
    runs = {"中文": "运行", "English": "Runs"}[name]
    link = page.get_by_role("navigation").get_by_role("link", name=runs, exact=True)
    for _ in range(3):  # a list that is drawn anew under the mouse takes no click
        choose(page, "language", name)
        with contextlib.suppress(TimeoutError):
            link.wait_for(timeout=10_000)
            break
        page.keyboard.press("Escape")
    expect(link).to_be_visible()
    settled(page)


def shows(page: Page, wanted: Callable[[dict[str, str]], bool]) -> dict[str, str]:
    """What the widgets show once that is as wanted, or in the end: on a slow machine a page is drawn in parts."""
    deadline = time.monotonic() + PATIENCE / 1000
    while not wanted(found := values(page)) and time.monotonic() < deadline:
        page.wait_for_timeout(300)
    return found


def same_widgets(page: Page, before: dict[str, str]) -> None:
    assert shows(page, lambda now: now.keys() == before.keys()).keys() == before.keys()


def there_and_back(page: Page, **uses: str | int) -> None:
    """To Chinese, options chosen there by their key, and back: all else is as it was."""
    before = values(page)

    def changed(now: dict[str, str]) -> set[str]:
        return {key for key in before if now.get(key) != before[key]}

    switch(page, "中文")
    same_widgets(page, before)
    for key, option in uses.items():
        choose(page, key, option)
    switch(page, "English")
    assert changed(shows(page, lambda now: changed(now) == uses.keys())) == uses.keys()


def test_settings_of_every_kind_and_an_upload_outlive_a_switch(server: Server, page: Page) -> None:
    page.goto(server.url)
    expect(train_button(page)).to_be_enabled()
    there_and_back(page, set_cell="GRU")
    assert "GRU" in shows(page, lambda now: "GRU" in now.get("set_cell", ""))["set_cell"]
    upload(page, files.german())
    expect(page.get_by_role("button", name="1 gap filled")).to_be_visible()
    page.get_by_text("Advanced", exact=True).click()
    choose(page, "set_method", 1)
    choose(page, "set_countries", "Germany")
    page.keyboard.press("Escape")
    choose(page, "set_calendar", 1)
    page.keyboard.press("Escape")
    field = keyed(page, "set_lookbacks").locator("input")
    field.fill("33")
    field.press("Enter")
    page.keyboard.press("Escape")
    set_number(page, "Horizon", 9)
    set_number(page, "Window", 21)
    there_and_back(page, set_method=0, set_schedule=1, set_anchor=1, set_loss=1, col_frequency=6)
    there_and_back(page)


def test_an_open_question_and_its_answer_outlive_a_switch(server: Server, page: Page) -> None:
    page.goto(server.url)
    upload(page, files.ambiguous(), "dates.csv")
    expect(page.locator(".st-key-question")).to_be_visible()
    there_and_back(page)
    switch(page, "中文")
    page.locator(".st-key-answer_day_first_1 button").click()
    expect(page.locator(".st-key-chart_series")).to_be_visible()
    switch(page, "English")
    expect(page.get_by_text("01/01/2001 to 12/01/2020")).to_be_visible()
    page.get_by_text("How the file was read").click()
    there_and_back(page)


def test_a_run_and_its_results_outlive_a_switch(server: Server, page: Page) -> None:
    page.goto(server.url)
    upload(page, files.german(120))
    expect(page.get_by_role("button", name="1 gap filled")).to_be_visible()
    page.get_by_text("Advanced", exact=True).click()
    for label, value in (("Horizon", 5), ("Window", 14), ("Hidden size", 8), ("Epochs", 5000)):
        set_number(page, label, value)
    train(page)
    expect(page.locator(".st-key-live")).to_be_visible()
    switch(page, "中文")
    expect(page.locator(".st-key-live")).to_be_visible()
    page.locator(".st-key-cancel button").click()
    expect(page.get_by_text("训练已取消")).to_be_visible()
    switch(page, "English")
    set_number(page, "Epochs", 1)
    train(page)
    tabs = page.get_by_role("tab")
    expect(tabs.first).to_be_visible()
    expect(page.locator(".st-key-chart_forecast")).to_be_visible()
    first = values(page)
    for place in range(tabs.count()):
        tabs.nth(place).click()
        expect(tabs.nth(place)).to_have_attribute("aria-selected", "true")
        shown = values(page)
        switch(page, ("中文", "English")[place % 2])
        expect(tabs.nth(place)).to_have_attribute("aria-selected", "true")
        same_widgets(page, shown)
    if tabs.count() % 2:
        switch(page, "English")
    tabs.first.click()
    expect(page.locator(".st-key-chart_forecast")).to_be_visible()
    assert shows(page, lambda now: now == first) == first


def test_an_error_of_a_page_is_told_in_the_language(start: Start, page: Page) -> None:
    page.goto(start(script="tests/browser/broken_app.py").url + "/?language=zh")
    for key in ("part", "whole"):
        page.locator(f".st-key-{key} button").click()
        expect(page.get_by_role("alert").filter(has_text="Tidecast 自身出了错")).to_have_count(1)
        expect(page.get_by_text("encountered an error")).to_have_count(0)
        expect(page.get_by_text("secret")).to_have_count(0)


@pytest.mark.parametrize(
    ("address", "result", "uses"),
    [
        ("sine_wave", "sine_numbers", {"sine_cell": 1}),
        ("sequence_lab", "the_code", {"cosine_cell": 1}),
        ("text_lab", "pair_loss", {"text_view": 1}),  # the last that a result draws
        ("runs", "", {}),
        ("guide", "", {}),
    ],
)
def test_the_other_pages_outlive_a_switch(
    server: Server, page: Page, address: str, result: str, uses: dict[str, int]
) -> None:
    page.goto(f"{server.url}/{address}")
    expect(page.get_by_test_id("stHeading").first).to_be_visible()
    if result:
        expect(page.locator(f".st-key-{result}")).to_be_visible()
    there_and_back(page)
    for key, place in uses.items():
        switch(page, "中文")
        page.locator(f".st-key-{key} button").nth(place).click()
        settled(page)
        chosen = values(page)[key]
        switch(page, "English")
        assert shows(page, lambda now: now.get(key) == chosen)[key] == chosen  # noqa: B023 - called within the turn
    tabs = page.get_by_role("tab")
    for place in range(1, tabs.count()):
        tabs.nth(place).click()
        expect(tabs.nth(place)).to_have_attribute("aria-selected", "true")
        settled(page)  # what the tab before drew may stand beside it for a moment
        expect(page.locator(f".st-key-{result}")).to_be_visible()
        shown = values(page)
        switch(page, ("English", "中文")[place % 2])
        expect(tabs.nth(place)).to_have_attribute("aria-selected", "true")
        same_widgets(page, shown)
