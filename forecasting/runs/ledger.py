"""A workspace's runs: asking for one, looking at it, and what touches only the workspace's own link."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, func, insert, select, update

from forecasting.errors import ConfigError, StoreError
from forecasting.runs import identity, schema
from forecasting.runs.access import linked_dataset, linked_run, linked_runs, links, workspace_id
from forecasting.runs.database import Database, insert_new, now
from forecasting.runs.kinds import KINDS
from forecasting.runs.records import Run
from forecasting.runs.turns import turns

runs = schema.runs


def submit(
    database: Database,
    workspace: str,
    kind: str,
    config: Mapping[str, Any],
    dataset_id: str | None,
    name: str,
    limit: int,
) -> str:
    """Link the run that answers this question to the workspace and queue it unless its answer is stored."""
    if kind not in KINDS:
        raise ConfigError(
            f"There is no kind of run called {kind!r}; there are {', '.join(sorted(KINDS))}.", field="kind"
        )
    config = KINDS[kind].check(config)
    with database.write() as connection:
        me = workspace_id(connection, workspace)
        data = linked_dataset(connection, workspace, dataset_id) if dataset_id is not None else None
        run_id = identity.run_id(kind, _input(data, kind)[0], config)
        at = now(connection)
        state = _state(connection, run_id)
        if state in (None, "failed", "cancelled", "damaged"):
            _check_room(connection, me, limit)
        asked: dict[str, Any] = {"state": "queued", "owner": me, "queued": at, "used": at, **_AFRESH}
        if state is None:
            question: dict[str, Any] = {"id": run_id, "kind": kind, "config": json.dumps(dict(config)), "created": at}
            question |= {"panel_sha256": _input(data, kind)[1], "version": identity.version()}
            insert_new(connection, runs, question | asked)  # not new: the same question came at the same moment
        elif state in ("failed", "cancelled", "damaged"):
            connection.execute(update(runs).where(runs.c.id == run_id).values(**asked))
        else:
            connection.execute(update(runs).where(runs.c.id == run_id).values(cancel=False, used=at))
        link = {"dataset_id": dataset_id, "name": name, "cancelled": False}
        mine = {"workspace": me, "run_id": run_id}
        if not insert_new(connection, links, {**mine, **link, "created": at, "pinned": False}):
            connection.execute(update(links).where(links.c.workspace == me, links.c.run_id == run_id).values(**link))
    return run_id


def one(database: Database, workspace: str, run_id: str) -> Run:
    """The workspace's view of one run."""
    with database.read() as connection:
        row = linked_run(connection, workspace, run_id)
        return as_run(connection, row)


def every(database: Database, workspace: str) -> list[Run]:
    """The workspace's runs, newest first."""
    with database.read() as connection:
        me = workspace_id(connection, workspace)
        rows = connection.execute(linked_runs().where(links.c.workspace == me).order_by(links.c.created.desc())).all()
        order = turns(connection) if any(row.state == "queued" for row in rows) else []
        return [as_run(connection, row, order) for row in rows]


def cancel(database: Database, workspace: str, run_id: str) -> None:
    """Stop waiting for a run; the run itself stops when nobody else waits for it."""
    with database.write() as connection:
        row = linked_run(connection, workspace, run_id)
        if row.state in ("queued", "running"):
            connection.execute(_my_link(row).values(cancelled=True))
            _stop_unless_wanted(connection, row)


def rename(database: Database, workspace: str, run_id: str, name: str) -> None:
    """Give the workspace's link another name."""
    with database.write() as connection:
        connection.execute(_my_link(linked_run(connection, workspace, run_id)).values(name=name))


def pin(database: Database, workspace: str, run_id: str, pinned: bool) -> None:
    """Keep the run from eviction, or no longer."""
    with database.write() as connection:
        connection.execute(_my_link(linked_run(connection, workspace, run_id)).values(pinned=pinned))


def unlink(database: Database, workspace: str, run_id: str) -> None:
    """Take the run off the workspace's list, its read-only links with it; the run stops when nobody else waits."""
    with database.write() as connection:
        row = linked_run(connection, workspace, run_id)
        shared = schema.shares.c
        connection.execute(delete(schema.shares).where(shared.workspace == row.workspace, shared.run_id == row.id))
        connection.execute(delete(links).where(links.c.workspace == row.workspace, links.c.run_id == row.id))
        _stop_unless_wanted(connection, row)


