"""Optional: hands queued runs to an existing Dask cluster. The table of runs stays the queue and the only authority.

As many runs as the cluster has threads are handed over, in the queue's own order; each is claimed, renewed, counted and
published in the table by whoever carries it out. Dask's retries are off, and where its scheduler starts a task again
after the death of a worker, that is one more attempt in the table. The workers name the database themselves
(TIDECAST_DATABASE), so that its password does not travel.
"""

from __future__ import annotations

import dataclasses
import logging
import secrets
import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from forecasting.errors import StoreError
from forecasting.messages import Message
from forecasting.runs import identity, schema
from forecasting.runs.database import Database
from forecasting.runs.environment import Settings
from forecasting.runs.leases import abandon
from forecasting.runs.log import log_to_stderr
from forecasting.runs.workers.attempt import execute
from forecasting.threads import THREADS, limit_threads

ANSWER_SECONDS = 5  # for the scheduler to answer
AGAIN_SECONDS = 5.0  # until an unreachable scheduler is asked again
MISSES = 3  # runs that the cluster did not find, one after the other: it looks elsewhere

log = logging.getLogger("tidecast.cluster")


def carry_out(run_id: str, worker: str, version: str) -> str:
    """What a worker of the cluster does: "done" to whatever end, "absent" if it was not queued, or "version"."""
    import torch

    log_to_stderr()
    limit_threads()
    torch.set_num_threads(THREADS)  # of this thread, in which the run is carried out
    if identity.version() != version:
        return "version"
    url = Settings.from_environment().database
    database = Database(url)
    try:
        abandon(database, worker)  # Dask starts the same task again only where its worker died
    finally:
        database.close()
    return "done" if execute(url, run_id, worker) else "absent"


@dataclasses.dataclass
class _Handed:
    run_id: str
    future: Any  # a distributed.Future
    attempts: int  # of the run, when it was handed over


