"""Many sessions on one server: how long a poll takes, what the server holds in memory, one training for one question.

    python benchmarks/load.py                      everything: 100 sessions for a minute, 500 cycles, 50 askers
    python benchmarks/load.py polls --sessions 20 --seconds 15
    python benchmarks/load.py cycles --cycles 50
    python benchmarks/load.py same --askers 10

The server is `streamlit run app.py` as a process of its own, with a store of its own and two workers. The sessions are
benchmarks/browserlike.py in this process, which takes part of the same cores: figures are upper bounds.

polls   sessions that each have one of two trainings on their Forecast page, polling as the page asks them to; a poll
        lasts from the timer's message to the end of the run that it starts. To reach: p95 < 1 s, server < 1 GB.
cycles  a new tab on a workspace, a file of its own, its chart, the tab closed. To reach: memory level within 10 % from
        the moment that the caches are full.
same    sessions with workspaces of their own that press Train on the same sample at the same moment. To reach: trained
        once, all answered.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the checkout that this file is in, installed or not

from benchmarks.browserlike import Visitor  # noqa: E402  # found by the line above
from benchmarks.serving import ServerStore, serve  # noqa: E402  # found by the line above
from forecasting import load_sample, suggest_config  # noqa: E402  # found by the line above

GRACE_SECONDS = 75.0  # after which Streamlit has let go of sessions whose tabs are closed
RUSH_SECONDS = 15.0  # after a hundred pages were opened at once, counted by itself: all draw their first progress


def main() -> int:
    parser = argparse.ArgumentParser(description="Load on one server.")
    parser.add_argument("part", nargs="*", choices=["polls", "cycles", "same", []], help="default: all")
    parser.add_argument("--sessions", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--cycles", type=int, default=500)
    parser.add_argument("--askers", type=int, default=50)
    parser.add_argument("--json", type=Path, help="write the figures there, too")
    options = parser.parse_args()
    parts = options.part or ["polls", "cycles", "same"]
    figures: dict[str, Any] = {"cores": os.cpu_count(), "load_before": round(os.getloadavg()[0], 2)}
    if "polls" in parts:
        figures["polls"] = _printed("polls", asyncio.run(polls(options.sessions, options.seconds)))
    if "cycles" in parts:
        figures["cycles"] = _printed("cycles", asyncio.run(cycles(options.cycles)))
    if "same" in parts:
        figures["same"] = _printed("same", asyncio.run(same(options.askers)))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")
    return 0


async def polls(sessions: int, seconds: float) -> dict[str, Any]:
    """Sessions with a training in view, polling."""
    with serve() as server:
        visitors = [Visitor(server.url, "", query) for query in _watching(server.store, sessions)]
        opened = await _in_turn([visitor.open for visitor in visitors], 8)
        await _until(server.store, running=2)
        used = server.cpu()
        begins = time.perf_counter()
        ends = begins + RUSH_SECONDS + seconds
        took = await asyncio.gather(*(_poll(visitor, ends, position) for position, visitor in enumerate(visitors)))
        rush = [value for mine in took for at, value in mine if at < begins + RUSH_SECONDS]
        every = sorted(value for mine in took for at, value in mine if at >= begins + RUSH_SECONDS)
        memory, used = server.peak(), server.cpu() - used
        still = server.store.health_counts()
        await asyncio.gather(*(visitor.leave() for visitor in visitors))
    return {
        "sessions": sessions,
        "open_median_s": round(statistics.median(opened), 2),
        "polls": len(every),
        "polls_a_second": round(len(every) / seconds, 1),
        "poll_median_s": round(statistics.median(every), 3),
        "poll_p95_s": round(every[int(0.95 * len(every))], 3),
        "poll_max_s": round(every[-1], 3),
        "rush_p95_s": round(sorted(rush)[int(0.95 * len(rush))], 3),
        "rush_max_s": round(max(rush), 3),
        "cpu_ms_a_poll": round(1000 * used / (len(every) + len(rush)), 1),
        "server_mb": memory,
        "trainings_at_the_end": still,
    }


async def _poll(visitor: Visitor, ends: float, position: int) -> list[tuple[float, float]]:
    """Run the page's timers as a browser does, from a moment of its own on: when each began and how long it took."""
    took: list[tuple[float, float]] = []
    await asyncio.sleep(position % 20 / 20)
    while time.perf_counter() < ends:
        began = time.perf_counter()
        assert visitor.timers, f"nothing polls on this page: {visitor.messages}"
        fragment, interval = next(iter(visitor.timers.items()))
        took.append((began, await visitor.run(fragment, timer=True)))
        await asyncio.sleep(max(0.0, interval - (time.perf_counter() - began)))
    return took


