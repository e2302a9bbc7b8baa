"""Logs as one JSON object a line. They name runs, states and kinds of errors: never data, names or tokens."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from typing import Any

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


def log_to_stderr() -> None:
    """Send everything under the logger `tidecast` to standard error, once however often this is called."""
    logger = logging.getLogger("tidecast")
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(_JsonLines())
        logger.addHandler(handler)
        logger.propagate = False
        logger.setLevel(os.environ.get("TIDECAST_LOG", "INFO").upper())


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line: dict[str, Any] = {
            "time": f"{at}.{int(record.msecs):03d}Z",
            "level": record.levelname,
            "from": record.name,
        }
        line |= {"event": record.getMessage(), "pid": record.process}
        line |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        return json.dumps(line, default=str)
