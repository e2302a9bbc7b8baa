"""A rush: pages are opened in turn, newcomers beyond the limit read that the server is busy, who is in stays in."""

from __future__ import annotations

import asyncio
import http.client
import time
import urllib.parse
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus

from benchmarks.browserlike import Visitor
from pages.shared import newcomers
from pages.shared.newcomers import AT_ONCE, Newcomers
from tests import coroutines
from tests.browser.conftest import launch

ENDED = ForwardMsg(script_finished=ForwardMsg.ScriptFinishedStatus.Value("FINISHED_SUCCESSFULLY")).SerializeToString()


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    return lambda places: monkeypatch.setattr(newcomers, "_limit", lambda: places)


class Page:
    """A Streamlit that runs each page's script until it is told to end."""

    def __init__(self) -> None:
        self.running: list[str] = []
        self.ends: dict[str, asyncio.Event] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"page"})
            return
        name = scope["name"]
        while (await receive())["type"] != "websocket.disconnect":
            self.running.append(name)
            await self.ends.setdefault(name, asyncio.Event()).wait()
            self.running.remove(name)
            await send({"type": "websocket.send", "bytes": ENDED})


class Tab:
    """One connection to the gate."""

    def __init__(self, gate: Newcomers, name: str, session: str = "") -> None:
        self.messages: asyncio.Queue[Message] = asyncio.Queue()
        self.sent: list[Message] = []
        protocols = f"streamlit, xsrf{', ' + session if session else ''}"
        scope = {
            "type": "websocket",
            "path": "/_stcore/stream",
            "headers": [(b"sec-websocket-protocol", protocols.encode())],
            "name": name,
        }
        self.task = asyncio.ensure_future(gate(scope, self.messages.get, self.receive))

    async def receive(self, message: Message) -> None:
        self.sent.append(message)

    def run(self) -> None:
        self.messages.put_nowait({"type": "websocket.receive", "bytes": b"run"})

    def close(self) -> None:
        self.messages.put_nowait({"type": "websocket.disconnect"})


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def status(
    gate: Newcomers, path: str = "/", accept: str = "text/html", language: str = "en", query: bytes = b""
) -> tuple[int, str]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"accept", accept.encode()), (b"accept-language", language.encode())]
    await gate(
        {"type": "http", "method": "GET", "path": path, "headers": headers, "query_string": query},
        asyncio.Queue().get,
        send,
    )
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:]).decode()


def test_first_runs_wait_their_turn_and_later_ones_do_not(
    limit: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def rush() -> None:
        page = Page()
        gate = Newcomers(page)
        tabs = [Tab(gate, str(number)) for number in range(AT_ONCE + 3)]
        for tab in tabs:
            tab.run()
        await settle()
        assert page.running == [str(number) for number in range(AT_ONCE)]
        page.ends["1"].set()
        await settle()
        assert page.running == ["0", "2", "3", str(AT_ONCE)]
        tabs[1].run()  # its second run: it is in
        back = Tab(gate, "back", "session-of-before")
        back.run()
        await settle()
        assert "back" in page.running
        assert len(tabs[1].sent) == 2
        tabs[2].task.cancel()  # closed in the middle: its turn goes to the next
        await settle()
        assert str(AT_ONCE + 1) in page.running
        for tab in (*tabs, back):
            tab.task.cancel()

    limit(100)
    monkeypatch.setattr(newcomers, "_is_session", lambda identifier: identifier == "session-of-before")
    coroutines.run(rush())


def test_beyond_the_limit_a_page_says_busy_and_asks_again_and_who_is_in_stays(limit: Callable[[int], None]) -> None:
    async def rush() -> None:
        page = Page()
        gate = Newcomers(page)
        assert [(await status(gate))[0] for _ in range(3)] == [200, 200, 503]
        code, text = await status(gate, language="zh-CN,zh;q=0.9")
        assert code == 503
        assert "正忙" in text
        assert 'http-equiv="refresh"' in text
        assert "busy" in (await status(gate))[1]
        assert "正忙" in (await status(gate, query=b"workspace=x&language=zh"))[1]
        assert (await status(gate, "/static/index.js"))[0] == 200
        assert (await status(gate, "/", "*/*"))[0] == 200  # a program that asks whether the server is there
        tabs = [Tab(gate, name) for name in ("first", "second")]  # the two that were given the page
        refused = Tab(gate, "third")
        await settle()
        assert refused.task.done()
        assert refused.sent == [{"type": "websocket.close", "code": 1013}]
        assert (await status(gate))[0] == 503
        tabs[0].run()
        await settle()
        page.ends["first"].set()
        await settle()
        assert (await status(gate))[0] == 200  # who is in takes no place
        assert not tabs[0].task.done()
        for tab in tabs:
            tab.task.cancel()

    limit(2)
    coroutines.run(rush())


def test_places_of_pages_whose_connection_never_comes_are_given_again(
    limit: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def rush() -> None:
        gate = Newcomers(Page())
        assert [(await status(gate))[0] for _ in range(2)] == [200, 503]
        Tab(gate, "silent")  # has its connection, and asks for nothing
        await settle()
        assert (await status(gate))[0] == 503
        later = time.monotonic() + newcomers.COMING + 1
        monkeypatch.setattr(newcomers.time, "monotonic", lambda: later)
        assert (await status(gate))[0] == 200

    limit(1)
    coroutines.run(rush())


def test_a_run_that_takes_long_lets_others_begin_and_a_made_up_session_waits_like_all(
    limit: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def rush() -> None:
        page = Page()
        gate = Newcomers(page)
        tabs = [Tab(gate, str(number), "made-up") for number in range(AT_ONCE + 1)]
        for tab in tabs:
            tab.run()
        await settle()
        assert str(AT_ONCE) not in page.running
        await asyncio.sleep(0.1)
        assert str(AT_ONCE) in page.running
        for tab in tabs:
            tab.task.cancel()

    limit(100)
    monkeypatch.setattr(newcomers, "TURN", 0.05)
    coroutines.run(rush())


def test_one_address_takes_half_of_the_places_at_most() -> None:
    places = newcomers.Places()
    assert [places.give("198.51.100.7", 10) for _ in range(6)] == [True] * 5 + [False]
    assert [places.give("203.0.113.9", 10) for _ in range(6)] == [True] * 5 + [False]
    assert not places.give("192.0.2.1", 10)
    here = newcomers.Places()
    assert [here.give("127.0.0.1", 10) for _ in range(11)] == [True] * 10 + [False]


@pytest.mark.slow
def test_a_server_with_one_place_opens_page_after_page(tmp_path: Path) -> None:
    server = launch(tmp_path / "data", tmp_path / "log", None, {"TIDECAST_WORKERS": "0", "TIDECAST_OPENING": "2"})

    async def rush() -> None:
        inside = Visitor(server.url)
        await inside.open()
        comers = [Visitor(server.url) for _ in range(6)]
        opened = await asyncio.gather(*(one.open() for one in comers), return_exceptions=True)
        assert [type(one) for one in opened if not isinstance(one, float)] == [InvalidStatus] * 4
        await inside.run()
        for one in (inside, *comers):
            await one.leave()

    try:
        coroutines.run(rush())
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(server.url).netloc)
        connection.request("GET", "/", headers={"Accept": "text/html"})
        assert connection.getresponse().status == 200
        connection.close()
        assert "Traceback" not in server.log.read_text()
    finally:
        server.stop()
