"""Read-only links to one run: made, followed and ended."""

from __future__ import annotations

from forecasting.runs import Link, Workspace
from pages.shared.services import cache
from pages.shared.services.store import store


def share(workspace: Workspace, run_id: str) -> Link:
    """A link that shows this one run, read-only."""
    return store().share(workspace, run_id)


def unshare(workspace: Workspace, run_id: str) -> None:
    """End all read-only links to this run."""
    store().end_shares(workspace, run_id)
    cache.forget_ended()
