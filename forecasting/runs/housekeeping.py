"""What goes, and when: content without a link, links that nobody used for long, the least recently used over a budget.

Pinned runs stay, and so do queued and running ones. Bytes go last: a file's room is given back to the disk.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, exists, func, or_, select, update

from forecasting.runs import schema
from forecasting.runs.access import links, workspace_id
from forecasting.runs.database import Database, now
from forecasting.runs.settings import Settings

YOUNG_SECONDS = 3600.0  # bytes that no link holds yet may belong to somebody who is about to link them

log = logging.getLogger("tidecast.housekeeping")

runs, datasets, blobs, artifacts = schema.runs, schema.datasets, schema.blobs, schema.artifacts
data_links, shares, workspaces = schema.workspace_data, schema.shares, schema.workspaces


@dataclasses.dataclass(frozen=True, kw_only=True)
class Usage:
    """What is stored, and how much may be."""

    stored_mb: float
    budget_mb: int
    keep_days: float
    runs: int
    datasets: int


def usage(database: Database, settings: Settings) -> Usage:
    """How full the store is."""
    with database.read() as connection:
        return Usage(
            stored_mb=_stored(connection) / 2**20,
            budget_mb=settings.budget_mb,
            keep_days=settings.keep_days,
            runs=connection.execute(select(func.count()).select_from(runs)).scalar_one(),
            datasets=connection.execute(select(func.count()).select_from(datasets)).scalar_one(),
        )


def sweep(database: Database, settings: Settings) -> int:
    """Take out what is too old or too much; how many bytes of content that was."""
    with database.write() as connection:
        before = _stored(connection)
        at = now(connection)
        _drop_old_links(connection, at - settings.keep_days * 86_400)
        drop_orphans(connection)
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
    active = runs.c.state.in_(("queued", "running"))
    linked = exists().where(links.c.run_id == runs.c.id)
    connection.execute(delete(runs).where(~active, ~linked))
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
    settled = select(runs.c.id).where(~runs.c.state.in_(("queued", "running")), runs.c.used < used_before)
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
    settled = ~runs.c.state.in_(("queued", "running"))
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
    connection.execute(update(runs).where(unwanted, runs.c.state == "queued").values(**ended))
    connection.execute(update(runs).where(unwanted, runs.c.state == "running").values(cancel=True))


def _stored(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.sum(blobs.c.stored), 0))).scalar_one())
