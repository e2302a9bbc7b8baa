"""A workspace's datasets: bytes as they came, how they were read, and the Panel that followed."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import update

from forecasting.errors import StoreError
from forecasting.messages import Message
from forecasting.panel import Panel
from forecasting.runs import audit, identity, schema, usage
from forecasting.runs.access import Workspace, linked_dataset, touch, workspace_id
from forecasting.runs.blobs import DamagedError, get_blob, put_blob
from forecasting.runs.database import ConflictError, Database, insert_new, now
from forecasting.runs.environment import Settings
from forecasting.runs.views import Dataset

TRIES = 3


class Datasets:
    """The part of a Store that is about datasets.

    Names and reports stay with the workspace; bytes, choices and Panels are stored once for all who bring the same.
    """

    settings: Settings
    database: Database

    def put_dataset(
        self,
        workspace: Workspace,
        raw: bytes | None,
        name: str,
        choices: Mapping[str, Any],
        panel: Panel | None,
        report: Mapping[str, Any],
    ) -> str:
        """Keep the bytes as they came (None: there was no file), how they were read, and the Panel; its id.

        Without a Panel it is a file that is not understood yet: `raw` returns it, and no forecast can use it.
        """
        with self.database.read() as connection:
            me = workspace_id(connection, workspace)
            if raw is not None:
                usage.check_room(connection, self.settings, me, raw)
        put_raw = (lambda: None) if raw is None else (lambda: put_blob(self.database, raw))
        return self._put(workspace, put_raw, name, choices, panel, report, brought=raw is not None)

    def put_reading(
        self,
        workspace: Workspace,
        upload: str,
        name: str,
        choices: Mapping[str, Any],
        panel: Panel,
        report: Mapping[str, Any],
    ) -> str:
        """Keep how the file of the dataset `upload` was read, and the Panel; the id. The file's bytes stay as they are.

        The id is the one that `put_dataset` gives with the same bytes.
        """
        with self.database.read() as connection:
            raw_sha256 = linked_dataset(connection, workspace, upload).raw_sha256
        return self._put(workspace, lambda: raw_sha256, name, choices, panel, report)

    def dataset(self, workspace: Workspace, dataset_id: str) -> Dataset:
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

    def panel(self, workspace: Workspace, dataset_id: str) -> Panel:
        """The Panel of a dataset, under the workspace's name for it."""
        with self.database.read() as connection:
            row = linked_dataset(connection, workspace, dataset_id)
        links = schema.workspace_data.c
        here = (links.workspace == row.workspace) & (links.dataset_id == row.id)
        touch(self.database, schema.workspace_data, here, row.used)
        if row.panel_sha256 is None:
            raise StoreError(Message("runs.not_read"), field="dataset")
        return dataclasses.replace(Panel.from_bytes(stored_input(self.database, row.panel_sha256)), name=row.name)

    def raw(self, workspace: Workspace, dataset_id: str) -> bytes:
        """The bytes as they came; StoreError where there was no file."""
        with self.database.read() as connection:
            row = linked_dataset(connection, workspace, dataset_id)
        if row.raw_sha256 is None:
            raise StoreError(Message("runs.no_file"), field="dataset")
        return stored_input(self.database, row.raw_sha256)

    def _put(
        self,
        workspace: Workspace,
        put_raw: Callable[[], str | None],
        name: str,
        choices: Mapping[str, Any],
        panel: Panel | None,
        report: Mapping[str, Any],
        brought: bool = False,
    ) -> str:
        nameless = dataclasses.replace(panel, name="").to_bytes() if panel is not None else None
        for attempt in range(1, TRIES + 1):
            raw_sha256 = put_raw()
            panel_sha256 = put_blob(self.database, nameless) if nameless is not None else None
            row = {
                "id": identity.dataset_id(raw_sha256, choices, panel.id if panel is not None else None),
                "raw_sha256": raw_sha256,
                "panel_sha256": panel_sha256,
                "panel_id": panel.id if panel is not None else None,
                "choices": json.dumps(dict(choices)),
            }
            try:
                self._link_dataset(workspace, row, name, report, brought)
                break
            except ConflictError:  # another workspace deleted the same bytes after we put them
                if attempt == TRIES:
                    raise
        return str(row["id"])

    def _link_dataset(
        self, workspace: Workspace, row: Mapping[str, Any], name: str, report: Mapping[str, Any], brought: bool
    ) -> None:
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
            if brought:
                audit.note(connection, me, "upload", str(row["id"]))


def stored_input(database: Database, sha256: str) -> bytes:
    """The bytes or the Panel of a dataset; StoreError that asks for them again where they are damaged."""
    try:
        return get_blob(database, sha256)
    except DamagedError as error:
        raise StoreError(Message("runs.damaged.data")) from error
