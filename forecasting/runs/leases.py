"""The worker's side of the runs table: claim, beat, publish, release. Every write checks that the lease still holds."""

from __future__ import annotations

import json
import logging
import secrets
import weakref
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, and_, case, delete, exists, insert, or_, select, update

from forecasting.messages import Message
from forecasting.runs import checkpoints, films, identity, schema, shards
from forecasting.runs.claims import Claim, held_by
from forecasting.runs.clock import Steadiness
from forecasting.runs.database import Database, now
from forecasting.runs.stored_messages import pack
from forecasting.runs.turns import forget_served, note_served, turns

LEASE_SECONDS = 20.0  # a heartbeat older than this: the worker is taken for dead
ATTEMPTS = 3

log = logging.getLogger("tidecast.leases")
_clocks: weakref.WeakKeyDictionary[Database, Steadiness] = weakref.WeakKeyDictionary()
runs = schema.runs
_RELEASED = {"state": "queued", "lease": None, "worker": None, "attempts": runs.c.attempts - 1}


def claim(database: Database, worker: str, run_id: str | None = None) -> Claim | None:
    """Take the next queued run (or `run_id`, if it is queued) for `worker`; None if there is none."""
    reclaim(database)
    with database.read() as connection:  # an idle worker asks often: without work it takes no write lock
        if not connection.execute(select(exists().where(_queued(run_id)))).scalar():
            return None
    with database.write() as connection:
        for candidate in turns(connection):
            if run_id in (None, candidate):
                taken = _take(connection, worker, candidate)
                if taken is not None:
                    return taken
    return None


def beat(
    database: Database,
    claimed: Claim,
    progress: Mapping[str, Any] | None = None,
    curve: Sequence[Sequence[Any]] | None = None,
    frames: Sequence[films.Numbered] = (),
) -> Literal["mine", "cancel", "lost"]:
    """Renew the heartbeat and write progress. "cancel": somebody asked to stop; "lost": the lease is another's."""
    values = _reported(progress, curve)
    with database.write() as connection:
        cancel = connection.execute(
            update(runs).where(held_by(claimed)).values(heartbeat=now(connection), **values).returning(runs.c.cancel)
        ).scalar_one_or_none()
        if cancel is not None:
            films.keep(connection, claimed, frames)
    return "lost" if cancel is None else "cancel" if cancel else "mine"


def publish(
    database: Database,
    claimed: Claim,
    artifacts: Mapping[str, str],
    progress: Mapping[str, Any] | None = None,
    curve: Sequence[Sequence[Any]] | None = None,
    scores: str | None = None,
) -> bool:
    """End the run as done with `artifacts` (name -> SHA-256 of a stored blob); False: the lease is another's."""
    with database.write() as connection:
        if not _end(connection, claimed, "done", {**_reported(progress, curve), "scores": scores}):
            return False
        checkpoints.drop(connection, claimed.run_id)
        connection.execute(delete(schema.artifacts).where(schema.artifacts.c.run_id == claimed.run_id))
        rows = [{"run_id": claimed.run_id, "name": name, "sha256": sha256} for name, sha256 in artifacts.items()]
        connection.execute(insert(schema.artifacts), rows)
        shards.drop(connection, claimed.run_id)
    return True


def fail(database: Database, claimed: Claim, message: str, field: str | None = None) -> bool:
    """End the run as failed with a message for the user; False: the lease is another's."""
    with database.write() as connection:
        return _end(connection, claimed, "failed", {"error": pack(message), "error_field": field})


def end_cancelled(database: Database, claimed: Claim) -> bool:
    """End the run as cancelled; False: nobody wants that any more, or the lease is another's."""
    with database.write() as connection:
        return _end(connection, claimed, "cancelled", only=runs.c.cancel)


def release(database: Database, worker: str) -> None:
    """Queue again what `worker` holds, the attempt not counted: it has to leave, through no fault of the run."""
    held = and_(runs.c.state == "running", runs.c.worker == worker)
    with database.write() as connection:
        connection.execute(update(runs).where(held).values(**_RELEASED))


def requeue(database: Database, claimed: Claim) -> bool:
    """The same for one claim; False: the lease is another's."""
    with database.write() as connection:
        note_served(connection, claimed.run_id)
        return connection.execute(update(runs).where(held_by(claimed)).values(**_RELEASED)).rowcount == 1


def vouch(database: Database, worker: str) -> None:
    """Renew the heartbeat of what a worker holds that is seen to compute."""
    held = and_(runs.c.state == "running", runs.c.worker == worker)
    with database.write() as connection:
        connection.execute(update(runs).where(held).values(heartbeat=now(connection)))


def abandon(database: Database, worker: str, cause: Message | None = None) -> list[str]:
    """Take back what a worker held that is known to have ended, and perhaps why; the ids."""
    return _take_back(database, runs.c.worker == worker, cause or Message("runs.died.unknown"))


