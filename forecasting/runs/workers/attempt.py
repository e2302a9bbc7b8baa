"""One attempt at one run: read the input, compute, store the artifacts, publish."""

from __future__ import annotations

import contextlib
import importlib
import logging
import secrets
import sys
import time
import traceback
from pathlib import Path

from sqlalchemy import select

from forecasting.checkpoints import Keeper, keeping
from forecasting.errors import Cancelled, ForecastingError, StoreError
from forecasting.memory import give_back
from forecasting.messages import Message
from forecasting.panel import Panel
from forecasting.runs import checkpoints, identity, pace, schema, shards
from forecasting.runs.blobs import put_blob
from forecasting.runs.claims import Claim
from forecasting.runs.database import Database, UnavailableError
from forecasting.runs.datasets import stored_input
from forecasting.runs.environment import Settings
from forecasting.runs.jobs import JOBS
from forecasting.runs.leases import claim, fail, publish, requeue
from forecasting.runs.ledger import stored_artifact
from forecasting.runs.workers.heart import Heart
from forecasting.runs.workers.pulse import Pulse, thinned
from forecasting.runs.workers.speed import burst

PUBLISH_TRIES = 3
CHECKPOINT_SECONDS = 20.0  # of computing that the death of a worker may cost, beside what is no training

log = logging.getLogger("tidecast.worker")

Data = Panel | bytes | dict[str, Panel | bytes | None] | None  # what a job reads; with what it `uses`, a mapping


def execute(database_url: str, run_id: str, worker: str | None = None) -> bool:
    """Claim and carry out one queued run on whatever machine this is; False if it was not there to be claimed."""
    database = Database(database_url)
    try:
        claimed = claim(database, worker or f"execute:{secrets.token_hex(8)}", run_id)
        if claimed is not None:
            with Heart(database) as heart:
                perform(database, claimed, Settings.from_environment(), heart)
        return claimed is not None
    finally:
        database.close()


def perform(database: Database, claimed: Claim, settings: Settings, heart: Heart | None = None) -> str:
    """Carry out a claimed run to whatever end it has: done, failed, cancelled, split, requeued, gave way, lost, wall,
    memory.

    `heart`: what renews the lease where no supervisor watches over this process.
    """
    give_back()
    began, used = time.monotonic(), time.process_time()
    holding = heart.holding(claimed, settings.wall_seconds) if heart is not None else contextlib.nullcontext()
    with holding, Pulse(database, claimed, settings) as pulse:
        try:
            if claimed.kind in JOBS and JOBS[claimed.kind].reads == "panel":
                load_libraries()
            began, used = time.monotonic(), time.process_time()
            data = _data(database, claimed)
            work = _work(data, claimed)
            names, parts = _parts(database, claimed, _shards(data, claimed, settings))
            if names and parts is None:
                end = _split(database, data, claimed, names, work, settings.workers)
            else:
                if parts is not None:
                    pulse.expect(1.0, 0.0, done=shards.UNMERGED)
                elif work:
                    pulse.expect(_expected(database, claimed, [sum(work.values())], 1), sum(work.values()))
                results = _compute(database, data, claimed, parts, pulse)
                took = {"seconds": time.monotonic() - began, "cpu": time.process_time() - used}
                took["work"] = sum(work.values())
                _publish(database, claimed, results, parts, pulse, took)
                end = "done"
        except Cancelled:
            end = pulse.over or (_give_way(database, claimed, pulse) if pulse.gives_way else "cancelled")
        except UnavailableError as error:
            end = _wait_for_database(database, claimed, error)
        except ForecastingError as error:
            end = _fail(database, claimed, error.message, error.field)
        except MemoryError:
            end = _fail(database, claimed, Message("runs.no_memory"), None)
        except Exception as error:  # a defect of ours must end the run with a message, and not the worker
            log.error("run met a defect", extra={"run": claimed.run_id[:12], "where": _where(error)})
            end = _fail(database, claimed, Message("runs.defect", what=_where(error)[-1]), None)
    log.info("run ended", extra={"run": claimed.run_id[:12], "end": end, "seconds": round(time.monotonic() - began, 3)})
    return end


def load_libraries() -> None:
    """Import what forecasts need beside torch, two seconds of it: while there is nothing else to do, or at the latest
    before the clock of a run begins, by which later ones are estimated."""
    if "torch" in sys.modules:  # else this is no worker for forecasts
        for name in ("statsforecast.theta", "statsforecast.ets", "statsmodels.tsa.seasonal"):
            importlib.import_module(name)


def _data(database: Database, claimed: Claim) -> Data:
    if claimed.kind not in JOBS:
        raise StoreError(Message("runs.job_of_another_version", kind=claimed.kind))
    job = JOBS[claimed.kind]
    data: Panel | bytes | None = None
    if claimed.panel_sha256 is not None:
        stored = stored_input(database, claimed.panel_sha256)
        data = stored if job.reads == "bytes" else Panel.from_bytes(stored)
    return {"data": data, **_used(database, claimed, job.uses)} if job.uses else data


def _used(database: Database, claimed: Claim, names: tuple[str, ...]) -> dict[str, bytes]:
    """Artifacts of the run that this one goes on from; StoreError where it has gone meanwhile."""
    runs = schema.runs
    with database.read() as connection:
        row = connection.execute(select(runs).where(runs.c.id == claimed.config["run"])).one_or_none()
    if row is None:
        raise StoreError(Message("runs.no_artifact"), field="artifact")
    return {name: stored_artifact(database, row, name) for name in names}


