"""What the server keeps from the app: made-up addresses, its figures, frames and requests that no page sends."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import socket
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from starlette.types import Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from forecasting.errors import ConfigError
from forecasting.runs import Settings
from forecasting.runs.log import JsonLines
from pages.shared import connections
from pages.shared.frontend import Frontend, files
from pages.shared.gates import Forwarded, FrameGate, MetricsGate, WithoutTrace
from tests import coroutines

TOKEN = "0123456789abcdef"  # noqa: S105 - the test's


def through(gate: type, scope: dict[str, Any], *arriving: Message) -> tuple[list[Scope], list[Message], list[Message]]:
    """The scopes and messages that reach an app behind `gate`, and what is sent back."""
    scopes, received, sent = [], [], []
    waiting = list(arriving)

    async def app(inner: Scope, receive: Receive, send: Send) -> None:
        scopes.append(inner)
        for _ in arriving:
            received.append(await receive())
        await send({"type": "of the app"})

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    coroutines.run(gate(app)(scope, receive, send))
    return scopes, received, sent


def client(headers: list[tuple[bytes, bytes]]) -> tuple[str, int]:
    (scope,), _, _ = through(Forwarded, {"type": "websocket", "headers": headers, "client": ("10.0.0.9", 1)})
    found: tuple[str, int] = scope["client"]
    return found


def test_where_every_neighbour_is_believed_the_address_is_the_one_the_nearest_wrote(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    name = b"x-forwarded-for"
    assert client([(name, b"1.1.1.1, 2.2.2.2"), (name, b"203.0.113.7")])[0] == "203.0.113.7"
    assert client([(name, b"made up, 203.0.113.7:4711")])[0] == "203.0.113.7"
    assert client([(name, b"[2001:db8::1]:99")])[0] == "2001:db8::1"
    assert client([(name, b"2001:db8::1")])[0] == "2001:db8::1"
    assert client([])[0] == "10.0.0.9"
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "10.0.0.9")  # then uvicorn has taken the last untrusted one itself
    assert client([(name, b"1.1.1.1, 10.0.0.8")])[0] == "10.0.0.9"


def test_the_figures_of_the_server_are_for_who_has_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    def status(path: str = "/_stcore/metrics", said: str | None = None) -> int | None:
        headers = [] if said is None else [(b"authorization", said.encode())]
        scopes, _, sent = through(MetricsGate, {"type": "http", "path": path, "headers": headers, "method": "GET"})
        return None if scopes else sent[0]["status"]

    assert status() == status(said="Bearer ") == status(path="/base/_stcore/metrics") == 404
    assert status(path="/_stcore/health") is None
    monkeypatch.setenv("TIDECAST_METRICS_TOKEN", TOKEN)
    assert status() == status(said=f"Bearer {TOKEN}x") == status(said=TOKEN) == 404
    assert status(said=f"Bearer {TOKEN}") is None
    monkeypatch.setenv("TIDECAST_METRICS_TOKEN", "short")
    assert status(said="Bearer short") == 404
    with pytest.raises(ConfigError, match="TIDECAST_METRICS_TOKEN"):
        Settings.from_environment({"TIDECAST_METRICS_TOKEN": "short"})
    assert Settings.from_environment({"TIDECAST_METRICS_TOKEN": TOKEN})


def test_a_text_frame_closes_the_websocket_before_it_reaches_the_app() -> None:
    data, text = {"type": "websocket.receive", "bytes": b"x"}, {"type": "websocket.receive", "text": "x"}
    _, received, sent = through(FrameGate, {"type": "websocket"}, data, text)
    assert received == [data, {"type": "websocket.disconnect", "code": 1003}]
    assert sent == [{"type": "websocket.close", "code": 1003}]  # and nothing of the app's after it


def test_a_bad_frame_is_a_line_in_the_log_without_a_trace() -> None:
    def line(event: str) -> dict[str, Any]:
        try:
            raise ValueError("of the frame")
        except ValueError:
            record = logging.LogRecord("uvicorn.error", logging.ERROR, "x.py", 1, event, (), sys.exc_info())
        WithoutTrace().filter(record)
        found: dict[str, Any] = json.loads(JsonLines().format(record))
        return found

    for event in WithoutTrace.EVENTS:
        assert "where" not in line(event)
    assert line("Exception in ASGI application")["error"] == "ValueError"


def asked(
    path: str, method: str = "GET", headers: tuple[tuple[bytes, bytes], ...] = (), client: str = "127.0.0.1"
) -> tuple[bool, list[Message]]:
    """Whether the app behind is asked, and what is sent back."""
    scope = {"type": "http", "method": method, "path": path, "headers": list(headers), "client": (client, 1)}
    scopes, _, sent = through(Frontend, scope)
    return bool(scopes), sent


def test_a_file_of_the_front_end_is_sent_whole_by_name_under_any_path() -> None:
    kinds = {"js": b"text/javascript; charset=utf-8", "css": b"text/css; charset=utf-8", "media": b"font/woff2"}
    for folder, kind in kinds.items():
        name = next(name for name in files() if name.startswith(folder) and name.endswith(("js", "css", "woff2")))
        for path in (f"/static/{name}", f"/team/tidecast/static/{name}"):
            behind, (start, body) = asked(path)
            headers = dict(start["headers"])
            assert not behind
            assert (start["status"], headers[b"content-type"]) == (200, kind)
            assert body["body"] == files()[name].read_bytes()
            assert int(headers[b"content-length"]) == len(body["body"])
            assert b"immutable" in headers[b"cache-control"]


def test_files_are_compressed_for_other_machines_that_take_it() -> None:
    script = next(name for name in files() if name.endswith(".js"))
    font = next(name for name in files() if name.endswith(".woff2"))
    takes = ((b"accept-encoding", b"gzip, br"),)

    def sent(name: str, **how: Any) -> tuple[dict[bytes, bytes], bytes]:
        _, (start, body) = asked(f"/static/{name}", **how)
        headers = dict(start["headers"])
        assert int(headers[b"content-length"]) == len(body["body"])
        return headers, body["body"]

    headers, body = sent(script, headers=takes, client="192.0.2.7")
    assert headers[b"content-encoding"] == b"gzip"
    assert gzip.decompress(body) == files()[script].read_bytes()
    assert len(body) < files()[script].stat().st_size
    for name, how in (
        (script, {"client": "192.0.2.7"}),
        (script, {"headers": takes}),
        (font, {"headers": takes, "client": "192.0.2.7"}),
    ):
        headers, body = sent(name, **how)
        assert b"content-encoding" not in headers
        assert body == files()[name].read_bytes()


def test_whatever_else_is_asked_for_goes_to_streamlit() -> None:
    name = next(iter(files()))
    for path in (
        "/",
        "/static/",
        "/static/../index.html",
        "/static/js/../../index.html",
        "/static/js/none.js",
        f"/{name}",
    ):
        assert asked(path)[0]
    assert asked(f"/static/{name}", "HEAD")[0]
    for condition in (b"range", b"if-none-match", b"if-modified-since"):
        assert asked(f"/static/{name}", headers=((condition, b"bytes=0-1"),))[0]


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Of a server whose patience with headers is short, and with everything else is not."""
    for method in ("connection_made", "data_received", "connection_lost"):
        monkeypatch.setattr(H11Protocol, method, getattr(H11Protocol, method))  # put back afterwards
    monkeypatch.setattr(connections, "SECONDS", 0.3)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    connections.mend()
    connections.mend()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, lifespan="off", log_config=None, http="h11", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])))  # noqa: TID251 - its own thread
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join(10)


