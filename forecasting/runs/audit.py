"""What was done in a workspace and when: rows that are added and never changed, without names and contents.

A row goes with its workspace, or after the days of retention when the workspace no longer has what it is about.
"""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Connection, delete, exists, func, insert, select

from forecasting.runs import schema
from forecasting.runs.database import now
from forecasting.runs.views import Event

What = Literal["upload", "run", "link", "opened", "ended", "delete", "evicted", "renewed"]
KEPT = 1_000  # of a workspace, the newest
OPENED_SECONDS = 3600.0  # that a link was opened is noted once an hour, or whoever has it could fill the log

events = schema.events
data_links, run_links = schema.workspace_data, schema.workspace_runs


def note(connection: Connection, workspace: str, what: What, about: str | None = None) -> None:
    """Add a row for the workspace with this id; `about`: the run or dataset."""
    values = {"workspace": workspace, "at": now(connection), "what": what, "about": about}
    connection.execute(insert(events).values(values))


def note_opened(connection: Connection, workspace: str, run_id: str) -> None:
    """Note that somebody opened a read-only link to a run."""
    mine = (events.c.workspace == workspace) & (events.c.what == "opened") & (events.c.about == run_id)
    recently = events.c.at > now(connection) - OPENED_SECONDS
    if not connection.execute(select(exists().where(mine, recently))).scalar():
        note(connection, workspace, "opened", run_id)


def listed(connection: Connection, workspace: str, first: int, most: int) -> tuple[list[Event], int]:
    """So many rows from the `first` newest one on (0: the newest), and how many there are."""
    mine = events.c.workspace == workspace
    rows = connection.execute(
        select(events.c.at, events.c.what, func.coalesce(run_links.c.name, data_links.c.name).label("name"))
        .outerjoin(run_links, (run_links.c.workspace == workspace) & (run_links.c.run_id == events.c.about))
        .outerjoin(data_links, (data_links.c.workspace == workspace) & (data_links.c.dataset_id == events.c.about))
        .where(mine)
        .order_by(events.c.id.desc())
        .offset(first)
        .limit(most)
    ).all()
    total = connection.execute(select(func.count()).select_from(events).where(mine)).scalar_one()
    return [Event(at=row.at, what=row.what, name=row.name) for row in rows], int(total)


def forget_old(connection: Connection, before: float) -> None:
    """Take out what was noted before a time about things that are gone, and what is more than `KEPT`."""
    run = exists().where(run_links.c.workspace == events.c.workspace, run_links.c.run_id == events.c.about)
    data = exists().where(data_links.c.workspace == events.c.workspace, data_links.c.dataset_id == events.c.about)
    connection.execute(delete(events).where(events.c.at < before, ~run, ~data))
    many = select(events.c.workspace).group_by(events.c.workspace).having(func.count() > KEPT)
    for workspace in connection.execute(many).scalars().all():
        mine = events.c.workspace == workspace
        newest = select(events.c.id).where(mine).order_by(events.c.id.desc()).limit(KEPT)
        connection.execute(delete(events).where(mine, events.c.id.not_in(newest)))
