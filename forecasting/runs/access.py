"""Who may see what: a token opens a workspace or a link, and an id is found only where one of them leads to it."""

from __future__ import annotations

import dataclasses
import time
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, Table, exists, func, or_, select, update

from forecasting.errors import StoreError
from forecasting.messages import Message
from forecasting.runs import schema
from forecasting.runs.database import Database, now
from forecasting.runs.identity import is_id, is_token, token_id


@dataclasses.dataclass(frozen=True)
class Workspace:
    """Whoever has the token reads and changes what the workspace holds."""

    token: str = dataclasses.field(repr=False)  # a key: no log and no traceback may show it


@dataclasses.dataclass(frozen=True)
class Link:
    """Whoever has the token reads one run and its result."""

    token: str = dataclasses.field(repr=False)


Access = Workspace | Link
Subject = Literal["run", "dataset", "anything"]

links = schema.workspace_runs


def workspace_id(connection: Connection, workspace: Workspace) -> str:
    """The id under which `workspace` is stored; StoreError if it is not here."""
    row_id = None
    if is_token(workspace.token):
        columns = select(schema.workspaces.c.id).where(schema.workspaces.c.id == token_id(workspace.token))
        row_id = connection.execute(columns).scalar_one_or_none()
    if row_id is None:
        raise StoreError(Message("runs.no_workspace"), field="workspace")
    return str(row_id)


def linked_dataset(connection: Connection, workspace: Workspace, dataset_id: str) -> Row[Any]:
    """The dataset and the workspace's link to it, as one row."""
    mine = workspace_id(connection, workspace)
    data, link = schema.datasets, schema.workspace_data
    row = None
    if is_id(dataset_id):
        row = connection.execute(
            select(data, link.c.workspace, link.c.name, link.c.report, link.c.created.label("linked"), link.c.used)
            .join(link, link.c.dataset_id == data.c.id)
            .where(link.c.workspace == mine, link.c.dataset_id == dataset_id)
        ).one_or_none()
    if row is None:
        raise StoreError(Message("runs.no_dataset"), field="dataset")
    return row


def linked_run(connection: Connection, workspace: Workspace, run_id: str) -> Row[Any]:
    """The run and the workspace's link to it, as one row."""
    mine = workspace_id(connection, workspace)
    row = None
    if is_id(run_id):
        row = connection.execute(linked_runs().where(links.c.workspace == mine, links.c.run_id == run_id)).first()
    if row is None:
        raise StoreError(Message("runs.no_run"), field="run")
    return row


def shared_run(connection: Connection, link: Link) -> Row[Any]:
    """The run that a read-only link shows, with the name that its workspace gave it."""
    row = None
    if is_token(link.token):
        shared = schema.shares
        row = connection.execute(
            linked_runs()
            .join(shared, (shared.c.workspace == links.c.workspace) & (shared.c.run_id == links.c.run_id))
            .where(shared.c.id == token_id(link.token), lasts(now(connection)))
        ).first()
    if row is None:
        raise StoreError(Message("runs.no_share"), field="link")
    return row


def opens(connection: Connection, access: Access, what: Subject = "anything", identifier: str = "") -> bool:
    """Whether `access` leads to the run or dataset of this id; to "anything": whether it leads anywhere at all.

    A link leads to one run and to what that has read, whatever the id.
    """
    if not is_token(access.token):
        return False
    if isinstance(access, Link):
        here = exists().where(schema.shares.c.id == token_id(access.token), lasts(now(connection)))
    elif what == "run":
        here = exists().where(links.c.workspace == token_id(access.token), links.c.run_id == identifier)
    elif what == "dataset":
        data = schema.workspace_data.c
        here = exists().where(data.workspace == token_id(access.token), data.dataset_id == identifier)
    else:
        here = exists().where(schema.workspaces.c.id == token_id(access.token))
    return bool(connection.execute(select(here)).scalar())


def lasts(at: float) -> ColumnElement[bool]:
    """Whether a read-only link has not come to its end."""
    return or_(schema.shares.c.ends.is_(None), schema.shares.c.ends > at)


def linked_runs() -> Any:
    """Select runs joined with links and the names of their data; the caller says whose."""
    data, shared = schema.workspace_data.c, schema.shares.alias().c
    open_ = or_(shared.ends.is_(None), shared.ends > time.time())
    of_run = (shared.workspace == links.c.workspace) & (shared.run_id == links.c.run_id)
    sent = select(func.count(shared.id)).where(of_run, open_)
    return (
        select(
            schema.runs,
            links.c.workspace,
            links.c.name,
            links.c.dataset_id,
            links.c.pinned,
            links.c.cancelled,
            links.c.created.label("linked"),
            data.name.label("data_name"),
            sent.correlate(links).scalar_subquery().label("shares"),
        )
        .join(links, links.c.run_id == schema.runs.c.id)
        .outerjoin(
            schema.workspace_data, (data.workspace == links.c.workspace) & (data.dataset_id == links.c.dataset_id)
        )
    )


def touch(database: Database, table: Table, row: ColumnElement[bool], used: float) -> None:
    """Note in `table` that somebody used a row, at most once an hour, so that reading hardly ever writes."""
    if used < time.time() - 3600:
        with database.write() as connection:
            connection.execute(update(table).where(row).values(used=now(connection)))
