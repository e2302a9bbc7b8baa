"""Bytes under their SHA-256: written once, checked at every read, set aside when they no longer fit."""

from __future__ import annotations

import hashlib
import logging

from sqlalchemy import Connection, select, update

from forecasting.errors import StoreError
from forecasting.messages import Message
from forecasting.runs import schema
from forecasting.runs.database import Database, insert_new, now

log = logging.getLogger("tidecast.blobs")

LARGE = 64 * 2**20
SAMPLE = 2**20
WORTH = 0.8  # of its size, to which something large has to shrink to be packed


class DamagedError(StoreError):
    """Stored bytes do not have the checksum that they were stored under; they were set aside."""


def put_blob(database: Database, data: bytes) -> str:
    """Store `data` in a transaction of its own and return its SHA-256. Bytes already there are not written again."""
    sha256 = hashlib.sha256(data).hexdigest()
    with database.read() as connection:
        there = connection.execute(
            select(schema.blobs.c.written, schema.blobs.c.damaged).where(schema.blobs.c.sha256 == sha256)
        ).one_or_none()
        fresh = there is not None and not there.damaged and there.written > now(connection) - 600
    if fresh:
        return sha256
    codec, stored = _packed(data)
    with database.write() as connection:
        row = {"size": len(data), "stored": len(stored), "codec": codec, "written": now(connection), "damaged": False}
        if not insert_new(connection, schema.blobs, {"sha256": sha256, "data": stored, **row}):
            # Writing again also heals bytes that were set aside, and keeps the sweeper off for another hour.
            connection.execute(update(schema.blobs).where(schema.blobs.c.sha256 == sha256).values(data=stored, **row))
    return sha256


def get_blob(database: Database, sha256: str) -> bytes:
    """The bytes under `sha256`; DamagedError, and they are set aside, if their checksum differs."""
    with database.read() as connection:
        row = connection.execute(
            select(schema.blobs.c.data, schema.blobs.c.codec, schema.blobs.c.size, schema.blobs.c.damaged).where(
                schema.blobs.c.sha256 == sha256
            )
        ).one_or_none()
    if row is not None and not row.damaged:
        data = _unpacked(bytes(row.data), row.codec, row.size)
        if data is not None and hashlib.sha256(data).hexdigest() == sha256:
            return data
        log.error("stored bytes are damaged and set aside", extra={"blob": sha256[:12]})
        with database.write() as connection:
            _set_aside(connection, sha256)
    raise DamagedError(Message("runs.damaged"))


def _set_aside(connection: Connection, sha256: str) -> None:
    connection.execute(update(schema.blobs).where(schema.blobs.c.sha256 == sha256).values(damaged=True))


def _packed(data: bytes) -> tuple[str, bytes]:
    """(codec, `data` as it is stored). What is large and hardly gets smaller stays as it is: it is not held twice."""
    import pyarrow as pa

    codec = pa.Codec("zstd")
    if len(data) > LARGE:
        middle = data[len(data) // 2 : len(data) // 2 + SAMPLE]
        if len(codec.compress(middle, asbytes=True)) > WORTH * len(middle):
            return "plain", data
    packed = codec.compress(data, asbytes=True)
    return ("zstd", packed) if len(packed) < len(data) else ("plain", data)


def _unpacked(stored: bytes, codec: str, size: int) -> bytes | None:
    if codec == "plain":
        return stored
    import pyarrow as pa

    try:
        return bytes(pa.Codec("zstd").decompress(stored, decompressed_size=size, asbytes=True))
    except (pa.ArrowException, OSError, ValueError):
        return None
