"""A local worker as a process: started with a pipe that keeps it alive, woken through it, ended by closing it."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from statistics import geometric_mean

from forecasting.messages import Message
from forecasting.runs.workers import deaths
from forecasting.runs.workers.heart import processor_seconds
from forecasting.threads import THREADS

COMMAND = (sys.executable, "-m", "forecasting", "worker")

BURSTS = 4  # measurements of an idle worker that count together: one says little on a busy machine

log = logging.getLogger("tidecast.supervisor")


class LocalWorker:
    """One worker process. OSError if the system starts no more."""

    def __init__(self, command: Sequence[str], database: str) -> None:
        self.name = secrets.token_hex(8)
        self.started = time.monotonic()
        self._still_seconds: float | None = None  # for which it hung, where that is why it was ended
        self._used: float | None = None  # processor time at the last look
        self._used_at = self.started  # when that was last seen to have grown
        self._oom_kills = deaths.oom_kills()
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env=_environment(self.name, database),
            start_new_session=True,  # Ctrl-C is for the server, whose end closes the pipe that the worker reads
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # the same on Windows
        )
        if self.process.stdin is not None and os.name == "posix":
            os.set_blocking(self.process.stdin.fileno(), False)  # a worker that reads nothing must not hold us up
        self._bursts: deque[tuple[float, float]] = deque(maxlen=BURSTS)  # what `speed.burst` gave it last
        self.measured: tuple[float, float, float] | None = None  # the mean of these, and when it was last measured
        threading.Thread(target=self._listen, name="tidecast-measured", daemon=True).start()
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

    def still(self) -> float:
        """Seconds for which its processor time has not grown, as far as looks have shown; 0 where nobody can know."""
        used, at = processor_seconds(self.process.pid), time.monotonic()
        if used is None or self._used is None or used > self._used:
            self._used, self._used_at = used, at
        return at - self._used_at

    def kill(self, seconds: float) -> None:
        """End it: for so many seconds it has given no sign of life."""
        log.warning("worker hangs and is ended", extra={"worker": self.name, "seconds": round(seconds)})
        self._still_seconds = seconds
        self.process.kill()

    def _listen(self) -> None:
        """Take note of what the worker measures while it has no work, until it ends."""
        if self.process.stdout is None:
            return
        with self.process.stdout as said:
            for line in said:
                with contextlib.suppress(ValueError):  # something else that a library printed
                    speed, stretch = map(float, line.split())
                    self._bursts.append((speed, stretch))
                    speed, stretch = (geometric_mean(some) for some in zip(*self._bursts, strict=True))
                    self.measured = speed, stretch, time.monotonic()

    def cause(self, status: int) -> Message:
        """Why it ended with this exit status, for people."""
        if self._still_seconds is not None:
            return Message("runs.died.hung", seconds=round(self._still_seconds))
        return deaths.cause(status, out_of_memory=deaths.oom_kills() > self._oom_kills)

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
