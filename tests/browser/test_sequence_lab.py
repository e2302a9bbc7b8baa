"""The Sequence lab in a real browser."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, chart, traces

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_sin_to_cos_shows_what_a_reset_does_and_the_player_has_the_training(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/sequence_lab")
    learns = chart(page, "cosine_learns")
    expect(learns.locator(".js-plotly-plot")).to_be_visible()
    drawn = traces(learns)
    cosine = np.cos(drawn["State carried on"]["x"])
    trained = np.abs(np.array(drawn["State carried on"]["y"]) - cosine).max()
    assert trained < 0.3
    reset = np.abs(np.array(drawn["State reset"]["y"]) - cosine)
    np.testing.assert_allclose(reset[::10], 1, atol=0.1)
    assert np.delete(reset, np.s_[::10]).max() < 0.3
    player = page.locator("section.player")
    expect(player).to_have_attribute("data-at", "300")
    lines = player.locator("figure").first.locator("g[clip-path] path")
    at_the_end = lines.evaluate_all("lines => lines.map(line => line.getAttribute('d'))")
    player.get_by_role("slider").focus()
    page.keyboard.press("Home")  # to the untrained networks, by the keyboard
    expect(player).to_have_attribute("data-at", "0")
    assert lines.evaluate_all("lines => lines.map(line => line.getAttribute('d'))") != at_the_end


def test_a_tab_trains_its_networks_and_a_reload_brings_it_back(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/sequence_lab")
    page.get_by_role("tab", name="RNN, LSTM, GRU").click()
    loss = chart(page, "cells_loss")
    expect(loss.locator(".js-plotly-plot")).to_be_visible()
    drawn = traces(loss)
    assert drawn["LSTM"]["y"][-1] < 0.1 * drawn["guessing"]["y"][0]
    assert drawn["GRU"]["y"][-1] < 0.1 * drawn["guessing"]["y"][0]
    gradient = traces(chart(page, "cells_gradient"))
    assert gradient["RNN, untrained"]["y"][0] < 1e-3 * gradient["LSTM, untrained"]["y"][0]
    assert gradient["RNN, untrained"]["x"][0] == 30
    page.reload()
    expect(loss.locator(".js-plotly-plot")).to_be_visible()
    page.get_by_text("Seconds", exact=True).click()
    expect(loss.filter(has_text="Seconds of training")).to_have_count(1)
    assert max(traces(loss)["LSTM"]["x"]) != 300


def test_a_training_that_is_under_way_is_cancelled_at_once_and_can_be_trained_again(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/sequence_lab")
    page.get_by_role("tab", name="Both ways and attention").click()
    expect(chart(page, "cosine_steps")).to_have_count(0)  # the other tab's widgets are gone
    slider = chart(page, "marker_steps").get_by_role("slider")
    slider.focus()
    slider.press("End")
    expect(chart(page, "marker_steps")).to_contain_text("1000")
    button = chart(page, "marker_train").get_by_role("button")
    button.click()
    expect(chart(page, "live")).to_contain_text(re.compile(r"step [1-9]\d* of 1,000"))  # in the middle
    expect(page.get_by_role("status").filter(has_text="of 1,000")).to_be_visible()  # the player has frames of it
    chart(page, "cancel").get_by_role("button").click()
    expect(page.get_by_text("was cancelled")).to_be_visible()
    expect(chart(page, "chart_task_marker").locator(".js-plotly-plot")).to_be_visible()
    button.click()
    expect(chart(page, "live")).to_contain_text(re.compile(r"step [1-9]\d* of 1,000"))
