"""What the fault tests look at: who holds a run, whether a process lives, whether a database is whole."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from forecasting.runs import Store, Workspace, schema


def wait_for(condition: Callable[[], bool], seconds: float, about: Callable[[], object] = lambda: "") -> float:
    """Seconds until `condition` held; AssertionError with `about()` if it did not in time."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"not within {seconds} s: {about()}"
        time.sleep(0.02)
    return time.monotonic() - began


def wait_for_all(store: Store, workspace: Workspace, seconds: float) -> None:
    """Until no run of the workspace is queued or running."""

    def states() -> list[tuple[str, int]]:
        return [(run.state, run.attempts) for run in store.runs(workspace)]

    wait_for(lambda: not any(run.active for run in store.runs(workspace)), seconds, states)


def held(store: Store) -> dict[str, str]:
    """Worker -> the run that it holds."""
    runs = schema.runs.c
    with store.database.read() as connection:
        rows: list[Any] = list(connection.execute(select(runs.worker, runs.id).where(runs.state == "running")).all())
    return {row.worker: row.id for row in rows if row.worker}


def check_whole(store: Store) -> None:
    """SQLite's own checks; PostgreSQL holds its keys by itself."""
    if store.database.file is None:
        return
    with store.database.read() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def database_of(store: Store) -> str:
    return store.database.url.get_backend_name()
