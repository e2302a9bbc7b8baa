"""How long a run will take here: reference seconds of `forecasting.work`, times what this machine makes of them.

Two factors are kept apart. How many processor seconds a reference second takes is a matter of the machine and of the
kind of run: it is learned from the runs that are done, the similar and the late ones first. How many seconds of the
clock a processor second takes is a matter of what else the machine does just now: it is read off the runs under way,
or off what a worker without work has just measured.
"""

from __future__ import annotations

import dataclasses
import heapq
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from forecasting.runs import schema
from forecasting.runs.database import now

LOOKED_AT = 60  # of the last runs
FORGOTTEN = 0.95  # what an older run counts beside the next one
ALIKE = 3.0  # what a run of the same method and cell counts beside another
PRIOR = 0.3  # of a run: what the speed of the machine counts beside the runs
LATELY = 120.0  # seconds for which a finished run still says how busy the machine is
STARTING = 0.3  # seconds of a processor to read the data, and to store and publish the results
HANDING = 0.15  # the same for each part of a run that is split

runs = schema.runs


@dataclasses.dataclass(frozen=True)
class Pace:
    """`ratio`: processor seconds for a reference second; `stretch`: seconds by the clock for a processor second."""

    ratio: float = 1.0
    stretch: float = 1.0

    def seconds(self, work: float) -> float:
        """By the clock, for so many reference seconds."""
        return self.stretch * (self.ratio * work + STARTING)

    def of_parts(self, work: Sequence[float], lanes: int) -> float:
        """By the clock, for parts that train side by side in so many lanes, and their merge."""
        busy = [0.0] * max(1, lanes)
        for part in work:  # each goes where there is room first
            heapq.heapreplace(busy, busy[0] + self.ratio * part + STARTING / 2 + HANDING)
        return self.stretch * (max(busy) + STARTING)


def left(elapsed: float, fraction: float, expected: float | None) -> float | None:
    """Seconds to go: by what was expected in the beginning, more and more by how far it is after so many seconds."""
    if fraction <= 0:
        return None if expected is None else max(0.0, expected - elapsed)
    trust = 1.0 if expected is None else min(1.0, 2 * fraction)
    whole = trust * elapsed / fraction + (0.0 if expected is None else (1 - trust) * expected)
    return max(0.0, whole - elapsed, 0.5 * (1 - fraction) * whole)


def pace(
    connection: Connection, kind: str, config: Mapping[str, Any], work: float, speed: float = 1.0, stretch: float = 0.0
) -> Pace:
    """The pace of a run of so many reference seconds. `speed`: the ratio that a worker has measured; `stretch`: the
    same, 0 if none has lately."""
    rows = connection.execute(
        select(runs.c.config, runs.c.progress, runs.c.finished)
        .where(runs.c.state == "done", runs.c.kind == kind, runs.c.parent.is_(None))
        .order_by(runs.c.finished.desc())
        .limit(LOOKED_AT)
    ).all()
    at = now(connection)
    total, weights, lately = PRIOR * math.log(speed), PRIOR, []
    for place, row in enumerate(rows):
        told = json.loads(row.progress)
        if not all(told.get(name, 0) > 0 for name in ("work", "cpu", "seconds")):
            continue  # of an older version
        before = json.loads(row.config)
        alike = all(before.get(name) == config.get(name) for name in ("method", "cell"))
        weight = FORGOTTEN**place * (ALIKE if alike else 1.0) * math.exp(-abs(math.log(max(work, 0.01) / told["work"])))
        total += weight * math.log(told["cpu"] / told["work"])
        weights += weight
        if row.finished is not None and at - row.finished < LATELY:
            lately.append(told["seconds"] / told["cpu"])
    reported = connection.execute(select(runs.c.progress).where(runs.c.state == "running")).scalars()
    under_way = [told["stretch"] for told in map(json.loads, reported) if told.get("stretch")]
    if under_way:
        stretch = sum(under_way) / len(under_way)
    elif not stretch:
        stretch = lately[0] if lately else 1.0
    return Pace(math.exp(total / weights), max(1.0, stretch))


def wait(connection: Connection, order: Sequence[str], run_id: str, lanes: int) -> float | None:
    """About how long until `run_id`, one of the queued ones in their `order`, is begun; None where nothing is known.

    Each lane, as many as workers are allowed or at work, goes on with the next run as soon as it is free. A run takes
    what was expected of it when it was asked for; where nothing was, what the last ones of its kind took.
    """
    running = connection.execute(
        select(runs.c.progress, runs.c.kind, runs.c.started).where(runs.c.state == "running")
    ).all()
    queued = {
        row.id: row
        for row in connection.execute(
            select(runs.c.id, runs.c.kind, runs.c.progress, runs.c.config).where(runs.c.state == "queued")
        ).all()
    }
    at = now(connection)
    free: list[float] = []
    for row in running:
        told = json.loads(row.progress)
        eta = told.get("eta")
        if eta is None:
            whole = told.get("expected") or _typical(connection, row.kind)
            eta = None if whole is None else max(0.0, whole - (at - (row.started or at)))
        if eta is None:
            return None
        free.append(float(eta))
    free = heapq.nsmallest(len(free), free) + [0.0] * max(0, lanes - len(free))
    heapq.heapify(free)
    for other in order:
        if other == run_id:
            return free[0] if free else None
        ahead = queued.get(other)
        if ahead is None or not free:
            continue
        work = json.loads(ahead.progress).get("work")
        if work is not None:
            took: float | None = pace(connection, ahead.kind, json.loads(ahead.config), work).seconds(work)
        else:
            took = _typical(connection, ahead.kind)
        if took is None:
            return None
        heapq.heapreplace(free, free[0] + took)
    return None


def _typical(connection: Connection, kind: str) -> float | None:
    """Seconds that the last runs of a kind took, the one in the middle; None where there are none."""
    rows = connection.execute(
        select(runs.c.progress)
        .where(runs.c.state == "done", runs.c.kind == kind, runs.c.parent.is_(None))
        .order_by(runs.c.finished.desc())
        .limit(20)
    ).scalars()
    took = sorted(told["seconds"] for told in map(json.loads, rows) if told.get("seconds") is not None)
    return float(took[len(took) // 2]) if took else None
