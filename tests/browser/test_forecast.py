"""From a file to a forecast in a real browser: what is drawn, kept, downloaded and brought back."""

from __future__ import annotations

import csv
import io
import json
import re
import urllib.parse

import pytest
from playwright.sync_api import Page, expect

from tests.app import files
from tests.browser.conftest import (
    LIVE,
    Server,
    Start,
    chart,
    choose,
    live_loss,
    set_number,
    settled,
    traces,
    train,
    train_button,
    upload,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DAYS = 240


def small(page: Page) -> None:
    """Settings that train in some seconds: long enough to be watched."""
    set_number(page, "Horizon", 5)
    set_number(page, "Window", 14)
    page.get_by_text("Advanced", exact=True).click()
    set_number(page, "Epochs", 150)
    set_number(page, "Members", 2)


def true_values() -> dict[str, float]:
    """What files.german writes, day by day; the gap and the double are left out."""
    found = {}
    for line in files.german(DAYS).decode().splitlines()[1:]:
        day, value = line.split(";")
        d, m, y = day.split(".")
        found[f"{y}-{m}-{d}"] = float(value.replace(",", "."))
    return found


def day(stamp: str) -> str:
    return str(stamp)[:10]


def test_from_upload_to_download_and_back(server: Server, page: Page) -> None:
    page.goto(server.url)
    upload(page, files.german(DAYS))
    report = page.get_by_role("button", name="1 gap filled")
    expect(report).to_be_visible()
    report.click()
    expect(page.get_by_role("dialog")).to_contain_text("row 102")  # the second of the two
    page.keyboard.press("Escape")
    drawn = traces(chart(page, "chart_series"))
    truth = true_values()
    shown = dict(zip(map(day, drawn["Umsatz"]["x"]), drawn["Umsatz"]["y"], strict=True))
    assert len(shown) == DAYS
    assert all(shown[when] == pytest.approx(value) for when, value in truth.items())

    small(page)
    train(page)
    drawn_points, losses = live_loss(page)
    assert drawn_points >= 1
    assert all(0 < loss < 1 for loss in losses)  # in scaled units: it starts from a fit, and the wave is clean

    expect(page.locator(".st-key-numbers")).to_be_visible()
    expect(page.locator(".st-key-verdict").get_by_test_id("stAlert")).to_contain_text("copying last week")
    page.get_by_role("tab", name="True vs predicted", exact=True).click()
    drawn = traces(chart(page, "chart_predicted"))
    predicted = dict(zip(map(day, drawn["Predicted"]["x"]), drawn["Predicted"]["y"], strict=True))
    naive = dict(zip(map(day, drawn["Naive"]["x"]), drawn["Naive"]["y"], strict=True))
    errors = [abs(predicted[when] - truth[when]) for when in predicted]
    naive_errors = [abs(naive[when] - truth[when]) for when in naive]
    assert len(errors) > 30
    assert sum(errors) < 0.5 * sum(naive_errors)  # a clean weekly wave: a forecast has to beat the last value by far

    slider = page.get_by_role("slider", name="Steps ahead")
    slider.press("End")
    expect(page.get_by_text("predicted 5 steps before")).to_be_visible()
    far = traces(chart(page, "chart_predicted"))["Naive"]
    later = dict(zip(map(day, far["x"]), far["y"], strict=True))
    assert later != naive  # five steps ago is another value

    page.get_by_role("tab", name="Forecast", exact=True).click()
    future = traces(chart(page, "chart_forecast"))["Forecast"]
    page.get_by_role("tab", name="Export", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download forecast CSV").click()
    assert download.value.suggested_filename == "sales-forecast.csv"
    text = download.value.path().read_text("utf-8-sig")  # as the file wrote: semicolons, its dates, two decimals
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert [day(when) for when in future["x"][1:]] == ["-".join(reversed(row["Datum"].split("."))) for row in rows]
    values = [float(row["Umsatz"].replace(",", ".")) for row in rows]
    assert future["y"][1:] == pytest.approx(values, abs=0.0051)
    assert len(rows) == 5
    with page.expect_download() as download:
        page.get_by_role("button", name="Download report (HTML)").click()  # made when it is asked for
    assert download.value.suggested_filename == "sales-report.html"
    assert "<h1>sales.csv</h1>" in download.value.path().read_text("utf-8")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download settings").click()
    assert json.loads(download.value.path().read_text())["settings"]["window"] == 14

    page.reload()
    expect(page.locator(".st-key-numbers")).to_be_visible()
    page.get_by_role("tab", name="True vs predicted", exact=True).click()
    again = traces(chart(page, "chart_predicted"))["Predicted"]
    assert dict(zip(map(day, again["x"]), again["y"], strict=True)) == predicted
    expect(page.get_by_role("spinbutton", name="Window", exact=True)).to_have_value("14")
    expect(page.get_by_text("Using sales.csv")).to_be_visible()


def test_a_reload_in_the_middle_finds_the_run_again_and_cancel_ends_it(server: Server, page: Page) -> None:
    page.goto(server.url)
    upload(page, files.german(DAYS))
    expect(page.get_by_role("button", name="1 gap filled")).to_be_visible()
    page.get_by_text("Advanced", exact=True).click()
    set_number(page, "Epochs", 5000)
    set_number(page, "Hidden size", 128)
    train(page)
    points, _ = live_loss(page)
    page.wait_for_timeout(1_500)  # the page is past its first seconds, when it may be drawn anew
    page.locator(f"{LIVE} svg").evaluate("drawing => drawing.dataset.seen = 'yes'")
    page.wait_for_timeout(2_500)  # a few polls
    assert live_loss(page)[0] > points
    expect(page.locator(LIVE)).to_have_count(1)
    expect(page.locator(f"{LIVE} svg")).to_have_attribute("data-seen", "yes")  # changed in place: nothing flickered
    before = urllib.parse.urlparse(page.url).query
    page.reload()
    live_loss(page)
    assert urllib.parse.parse_qs(urllib.parse.urlparse(page.url).query) == urllib.parse.parse_qs(before)
    expect(page.get_by_role("spinbutton", name="Hidden size", exact=True)).to_have_value("128")
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.get_by_text("The training was cancelled")).to_be_visible()
    expect(train_button(page)).to_be_enabled()


def test_a_restarted_server_shows_the_same_page(start: Start, page: Page) -> None:
    first = start()
    page.goto(first.url)
    upload(page, files.german(DAYS))
    expect(page.get_by_role("button", name="1 gap filled")).to_be_visible()
    set_number(page, "Horizon", 9)
    expect(page.get_by_role("button", name="Back to defaults")).to_be_visible()
    query = urllib.parse.urlparse(page.url).query
    first.stop()
    second = start(folder=first.folder)
    page.goto(f"{second.url}/?{query}")
    expect(page.get_by_role("button", name="1 gap filled")).to_be_visible()
    expect(page.get_by_role("spinbutton", name="Horizon", exact=True)).to_have_value("9")


def test_a_bad_file_gets_one_sentence_and_trains_nothing_else(server: Server, page: Page) -> None:
    page.goto(server.url)
    before = traces(chart(page, "chart_series"))
    upload(page, b"hello\nworld\n", "words.csv")
    alert = page.get_by_test_id("stMain").get_by_role("alert")
    expect(alert).to_have_count(1)
    expect(alert).to_contain_text("words.csv")
    expect(train_button(page)).to_be_disabled()
    expect(chart(page, "chart_series")).to_have_count(0)
    assert "Traceback" not in page.inner_text("body")
    page.get_by_test_id("stSidebar").get_by_role("radio", name="Sample").or_(
        page.get_by_test_id("stSidebar").get_by_role("button", name="Sample", exact=True)
    ).first.click()
    assert traces(chart(page, "chart_series")) == before


def test_an_ambiguous_date_is_asked_about(server: Server, page: Page) -> None:
    page.goto(server.url)
    upload(page, files.ambiguous(), "dates.csv")
    question = page.locator(".st-key-question")
    expect(question).to_contain_text("Day or month first?")
    settled(page)  # until then the page of before may still stand beside it
    expect(train_button(page)).to_be_disabled()
    expect(train_button(page)).to_be_in_viewport(ratio=1)
    question.get_by_role("button", name="Month first").click()
    expect(page.get_by_text("01/01/2001 to 12/01/2020")).to_be_visible()
    expect(train_button(page)).to_be_enabled()
    given = page.get_by_role("radiogroup", name="Day or month first?")
    given.get_by_text("Day first").click()  # then the dates follow no calendar, which is a question of its own
    expect(question).to_contain_text("Which frequency")


def test_a_number_out_of_range_is_neither_kept_silently_nor_trained(server: Server, page: Page) -> None:
    page.goto(server.url)
    set_number(page, "Hidden size", 5000)
    expect(page.get_by_test_id("stSidebar").get_by_role("alert")).to_contain_text("Hidden size is 5000")
    expect(train_button(page)).to_be_disabled()
    expect(page.get_by_text("Correct this first: Hidden size")).to_be_visible()
    set_number(page, "Hidden size", 32)
    expect(train_button(page)).to_be_enabled()


def test_an_address_without_a_page_says_so_and_leads_to_the_pages(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/nowhere?language=zh")
    expect(page.get_by_role("heading", name="没有这个页面")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)  # Streamlit's own message
    page.get_by_test_id("stMain").get_by_role("link", name="指南").click()
    expect(page).to_have_url(re.compile("/guide"))
    expect(page.get_by_role("heading", name="指南")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_train_is_in_view_without_scrolling(server: Server, page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(server.url)
    button = train_button(page)
    expect(button).to_be_visible()
    expect(button).to_be_in_viewport(ratio=1)
    expect(page.get_by_text("about")).to_be_in_viewport()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width


def test_a_column_from_a_file_never_becomes_markup(server: Server, page: Page) -> None:
    page.goto(server.url)
    name = '<img src=x onerror="document.title=1"> [x](https://evil.example) $\\alpha$'
    quoted = '"' + name.replace('"', '""') + '"'
    upload(page, files.plain(f"date,{quoted}"), "<img src=x>[x](https:evil.example)$\\alpha$.csv")
    expect(page.get_by_text("120 values")).to_be_visible()
    traces(chart(page, "chart_series"))
    assert page.locator("a[href*='evil']").count() == 0
    assert page.locator("img[src='x']").count() == 0
    assert page.locator(".katex").count() == 0
    assert page.title() != "1"


def test_language_is_kept_by_the_address(server: Server, page: Page) -> None:
    page.goto(server.url)
    choose(page, "language", "中文")
    expect(page.get_by_role("button", name="训练", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("language=zh"))
    page.reload()
    expect(page.get_by_role("button", name="训练", exact=True)).to_be_visible()


def test_nothing_is_fetched_from_another_host_and_axes_can_be_read_in_a_theme_that_is_changed_in_an_open_page(
    server: Server, page: Page
) -> None:
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urllib.parse.urlparse(request.url).hostname or ""))
    page.emulate_media(color_scheme="light")
    page.goto(server.url)
    traces(chart(page, "chart_series"))
    tick = chart(page, "chart_series").locator(".xtick text").first
    expect(tick).to_be_visible()
    page.emulate_media(color_scheme="dark")
    expect(tick).to_have_css("fill", "rgb(228, 234, 239)")  # the dark theme's colour of text
    assert hosts <= {"127.0.0.1", ""}


def test_the_first_chart_is_a_picture_until_what_draws_charts_has_come(server: Server, page: Page) -> None:
    page.route("**/*lotly*", lambda route: None)  # never answered
    page.goto(server.url)
    picture = page.locator(".st-key-first_chart .still img")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    expect(page.locator(".st-key-first_chart .still")).to_contain_text("2001-12-29")
    page.unroute_all(behavior="ignoreErrors")
    page.reload()
    expect(page.locator(".st-key-chart_series .main-svg").first).to_be_visible()
    expect(picture).to_be_hidden()
