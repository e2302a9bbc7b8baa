"""Whether the clock that leases go by runs evenly: it is set by hand, by a time server, or a machine was asleep."""

from __future__ import annotations

import logging
import threading
import time

JUMP_SECONDS = 5.0  # by which the clock may differ from this process's own between two looks
GRACE_SECONDS = 12.0  # after a jump: what is alive has renewed its heartbeat by then, also on a busy database

log = logging.getLogger("tidecast.clock")


class Steadiness:
    """Compares a clock with this process's monotonic one. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: tuple[float, float] | None = None  # the clock and the monotonic one at the last look
        self._again = 0.0  # the monotonic time from which the clock is trusted

    def trusted(self, at: float) -> bool:
        """Whether heartbeats may be compared with the clock, which is `at` now: it has not jumped lately."""
        with self._lock:
            here = time.monotonic()
            before, self._last = self._last, (at, here)
            if before is not None:
                jump = (at - before[0]) - (here - before[1])
                if abs(jump) > JUMP_SECONDS:
                    self._again = here + GRACE_SECONDS
                    log.warning("the clock jumped: no run is taken back for a while", extra={"seconds": round(jump)})
            return here >= self._again
