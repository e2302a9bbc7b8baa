"""What goes, and when: content without a link, links that nobody used for long, the least recently used over a budget.

Pinned runs stay, and so do queued and running ones. Bytes go last: a file's room is given back to the disk.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, exists, func, or_, select, true, update

from forecasting.errors import LimitError
from forecasting.runs import rates, schema, shards
from forecasting.runs.access import links, workspace_id
from forecasting.runs.database import Database, now
from forecasting.runs.records import Usage
from forecasting.runs.settings import Settings

YOUNG_SECONDS = 3600.0  # bytes that no link holds yet may belong to somebody who is about to link them

log = logging.getLogger("tidecast.housekeeping")

runs, datasets, blobs, artifacts = schema.runs, schema.datasets, schema.blobs, schema.artifacts
data_links, shares, workspaces = schema.workspace_data, schema.shares, schema.workspaces


def usage(database: Database, settings: Settings, token: str | None = None) -> Usage:
    """How full the store is, or what a workspace holds of it."""
    with database.read() as connection:
        if token is None:
            mine: ColumnElement[bool] = true()
            my_data: ColumnElement[bool] = true()
            asked: ColumnElement[bool] = true()
            stored, budget = _stored(connection), settings.budget_mb
        else:
            me = workspace_id(connection, token)
            held_by_me = exists().where(links.c.run_id == runs.c.id, links.c.workspace == me)
            data_of_mine = exists().where(data_links.c.dataset_id == datasets.c.id, data_links.c.workspace == me)
            mine, my_data, asked = held_by_me, data_of_mine, runs.c.owner == me
            stored, budget = _held(connection, me), settings.workspace_mb
        return Usage(
            stored_mb=stored / 2**20,
            budget_mb=budget,
            keep_days=settings.keep_days,
            runs=_count(connection, runs.c.id, mine),
            datasets=_count(connection, datasets.c.id, my_data),
            active=_count(connection, runs.c.id, and_(asked, runs.c.state.in_(schema.ACTIVE), runs.c.parent.is_(None))),
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
    raise LimitError(
        f"This file has {len(raw) / 2**20:,.1f} MB, and this workspace already holds {held / 2**20:,.1f} of the "
        f"{settings.workspace_mb:,} MB that it may. Delete runs or data that you no longer need, then bring it again.",
        field="upload",
    )


def sweep(database: Database, settings: Settings) -> int:
    """Take out what is too old or too much; how many bytes of content that was."""
    with database.write() as connection:
        before = _stored(connection)
        at = now(connection)
        _drop_old_links(connection, at - settings.keep_days * 86_400)
        drop_orphans(connection)
        rates.forget_old(connection)
        connection.execute(delete(schema.quotes).where(schema.quotes.c.fetched < at - settings.keep_days * 86_400))
    while _drop_one_above(database, settings.budget_mb * 2**20):
        pass  # each in a transaction of its own, so that nobody waits long
    database.compact()
    with database.read() as connection:
        freed = before - _stored(connection)
    if freed:
        log.info("swept", extra={"bytes": freed})
    return freed


def delete_workspace(database: Database, token: str) -> None:
    """Take out a workspace and everything that only it held, from the file as well."""
    with database.write() as connection:
        me = workspace_id(connection, token)
        my_runs = select(links.c.run_id).where(links.c.workspace == me)
        touched = list(connection.execute(my_runs).scalars())
        _let_go(connection, my_runs, select(data_links.c.dataset_id).where(data_links.c.workspace == me))
        for table in (shares, links, data_links):
            connection.execute(delete(table).where(table.c.workspace == me))
        connection.execute(delete(workspaces).where(workspaces.c.id == me))
        _stop_unwanted(connection, touched)
        drop_orphans(connection)
    database.compact()


def drop_orphans(connection: Connection) -> None:
    """Take out runs, datasets and bytes that no link leads to."""
    written_before = now(connection) - YOUNG_SECONDS
    active = runs.c.state.in_(schema.ACTIVE)
    linked = exists().where(links.c.run_id == runs.c.id)
    connection.execute(delete(runs).where(~active, ~linked, runs.c.parent.is_(None)))
    parent = runs.alias()
    needed = exists().where(parent.c.id == runs.c.parent, parent.c.state.in_(schema.ACTIVE))
    connection.execute(delete(runs).where(~active, runs.c.parent.is_not(None), ~needed))
    held = or_(
        exists().where(data_links.c.dataset_id == datasets.c.id), exists().where(links.c.dataset_id == datasets.c.id)
    )
    connection.execute(delete(datasets).where(~held))
    used = or_(
        exists().where(artifacts.c.sha256 == blobs.c.sha256),
        exists().where(datasets.c.raw_sha256 == blobs.c.sha256),
        exists().where(datasets.c.panel_sha256 == blobs.c.sha256),
        exists().where(runs.c.panel_sha256 == blobs.c.sha256),
    )
    connection.execute(delete(blobs).where(~used, blobs.c.written < written_before))


def _drop_old_links(connection: Connection, used_before: float) -> None:
    settled = select(runs.c.id).where(~runs.c.state.in_(schema.ACTIVE), runs.c.used < used_before)
    _unlink(connection, and_(links.c.run_id.in_(settled), ~links.c.pinned))
    needed = exists().where(links.c.workspace == data_links.c.workspace, links.c.dataset_id == data_links.c.dataset_id)
    connection.execute(delete(data_links).where(data_links.c.used < used_before, ~needed))
    empty = ~exists().where(links.c.workspace == workspaces.c.id)
    bare = ~exists().where(data_links.c.workspace == workspaces.c.id)
    connection.execute(delete(workspaces).where(workspaces.c.used < used_before, empty, bare))


def _drop_one_above(database: Database, budget: int) -> bool:
    """Drop the least recently used run or dataset if more than `budget` bytes are stored; whether one was dropped."""
    with database.write() as connection:
        over = _stored(connection) - budget
        if over <= 0:
            return False
        candidate = _least_recently_used(connection)
        if candidate is None:
            log.warning("over budget, and all that is left is pinned, active or new", extra={"bytes": over})
            return False
        kind, identifier = candidate
        if kind == "run":
            _let_go(connection, select(runs.c.id).where(runs.c.id == identifier), None)
            _unlink(connection, links.c.run_id == identifier)
        else:
            _let_go(connection, None, select(datasets.c.id).where(datasets.c.id == identifier))
            connection.execute(delete(data_links).where(data_links.c.dataset_id == identifier))
        drop_orphans(connection)
    return True


def _let_go(connection: Connection, of_runs: Select[Any] | None, of_datasets: Select[Any] | None) -> None:
    """Mark bytes as old enough to go as soon as nothing leads to them any more."""
    which = []
    if of_runs is not None:
        which.append(select(artifacts.c.sha256).where(artifacts.c.run_id.in_(of_runs)))
        which.append(select(runs.c.panel_sha256).where(runs.c.id.in_(of_runs)))
    if of_datasets is not None:
        which.append(select(datasets.c.raw_sha256).where(datasets.c.id.in_(of_datasets)))
        which.append(select(datasets.c.panel_sha256).where(datasets.c.id.in_(of_datasets)))
    for query in which:
        connection.execute(update(blobs).where(blobs.c.sha256.in_(query)).values(written=0.0))


def _least_recently_used(connection: Connection) -> tuple[str, str] | None:
    pinned = exists().where(links.c.run_id == runs.c.id, links.c.pinned)
    linked = exists().where(links.c.run_id == runs.c.id)
    settled = ~runs.c.state.in_(schema.ACTIVE)
    run = connection.execute(
        select(runs.c.id, runs.c.used).where(settled, linked, ~pinned).order_by(runs.c.used).limit(1)
    ).first()
    needed = exists().where(links.c.dataset_id == data_links.c.dataset_id)
    used = func.max(data_links.c.used)
    data = connection.execute(
        select(data_links.c.dataset_id, used.label("used"))
        .where(~needed)
        .group_by(data_links.c.dataset_id)
        .order_by(used)
        .limit(1)
    ).first()
    if data is not None and (run is None or data.used < run.used):
        return "dataset", str(data.dataset_id)
    return None if run is None else ("run", str(run.id))


def _unlink(connection: Connection, which: ColumnElement[bool]) -> None:
    gone = exists().where(shares.c.workspace == links.c.workspace, shares.c.run_id == links.c.run_id, which)
    connection.execute(delete(shares).where(gone))
    connection.execute(delete(links).where(which))


def _stop_unwanted(connection: Connection, touched: Sequence[str]) -> None:
    unwanted = and_(runs.c.id.in_(touched), ~exists().where(links.c.run_id == runs.c.id, links.c.cancelled.is_(False)))
    ended = {"state": "cancelled", "finished": now(connection)}
    waiting = runs.c.state.in_(("queued", "split"))
    connection.execute(update(runs).where(unwanted, waiting).values(**ended))
    shards.stop(connection, connection.execute(select(runs.c.id).where(unwanted)).scalars().all())
    connection.execute(update(runs).where(unwanted, runs.c.state == "running").values(cancel=True))


def _stored(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.sum(blobs.c.stored), 0))).scalar_one())


def _held(connection: Connection, workspace: str) -> int:
    """Stored bytes that a workspace's links lead to, whoever else holds them."""
    content = _content(workspace).subquery()
    return int(connection.execute(select(func.coalesce(func.sum(content.c.stored), 0))).scalar_one())


def _content(workspace: str) -> Select[Any]:
    my_data = select(data_links.c.dataset_id).where(data_links.c.workspace == workspace)
    my_runs = select(links.c.run_id).where(links.c.workspace == workspace)
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
