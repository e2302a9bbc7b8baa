"""`/health`: whether runs can be stored and carried out, said within a second whatever the database does."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from forecasting.errors import ForecastingError
from forecasting.messages import Message
from forecasting.runs import runtime
from forecasting.runs.database import Database

FRESH_SECONDS = 1.0  # an answer serves everybody who asks within this
PATIENCE_SECONDS = 0.7  # with a look at the database
GRACE_SECONDS = 5.0  # a busy database that this server has just written to is not a broken one

log = logging.getLogger("tidecast.health")


class Probe:
    """One look at a time, in a thread that nobody waits for longer than PATIENCE_SECONDS. One that hangs is waited for
    by all who come later: no second one is started beside it."""

    def __init__(self, look: Callable[[Probe], dict[str, Any]]) -> None:
        self.database: Database | None = None  # what was looked at last
        self._look = look
        self._state: dict[str, Any] = {}
        self._looked = -float("inf")
        self._running: threading.Thread | None = None

    async def state(self) -> dict[str, Any]:
        """What was found, at most FRESH_SECONDS ago; where nothing was found in time, that."""
        began = time.monotonic()
        if began - self._looked < FRESH_SECONDS:
            return self._state
        if self._running is None or not self._running.is_alive():
            self._running = threading.Thread(target=self._run, name="tidecast-health", daemon=True)
            self._running.start()
        running = self._running
        while running.is_alive() and time.monotonic() < began + PATIENCE_SECONDS:
            await asyncio.sleep(0.01)
        written = self.database.written if self.database is not None else -float("inf")
        if not running.is_alive() or (self._state and time.monotonic() - written < GRACE_SECONDS):
            return self._state
        return {"database": Message("runs.database.slow"), "trouble": None}

    def _run(self) -> None:
        try:
            state = self._look(self)
        except ForecastingError as error:
            state = {"database": error.message, "trouble": None}
        except Exception as error:  # whatever it was: nobody can say that things are well
            log.error("health met a defect", extra={"kind": type(error).__name__}, exc_info=True)
            state = {"database": Message("runs.database.unknown", error=type(error).__name__), "trouble": None}
        self._state, self._looked = state, time.monotonic()


def look(probe: Probe) -> dict[str, Any]:
    """State of database, queue, workers and disk, after a write to the database."""
    supervisor = runtime()
    probe.database = supervisor.store.database
    return dataclasses.asdict(supervisor.health(try_to_write=True))


_probe = Probe(look)


async def health(_request: Request) -> JSONResponse:
    """What was found; 503 when runs cannot be stored or carried out."""
    state = await _probe.state()
    ok = state["database"] is None and state["trouble"] is None
    body = {"status": "ok" if ok else "degraded", **state, "database": state["database"] or "ok"}
    return JSONResponse(body, status_code=200 if ok else 503, headers={"Cache-Control": "no-store"})
