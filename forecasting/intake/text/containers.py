"""Workbooks, Parquet, gzip and ZIP: unpacked by a process with limits: a hostile file cannot take this one down."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import json
import os
import site
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from forecasting.errors import ReadError
from forecasting.intake import limits
from forecasting.messages import Message

_PROGRAM = Path(__file__).with_name("sandbox.py")
LONG = 4 * 1024 * 1024  # bytes of a text that is read within a second
SPARE = 16 * 1024 * 1024  # bytes that the answer may have on top of twice the cells' text
_NEEDED = ("PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "SYSTEMDRIVE")
_OUT_OF_TIME = (-24, 152)  # ended by SIGXCPU
_OUT_OF_MEMORY = (-6, 134)  # by SIGABRT: how libraries in other languages take a refusal of memory
REFUSED = 3  # exit status of the program for a file that cannot be read
_KINDS = (
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "workbook"),
    (b"PK\x05\x06", "workbook"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "workbook"),
    (b"PAR1", "parquet"),
)


@dataclasses.dataclass(frozen=True, eq=False)
class Unpacked:
    """Either the `data` inside (gzip, files) or the `cells` as text columns; `about` has what else is known."""

    kind: str
    data: bytes = b""
    cells: pa.Table = None
    about: dict[str, Any] = dataclasses.field(default_factory=dict)

    def files(self) -> Iterator[tuple[str, bytes, str]]:
        """Each file of a ZIP: its name without folders that all share, its bytes, the word for why there are none."""
        paths = [name.split("/") for name, _, _ in self.about["files"]]
        levels = zip(*(path[:-1] for path in paths), strict=False)
        shared = sum(1 for _ in itertools.takewhile(lambda level: len(set(level)) == 1, levels))
        at = 0
        for path, (_, size, problem) in zip(paths, self.about["files"], strict=True):
            yield "/".join(path[shared:]), self.data[at : at + size], problem
            at += size


def kind_of(data: bytes) -> str | None:
    """ "gzip", "workbook" or "parquet" by the first bytes; None for everything else."""
    return next((kind for mark, kind in _KINDS if data.startswith(mark)), None)


def takes_long(data: bytes) -> bool:
    """Whether reading may take seconds and hundreds of MB: of everything that is packed, and of long texts."""
    return kind_of(data) is not None or len(data) > LONG


def unpack(data: bytes, kind: str, name: str, sheet: str | None) -> Unpacked:
    """What is inside. Raises ReadError where it cannot be read, or not within the limits.

    kind: that of `kind_of`, or "archive" where a zip file that is no workbook may be one of several files.
    """
    seconds = limits.SECONDS[kind]
    choices = {
        "sheet": sheet,
        "memory": limits.memory(),
        "seconds": seconds,
        "expanded": limits.text() if kind == "gzip" else limits.expanded(),
        "cells": limits.cells(),
        "rows": limits.ROWS,
        "columns": limits.COLUMNS,
        "members": limits.MEMBERS,
        "entries": limits.ENTRIES,
        "files": limits.FILES,
        "text": limits.text(),
    }
    command = [sys.executable, "-P", str(_PROGRAM), kind, json.dumps(choices)]
    status, answer = _run(command, data, 2 * seconds, 2 * limits.expanded() + SPARE)
    if status is None or status in _OUT_OF_TIME:
        raise ReadError(Message("intake.unpack.time", name=name, seconds=seconds))
    if status in _OUT_OF_MEMORY:
        raise ReadError(Message("intake.unpack.memory", name=name))
    end = answer.rfind(b"\n")
    if status not in (0, REFUSED) or end < 0:
        raise ReadError(Message("intake.unpack.killed", name=name))
    about = json.loads(answer[end + 1 :])
    if status == REFUSED:
        code, values = about["code"], {key: _value(value) for key, value in about["values"].items()}
        raise ReadError(
            Message(f"intake.unpack.{code}", name=name, **values), field="sheet" if code == "no-sheet" else None
        )
    if about["kind"] in ("gzip", "files"):
        del answer[end:]
        return Unpacked(about["kind"], data=bytes(answer), about=about)
    with pa.ipc.open_stream(pa.py_buffer(answer)) as stream:
        cells = stream.read_all()
    return Unpacked(about["kind"], cells=cells.combine_chunks() if kind == "parquet" else cells, about=about)


def _run(command: list[str], data: bytes, seconds: float, most: int) -> tuple[int | None, bytearray]:
    """Exit status (None: it took longer than `seconds`) and output of a program that reads `data`.

    One that writes more than `most` bytes is ended: whatever became of it, it does not fill this process.
    """
    process = subprocess.Popen(  # noqa: S603  # our own program; the file comes in on standard input
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(os.environ),
        cwd=_PROGRAM.parent,
    )
    assert process.stdin is not None  # noqa: S101  # for the type checker, as the next line: both are pipes
    assert process.stdout is not None  # noqa: S101
    late = threading.Event()

    def end() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(seconds, end)
    feeder = threading.Thread(target=_feed, args=(process.stdin, data), daemon=True)
    answer = bytearray()
    try:
        timer.start()
        feeder.start()
        while piece := process.stdout.read1(1 << 20):  # type: ignore[attr-defined]  # of a buffered reader
            answer += piece
            if len(answer) > most:
                process.kill()
                return process.wait(), bytearray()
        process.wait()
    finally:
        timer.cancel()
        process.kill()
        process.wait()
        feeder.join()
        process.stdout.close()
    return None if late.is_set() else process.returncode, answer


def _feed(pipe: IO[bytes], data: bytes) -> None:
    with contextlib.suppress(OSError), pipe:  # the program may be gone before it has read everything
        pipe.write(data)


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """What the program needs of this process's variables to find its interpreter's libraries, and what spares memory:
    no keys, addresses or passwords."""
    kept = {name: variables[name] for name in _NEEDED if name in variables}
    if base := site.getuserbase():  # where packages were installed for the user only
        kept["PYTHONUSERBASE"] = base
    return {**kept, "MALLOC_ARENA_MAX": "1", "ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1"}


def _value(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
