"""The door: a token becomes a workspace, an id becomes that workspace's own link, or nothing."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, func, select, update

from forecasting.errors import StoreError
from forecasting.runs import schema
from forecasting.runs.database import Database, now
from forecasting.runs.identity import is_id, is_token, token_id

NO_WORKSPACE = "This address belongs to no workspace here. Open the page without it to begin a new one."
NO_DATASET = "This workspace has no such data. Choose or upload it again."
NO_RUN = "This workspace has no such run. Press Train to ask for it again."
NO_SHARE = "This link shows no run here. Ask whoever sent it for a new one."


def workspace_id(connection: Connection, token: str) -> str:
    """The workspace that `token` opens; StoreError if it opens none."""
    found = None
    if is_token(token):
        columns = select(schema.workspaces.c.id).where(schema.workspaces.c.id == token_id(token))
        found = connection.execute(columns).scalar_one_or_none()
    if found is None:
        raise StoreError(NO_WORKSPACE, field="workspace")
    return str(found)


def linked_dataset(connection: Connection, token: str, dataset_id: str) -> Row[Any]:
    """The dataset and the workspace's link to it, as one row."""
    workspace = workspace_id(connection, token)
    data, link = schema.datasets, schema.workspace_data
    row = None
    if is_id(dataset_id):
        row = connection.execute(
            select(data, link.c.workspace, link.c.name, link.c.report, link.c.created.label("linked"), link.c.used)
            .join(link, link.c.dataset_id == data.c.id)
            .where(link.c.workspace == workspace, link.c.dataset_id == dataset_id)
        ).one_or_none()
    if row is None:
        raise StoreError(NO_DATASET, field="dataset")
    return row


def linked_run(connection: Connection, token: str, run_id: str) -> Row[Any]:
    """The run and the workspace's link to it, as one row."""
    workspace = workspace_id(connection, token)
    row = None
    if is_id(run_id):
        row = connection.execute(linked_runs().where(links.c.workspace == workspace, links.c.run_id == run_id)).first()
    if row is None:
        raise StoreError(NO_RUN, field="run")
    return row


def shared_run(connection: Connection, token: str) -> Row[Any]:
    """The run that a read-only link shows, with the name that its workspace gave it."""
    row = None
    if is_token(token):
        shared = schema.shares
        row = connection.execute(
            linked_runs()
            .join(shared, (shared.c.workspace == links.c.workspace) & (shared.c.run_id == links.c.run_id))
            .where(shared.c.id == token_id(token))
        ).first()
    if row is None:
        raise StoreError(NO_SHARE, field="link")
    return row


links = schema.workspace_runs


def linked_runs() -> Any:
    """Select runs joined with links and the names of their data; the caller says whose."""
    data, shared = schema.workspace_data.c, schema.shares.alias().c
    sent = select(func.count(shared.id)).where(shared.workspace == links.c.workspace, shared.run_id == links.c.run_id)
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
