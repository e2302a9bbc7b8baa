"""A workspace's runs: asking for one, looking at it, and what touches only the workspace's own link."""

from __future__ import annotations

import dataclasses
import itertools
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, exists, func, insert, select, update

from forecasting.errors import ConfigError, LimitError
from forecasting.runs import identity, schema, shards
from forecasting.runs.access import linked_dataset, linked_run, linked_runs, links, workspace_id
from forecasting.runs.database import Database, insert_new, now
from forecasting.runs.kinds import KINDS
from forecasting.runs.records import Run
from forecasting.runs.shards import AFRESH, MERGE
from forecasting.runs.turns import turns

NAME_LETTERS = 200  # of a run's name
SHARES = 20  # read-only links to one run, made by one workspace

runs = schema.runs


def submit(
    database: Database,
    workspace: str,
    kind: str,
    config: Mapping[str, Any],
    dataset_id: str | None,
    name: str,
    limit: int,
) -> str:
    """Link the run that answers this question to the workspace and queue it unless its answer is stored."""
    if kind not in KINDS:
        raise ConfigError(
            f"There is no kind of run called {kind!r}; there are {', '.join(sorted(KINDS))}.", field="kind"
        )
    config = KINDS[kind].check(config)
    with database.write() as connection:
        me = workspace_id(connection, workspace)
        data = linked_dataset(connection, workspace, dataset_id) if dataset_id is not None else None
        run_id = identity.run_id(kind, _input(data, kind)[0], config)
        at = now(connection)
        state = _state(connection, run_id)
        if state in (None, "failed", "cancelled", "damaged"):
            _check_room(connection, me, limit)
        asked: dict[str, Any] = {"state": "queued", "owner": me, "queued": at, "used": at, **AFRESH}
        if state is None:
            question: dict[str, Any] = {"id": run_id, "kind": kind, "config": json.dumps(dict(config)), "created": at}
            question |= {"panel_sha256": _input(data, kind)[1], "version": identity.version()}
            insert_new(connection, runs, question | asked)  # not new: the same question came at the same moment
        elif state in ("failed", "cancelled", "damaged"):
            connection.execute(update(runs).where(runs.c.id == run_id).values(**asked))
        else:
            connection.execute(update(runs).where(runs.c.id == run_id).values(cancel=False, used=at))
        link = {"dataset_id": dataset_id, "name": name, "cancelled": False}
        mine = {"workspace": me, "run_id": run_id}
        if not insert_new(connection, links, {**mine, **link, "created": at, "pinned": False}):
            connection.execute(update(links).where(links.c.workspace == me, links.c.run_id == run_id).values(**link))
    return run_id


def one(database: Database, workspace: str, run_id: str) -> Run:
    """The workspace's view of one run."""
    with database.read() as connection:
        row = linked_run(connection, workspace, run_id)
        return as_run(connection, row)


def under_way(database: Database, run_id: str) -> dict[str, Any]:
    """What changes while a run is under way, the same for all that wait for it. It says nothing of who these are."""
    with database.read() as connection:
        row = connection.execute(select(runs).where(runs.c.id == run_id)).one_or_none()
        if row is None:
            return {"state": "cancelled"}
        state, progress, curve = _seen(connection, row)
        order = turns(connection) if state == "queued" else []
        place = order.index(run_id) + 1 if run_id in order else None
        wait = _seconds_ahead(connection, place) if place is not None else None
    if wait is not None:
        progress = {**progress, "wait": wait}
    values = {name: getattr(row, name) for name in ("attempts", "queued", "started", "finished")}
    return values | {"state": state, "progress": progress, "curve": curve, "position": place}


