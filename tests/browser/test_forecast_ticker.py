"""A ticker by the real Yahoo client, which asks a server on this machine."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Start, chart, traces
from tests.intake.yahoo import environment, yahoo_server

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_ticker_is_fetched_and_drawn_and_an_unknown_one_is_reported(start: Start, page: Page) -> None:
    closes = (100 + np.cumsum(np.random.default_rng(0).normal(size=300))).round(2).tolist()
    with yahoo_server() as yahoo:
        yahoo.add("AAPL", start="2024-01-02", closes=closes)
        page.goto(start(**environment(yahoo.url)).url)
        page.get_by_test_id("stSidebar").get_by_role("radio", name="Ticker").click()
        page.get_by_role("textbox", name="Ticker").fill("aapl")
        page.get_by_role("button", name="Fetch").click()
        expect(page.get_by_text("AAPL", exact=True).first).to_be_visible()
        (drawn,) = traces(chart(page, "chart_series")).values()
        assert drawn["y"] == pytest.approx(closes)

        page.get_by_role("textbox", name="Ticker").fill("NOSUCH")
        page.get_by_role("button", name="Fetch").click()
        alert = page.get_by_test_id("stSidebar").get_by_role("alert")
        expect(alert).to_contain_text("NOSUCH")
        assert traces(chart(page, "chart_series")) == {next(iter(traces(chart(page, "chart_series")))): drawn}
        expect(page.get_by_role("textbox", name="Ticker")).to_have_value("NOSUCH")
