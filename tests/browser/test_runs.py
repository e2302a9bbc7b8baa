"""Runs in a real browser: nothing loses them, one looks at several, shows one to somebody, and goes back and forth."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from forecasting.runs import Store, Workspace
from tests.app import files
from tests.browser.conftest import Server, Start, chart, go, live_loss, set_number, traces, train, train_button, upload

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def strict(page: Page) -> Iterator[Page]:
    """A page that fails the test when its browser had to refuse something for the Content-Security-Policy."""
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    page.add_init_script(
        "document.addEventListener('securitypolicyviolation', e => console.error("
        "'Content Security Policy', e.violatedDirective, e.blockedURI))"
    )
    yield page
    # Streamlit's 64-bit integers try WebAssembly once and do without: allowing it would allow more than that.
    assert [said for said in refused if "wasm-eval" not in said] == []


def workspace_of(page: Page) -> str:
    page.wait_for_url(lambda url: "workspace=" in url)  # the address may come a moment after the words
    return urllib.parse.parse_qs(urllib.parse.urlparse(page.url).query)["workspace"][0]


def long_training(page: Page) -> None:
    """One that does not end while it is watched."""
    page.get_by_text("Advanced", exact=True).click()
    set_number(page, "Epochs", 5000)
    set_number(page, "Hidden size", 128)
    train(page)
    live_loss(page)


def test_the_forecast_and_the_runs_work_under_the_security_policy(server: Server, strict: Page) -> None:
    page = strict
    page.goto(server.url)
    upload(page, files.german(240))
    expect(page.get_by_role("button", name="1 gap filled")).to_be_visible()
    set_number(page, "Horizon", 5)
    train(page)
    expect(page.locator(".st-key-numbers")).to_be_visible()
    for tab in ("Forecast", "Errors", "Training", "Compare", "Export"):
        page.get_by_role("tab", name=tab, exact=True).click()
        page.wait_for_timeout(500)
    go(page, "Sine wave")  # trains by itself
    traces(chart(page, "sine_predicted"))
    go(page, "Runs")
    expect(page.get_by_text("sales.csv", exact=True)).to_be_visible()
    boxes = page.get_by_test_id("stCheckbox")
    expect(boxes).to_have_count(2)
    for position in range(2):
        boxes.nth(position).locator("label").click()
        expect(page.get_by_text(f"{position + 1} ticked")).to_be_visible()
    page.get_by_role("button", name="Compare").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("not a forecast")).to_be_visible()
    expect(dialog.locator(".st-key-compare_loss .js-plotly-plot")).to_be_visible()


def test_the_labs_and_a_link_work_under_the_security_policy(server: Server, strict: Page) -> None:
    page = strict
    page.goto(f"{server.url}/sequence_lab")
    expect(chart(page, "cosine_learns").locator(".js-plotly-plot")).to_be_visible()
    for name in page.get_by_role("tab").all_inner_texts():
        page.get_by_role("tab", name=name, exact=True).click()
        page.wait_for_timeout(700)
    go(page, "Text lab")
    expect(chart(page, "pair_map").locator(".js-plotly-plot")).to_be_visible()
    go(page, "Sine wave")
    traces(chart(page, "sine_predicted"))
    go(page, "Runs")
    page.locator("[class*=st-key-run_]", has_text="Sine wave").get_by_role("button", name="Manage").first.click()
    page.get_by_role("button", name="Copy link").click()
    page.goto(page.get_by_test_id("stCode").inner_text().strip())
    traces(chart(page, "sine_predicted"))
    expect(page.get_by_test_id("stTopNavLink")).to_have_count(0)


def test_a_run_outlives_its_tab_a_reload_another_page_and_the_server(start: Start, page: Page) -> None:
    first, context = start(), page.context
    page.goto(first.url)
    long_training(page)
    token, address = Workspace(workspace_of(page)), urllib.parse.urlparse(page.url).query
    store = Store(f"sqlite:///{(first.folder / 'tidecast.db').as_posix()}")
    (run,) = store.runs(token)
    began = run.started
    page.reload()
    live_loss(page)
    go(page, "Sine wave")
    expect(page.get_by_text("The next value of a sine wave")).to_be_visible()
    go(page, "Forecast")
    live_loss(page)
    page.close()
    page = context.new_page()
    page.goto(f"{first.url}/?{address}")
    live_loss(page)
    page.close()
    seen = store.run(token, run.id)
    assert (seen.state, seen.started) == ("running", began)  # the very same training, all the time
    first.stop()
    second = start(folder=first.folder)
    page = context.new_page()
    page.goto(f"{second.url}/runs?{address}")
    mine = page.locator(f".st-key-live_{run.id[:12]}")  # the first visit to Sine wave has asked for a run of its own
    expect(mine.get_by_text(re.compile(r"epoch \d+ of 5,?000"))).to_be_visible()
    assert store.run(token, run.id).attempts <= 1  # a server that leaves takes no attempt off
    expect(mine).to_have_count(1)
    mine.get_by_role("button", name="Cancel").click()
    expect(page.locator(f".st-key-run_{run.id[:12]}").get_by_text("Cancelled")).to_be_visible()
    expect(mine).to_have_count(0)
    page.close()
    store.close()


def test_back_is_no_trap(server: Server, page: Page) -> None:
    """Streamlit drops the parameters when a page is changed, so that writing them back is a second entry."""
    page.goto(server.url)
    page.wait_for_url("**/?workspace=*dataset=*")
    for name in ("Text lab", "Runs"):
        go(page, name)
        page.wait_for_url("**/*_*?workspace=*" if name == "Text lab" else "**/runs?workspace=*")
        page.wait_for_timeout(1_500)
    for path in ("/text_lab", "/"):
        for _ in range(3):
            if urllib.parse.urlparse(page.url).path != path:
                page.go_back()
                page.wait_for_timeout(2_000)
        assert urllib.parse.urlparse(page.url).path == path
    expect(train_button(page)).to_be_visible()


def test_a_link_opens_one_run_in_a_browser_without_the_workspace(server: Server, page: Page, browser: Browser) -> None:
    page.goto(f"{server.url}/sine_wave")  # trains by itself
    traces(chart(page, "sine_predicted"))
    go(page, "Runs")
    manage = page.get_by_role("button", name="Manage")
    expect(manage).to_have_count(1)  # a page that is being drawn anew may show what was there beside what is
    manage.click()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.url)
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("The link is in the clipboard.")).to_be_visible()
    link = page.get_by_test_id("stCode").inner_text().strip()
    assert page.evaluate("navigator.clipboard.readText()") == link
    assert workspace_of(page) not in link
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')) }")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("copy it by hand")).to_be_visible()
    assert page.get_by_test_id("stCode").inner_text().strip() == link  # the same one, and not a second
    other = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    other.goto(link)
    traces(chart(other, "sine_predicted"))
    expect(other.get_by_role("link", name=f"{server.url}/")).to_be_visible()  # where the app is
    expect(other.get_by_role("button", name="Train", exact=True)).to_have_count(0)
    expect(other.get_by_test_id("stTopNavLink")).to_have_count(0)
    assert other.evaluate("document.scrollingElement.scrollWidth") <= 390
    other.context.close()


def test_the_list_fits_a_phone_and_can_be_worked_by_keyboard(server: Server, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server.url}/sine_wave")  # trains by itself
    traces(chart(page, "sine_predicted"))
    page.goto(f"{server.url}/runs?workspace={workspace_of(page)}")
    more = page.get_by_role("button", name="Manage")
    expect(more).to_be_visible()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    more.focus()
    page.keyboard.press("Enter")
    name = page.get_by_role("textbox", name="Name", exact=True)
    name.fill("By keyboard")
    name.press("Enter")
    expect(page.get_by_role("checkbox", name="Compare By keyboard")).to_be_attached()


def test_a_browser_is_asked_before_an_address_leads_it_into_another_workspace(
    server: Server, page: Page, browser: Browser
) -> None:
    page.goto(f"{server.url}/runs")
    expect(page.get_by_text("No runs yet")).to_be_visible()
    stranger = browser.new_context().new_page()
    stranger.goto(f"{server.url}/runs")
    expect(stranger.get_by_text("No runs yet")).to_be_visible()
    mine, theirs = workspace_of(page), workspace_of(stranger)
    stranger.context.close()
    page.wait_for_function("document.cookie.includes('tidecast_workspace=')")
    cookie = page.evaluate("document.cookie")
    assert mine not in cookie
    page.goto(f"{server.url}/runs?workspace={theirs}")
    expect(page.get_by_text("another workspace than the one that this browser used last")).to_be_visible()
    expect(page.get_by_text("No runs yet")).to_have_count(0)
    page.goto(f"{server.url}/runs?workspace={mine}")  # one's own opens as before
    expect(page.get_by_text("No runs yet")).to_be_visible()
    page.goto(f"{server.url}/runs?workspace={theirs}")
    page.get_by_role("button", name="Enter this workspace").click()
    expect(page.get_by_text("No runs yet")).to_be_visible()
    page.wait_for_function("before => document.cookie !== before", arg=cookie)
    page.reload()  # it is the one that this browser used last by now
    expect(page.get_by_text("No runs yet")).to_be_visible()
    assert workspace_of(page) == theirs