def reclaim(database: Database) -> list[str]:
    """Take back every run whose heartbeat is too old; the ids. Queued again, or failed after the last attempt."""
    with database.read() as connection:
        at = now(connection)
        if not _clocks.setdefault(database, Steadiness()).trusted(at):
            return []
        # A heartbeat of the future is from before the clock was set back: who lives has renewed it since.
        stale = or_(runs.c.heartbeat < at - LEASE_SECONDS, runs.c.heartbeat > at + LEASE_SECONDS)
        if not connection.execute(select(exists().where(runs.c.state == "running", stale))).scalar():
            return []
    return _take_back(database, stale, Message("runs.died.silent", seconds=round(LEASE_SECONDS)))


def _take(connection: Connection, worker: str, run_id: str) -> Claim | None:
    lease = secrets.token_hex(16)
    at = now(connection)
    row = connection.execute(
        update(runs)
        .where(_queued(run_id))
        .values(
            state="running",
            lease=lease,
            worker=worker,
            heartbeat=at,
            started=case((runs.c.progress.startswith(shards.MERGE, autoescape=True), runs.c.started), else_=at),
            attempts=runs.c.attempts + 1,
            version=identity.version(),  # whose result it will be; another than asked for after a change of the code
            progress="{}",
            curve="[]",
        )
        .returning(runs.c.kind, runs.c.config, runs.c.panel_sha256, runs.c.attempts, runs.c.parent, runs.c.shard)
    ).one_or_none()
    if row is None:
        return None
    films.drop(connection, run_id)  # of an attempt that was given back
    note_served(connection, run_id)
    return Claim(
        run_id=run_id,
        kind=row.kind,
        config=json.loads(row.config),
        panel_sha256=row.panel_sha256,
        lease=lease,
        attempt=row.attempts,
        parent=row.parent,
        shard=row.shard,
    )


def _end(
    connection: Connection,
    claimed: Claim,
    state: str,
    more: Mapping[str, str | None] | None = None,
    *,
    only: ColumnElement[bool] | None = None,
) -> bool:
    where = held_by(claimed) if only is None else and_(held_by(claimed), only)
    values: dict[str, Any] = {
        "state": state,
        "finished": now(connection),
        "used": now(connection),
        "lease": None,
        "worker": None,
        "address": None,
    }
    values |= {"cancel": False, **(more or {})}
    if claimed.parent is not None:
        shards.lock(connection, [claimed.parent])
    note_served(connection, claimed.run_id)  # while it knows its address
    if connection.execute(update(runs).where(where).values(**values)).rowcount != 1:
        return False
    films.drop(connection, claimed.run_id)
    if claimed.parent is not None:
        shards.note_end(connection, claimed.parent, state, values.get("error"), values.get("error_field"))
    forget_served(connection)
    return True


def _reported(progress: Mapping[str, Any] | None, curve: Sequence[Sequence[Any]] | None) -> dict[str, str]:
    """Columns for what there is to report."""
    values = {"progress": progress, "curve": curve}
    return {name: json.dumps(value) for name, value in values.items() if value is not None}


def _take_back(database: Database, lost: ColumnElement[bool], cause: Message) -> list[str]:
    freed = {"lease": None, "worker": None, "cancel": False}
    here = and_(runs.c.state == "running", lost)
    with database.write() as connection:
        at = now(connection)
        parents = connection.execute(select(runs.c.parent).where(here, runs.c.parent.is_not(None))).scalars().all()
        shards.lock(connection, parents)  # before the shards, as where one ends by itself
        rows = connection.execute(
            select(runs.c.id, runs.c.attempts, runs.c.cancel, runs.c.parent)
            .where(here, or_(runs.c.parent.is_(None), runs.c.parent.in_(parents)))
            .order_by(runs.c.id)
            .with_for_update()
        ).all()
        for row in rows:
            values: dict[str, Any] = {"state": "queued"}
            if row.cancel:
                values = {"state": "cancelled", "finished": at, "address": None}
            elif row.attempts >= ATTEMPTS:
                values = {
                    "state": "failed",
                    "finished": at,
                    "address": None,
                    "error": pack(Message("runs.worker_died", attempts=ATTEMPTS, cause=cause)),
                }
            connection.execute(update(runs).where(runs.c.id == row.id).values(**values, **freed))
            films.drop(connection, row.id)
            if row.parent is not None:
                shards.note_end(connection, row.parent, values["state"], values.get("error"))
            log.warning(
                "run taken back",
                extra={"run": row.id[:12], "attempt": row.attempts, "cause": cause.key, "state": values["state"]},
            )
        forget_served(connection)
    return [row.id for row in rows]


def _queued(run_id: str | None) -> ColumnElement[bool]:
    queued = runs.c.state == "queued"
    return queued if run_id is None else and_(queued, runs.c.id == run_id)
