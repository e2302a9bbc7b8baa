"""The real server: headers, health, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow


@contextmanager
def server(folder: Path, **environment: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """`streamlit run app.py` on a free port, and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--server.port", str(port), "--server.address", "127.0.0.1", "--server.headless", "true"]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", *options],
            cwd=ROOT,
            env={**os.environ, "TIDECAST_DATA": str(folder), **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            deadline = time.monotonic() + 60
            while True:
                assert process.poll() is None, (folder / "server.log").read_text()
                assert time.monotonic() < deadline
                try:
                    get(f"{address}/_stcore/health")
                    break
                except OSError:
                    time.sleep(0.1)
            yield process, address
        finally:
            process.kill()
            process.wait()


def get(url: str) -> tuple[int, dict[str, str], bytes]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own server
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()


def test_every_answer_has_the_security_headers_and_health_says_how_things_are(tmp_path: Path) -> None:
    with server(tmp_path) as (_, address):
        for path in ("/", "/health", "/_stcore/health", "/nowhere"):
            _, headers, _ = get(address + path)
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["x-frame-options"] == "SAMEORIGIN"
            policy = headers["content-security-policy"]
            assert "unsafe-eval" not in policy
            assert "script-src 'self' 'sha256-" in policy
            assert "frame-ancestors 'self'" in policy
        status, _, body = get(f"{address}/health")
        health = json.loads(body)
        assert status == 200
        assert (health["status"], health["database"], health["queued"], health["workers"]) == ("ok", "ok", 0, 0)
        assert health["free_mb"] > 0
        assert get(f"{address}/_stcore/metrics")[0] == 404


def upgrade(address: str, host: str, frame: bytes = b"") -> bytes:
    """What the server says to a websocket that asks for `host`, and after `frame` if there is one."""
    at, _, port = address.removeprefix("http://").partition(":")
    key = "dGhlIHNhbXBsZSBub25jZQ=="
    lines = ("Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13")
    with socket.create_connection((at, int(port)), timeout=60) as connection:
        connection.sendall("\r\n".join(("GET /_stcore/stream HTTP/1.1", f"Host: {host}", *lines, "", "")).encode())
        answer = connection.recv(1000)
        if frame:
            connection.sendall(frame + b"\x88\x80abcd")  # and the close for which the server would wait ten seconds
            connection.shutdown(socket.SHUT_WR)
            while more := connection.recv(1000):
                answer = more
        return answer


def test_a_host_may_be_allowed_to_frame_the_app_and_names_and_frames_that_no_page_uses_are_refused(
    tmp_path: Path,
) -> None:
    names = {"STREAMLIT_SERVER_ALLOWED_HOSTS": "forecasts.example.com other.example.com"}
    with server(tmp_path, TIDECAST_FRAME_ANCESTORS="https://share.streamlit.io", **names) as (_, address):
        assert b" 403 " in upgrade(address, "rebound.example.net")
        for frame in (b"\x82\x82abcd\xff\xff", b"\x81\x82abcd\x00\x00", b"\x81\x82abcd\xfe\xff", b"\xff" * 9):
            upgrade(address, "other.example.com", frame)
        _, headers, _ = get(address)
        assert "frame-ancestors https://share.streamlit.io" in headers["content-security-policy"]
        assert "x-frame-options" not in headers
    log = (tmp_path / "server.log").read_text()
    assert "text frame refused" in log
    assert "Error deserializing back message" in log
    assert "Traceback" not in log
    assert "h11_impl.py" not in log  # nor the places of one


def test_a_server_without_its_database_starts_and_says_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with server(tmp_path, TIDECAST_DATABASE=f"sqlite:///{tmp_path / 'file' / 'x.db'}") as (_, address):
        status, _, body = get(f"{address}/health")
        health = json.loads(body)
        assert (status, health["status"]) == (503, "degraded")
        assert "cannot be opened" in health["database"]
        assert get(address)[0] == 200


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send")
def test_the_server_ends_in_time_and_its_workers_with_it(tmp_path: Path) -> None:
    from forecasting.runs import Store

    store = Store(f"sqlite:///{tmp_path / 'tidecast.db'}")
    workspace = store.new_workspace()
    with server(tmp_path) as (process, _):
        # Found in the table by the server, without a visitor; large enough not to be done by then.
        run = store.submit(
            workspace, "sine", {"epochs": 500, "points": 5000, "hidden_size": 128, "num_layers": 2}, None, "sine"
        )
        deadline = time.monotonic() + 60
        while store.run(workspace, run).state != "running":
            assert time.monotonic() < deadline, (tmp_path / "server.log").read_text()
            time.sleep(0.1)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(8)
        assert time.monotonic() - began < 8
    lines = [line for line in (tmp_path / "server.log").read_text().splitlines() if line.startswith("{")]
    pids = [json.loads(line)["worker_pid"] for line in lines if json.loads(line)["event"] == "worker started"]
    assert pids
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    seen = store.run(workspace, run)
    assert (seen.state, seen.attempts) == ("queued", 0)
    assert workspace.token not in (tmp_path / "server.log").read_text()
    store.close()
