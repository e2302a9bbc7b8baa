"""The Sine wave page in a real browser, opened first after a start."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Start, chart, set_number, traces, train

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_sine_page_trains_and_rolls_out(start: Start, page: Page) -> None:
    page.goto(f"{start().url}/sine_wave")
    wave = traces(chart(page, "chart_wave"))["True"]
    np.testing.assert_allclose(wave["y"], np.sin(wave["x"]), atol=1e-9)
    train(page)
    expect(page.locator(".st-key-sine_numbers")).to_be_visible(timeout=60_000)
    drawn = traces(chart(page, "sine_predicted"))["Predicted"]
    assert np.mean((np.array(drawn["y"]) - np.sin(drawn["x"])) ** 2) < 0.02
    losses = traces(chart(page, "sine_loss"))["Training"]["y"]
    assert losses[-1] < losses[0] / 5
    assert traces(chart(page, "sine_rollout"))["Free-running"]["x"][0] > 50
    page.reload()
    expect(page.locator(".st-key-sine_numbers")).to_be_visible()
    set_number(page, "Hidden size", 8)
    expect(page.get_by_text("for other settings")).to_be_visible()
    page.get_by_role("link", name="Forecast").first.click()
    expect(chart(page, "chart_series").locator(".js-plotly-plot")).to_be_visible()
    page.get_by_role("link", name="Sine wave").first.click()
    expect(page.get_by_role("spinbutton", name="Hidden size", exact=True)).to_have_value("8")
