"""Workers as processes: what they do with the queue, and how they leave."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from forecasting.panel import Panel
from forecasting.runs import Store, identity
from forecasting.runs.workers.worker import _Worker
from tests.runs.conftest import LAUNCHER
from tests.runs.working import wait_until

MakePanel = Callable[..., Panel]


pytestmark = pytest.mark.slow  # real processes


def test_once_empties_the_queue_and_leaves(file_store: Store) -> None:
    workspace = file_store.new_workspace()
    runs = [file_store.submit(workspace, "counting", {"seed": seed}, None, "n") for seed in range(3)]
    environment = {**os.environ, "TIDECAST_DATABASE": str(file_store.database.url)}
    for stdin in (subprocess.DEVNULL, subprocess.PIPE):
        done = subprocess.run(
            [*LAUNCHER, "--once"], stdin=stdin, env=environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0
    assert [file_store.run(workspace, run).state for run in runs] == ["done"] * 3
    events = [json.loads(line)["event"] for line in done.stderr.splitlines()]
    assert "run ended" not in events  # the second had nothing to do
    assert workspace.token not in done.stderr


def test_a_worker_whose_code_was_edited_leaves_and_does_nothing_with_the_old(
    file_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = file_store.new_workspace()
    monkeypatch.setattr(identity, "version", lambda: "old")
    worker = _Worker(str(file_store.database.url), file_store.settings, owned=True)
    monkeypatch.setattr(identity, "version", lambda: "new")
    run = file_store.submit(workspace, "counting", {}, None, "n")
    assert worker.work(once=False) == 0
    assert (file_store.run(workspace, run).state, file_store.run(workspace, run).attempts) == ("queued", 0)
    worker._database.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send")
def test_a_worker_asked_to_stop_releases_its_run(file_store: Store) -> None:
    workspace = file_store.new_workspace()
    run = file_store.submit(workspace, "counting", {"steps": 1000, "pause": 0.05}, None, "n")
    environment = {**os.environ, "TIDECAST_DATABASE": str(file_store.database.url)}
    worker = subprocess.Popen(LAUNCHER, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    wait_until(file_store, workspace, run, "running")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 128 + signal.SIGTERM
    assert file_store.run(workspace, run).state == "queued"


@pytest.mark.slow
def test_an_idle_worker_leaves(file_store: Store) -> None:
    environment = {**os.environ, "TIDECAST_DATABASE": str(file_store.database.url), "TIDECAST_IDLE_SECONDS": "1"}
    worker = subprocess.Popen(LAUNCHER, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
    assert worker.wait(60) == 0
    assert worker.stdin is not None
    worker.stdin.close()
