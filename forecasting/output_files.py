"""The files that commands write: refused before the work where they cannot be written, whole or not at all."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from forecasting.errors import ForecastingError
from forecasting.files import write_whole
from forecasting.messages import Message


def check_writable(path: str | None, source: str) -> None:
    """Refuse a path that cannot be written before the training, not after it."""
    if path is None or path == "-":
        return
    target = Path(path)
    if target.is_dir():
        message = Message("cli.output-folder", path=path)
    elif not target.parent.is_dir():
        message = Message("cli.output-nowhere", path=path, folder=str(target.parent))
    elif not os.access(target if target.exists() else target.parent, os.W_OK):
        message = Message("cli.output-protected", path=path)
    elif target.exists() and Path(source).exists() and target.samefile(source):
        message = Message("cli.output-input", path=path)
    else:
        return
    raise ForecastingError(message, field="output")


def write(path: str, data: bytes) -> None:
    """To a file, or with - to standard output."""
    if path == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        write_whole(path, data)
    except OSError as error:
        message = Message("cli.output-failed", path=path, reason=error.strerror)
        raise ForecastingError(message, field="output") from error


def as_json(about: Mapping[str, Any]) -> bytes:
    """A report for people and programs."""
    text = json.dumps(about, indent=2, ensure_ascii=False, allow_nan=False, default=_jsonable)
    return (text + "\n").encode("utf-8", "backslashreplace")


def _jsonable(value: Any) -> Any:
    """Scalars of NumPy as Python's, anything else as text."""
    return value.item() if hasattr(value, "item") else str(value)
