"""The supervisor: starts local workers when there is work, and takes back what dead ones held."""

from __future__ import annotations

import dataclasses
import logging
import shutil
import threading
import time
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select

from forecasting.errors import StoreError
from forecasting.messages import Message
from forecasting.runs import schema
from forecasting.runs.copies import Copies, copied
from forecasting.runs.database import DAMAGED, now
from forecasting.runs.housekeeping import sweep
from forecasting.runs.leases import LEASE_SECONDS, abandon, reclaim, vouch
from forecasting.runs.probe import prove_writable
from forecasting.runs.store import Store
from forecasting.runs.store_file import Use
from forecasting.runs.turns import turns
from forecasting.runs.workers.cluster import Cluster
from forecasting.runs.workers.processes import COMMAND, LocalWorker

WATCH_SECONDS = 1.0
SWEEP_SECONDS = 600.0
FAILURES = 3  # workers that could not begin, one after the other: there is trouble
LEAST_FREE_MB = 50  # of disk: below it the server says so
STOP_SECONDS = 3.0  # for workers to release their runs and leave
DEAF_SECONDS = 30.0  # an idle worker that has left work in the queue for so long hangs
QUIET_SECONDS = LEASE_SECONDS / 2  # a busy worker without a heartbeat for so long is looked at: does it compute?
STILL_SECONDS = LEASE_SECONDS - QUIET_SECONDS - 3 * WATCH_SECONDS  # without any processor time: it hangs

FRESH_SECONDS = 8.0  # after which what a worker has measured says nothing of how busy the machine is now

THREAD = "tidecast-supervisor"

log = logging.getLogger("tidecast.supervisor")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Health:
    """What the server can say about its background work."""

    database: str | None  # None: it answers; else what is wrong
    trouble: Message | None  # None: queued runs are begun; else why they wait
    queued: int
    running: int
    workers: int  # local ones alive, or what the cluster has
    workers_allowed: int
    free_mb: int | None  # on the disk of the database; None on a database server
    copied: str | None  # when the last good copy of the file was made; None: there is none here


