"""The README's first command on a machine where nothing of the kind was ever started."""

from __future__ import annotations

import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import free_port, healthy
from tests.conftest import ROOT

PATIENCE = 90.0  # seconds, on a machine that does other things beside it


class Terminal:
    """A program in a pseudo-terminal, with an empty home and a desktop that writes down what it is asked to open."""

    def __init__(self, command: list[str], home: Path) -> None:
        programs = home / "programs"
        programs.mkdir()
        self._opened = home / "opened"
        opener = programs / "xdg-open"
        opener.write_text(f'#!/bin/sh\necho "$1" > {self._opened}.part && mv {self._opened}.part {self._opened}\n')
        opener.chmod(0o755)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "STREAMLIT_"))}
        path = os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.environ["PATH"]])
        environment = {"HOME": str(home), "DISPLAY": ":0", "VIRTUAL_ENV": sys.prefix, "PATH": path, "TERM": "xterm"}
        self._master, slave = pty.openpty()
        self._process = subprocess.Popen(
            command, cwd=ROOT, env={**kept, **environment}, stdin=slave, stdout=slave, stderr=slave,
            start_new_session=True, close_fds=True,
        )  # fmt: skip
        os.close(slave)
        self._said = b""

    def said(self) -> str:
        """All that it wrote so far."""
        while select.select([self._master], [], [], 0.05)[0]:
            try:
                self._said += os.read(self._master, 65_536)
            except OSError:  # it has ended
                break
        return self._said.decode("utf-8", "replace")

    def opened(self) -> str:
        """The address that the browser was asked for."""
        deadline = time.monotonic() + PATIENCE
        while not self._opened.exists():
            assert self._process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            self.said()
        return self._opened.read_text().strip()

    def interrupt(self) -> int:
        """Ctrl-C, which ends it; the exit status."""
        os.killpg(self._process.pid, signal.SIGINT)
        deadline = time.monotonic() + PATIENCE
        while self._process.poll() is None and time.monotonic() < deadline:
            self.said()  # a full terminal would hold it up
        return int(self._process.wait(1))

    def close(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        os.close(self._master)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[[list[str]], Terminal]]:
    started: list[Terminal] = []

    def start(command: list[str]) -> Terminal:
        started.append(Terminal(command, tmp_path))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [["bash", "scripts/start"], [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address=127.0.0.1"]],
    ids=["scripts/start", "streamlit run"],
)
def test_a_first_start_asks_nothing_and_opens_the_page(
    command: list[str], terminal: Callable[[list[str]], Terminal]
) -> None:
    port = free_port()
    running = terminal([*command, f"--server.port={port}"])
    assert running.opened() == f"http://127.0.0.1:{port}"
    assert healthy(port)
    assert "mail" not in running.said().lower()
    running.interrupt()
    assert "Traceback" not in running.said()


def _without_python(folder: Path) -> dict[str, str]:
    """An environment whose only Python is too old."""
    for name in ("bash", "dirname"):
        (folder / name).symlink_to(shutil.which(name) or name)
    old = folder / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    return {"PATH": str(folder)}


def test_without_a_new_enough_python_it_says_what_to_do(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    shutil.copytree(ROOT / "scripts", clone / "scripts")
    programs = tmp_path / "programs"
    programs.mkdir()
    command = ["/bin/bash", "scripts/start"]
    done = subprocess.run(
        command, cwd=clone, env=_without_python(programs), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stdout
    assert not (clone / ".venv").exists()


def test_nothing_is_installed_twice(tmp_path: Path) -> None:
    """Installed for the tests is installed for the dashboard as well; a changed file is looked at again."""
    clone, environment = tmp_path / "clone", tmp_path / "environment"
    shutil.copytree(ROOT / "scripts", clone / "scripts")
    installed = environment / "tidecast-installed"
    installed.mkdir(parents=True)
    for name in ("requirements.txt", "requirements-dev.txt"):
        shutil.copy(ROOT / name, clone)
        shutil.copy(ROOT / name, installed)
    programs = tmp_path / "programs"
    programs.mkdir()
    asked = programs / "python"
    asked.write_text("#!/bin/sh\necho asked >&2\nexit 1\n")
    asked.chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"

    def install(*files: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "scripts/install", *files], cwd=clone, capture_output=True, text=True, check=False,
            env={**os.environ, "VIRTUAL_ENV": str(environment), "PATH": path},
        )  # fmt: skip

    for files in (["requirements.txt"], ["requirements.txt", "requirements-dev.txt"]):
        done = install(*files)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    with (clone / "requirements.txt").open("a") as changed:
        changed.write("# changed\n")
    assert "asked" in install("requirements.txt").stderr
