"""A job for tests: a chain of hashes, so that a lost, doubled or reordered step changes the result.

Settings: steps; pause (seconds a step); stubborn (says nothing between its steps); fail ("sentence" or "defect");
shards (0: it is in one piece); fail_in (only this shard fails); ballast (MB that it holds); note (nothing); grip
(seconds for which its first step computes in one call into C that lets no other thread of the process have a turn).
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import time
from collections.abc import Mapping
from typing import Any

from forecasting.errors import ConfigError
from forecasting.progress import Progress
from forecasting.runs.jobs import JOBS, Job, Shards


def compute(panel: Any, config: Mapping[str, Any], report: Any) -> dict[str, bytes]:
    if not names(config):
        return chain(panel, config, report)
    return merge(panel, config, {name: chain_of(panel, config, name, report) for name in names(config)})


def names(config: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(f"part {number}" for number in range(1, config.get("shards", 0) + 1))


def chain_of(panel: Any, config: Mapping[str, Any], name: str, report: Any) -> dict[str, bytes]:
    failing = config["fail"] if config["fail_in"] in (None, name) else None
    return chain(panel, {**config, "seed": f"{config['seed']}/{name}", "fail": failing}, report)


def merge(_panel: Any, config: Mapping[str, Any], parts: Mapping[str, Mapping[str, bytes]]) -> dict[str, bytes]:
    joined = b"".join(parts[name]["result"] for name in names(config))
    return {"result": json.dumps({"digest": hashlib.sha256(joined).hexdigest()}).encode()}


def chain(panel: Any, config: Mapping[str, Any], report: Any) -> dict[str, bytes]:
    start = panel.id if panel is not None else ""
    digest = hashlib.sha256(start.encode() + str(config["seed"]).encode()).hexdigest()
    ballast = b"x" * (config.get("ballast", 0) * 2**20)
    _grip(config.get("grip", 0.0))
    for step in range(1, config["steps"] + 1):
        digest = hashlib.sha256(digest.encode()).hexdigest()
        time.sleep(config["pause"])
        if config["fail"] == "sentence":
            raise ConfigError("window is 5; it must be at least 6.", field="window")
        if config["fail"] == "defect":
            raise ValueError("secret-cell-value")
        if not config["stubborn"]:
            report(Progress("final", 0, 0, step, config["steps"], 1 / step, None, step / config["steps"]))
    del ballast
    return {"result": json.dumps({"digest": digest}).encode()}


def _grip(seconds: float) -> None:
    """Hold the interpreter in a call into C that computes and never lets it go."""
    if seconds:
        began = time.monotonic()
        sum(range(10_000_000))
        sum(range(int(10_000_000 * seconds / (time.monotonic() - began))))


@dataclasses.dataclass(frozen=True, kw_only=True)
class CountingConfig:
    steps: int = 5
    pause: float = 0.0
    seed: int = 0
    stubborn: bool = False
    fail: str | None = None
    fail_in: str | None = None
    shards: int = 0
    ballast: int = 0
    note: str = ""
    grip: float = 0.0

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> CountingConfig:
        return cls(**values)


JOB = Job(
    name="counting",
    settings=CountingConfig,
    compute=compute,
    reads="panel",
    shards=Shards(names, lambda _, config: 100.0 * len(names(config)), chain_of, merge),
)


def register() -> None:
    JOBS["counting"] = JOB


def expected(seed: int | str, steps: int, start: str = "") -> bytes:
    """The result by a loop of its own."""
    digest = hashlib.sha256(start.encode() + str(seed).encode()).hexdigest()
    for _ in range(steps):
        digest = hashlib.sha256(digest.encode()).hexdigest()
    return json.dumps({"digest": digest}).encode()


def expected_of_shards(seed: int, steps: int, shards: int, start: str = "") -> bytes:
    """The same for one in parts."""
    joined = b"".join(expected(f"{seed}/part {number}", steps, start) for number in range(1, shards + 1))
    return json.dumps({"digest": hashlib.sha256(joined).hexdigest()}).encode()
