"""Workbooks, Parquet and gzip: unpacked by a process with limits, so that a hostile file cannot take this one down."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa

from forecasting.errors import ReadError
from forecasting.intake import limits
from forecasting.messages import Message

_PROGRAM = Path(__file__).with_name("sandbox.py")
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
    """Either the `data` inside (gzip) or the `cells` as text columns; `about` has what else is known."""

    kind: str
    data: bytes = b""
    cells: pa.Table = None
    about: dict[str, Any] = dataclasses.field(default_factory=dict)


def kind_of(data: bytes) -> str | None:
    """ "gzip", "workbook" or "parquet" by the first bytes; None for everything else."""
    return next((kind for mark, kind in _KINDS if data.startswith(mark)), None)


def unpack(data: bytes, kind: str, name: str, sheet: str | None) -> Unpacked:
    """What is inside. Raises ReadError where it cannot be read, or not within the limits."""
    choices = {
        "sheet": sheet,
        "memory": limits.MEMORY,
        "seconds": limits.SECONDS,
        "expanded": limits.EXPANDED,
        "rows": limits.ROWS,
        "columns": limits.COLUMNS,
    }
    command = [sys.executable, "-P", str(_PROGRAM), kind, json.dumps(choices)]
    variables = {key: value for key, value in os.environ.items() if key != "PYTHONWARNINGS"}
    try:
        done = subprocess.run(  # noqa: S603
            command,  # our own program; the file comes in on standard input
            input=data,
            capture_output=True,
            timeout=2 * limits.SECONDS,
            check=False,
            env=variables,
        )
    except subprocess.TimeoutExpired as error:
        raise ReadError(Message("intake.unpack.time", name=name, seconds=limits.SECONDS)) from error
    if done.returncode not in (0, REFUSED):
        raise ReadError(Message("intake.unpack.killed", name=name))
    head, _, payload = done.stdout.partition(b"\n")
    about = json.loads(head)
    if done.returncode == REFUSED:
        code, values = about["code"], {key: _value(value) for key, value in about["values"].items()}
        raise ReadError(
            Message(f"intake.unpack.{code}", name=name, **values), field="sheet" if code == "no-sheet" else None
        )
    if kind == "gzip":
        return Unpacked(kind, data=payload, about=about)
    with pa.ipc.open_stream(io.BytesIO(payload)) as stream:
        return Unpacked(kind, cells=stream.read_all(), about=about)


def _value(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
