"""The Sine wave page in a real browser, opened first after a start."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Start, chart, go, traces

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_sine_page_trains_compares_and_rolls_out(start: Start, page: Page) -> None:
    page.goto(f"{start().url}/sine_wave")
    numbers = page.locator(".st-key-sine_numbers")
    expect(numbers).to_be_visible()
    expect(page.get_by_text("Page not found")).to_have_count(0)
    drawn = traces(chart(page, "sine_predicted"))
    errors = {n: np.mean((np.array(drawn[n]["y"]) - np.sin(drawn[n]["x"])) ** 2) for n in ("Classic", "Tidecast")}
    assert 1e-3 < errors["Classic"] < 1e-2
    assert errors["Tidecast"] <= 1e-6
    losses = traces(chart(page, "sine_loss"))["Classic"]["y"]
    assert losses[-1] < losses[0] / 5
    free = traces(chart(page, "sine_free"))
    assert free["Tidecast"]["x"][0] > 50
    assert len(free["Tidecast"]["x"]) == 500
    assert max(map(abs, free["Classic"]["y"][-125:])) < 0.9  # it has lost the wave
    page.reload()
    expect(numbers).to_be_visible()
    # A preset trains at once, and stands beside the classic settings.
    page.locator(".st-key-sine_preset").get_by_text("Noise", exact=True).click()
    expect(page.locator(".st-key-findings_a")).to_contain_text("its variance is 0.04")
    expect(page.locator(".st-key-findings_b")).to_contain_text("Classic's roll-out has lost the wave")
    noisy = traces(chart(page, "sine_predicted_a"))["True"]
    clean = traces(chart(page, "sine_predicted_b"))["True"]
    np.testing.assert_allclose(clean["y"], np.sin(clean["x"]), atol=1e-6)
    assert np.std(np.array(noisy["y"]) - np.sin(noisy["x"])) == pytest.approx(0.2, rel=0.2)
    go(page, "Forecast")
    expect(chart(page, "chart_series").locator(".js-plotly-plot")).to_be_visible()
    go(page, "Sine wave")
    expect(page.get_by_role("slider", name="Noise", exact=True)).to_have_value("0.2")
