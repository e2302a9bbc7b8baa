"""How often somebody may do something, counted in the database, so that several servers count together.

One time stamp for each (what, who): when everything done so far would be done at the allowed pace. Somebody may run
ahead of the clock by a minute's worth, and then goes on at the pace (the generic cell rate algorithm).
"""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, delete, select, update

from forecasting.errors import LimitError
from forecasting.messages import Message
from forecasting.runs import schema
from forecasting.runs.database import Database, insert_new, now

MINUTE = 60.0

rates = schema.rates


def count(database: Database, what: str, who: str, a_minute: int) -> None:
    """Count one more `what` by `who`; LimitError if that is more than `a_minute`, and then it is not counted."""
    step = MINUTE / a_minute
    here = rates.c.id == hashlib.sha256(f"{what}\0{who}".encode()).hexdigest()
    with database.write() as connection:
        at = now(connection)
        insert_new(connection, rates, {"id": here.right.value, "until": at})
        until = connection.execute(select(rates.c.until).where(here).with_for_update()).scalar_one()
        if until > at + MINUTE + step:  # more than anybody is ever ahead: the clock was set back
            until = at
        until = max(until, at) + step
        if until <= at + MINUTE + step / 1e6:  # the last one of a minute's worth, whatever the last bits say
            connection.execute(update(rates).where(here).values(until=until))
            return
    wait = until - at - MINUTE
    message = (
        Message("runs.too_often", allowed=a_minute, wait=wait)
        if wait >= 1.5
        else Message("runs.too_often.moment", allowed=a_minute)
    )
    raise LimitError(message, field=what, retry_seconds=wait)


def forget_old(connection: Connection) -> None:
    """Take out what limits nobody any more."""
    connection.execute(delete(rates).where(rates.c.until < now(connection)))