def _work(data: Data, claimed: Claim) -> dict[str, float]:
    """Reference seconds of the parts of this attempt; none where nobody can know."""
    job = JOBS[claimed.kind]
    if job.work is None:
        return {}
    if claimed.shard is not None and job.shards is not None and job.shards.work is not None:
        return {claimed.shard: job.shards.work(data, claimed.config, claimed.shard)}
    work = dict(job.work(data, claimed.config))
    return {claimed.shard: work[claimed.shard]} if claimed.shard in work else work


def _parts(database: Database, claimed: Claim, names: tuple[str, ...]) -> tuple[tuple[str, ...], shards.Parts | None]:
    """The names of all shards that are known by now, and what they left once all that there will be are done."""
    how = JOBS[claimed.kind].shards
    parts = shards.parts(database, claimed, names) if names else None
    while parts is not None and how is not None and how.then is not None:
        further = how.then(claimed.config, parts.results)
        if not further:
            break
        names = (*names, *further)
        parts = shards.parts(database, claimed, names)
    return names, parts


def _split(
    database: Database, data: Data, claimed: Claim, names: tuple[str, ...], work: dict[str, float],
    lanes: int,
) -> str:  # fmt: skip
    """Let the shards do the work: "split", or "lost"."""
    how, whole = JOBS[claimed.kind].shards, sum(work.values())
    if how is not None and how.work is not None:
        work = {name: work[name] if name in work else how.work(data, claimed.config, name) for name in names}
    known = [work.get(name, 0.0) for name in names]
    follow = how is not None and how.then is not None and whole > 0  # what is to follow counts as well
    share = min(1.0, sum(known) / whole) if follow else 1.0
    expected = _expected(database, claimed, known, lanes) / share
    return "split" if shards.split(database, claimed, names, work, expected, share) else "lost"


def _expected(database: Database, claimed: Claim, work: list[float], lanes: int) -> float:
    """Seconds that they will take here and now."""
    speed, stretch = burst()
    with database.read() as connection:
        here = pace.pace(connection, claimed.kind, claimed.config, sum(work), speed, stretch)
    return here.of_parts(work, lanes) if len(work) > 1 else here.seconds(work[0])


def _shards(data: Data, claimed: Claim, settings: Settings) -> tuple[str, ...]:
    """The names of the shards that a run is to be split into; none where it is small, or a shard itself."""
    how = JOBS[claimed.kind].shards
    if how is None or claimed.shard is not None:
        return ()
    names = how.names(claimed.config)
    large = how.always or how.seconds(data, claimed.config) > settings.shard_seconds
    return names if len(names) > 1 and large else ()


def _compute(
    database: Database, data: Data, claimed: Claim, parts: shards.Parts | None, pulse: Pulse
) -> dict[str, bytes]:
    job = JOBS[claimed.kind]
    if parts is not None and job.shards is not None:
        results = job.shards.merge(data, claimed.config, parts.results)
    else:
        kept = checkpoints.stored(database, claimed)
        keeper = Keeper(identity.version(), kept, pulse.keep, CHECKPOINT_SECONDS, lambda: pulse.gives_way)
        with keeping(keeper):
            if claimed.shard is not None and job.shards is not None:
                results = job.shards.compute(data, claimed.config, claimed.shard, pulse.report)
            else:
                results = job.compute(data, claimed.config, pulse.report)
    if pulse.over is not None:
        raise Cancelled(Message("runs.ended"))
    return results


def _publish(
    database: Database,
    claimed: Claim,
    results: dict[str, bytes],
    parts: shards.Parts | None,
    pulse: Pulse,
    took: dict[str, float],
) -> None:
    progress, curve = pulse.last()
    if parts is not None:
        took = {"seconds": took["seconds"] + parts.seconds, "cpu": took["cpu"] + parts.cpu, "work": parts.work}
        curve = thinned(parts.curve)
    scores = results["scores"].decode() if "scores" in results else None
    for left in reversed(range(PUBLISH_TRIES)):
        try:
            artifacts = {name: put_blob(database, data) for name, data in results.items()}
            if not publish(database, claimed, artifacts, {**progress, **_rounded(took)}, curve, scores):
                raise Cancelled(Message("runs.lease_lost"))
            return
        except StoreError as error:
            if not left:
                raise
            log.warning("publishing failed, trying again", extra={"run": claimed.run_id[:12], "why": error.message})
            time.sleep(1)


def _rounded(took: dict[str, float]) -> dict[str, float]:
    return {name: round(seconds, 3) for name, seconds in took.items() if seconds}


def _fail(database: Database, claimed: Claim, message: str, field: str | None) -> str:
    try:
        return "failed" if fail(database, claimed, message, field) else "lost"
    except StoreError as error:  # nothing can be written: the lease runs out and the run is taken up again
        log.error("failure could not be written", extra={"run": claimed.run_id[:12], "why": error.message})
        return "lost"


def _wait_for_database(database: Database, claimed: Claim, error: UnavailableError) -> str:
    """Requeue the run, which has done nothing wrong."""
    log.warning("database was not there for the run", extra={"run": claimed.run_id[:12], "why": error.message})
    try:
        return "requeued" if requeue(database, claimed) else "lost"
    except StoreError:  # then its lease has to run out
        return "lost"


def _give_way(database: Database, claimed: Claim, pulse: Pulse) -> str:
    """Queue the run again, which goes on where it is: somebody else has no worker at all."""
    try:
        pulse.flush()
        return "gave way" if requeue(database, claimed) else "lost"
    except StoreError:  # then its lease has to run out
        return "lost"


def _where(error: BaseException) -> list[str]:
    """Files, lines and the kind of error. Not its message: that may quote the data."""
    frames = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
    return [*frames, f"{type(error).__name__} at {frames[-1] if frames else 'an unknown place'}"]
