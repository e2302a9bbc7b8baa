"""A workspace's runs: asking for one, looking at it, and what touches only the workspace's own link."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, exists, func, select, update

from forecasting.errors import ConfigError, LimitError, StoreError
from forecasting.messages import Message
from forecasting.runs import audit, identity, pace, schema, shards, usage
from forecasting.runs.access import Workspace, linked_dataset, linked_run, linked_runs, links, touch, workspace_id
from forecasting.runs.blobs import DamagedError, get_blob
from forecasting.runs.database import Database, insert_new, now
from forecasting.runs.environment import Settings
from forecasting.runs.jobs import JOBS
from forecasting.runs.shards import AFRESH
from forecasting.runs.turns import advance, forget_served, hashed, turns
from forecasting.runs.views import Run, artifact_names, run_view, visible

NAME_LETTERS = 200  # of a run's name

runs = schema.runs


class Ledger:
    """The part of a Store that is about runs."""

    settings: Settings
    database: Database
    on_queued: Callable[[], None]  # called after a run was queued; a Supervisor has a worker take it

    def submit(
        self,
        workspace: Workspace,
        kind: str,
        config: Mapping[str, Any],
        dataset_id: str | None,
        name: str,
        work: float | None = None,
        address: str | None = None,
    ) -> str:
        """Ask for a run and return its id. A question that has its answer is only linked, and done at once.

        One that failed or was cancelled is queued anew. `work`: the reference seconds that it will take, if the caller
        knows, for those who wait behind it. `address`: where the question comes from, if that tells visitors apart;
        its hash is kept until the run has ended, so that addresses take turns.
        """
        if kind not in JOBS:
            raise ConfigError(Message("runs.unknown_job", kind=kind, known=tuple(sorted(JOBS))), field="kind")
        config = JOBS[kind].complete(config)
        with self.database.write() as connection:
            me = workspace_id(connection, workspace)
            data = linked_dataset(connection, workspace, dataset_id) if dataset_id is not None else None
            if JOBS[kind].uses:
                linked_run(connection, workspace, config["run"])  # StoreError: what it goes on from is not theirs
            run_id = identity.run_id(kind, _input(data, kind)[0], config)
            at = now(connection)
            state = _state(connection, run_id)
            waits = state in (None, "failed", "cancelled", "damaged")
            if waits:
                _check_room(connection, me, self.settings.queue)
            asked: dict[str, Any] = {"state": "queued", "owner": me, "queued": at, "used": at, **AFRESH}
            asked["address"] = hashed(address)
            if work is not None:
                asked["progress"] = json.dumps({"work": work})
            if state is None:
                question: dict[str, Any] = {"id": run_id, "kind": kind, "config": json.dumps(config), "created": at}
                question |= {"panel_sha256": _input(data, kind)[1], "version": identity.version()}
                insert_new(connection, runs, question | asked)  # not new: the same question came at the same moment
            elif waits:
                connection.execute(update(runs).where(runs.c.id == run_id).values(**asked))
            else:
                connection.execute(update(runs).where(runs.c.id == run_id).values(cancel=False, used=at))
                if state == "queued":
                    advance(connection, run_id, me, hashed(address))
            link = {"dataset_id": dataset_id, "name": name, "cancelled": False}
            mine = {"workspace": me, "run_id": run_id}
            if not insert_new(connection, links, {**mine, **link, "created": at, "pinned": False}):
                connection.execute(
                    update(links).where(links.c.workspace == me, links.c.run_id == run_id).values(**link)
                )
            audit.note(connection, me, "run", run_id)
        if waits:
            self.on_queued()
        return run_id

    def run(self, workspace: Workspace, run_id: str) -> Run:
        """The workspace's view of a run."""
        with self.database.read() as connection:
            return run_view(connection, linked_run(connection, workspace, run_id))

    def under_way(self, run_id: str) -> dict[str, Any]:
        """Those fields of Run that change while it is under way, for callers that have seen the workspace's `run`.

        They are the same for all that wait for it, and say nothing of who these are.
        """
        with self.database.read() as connection:
            row = connection.execute(select(runs).where(runs.c.id == run_id)).one_or_none()
            if row is None:
                return {"state": "cancelled"}
            state, progress, curve = visible(connection, row)
            order = turns(connection) if state == "queued" else []
            place = order.index(run_id) + 1 if run_id in order else None
            wait = pace.wait(connection, order, run_id, self.settings.workers) if place is not None else None
        if wait is not None:
            progress = {**progress, "wait": wait}
        values = {name: getattr(row, name) for name in ("attempts", "queued", "started", "finished")}
        return values | {"state": state, "progress": progress, "curve": curve, "position": place}

    def expected(
        self, kind: str, config: Mapping[str, Any], work: Mapping[str, float], speed: float, stretch: float, idle: int
    ) -> float:
        """Seconds that a run asked for now would take, if it need not wait: its parts have so many reference seconds.

        `speed` and `stretch`: what a worker has measured of this machine, see `pace.pace`; `idle`: how many workers
        wait for work. Where none does, one has to be started.
        """
        whole, workers = sum(work.values()), max(1, self.settings.workers)
        with self.database.read() as connection:
            here = pace.pace(connection, kind, config, whole, speed, stretch)
            busy = connection.execute(select(func.count()).where(runs.c.state.in_(("running", "queued")))).scalar_one()
        start = here.start() if busy >= idle and busy < workers and self.settings.scheduler is None else 0.0
        how = JOBS[kind].shards
        if how is None or len(work) < 2 or (whole <= self.settings.shard_seconds and not how.always):
            return here.seconds(whole) + start
        return here.of_parts(list(work.values()), max(1, workers - busy)) + start

    def runs(self, workspace: Workspace) -> list[Run]:
        """The workspace's runs, newest first, without their loss curves."""
        with self.database.read() as connection:
            mine = links.c.workspace == workspace_id(connection, workspace)
            rows = connection.execute(linked_runs().where(mine).order_by(links.c.created.desc())).all()
            order = turns(connection) if any(row.state == "queued" for row in rows) else []
            names = artifact_names(connection, select(links.c.run_id).where(mine))
            listed = [run_view(connection, row, order, names.get(row.id, ())) for row in rows]
        return [dataclasses.replace(run, curve=[]) for run in listed]

    def artifact(self, workspace: Workspace, run_id: str, name: str) -> bytes:
        """A result of a run, its checksum checked. A damaged one is set aside and the run queued again."""
        with self.database.read() as connection:
            row = linked_run(connection, workspace, run_id)
        return stored_artifact(self.database, row, name)

    def cancel(self, workspace: Workspace, run_id: str) -> None:
        """Stop waiting for a run. The run itself stops when no other workspace waits for it."""
        with self.database.write() as connection:
            row = linked_run(connection, workspace, run_id)
            if row.state in schema.ACTIVE:
                connection.execute(_my_link(row).values(cancelled=True))
                stop_unwanted(connection, [row.id])

    def retry(self, workspace: Workspace, run_id: str, address: str | None = None) -> str:
        """Ask the question of a run again, as one run with the same name; the id: another one if Tidecast's code has
        changed since."""
        with self.database.read() as connection:
            row = linked_run(connection, workspace, run_id)
        again = self.submit(workspace, row.kind, json.loads(row.config), row.dataset_id, row.name, address=address)
        if again != run_id:
            self.pin(workspace, again, row.pinned)
            if row.state in ("failed", "cancelled"):
                self.unlink(workspace, run_id)
        return again

    def rename(self, workspace: Workspace, run_id: str, name: str) -> None:
        """Give a run another name in this workspace."""
        with self.database.write() as connection:
            connection.execute(_my_link(linked_run(connection, workspace, run_id)).values(name=name[:NAME_LETTERS]))

    def pin(self, workspace: Workspace, run_id: str, pinned: bool = True) -> None:
        """Keep a run from eviction, or no longer; LimitError where that would be more than may be pinned."""
        with self.database.write() as connection:
            row = linked_run(connection, workspace, run_id)
            connection.execute(_my_link(row).values(pinned=pinned))
            if pinned and not row.pinned:
                usage.check_pins(connection, self.settings, row.workspace)

    def unlink(self, workspace: Workspace, run_id: str) -> None:
        """Take a run off this workspace's list, its read-only links with it."""
        with self.database.write() as connection:
            row = linked_run(connection, workspace, run_id)
            drop_shares(connection, row)
            connection.execute(delete(links).where(links.c.workspace == row.workspace, links.c.run_id == row.id))
            stop_unwanted(connection, [row.id])
            audit.note(connection, row.workspace, "delete", row.id)


