"""Workspaces: made, opened and deleted, what a page keeps for one, and how often somebody may do something."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import delete, exists, insert, select, update

from forecasting.errors import StoreError
from forecasting.messages import Message
from forecasting.runs import audit, housekeeping, identity, rates, schema, usage
from forecasting.runs.access import Access, Subject, Workspace, opens, touch, workspace_id
from forecasting.runs.database import Database, insert_new, now
from forecasting.runs.environment import Settings
from forecasting.runs.views import Event, Usage

RATES = {"upload": "uploads_a_minute", "fetch": "fetches_a_minute", "visit": "visits_a_minute"}
STATE_BYTES = 64 * 1024  # a workspace's state is settings and ids


class Workspaces:
    """The part of a Store that is about workspaces."""

    settings: Settings
    database: Database

    def new_workspace(self) -> Workspace:
        """Make a workspace: 128 random bits are the only key to it."""
        workspace = Workspace(identity.new_token())
        with self.database.write() as connection:
            connection.execute(insert(schema.workspaces).values(**_row(workspace, now(connection))))
        return workspace

    def open_workspace(self, workspace: Workspace) -> None:
        """Make `workspace` unless it is there: for a token that follows from a login."""
        if self.has_workspace(workspace):
            return
        if not identity.is_token(workspace.token):
            raise StoreError(Message("runs.no_workspace"), field="workspace")
        with self.database.write() as connection:
            insert_new(connection, schema.workspaces, _row(workspace, now(connection)))

    def has_workspace(self, workspace: Workspace) -> bool:
        """Whether `workspace` is here."""
        if not identity.is_token(workspace.token):
            return False
        here = schema.workspaces.c.id == identity.token_id(workspace.token)
        with self.database.read() as connection:
            used = connection.execute(select(schema.workspaces.c.used).where(here)).scalar_one_or_none()
        if used is not None:
            touch(self.database, schema.workspaces, here, used)
        return used is not None

    def knows(self, workspace: str) -> bool:
        """Whether there is a workspace with this id, which opens nothing."""
        here = exists().where(schema.workspaces.c.id == workspace)
        with self.database.read() as connection:
            return bool(connection.execute(select(here)).scalar())

    def renew_workspace(self, workspace: Workspace) -> Workspace:
        """The same workspace under another token: the one that it had opens nothing any more. Its links stay."""
        renewed = Workspace(identity.new_token())
        tables = (schema.workspace_data, schema.workspace_runs, schema.shares, schema.events)
        with self.database.write() as connection:
            old, new = workspace_id(connection, workspace), identity.token_id(renewed.token)
            here = schema.workspaces.c.id == old
            # Locked: a run that is asked for meanwhile fails with a sentence, and is not lost with the old row.
            row = connection.execute(select(schema.workspaces).where(here).with_for_update()).mappings().one()
            connection.execute(insert(schema.workspaces).values({**row, "id": new}))
            for table in tables:
                connection.execute(update(table).where(table.c.workspace == old).values(workspace=new))
            connection.execute(update(schema.runs).where(schema.runs.c.owner == old).values(owner=new))
            connection.execute(delete(schema.workspaces).where(here))
            audit.note(connection, new, "renewed")
        return renewed

    def opens(self, access: Access, what: Subject = "anything", identifier: str = "") -> bool:
        """Whether `access` leads to the run or dataset of this id, as it is now; to "anything": anywhere at all."""
        with self.database.read() as connection:
            return opens(connection, access, what, identifier)

    def opened(self, accesses: Iterable[Access]) -> set[Access]:
        """Those that lead anywhere at all."""
        with self.database.read() as connection:
            return {access for access in accesses if opens(connection, access)}

    def put_state(self, workspace: Workspace, state: Mapping[str, Any]) -> None:
        """Keep what the page must bring back after a reload: a small mapping that JSON can hold."""
        text = json.dumps(dict(state))
        if len(text) > STATE_BYTES:
            raise StoreError(Message("runs.state_too_large", size=len(text), allowed=STATE_BYTES))
        with self.database.write() as connection:
            me = workspace_id(connection, workspace)
            values = {"state": text, "used": now(connection)}
            connection.execute(update(schema.workspaces).where(schema.workspaces.c.id == me).values(**values))

    def state(self, workspace: Workspace) -> dict[str, Any]:
        """What `put_state` kept; empty at first. StoreError with the field "state": it cannot be read."""
        with self.database.read() as connection:
            me = workspace_id(connection, workspace)
            text = connection.execute(
                select(schema.workspaces.c.state).where(schema.workspaces.c.id == me)
            ).scalar_one()
        try:
            state = json.loads(text)
        except ValueError:
            state = None
        if not isinstance(state, dict):
            raise StoreError(Message("runs.damaged.state"), field="state")
        return state

    def delete_workspace(self, workspace: Workspace) -> None:
        """Delete my data: the workspace, its links, and all content that nobody else holds, from the file as well."""
        with self.database.write() as connection:
            housekeeping.drop_workspace(connection, workspace_id(connection, workspace))
        self.database.compact()

    def usage(self, workspace: Workspace | None = None) -> Usage:
        """How much is stored (of a workspace: by it), how much may be, and for how many days."""
        with self.database.read() as connection:
            me = None if workspace is None else workspace_id(connection, workspace)
            return usage.usage(connection, self.settings, me)

    def events(self, workspace: Workspace, first: int = 0, most: int = 100) -> tuple[list[Event], int]:
        """What was done in the workspace, the newest first: so many from the `first` on, and how many there are."""
        with self.database.read() as connection:
            return audit.listed(connection, workspace_id(connection, workspace), first, most)

    def count(self, what: str, who: str) -> None:
        """Count an "upload" or "fetch" by a workspace, or a "visit" by an address; LimitError if it is one too many."""
        rates.count(self.database, what, who, getattr(self.settings, RATES[what]))


def _row(workspace: Workspace, at: float) -> dict[str, Any]:
    return {"id": identity.token_id(workspace.token), "created": at, "used": at, "state": "{}"}
