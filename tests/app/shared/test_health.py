"""`/health`: an answer in time, 503 with the reason where nothing can be written, and never more than one look."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from starlette.requests import Request

from forecasting.errors import StoreError
from forecasting.runs import runtime, stop_runtime
from pages.shared import health as module
from pages.shared.health import Probe
from tests import coroutines


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("TIDECAST_DATA", str(tmp_path))
    monkeypatch.setenv("TIDECAST_WORKERS", "0")
    monkeypatch.delenv("TIDECAST_DATABASE", raising=False)
    monkeypatch.setattr(module, "_probe", Probe(module.look))
    monkeypatch.setattr(module, "FRESH_SECONDS", 0.0)
    yield tmp_path
    stop_runtime()


def ask() -> tuple[int, dict[str, Any], float]:
    """Status, answer and how long it took, in an event loop that then still turns."""
    began = time.monotonic()
    answer = coroutines.run(module.health(Request({"type": "http", "headers": []})))
    return answer.status_code, json.loads(bytes(answer.body)), time.monotonic() - began


def test_a_store_that_takes_a_write_is_well(folder: Path) -> None:
    status, body, _ = ask()
    assert (status, body["status"], body["database"], body["copied"]) == (200, "ok", "ok", None)
    with sqlite3.connect(folder / "tidecast.db") as connection:
        ((first,),) = connection.execute("SELECT until FROM rates WHERE id = 'health'").fetchall()
        ask()
        ((second,),) = connection.execute("SELECT until FROM rates WHERE id = 'health'").fetchall()
    assert second > first  # it really wrote, into one row
    connection.close()


def test_a_deleted_file_and_one_in_its_place_are_noticed(folder: Path) -> None:
    assert ask()[0] == 200
    file = folder / "tidecast.db"
    file.rename(folder / "elsewhere")
    status, body, _ = ask()
    assert status == 503
    assert "deleted, or replaced" in body["database"]
    file.write_bytes((folder / "elsewhere").read_bytes())
    status, body, _ = ask()
    assert status == 503
    assert "deleted, or replaced" in body["database"]
    (folder / "elsewhere").replace(file)  # back in its place
    assert ask()[0] == 200


@pytest.mark.slow
def test_a_lock_that_is_held_is_said_in_time_and_one_look_waits_for_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ask()[0] == 200
    holder = sqlite3.connect(folder / "tidecast.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    assert ask()[0] == 200  # written to a moment ago: busy
    monkeypatch.setattr(module, "GRACE_SECONDS", 0.0)
    for _ in range(3):
        status, body, _ = ask()
        assert status == 503
        assert "does not answer" in body["database"]
    assert sum(thread.name == "tidecast-health" for thread in threading.enumerate()) == 1
    holder.execute("ROLLBACK")
    holder.close()
    deadline = time.monotonic() + 60
    while ask()[0] != 200:
        assert time.monotonic() < deadline


def test_a_look_that_hangs_is_not_waited_for_and_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.02)
    release, looks = threading.Event(), []

    def hang(_probe: Probe) -> dict[str, Any]:
        looks.append(1)
        release.wait(30)
        return {"database": None, "trouble": None}

    monkeypatch.setattr(module, "_probe", Probe(hang))
    for _ in range(5):
        status, body, _ = ask()
        assert (status, body["status"]) == (503, "degraded")
    assert len(looks) == 1
    release.set()


def test_a_defect_is_said_as_503_and_not_as_a_bare_500(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_probe: Probe) -> dict[str, Any]:
        raise RuntimeError("secret")

    monkeypatch.setattr(module, "_probe", Probe(fail))
    status, body, _ = ask()
    assert status == 503
    assert "RuntimeError" in body["database"]
    assert "secret" not in str(body)


def test_wrong_settings_are_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDECAST_QUEUE", "many")
    status, body, _ = ask()
    assert status == 503
    assert "TIDECAST_QUEUE" in body["database"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root of Linux can mount read-only")
def test_a_disk_that_became_read_only_is_the_reason(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = folder / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=80m", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount")
    monkeypatch.setenv("TIDECAST_DATA", str(disk))
    try:
        assert ask()[0] == 200
        stop_runtime()  # no file may be open for writing
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True, capture_output=True)
        status, body, _ = ask()
        assert status == 503
        assert "cannot be written to" in body["database"]
    finally:
        stop_runtime()
        subprocess.run(["umount", "-l", disk], check=True)


@pytest.mark.slow
def test_a_database_server_that_is_gone_or_silent_is_said_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("psycopg")
    with socket.socket() as silent:  # takes connections and never answers
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        monkeypatch.setenv("TIDECAST_DATABASE", f"postgresql+psycopg://tidecast:hidden@127.0.0.1:{port}/none")
        status, body, _ = ask()
        assert status == 503
        assert "does not answer" in body["database"]
    deadline = time.monotonic() + 60
    while "cannot be opened" not in ask()[1]["database"]:  # nobody listens any more
        assert time.monotonic() < deadline
    assert "hidden" not in str(ask()[1])


def test_damage_that_was_met_elsewhere_is_said(folder: Path) -> None:
    assert ask()[0] == 200
    store = runtime().store
    workspace = store.new_workspace()
    run = store.submit(workspace, "sine", {}, None, "n")
    with store.database.write() as connection:
        connection.execute(text("UPDATE runs SET config = '{'"))
    assert ask()[0] == 200
    with pytest.raises(StoreError, match="damaged"):
        store.run(workspace, run)
    status, body, _ = ask()
    assert status == 503
    assert "python -m forecasting restore" in body["database"]