def _seconds_ahead(connection: Connection, place: int) -> float | None:
    """About how long until the run at `place` is begun: what is left of the running ones, then those before it, each
    as long as the last ones took, by as many at a time as are running. None where nothing tells."""
    last = connection.execute(
        select(runs.c.finished - runs.c.started)
        .where(runs.c.state == "done")
        .order_by(runs.c.finished.desc())
        .limit(20)
    ).scalars()
    took = [float(seconds) for seconds in last if seconds is not None]
    told = connection.execute(select(runs.c.progress).where(runs.c.state == "running")).scalars()
    left = [json.loads(progress).get("eta") for progress in told]
    typical = sum(took) / len(took) if took else None
    ahead = [eta if eta is not None else typical for eta in left] + [typical] * (place - 1)
    known = [float(seconds) for seconds in ahead if seconds is not None]
    return sum(known) / len(left) if left and len(known) == len(ahead) else None


def every(database: Database, workspace: str) -> list[Run]:
    """The workspace's runs, newest first."""
    with database.read() as connection:
        me = workspace_id(connection, workspace)
        rows = connection.execute(linked_runs().where(links.c.workspace == me).order_by(links.c.created.desc())).all()
        order = turns(connection) if any(row.state == "queued" for row in rows) else []
        names = _artifact_names(connection, select(links.c.run_id).where(links.c.workspace == me))
        found = [as_run(connection, row, order, names.get(row.id, ())) for row in rows]
    return [dataclasses.replace(run, curve=[]) for run in found]


def cancel(database: Database, workspace: str, run_id: str) -> None:
    """Stop waiting for a run; the run itself stops when nobody else waits for it."""
    with database.write() as connection:
        row = linked_run(connection, workspace, run_id)
        if row.state in schema.ACTIVE:
            connection.execute(_my_link(row).values(cancelled=True))
            _stop_unless_wanted(connection, row)


def retry(database: Database, workspace: str, run_id: str, limit: int) -> str:
    """Ask the question of a run again, as one run with the same name; the id, another one if the code has changed."""
    with database.read() as connection:
        row = linked_run(connection, workspace, run_id)
    config = json.loads(row.config)
    again = submit(database, workspace, row.kind, config, row.dataset_id, row.name, limit)
    if again != run_id:
        with database.write() as connection:
            here = (links.c.workspace == row.workspace) & (links.c.run_id == again)
            connection.execute(update(links).where(here).values(pinned=row.pinned))
        if row.state in ("failed", "cancelled"):
            unlink(database, workspace, run_id)
    return again


def rename(database: Database, workspace: str, run_id: str, name: str) -> None:
    """Give the workspace's link another name."""
    with database.write() as connection:
        connection.execute(_my_link(linked_run(connection, workspace, run_id)).values(name=name[:NAME_LETTERS]))


def pin(database: Database, workspace: str, run_id: str, pinned: bool) -> None:
    """Keep the run from eviction, or no longer."""
    with database.write() as connection:
        connection.execute(_my_link(linked_run(connection, workspace, run_id)).values(pinned=pinned))


def unlink(database: Database, workspace: str, run_id: str) -> None:
    """Take the run off the workspace's list, its read-only links with it; the run stops when nobody else waits."""
    with database.write() as connection:
        row = linked_run(connection, workspace, run_id)
        _drop_shares(connection, row)
        connection.execute(delete(links).where(links.c.workspace == row.workspace, links.c.run_id == row.id))
        _stop_unless_wanted(connection, row)


def share(database: Database, workspace: str, run_id: str) -> str:
    """A new token that shows this one run, read-only."""
    token = identity.new_token()
    with database.write() as connection:
        row = linked_run(connection, workspace, run_id)
        if row.shares >= SHARES:
            raise LimitError(f"There are already {SHARES} links to this run. End them, then make a new one.")
        values = {"id": identity.token_id(token), "workspace": row.workspace, "run_id": row.id}
        connection.execute(insert(schema.shares).values(**values, created=now(connection)))
    return token


def end_shares(database: Database, workspace: str, run_id: str) -> int:
    """End every read-only link to the run that this workspace made; how many those were."""
    with database.write() as connection:
        row = linked_run(connection, workspace, run_id)
        return _drop_shares(connection, row)


def compute_again(database: Database, run_id: str) -> None:
    """Queue a finished run whose stored result turned out to be damaged."""
    with database.write() as connection:
        values = {**AFRESH, "state": "queued", "queued": now(connection)}
        connection.execute(update(runs).where(runs.c.id == run_id, runs.c.state == "done").values(**values))


