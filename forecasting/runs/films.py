"""Films: the frames of a training, see `forecasting.labs.frames`, by number from 0 on.

While the run is under way they are rows, written by whoever holds its lease, and gone when it ends or is taken back.
Afterwards they are an artifact, a line a frame. The same question has the same frames, so that a second attempt gives
those again that somebody has seen of the first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, select

from forecasting.runs import schema
from forecasting.runs.claims import Claim
from forecasting.runs.database import Database, insert_new

if TYPE_CHECKING:
    from forecasting.progress import Progress

NAME = "frames"  # of the artifact
MOST = 1_000  # frames of a run
LARGEST = 16_384  # characters of one; a larger one is left out
AT_ONCE = 40_000  # characters that are read at once

frames, runs = schema.frames, schema.runs
Numbered = tuple[int, str]  # the number of a frame, and the frame as JSON
Report = Callable[["Progress"], None]
Compute = Callable[[Any, Mapping[str, Any], Report], dict[str, bytes]]  # as in `Job`


class Reel:
    """Takes the frames out of reports of progress, in their order."""

    def __init__(self) -> None:
        self.frames: list[str] = []

    def take(self, progress: Progress) -> Numbered | None:
        """The frame of a report with its number; None where it has none, or there is no room for it."""
        if progress.frame is None or len(self.frames) >= MOST:
            return None
        body = json.dumps(progress.frame, separators=(",", ":"))
        if len(body) > LARGEST:
            return None
        self.frames.append(body)
        return len(self.frames) - 1, body


def filmed(compute: Compute) -> Compute:
    """A computation that also gives the frames of its reports."""

    def film(data: Any, config: Mapping[str, Any], report: Report) -> dict[str, bytes]:
        reel = Reel()

        def note(progress: Progress) -> None:
            reel.take(progress)
            report(progress)

        artifacts = compute(data, config, note)
        return {**artifacts, NAME: "\n".join(reel.frames).encode()} if reel.frames else artifacts

    return film


def frames_of(artifact: bytes) -> list[str]:
    """The frames in an artifact, each as JSON."""
    return artifact.decode().split("\n") if artifact else []


class Films:
    """The part of a Store that is about films of runs under way."""

    database: Database

    def film(self, run_id: str, after: int = -1, most: int = AT_ONCE) -> list[Numbered]:
        """Frames of a run under way that come after number `after`, for callers that have seen the workspace's `run`.

        `most` characters at once, but one frame at least.
        """
        query = select(frames.c.number, frames.c.body).where(frames.c.run_id == run_id, frames.c.number > after)
        found: list[Numbered] = []
        with self.database.read() as connection:
            room = most
            for row in connection.execute(query.order_by(frames.c.number).limit(MOST)):
                room -= len(row.body)
                if found and room < 0:
                    break
                found.append((row.number, row.body))
        return found


def keep(connection: Connection, claimed: Claim, taken: Sequence[Numbered]) -> None:
    """Add frames, in the transaction that has seen that the lease still holds."""
    for number, body in taken:  # one that is there already came by a beat of which nobody knows how it ended
        insert_new(connection, frames, {"run_id": claimed.run_id, "number": number, "body": body})


def drop(connection: Connection, run_id: str) -> None:
    """Take out the frames of a run."""
    connection.execute(delete(frames).where(frames.c.run_id == run_id))


def drop_orphans(connection: Connection) -> None:
    """Take out the frames of all runs that are not under way."""
    running: Any = select(runs.c.id).where(runs.c.state == "running")
    connection.execute(delete(frames).where(frames.c.run_id.not_in(running)))
