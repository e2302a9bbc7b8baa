"""What the store gives out: frozen values, detached from the database."""

from __future__ import annotations

import dataclasses
from typing import Any

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
    error: str | None  # a sentence for the user
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

    @property
    def active(self) -> bool:
        """Whether something may still change without the user."""
        return self.state in ("queued", "running")


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
