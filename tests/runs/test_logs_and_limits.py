"""What the server logs, what it refuses, and that the documentation lists every setting."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import logging
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from forecasting.runs import Settings, Store, stop_runtime
from forecasting.runs.log import JsonLines
from pages.shared.server import OFFICE, UploadLimit
from tests.conftest import ROOT

_INTERNAL = {"TIDECAST_WORKER"}  # the supervisor names its workers by it


def test_a_log_line_has_no_token_and_no_message_of_an_error() -> None:
    try:
        raise ValueError("secret value 12345")
    except ValueError:
        error = sys.exc_info()
    said = 'GET "/?workspace=abcdefghijklmnopqrstuv&dataset=1 link=zyxwvutsrqponmlkjihgfe'
    line = JsonLines().format(logging.LogRecord("uvicorn.error", logging.ERROR, __file__, 1, said, (), error))
    assert "12345" not in line
    assert "abcdefgh" not in line
    assert "zyxwvu" not in line
    entry = json.loads(line)
    assert entry["error"] == "ValueError"
    assert entry["where"][-1].startswith("test_logs_and_limits.py:")


async def _answers(limit: UploadLimit, method: str, addresses: list[str]) -> list[int]:
    statuses = []

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    for address in addresses:
        scope = {"type": "http", "method": method, "client": (address, 1), "path": "/_stcore/upload_file/x"}
        await limit(scope, None, send)  # type: ignore[arg-type]  # nothing is received
    return statuses


async def _fine(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})


def test_uploads_from_one_address_are_limited_and_others_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDECAST_DATA", str(tmp_path))
    monkeypatch.setenv("TIDECAST_WORKERS", "0")
    monkeypatch.setenv("TIDECAST_UPLOADS_A_MINUTE", "1")
    try:
        limit = UploadLimit(_fine)
        flood = asyncio.run(_answers(limit, "PUT", ["10.0.0.1"] * (OFFICE + 5)))
        assert flood == [204] * OFFICE + [429] * 5
        assert asyncio.run(_answers(limit, "PUT", ["10.0.0.2"])) == [204]
        assert asyncio.run(_answers(limit, "GET", ["10.0.0.1"])) == [204]
    finally:
        stop_runtime()


def test_what_pages_share_of_a_run_under_way_is_what_its_workspace_sees(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'x.db'}")
    workspace = store.new_workspace()
    for window in (5, 6, 7):
        run = store.submit(workspace, "sine", {"window": window}, None, "sine")
    seen = store.run(workspace, run)
    assert seen.position == 3
    assert dataclasses.replace(seen, **store.under_way(run)) == seen
    assert store.under_way("0" * 64)["state"] == "cancelled"
    store.close()


def test_the_documentation_lists_every_setting_with_its_default() -> None:
    code = "\n".join(path.read_text() for folder in ("forecasting", "pages") for path in (ROOT / folder).rglob("*.py"))
    used = set(re.findall(r"TIDECAST_[A-Z][A-Z_]*[A-Z]", code)) - _INTERNAL
    used |= {f"TIDECAST_{name.upper()}" for name in (field.name for field in dataclasses.fields(Settings))}
    rows = re.findall(r"^\| `(TIDECAST_\w+)` \| ([^|]*) \|", (ROOT / "docs/deployment.md").read_text(), re.MULTILINE)
    listed = dict(rows)
    assert len(listed) == len(rows)
    assert set(listed) == used
    for field in dataclasses.fields(Settings):
        if isinstance(field.default, int | float) and field.name != "workers":
            assert listed[f"TIDECAST_{field.name.upper()}"] == f"{field.default:g}"


def test_the_image_holds_what_the_app_needs_and_runs_as_nobody_special() -> None:
    text = (ROOT / "Dockerfile").read_text()
    steps = [line.split() for line in text.splitlines() if re.match(r"[A-Z]+ ", line)]
    copied = {step[1] for step in steps if step[0] == "COPY"}
    assert copied == {"requirements.txt", "app.py", ".streamlit", "forecasting", "pages"}
    assert all((ROOT / name).exists() for name in copied)
    users = [step[1] for step in steps if step[0] == "USER"]
    assert users[-1] not in ("root", "0")
    assert [step[0] for step in steps].index("USER") < [step[0] for step in steps].index("CMD")
    assert "HEALTHCHECK" in text
