"""Scenarios and adjustments: what a workspace keeps with its link to a run, and a read-only link shows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, select, update

from forecasting.errors import LimitError, StoreError
from forecasting.messages import Message
from forecasting.runs.access import Access, Link, Workspace, linked_run, links, shared_run
from forecasting.runs.database import Database

MOST_BYTES = 256 * 1024


class WhatIf:
    """The part of a Store that is about scenarios."""

    database: Database

    def put_what_if(self, workspace: Workspace, run_id: str, kept: Mapping[str, Any]) -> None:
        """Keep a small mapping that JSON can hold with a run; LimitError where it is too large."""
        text = json.dumps(dict(kept)) if any(kept.values()) else None
        if text is not None and len(text) > MOST_BYTES:
            raise LimitError(Message("runs.what_if_too_large", size=len(text), allowed=MOST_BYTES))
        with self.database.write() as connection:
            row = linked_run(connection, workspace, run_id)
            mine = (links.c.workspace == row.workspace) & (links.c.run_id == row.id)
            connection.execute(update(links).where(mine).values(what_if=text))

    def what_if(self, access: Access, run_id: str) -> dict[str, Any]:
        """What `put_what_if` kept; empty at first. A link shows that of its run, whatever the id."""
        with self.database.read() as connection:
            row = shared_run(connection, access) if isinstance(access, Link) else linked_run(connection, access, run_id)
            text = _stored(connection, row)
        try:
            kept = json.loads(text or "{}")
        except ValueError:
            kept = None
        if not isinstance(kept, dict):
            raise StoreError(Message("scenario.stored"), field="what_if")
        return kept


def _stored(connection: Connection, row: Row[Any]) -> str | None:
    mine = (links.c.workspace == row.workspace) & (links.c.run_id == row.id)
    text: str | None = connection.execute(select(links.c.what_if).where(mine)).scalar()
    return text