@pytest.mark.slow
def test_small_pieces_are_not_kept_back_on_a_socket_that_streamlit_has_opened(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    asked_for: list[int] = []

    def connection_made(self: Any, transport: Any) -> None:
        begin(self, transport)
        self.socket = transport.get_extra_info("socket")

    def connection_lost(self: Any, error: Exception | None) -> None:
        asked_for.append(self.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        end(self, error)

    begin, end = H11Protocol.connection_made, H11Protocol.connection_lost
    monkeypatch.setattr(H11Protocol, "connection_made", connection_made)
    monkeypatch.setattr(H11Protocol, "connection_lost", connection_lost)
    port = request.getfixturevalue("port")  # mends what was set here
    with socket.create_connection(("127.0.0.1", port)) as one:
        one.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        while one.recv(1000):
            pass
    for _ in range(500):
        if asked_for:
            break
        time.sleep(0.01)
    assert asked_for
    assert all(asked_for)


@pytest.mark.slow
def test_half_sent_headers_are_cut_and_slow_bodies_and_idle_connections_are_not(port: int) -> None:
    def connection(data: bytes) -> socket.socket:
        one = socket.create_connection(("127.0.0.1", port))
        one.settimeout(5)
        one.sendall(data)
        return one

    def is_cut(one: socket.socket) -> bool:
        try:
            return one.recv(1000) == b""
        except ConnectionResetError:
            return True

    def is_answered(one: socket.socket) -> bool:
        answer = b""
        while not answer.endswith(b"ok") and (more := one.recv(1000)):
            answer += more
        return answer.endswith(b"ok")

    silent, half = connection(b""), connection(b"GET / HTTP/1.1\r\nHost: x\r\nX-A:")
    body = connection(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab")
    again = connection(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert is_answered(again)
    idle = connection(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert is_answered(idle)
    again.sendall(b"GET / HTTP/1.1\r\n")
    assert is_cut(silent)
    assert is_cut(half)
    assert is_cut(again)
    body.sendall(b"cd")
    assert is_answered(body)
    idle.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert is_answered(idle)
    for one in (silent, half, body, again, idle):
        one.close()
