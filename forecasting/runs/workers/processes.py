"""A local worker as a process: started with a pipe that keeps it alive, woken through it, ended by closing it."""

from __future__ import annotations

import logging
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from forecasting.runs.identity import THREADS

COMMAND = (sys.executable, "-m", "forecasting", "worker")

log = logging.getLogger("tidecast.supervisor")


class LocalWorker:
    """One worker process. OSError if the system starts no more."""

    def __init__(self, command: Sequence[str], database: str) -> None:
        self.name = secrets.token_hex(8)
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            bufsize=0,
            env=_environment(self.name, database),
            start_new_session=True,  # Ctrl-C is for the server, whose end closes the pipe that the worker reads
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # the same on Windows
        )
        if self.process.stdin is not None and os.name == "posix":
            os.set_blocking(self.process.stdin.fileno(), False)  # a worker that reads nothing must not hold us up
        log.info("worker started", extra={"worker": self.name, "worker_pid": self.process.pid})

    def wake(self) -> None:
        """Let it look for work at once."""
        if self.process.stdin is not None:
            try:
                self.process.stdin.write(b"\n")
            except (OSError, ValueError):  # it is leaving; the next look finds it gone
                log.debug("worker could not be woken")

    def dismiss(self) -> None:
        """Let it release its run and leave."""
        if self.process.stdin is not None:
            try:
                self.process.stdin.close()
            except OSError:  # it ended with an unread line in the pipe
                log.debug("pipe of a worker was gone")

    def kill(self) -> None:
        """End it whatever it does."""
        log.warning("worker hangs and is ended", extra={"worker": self.name})
        self.process.kill()

    def wait(self, deadline: float) -> None:
        """Wait for its end; kill it at `deadline`, on the monotonic clock."""
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def ended(self) -> int | None:
        """Its exit status, None while it lives."""
        status = self.process.poll()
        if status is not None:
            self.dismiss()
            log.log(
                logging.WARNING if status else logging.INFO,
                "worker ended",
                extra={"worker": self.name, "status": status},
            )
        return status


def _environment(name: str, database: str) -> dict[str, str]:
    package = str(Path(__file__).resolve().parents[3])
    return {
        **os.environ,
        "TIDECAST_DATABASE": database,  # not an argument: it may hold a password, and everybody sees arguments
        "TIDECAST_WORKER": name,
        "PYTHONPATH": os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH")))),
        **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(THREADS)),
    }
