"""Why a worker ended, as far as its exit status and the system tell."""

from __future__ import annotations

import signal
from pathlib import Path

from forecasting.messages import Message

_COUNTERS = ("/proc/vmstat", "/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control")
_KILL = 9


def cause(status: int, *, out_of_memory: bool) -> Message:
    """What ended a process with this exit status; negative: a signal. `out_of_memory`: the system has ended some
    process for want of memory since it was started."""
    if status == -_KILL and out_of_memory:
        return Message("runs.died.memory")
    if status < 0:
        return Message("runs.died.signal", signal=_name(-status))
    return Message("runs.died.status", status=status)


def oom_kills() -> int:
    """How many processes the system has ended so far for want of memory, here or in this container; 0 where it does
    not say."""
    total = 0
    for counter in _COUNTERS:
        try:
            lines = Path(counter).read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))
    return total


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
