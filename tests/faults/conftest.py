"""The stores of tests/runs, and a summary of what was tried and what was lost."""

from __future__ import annotations

import pytest

from tests.faults import TOLD
from tests.runs.conftest import _counting, file_store, postgres, store, url

__all__ = ["_counting", "file_store", "postgres", "store", "url"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for sentence in TOLD:
        terminalreporter.write_line(sentence)
