"""Files made to fill memory and time, brought to a server by many at once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from benchmarks.browserlike import Visitor
from benchmarks.serving import resident
from tests import coroutines
from tests.app import files
from tests.browser.conftest import Server
from tests.faults import hostile_files
from tests.faults.uploaders import server_with_uploaders

PARSE_MB = 512  # of each of two readers
SERVER_MB = 500  # that the server may have beside them
BROUGHT = {
    "a.xlsx": hostile_files.repeated_string_disguised(8, 2_000),
    "b.xlsx": hostile_files.open_document(),
    "c.csv": hostile_files.gzip_members(),
    "d.xlsx": hostile_files.repeated_string(),
    "e.parquet": hostile_files.repeated_value(1, 200_000),
}
REFUSED = ("memory", "256 MB", "128 MB", "gzip files")


async def watch(server: Server, most: list[int]) -> None:
    while True:
        most.append(await asyncio.to_thread(resident, server.process.pid))
        await asyncio.sleep(0.02)


async def attack(server: Server, attackers: list[Visitor], honest: Visitor) -> list[int]:
    """Ten hostile files at once, and a file of an honest visitor; MB of the server and its readers meanwhile."""
    for visitor in (*attackers, honest):
        await visitor.open()
    held: list[int] = []
    watching = asyncio.create_task(watch(server, held))
    brought = list(BROUGHT.items()) * 2
    hostile = [
        asyncio.create_task(visitor.upload("upload", name, content))
        for visitor, (name, content) in zip(attackers, brought, strict=True)
    ]
    await honest.upload("upload", "mine.csv", files.german())
    await asyncio.gather(*hostile)
    watching.cancel()
    return held


async def attacked(server: Server, tokens: list[str]) -> None:
    *attackers, honest = [Visitor(server.url, "", f"workspace={token}") for token in tokens]
    try:
        held = await attack(server, attackers, honest)
        assert max(held) < SERVER_MB + 2 * PARSE_MB
        assert any(kind == "plotly_chart" for kind, _ in honest.elements.values()), honest.messages
        told = [" ".join(visitor.messages) for visitor in attackers]
        assert [said for said in told if not any(why in said for why in REFUSED)] == []
        assert any("place 2 in the queue" in said for said in told)
    finally:
        for visitor in (*attackers, honest):
            await visitor.leave()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_ten_hostile_files_at_once_fill_no_more_memory_than_is_stated(tmp_path: Path) -> None:
    settings = {"TIDECAST_PARSERS": "2", "TIDECAST_PARSE_MB": str(PARSE_MB)}
    with server_with_uploaders(tmp_path, 11, settings) as (server, tokens):
        coroutines.run(attacked(server, tokens))
