"""Logs as one JSON object a line. They name runs, states and kinds of errors: never data, names or tokens.

Of an error its kind and the places in the code are kept. Its message, which may quote the data, is left out.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import time
import traceback
from pathlib import Path
from typing import Any

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
_TOKENS = re.compile(r"\b(workspace|link)=[^&\s\"']*")


def log_to_stderr() -> None:
    """Send everything under the logger `tidecast` to standard error, once however often this is called."""
    logger = logging.getLogger("tidecast")
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        logger.addHandler(handler)
        logger.propagate = False
        logger.setLevel(log_level(os.environ.get("TIDECAST_LOG", "")) or logging.INFO)


def log_level(name: str) -> int | None:
    """The level of that name, which Settings refuses where this is None."""
    return logging.getLevelNamesMapping().get(name.strip().upper())


class JsonLines(logging.Formatter):
    """A record as a line, whoever logged it."""

    def format(self, record: logging.LogRecord) -> str:
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line: dict[str, Any] = {
            "time": f"{at}.{int(record.msecs):03d}Z",
            "level": record.levelname,
            "from": record.name,
        }
        line |= {"event": _TOKENS.sub(r"\1=-", record.getMessage()), "pid": record.process}
        line |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info and record.exc_info[0] is not None:
            frames = traceback.extract_tb(record.exc_info[2])
            line["error"] = record.exc_info[0].__name__
            line["where"] = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames[-8:]]
        return json.dumps(line, default=str)
