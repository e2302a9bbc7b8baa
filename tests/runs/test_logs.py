"""Logs are JSON, a line an event, and say nothing of what users brought."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from forecasting.runs.log import JsonLines
from tests.conftest import ROOT

JOB = """
import sys, time
import numpy as np, pandas as pd
from forecasting.config import ForecastConfig
from forecasting.errors import ForecastingError
from forecasting.panel import Panel
from forecasting.runs import Store, Supervisor, Workspace
from forecasting.runs.log import log_to_stderr
log_to_stderr()
supervisor = Supervisor(Store())
supervisor.start()
store = supervisor.store
workspace = store.new_workspace()
value = 871364.25
def panel(length):
    y = value + np.arange(length) % 7
    frame = pd.DataFrame({"unique_id": "canary-series", "ds": pd.date_range("2024-01-01", periods=length), "y": y})
    return Panel(frame, "D", (7,), "canary-panel")
raw = b"canary-column\\n871364.25\\n"
choices, report = {"time": "canary-column"}, {"note": "canary-note"}
good = store.put_dataset(workspace, raw, "canary-file.csv", choices, panel(90), report)
short = store.put_dataset(workspace, raw, "canary-file.csv", {"time": "canary-time"}, panel(5), {})
config = ForecastConfig(horizon=3, window=7, hidden_size=4, epochs=2, folds=1)
runs = [supervisor.store.submit(workspace, "forecast", config.to_dict(), data, "canary-name") for data in (good, short)]
while any(store.run(workspace, run).active for run in runs):
    time.sleep(0.05)
states = [store.run(workspace, run).state for run in runs]
link = store.share(workspace, runs[0])
store.shared_run(link)
for wrong, kind in ((Workspace("canary-token-1234567890"), "sine"), (workspace, "canary-job")):
    try:
        store.submit(wrong, kind, {}, good, "")
    except ForecastingError:
        pass
with store.database.write() as connection:
    connection.exec_driver_sql("UPDATE blobs SET data = x'00', codec = 'plain'")
try:
    store.raw(workspace, good)
except ForecastingError:
    pass
store.rename(workspace, runs[0], "canary-renamed")
store.delete_workspace(workspace)
supervisor.stop()
print(workspace.token, link.token, *states)
"""


@pytest.mark.slow
def test_no_value_name_or_token_is_in_any_log(tmp_path: Path) -> None:
    environment = {**os.environ, "TIDECAST_DATA": str(tmp_path), "TIDECAST_LOG": "DEBUG"}
    environment.pop("TIDECAST_DATABASE", None)
    done = subprocess.run(
        [sys.executable, "-c", JOB], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 0, done.stderr
    workspace, link, *states = done.stdout.split()
    assert states == ["done", "failed"]
    lines = [json.loads(line) for line in done.stderr.splitlines()]  # each one is JSON
    events = {line["event"] for line in lines}
    assert {"worker started", "worker ready", "run ended", "stored bytes are damaged and set aside"} <= events
    assert all({"time", "level", "from", "event", "pid"} <= set(line) for line in lines)
    for secret in (workspace, link, "canary", "871364", "canary-token"):
        assert secret not in done.stderr


def test_a_log_line_has_no_token_and_no_message_of_an_error() -> None:
    try:
        raise ValueError("secret value 12345")
    except ValueError:
        error = sys.exc_info()
    request = 'GET "/?workspace=abcdefghijklmnopqrstuv&dataset=1 link=zyxwvutsrqponmlkjihgfe'
    line = JsonLines().format(logging.LogRecord("uvicorn.error", logging.ERROR, __file__, 1, request, (), error))
    assert "12345" not in line
    assert "abcdefgh" not in line
    assert "zyxwvu" not in line
    entry = json.loads(line)
    assert entry["error"] == "ValueError"
    assert entry["where"][-1].startswith("test_logs.py:")