async def cycles(count: int) -> dict[str, Any]:
    """Tabs that are opened, given a file and closed."""
    with serve(TIDECAST_UPLOADS_A_MINUTE="1000000", TIDECAST_WORKSPACE_MB="4096") as server:
        workspaces = [server.store.new_workspace() for _ in range(20)]
        for workspace in workspaces:
            server.store.put_state(workspace, {"source": "upload"})
        levels: list[int] = []
        took = []
        step = max(1, count // 10)
        for number in range(count):
            visitor = Visitor(server.url, "", f"workspace={workspaces[number % len(workspaces)].token}")
            await visitor.open()
            took.append(await visitor.upload("upload", f"file {number}.csv", _file(number)))
            assert any(kind == "plotly_chart" for kind, _ in visitor.elements.values()), visitor.messages
            await visitor.leave()
            if (number + 1) % step == 0:
                levels.append(server.resident())
                print(f"  cycle {number + 1}: {levels[-1]} MB", file=sys.stderr)
        await asyncio.sleep(GRACE_SECONDS)
        settled = server.resident()
    half = levels[len(levels) // 2]
    return {
        "cycles": count,
        "upload_median_s": round(statistics.median(took), 2),
        "levels_mb": levels,
        "settled_mb": settled,
        "growth_of_the_second_half": f"{(levels[-1] - half) / half:+.1%}",
    }


async def same(askers: int) -> dict[str, Any]:
    """One question from many at once."""
    with serve() as server:
        visitors = [Visitor(server.url) for _ in range(askers)]
        await _in_turn([visitor.open for visitor in visitors], 8)
        began = time.perf_counter()
        await asyncio.gather(*(visitor.click("train") for visitor in visitors))
        await asyncio.gather(*(_answered(visitor) for visitor in visitors))
        seconds = time.perf_counter() - began
        counted = server.store.questions()
        await asyncio.gather(*(visitor.leave() for visitor in visitors))
    assert counted == (1, 1, askers), counted
    return {"askers": askers, "runs": counted[0], "attempts": counted[1], "links": counted[2],
            "answered": askers, "seconds": round(seconds, 1)}  # fmt: skip


async def _answered(visitor: Visitor) -> None:
    """Poll until the page shows the scores."""
    deadline = time.perf_counter() + 300
    while not any("MASE" in message for message in visitor.messages):
        assert time.perf_counter() < deadline, visitor.messages
        if visitor.timers:
            fragment, interval = next(iter(visitor.timers.items()))
            await asyncio.sleep(interval)
            await visitor.run(fragment, timer=True)
        else:
            await asyncio.sleep(0.5)
            await visitor.run()


def _watching(store: ServerStore, sessions: int) -> list[str]:
    """Addresses of workspaces that each wait for one of two long trainings."""
    panel = load_sample("co2")
    config = suggest_config(panel)[0].to_dict() | {"epochs": 10_000, "hidden_size": 128, "members": 5}
    addresses = []
    for number in range(sessions):
        workspace = store.new_workspace()
        dataset = store.put_dataset(workspace, None, panel.name, {"source": "sample", "sample": "co2"}, panel, {})
        run = store.submit(workspace, "forecast", config | {"seed": number % 2}, dataset, panel.name)
        addresses.append(f"workspace={workspace.token}&dataset={dataset}&run={run}")
    return addresses


async def _until(store: ServerStore, running: int) -> None:
    deadline = time.monotonic() + 120
    while store.health_counts().get("running", 0) < running:
        assert time.monotonic() < deadline, store.health_counts()
        await asyncio.sleep(0.5)


async def _in_turn(what: list[Any], at_once: int) -> list[float]:
    """Call all of `what`, so many at the same time."""
    gate = asyncio.Semaphore(at_once)

    async def one(call: Any) -> float:
        async with gate:
            return float(await call())

    return await asyncio.gather(*(one(call) for call in what))


def _file(number: int) -> bytes:
    """A file of 2,000 days that nobody brought before."""
    lines = (f"2015-01-01,{number}" if not day else _line(day, number) for day in range(2000))
    return ("date,value\n" + "\n".join(lines) + "\n").encode()


def _line(day: int, number: int) -> str:
    when = time.strftime("%Y-%m-%d", time.gmtime(1420070400 + 86400 * day))
    return f"{when},{100 + (day * (number + 7)) % 97 / 10:.1f}"


def _printed(name: str, figures: dict[str, Any]) -> dict[str, Any]:
    print(f"{name}:")
    for key, value in figures.items():
        print(f"  {key.replace('_', ' '):28} {value}")
    return figures


if __name__ == "__main__":
    raise SystemExit(main())
