"""Best of all with attention in a real browser: chosen, trained, compared with the textbook, explained."""

from __future__ import annotations

import contextlib
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect

from tests.browser.conftest import PATIENCE, Server, chart, set_number, settled, traces, train, train_button

pytestmark = [pytest.mark.browser, pytest.mark.slow]

METHODS = ("Best of all", "Whole network", "Anchor + linear", "Anchor", "Ridge", "Theta", "ETS", "Naive", "Drift")


def choose(page: Page, label: str, option: str) -> None:
    """Choose in a select box of the sidebar."""
    box = page.get_by_test_id("stSidebar").get_by_role("combobox", name=label, exact=True)
    for _ in range(5):  # a list that opens while the page is drawn anew closes again
        settled(page)
        box.focus()
        box.press("ArrowDown")  # a click may come while the sidebar still scrolls, and then opens nothing
        with contextlib.suppress(TimeoutError):
            page.get_by_role("option", name=option, exact=True).click(timeout=5_000)
            break
        page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    expect(box).to_have_value(option)


def bars(room: Locator) -> dict[str, float]:
    """What a chart of horizontal bars really draws: name -> length."""
    plot = room.locator(".js-plotly-plot")
    expect(plot.locator(".main-svg").first).to_be_visible()
    drawn = plot.evaluate(
        "plot => plot._fullData[0] && [Array.from(plot._fullData[0].y), Array.from(plot._fullData[0].x)]"
    )
    return dict(zip(*drawn, strict=True))


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def saved_chart(page: Page, ending: str, folder: Path) -> Path:
    """The file of the chart in the tab Export in a format."""
    page.locator(".st-key-picture_format").get_by_text(ending.upper(), exact=True).click()
    settled(page)
    expect(chart(page, "picture").locator(".main-svg").first).to_be_visible()
    with page.expect_download(timeout=PATIENCE) as download:
        page.get_by_role("button", name=f"Download chart ({ending.upper()})").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_best_of_all_with_attention_is_trained_compared_and_explained(
    server: Server, page: Page, browser: Browser
) -> None:
    page.goto(server.url)
    choose(page, "Method", "Best of all")
    choose(page, "Cell", "Attention LSTM")
    set_number(page, "Horizon", 13)
    page.get_by_text("Advanced", exact=True).click()
    set_number(page, "Epochs", 20)
    set_number(page, "Folds", 1)
    # Reruns overtook each other, and still nothing was lost.
    expect(page.get_by_role("spinbutton", name="Hidden size", exact=True)).to_have_value("64")
    expect(page.get_by_role("spinbutton", name="Batch size", exact=True)).to_have_value("8")
    train(page)
    expect(page.locator(".st-key-numbers")).to_be_visible(timeout=180_000)

    tab(page, "Compare")
    errors = bars(chart(page, "chart_compare"))
    assert set(METHODS) <= set(errors)
    assert list(errors.values()) == sorted(errors.values(), reverse=True)  # Plotly draws from the bottom
    apart = chart(page, "chart_apart").locator(".js-plotly-plot")
    assert apart.evaluate("plot => Array.from(plot._fullData[0].x)") == ["Anchor", "Anchor + linear", "Whole network"]
    apart.evaluate("plot => plot.dataset.seen = 'yes'")
    page.get_by_role("button", name="Add the textbook's network").click()
    live = page.locator(".st-key-textbook_live")
    expect(live).to_be_visible()
    page.wait_for_timeout(1_500)  # a poll or two
    expect(apart).to_have_attribute("data-seen", "yes")  # changed nothing beside it: no flicker
    expect(live).to_have_count(0, timeout=180_000)
    assert "Textbook" in bars(chart(page, "chart_compare"))

    tab(page, "Explain")
    attention = traces(chart(page, "chart_attention"))
    window = int(page.get_by_role("spinbutton", name="Window", exact=True).input_value())
    assert len(attention["Attention"]["y"]) == len(attention["co2"]["y"]) == window
    assert sum(attention["Attention"]["y"]) == pytest.approx(1, abs=1e-4)
    assert {"True", "Anchor", "Anchor + linear", "Forecast"} <= set(traces(chart(page, "chart_explain_parts")))
    for key in ("chart_weights", "chart_lags", "chart_waterfall"):
        expect(chart(page, key).locator(".main-svg").first).to_be_visible()

    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark", has_touch=True)
    phone = context.new_page()
    complaints: list[str] = []
    phone.on("pageerror", lambda error: complaints.append(str(error)))
    phone.goto(page.url)  # a reload finds the run, and beside it the textbook's
    expect(phone.locator(".st-key-numbers")).to_be_visible()
    for name, keys in (
        ("Compare", ("chart_compare", "chart_apart")),
        ("What if", ("chart_what_if",)),
        (
            "Explain",
            (
                "chart_waterfall",
                "chart_stacked",
                "chart_explain_parts",
                "chart_weights",
                "chart_attention",
                "chart_lags",
            ),
        ),
    ):
        tab(phone, name)
        for key in keys:
            expect(chart(phone, key).locator(".main-svg").first).to_be_visible()
            box = chart(phone, key).bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 390
        if name == "Compare":
            assert "Textbook" in bars(chart(phone, "chart_compare"))
        assert phone.evaluate("document.scrollingElement.scrollWidth") <= 390
    assert complaints == []
    context.close()


