"""Uploads against the memory of a server that anybody may open."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from benchmarks.browserlike import Visitor
from tests import coroutines
from tests.app import files
from tests.browser.conftest import Server
from tests.faults.uploaders import server_with_uploaders

MB = 1024 * 1024
FILE = b"x" * (45 * MB)


def resident(server: Server, field: str = "VmRSS") -> int:
    """MB of the server's memory."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return next(int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith(field))


async def settled_below(server: Server, most: int, seconds: float) -> int:
    """Wait until the server is that small; what it has then or at the end."""
    deadline = time.monotonic() + seconds
    while resident(server) > most and time.monotonic() < deadline:
        await asyncio.sleep(0.5)
    return resident(server)


async def attack(server: Server, attacker: Visitor, honest: Visitor) -> None:
    await attacker.open()
    await honest.open()
    places = await attacker.places(*(f"{number}.csv" for number in range(40)))

    flood = asyncio.gather(*(attacker.put(place.upload_url, "x.csv", FILE) for place in places))
    await asyncio.sleep(0.5)
    await honest.upload("upload", "mine.csv", files.german())
    assert any(kind == "plotly_chart" for kind, _ in honest.elements.values()), honest.messages
    statuses = await flood
    assert set(statuses) == {204, 429}
    assert statuses.count(204) == 1  # a third of 256 MB holds one of 45
    assert resident(server, "VmHWM") < 600

    await attacker.rest(3.0)
    assert any("wait to be read" in message for message in attacker.messages)
    made_up = places[0].upload_url.rpartition("/")[0] + "/00000000-0000-4000-8000-000000000000"
    assert await attacker.put(made_up, "x.csv", b"a") == 403

    full = resident(server)
    await attacker.leave()
    assert await settled_below(server, full - 40, 30) <= full - 40  # nobody has come or gone since


async def attacked(server: Server, tokens: list[str]) -> None:
    attacker, honest = (Visitor(server.url, "", f"workspace={token}") for token in tokens)
    try:
        await attack(server, attacker, honest)
    finally:
        await attacker.leave()
        await honest.leave()


@pytest.mark.slow
def test_a_flood_of_uploads_fills_no_memory_and_hinders_nobody(tmp_path: Path) -> None:
    settings = {"STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": "2"}
    with server_with_uploaders(tmp_path, 2, settings) as (server, tokens):
        coroutines.run(attacked(server, tokens))
