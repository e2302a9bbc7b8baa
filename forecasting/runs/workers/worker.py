"""The worker: `python -m forecasting worker`. Takes runs from the table, one after the other, until asked to leave.

A worker whose standard input is a pipe belongs to whoever holds the other end: it leaves when the pipe closes, looks
for work at once when a line arrives, and leaves after `TIDECAST_IDLE_SECONDS` without any. Any other worker stays until
it is stopped.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import signal
import socket
import stat
import threading
import time
from types import FrameType

from forecasting.errors import StoreError
from forecasting.runs import identity
from forecasting.runs.database import Database
from forecasting.runs.environment import Settings
from forecasting.runs.leases import claim, release
from forecasting.runs.log import log_to_stderr
from forecasting.runs.store_file import Use
from forecasting.runs.workers.attempt import load_libraries, perform
from forecasting.runs.workers.heart import Heart
from forecasting.runs.workers.pulse import resident_mb
from forecasting.runs.workers.speed import burst
from forecasting.threads import THREADS, limit_threads

POLL_SECONDS = 0.2
MEASURE_SECONDS = 2.0  # between two looks of an idle worker at how fast this machine is now
PARTING_SECONDS = 1.5  # to release the run before leaving
NICE = 10

log = logging.getLogger("tidecast.worker")


def worker_main(database: str | None, once: bool) -> int:
    """Work until asked to leave, or with `once` until nothing is queued; the exit status."""
    limit_threads()
    log_to_stderr()
    settings = Settings.from_environment()
    worker = _Worker(database or settings.database, settings, owned=not once and _stdin_is_pipe())
    worker.watch()
    _prepare()
    return worker.work(once)


class _Worker:
    def __init__(self, url: str, settings: Settings, *, owned: bool) -> None:
        self._settings = settings
        self._database = Database(url)
        self._use = Use(self._database.file)
        self._use.begin()
        self._owned = owned
        self._name = os.environ.get("TIDECAST_WORKER") or f"{socket.gethostname()}:{os.getpid()}"
        self._busy = False  # may hold a run
        self._version = identity.version()  # of the code that is about to be imported
        self._wake = threading.Event()
        self._heart: Heart | None = None

    def watch(self) -> None:
        """Be ready to leave, from now on and also in the middle of an import or a training."""
        if "TIDECAST_WORKER" not in os.environ:  # else the supervisor vouches for us; begun before we are niced
            self._heart = Heart(self._database)
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, signal.SIG_IGN if self._owned else self._on_signal)
        if self._owned:
            threading.Thread(target=self._watch_stdin, name="tidecast-stdin", daemon=True).start()

    def work(self, once: bool) -> int:
        idle_since = time.monotonic()
        measured = -MEASURE_SECONDS
        while True:
            end = self._work_once()
            if end in ("memory", "outdated"):
                return 0  # a fresh process begins small, and with the code as it is now
            if end is not None:
                idle_since = time.monotonic()
                continue
            if once or (self._owned and time.monotonic() - idle_since > self._settings.idle_seconds):
                return 0
            if self._owned and time.monotonic() - measured > MEASURE_SECONDS:
                load_libraries()
                measured = time.monotonic()
                self._tell_speed()
            self._wake.wait(POLL_SECONDS)
            self._wake.clear()

    def _work_once(self) -> str | None:
        """Do the next run; how it ended, or None if there was none."""
        self._busy = True
        try:
            claimed = claim(self._database, self._name)
            if claimed is None:
                return None
            if identity.version() != self._version:
                log.info("code has changed, worker leaves")
                release(self._database, self._name)
                return "outdated"
            return perform(self._database, claimed, self._settings, self._heart)
        except StoreError as error:
            log.error("no work without the database", extra={"why": error.message})
            time.sleep(1)
            return None
        finally:
            self._busy = False

    def _tell_speed(self) -> None:
        """To the supervisor, which reads what we write."""
        with contextlib.suppress(OSError):  # it is gone: the end of our pipe is on its way
            os.write(1, "{:.4f} {:.4f}\n".format(*burst()).encode())

    def _watch_stdin(self) -> None:
        while True:
            try:
                data = os.read(0, 4096)
            except OSError:
                data = b""
            if not data:
                self._leave(0)
            self._wake.set()

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._leave(128 + number)

    def _leave(self, status: int) -> None:
        if self._busy:
            # In a thread: a database that does not answer must not keep us.
            parting = threading.Thread(target=_part, args=(self._database, self._name), daemon=True)
            parting.start()
            parting.join(PARTING_SECONDS)
        os._exit(status)


def _part(database: Database, worker: str) -> None:
    try:
        release(database, worker)
    except StoreError as error:
        log.warning("run could not be released", extra={"worker": worker, "why": error.message})


def _stdin_is_pipe() -> bool:
    try:
        return stat.S_ISFIFO(os.fstat(0).st_mode)
    except OSError:
        return False


def _prepare() -> None:
    """Import what every run needs, once, and make this process a quiet neighbour."""
    import torch

    torch.set_num_threads(THREADS)
    torch.set_num_interop_threads(1)
    for name in ("pyarrow.parquet", "forecasting.forecaster", "forecasting.labs.sequences", "forecasting.labs.text"):
        importlib.import_module(name)
    if hasattr(os, "nice"):
        os.nice(NICE)  # from here on: somebody may be waiting for the imports, which are short
    log.info("worker ready", extra={"mb": round(resident_mb() or 0)})
