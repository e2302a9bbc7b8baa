"""Read-only links to one run: made, followed and ended."""

from __future__ import annotations

import logging

from forecasting.errors import StoreError
from forecasting.runs import Access, Link, Run, Workspace
from pages.shared.services import cache
from pages.shared.services.store import store

log = logging.getLogger("tidecast.links")


def share(workspace: Workspace, run_id: str, days: float | None = None, *, exports: bool = True) -> Link:
    """A link that shows this one run, read-only, for so many days; None: until it is ended. exports: with its files."""
    return store().share(workspace, run_id, days, exports=exports)


def exports(access: Access) -> bool:
    """Whether files of a run are offered: to its owner always, behind a link as the owner decided."""
    return store().shared_exports(access) if isinstance(access, Link) else True


def share_ends(workspace: Workspace, run_id: str) -> list[float | None]:
    """When each link to this run ends; None: not by itself."""
    return store().share_ends(workspace, run_id)


def opened(link: Link) -> tuple[Run, float | None]:
    """The run that a link shows, and when the link ends."""
    return store().shared_run(link), store().shared_until(link)


def note_opened(link: Link) -> None:
    """Let the workspace that made the link know; whoever opened it sees the run also where that cannot be noted."""
    try:
        store().note_opened(link)
    except StoreError:
        log.warning("that a link was opened could not be noted")


def unshare(workspace: Workspace, run_id: str) -> None:
    """End all read-only links to this run."""
    store().end_shares(workspace, run_id)
    cache.forget_ended()
