"""The checkpoint of a run under way: an artifact at which the next attempt begins, until there is a result."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, select, update

from forecasting.runs import schema
from forecasting.runs.blobs import DamagedError, get_blob, put_blob
from forecasting.runs.claims import Claim, held_by
from forecasting.runs.database import Database, insert_new

NAME = "checkpoint"

artifacts, blobs, runs = schema.artifacts, schema.blobs, schema.runs


def stored(database: Database, claimed: Claim) -> bytes | None:
    """What the last attempt left, if it left anything that can be used."""
    with database.read() as connection:
        sha256 = connection.execute(select(artifacts.c.sha256).where(_of(claimed.run_id))).scalar_one_or_none()
    try:
        return None if sha256 is None else get_blob(database, sha256)
    except DamagedError:
        return None


def store(database: Database, claimed: Claim, data: bytes) -> None:
    """Replace the checkpoint of the run by `data`, if the lease still holds."""
    sha256 = put_blob(database, data)
    with database.write() as connection:
        if connection.execute(select(runs.c.id).where(held_by(claimed)).with_for_update()).one_or_none() is None:
            return
        before = connection.execute(select(artifacts.c.sha256).where(_of(claimed.run_id))).scalar_one_or_none()
        if not insert_new(connection, artifacts, {"run_id": claimed.run_id, "name": NAME, "sha256": sha256}):
            connection.execute(update(artifacts).where(_of(claimed.run_id)).values(sha256=sha256))
        if before not in (None, sha256):
            _drop_bytes(connection, str(before))


def drop(connection: Connection, run_id: str) -> None:
    """Take out the checkpoint of a run that has its result."""
    before = connection.execute(select(artifacts.c.sha256).where(_of(run_id))).scalar_one_or_none()
    if before is not None:
        connection.execute(delete(artifacts).where(_of(run_id)))
        _drop_bytes(connection, str(before))


def _of(run_id: str) -> ColumnElement[bool]:
    return and_(artifacts.c.run_id == run_id, artifacts.c.name == NAME)


def _drop_bytes(connection: Connection, sha256: str) -> None:
    """At once, as orphans are kept for an hour."""
    used = exists().where(artifacts.c.sha256 == sha256)
    connection.execute(delete(blobs).where(blobs.c.sha256 == sha256, ~used))
