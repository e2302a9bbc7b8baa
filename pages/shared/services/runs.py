"""Runs of a workspace: asked for, followed while they are under way, and managed."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from typing import Any

import streamlit as st

from forecasting.errors import StoreError
from forecasting.messages import Message
from forecasting.panel import Panel
from forecasting.runs import JOBS, Health, Run, Workspace, runtime
from pages.shared import login
from pages.shared.services.cache import cached, forget_ended
from pages.shared.services.data import dataset, panel
from pages.shared.services.store import store

POLL_SECONDS = 1.0
POLLS_A_SECOND = 25  # of all pages together: beyond it each one polls less often
FILM_SECONDS = 0.1  # between two looks at a training that is watched


def submit(
    workspace: Workspace,
    job: str,
    config: Mapping[str, Any],
    dataset_id: str | None = None,
    name: str | None = None,
) -> str:
    """Link a run to the workspace, called `name` (else as its data or its job), and have a worker take it; the id."""
    if name is None:
        name = job if dataset_id is None else dataset(workspace, dataset_id).name
    work = _work(workspace, job, config, dataset_id)
    run_id = store().submit(workspace, job, config, dataset_id, name, work, _address())
    _forget(workspace, run_id)
    return run_id


def expected(job: str, config: Mapping[str, Any], data: Panel | bytes | Mapping[str, bytes] | None) -> float | None:
    """Seconds that a run of this machine would take now, once begun; None for a job of which that is not known."""
    work = JOBS[job].work
    if work is None:
        return None
    return store().expected(job, config, work(data, config), *runtime().measured())


def retry(workspace: Workspace, run_id: str) -> None:
    """Ask the question of a run that failed or was cancelled once more."""
    store().retry(workspace, run_id, _address())
    _forget(workspace, run_id)


def runs(workspace: Workspace) -> list[Run]:
    """The workspace's runs, newest first."""
    return store().runs(workspace)


def rename(workspace: Workspace, run_id: str, name: str) -> None:
    """Give a run another name in this workspace."""
    store().rename(workspace, run_id, name)
    _forget(workspace, run_id)


def pin(workspace: Workspace, run_id: str, pinned: bool) -> None:
    """Keep a run from eviction, or no longer."""
    store().pin(workspace, run_id, pinned)
    _forget(workspace, run_id)


def unlink(workspace: Workspace, run_id: str) -> None:
    """Take a run off this workspace's list."""
    store().unlink(workspace, run_id)
    _forget(workspace, run_id)
    forget_ended()


def cancel(workspace: Workspace, run_id: str) -> None:
    """Stop waiting for a run; it ends where nobody else waits."""
    store().cancel(workspace, run_id)
    _forget(workspace, run_id)


def poll(workspace: Workspace, run_id: str) -> Run | None:
    """The run as it was at most a second ago. None: the workspace does not have it.

    What changes is read once a second for each run, however many look at it; the workspace's own link to it less often.
    """
    try:
        mine = _linked(workspace, run_id)
    except StoreError:
        return None  # as with one that is not found at the first look
    if mine is None or not mine.active:
        return mine
    _watchers()[workspace, run_id] = time.monotonic()
    now = _under_way(run_id)
    if now["state"] in ("queued", "running"):
        return dataclasses.replace(mine, **now)
    _linked.forget(workspace, run_id)
    return _linked(workspace, run_id)


def look(workspace: Workspace, run_id: str) -> Run | None:
    """The run's row as it is now; what `poll` remembers is renewed by it."""
    _forget(workspace, run_id)
    return poll(workspace, run_id)


def poll_seconds() -> float:
    """How long a page waits between two looks at a run: a second, longer where many pages look."""
    return POLL_SECONDS * max(1.0, round(2 * len(_recent()) / POLLS_A_SECOND) / 2)


def watch(workspace: Workspace, run_id: str, after: int) -> tuple[Run | None, list[tuple[int, str]]]:
    """The run as it is now, and those frames of it under way that come after number `after`, as many as go at once."""
    mine = poll(workspace, run_id)
    if mine is None or not mine.active:
        return mine, []
    now = store().under_way(run_id)
    if now["state"] not in ("queued", "running"):
        return look(workspace, run_id), []
    return dataclasses.replace(mine, **now), store().film(run_id, after)


def film_seconds() -> float:
    """How long a page waits between two looks at a training that it watches: longer where many pages look."""
    return FILM_SECONDS * max(1.0, round(0.35 * len(_recent())))


def trouble() -> Message | None:
    """Why queued runs are not taken up, if they are not; looked at every few seconds at most, whoever asks."""
    return _health().trouble


def worker_memory() -> int:
    """MB that a worker may have."""
    return store().settings.memory_mb


def warm() -> None:
    """Have a worker ready for somebody who is about to train; it leaves when nothing comes."""
    runtime().warm()


def _work(workspace: Workspace, job: str, config: Mapping[str, Any], dataset_id: str | None) -> float | None:
    """Reference seconds of a run, for the times of those who wait behind it."""
    of_job = JOBS[job]
    if of_job.work is None or of_job.reads != "panel" or dataset_id is None:
        return None
    return sum(of_job.work(panel(workspace, dataset_id), of_job.complete(config)).values())


def _address() -> str | None:
    """Where the question comes from; None where a login tells visitors apart, who may share an address."""
    return None if login.required() else st.context.ip_address


def _forget(workspace: Workspace, run_id: str) -> None:
    """Read the run anew at the next poll: the workspace has changed something."""
    _linked.forget(workspace, run_id)
    _under_way.clear(run_id)


@cached(most=1024, seconds=POLL_SECONDS * 5, of="run")
def _linked(workspace: Workspace, run_id: str) -> Run | None:
    try:
        return store().run(workspace, run_id)
    except StoreError:
        return None


@st.cache_data(ttl=POLL_SECONDS * 0.9, max_entries=512, show_spinner=False)
def _under_way(run_id: str) -> dict[str, Any]:
    return store().under_way(run_id)


@st.cache_data(ttl=POLL_SECONDS * 3, max_entries=1, show_spinner=False)
def _health() -> Health:
    return runtime().health()


def _recent() -> dict[tuple[Workspace, str], float]:
    """Of `_watchers` those of the last seconds."""
    watchers = _watchers()
    for key in [key for key, at in list(watchers.items()) if at < time.monotonic() - 10 * POLL_SECONDS]:
        watchers.pop(key, None)
    return watchers


@st.cache_resource(max_entries=1, show_spinner=False)
def _watchers() -> dict[tuple[Workspace, str], float]:
    """(workspace, run) that a page looks at -> when it last did."""
    return {}
