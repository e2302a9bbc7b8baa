"""Workspaces: made, measured and deleted."""

from __future__ import annotations

import streamlit as st

from forecasting import intake
from forecasting.runs import Event, Usage, Workspace
from pages.shared.services import cache
from pages.shared.services.cache import cached
from pages.shared.services.store import store


def new_workspace() -> Workspace:
    """A workspace of its own for a visitor."""
    visitor = st.context.ip_address
    if visitor:  # nothing on this machine itself
        store().count("visit", visitor)
    return store().new_workspace()


@cached(most=256, seconds=10, of="anything")
def usage(workspace: Workspace) -> Usage:
    """How much the workspace holds, and how much it may."""
    return store().usage(workspace)


def events(workspace: Workspace, first: int, most: int) -> tuple[list[Event], int]:
    """What was done in the workspace, the newest first: so many from the `first` on, and how many there are."""
    return store().events(workspace, first, most)


def keep_days() -> float:
    """Days that data and runs are kept after they were last opened."""
    return store().settings.keep_days


def renew_workspace(workspace: Workspace) -> Workspace:
    """The same workspace under another token; the one that it had opens nothing any more."""
    visitor = st.context.ip_address
    if visitor:  # else limits by workspace could be begun anew as often as somebody likes
        store().count("visit", visitor)
    renewed = store().renew_workspace(workspace)
    cache.forget(workspace)
    return renewed


def delete_workspace(workspace: Workspace) -> None:
    """Delete my data, from the store and from this process's memory."""
    store().delete_workspace(workspace)
    cache.forget(workspace)
    cache.forget_ended()
    intake.forget_cells()