class Cluster:
    """The cluster behind `settings.scheduler`. Used by the supervisor's thread alone."""

    def __init__(self, settings: Settings) -> None:
        self.trouble: Message | None = None  # None: all is well
        self.capacity = 0  # runs that it can carry out at once
        self._settings = settings
        self._client: Any = None  # a distributed.Client
        self._handed: dict[str, _Handed] = {}  # by the name under which they are claimed
        self._not_before = 0.0
        self._misses = 0
        self._refusals = 0  # looks, one after the other, at which runs only came back without having been begun
        self._hand_over_after = 0.0

    def hand_over(self, database: Database, queued: Sequence[str]) -> None:
        """Take note of what ended, then hand over the next of `queued`, whose order is kept."""
        if not self._connect():
            return
        try:
            self._collect(database)
            threads = self._client.sync(self._client.scheduler.ncores, callback_timeout=ANSWER_SECONDS)
            self.capacity = sum(threads.values())
            out = {handed.run_id for handed in self._handed.values()}
            patient = time.monotonic() < self._hand_over_after
            waiting = [run_id for run_id in queued if run_id not in out and not patient]
            for run_id in waiting[: max(0, self.capacity - len(out))]:
                worker = f"dask:{secrets.token_hex(8)}"
                future = self._client.submit(
                    carry_out, run_id, worker, identity.version(), key=f"tidecast-{worker}", pure=False, retries=0
                )
                self._handed[worker] = _Handed(run_id, future, _attempts(database, run_id))
                log.info("run handed over", extra={"run": run_id[:12], "worker": worker})
        except StoreError:
            raise
        except Exception as error:  # whatever Dask raises where a scheduler went away
            self._lost(error)
            return
        if not self.capacity:
            self.trouble = Message("runs.cluster.no_workers")
        elif self._misses < MISSES and self._in_trouble("no_workers", "unreachable"):
            self.trouble = None

    def close(self) -> None:
        """Leave the cluster. What runs there goes on and publishes by itself; what waits is still queued."""
        client, self._client = self._client, None
        self._handed.clear()
        self.capacity = 0
        if client is not None:
            try:
                client.close(timeout=1)
            except Exception as error:  # it is gone either way
                log.debug("client did not close", extra={"kind": type(error).__name__})

    def _connect(self) -> bool:
        if self._client is not None and self._client.status == "running":
            return True
        if self._client is not None:
            self._lost(None)
        if time.monotonic() < self._not_before:
            return False
        try:
            from distributed import Client

            self._client = Client(
                self._settings.scheduler,
                security=_security(self._settings),
                timeout=ANSWER_SECONDS,
                set_as_default=False,
                name="tidecast",
            )
        except ImportError:
            self._client, self.trouble = None, Message("runs.cluster.no_dask")
            self._not_before = time.monotonic() + 12 * AGAIN_SECONDS
            return False
        except Exception as error:  # a dozen kinds: of sockets, of TLS, of Dask's own
            self._lost(error)
            return False
        log.info("scheduler reached")
        return True

    def _lost(self, error: Exception | None) -> None:
        if not self._in_trouble("unreachable"):  # logged once, not every few seconds
            log.error("scheduler does not answer", extra={"kind": type(error).__name__ if error else "closed"})
        self.close()
        self.trouble = Message("runs.cluster.unreachable")
        self._not_before = time.monotonic() + AGAIN_SECONDS

    def _collect(self, database: Database) -> None:
        begun = []
        for worker, handed in list(self._handed.items()):
            if not handed.future.done():
                continue
            del self._handed[worker]
            status = handed.future.status
            if status == "finished":
                begun.append(self._heed(handed.future.result(timeout=ANSWER_SECONDS)))
                continue
            log.warning("run came back from the cluster", extra={"run": handed.run_id[:12], "status": status})
            if status == "error":
                was_begun = _attempts(database, handed.run_id) > handed.attempts
                message = _explained(handed.future.exception(timeout=ANSWER_SECONDS), was_begun)
                self.trouble = message or self.trouble
                begun.append(was_begun)
                abandon(database, worker)
        if any(begun):
            self._refusals = 0
        elif begun:  # the same would come back at once, and again
            self._refusals += 1
            self._hand_over_after = time.monotonic() + min(AGAIN_SECONDS * 12, 2**self._refusals - 1)

    def _in_trouble(self, *names: str) -> bool:
        return self.trouble is not None and self.trouble.key.rpartition(".")[2] in names

    def _heed(self, answer: str) -> bool:
        """Take note of what a worker answers; whether it could do its work."""
        if answer == "version":
            self.trouble = Message("runs.cluster.other_version")
            return False
        if answer == "absent":
            self._misses += 1
            self.trouble = Message("runs.cluster.elsewhere") if self._misses >= MISSES else self.trouble
            return False
        self._misses = 0
        self.trouble = None
        return True


def _security(settings: Settings) -> Any:
    """What Dask needs for TLS; None where the connection is plain."""
    if not (settings.scheduler or "").startswith("tls:"):
        return None
    from distributed.security import Security

    return Security(
        tls_ca_file=settings.scheduler_ca,
        tls_client_cert=settings.scheduler_cert,
        tls_client_key=settings.scheduler_key,
        require_encryption=True,
    )


def _attempts(database: Database, run_id: str) -> int:
    with database.read() as connection:
        attempts = connection.execute(select(schema.runs.c.attempts).where(schema.runs.c.id == run_id))
        return attempts.scalar_one_or_none() or 0


def _explained(error: BaseException | None, begun: bool) -> Message | None:
    """A message for what ended a task; None for a death in the middle of a run, which the next attempt answers."""
    if isinstance(error, StoreError):
        return Message("runs.cluster.worker_error", message=error.message)
    if error is None or (begun and type(error).__name__ == "KilledWorker"):
        return None
    return Message("runs.cluster.cannot_begin", error=type(error).__name__)
