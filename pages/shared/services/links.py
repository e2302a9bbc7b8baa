"""Read-only links to one run: made, followed and ended."""

from __future__ import annotations

from forecasting.errors import StoreError
from forecasting.runs import Link, Workspace
from pages.shared.services import cache
from pages.shared.services.store import store


def share(workspace: Workspace, run_id: str) -> Link:
    """A link that shows this one run, read-only."""
    return store().share(workspace, run_id)


def unshare(workspace: Workspace, run_id: str) -> None:
    """End all read-only links to this run."""
    store().end_shares(workspace, run_id)
    forget_ended()


def forget_ended() -> None:
    """Drop what is remembered for links that show nothing any more."""
    for access in set(cache.remembered()):
        if isinstance(access, Link):
            try:
                store().shared_run(access)
            except StoreError:
                cache.forget(access)
