"""How much is stored, by all or by one workspace, and whether there is room for more."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select, true

from forecasting.errors import LimitError
from forecasting.messages import Message
from forecasting.runs import schema
from forecasting.runs.environment import Settings
from forecasting.runs.views import Usage

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
        used, budget = _held(connection, workspace), settings.workspace_mb
    active = and_(asked, runs.c.state.in_(schema.ACTIVE), runs.c.parent.is_(None))
    return Usage(
        stored_mb=used / 2**20,
        budget_mb=budget,
        keep_days=settings.keep_days,
        runs=_count(connection, runs.c.id, mine),
        datasets=_count(connection, datasets.c.id, my_data),
        active=_count(connection, runs.c.id, active),
        active_allowed=settings.queue,
    )


def check_room(connection: Connection, settings: Settings, workspace: str, raw: bytes) -> None:
    """LimitError where `raw` is more than the workspace may still bring."""
    held, allowed = _held(connection, workspace), settings.workspace_mb * 2**20
    if held + len(raw) <= allowed:
        return
    mine = _content(workspace).where(blobs.c.sha256 == hashlib.sha256(raw).hexdigest())
    if connection.execute(select(mine.exists())).scalar():
        return
    sizes = {"size": len(raw) / 2**20, "held": held / 2**20, "allowed": settings.workspace_mb}
    raise LimitError(Message("runs.workspace_full", **sizes), field="upload")


def stored(connection: Connection) -> int:
    """Bytes of all content, as stored."""
    return int(connection.execute(select(func.coalesce(func.sum(blobs.c.stored), 0))).scalar_one())


def _held(connection: Connection, workspace: str) -> int:
    """Stored bytes that a workspace's links lead to, whoever else holds them."""
    content = _content(workspace).subquery()
    return int(connection.execute(select(func.coalesce(func.sum(content.c.stored), 0))).scalar_one())


def _content(workspace: str) -> Select[Any]:
    my_data = select(data_links.c.dataset_id).where(data_links.c.workspace == workspace)
    my_runs = select(run_links.c.run_id).where(run_links.c.workspace == workspace)
    of_data = datasets.c.id.in_(my_data)
    return select(blobs.c.sha256, blobs.c.stored).where(
        or_(
            blobs.c.sha256.in_(select(datasets.c.raw_sha256).where(of_data)),
            blobs.c.sha256.in_(select(datasets.c.panel_sha256).where(of_data)),
            blobs.c.sha256.in_(select(artifacts.c.sha256).where(artifacts.c.run_id.in_(my_runs))),
        )
    )


def _count(connection: Connection, what: ColumnElement[Any], where: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count(what)).where(where)).scalar_one())
