"""How a file was read, overruled in a real browser: the figure follows at once."""

from __future__ import annotations

import contextlib
import json

import pytest
from playwright.sync_api import Page, TimeoutError, expect

from tests.app import files
from tests.browser.conftest import Server, chart, traces, upload

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DAYS = 60

# The values of the series; nothing while the figure is drawn anew.
DRAWN = "document.querySelector('.st-key-chart_series .js-plotly-plot')?._fullData?.[0]?.y"


def messy() -> bytes:
    """A title, semicolons, numbers that are thousands or decimals, a day missing, a day twice, one value far off."""
    rows = [f"{1 + i % 28:02}.{1 + i // 28:02}.2024;{1 + i % 7}.{100 + i}" for i in range(DAYS)]
    rows[30] = rows[30].split(";")[0] + ";999.999"
    rows.insert(12, rows[11])
    del rows[20]
    return ("Sales of the north\n\nday;sales\n" + "\n".join(rows) + "\n").encode("cp1252")


def choose(page: Page, label: str, option: str) -> None:
    box = page.get_by_test_id("stMain").get_by_role("combobox", name=label)
    wanted = page.get_by_role("option", name=option)
    for _ in range(5):  # a list that opens while the page is drawn anew closes again
        box.click()
        with contextlib.suppress(TimeoutError):
            wanted.click(timeout=4_000)
            return
        page.keyboard.press("Escape")
    raise AssertionError(f"{label} does not offer {option}")


def drawn(page: Page) -> list[float]:
    return traces(chart(page, "chart_series"))["sales"]["y"]


def test_another_decimal_mark_and_another_delimiter_change_the_figure(server: Server, page: Page) -> None:
    page.goto(server.url)
    upload(page, messy())
    how = page.get_by_text("How the file was read")
    expect(how).to_be_visible()
    how.click()
    expect(page.get_by_text("As read", exact=True)).to_be_visible()
    choose(page, "Decimal mark", "point")
    expect(page.locator(".st-key-chart_series .ytitle").first).to_have_text("sales")
    page.wait_for_function(f"() => Math.max(...({DRAWN} ?? [NaN])) < 1000")
    as_decimals = drawn(page)
    choose(page, "Decimal mark", "comma")
    page.wait_for_function(f"() => Math.max(...({DRAWN} ?? [NaN])) > 9999")
    assert drawn(page) == pytest.approx([1000 * value for value in as_decimals])

    choose(page, "Delimiter", "pipe")  # one column: nothing to forecast
    alert = page.get_by_test_id("stMain").get_by_role("alert")
    expect(alert).to_be_visible()
    expect(how).to_be_visible()  # what cannot be read can be chosen anew


def test_the_report_of_what_was_repaired_is_downloaded(server: Server, page: Page) -> None:
    page.goto(server.url)
    upload(page, files.german())
    report = page.get_by_role("button", name="1 gap filled")
    expect(report).to_contain_text("1 duplicate merged")
    report.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download report").click()
    said = json.loads(download.value.path().read_text())
    assert said["filled_count"] == 1
    assert said["merged"][0]["rows"] == "101, 102"
    assert said["name"] == "sales.csv"


def test_several_files_brought_together_are_listed_and_one_can_be_taken_away(server: Server, page: Page) -> None:
    page.goto(server.url)
    upload(page, files.plain(days=DAYS), "north.csv")
    expect(page.locator(".st-key-what_was_read")).to_contain_text("60 values")
    page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(
        [
            {"name": f"{name}.csv", "mimeType": "text/csv", "buffer": files.plain(days=DAYS - 10)}
            for name in ("south", "west")
        ]
    )
    read = page.locator(".st-key-what_was_read")
    expect(read).to_contain_text("160 values in 3 series")
    expect(page.get_by_test_id("stFileChipName")).to_have_count(3)
    page.get_by_test_id("stFileChipDeleteBtn").first.get_by_role("button").click()
    expect(read).to_contain_text("in 2 series")
