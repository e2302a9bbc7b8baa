"""`streamlit run app.py` as a process of its own with an empty store, for benchmarks of the server."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from forecasting.runs import Store

ROOT = Path(__file__).resolve().parent.parent


def resident(root: int) -> int:
    """MB that a process and all that it has started hold."""
    pages = 0
    for process in _family(root):
        with contextlib.suppress(OSError):  # it has ended
            pages += int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024**2


def _family(root: int) -> Iterator[int]:
    yield root
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{root}/task").iterdir():
            for child in (thread / "children").read_text().split():
                yield from _family(int(child))


class ServerStore(Store):
    """The server's store, and what only a benchmark asks it."""

    def health_counts(self) -> dict[str, int]:
        with self.database.read() as connection:
            rows = connection.exec_driver_sql("SELECT state, count(*) FROM runs GROUP BY state").all()
        return {str(state): int(count) for state, count in rows}

    def questions(self) -> tuple[int, int, int]:
        """Runs, attempts, links."""
        with self.database.read() as connection:
            runs, attempts = connection.exec_driver_sql("SELECT count(*), sum(attempts) FROM runs").one()
            links = connection.exec_driver_sql("SELECT count(*) FROM workspace_runs").scalar_one()
        return int(runs), int(attempts), int(links)


class Server:
    """A server under load, seen from outside."""

    def __init__(self, url: str, process: subprocess.Popen[bytes], store: ServerStore) -> None:
        self.url, self.process, self.store = url, process, store

    def resident(self) -> int:
        """MB of memory in use now."""
        return self._status("VmRSS")

    def whole(self) -> int:
        """MB of memory in use now, by the server and all processes that it has started."""
        return resident(self.process.pid)

    def peak(self) -> int:
        """MB of memory at most, so far."""
        return self._status("VmHWM")

    def cpu(self) -> float:
        """Seconds of processor time that it has used: what the others on this machine cannot change."""
        used = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")

    def _status(self, field: str) -> int:
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(field):
                return int(line.split()[1]) // 1024
        raise LookupError(field)


@contextlib.contextmanager
def serve(**environment: str) -> Iterator[Server]:
    """`streamlit run app.py` with an empty store and two workers."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        url = f"http://127.0.0.1:{port}"
        database = f"sqlite:///{folder}/tidecast.db"
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
        command += ["--server.address=127.0.0.1", f"--server.port={port}", "--server.fileWatcherType=none"]
        settings = {"TIDECAST_DATABASE": database, "TIDECAST_WORKERS": "2", "TIDECAST_IDLE_SECONDS": "5"}
        with (Path(folder) / "log").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, **settings, **environment}, stdout=log, stderr=log
            )
        store = ServerStore(database)
        try:
            _wait(url, process, Path(folder) / "log")
            yield Server(url, process, store)
        finally:
            store.close()
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):  # noqa: S310  # http
            return
        time.sleep(0.2)
    raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')}")
