"""The supervisor: starts local workers when there is work, and takes back what dead ones held.

`runtime()` is the one of this process. It is named, not held: it is found by the name of its thread, so that a module
that Streamlit imports anew after an edit finds the same one, ends it, and goes on with its own code.
"""

from __future__ import annotations

import dataclasses
import logging
import os
import secrets
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from forecasting.errors import StoreError
from forecasting.runs import schema
from forecasting.runs.housekeeping import sweep
from forecasting.runs.identity import THREADS
from forecasting.runs.leases import forsake, recover
from forecasting.runs.store import Store

WATCH_SECONDS = 1.0
SWEEP_SECONDS = 600.0
FAILURES = 3  # workers that could not begin, one after the other: there is trouble
STOP_SECONDS = 3.0  # for workers to put their runs back and leave
WORKER = (sys.executable, "-m", "forecasting", "worker")

_THREAD = "tidecast-supervisor"
_starting = threading.Lock()

log = logging.getLogger("tidecast.supervisor")


def runtime(database: str | None = None) -> Supervisor:
    """This process's supervisor for `database`, started if there is none. ForecastingError if a setting is wrong."""
    with _starting:
        store = Store(database)
        for thread in threading.enumerate():
            if thread.name == _THREAD:
                if type(thread) is Supervisor and thread.serves(store):
                    return thread
                thread.stop()  # type: ignore[attr-defined]  # another database, or a module edited since
        supervisor = Supervisor(store)
        supervisor.start()
        return supervisor


def stop_runtime() -> None:
    """End this process's supervisor and its workers, if there are any."""
    with _starting:
        for thread in threading.enumerate():
            if thread.name == _THREAD:
                thread.stop()  # type: ignore[attr-defined]  # a Supervisor, perhaps of a module edited since


@dataclasses.dataclass(frozen=True, kw_only=True)
class Health:
    """What the server can say about its background work."""

    database: str | None  # None: it answers; else a sentence
    trouble: str | None  # None: workers can be started; else a sentence
    queued: int
    running: int
    workers: int  # local ones alive
    workers_allowed: int
    free_mb: int | None  # on the disk of the database; None on a database server


