"""Store: datasets, runs and their results, reached by a workspace's token and by nothing else.

Content (bytes, Panels, results) is shared between workspaces under its hash; names, reports, lists and pins belong to
the workspace's own links. Every method raises StoreError when the database cannot be used, and for a token or id that
opens nothing, in the same words whether it exists elsewhere or not.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select, update

from forecasting.errors import StoreError
from forecasting.panel import Panel
from forecasting.runs import housekeeping, identity, ledger, rates, schema
from forecasting.runs.access import NO_WORKSPACE, linked_dataset, linked_run, shared_run, touch, workspace_id
from forecasting.runs.blobs import DamagedError, get_blob, put_blob
from forecasting.runs.database import ConflictError, Database, insert_new, now
from forecasting.runs.kinds import KINDS
from forecasting.runs.records import Dataset, Run, Usage
from forecasting.runs.settings import Settings

RATES = {"upload": "uploads_a_minute", "fetch": "fetches_a_minute", "visit": "visits_a_minute"}
STATE_BYTES = 64 * 1024  # a workspace's state is settings and ids


class Store:
    """The database at `url` (default: TIDECAST_DATABASE, else a file in the user's data folder).

    Opened at the first use; a database that cannot be opened raises StoreError then, and is tried again at the next.
    """

    def __init__(self, url: str | None = None) -> None:
        self.settings = Settings.from_environment()
        if url is not None:
            self.settings = dataclasses.replace(self.settings, database=url)
        self.database = Database(self.settings.database)

    def close(self) -> None:
        """Close the connections; the next use opens new ones."""
        self.database.close()

    # Workspaces

    def new_workspace(self) -> str:
        """Make a workspace and return its token: 128 random bits, the only key to it."""
        token = identity.new_token()
        with self.database.write() as connection:
            at = now(connection)
            values = {"id": identity.token_id(token), "created": at, "used": at, "state": "{}"}
            connection.execute(insert(schema.workspaces).values(**values))
        return token

    def open_workspace(self, workspace: str) -> None:
        """Make the workspace that `workspace` opens unless it is there: for a token that follows from a login."""
        if self.has_workspace(workspace):
            return
        if not identity.is_token(workspace):
            raise StoreError(NO_WORKSPACE, field="workspace")
        with self.database.write() as connection:
            at = now(connection)
            values = {"id": identity.token_id(workspace), "created": at, "used": at, "state": "{}"}
            insert_new(connection, schema.workspaces, values)

    def has_workspace(self, workspace: str) -> bool:
        """Whether `workspace` opens one."""
        if not identity.is_token(workspace):
            return False
        here = schema.workspaces.c.id == identity.token_id(workspace)
        with self.database.read() as connection:
            used = connection.execute(select(schema.workspaces.c.used).where(here)).scalar_one_or_none()
        if used is not None:
            touch(self.database, schema.workspaces, here, used)
        return used is not None

    def put_state(self, workspace: str, state: Mapping[str, Any]) -> None:
        """Keep what the page must bring back after a reload: a small mapping that JSON can hold."""
        text = json.dumps(dict(state))
        if len(text) > STATE_BYTES:
            raise StoreError(f"The settings of this workspace take {len(text):,} bytes; {STATE_BYTES:,} are allowed.")
        with self.database.write() as connection:
            me = workspace_id(connection, workspace)
            values = {"state": text, "used": now(connection)}
            connection.execute(update(schema.workspaces).where(schema.workspaces.c.id == me).values(**values))

    def state(self, workspace: str) -> dict[str, Any]:
        """What `put_state` kept; empty at first. StoreError with the field "state": it cannot be read."""
        with self.database.read() as connection:
            me = workspace_id(connection, workspace)
            text = connection.execute(
                select(schema.workspaces.c.state).where(schema.workspaces.c.id == me)
            ).scalar_one()
        try:
            kept = json.loads(text)
        except ValueError:
            kept = None
        if not isinstance(kept, dict):
            raise StoreError("The settings that were kept for this workspace are damaged.", field="state")
        return kept

    def delete_workspace(self, workspace: str) -> None:
        """Delete my data: the workspace, its links, and all content that nobody else holds, from the file as well."""
        housekeeping.delete_workspace(self.database, workspace)

    def usage(self, workspace: str | None = None) -> Usage:
        """How much is stored (of a workspace: by it), how much may be, and for how many days."""
        return housekeeping.usage(self.database, self.settings, workspace)

    def count(self, what: str, who: str) -> None:
        """Count an "upload" or "fetch" by a workspace, or a "visit" by an address; LimitError if it is one too many."""
        rates.count(self.database, what, who, getattr(self.settings, RATES[what]))

    # Datasets

    def put_dataset(
        self,
        workspace: str,
        raw: bytes | None,
        name: str,
        choices: Mapping[str, Any],
        panel: Panel | None,
        report: Mapping[str, Any],
    ) -> str:
        """Keep the bytes as they came (None: there was no file), how they were read, and the Panel; its id.

        Without a Panel it is a file that is not understood yet: `raw` gives it back, and no run can use it.
        `name` and `report` stay with the workspace; the rest is stored once for all who bring the same.
        """
        with self.database.read() as connection:
            me = workspace_id(connection, workspace)
            if raw is not None:
                housekeeping.check_room(connection, self.settings, me, raw)
        nameless = dataclasses.replace(panel, name="").to_bytes() if panel is not None else None
        panel_id = panel.id if panel is not None else None
        for attempt in (1, 2, 3):
            raw_sha256 = put_blob(self.database, raw) if raw is not None else None
            panel_sha256 = put_blob(self.database, nameless) if nameless is not None else None
            dataset_id = identity.dataset_id(raw_sha256, choices, panel_id)
            values = {"id": dataset_id, "raw_sha256": raw_sha256, "panel_sha256": panel_sha256, "panel_id": panel_id}
            try:
                self._link_dataset(workspace, {**values, "choices": json.dumps(dict(choices))}, name, report)
                break
            except ConflictError:  # another workspace deleted the same bytes after we put them
                if attempt == 3:
                    raise
        return dataset_id

    def dataset(self, workspace: str, dataset_id: str) -> Dataset:
        """The workspace's dataset without its bytes."""
        with self.database.read() as connection:
            row = linked_dataset(connection, workspace, dataset_id)
        return Dataset(
            id=row.id,
            name=row.name,
            choices=json.loads(row.choices),
            report=json.loads(row.report),
            panel_id=row.panel_id,
            has_raw=row.raw_sha256 is not None,
            created=row.linked,
        )

    def panel(self, workspace: str, dataset_id: str) -> Panel:
        """The Panel of a dataset, under the workspace's name for it."""
        with self.database.read() as connection:
            row = linked_dataset(connection, workspace, dataset_id)
        links = schema.workspace_data.c
        touch(
            self.database,
            schema.workspace_data,
            (links.workspace == row.workspace) & (links.dataset_id == row.id),
            row.used,
        )
        if row.panel_sha256 is None:
            raise StoreError("This file has not been read as a table yet. Choose how to read it.", field="dataset")
        return dataclasses.replace(Panel.from_bytes(self._input(row.panel_sha256)), name=row.name)

    def raw(self, workspace: str, dataset_id: str) -> bytes | None:
        """The bytes as they came; None where there was no file."""
        with self.database.read() as connection:
            row = linked_dataset(connection, workspace, dataset_id)
        return None if row.raw_sha256 is None else self._input(row.raw_sha256)

    # Runs

    def submit(self, workspace: str, kind: str, config: Mapping[str, Any], dataset_id: str | None, name: str) -> str:
        """Ask for a run and return its id. A question that has its answer is only linked, and done at once.

        One that failed or was cancelled is queued anew. `Supervisor.submit` also sees to it that a worker runs.
        """
        return ledger.submit(self.database, workspace, kind, config, dataset_id, name, self.settings.queue)

    def run(self, workspace: str, run_id: str) -> Run:
        """The workspace's view of a run."""
        return ledger.one(self.database, workspace, run_id)

    def under_way(self, run_id: str) -> dict[str, Any]:
        """Those fields of Run that change while it is under way, for callers that have seen the workspace's `run`."""
        return ledger.under_way(self.database, run_id)

    def runs(self, workspace: str) -> list[Run]:
        """The workspace's runs, newest first, without their loss curves."""
        return ledger.every(self.database, workspace)

    def artifact(self, workspace: str, run_id: str, name: str) -> bytes:
        """A result of a run, its checksum checked. A damaged one is set aside and the run queued again."""
        with self.database.read() as connection:
            row = linked_run(connection, workspace, run_id)
        return self._artifact(row.id, row.used, name)

    def cancel(self, workspace: str, run_id: str) -> None:
        """Stop waiting for a run. The run itself stops when no other workspace waits for it."""
        ledger.cancel(self.database, workspace, run_id)

    def retry(self, workspace: str, run_id: str) -> str:
        """Ask the question of a run again. The id: another one if Tidecast's code has changed since.

        `Supervisor.retry` also sees to it that a worker runs.
        """
        return ledger.retry(self.database, workspace, run_id, self.settings.queue)

    def rename(self, workspace: str, run_id: str, name: str) -> None:
        """Give a run another name in this workspace."""
        ledger.rename(self.database, workspace, run_id, name)

    def pin(self, workspace: str, run_id: str, pinned: bool = True) -> None:
        """Keep a run from eviction, or no longer."""
        ledger.pin(self.database, workspace, run_id, pinned)

    def unlink(self, workspace: str, run_id: str) -> None:
        """Take a run off this workspace's list."""
        ledger.unlink(self.database, workspace, run_id)

    # Read-only links to one run

    def share(self, workspace: str, run_id: str) -> str:
        """A token that shows this one run, read-only, until the run leaves the workspace."""
        return ledger.share(self.database, workspace, run_id)

    def end_shares(self, workspace: str, run_id: str) -> int:
        """End every read-only link that this workspace made to a run; how many those were."""
        return ledger.end_shares(self.database, workspace, run_id)

    def shared_run(self, link: str) -> Run:
        """The run that a read-only link shows."""
        with self.database.read() as connection:
            return ledger.as_shared(connection, shared_run(connection, link))

    def shared_artifact(self, link: str, name: str) -> bytes:
        """A result of the run that a read-only link shows."""
        with self.database.read() as connection:
            row = shared_run(connection, link)
        return self._artifact(row.id, row.used, name)

    def shared_panel(self, link: str) -> Panel | None:
        """The Panel of the run that a read-only link shows; None where the kind reads none."""
        with self.database.read() as connection:
            row = shared_run(connection, link)
        if row.panel_sha256 is None or KINDS[row.kind].raw:
            return None
        return Panel.from_bytes(self._input(row.panel_sha256))

    def _link_dataset(self, workspace: str, row: Mapping[str, Any], name: str, report: Mapping[str, Any]) -> None:
        links = schema.workspace_data
        with self.database.write() as connection:
            me = workspace_id(connection, workspace)
            at = now(connection)
            insert_new(connection, schema.datasets, {**row, "created": at})
            mine = {"workspace": me, "dataset_id": row["id"]}
            link = {"name": name, "report": json.dumps(dict(report)), "used": at}
            if not insert_new(connection, links, {**mine, **link, "created": at}):
                here = (links.c.workspace == me) & (links.c.dataset_id == row["id"])
                connection.execute(update(links).where(here).values(**link))

    def _input(self, sha256: str) -> bytes:
        try:
            return get_blob(self.database, sha256)
        except DamagedError as error:
            raise StoreError(
                "The stored copy of this data is damaged and was set aside. Bring the data again."
            ) from error

    def _artifact(self, run_id: str, used: float, name: str) -> bytes:
        table = schema.artifacts
        here = (table.c.run_id == run_id) & (table.c.name == name)
        with self.database.read() as connection:
            sha256 = connection.execute(select(table.c.sha256).where(here)).scalar_one_or_none()
        if sha256 is None:
            raise StoreError("This run has no such result. Open the run again.", field="artifact")
        try:
            data = get_blob(self.database, sha256)
        except DamagedError as error:
            ledger.compute_again(self.database, run_id)
            raise StoreError("The stored result was damaged and was set aside; it is being computed again.") from error
        touch(self.database, schema.runs, schema.runs.c.id == run_id, used)
        return data
