"""Whose turn it is: the one order by which workers claim and pages show a place in the queue."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection, select

from forecasting.runs import schema


def turns(connection: Connection) -> list[str]:
    """The ids of the queued runs, next first.

    Workspaces take turns: a workspace's n-th run, counting those that are running, comes after every other
    workspace's n-1 first ones. Within a turn the oldest comes first.
    """
    rows = connection.execute(
        select(schema.runs.c.id, schema.runs.c.owner, schema.runs.c.state)
        .where(schema.runs.c.state.in_(("queued", "running")))
        .order_by(schema.runs.c.queued, schema.runs.c.id)
    ).all()
    taken = Counter(row.owner for row in rows if row.state == "running")
    order = []
    for place, row in enumerate(row for row in rows if row.state == "queued"):
        order.append((taken[row.owner], place, row.id))
        taken[row.owner] += 1
    return [run_id for _, _, run_id in sorted(order)]
