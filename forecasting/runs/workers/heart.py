"""Heart: a small process beside a worker without a supervisor, which renews its lease for as long as it computes.

A worker beats by a thread of its own, which a long call into C that keeps the interpreter to itself holds up, as does
a machine on which a niced process hardly gets a turn. For its local workers the supervisor looks at the processor time
that they use. A worker that somebody else started, and one of a cluster, has this process, which has an interpreter of
its own, is not niced, and writes one number. It renews the lease where the processor time has grown since the last
look, or where the system does not tell that: a worker that neither beats by itself nor uses the processor is left to
its lease. It leaves when the end of the worker closes its standard input.

It is started as a script and imports the standard library alone (and psycopg for PostgreSQL): 10 MB, 50 ms.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import queue
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from forecasting.runs.claims import Claim
    from forecasting.runs.database import Database

LOOK_SECONDS = 3.0  # between two looks at the worker
BUSY_SECONDS = 8.0  # that a renewal waits for the database: well within a lease
GRACE_SECONDS = 60.0  # after its longest time no attempt is renewed

RENEW = "UPDATE runs SET heartbeat = {now} WHERE id = {mark} AND state = 'running' AND lease = {mark}"


class Heart:
    """The worker's side: started by the process that computes, told what it holds."""

    def __init__(self, database: Database) -> None:
        url = database.url.set(drivername=database.url.get_backend_name()).render_as_string(hide_password=False)
        about = {
            "database": str(database.file) if database.file is not None else url,
            "file": database.file is not None,
            "look": LOOK_SECONDS,
        }
        try:
            self._process: subprocess.Popen[bytes] | None = subprocess.Popen(  # noqa: S603 - our own script
                [sys.executable, "-P", str(Path(__file__).resolve())],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError:  # no process left: the worker's own thread has to do
            self._process = None
        self._tell({**about, "pid": os.getpid()})

    def __enter__(self) -> Heart:
        return self

    def __exit__(self, *_: object) -> None:
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
            process.wait()

    @contextlib.contextmanager
    def holding(self, claimed: Claim, seconds: float) -> Iterator[None]:
        """Renew this claim inside the block, for so many seconds at most."""
        self._tell({"run": claimed.run_id, "lease": claimed.lease, "seconds": seconds + GRACE_SECONDS})
        try:
            yield
        finally:
            self._tell({})

    def _tell(self, what: dict[str, Any]) -> None:
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError):  # it was killed: the worker's own thread has to do
                self._process.stdin.write(json.dumps(what).encode() + b"\n")
                self._process.stdin.flush()


def processor_seconds(pid: int) -> float | None:
    """Processor time that all threads of a process have used; None where the system does not say, or it has ended."""
    try:
        if sys.platform == "win32":
            return _windows_seconds(pid)
        stat = Path(f"/proc/{pid}/stat")
        if stat.exists():
            fields = stat.read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        command = ["ps", "-o", "time=", "-p", str(pid)]
        shown = subprocess.run(command, capture_output=True, text=True, timeout=5)  # noqa: S603 - no user's words
        return clock_seconds(shown.stdout.strip())
    except (OSError, ValueError, IndexError, subprocess.SubprocessError):
        return None


def clock_seconds(text: str) -> float:
    """Seconds of what `ps` prints: [[days-]hours:]minutes:seconds, with or without a fraction."""
    days, _, clock = text.rpartition("-")
    total = 0.0
    for part in clock.split(":"):
        total = 60 * total + float(part)
    return total + 86_400 * int(days or 0)


def _windows_seconds(pid: int) -> float | None:
    import ctypes
    from ctypes import wintypes

    kernel: Any = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined,unused-ignore]
    kernel.OpenProcess.restype = wintypes.HANDLE
    process = kernel.OpenProcess(0x1000, False, pid)  # to ask about it, and nothing else
    if not process:
        return None
    try:
        times = [wintypes.FILETIME() for _ in range(4)]  # creation, exit, kernel, user
        if not kernel.GetProcessTimes(wintypes.HANDLE(process), *(ctypes.byref(some) for some in times)):
            return None
        return sum((int(some.dwHighDateTime) << 32) + int(some.dwLowDateTime) for some in times[2:]) / 1e7
    finally:
        kernel.CloseHandle(wintypes.HANDLE(process))


def main() -> None:
    """The process: look, renew, until the worker is gone."""
    lines = _lines()
    about = next(lines)
    held: dict[str, Any] = {}
    until, used = 0.0, None
    for line in lines:
        now = processor_seconds(about["pid"])
        if line is not None:
            held, used = line, now
            until = time.monotonic() + line.get("seconds", 0.0)
            continue
        if held and time.monotonic() < until and (now is None or used is None or now > used):
            with contextlib.suppress(Exception):  # of whichever driver: the next look tries again
                _renew(about, held)
        used = now


def _lines() -> Iterator[Any]:
    """What the worker says; None where it has said nothing for a while."""
    said: queue.Queue[bytes] = queue.Queue()

    def read() -> None:
        for line in sys.stdin.buffer:
            said.put(line)
        os._exit(0)  # the worker is gone

    threading.Thread(target=read, daemon=True).start()
    about = json.loads(said.get())
    yield about
    while True:
        try:
            yield json.loads(said.get(timeout=about["look"]))
        except queue.Empty:
            yield None


def _renew(about: dict[str, Any], held: dict[str, Any]) -> None:
    where = (held["run"], held["lease"])
    if about["file"]:
        connection = sqlite3.connect(about["database"], timeout=BUSY_SECONDS, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")  # the time is taken when the lock is held
            connection.execute(RENEW.format(now="?", mark="?"), (time.time(), *where))
            connection.execute("COMMIT")
        finally:
            connection.close()
        return
    psycopg: Any = importlib.import_module("psycopg")  # there is a driver, or the worker could not have begun
    with psycopg.connect(about["database"], connect_timeout=int(BUSY_SECONDS)) as server:
        server.execute(RENEW.format(now="extract(epoch from clock_timestamp())", mark="%s"), where)


if __name__ == "__main__":
    main()
