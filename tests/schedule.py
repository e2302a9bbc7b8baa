"""Which test is run when, and by which of the processes of `pytest -n`.

Long ones are started first, so that at the end no process waits for another. The tests of a file that is marked
`together` are given to one process, which makes what they share once.
"""

from __future__ import annotations

import functools
import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController

ROOT = Path(__file__).resolve().parent.parent
PAGE_SECONDS = 20.0  # of a test that opens a page in a browser
SLOW_SECONDS = 1.0  # of one that is called slow and says no more


def longest_first(items: list[pytest.Item]) -> list[pytest.Item]:
    """The tests, those that stay together as one; equally long ones keep their order."""
    units: dict[str, list[pytest.Item]] = {}
    for item in items:
        units.setdefault(unit(item.nodeid), []).append(item)
    ordered = sorted(units.values(), key=lambda unit: -sum(map(seconds, unit)))
    return list(itertools.chain.from_iterable(ordered))


def unit(test: str) -> str:
    """What is given to a process as a whole: the test itself, or the file of a test that is marked `together`."""
    file = test.partition("::")[0]
    return file if _together(file) else test


@functools.cache
def _together(file: str) -> bool:
    """By the file's text: the process that distributes the tests knows their names and not their marks."""
    path = ROOT / file
    return path.is_file() and "pytest.mark.together" in path.read_text(encoding="utf-8")


def seconds(item: pytest.Item) -> float:
    """What a test takes, as it says or as its kind does; nothing where it is none of the slow ones."""
    said = max((float(mark.kwargs.get("seconds", 0)) for mark in item.iter_markers("slow")), default=0.0)
    if said or item.get_closest_marker("browser"):
        return said or PAGE_SECONDS
    return SLOW_SECONDS if item.get_closest_marker("slow") else 0.0


class LongestFirst(LoadScopeScheduling):
    """Gives each process that has nearly done its part the longest unit that is left.

    But half of them the shortest, as long as there are others: the long ones open pages, and as many browsers at once
    as there are processes would be late.
    """

    def __init__(self, config: pytest.Config, log: object) -> None:
        super().__init__(config, log)  # type: ignore[arg-type]
        config.option.loadscopereorder = False  # by the number of tests: they come in order

    def _split_scope(self, nodeid: str) -> str:
        return unit(nodeid)

    def _assign_work_unit(self, node: WorkerController) -> None:
        if node in self.nodes[len(self.nodes) - len(self.nodes) // 2 :] and self.workqueue:
            self.workqueue.move_to_end(next(reversed(self.workqueue)), last=False)
        super()._assign_work_unit(node)