def share(database: Database, workspace: str, run_id: str) -> str:
    """A new token that shows this one run, read-only."""
    token = identity.new_token()
    with database.write() as connection:
        row = linked_run(connection, workspace, run_id)
        values = {"id": identity.token_id(token), "workspace": row.workspace, "run_id": row.id}
        connection.execute(insert(schema.shares).values(**values, created=now(connection)))
    return token


def compute_again(database: Database, run_id: str) -> None:
    """Queue a finished run whose stored result turned out to be damaged."""
    with database.write() as connection:
        values = {**_AFRESH, "state": "queued", "queued": now(connection)}
        connection.execute(update(runs).where(runs.c.id == run_id, runs.c.state == "done").values(**values))


def as_run(connection: Connection, row: Row[Any], order: list[str] | None = None) -> Run:
    """The view of a row of `linked_runs`."""
    state = "cancelled" if row.cancelled and row.state in ("queued", "running") else row.state
    names = select(schema.artifacts.c.name).where(schema.artifacts.c.run_id == row.id).order_by(schema.artifacts.c.name)
    if state == "queued":
        order = turns(connection) if order is None else order
    return Run(
        id=row.id,
        kind=row.kind,
        state=state,
        name=row.name,
        dataset_id=row.dataset_id,
        config=json.loads(row.config),
        progress=json.loads(row.progress),
        curve=json.loads(row.curve),
        error=row.error,
        error_field=row.error_field,
        attempts=row.attempts,
        created=row.linked,
        queued=row.queued,
        started=row.started,
        finished=row.finished,
        pinned=row.pinned,
        position=order.index(row.id) + 1 if state == "queued" and order and row.id in order else None,
        artifacts=tuple(connection.execute(names).scalars()) if state == "done" else (),
    )


_AFRESH: dict[str, Any] = {  # a run that has not begun
    "attempts": 0,
    "cancel": False,
    "error": None,
    "error_field": None,
    "started": None,
    "finished": None,
    "progress": "{}",
    "curve": "[]",
}


def _input(data: Row[Any] | None, kind: str) -> tuple[str | None, str | None]:
    """What a run reads of a dataset: the name under which it is part of the question, and the blob."""
    if data is None:
        return None, None
    return (data.raw_sha256, data.raw_sha256) if KINDS[kind].raw else (data.panel_id, data.panel_sha256)


def _state(connection: Connection, run_id: str) -> str | None:
    """The state of a run, None where there is none, "damaged" where it is done and its result cannot be used."""
    query = select(runs.c.state, runs.c.version).where(runs.c.id == run_id).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    usable = row.state != "done" or (row.version == identity.version() and not _damaged(connection, run_id))
    return str(row.state) if usable else "damaged"


def _damaged(connection: Connection, run_id: str) -> bool:
    query = exists().where(
        schema.artifacts.c.run_id == run_id,
        schema.artifacts.c.sha256 == schema.blobs.c.sha256,
        schema.blobs.c.damaged,
    )
    return bool(connection.execute(select(query)).scalar())


def _check_room(connection: Connection, owner: str, limit: int) -> None:
    active = runs.c.state.in_(("queued", "running"))
    count = connection.execute(select(func.count()).select_from(runs).where(runs.c.owner == owner, active)).scalar_one()
    if count >= limit:
        raise StoreError(
            f"This workspace already has {count:,} runs waiting or training, the most that is allowed. "
            "Cancel one or wait until one has ended, then train again."
        )


def _my_link(row: Row[Any]) -> Any:
    return update(links).where(links.c.workspace == row.workspace, links.c.run_id == row.id)


def _stop_unless_wanted(connection: Connection, row: Row[Any]) -> None:
    wanted = exists().where(links.c.run_id == row.id, links.c.cancelled.is_(False))
    if connection.execute(select(wanted)).scalar():
        return
    here = runs.c.id == row.id
    ended = {"state": "cancelled", "finished": now(connection)}
    connection.execute(update(runs).where(here, runs.c.state == "queued").values(**ended))
    connection.execute(update(runs).where(here, runs.c.state == "running").values(cancel=True))
