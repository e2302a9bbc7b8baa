"""How much is stored, by all or by one workspace, and whether there is room for more."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import ColumnElement, Connection, Subquery, and_, exists, func, select, true, union

from forecasting.errors import LimitError
from forecasting.messages import Message
from forecasting.runs import schema
from forecasting.runs.environment import Settings
from forecasting.runs.views import Usage

MB = 2**20
PINNED_SHARE = 0.5  # of the budget: the other half is always there for what nobody pinned

runs, datasets, blobs, artifacts = schema.runs, schema.datasets, schema.blobs, schema.artifacts
run_links, data_links = schema.workspace_runs, schema.workspace_data


def usage(connection: Connection, settings: Settings, workspace: str | None) -> Usage:
    """How full the store is, or what the workspace with this id holds of it."""
    if workspace is None:
        mine: ColumnElement[bool] = true()
        my_data: ColumnElement[bool] = true()
        asked: ColumnElement[bool] = true()
        used, budget = stored(connection), settings.budget_mb
    else:
        mine = exists().where(run_links.c.run_id == runs.c.id, run_links.c.workspace == workspace)
        my_data = exists().where(data_links.c.dataset_id == datasets.c.id, data_links.c.workspace == workspace)
        asked = runs.c.owner == workspace
        used, budget = holding(connection, workspace), settings.workspace_mb
    active = and_(asked, runs.c.state.in_(schema.ACTIVE), runs.c.parent.is_(None))
    return Usage(
        stored_mb=used / MB,
        budget_mb=budget,
        keep_days=settings.keep_days,
        runs=_count(connection, runs.c.id, mine),
        datasets=_count(connection, datasets.c.id, my_data),
        active=_count(connection, runs.c.id, active),
        active_allowed=settings.queue,
    )


def check_room(connection: Connection, settings: Settings, workspace: str, raw: bytes) -> None:
    """LimitError where `raw` is more than the workspace may still bring."""
    held, allowed = holding(connection, workspace), settings.workspace_mb * MB
    if held + len(raw) <= allowed:
        return
    content = _content(workspace)
    mine = content.c.sha256 == hashlib.sha256(raw).hexdigest()
    if connection.execute(select(exists().where(mine))).scalar():
        return
    sizes = {"size": len(raw) / MB, "held": held / MB, "allowed": settings.workspace_mb}
    raise LimitError(Message("runs.workspace_full", **sizes), field="upload")


def check_pins(connection: Connection, settings: Settings, workspace: str) -> None:
    """LimitError where a workspace, or all of them, now have more pinned than may be kept from eviction."""
    mine = holding(connection, workspace, pinned=True)
    if mine > settings.pinned_mb * MB:
        sizes = {"held": mine / MB, "allowed": settings.pinned_mb}
        raise LimitError(Message("runs.pinned_full", **sizes), field="pin")
    allowed = settings.budget_mb * PINNED_SHARE
    everything = select(_content(pinned=True).c.sha256).distinct()
    if _sum(connection, blobs.c.sha256.in_(everything)) > allowed * MB:
        raise LimitError(Message("runs.pinned_all", allowed=allowed), field="pin")


def stored(connection: Connection) -> int:
    """Bytes of all content, as stored."""
    return _sum(connection, true())


def holdings(connection: Connection, *, pinned: bool = False) -> dict[str, int]:
    """Workspace -> stored bytes of what it links (pinned: of its pinned runs and their data), whoever else does."""
    content = _content(pinned=pinned)
    query = select(content.c.workspace, func.sum(blobs.c.stored)).join(blobs, blobs.c.sha256 == content.c.sha256)
    rows = connection.execute(query.group_by(content.c.workspace)).all()
    return {str(workspace): int(held) for workspace, held in rows}


def holding(connection: Connection, workspace: str, *, pinned: bool = False) -> int:
    """The same of one workspace."""
    return _sum(connection, blobs.c.sha256.in_(select(_content(workspace, pinned=pinned).c.sha256)))


def _content(workspace: str | None = None, *, pinned: bool = False) -> Subquery:
    """(workspace, sha256) of what each workspace, or this one, links: its datasets, its runs, and what these read."""
    of_run = datasets.c.id == run_links.c.dataset_id
    parts = [
        select(run_links.c.workspace, artifacts.c.sha256).join(artifacts, artifacts.c.run_id == run_links.c.run_id),
        select(run_links.c.workspace, runs.c.panel_sha256).join(runs, runs.c.id == run_links.c.run_id),
        select(run_links.c.workspace, datasets.c.raw_sha256).join(datasets, of_run),
        select(run_links.c.workspace, datasets.c.panel_sha256).join(datasets, of_run),
    ]
    if pinned:
        parts = [part.where(run_links.c.pinned) for part in parts]
    if workspace is not None:
        parts = [part.where(run_links.c.workspace == workspace) for part in parts]
    if not pinned:
        brought = datasets.c.id == data_links.c.dataset_id
        mine = true() if workspace is None else data_links.c.workspace == workspace
        for of_data in (datasets.c.raw_sha256, datasets.c.panel_sha256):
            parts.append(select(data_links.c.workspace, of_data).join(datasets, brought).where(mine))
    return union(*parts).subquery()


def _sum(connection: Connection, which: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.coalesce(func.sum(blobs.c.stored), 0)).where(which)).scalar_one())


def _count(connection: Connection, what: ColumnElement[Any], where: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count(what)).where(where)).scalar_one())