def test_the_textbook_is_set_and_taken_back_and_a_lookback_is_typed(server: Server, page: Page) -> None:
    page.goto(server.url)
    window = page.get_by_role("spinbutton", name="Window", exact=True)
    before = window.input_value()
    page.get_by_text("Advanced", exact=True).click()
    page.get_by_role("button", name="Textbook", exact=True).click()
    expect(page.get_by_role("spinbutton", name="Layers", exact=True)).to_have_value("2")
    expect(window).to_have_value("60")
    expect(page.get_by_role("button", name="Textbook", exact=True)).to_be_disabled()
    expect(page.get_by_text("window 60, 2 x 64 units")).to_be_visible()
    page.get_by_role("button", name="Back to defaults").click()
    expect(window).to_have_value(before)
    expect(page.get_by_role("spinbutton", name="Layers", exact=True)).to_have_value("1")

    # And a lookback is typed.
    box = page.get_by_test_id("stSidebar").get_by_role("combobox", name="Lookbacks", exact=True)
    option = page.get_by_role("option").filter(has_text="33")
    for _ in range(10):  # a page that is still being drawn takes away what was typed
        box.fill("33")
        with contextlib.suppress(AssertionError):
            expect(option).to_be_visible(timeout=5_000)
            break
    option.click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Remove 33")).to_be_visible()
    expect(page.get_by_role("button", name="Back to defaults")).to_be_visible()
    expect(train_button(page)).to_be_enabled()


def test_verdict_and_forecast_are_in_view_charts_are_saved_and_every_tab_is_reached_on_a_phone(
    server: Server, page: Page, browser: Browser, tmp_path: Path
) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(server.url)
    page.get_by_text("Advanced", exact=True).click()
    set_number(page, "Epochs", 2)
    set_number(page, "Folds", 1)
    for label in ("Window", "Layers", "Hidden size"):  # the card's settings, with Best of all, too
        expect(page.get_by_role("spinbutton", name=label, exact=True)).to_be_visible()
    expect(page.get_by_test_id("stSidebar").get_by_role("combobox", name="Method")).to_have_value("Best of all")
    train(page)
    expect(page.locator(".st-key-numbers")).to_be_visible(timeout=180_000)
    drawn = chart(page, "chart_forecast")
    expect(drawn.locator(".main-svg").first).to_be_visible()
    expect(page.locator(".st-key-verdict").get_by_test_id("stAlert")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("tab", name="Forecast", exact=True)).to_have_attribute("aria-selected", "true")
    box = drawn.bounding_box()
    assert box is not None
    assert box["y"] + 2 / 3 * box["height"] <= 800

    page.get_by_role("button", name="Details", exact=True).click()
    for score in ("MAE", "RMSE", "MASE", "sMAPE", "Skill", "Origins"):
        expect(page.get_by_test_id("stPopoverBody").get_by_text(score, exact=True)).to_be_visible()
    page.keyboard.press("Escape")

    tab(page, "Export")
    files = {ending: saved_chart(page, ending, tmp_path) for ending in ("png", "svg", "html")}
    assert [path.name.rpartition("-")[2] for path in files.values()] == [f"forecast.{ending}" for ending in files]
    with Image.open(files["png"]) as picture:
        assert picture.size == (2400, 1200)
        assert len(picture.convert("RGB").getcolors(1 << 24) or ()) > 100
    drawn = ElementTree.parse(files["svg"]).getroot()  # noqa: S314 - our own file
    assert "Forecast · co2" in [text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    offline = browser.new_context(offline=True)
    alone, said = offline.new_page(), []
    alone.on("console", lambda message: said.append(message.text))
    alone.goto(files["html"].as_uri())
    expect(alone.locator("#chart .main-svg").first).to_be_visible()
    assert (alone.title(), said) == ("Forecast · co2", [])
    offline.close()

    page.set_viewport_size({"width": 390, "height": 844})
    tabs = page.locator(".st-key-tabs").get_by_role("tab")
    tabs.first.focus()
    for place in range(1, tabs.count()):
        page.keyboard.press("ArrowRight")
        expect(tabs.nth(place)).to_be_focused()
        expect(tabs.nth(place)).to_have_attribute("aria-selected", "true")
        panel = page.get_by_test_id("stTabPanel").nth(place)
        # Streamlit opens the tab that the server draws, even where another was chosen in the meantime.
        expect(panel.get_by_test_id("stElementContainer").first).to_be_visible()
        settled(page)
        expect(tabs.nth(place)).to_be_in_viewport(ratio=0.9)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    tabs.first.click()  # scrolls back into view
    expect(tabs.first).to_have_attribute("aria-selected", "true")
