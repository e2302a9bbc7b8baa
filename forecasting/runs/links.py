"""Read-only links: a token that shows one run, until the run leaves the workspace or the link ends."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from sqlalchemy import insert, select

from forecasting.errors import LimitError
from forecasting.messages import Message
from forecasting.panel import Panel
from forecasting.runs import audit, identity, schema
from forecasting.runs.access import Link, Workspace, lasts, linked_run, shared_run
from forecasting.runs.database import Database, now
from forecasting.runs.datasets import stored_input
from forecasting.runs.jobs import JOBS
from forecasting.runs.ledger import drop_shares, stored_artifact
from forecasting.runs.views import Run, run_view

SHARES = 20  # links to one run, made by one workspace


class Links:
    """The part of a Store that is about read-only links."""

    database: Database

    def share(self, workspace: Workspace, run_id: str, days: float | None = None, *, exports: bool = True) -> Link:
        """A new link to this one run, which shows it for so many days; None: until somebody ends it. exports: whether
        it offers files of the run, too."""
        link = Link(identity.new_token())
        with self.database.write() as connection:
            row = linked_run(connection, workspace, run_id)
            if row.shares >= SHARES:
                raise LimitError(Message("runs.shares_full", count=SHARES))
            values = {"id": identity.token_id(link.token), "workspace": row.workspace, "run_id": row.id}
            at = now(connection)
            ends = None if days is None else at + days * 86_400
            connection.execute(insert(schema.shares).values(**values, created=at, ends=ends, exports=exports))
            audit.note(connection, row.workspace, "link", row.id)
        return link

    def end_shares(self, workspace: Workspace, run_id: str) -> int:
        """End every link that this workspace made to a run; how many those were."""
        with self.database.write() as connection:
            return drop_shares(connection, linked_run(connection, workspace, run_id))

    def share_ends(self, workspace: Workspace, run_id: str) -> list[float | None]:
        """When each link that this workspace made to a run ends, the first one first; None: not by itself."""
        shared = schema.shares.c
        with self.database.read() as connection:
            row = linked_run(connection, workspace, run_id)
            mine = (shared.workspace == row.workspace) & (shared.run_id == row.id)
            query = select(shared.ends).where(mine, lasts(now(connection))).order_by(shared.ends.is_(None), shared.ends)
            return list(connection.execute(query).scalars())

    def shared_until(self, link: Link) -> float | None:
        """When a link ends, in seconds since 1970; None: not by itself."""
        with self.database.read() as connection:
            shared_run(connection, link)
            here = schema.shares.c.id == identity.token_id(link.token)
            ends: float | None = connection.execute(select(schema.shares.c.ends).where(here)).scalar()
        return ends

    def shared_exports(self, link: Link) -> bool:
        """Whether a link offers files of its run."""
        with self.database.read() as connection:
            shared_run(connection, link)
            here = schema.shares.c.id == identity.token_id(link.token)
            exports = connection.execute(select(schema.shares.c.exports).where(here)).scalar()
        return exports is None or bool(exports)

    def note_opened(self, link: Link) -> None:
        """Let the workspace that made a link know that somebody opened it."""
        with self.database.write() as connection:
            row = shared_run(connection, link)
            audit.note_opened(connection, row.workspace, row.id)

    def shared_run(self, link: Link) -> Run:
        """The run that a link shows, without what is the workspace's own business."""
        with self.database.read() as connection:
            view = run_view(connection, shared_run(connection, link))
        return dataclasses.replace(view, dataset_id=None, data_name=None, pinned=False, shares=0)

    def shared_artifact(self, link: Link, name: str) -> bytes:
        """A result of the run that a link shows."""
        with self.database.read() as connection:
            row = shared_run(connection, link)
        return stored_artifact(self.database, row, name)

    def shared_report(self, link: Link) -> dict[str, Any]:
        """How the file of the run that a link shows was read, without the names of files; empty where it is not known.

        What the run says rests on it: the unit of its values, the clock of its times, what was repaired.
        """
        data = schema.workspace_data.c
        with self.database.read() as connection:
            row = shared_run(connection, link)
            here = (data.workspace == row.workspace) & (data.dataset_id == row.dataset_id)
            report = connection.execute(select(data.report).where(here)).scalar()
        kept: dict[str, Any] = json.loads(report or "{}")
        return {name: value for name, value in kept.items() if name != "files"}

    def shared_panel(self, link: Link) -> Panel | None:
        """The Panel of the run that a link shows; None where its job reads none."""
        with self.database.read() as connection:
            row = shared_run(connection, link)
        if row.panel_sha256 is None or JOBS[row.kind].reads != "panel":
            return None
        return Panel.from_bytes(stored_input(self.database, row.panel_sha256))
