"""Uploads against the memory of a server that anybody may open."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from benchmarks.browserlike import Visitor
from forecasting.runs import Store
from tests.app import files
from tests.browser.conftest import Server, launch

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
    database = f"sqlite:///{tmp_path}/data/tidecast.db"
    settings = {"TIDECAST_WORKERS": "0", "STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": "2"}
    server = launch(tmp_path / "data", tmp_path / "log", None, settings)
    try:
        store = Store(database)
        workspaces = [store.new_workspace() for _ in range(2)]
        for workspace in workspaces:
            store.put_state(workspace, {"source": "upload"})
        store.close()
        asyncio.run(attacked(server, [workspace.token for workspace in workspaces]))
        assert "Traceback" not in server.log.read_text()
    finally:
        server.stop()
