"""Seconds from opening the address to the first words, to the picture of the first chart and to the chart, in Chromium.

    python benchmarks/first_paint.py --servers 3 --visits 3
    python benchmarks/first_paint.py --page sine_wave --page text_lab    teaching pages: the title, the first drawing

Each server starts in a fresh folder; its first visitor is given apart from the next ones. `start` is from the command
to the first answer.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.browser.conftest import launch, start_chromium

SEEN = {  # page -> what is waited for
    "": {
        "words": ".st-key-what_was_read",
        "picture": ".still img",
        "chart": ".st-key-chart_series .js-plotly-plot .main-svg",
    },
    "guided_path": {"words": "h1", "question": "[data-testid=stRadio]"},
    "sine_wave": {"words": "h1", "drawing": ".st-key-chart_wave .main-svg, section.player figure"},
    "sequence_lab": {"words": "h1", "drawing": ".st-key-chart_task_cosine .main-svg, section.player figure"},
    "text_lab": {"words": "h1", "drawing": ".st-key-pair_map .main-svg, section.player figure"},
    "lessons": {"words": "h1", "progress": ".st-key-live, .st-key-findings"},
}


def visit(browser: Browser, url: str, seen: dict[str, str]) -> dict[str, float]:
    """Open the page in a browser session of its own."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    begun = time.perf_counter()
    page.goto(url, wait_until="commit")
    times = {}
    page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length > 0", polling=20)
    times["paint"] = page.evaluate("() => performance.getEntriesByName('first-contentful-paint')[0].startTime") / 1000
    for name, selector in seen.items():
        # The picture may have been there and gone, where the chart came with the words.
        page.locator(selector).first.wait_for(state="attached" if name == "picture" else "visible")
        times[name] = time.perf_counter() - begun
    context.close()
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--servers", type=int, default=3)
    parser.add_argument("--visits", type=int, default=3)
    parser.add_argument("--page", action="append", choices=sorted(SEEN), help="default: the first one")
    asked = parser.parse_args()
    with sync_playwright() as playwright:
        browser = start_chromium(playwright)
        assert browser is not None, "there is no Chromium"
        visit_nothing(browser)
        for page in asked.page or [""]:
            measure(browser, page, asked.servers, asked.visits)
        browser.close()


def measure(browser: Browser, page: str, servers: int, visits: int) -> None:
    """Print the times of one page."""
    first: list[dict[str, float]] = []
    later: list[dict[str, float]] = []
    starts: list[float] = []
    for _ in range(servers):
        with tempfile.TemporaryDirectory() as folder:
            begun = time.perf_counter()
            server = launch(Path(folder) / "data", Path(folder) / "server.log", None, {})
            starts.append(time.perf_counter() - begun)
            try:
                time.sleep(1.5)  # as long as a person's browser takes to open
                first.append(visit(browser, f"{server.url}/{page}", SEEN[page]))
                later += [visit(browser, f"{server.url}/{page}", SEEN[page]) for _ in range(visits)]
            finally:
                server.stop()
    print(f"{page or 'forecast'}: start {spread(starts)}")
    for name, times in (("first visitor", first), ("next visitors", later)):
        if times:
            print(name, *(f"{what} {spread([one[what] for one in times])}" for what in times[0]), sep="  ", flush=True)


def visit_nothing(browser: Browser) -> None:
    """A browser that has drawn something before."""
    page = browser.new_page()
    page.set_content("<p>ready</p>")
    page.close()


def spread(values: list[float]) -> str:
    """Median with the lowest and the highest."""
    return f"{statistics.median(values):.2f} s ({min(values):.2f} to {max(values):.2f})"


if __name__ == "__main__":
    main()