def as_run(
    connection: Connection, row: Row[Any], order: list[str] | None = None, names: tuple[str, ...] | None = None
) -> Run:
    """The view of a row of `linked_runs`; `order` and `names` of its artifacts are read where they are not given."""
    state, progress, curve = _seen(connection, row)
    if row.cancelled and state in schema.ACTIVE:
        state = "cancelled"
    if state == "queued" and order is None:
        order = turns(connection)
    if state == "done" and names is None:
        names = _artifact_names(connection, select(runs.c.id).where(runs.c.id == row.id)).get(row.id)
    return Run(
        id=row.id,
        kind=row.kind,
        state=state,
        name=row.name,
        dataset_id=row.dataset_id,
        data_name=row.data_name,
        config=json.loads(row.config),
        progress=progress,
        scores=json.loads(row.scores) if row.scores and state == "done" else None,
        curve=curve,
        error=row.error,
        error_field=row.error_field,
        attempts=row.attempts,
        created=row.linked,
        queued=row.queued,
        started=row.started,
        finished=row.finished,
        pinned=row.pinned,
        shares=row.shares,
        position=order.index(row.id) + 1 if state == "queued" and order and row.id in order else None,
        artifacts=names or () if state == "done" else (),
    )


def _seen(connection: Connection, row: Row[Any]) -> tuple[str, dict[str, Any], list[list[Any]]]:
    """State, progress and curve as people see them, who need not know of shards."""
    if row.state == "split":
        return "running", *shards.so_far(connection, row)
    progress = json.loads(row.progress)
    if row.state == "queued" and row.progress == MERGE:  # all has been trained; not worth a place in the queue
        return "running", {**progress, "fraction": 1.0, "eta": 0.0}, json.loads(row.curve)
    return row.state, progress, json.loads(row.curve)


def as_shared(connection: Connection, row: Row[Any]) -> Run:
    """The same for somebody with a read-only link: without what is the workspace's own business."""
    return dataclasses.replace(as_run(connection, row), dataset_id=None, data_name=None, pinned=False, shares=0)


def _input(data: Row[Any] | None, kind: str) -> tuple[str | None, str | None]:
    """What a run reads of a dataset: the name under which it is part of the question, and the blob."""
    if data is None:
        return None, None
    return (data.raw_sha256, data.raw_sha256) if KINDS[kind].raw else (data.panel_id, data.panel_sha256)


def _artifact_names(connection: Connection, of_runs: Select[Any]) -> dict[str, tuple[str, ...]]:
    table = schema.artifacts.c
    query = select(table.run_id, table.name).where(table.run_id.in_(of_runs)).order_by(table.run_id, table.name)
    rows = connection.execute(query).all()
    return {
        run_id: tuple(row.name for row in mine) for run_id, mine in itertools.groupby(rows, key=lambda row: row.run_id)
    }


def _drop_shares(connection: Connection, row: Row[Any]) -> int:
    shared = schema.shares.c
    mine = delete(schema.shares).where(shared.workspace == row.workspace, shared.run_id == row.id)
    return connection.execute(mine).rowcount


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
        raise LimitError(
            f"This workspace already has {count:,} runs waiting or training, the most that is allowed. "
            "Cancel one or wait until one has ended, then train again.",
            field="queue",
        )


def _my_link(row: Row[Any]) -> Any:
    return update(links).where(links.c.workspace == row.workspace, links.c.run_id == row.id)


def _stop_unless_wanted(connection: Connection, row: Row[Any]) -> None:
    wanted = exists().where(links.c.run_id == row.id, links.c.cancelled.is_(False))
    if connection.execute(select(wanted)).scalar():
        return
    here = runs.c.id == row.id
    ended = {"state": "cancelled", "finished": now(connection)}
    waiting = runs.c.state.in_(("queued", "split"))
    connection.execute(update(runs).where(here, waiting).values(**ended))
    shards.stop(connection, [row.id])
    connection.execute(update(runs).where(here, runs.c.state == "running").values(cancel=True))