def stored_artifact(database: Database, run: Row[Any], name: str) -> bytes:
    """An artifact of a row of `linked_runs`; StoreError if there is none, or if it is damaged."""
    table = schema.artifacts
    here = (table.c.run_id == run.id) & (table.c.name == name)
    with database.read() as connection:
        sha256 = connection.execute(select(table.c.sha256).where(here)).scalar_one_or_none()
    if sha256 is None:
        raise StoreError(Message("runs.no_artifact"), field="artifact")
    try:
        data = get_blob(database, sha256)
    except DamagedError as error:
        with database.write() as connection:
            values = {**AFRESH, "state": "queued", "queued": now(connection)}
            connection.execute(update(runs).where(runs.c.id == run.id, runs.c.state == "done").values(**values))
        raise StoreError(Message("runs.damaged.result")) from error
    touch(database, runs, runs.c.id == run.id, run.used)
    return data


def drop_shares(connection: Connection, row: Row[Any]) -> int:
    """End the read-only links of a row of `linked_runs`; how many there were."""
    shared = schema.shares.c
    mine = delete(schema.shares).where(shared.workspace == row.workspace, shared.run_id == row.id)
    ended = connection.execute(mine).rowcount
    if ended:
        audit.note(connection, row.workspace, "ended", row.id)
    return ended


