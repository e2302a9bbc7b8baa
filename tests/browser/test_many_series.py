"""Sixty series in a real browser: the worst is found, opened and stepped from, all of it is downloaded, and a reload
comes back to the same place."""

from __future__ import annotations

import csv
import io
import re
import urllib.parse

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Download, Page, expect

from tests.browser.conftest import Server, choose, set_number, settled, train, upload

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SERIES, DAYS, HORIZON = 60, 60, 4
ROW = 37  # pixels


def shops() -> bytes:
    """Daily sales with a week; every fourth shop's are a walk, of which nothing is known ahead."""
    noise = np.random.default_rng(8)
    dates = pd.date_range("2024-01-01", periods=DAYS).strftime("%Y-%m-%d")
    parts = []
    for shop in range(SERIES):
        moves = noise.normal(0, 5, DAYS)
        week = 60 + shop + 20 * np.sin(2 * np.pi * np.arange(DAYS) / 7) + moves / 2
        sales = (500 + moves.cumsum() if shop % 4 == 3 else week).round(2)
        parts.append(pd.DataFrame({"shop": f"shop {shop:02d}", "date": dates, "sales": sales}))
    return pd.concat(parts).to_csv(index=False).encode()


def opened(page: Page) -> str:
    """The series that the address names."""
    return urllib.parse.parse_qs(urllib.parse.urlsplit(page.url).query).get("series", [""])[0]


def open_row(page: Page, row: int, name: str) -> None:
    """Press the name in a row of the list, which is drawn on a canvas: one of a moment before may take the press."""
    grid = page.locator(".st-key-many_list [data-testid=stDataFrame] .dvn-scroller").first
    heading = page.locator(".st-key-many_detail").get_by_text(name, exact=True).first
    for place in (row, row + 1, row, row + 1, row):  # a cell that is already chosen tells nothing
        expect(grid).to_be_visible()
        box = grid.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 50, box["y"] + (place + 1) * ROW + 10)
        page.wait_for_timeout(300)
        page.mouse.click(box["x"] + 60, box["y"] + (place + 1) * ROW + 18)
        page.wait_for_timeout(2_000)
        settled(page)
        if heading.is_visible():
            return
    expect(heading).to_be_visible()


def rows(download: Download) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(download.path().read_text(encoding="utf-8-sig"))))


def scores(page: Page) -> list[dict[str, str]]:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=re.compile("scores", re.IGNORECASE)).click()
    return rows(waiting.value)


def test_sixty_series_from_upload_to_the_worst_of_them_and_back(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/many_series")
    settled(page)
    upload(page, shops(), "shops.csv")
    expect(page.get_by_text(f"{SERIES} series in all")).to_be_visible()
    set_number(page, "Horizon", HORIZON)
    set_number(page, "Window", 7)
    set_number(page, "Hidden size", 4)
    page.get_by_text("Advanced", exact=True).click()
    set_number(page, "Epochs", 1)
    set_number(page, "Folds", 1)
    train(page)
    expect(page.locator(".st-key-many_figures")).to_be_visible(timeout=180_000)
    settled(page)

    page.get_by_role("tab", name="Download", exact=True).click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name=re.compile("forecasts", re.IGNORECASE)).click()
    forecasts = rows(waiting.value)
    assert len(forecasts) == SERIES * HORIZON
    assert {row["unique_id"] for row in forecasts} == {f"shop {shop:02d}" for shop in range(SERIES)}
    every = scores(page)
    worst = [row["unique_id"] for row in sorted(every, key=lambda row: float(row["skill"]))]

    page.get_by_role("tab", name="Series", exact=True).click()
    choose(page, "many_sort", "Sort by: Skill")
    page.wait_for_timeout(2_000)
    settled(page)
    open_row(page, 0, worst[0])
    assert opened(page) == worst[0]
    page.keyboard.press("n")
    expect(page.locator(".st-key-many_detail").get_by_text(worst[1], exact=True).first).to_be_visible()
    settled(page)
    assert opened(page) == worst[1]

    verdict = next(row["verdict"] for row in every if row["unique_id"] == worst[1])
    alike = [row["unique_id"] for row in every if row["verdict"] == verdict]
    label = {"better": "Better", "same": "No better", "worse": "Worse", "unknown": "Not known"}[verdict]
    page.get_by_role("button", name=f"{label} · {len(alike)}", exact=True).click()
    told = page.get_by_text(re.compile(rf"of {len(alike)}; {SERIES} series in all"))
    expect(told).to_be_visible()

    page.reload()
    expect(page.locator(".st-key-many_detail").get_by_text(worst[1], exact=True).first).to_be_visible()
    expect(told).to_be_visible()
    settled(page)
    assert opened(page) == worst[1]
    page.get_by_role("tab", name="Download", exact=True).click()
    page.get_by_text(f"Those listed ({len(alike)})", exact=True).click()
    page.wait_for_timeout(2_000)
    settled(page)
    assert [row["unique_id"] for row in scores(page)] == [name for name in worst if name in alike]
