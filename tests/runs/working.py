"""What the tests do with a store: claim, work off what is queued, wait."""

from __future__ import annotations

import time

from forecasting.runs import Run, Store, Workspace, leases
from forecasting.runs.claims import Claim
from forecasting.runs.workers.attempt import perform


def claimed(store: Store, worker: str = "w") -> Claim:
    """The next run of the queue."""
    claim = leases.claim(store.database, worker)
    assert claim is not None
    return claim


def finish(store: Store) -> None:
    """Do everything that is queued, in this process."""
    while (claim := leases.claim(store.database, "test")) is not None:
        perform(store.database, claim, store.settings)


def wait_until(store: Store, workspace: Workspace, run: str, *states: str, seconds: float = 120) -> Run:
    """The run, once it has one of these states; `seconds` is when a slow machine is given up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        seen = store.run(workspace, run)
        if seen.state in states:
            return seen
        time.sleep(0.02)
    raise AssertionError(f"still {seen.state} after {seconds} s")