def stop_unwanted(connection: Connection, run_ids: Sequence[str]) -> None:
    """End those runs that nobody waits for any more."""
    unwanted = and_(runs.c.id.in_(run_ids), ~exists().where(links.c.run_id == runs.c.id, links.c.cancelled.is_(False)))
    ended = {"state": "cancelled", "finished": now(connection), "address": None}
    waiting = runs.c.state.in_(("queued", "split"))
    connection.execute(update(runs).where(unwanted, waiting).values(**ended))
    shards.stop(connection, connection.execute(select(runs.c.id).where(unwanted)).scalars().all())
    connection.execute(update(runs).where(unwanted, runs.c.state == "running").values(cancel=True))
    forget_served(connection)


def _input(data: Row[Any] | None, kind: str) -> tuple[str | None, str | None]:
    """What a run reads of a dataset: the name under which it is part of the question, and the blob."""
    if data is None:
        return None, None
    if JOBS[kind].reads == "bytes":
        return data.raw_sha256, data.raw_sha256
    return data.panel_id, data.panel_sha256


def _state(connection: Connection, run_id: str) -> str | None:
    """The state of a run, None where there is none, "damaged" where it is done and its result cannot be used."""
    query = select(runs.c.state, runs.c.version).where(runs.c.id == run_id).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    usable = row.state != "done" or (row.version == identity.version() and not _damaged(connection, run_id))
    return str(row.state) if usable else "damaged"


def _damaged(connection: Connection, run_id: str) -> bool:
    query = exists().where(
        schema.artifacts.c.run_id == run_id,
        schema.artifacts.c.sha256 == schema.blobs.c.sha256,
        schema.blobs.c.damaged,
    )
    return bool(connection.execute(select(query)).scalar())


def _check_room(connection: Connection, owner: str, limit: int) -> None:
    active = runs.c.state.in_(schema.ACTIVE)
    count = connection.execute(
        select(func.count()).select_from(runs).where(runs.c.owner == owner, active, runs.c.parent.is_(None))
    ).scalar_one()
    if count >= limit:
        raise LimitError(Message("runs.queue_full", count=count), field="queue")


def _my_link(row: Row[Any]) -> Any:
    return update(links).where(links.c.workspace == row.workspace, links.c.run_id == row.id)