class Supervisor(threading.Thread):
    """Keeps up to `settings.workers` local workers for `store`, started by need and ended with this process."""

    def __init__(self, store: Store, command: Sequence[str] = WORKER) -> None:
        super().__init__(name=_THREAD, daemon=True)
        self.store = store
        self.stopping = False
        self._command = list(command)
        self._workers: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.RLock()
        self._look = threading.Event()
        self._failures = 0  # workers that ended with an error, one after the other
        self._not_before = 0.0

    def serves(self, store: Store) -> bool:
        """Whether it is at work, and for the same database under the same settings as `store`."""
        return not self.stopping and self.is_alive() and self.store.settings == store.settings

    def submit(self, workspace: str, kind: str, config: Mapping[str, Any], dataset_id: str | None, name: str) -> str:
        """`Store.submit`, and a worker for it."""
        run_id = self.store.submit(workspace, kind, config, dataset_id, name)
        try:
            self.ensure_worker()
        except StoreError as error:  # the run is in the queue; the next look will find it
            log.warning("no worker yet", extra={"why": error.message})
        return run_id

    def ensure_worker(self) -> None:
        """See to it that queued work is taken up at once: wake an idle worker, or start one."""
        runs = schema.runs.c
        with self.store.database.read() as connection:
            rows = connection.execute(
                select(runs.state, runs.worker).where(runs.state.in_(("queued", "running")))
            ).all()
        queued = sum(row.state == "queued" for row in rows)
        with self._lock:
            self._reap()
            idle = len(self._workers) - sum(row.worker in self._workers for row in rows)
            for _ in range(min(queued - idle, self.store.settings.workers - len(self._workers))):
                self._start_worker()
            if queued:
                for worker in self._workers.values():
                    _poke(worker)

    def warm(self) -> None:
        """Have one worker ready, because the user is likely to train soon. Returns at once."""
        with self._lock:
            self._reap()
            if not self._workers and self.store.settings.workers and not self.stopping:
                self._start_worker()

    def health(self) -> Health:
        """State of database, queue, workers and disk; never raises for a database that cannot be used."""
        problem: str | None = None
        counts: dict[str, int] = {}
        try:
            with self.store.database.read() as connection:
                state = schema.runs.c.state
                active = select(state, func.count()).where(state.in_(("queued", "running"))).group_by(state)
                counts = dict(connection.execute(active).all())
        except StoreError as error:
            problem = error.message
        file = self.store.database.file
        folder = file.parent if file is not None else None
        with self._lock:
            self._reap()
            return Health(
                database=problem,
                trouble=_NO_WORKER if self._failures >= FAILURES else None,
                queued=counts.get("queued", 0),
                running=counts.get("running", 0),
                workers=len(self._workers),
                workers_allowed=self.store.settings.workers,
                free_mb=shutil.disk_usage(folder).free // 2**20 if folder and folder.exists() else None,
            )

    def stop(self) -> None:
        """End every worker, their runs put back into the queue, and this thread. At most a few seconds."""
        self.stopping = True
        self._look.set()
        with self._lock:
            workers = list(self._workers.values())
            for worker in workers:
                _close(worker)
            deadline = time.monotonic() + STOP_SECONDS
            for worker in workers:
                try:
                    worker.wait(max(0.0, deadline - time.monotonic()))
                except subprocess.TimeoutExpired:
                    worker.kill()
                    worker.wait()
            self._workers.clear()
        if threading.current_thread() is not self and self.is_alive():
            self.join(STOP_SECONDS)
        self.store.close()

    def run(self) -> None:
        working = True
        next_sweep = time.monotonic() + WATCH_SECONDS
        while not self.stopping:
            try:
                recover(self.store.database)
                self.ensure_worker()
                if time.monotonic() > next_sweep:
                    next_sweep = time.monotonic() + SWEEP_SECONDS
                    sweep(self.store.database, self.store.settings)
                working = True
            except StoreError as error:
                if working:  # said once, not every second
                    log.error("no work without the database", extra={"why": error.message})
                working = False
            self._look.wait(WATCH_SECONDS)
            self._look.clear()

    def _start_worker(self) -> None:
        if self.stopping or time.monotonic() < self._not_before:
            return
        name = secrets.token_hex(8)
        worker = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            bufsize=0,
            env=self._environment(name),
            start_new_session=True,  # Ctrl-C is for the server, whose end closes the pipe that the worker reads
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # the same on Windows
        )
        if worker.stdin is not None and os.name == "posix":
            os.set_blocking(worker.stdin.fileno(), False)  # a worker that reads nothing must not hold us up
        self._workers[name] = worker
        log.info("worker started", extra={"worker": name, "worker_pid": worker.pid})

    def _environment(self, name: str) -> dict[str, str]:
        threads = str(THREADS)
        package = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH"))))
        return {
            **os.environ,
            "TIDECAST_DATABASE": self.store.database.url.render_as_string(hide_password=False),  # not in `ps`
            "TIDECAST_WORKER": name,
            "PYTHONPATH": path,
            **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), threads),
        }

    def _reap(self) -> None:
        """Forget workers that ended, and take back what they held: no need to wait for their lease to run out."""
        for name, worker in list(self._workers.items()):
            if worker.poll() is not None:
                _close(worker)
                del self._workers[name]
                level = logging.INFO if worker.returncode == 0 else logging.WARNING
                log.log(level, "worker ended", extra={"worker": name, "status": worker.returncode})
                self._failures = self._failures + 1 if worker.returncode == 1 else 0  # 1: it could not even begin
                self._not_before = time.monotonic() + min(60, 2**self._failures - 1)
                if worker.returncode != 0:
                    forsake(self.store.database, name)


_NO_WORKER = "No worker can be started, so runs wait in the queue. The server's log says why."


def _poke(worker: subprocess.Popen[bytes]) -> None:
    if worker.stdin is not None:
        try:
            worker.stdin.write(b"\n")
        except (OSError, ValueError):  # it is leaving; the next look finds it gone
            log.debug("worker could not be woken")


def _close(worker: subprocess.Popen[bytes]) -> None:
    if worker.stdin is not None:
        try:
            worker.stdin.close()
        except OSError:  # it ended with an unread line in the pipe
            log.debug("pipe of a worker was gone")
