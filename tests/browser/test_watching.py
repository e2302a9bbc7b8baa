"""Watch it learn, in a real browser: a training streams into the player, which then goes to any moment of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, choose

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_training_streams_and_the_player_goes_back_and_on_by_keyboard_in_the_same_drawing(
    server: Server, page: Page
) -> None:
    page.goto(f"{server.url}/sine_wave")
    player = page.locator("section.player")
    expect(player).to_be_visible()
    player.evaluate("node => { node.marked = true; }")
    expect(page.locator(".st-key-sine_numbers")).to_be_visible()
    expect(player).to_have_attribute("data-frames", "64")  # 32 of each network
    expect(player).to_have_attribute("data-at", "50")
    slider = player.get_by_role("slider")
    line = player.locator("figure").first.locator("g[clip-path] path").last
    trained = line.get_attribute("d")
    slider.focus()
    page.keyboard.press("Home")
    expect(player).to_have_attribute("data-at", "0")
    assert (slider.get_attribute("aria-valuetext") or "").startswith("Epoch 0 of 50")
    assert line.get_attribute("d") != trained
    page.keyboard.press("ArrowRight")
    expect(player).not_to_have_attribute("data-at", "0")
    player.get_by_role("button", name="One step back").press("Enter")
    expect(player).to_have_attribute("data-at", "0")
    player.get_by_role("combobox", name="Speed").select_option("4")
    player.get_by_role("button", name="Play").press("Enter")
    expect(player).to_have_attribute("data-at", "50")
    assert line.get_attribute("d") == trained
    assert player.evaluate("node => node.marked")  # while it trained, at its end and after: one drawing
    page.reload()
    expect(player).to_have_attribute("data-frames", "64")
    expect(player).to_have_attribute("data-at", "50")


def test_the_player_speaks_another_language_at_once_and_stays_where_it_is(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/sequence_lab")
    player = page.locator("section.player")
    expect(page.locator(".st-key-cosine_loss")).to_be_visible()
    expect(player).to_have_attribute("data-at", "300")  # it has caught up with the training
    player.get_by_role("slider").press("Home")
    expect(player).to_have_attribute("data-at", "0")
    player.get_by_role("button", name="One step forward").press("Enter")
    expect(player).not_to_have_attribute("data-at", "0")
    at = player.get_attribute("data-at")
    player.get_by_role("combobox", name="Speed").select_option("2")
    choose(page, "language", "中文")
    expect(player.get_by_role("slider", name="训练时刻")).to_be_visible()
    expect(player).to_have_attribute("data-at", at or "")
    expect(player).not_to_contain_text("Training loss")
    expect(player.get_by_role("combobox", name="速度")).to_have_value("2")
    expect(player.locator(".key")).to_contain_text("sin x")
    player.get_by_role("slider").press("End")
    expect(player).to_have_attribute("data-at", "300")
