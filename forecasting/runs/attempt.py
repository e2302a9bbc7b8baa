"""One attempt at one run: read the input, compute, store the artifacts, publish."""

from __future__ import annotations

import logging
import secrets
import time
import traceback
from pathlib import Path

from forecasting.errors import Cancelled, ForecastingError, StoreError
from forecasting.panel import Panel
from forecasting.runs import shards
from forecasting.runs.blobs import DamagedError, get_blob, put_blob
from forecasting.runs.database import Database, UnavailableError
from forecasting.runs.kinds import KINDS
from forecasting.runs.leases import Claim, claim, fail, publish, put_back
from forecasting.runs.pulse import Pulse, thinned
from forecasting.runs.settings import Settings

PUBLISH_TRIES = 3

log = logging.getLogger("tidecast.worker")


def execute(database_url: str, run_id: str, worker: str | None = None) -> bool:
    """Claim and carry out one queued run on whatever machine this is; False if it was not there to be claimed."""
    database = Database(database_url)
    try:
        held = claim(database, worker or f"execute:{secrets.token_hex(8)}", run_id)
        if held is not None:
            perform(database, held, Settings.from_environment())
        return held is not None
    finally:
        database.close()


def perform(database: Database, held: Claim, settings: Settings) -> str:
    """Carry out a claimed run to whatever end it has: done, failed, cancelled, split, put back, lost, wall, memory."""
    began = time.monotonic()
    with Pulse(database, held, settings) as pulse:
        try:
            data = _data(database, held)
            names = _shards(data, held, settings)
            parts = shards.parts(database, held, names) if names else None
            if names and parts is None:
                end = "split" if shards.split(database, held, names) else "lost"
            else:
                results = _compute(data, held, parts, pulse)
                _publish(database, held, results, parts, pulse, time.monotonic() - began)
                end = "done"
        except Cancelled:
            end = pulse.over or "cancelled"
        except UnavailableError as error:
            end = _wait_for_database(database, held, error)
        except ForecastingError as error:
            end = _fail(database, held, error.message, error.field)
        except MemoryError:
            end = _fail(database, held, _NO_MEMORY, None)
        except Exception as error:  # a defect of ours must end the run with a sentence, and not the worker
            log.error("run met a defect", extra={"run": held.run_id[:12], "where": _where(error)})
            end = _fail(database, held, _DEFECT.format(what=_where(error)[-1]), None)
    log.info("run ended", extra={"run": held.run_id[:12], "end": end, "seconds": round(time.monotonic() - began, 3)})
    return end


def _data(database: Database, held: Claim) -> Panel | bytes | None:
    kind = KINDS.get(held.kind)
    if kind is None:
        raise StoreError(f"This worker knows no runs of the kind {held.kind!r}. Start workers of the newest version.")
    try:
        stored = get_blob(database, held.panel_sha256) if held.panel_sha256 else None
    except DamagedError as error:
        raise StoreError("The stored copy of this data is damaged and was set aside. Bring the data again.") from error
    return stored if stored is None or kind.raw else Panel.from_bytes(stored)


def _shards(data: Panel | bytes | None, held: Claim, settings: Settings) -> tuple[str, ...]:
    """The names of the shards that a run is to be split into; none where it is small, or a shard itself."""
    how = KINDS[held.kind].shards
    if how is None or held.shard is not None:
        return ()
    names = how.names(held.config)
    return names if len(names) > 1 and how.seconds(data, held.config) > settings.shard_seconds else ()


def _compute(data: Panel | bytes | None, held: Claim, parts: shards.Parts | None, pulse: Pulse) -> dict[str, bytes]:
    kind = KINDS[held.kind]
    if parts is not None and kind.shards is not None:
        results = kind.shards.merge(data, held.config, parts.results)
    elif held.shard is not None and kind.shards is not None:
        results = kind.shards.compute(data, held.config, held.shard, pulse.tell)
    else:
        results = kind.compute(data, held.config, pulse.tell)
    if pulse.over is not None:
        raise Cancelled(f"The run was ended: {pulse.over}.")
    return results


def _publish(
    database: Database,
    held: Claim,
    results: dict[str, bytes],
    parts: shards.Parts | None,
    pulse: Pulse,
    took: float,
) -> None:
    progress, curve = pulse.last()
    if parts is not None:
        took, curve = took + parts.seconds, thinned(parts.curve)
    scores = results["scores"].decode() if "scores" in results else None
    for left in reversed(range(PUBLISH_TRIES)):
        try:
            artifacts = {name: put_blob(database, data) for name, data in results.items()}
            if not publish(database, held, artifacts, {**progress, "seconds": round(took, 3)}, curve, scores):
                raise Cancelled("The run is another worker's by now.")
            return
        except StoreError as error:
            if not left:
                raise
            log.warning("publishing failed, trying again", extra={"run": held.run_id[:12], "why": error.message})
            time.sleep(1)


def _fail(database: Database, held: Claim, sentence: str, field: str | None) -> str:
    try:
        return "failed" if fail(database, held, sentence, field) else "lost"
    except StoreError as error:  # nothing can be written: the lease runs out and the run is taken up again
        log.error("failure could not be written", extra={"run": held.run_id[:12], "why": error.message})
        return "lost"


def _wait_for_database(database: Database, held: Claim, error: UnavailableError) -> str:
    """Put the run back, which has done nothing wrong."""
    log.warning("database was not there for the run", extra={"run": held.run_id[:12], "why": error.message})
    try:
        return "put back" if put_back(database, held) else "lost"
    except StoreError:  # then its lease has to run out
        return "lost"


def _where(error: BaseException) -> list[str]:
    """Files, lines and the kind of error. Not its message: that may quote the data."""
    frames = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
    return [*frames, f"{type(error).__name__} at {frames[-1] if frames else 'an unknown place'}"]


_NO_MEMORY = (
    "There was not enough memory for this training. "
    "Choose a smaller hidden size, window or batch size, then train again."
)
_DEFECT = (
    "The training stopped because of a defect in Tidecast ({what}). "
    "The server's log has the details; other settings may work."
)
