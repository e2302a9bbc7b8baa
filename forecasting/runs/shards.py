"""A large run in parts that train side by side.

The run itself (the parent) waits in the state "split" while its shards are queued, claimed, renewed and published like
any other run, except that no link leads to them. When the last one is done the parent is queued again, and whoever
claims it merges their results. A shard that fails takes the parent with it, a cancelled parent takes its shards.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, select, update

from forecasting.runs import identity, schema
from forecasting.runs.blobs import DamagedError, get_blob
from forecasting.runs.claims import Claim, held_by
from forecasting.runs.database import Database, insert_new, now
from forecasting.runs.pace import left

UNMERGED = 0.95  # of a run that is split, when all its shards are done
MERGE = '{"stage": "merge"'  # how the progress begins of a parent whose shards are all done
AFRESH: dict[str, Any] = {  # a run that has not begun
    "attempts": 0,
    "cancel": False,
    "error": None,
    "error_field": None,
    "started": None,
    "finished": None,
    "progress": "{}",
    "curve": "[]",
    "scores": None,
}

runs, artifacts, blobs = schema.runs, schema.artifacts, schema.blobs


@dataclasses.dataclass(frozen=True)
class Parts:
    """What the shards of a run left."""

    results: dict[str, dict[str, bytes]]  # shard -> name -> bytes
    curve: list[list[Any]]
    seconds: float  # that all of them computed
    cpu: float  # of a processor, in these
    work: float  # that was expected of them, in reference seconds


def split(
    database: Database, claimed: Claim, names: Sequence[str], work: Mapping[str, float], expected: float | None = None,
    share: float = 1.0,
) -> bool:  # fmt: skip
    """Let the shards do the work. Those done already are kept; False: the lease is another's.

    `work`: reference seconds of each; `expected`: seconds of the whole run, by the clock; `share`: what part of the
    work these shards are, where others will follow from their results.
    """
    version = identity.version()  # before the lock that all writers wait for
    with database.write() as connection:
        waiting = {"state": "split", "lease": None, "worker": None, "heartbeat": None}
        waiting |= {"progress": json.dumps({"expected": expected} | ({"share": share} if share < 1 else {}))}
        row = connection.execute(
            update(runs)
            .where(held_by(claimed))
            .values(**waiting, attempts=runs.c.attempts - 1)  # the shards count theirs
            .returning(
                runs.c.kind,
                runs.c.panel_sha256,
                runs.c.config,
                runs.c.owner,
                runs.c.address,
                runs.c.queued,
                runs.c.cancel,
            )
        ).one_or_none()
        if row is None:
            return False
        at = now(connection)
        for place, name in enumerate(names):
            shard = {"parent": claimed.run_id, "shard": name, "kind": row.kind, "config": row.config}
            shard |= {"panel_sha256": row.panel_sha256, "version": version}
            shard |= {"owner": row.owner, "address": row.address}
            asked = {
                "state": "queued",
                "queued": row.queued + place * 1e-6,
                "used": at,
                "lease": None,
                "worker": None,
                **AFRESH,
                "progress": json.dumps({"work": work.get(name)}),
            }
            shard_id = _id(claimed.run_id, name)
            if not insert_new(connection, runs, {"id": shard_id, "created": at, **shard, **asked}):
                unusable = and_(runs.c.id == shard_id, ~_usable())
                connection.execute(update(runs).where(unusable).values(**shard, **asked))
        if row.cancel:  # asked for while this was being decided
            ended = {"state": "cancelled", "finished": at, "cancel": False, "address": None}
            connection.execute(update(runs).where(runs.c.id == claimed.run_id).values(**ended))
            stop(connection, [claimed.run_id])
        else:
            _queue_if_done(connection, claimed.run_id)
    return True


def parts(database: Database, claimed: Claim, names: Sequence[str]) -> Parts | None:
    """What the shards left, in the order of `names`; None where one is missing, damaged or of other code."""
    by_name = {}
    with database.read() as connection:
        for row in connection.execute(select(runs).where(runs.c.parent == claimed.run_id, _usable())).all():
            left = select(artifacts.c.name, artifacts.c.sha256).where(artifacts.c.run_id == row.id)
            by_name[row.shard] = (row, connection.execute(left).all())
    if not all(name in by_name for name in names):
        return None
    results, curve = {}, []
    seconds = cpu = work = 0.0
    for name in names:
        row, stored = by_name[name]
        try:
            results[name] = {artifact.name: get_blob(database, artifact.sha256) for artifact in stored}
        except DamagedError:  # set aside by now, so that `split` asks for it again
            return None
        curve += json.loads(row.curve)
        told = json.loads(row.progress)
        seconds += told.get("seconds", 0.0)
        cpu += told.get("cpu", 0.0)
        work += told.get("work") or 0.0
    return Parts(results, curve, seconds, cpu, work)


def lock(connection: Connection, parents: Sequence[str]) -> None:
    """Let shards of one parent end one after the other, so that the last one knows that it is.

    Who locks both a parent and its shards locks the parents first and goes by id, so that no two wait for each other.
    """
    query = select(runs.c.id).where(runs.c.id.in_(parents)).order_by(runs.c.id)
    connection.execute(query.with_for_update()).all()


def note_end(
    connection: Connection, parent: str, state: str, error: str | None = None, field: str | None = None
) -> None:
    """A shard of `parent` has ended: the parent is queued for the merge after the last, or fails with the first."""
    if state == "done":
        _queue_if_done(connection, parent)
    elif state == "failed":
        waiting = and_(runs.c.id == parent, runs.c.state == "split")
        ended = {"state": "failed", "finished": now(connection), "error": error, "error_field": field, "address": None}
        if connection.execute(update(runs).where(waiting).values(**ended)).rowcount:
            stop(connection, [parent])


def stop(connection: Connection, parents: Sequence[str]) -> None:
    """End the shards of these runs."""
    theirs = runs.c.parent.in_(parents)
    ended = {"state": "cancelled", "finished": now(connection), "address": None}
    connection.execute(update(runs).where(theirs, runs.c.state == "queued").values(**ended))
    connection.execute(update(runs).where(theirs, runs.c.state == "running").values(cancel=True))


def drop(connection: Connection, parent: str) -> None:
    """Take out the shards of a run that has its result."""
    connection.execute(delete(runs).where(runs.c.parent == parent))


def so_far(connection: Connection, parent: Any) -> tuple[dict[str, Any], list[list[Any]]]:
    """Progress and curve of a run that is split."""
    rows = connection.execute(
        select(runs.c.shard, runs.c.state, runs.c.progress, runs.c.curve).where(runs.c.parent == parent.id)
    ).all()
    rows = sorted(rows, key=lambda row: (len(row.shard), row.shard))  # "fit", "fold 2", "fold 10"
    reported = [json.loads(row.progress) for row in rows]
    done = [
        1.0 if row.state == "done" else float(progress.get("fraction", 0.0))
        for row, progress in zip(rows, reported, strict=True)
    ]
    work = [progress.get("work") or 1.0 for progress in reported]
    told = json.loads(parent.progress)
    whole = UNMERGED * float(told.get("share", 1.0))
    fraction = whole * sum(part * size for part, size in zip(done, work, strict=True)) / sum(work) if work else 0.0
    elapsed = max(0.0, now(connection) - (parent.started or now(connection)))
    at_work = [progress for row, progress in zip(rows, reported, strict=True) if row.state == "running" and progress]
    progress = {
        **(at_work[0] if at_work else {}),
        "fraction": fraction,
        "eta": left(elapsed, fraction, told.get("expected")),
        "shards": [
            {"name": row.shard, "state": row.state, "fraction": part}
            | ({"detail": said["detail"]} if row.state == "done" and "detail" in said else {})
            for row, part, said in zip(rows, done, reported, strict=True)
        ],
    }
    return progress, [point for row in rows for point in json.loads(row.curve)]


def _id(parent: str, name: str) -> str:
    return hashlib.sha256(f"{parent}/{name}".encode()).hexdigest()


def _usable() -> ColumnElement[bool]:
    """Whether a shard is done, by this code, and nothing that it left is damaged."""
    damaged = exists().where(artifacts.c.run_id == runs.c.id, artifacts.c.sha256 == blobs.c.sha256, blobs.c.damaged)
    return and_(runs.c.state == "done", runs.c.version == identity.version(), ~damaged)


def _queue_if_done(connection: Connection, parent: str) -> None:
    states = set(connection.execute(select(runs.c.state).where(runs.c.parent == parent)).scalars())
    if states == {"done"}:
        waiting = and_(runs.c.id == parent, runs.c.state == "split")
        told = connection.execute(select(runs.c.progress).where(waiting)).scalar_one_or_none()
        share = json.loads(told or "{}").get("share")  # others may follow
        progress = MERGE + ("}" if share is None else f', "share": {share}}}')
        connection.execute(update(runs).where(waiting).values(state="queued", progress=progress))
