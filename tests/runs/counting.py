"""A kind of run for tests: a chain of hashes, so that a lost, doubled or reordered step changes the result.

Settings: steps; pause (seconds a step); stubborn (says nothing between its steps); fail ("sentence" or "defect");
shards (0: it is in one piece); fail_in (only this shard fails); ballast (MB that it holds).
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from typing import Any

from forecasting.errors import ConfigError
from forecasting.progress import Progress
from forecasting.runs.kinds import KINDS, Kind, Shards


def compute(panel: Any, config: Mapping[str, Any], tell: Any) -> dict[str, bytes]:
    if not names(config):
        return chain(panel, config, tell)
    return merge(panel, config, {name: chain_of(panel, config, name, tell) for name in names(config)})


def names(config: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(f"part {number}" for number in range(1, config.get("shards", 0) + 1))


def chain_of(panel: Any, config: Mapping[str, Any], name: str, tell: Any) -> dict[str, bytes]:
    failing = config["fail"] if config["fail_in"] in (None, name) else None
    return chain(panel, {**config, "seed": f"{config['seed']}/{name}", "fail": failing}, tell)


def merge(_panel: Any, config: Mapping[str, Any], parts: Mapping[str, Mapping[str, bytes]]) -> dict[str, bytes]:
    joined = b"".join(parts[name]["result"] for name in names(config))
    return {"result": json.dumps({"digest": hashlib.sha256(joined).hexdigest()}).encode()}


def chain(panel: Any, config: Mapping[str, Any], tell: Any) -> dict[str, bytes]:
    start = panel.id if panel is not None else ""
    digest = hashlib.sha256(start.encode() + str(config["seed"]).encode()).hexdigest()
    ballast = b"x" * (config.get("ballast", 0) * 2**20)
    for step in range(1, config["steps"] + 1):
        digest = hashlib.sha256(digest.encode()).hexdigest()
        time.sleep(config["pause"])
        if config["fail"] == "sentence":
            raise ConfigError("window is 5; it must be at least 6.", field="window")
        if config["fail"] == "defect":
            raise ValueError("secret-cell-value")
        if not config["stubborn"]:
            tell(Progress("final", 0, 0, step, config["steps"], 1 / step, None, step / config["steps"]))
    del ballast
    return {"result": json.dumps({"digest": digest}).encode()}


def check(config: Mapping[str, Any]) -> dict[str, Any]:
    usual = {"steps": 5, "pause": 0.0, "seed": 0, "stubborn": False, "fail": None, "fail_in": None, "shards": 0}
    return {**usual, **config}


KIND = Kind(check, compute, shards=Shards(names, lambda _, config: 100.0 * len(names(config)), chain_of, merge))


def register() -> None:
    KINDS["counting"] = KIND


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
