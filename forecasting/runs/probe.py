"""Whether the store can be written to: by writing, since nothing else shows a full disk, a lost file or a held lock."""

from __future__ import annotations

from sqlalchemy import update

from forecasting.runs import schema
from forecasting.runs.database import Database, insert_new, now

BEAT = "health"  # the id of the row: no hash, as the others are

rates = schema.rates


def prove_writable(database: Database) -> None:
    """Write one small row, always the same; StoreError says why that was not possible."""
    with database.write() as connection:
        at = now(connection)
        if connection.execute(update(rates).where(rates.c.id == BEAT).values(until=at)).rowcount == 0:
            insert_new(connection, rates, {"id": BEAT, "until": at})
