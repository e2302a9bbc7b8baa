"""The stores of tests/runs, and a summary of what was tried and what was lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import REPORTED
from tests.faults import Summarise
from tests.runs.conftest import _counting, file_store, postgres, store, url

__all__ = ["_counting", "file_store", "postgres", "store", "url"]


@pytest.fixture
def summarise(record_property: Callable[[str, object], None]) -> Summarise:
    """Says one line at the end of the test run, whether the test passes or not.

    It travels with the test's report, so that it arrives from the processes of `pytest -n`, too.
    """

    def summarise(sentence: str) -> None:
        record_property(REPORTED, sentence)

    return summarise
