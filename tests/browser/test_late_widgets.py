"""A page in a browser that is behind: its widgets' code arrives last, or it has yet to read what the server sent."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.conftest import PATIENCE, SIZE, Server, keyed, settled

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDGETS = re.compile(r"/static/js/(Slider|ButtonGroup|Checkbox|NumberInput|Selectbox)\.")


@pytest.fixture
def fresh(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that has none of the app's files."""
    context = browser.new_context(viewport=SIZE)
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


def test_a_lab_whose_widgets_come_last_has_its_defaults(server: Server, fresh: BrowserContext) -> None:
    held: list[Route] = []
    page = fresh.new_page()
    page.route(WIDGETS, lambda route: held.append(route))
    page.goto(f"{server.url}/sequence_lab")
    expect(page.locator(".st-key-cosine_learns .js-plotly-plot")).to_be_visible()  # many runs later
    expect(page.get_by_test_id("stSkeleton").first).to_be_visible()
    assert held
    page.unroute(WIDGETS)  # which lets those go on that were held
    settled(page)
    numbers = {name: keyed(page, f"cosine_{name}").locator("input").first for name in ("steps", "chunk", "hidden_size")}
    for name, value in (("steps", "300"), ("chunk", "10"), ("hidden_size", "32")):
        expect(numbers[name]).to_have_value(value)
    cell = keyed(page, "cosine_cell").get_by_role("radio", checked=True)
    expect(cell).to_have_text("RNN")
    # With a change the browser sends what all of them show: the others have the same value after that run.
    before = page.url
    numbers["chunk"].press("ArrowRight")
    expect(page).not_to_have_url(before)  # another network is trained
    settled(page)
    expect(numbers["chunk"]).to_have_value("11")
    expect(numbers["steps"]).to_have_value("300")
    expect(cell).to_have_text("RNN")


def test_no_message_stands_for_one_before_that_the_browser_may_have_dropped(server: Server, page: Page) -> None:
    """Where it has, Streamlit's page says "Connection error" and is dead."""
    frames: list[bytes] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(bytes(frame))))
    page.goto(f"{server.url}/sine_wave")
    expect(page.locator(".st-key-sine_free .js-plotly-plot")).to_be_visible()
    settled(page)
    keyed(page, "sine_by_itself").locator("label").click()
    expect(keyed(page, "sine_by_itself").locator("input")).not_to_be_checked()
    settled(page)
    kinds = [ForwardMsg.FromString(frame).WhichOneof("type") for frame in frames]
    assert max(map(len, frames)) > 10_000  # Streamlit's own limit for what it remembers
    assert kinds.count("script_finished") > 1
    assert "ref_hash" not in kinds