class Supervisor(threading.Thread):
    """Keeps up to `settings.workers` local workers for `store`, started by need and ended with this process."""

    def __init__(self, store: Store, command: Sequence[str] = COMMAND) -> None:
        super().__init__(name=THREAD, daemon=True)
        self.store = store
        self.stopping = False
        self._command = list(command)
        self._workers: dict[str, LocalWorker] = {}
        self._lock = threading.RLock()
        self._look = threading.Event()
        self._failures = 0  # workers that ended with an error, one after the other
        self._not_before = 0.0
        self._waiting_since = time.monotonic()  # for an idle worker to take what is queued
        self._cluster = Cluster(store.settings) if store.settings.scheduler else None
        self._copies = Copies(store.database, store.settings)
        self._use = Use(store.database.file)  # begun by `run`: a supervisor that never runs is no user
        store.on_queued = self._on_queued

    def ensure_worker(self) -> None:
        """See to it that queued work is taken up at once: wake an idle worker, or start one."""
        if self._cluster is not None:
            self._look.set()  # the watch asks the scheduler: whoever calls this must not wait for it
            return
        runs = schema.runs.c
        with self.store.database.read() as connection:
            active = runs.state.in_(schema.ACTIVE)
            rows = connection.execute(select(runs.state, runs.worker, runs.heartbeat).where(active)).all()
            at = now(connection)
        queued = sum(row.state == "queued" for row in rows)
        with self._lock:
            self._reap()
            busy = {row.worker: at - row.heartbeat for row in rows if row.worker in self._workers}
            self._end_hung(busy, queued > 0)
            idle = len(self._workers) - len(busy)
            for _ in range(min(queued - idle, self.store.settings.workers - len(self._workers))):
                self._start_worker()
            if queued:
                for worker in self._workers.values():
                    worker.wake()

    def warm(self) -> None:
        """Have one worker ready, because the user is likely to train soon. Returns at once."""
        with self._lock:
            self._reap()
            if self._cluster is None and not self._workers and self.store.settings.workers and not self.stopping:
                self._start_worker()

    def measured(self) -> tuple[float, float, int]:
        """(processor seconds for a reference second, seconds by the clock for one of the processor, how many local
        workers seem to have no work) as these measure them; 1 and 0 where none has, or not lately."""
        with self._lock:
            newest = max((w.measured for w in self._workers.values() if w.measured), key=lambda m: m[2], default=None)
            since = time.monotonic() - FRESH_SECONDS
            idle = sum(worker.measured is not None and worker.measured[2] > since for worker in self._workers.values())
        if newest is None:
            return 1.0, 0.0, 0
        return newest[0], newest[1] if newest[2] > since else 0.0, idle

    def health(self, *, try_to_write: bool = False) -> Health:
        """State of database, queue, workers and disk; never raises for a database that cannot be used."""
        problem: str | None = None
        counts: dict[str, int] = {}
        try:
            if try_to_write:
                prove_writable(self.store.database)
            with self.store.database.read() as connection:
                state = schema.runs.c.state
                active = select(state, func.count()).where(state.in_(schema.ACTIVE)).group_by(state)
                counts = dict(connection.execute(active).all())
            if self.store.database.damaged:  # elsewhere than where we looked
                problem = Message(DAMAGED)
        except StoreError as error:
            problem = error.message
        file = self.store.database.file
        folder = file.parent if file is not None else None
        free = shutil.disk_usage(folder).free // 2**20 if folder and folder.exists() else None
        with self._lock:
            self._reap()
            trouble = self._cluster.trouble if self._cluster is not None else None
            if self._failures >= FAILURES:
                trouble = Message("runs.no_worker")
            if free is not None and free < LEAST_FREE_MB:
                trouble = Message("runs.no_room", mb=free)
            return Health(
                database=problem,
                trouble=trouble,
                queued=counts.get("queued", 0),
                running=counts.get("running", 0),
                workers=len(self._workers) if self._cluster is None else self._cluster.capacity,
                workers_allowed=self.store.settings.workers if self._cluster is None else self._cluster.capacity,
                free_mb=free,
                copied=copied(file) if file is not None else None,
            )

    def stop(self) -> None:
        """End every worker, their runs released, and this thread. At most a few seconds."""
        self.stopping = True
        self._look.set()
        with self._lock:
            workers = list(self._workers.values())
            for worker in workers:
                worker.dismiss()
            deadline = time.monotonic() + STOP_SECONDS
            for worker in workers:
                worker.wait(deadline)
            self._workers.clear()
        if threading.current_thread() is not self and self.is_alive():
            self.join(STOP_SECONDS)
        if self._cluster is not None:
            self._cluster.close()
        self._copies.stop()
        self.store.close()
        self._use.end()

    def run(self) -> None:
        working = True
        next_sweep = time.monotonic() + WATCH_SECONDS
        self._copies.start()
        while not self.stopping:
            try:
                self._use.begin()
                self._see_to_workers()  # first: it vouches for workers that are busy and late with their heartbeat
                reclaim(self.store.database)
                if time.monotonic() > next_sweep:
                    next_sweep = time.monotonic() + SWEEP_SECONDS
                    sweep(self.store.database, self.store.settings)
                working = True
            except StoreError as error:
                if working:  # logged once, not every second
                    log.error("no work without the database", extra={"why": error.message})
                working = False
            except Exception as error:  # a defect of ours must not leave the queue without a watch
                log.error("watch met a defect", extra={"kind": type(error).__name__})
            self._look.wait(WATCH_SECONDS)
            self._look.clear()

    def _see_to_workers(self) -> None:
        if self._cluster is None:
            self.ensure_worker()
            return
        with self.store.database.read() as connection:
            queued = turns(connection)
        self._cluster.hand_over(self.store.database, queued)

    def _on_queued(self) -> None:
        try:
            self.ensure_worker()
        except StoreError as error:  # the run is in the queue; the next look will find it
            log.warning("no worker yet", extra={"why": error.message})

    def _start_worker(self) -> None:
        if self.stopping or time.monotonic() < self._not_before:
            return
        try:
            url = self.store.database.url.render_as_string(hide_password=False)
            worker = LocalWorker(self._command, url)
        except OSError as error:  # no memory or no process left
            log.error("worker could not be started", extra={"why": error.strerror})
            self._failed()
            return
        self._workers[worker.name] = worker

    def _failed(self) -> None:
        self._failures += 1
        self._not_before = time.monotonic() + min(60, 2**self._failures - 1)

    def _reap(self) -> None:
        """Forget workers that ended, and take back what they held: no need to wait for their lease to run out."""
        for name, worker in list(self._workers.items()):
            status = worker.ended()
            if status is None:
                continue
            del self._workers[name]
            if status == 1:  # it could not even begin
                self._failed()
            else:
                self._failures = 0
            if status != 0:
                try:
                    abandon(self.store.database, name, worker.cause(status))
                except StoreError as error:  # then the lease has to run out
                    log.warning("run of a dead worker not taken back", extra={"why": error.message})

    def _end_hung(self, busy: Mapping[str, float], waiting: bool) -> None:
        """End workers that are alive and do nothing: neither heartbeat nor processor time in their run, or no interest
        in a waiting one. For one that computes, and cannot get at its heartbeat, we vouch."""
        for name, silent in busy.items():
            worker = self._workers[name]
            still = worker.still() if silent > 2 * WATCH_SECONDS else 0.0
            if silent > QUIET_SECONDS and still < 2 * WATCH_SECONDS:
                log.info("worker computes without a heartbeat", extra={"worker": name, "seconds": round(silent)})
                vouch(self.store.database, name)
            elif silent > QUIET_SECONDS and still > STILL_SECONDS:  # before others may take the run, so that we see it
                worker.kill(silent)
        idle = [worker for name, worker in self._workers.items() if name not in busy]
        if not waiting or not idle:
            self._waiting_since = time.monotonic()
        elif (deaf := time.monotonic() - self._waiting_since) > DEAF_SECONDS:
            self._waiting_since = time.monotonic()
            for worker in idle:
                if time.monotonic() - worker.started > DEAF_SECONDS:
                    worker.kill(deaf)
