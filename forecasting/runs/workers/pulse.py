"""Pulse: what beats beside a computation. It renews the lease, writes progress, and notices what must end the run."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from forecasting.errors import Cancelled, StoreError
from forecasting.messages import Message
from forecasting.runs import checkpoints
from forecasting.runs.claims import Claim
from forecasting.runs.database import Database
from forecasting.runs.environment import Settings
from forecasting.runs.films import Numbered, Reel
from forecasting.runs.leases import beat, end_cancelled, fail
from forecasting.runs.pace import left
from forecasting.runs.turns import has_to_give_way

if TYPE_CHECKING:
    from forecasting.progress import Progress

WRITE_SECONDS = 0.5  # progress is written at most this often
FRAME_SECONDS = 0.08  # and the frames of a training that is filmed this often
BEAT_SECONDS = 1.0  # without progress: heartbeat, and a look at the cancel flag
STUBBORN_SECONDS = 5.0  # a computation that has not noticed by then that it must end is ended with its process
STUBBORN = 3  # the exit status then
COUNTED = ("fold", "network")  # stages of which there are several
TURN_SECONDS = 4.0  # that a part of a run may compute, whoever waits
LOOK_SECONDS = 1.5  # between two looks at who waits
NEVER_FULL = 0.99  # of the bar, while something is still done
STRETCH_SECONDS = 3.0  # over which the share of a processor is measured
MOST_STRETCHED = 20.0  # beyond: it waits for something else than a processor
CURVE_POINTS = 1000  # more are thinned out: the row is read at every poll

log = logging.getLogger("tidecast.worker")


class Pulse:
    """A context around one attempt. The computation calls `report`, which raises Cancelled once the attempt is over."""

    def __init__(self, database: Database, claimed: Claim, settings: Settings) -> None:
        self.over: str | None = None  # why the attempt must end: cancelled, lost, wall, memory
        self.gives_way = False  # the attempt is to be left as soon as what it has come to can be kept
        self._database = database
        self._claimed = claimed
        self._settings = settings
        self._began = time.monotonic()
        self._over_since = 0.0
        self._lock = threading.Lock()
        self._news = threading.Event()
        self._done = threading.Event()
        self._progress: dict[str, Any] = {}
        self._written = True  # all that was reported is in the database
        self._told = -float("inf")  # when progress was written last
        self._reel = Reel()
        self._frames: list[Numbered] = []  # not written yet
        self._curve: list[list[Any]] = []
        self._checkpoint: bytes | None = None  # not written yet
        self._expected: float | None = None  # seconds of the whole attempt
        self._work: float | None = None  # the same by reference
        self._reported_at = self._began
        self._shown = 0.0  # the largest fraction so far
        self._looked = self._began, time.process_time()
        self._looked_around = self._began
        self._stretch = 0.0  # seconds by the clock for one of the processor, lately
        self._thread = threading.Thread(target=self._run, name="tidecast-pulse", daemon=True)

    def __enter__(self) -> Pulse:
        self._thread.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._done.set()
        self._news.set()
        self._thread.join()

    def expect(self, seconds: float, work: float, done: float = 0.0) -> None:
        """So many seconds are expected, for so many reference seconds of work; `done`: the fraction that is."""
        with self._lock:
            self._expected, self._work, self._shown = seconds, work, done

    def report(self, progress: Progress) -> None:
        """Take note of progress, without waiting for the database."""
        if self.over is not None:
            raise Cancelled(Message("runs.ended"))
        stage = f"{progress.stage} {progress.fold}" if progress.stage in COUNTED else progress.stage
        point = [stage, int(progress.epoch), _number(progress.train_loss), _number(progress.valid_loss)]
        with self._lock:
            self._progress = {
                "stage": progress.stage,
                "fold": int(progress.fold),
                "folds": int(progress.folds),
                "epoch": int(progress.epoch),
                "epochs": int(progress.epochs),
                "fraction": float(progress.fraction),
                **({} if progress.detail is None else {"detail": dict(progress.detail)}),
            }
            self._reported_at = time.monotonic()
            self._written = False
            if (taken := self._reel.take(progress)) is not None:
                self._frames.append(taken)
            if point[2] is not None or point[3] is not None:
                self._curve.append(point)
            self._curve = thinned(self._curve)
        self._news.set()

    def keep(self, checkpoint: bytes) -> None:
        """Have the next attempt begin here, without waiting for the database."""
        with self._lock:
            self._checkpoint = checkpoint
        self._news.set()

    def flush(self) -> None:
        """Write what is to be kept, if it is not written yet."""
        with self._lock:
            checkpoint, self._checkpoint = self._checkpoint, None
        if checkpoint is not None:
            checkpoints.store(self._database, self._claimed, checkpoint)

    def last(self) -> tuple[dict[str, Any], list[list[Any]]]:
        """Progress and curve to publish with the result: those of the last half second may not be written yet."""
        with self._lock:
            return {**self._progress, "fraction": 1.0, "eta": 0.0}, list(self._curve)

    def _now(self) -> dict[str, Any]:
        """The progress as it is to be shown now: between two reports the bar goes on at the pace so far, and it is
        never full while something is still done."""
        at, used = time.monotonic(), time.process_time()
        looked_at, looked_used = self._looked
        if at - looked_at > STRETCH_SECONDS:
            self._looked = at, used
            self._stretch = min(MOST_STRETCHED, max(1.0, (at - looked_at) / max(used - looked_used, 1e-3)))
        fraction = float(self._progress.get("fraction", 0.0))
        eta = left(self._reported_at - self._began, fraction, self._expected)
        since = at - self._reported_at
        if eta is not None and eta > 0:
            # Half of what is left at most, and as much as the time that has passed since is of what was left then.
            fraction += (1 - fraction) * min(0.5, 0.8 * since / eta)
            eta = max(eta - since, 0.2 * eta)
        self._shown = max(self._shown, min(NEVER_FULL, fraction))
        told = {**self._progress, "fraction": self._shown, "eta": eta, "stretch": round(self._stretch, 2)}
        told |= {name: value for name, value in (("expected", self._expected), ("work", self._work)) if value}
        return told

    def _run(self) -> None:
        while not self._done.is_set():
            self._news.wait(BEAT_SECONDS)
            self._news.clear()
            if self.over is None:
                self._beat()
            elif time.monotonic() - self._over_since > STUBBORN_SECONDS:
                log.warning(
                    "worker ends with its computation", extra={"run": self._claimed.run_id[:12], "why": self.over}
                )
                os._exit(STUBBORN)
            self._done.wait(FRAME_SECONDS if self._reel.frames else WRITE_SECONDS)

    def _beat(self) -> None:
        at = time.monotonic()
        due = not self._reel.frames or at - self._told >= WRITE_SECONDS
        with self._lock:
            frames, self._frames = self._frames, []
            if not (due or frames):
                return
            progress, curve = self._now() if due else None, None
            if due:
                curve = None if self._written else list(self._curve)
                self._written, self._told = True, at
            checkpoint, self._checkpoint = self._checkpoint, None
        try:
            answer = beat(self._database, self._claimed, progress, curve, frames)
            if answer == "lost":
                self._end("lost")
            elif answer == "cancel":
                if end_cancelled(self._database, self._claimed):
                    self._end("cancelled")
            else:
                self._check_limits()
                self._look_around()
                if checkpoint is not None:
                    checkpoints.store(self._database, self._claimed, checkpoint)
        except StoreError as error:  # the next beat may succeed; if none does, the lease runs out and that is the end
            with self._lock:
                self._frames = [*frames, *self._frames]
            log.warning("heartbeat failed", extra={"run": self._claimed.run_id[:12], "why": error.message})

    def _check_limits(self) -> None:
        limits = self._settings
        if time.monotonic() - self._began > limits.wall_seconds:
            self._end("wall", Message("runs.too_long", minutes=limits.wall_seconds / 60))
        elif (used := resident_mb()) is not None and used > limits.memory_mb:
            self._end("memory", Message("runs.too_large", mb=limits.memory_mb))

    def _look_around(self) -> None:
        """Parts give way to who has waited and has no worker at all: there are more of them than anybody waits for."""
        at = time.monotonic()
        early = at - self._began < TURN_SECONDS or at - self._looked_around < LOOK_SECONDS
        if self._claimed.parent is None or self.gives_way or early:
            return
        self._looked_around = at
        with self._database.read() as connection:
            self.gives_way = has_to_give_way(connection, self._claimed.run_id)

    def _end(self, why: str, message: Message | None = None) -> None:
        if message is not None:
            fail(self._database, self._claimed, message)
        self._over_since = time.monotonic()
        self.over = why


def thinned(curve: list[list[Any]]) -> list[list[Any]]:
    """Every other point, the last among them, until few enough are left."""
    while len(curve) > CURVE_POINTS:
        curve = curve[-1::-2][::-1]
    return curve


def resident_mb() -> float | None:
    """Resident memory of this process: its highest so far on macOS, None where the system does not say."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    if sys.platform == "win32":
        return None
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def _number(value: float | None) -> float | None:
    """A loss that JSON can hold: what is no number becomes None."""
    return float(value) if value is not None and abs(value) < float("inf") else None
