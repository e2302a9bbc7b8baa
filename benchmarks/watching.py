"""Watching a network learn: how soon after a click something is drawn, how often it is drawn anew, in how many bytes.

    python benchmarks/watching.py                  one browser on the sine, then 20 students with trainings of their own
    python benchmarks/watching.py browser --repeats 3
    python benchmarks/watching.py class --students 20

browser   a Chromium that presses one preset of the Sine wave page after the other, five at most, each of which trains
          at once, and reads the film as it comes. To reach: the first picture of a training within .5 s, 10 redraws a
          second, 50 kB each.
class     sessions of benchmarks/browserlike.py in this process, which takes part of the same cores: each asks for a
          training of its own and polls as the page asks it to. To reach: p95 of a poll <= 1 s.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import statistics
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the checkout that this file is in, installed or not

from benchmarks.browserlike import Visitor  # noqa: E402  # found by the line above
from benchmarks.serving import Server, serve  # noqa: E402  # found by the line above

# In the page: when which frames were there for drawing, on its own clock.
NOTE = """() => {
  window.noted = [];
  let last = "";
  const look = () => {
    const host = [...document.querySelectorAll('[data-testid="stBidiComponentIsolated"], div')]
      .find((one) => one.shadowRoot?.querySelector("section.player"));
    const player = host?.shadowRoot.querySelector("section.player") ?? document.querySelector("section.player");
    const seen = player ? `${player.dataset.run} ${player.dataset.frames}` : "";
    if (seen && seen !== last) window.noted.push({ seen, at: performance.now() });
    last = seen;
    requestAnimationFrame(look);
  };
  look();
}"""


def main() -> int:
    parser = argparse.ArgumentParser(description="How fast a training is drawn while it goes on.")
    parser.add_argument("part", nargs="*", choices=["browser", "class", []], help="default: both")
    parser.add_argument("--repeats", type=int, default=5, choices=range(1, 6))
    parser.add_argument("--students", type=int, default=20, choices=range(1, 21))  # as many as seeds
    options = parser.parse_args()
    parts = options.part or ["browser", "class"]
    with serve(TIDECAST_IDLE_SECONDS="600") as server:
        if "browser" in parts:
            browser(server, options.repeats)
        if "class" in parts:
            figures = asyncio.run(students(server, options.students))
            print("class   ", "  ".join(f"{name} {value}" for name, value in figures.items()))
    return 0


def browser(server: Server, repeats: int) -> None:
    """Print the figures of each training."""
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import start_chromium

    with sync_playwright() as playwright:
        chromium = start_chromium(playwright)
        assert chromium is not None, "there is no Chromium"
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        sizes: list[tuple[float, int]] = []
        page.on("websocket", lambda socket: socket.on("framereceived", lambda data: sizes.append(_size(data))))
        page.goto(f"{server.url}/sine_wave")
        page.locator(".st-key-sine_numbers").wait_for(timeout=120_000)
        page.evaluate(NOTE)
        for repeat in range(repeats):
            page.evaluate("() => { window.noted.length = 0; }")
            sizes.clear()
            clicked = page.evaluate("() => performance.now()")
            page.locator(".st-key-sine_preset button").nth(repeat + 1).click()
            _until(page, lambda: page.evaluate("() => window.noted.length") > 3)
            page.locator(".st-key-live").wait_for(state="detached", timeout=120_000)
            noted = page.evaluate("() => window.noted")
            at = [one["at"] for one in noted]
            gaps = [after - before for before, after in itertools.pairwise(at)]
            largest = max(size for _, size in sizes)
            print(
                f"browser  first picture {(at[0] - clicked) / 1000:.2f} s  redraws {len(at)} in "
                f"{(at[-1] - at[0]) / 1000:.1f} s = {1000 / statistics.median(gaps):.1f} a second (median gap)  "
                f"largest message {largest / 1000:.1f} kB  all {sum(size for _, size in sizes) / 1000:.0f} kB"
            )
        chromium.close()


def _size(data: str | bytes) -> tuple[float, int]:
    return time.perf_counter(), len(data)


def _until(page: Any, what: Any) -> None:
    while not what():
        page.wait_for_timeout(50)


async def students(server: Server, count: int) -> dict[str, Any]:
    """Each with a training of its own, all at the same moment."""
    visitors = [Visitor(server.url, "sine_wave") for _ in range(count)]
    for number, visitor in enumerate(visitors):
        await visitor.open()
        await visitor.slide("sine_seed", 1 + number)  # it trains by itself a moment later
    used, began = server.cpu(), time.perf_counter()
    took = await asyncio.gather(*(_poll(visitor, began + 30) for visitor in visitors))
    every = sorted(seconds for mine in took for seconds in mine)
    polls = [len(mine) for mine in took]
    await asyncio.gather(*(visitor.leave() for visitor in visitors))
    return {
        "students": count,
        "polls": len(every),
        "p50 s": round(every[len(every) // 2], 3),
        "p95 s": round(every[int(0.95 * len(every))], 3),
        "longest s": round(every[-1], 3),
        "polls of one": f"{min(polls)}..{max(polls)}",
        "server cpu s": round(server.cpu() - used, 1),
    }


async def _poll(visitor: Visitor, until: float) -> list[float]:
    """Seconds of each run that the page's timers ask for."""
    took: list[float] = []
    due: dict[str, float] = {}
    while (now := time.perf_counter()) < until and visitor.timers:
        due = {fragment: due.get(fragment, now + every) for fragment, every in visitor.timers.items()}
        fragment = min(due, key=lambda one: due[one])
        await asyncio.sleep(max(0.0, due[fragment] - now))
        began = time.perf_counter()
        due[fragment] = began + visitor.timers[fragment]
        await visitor.run(fragment, timer=True)
        took.append(time.perf_counter() - began)
    return took


if __name__ == "__main__":
    sys.exit(main())
