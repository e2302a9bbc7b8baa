"""What a stranger can do to a server that anybody may open: promise -> measured.

    python benchmarks/attack.py                    all four, some minutes
    python benchmarks/attack.py uploads rush       only these

The server is `streamlit run app.py` as a process of its own with an empty store, the strangers are
benchmarks/browserlike.py in this process, on loopback. What is sent is bounded: 2 GB of uploads, ten hostile files, 200
pages.

uploads  40 files of 45 MB by one session that never uses them, while somebody else brings a file
parsing  ten files at once that are small to bring and huge to read, while somebody else uses a page
fair     a store over its budget, and a queue, filled by one stranger with ten workspaces; a newcomer with one
rush     100 pages opened in the same second, and 200; SIGTERM in the middle of it
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import dataclasses
import os
import signal
import statistics
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the checkout that this file is in, installed or not

from websockets.exceptions import InvalidStatus  # noqa: E402  # found by the line above

from benchmarks.browserlike import Visitor  # noqa: E402  # found by the line above
from benchmarks.serving import Server, serve  # noqa: E402  # found by the line above
from forecasting.runs import Settings, Store, Workspace  # noqa: E402  # found by the line above
from forecasting.runs.housekeeping import sweep  # noqa: E402  # found by the line above
from tests.faults import hostile_files  # noqa: E402  # found by the line above

MB = 1024 * 1024
Row = tuple[str, str, bool]  # promise, measured, held


def main() -> int:
    parts: dict[str, Callable[[], list[Row]]] = {
        "uploads": lambda: asyncio.run(uploads()),
        "parsing": lambda: asyncio.run(parsing()),
        "fair": fair,
        "rush": lambda: [*asyncio.run(rush(100)), *asyncio.run(rush(200))],
    }
    parser = argparse.ArgumentParser(description="What a stranger can do to the server.")
    parser.add_argument("part", nargs="*", choices=[*parts, []], help="default: all")
    chosen = parser.parse_args().part or list(parts)
    print(
        f"{os.cpu_count()} cores, load before {os.getloadavg()[0]:.1f}\n\n| promise | measured | held |\n|---|---|---|"
    )
    held = True
    for name in chosen:
        for promise, measured, kept in parts[name]():
            print(f"| {promise} | {measured} | {'yes' if kept else 'NO'} |", flush=True)
            held = held and kept
    return int(not held)


async def uploads() -> list[Row]:
    with serve(STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL="2", TIDECAST_WORKERS="0") as server:
        attacker, honest = [await _on_upload(server) for _ in range(2)]
        with _watching(server) as memory:
            places = await attacker.places(*(f"{number}.csv" for number in range(40)))
            content = b"x" * (45 * MB)
            flood = asyncio.gather(*(attacker.put(place.upload_url, "x.csv", content) for place in places))
            await asyncio.sleep(0.5)
            took = await honest.upload("upload", "mine.csv", _honest_file())
            statuses = await flood
        made_up = places[0].upload_url.rpartition("/")[0] + "/00000000-0000-4000-8000-000000000000"
        foreign = await attacker.put(made_up, "x.csv", b"a")
        full = server.resident()
        await attacker.leave()
        await asyncio.sleep(10)
        after = server.resident()
        await honest.leave()
    return [
        ("server below 600 MB through 40 uploads of 45 MB", f"{max(memory):.0f} MB", max(memory) < 600),
        ("those beyond the bound are refused", f"{statuses.count(429)} of 40 with 429", statuses.count(429) >= 38),
        ("a place that no uploader gave out is refused", f"status {foreign}", foreign == 403),
        ("an honest upload works meanwhile", f"{took:.1f} s", bool(took)),
        ("what a closed session held goes by itself", f"{full:.0f} MB, then {after:.0f} MB", after < full - 40),
    ]


async def parsing() -> list[Row]:
    makers = (hostile_files.repeated_string, hostile_files.gzip_members)
    files = [makers[number % len(makers)]() for number in range(10)]
    with serve(TIDECAST_WORKERS="0") as server:
        strangers = [await _on_upload(server) for _ in files]
        honest = Visitor(server.url)
        await honest.open()
        before = server.whole()
        with _watching(server, whole=True) as memory:
            names = [f"{number}.{'xlsx' if number % 2 == 0 else 'csv.gz'}" for number in range(10)]
            brought = asyncio.gather(
                *(one.upload("upload", name, file) for one, name, file in zip(strangers, names, files, strict=True))
            )
            runs: list[float] = []
            began = time.perf_counter()
            while not brought.done():
                runs.append(await honest.run())
                await asyncio.sleep(0.3)
            await brought
            took = time.perf_counter() - began
        for one in (*strangers, honest):
            await one.leave()
    allowed = before + Settings.parsers * Settings.parse_mb
    at_95 = sorted(runs)[int(0.95 * (len(runs) - 1))]
    sizes = f"{min(map(len, files)) / 1024:.0f} to {max(map(len, files)) / 1024:.0f} kB"
    return [
        (
            f"ten files of {sizes}, at once: no more than {Settings.parsers} readers' memory on top",
            f"{before:.0f} MB before, {max(memory):.0f} MB at most, {allowed:.0f} allowed",
            max(memory) <= allowed,
        ),
        ("... and all of them read or refused", f"after {took:.0f} s", took < 120),
        ("... while a page of somebody else answers within 1 s (p95)", f"{at_95:.2f} s of {len(runs)}", at_95 < 1),
    ]


def fair() -> list[Row]:
    budget = 8
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/tidecast.db")
        store.settings = dataclasses.replace(store.settings, budget_mb=budget)
        try:
            small = store.new_workspace()
            _bring(store, small, MB // 2)
            strangers = [store.new_workspace() for _ in range(10)]
            for one in strangers:
                for _ in range(4):
                    _bring(store, one, MB)
            sweep(store.database, store.settings)
            mine, total = store.usage(small).stored_mb, store.usage().stored_mb
            for one in strangers:
                for seed in range(3):
                    settings = {"cell": "lstm", "seed": 10 * strangers.index(one) + seed}
                    store.submit(one, "sine", settings, None, "a stranger's", address="198.51.100.7")
            asked = store.submit(small, "sine", {"cell": "gru"}, None, "a newcomer's", address="203.0.113.9")
            waiting = store.run(small, asked).position
        finally:
            store.close()
    return [
        ("a small workspace keeps its data when strangers fill the store", f"{mine:.1f} of 0.5 MB", mine > 0.4),
        ("... which stays within its budget", f"{total:.1f} of {budget} MB", total <= budget),
        (
            "a newcomer waits behind one run of a stranger with ten workspaces and thirty runs",
            f"place {waiting}",
            waiting is not None and waiting <= 2,
        ),
    ]


def _bring(store: Store, workspace: Workspace, size: int) -> None:
    store.put_dataset(workspace, os.urandom(size), "file.csv", {}, None, {})


async def rush(pages: int) -> list[Row]:
    with serve(TIDECAST_WORKERS="0") as server:
        inside = Visitor(server.url)
        await inside.open()
        comers = [Visitor(server.url) for _ in range(pages)]
        async with _asked(server.url + "/health") as answers:
            opened = await asyncio.gather(*(one.open() for one in comers), return_exceptions=True)
        still = await inside.run()
        whole = sorted(took for took in opened if isinstance(took, float))
        busy = sum(isinstance(took, InvalidStatus) for took in opened)
        began = time.perf_counter()
        server.process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(server.process.wait, 60)
        ended = time.perf_counter() - began
    median, at_95 = statistics.median(whole), whole[int(0.95 * (len(whole) - 1))]
    figures = f"{len(whole)} of {pages} opened, {busy} told to come again; median {median:.1f} s, p95 {at_95:.1f} s"
    return [
        (
            f"{pages} pages in the same second: median 15 s, p95 25 s",
            figures,
            len(whole) + busy == pages and len(whole) >= 100 and median <= 15 and at_95 <= 25,
        ),
        ("... `/health` answers within 2 s", f"{max(answers):.2f} s", max(answers) <= 2),
        ("... who is in stays in", f"its next run took {still:.1f} s", bool(still)),
        ("... SIGTERM ends the server within 8 s", f"{ended:.1f} s", ended <= 8),
    ]


async def _on_upload(server: Server) -> Visitor:
    """A page that shows the uploader, in a workspace of its own."""
    workspace = server.store.new_workspace()
    server.store.put_state(workspace, {"source": "upload"})
    visitor = Visitor(server.url, "", f"workspace={workspace.token}")
    await visitor.open()
    return visitor


def _honest_file() -> bytes:
    return b"date,value\n" + b"".join(
        b"2024-%02d-%02d,%d\n" % (m, d, d * m) for m in range(1, 13) for d in range(1, 29)
    )


@contextlib.contextmanager
def _watching(server: Server, whole: bool = False) -> Iterator[list[float]]:
    """MB of the server, looked at fifty times a second."""
    look_at = server.whole if whole else server.resident
    seen: list[float] = [look_at()]
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(0.02):
            seen.append(look_at())

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()


@contextlib.asynccontextmanager
async def _asked(url: str) -> AsyncIterator[list[float]]:
    """Seconds that an address took to answer, whatever it said, asked again and again."""
    took: list[float] = []

    def ask() -> None:
        began = time.perf_counter()
        with contextlib.suppress(urllib.error.HTTPError):
            urllib.request.urlopen(url, timeout=60).close()  # noqa: S310  # http, this machine
        took.append(time.perf_counter() - began)

    async def again() -> None:
        while True:
            await asyncio.to_thread(ask)
            await asyncio.sleep(0.2)

    asking = asyncio.create_task(again())
    try:
        yield took
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)


if __name__ == "__main__":
    sys.exit(main())
