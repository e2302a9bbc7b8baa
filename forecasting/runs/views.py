"""What the store gives out: frozen values, detached from the database."""

from __future__ import annotations

import dataclasses
import itertools
import json
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from forecasting.runs import schema, shards
from forecasting.runs.stored_messages import unpack
from forecasting.runs.turns import turns

STATES = ("queued", "running", "done", "failed", "cancelled")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Dataset:
    """A workspace's dataset. The bytes and the Panel are read apart: `Store.raw`, `Store.panel`."""

    id: str
    name: str
    choices: dict[str, Any]  # how the table is to be read
    report: dict[str, Any]  # what reading assumed, repaired and dropped
    panel_id: str | None  # None: the file is kept, and not understood yet
    has_raw: bool  # whether there is a file behind it
    created: float  # seconds since 1970


@dataclasses.dataclass(frozen=True, kw_only=True)
class Run:
    """A workspace's view of a run. Times are seconds since 1970."""

    id: str
    kind: str
    state: str  # one of STATES; "cancelled" also where only this workspace stopped waiting
    name: str  # the workspace's own
    dataset_id: str | None  # the workspace's own; None in the view of a read-only link
    data_name: str | None  # the workspace's own name of its dataset
    config: dict[str, Any]
    progress: dict[str, Any]  # stage, fold, folds, epoch, epochs, fraction (0..1 of the run), eta (seconds), detail;
    #                           of a done run seconds (that computing took); of one in parts: shards
    scores: dict[str, Any] | None  # a few figures of a done run; None: its kind has none
    curve: list[list[Any]]  # [stage, epoch, train, validation loss], stage: "fold 1", "network 2"; empty in lists
    error: str | None  # a message for the user: a Message, or the words of an older version
    error_field: str | None  # the setting it is about
    attempts: int  # how many times a worker has begun it
    created: float
    queued: float
    started: float | None
    finished: float | None
    pinned: bool
    shares: int  # read-only links to it
    position: int | None  # 1: next; None: not queued
    artifacts: tuple[str, ...]  # names that `Store.artifact` has
    goes_on: bool = False  # cancelled here, and still trained because another workspace waits for it

    @property
    def active(self) -> bool:
        """Whether something may still change without the user."""
        return self.state in ("queued", "running")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Event:
    """What was done in a workspace, and when (seconds since 1970)."""

    at: float
    what: str  # one of `audit.What`
    name: str | None  # what the workspace calls the run or dataset that it is about; None: it has it no longer


@dataclasses.dataclass(frozen=True, kw_only=True)
class Usage:
    """What is stored, by all or by one workspace, and how much may be."""

    stored_mb: float
    budget_mb: int
    keep_days: float  # what nobody pinned or opened for so long goes
    runs: int
    datasets: int
    active: int  # runs queued or running
    active_allowed: int  # a workspace


def run_view(
    connection: Connection, row: Row[Any], order: list[str] | None = None, names: tuple[str, ...] | None = None
) -> Run:
    """The view of a row of `linked_runs`; `order` and `names` of its artifacts are read where they are not given."""
    state, progress, curve = visible(connection, row)
    goes_on = bool(row.cancelled) and state in schema.ACTIVE and not row.cancel
    if row.cancelled and state in schema.ACTIVE:
        state = "cancelled"
    if state == "queued" and order is None:
        order = turns(connection)
    if state == "done" and names is None:
        names = artifact_names(connection, select(schema.runs.c.id).where(schema.runs.c.id == row.id)).get(row.id)
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
        error=unpack(row.error),
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
        goes_on=goes_on,
    )


def visible(connection: Connection, row: Row[Any]) -> tuple[str, dict[str, Any], list[list[Any]]]:
    """State, progress and curve as people see them, who need not know of shards."""
    progress = json.loads(row.progress)
    merging = row.state == "queued" and row.progress.startswith(shards.MERGE)
    if row.state == "split" or (merging and "share" in progress):
        return "running", *shards.so_far(connection, row)
    if merging:  # all has been trained; not worth a place in the queue
        return "running", {**progress, "fraction": shards.UNMERGED, "eta": 1.0}, json.loads(row.curve)
    return row.state, progress, json.loads(row.curve)


def artifact_names(connection: Connection, of_runs: Select[Any]) -> dict[str, tuple[str, ...]]:
    """Run -> the names of its artifacts."""
    table = schema.artifacts.c
    query = select(table.run_id, table.name).where(table.run_id.in_(of_runs)).order_by(table.run_id, table.name)
    rows = connection.execute(query).all()
    return {
        run_id: tuple(row.name for row in mine) for run_id, mine in itertools.groupby(rows, key=lambda row: row.run_id)
    }
